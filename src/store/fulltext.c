#include "store/fulltext.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/row_priv.h"

enum {
    TEXT_VERSION = 2,
    TEXT_MAX = 1 << 20, /* Of one record and weight. */
    BATCH = 1000        /* Records taken over in one transaction. */
};

/* `state` has one row: the last sequence number taken over, from which run of
 * the store's history, and whether deleted words are still in the index's
 * segments: they would stay there for ever if nobody knew after a crash. */
static const char schema[] =
    "CREATE VIRTUAL TABLE text USING fts5 (w1, w2, w3, w4, tokenize = 'c2c');"
    "CREATE TABLE state (seq INTEGER NOT NULL, instance BLOB NOT NULL,"
    "  erased INTEGER NOT NULL) STRICT;"
    "INSERT INTO state VALUES (0, zeroblob(16), 0);"
    "PRAGMA user_version = 2;";

struct c2c_fulltext {
    struct c2c_store db; /* Of text.db. */
    c2c_fulltext_fn *fn;
    void *ctx;
    bool erased; /* As in `state`. */
};

/* Run a query with one number as its result. */
static enum c2c_err number(struct c2c_store *store, const char *sql,
                           int64_t *ret_number)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum c2c_err err;
    int rc = sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL);

    if (rc != SQLITE_OK) {
        return c2c_db_error(store, rc);
    }
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK) {
        err = row ? C2C_E_OK : C2C_E_NOT_FOUND;
        *ret_number = row ? sqlite3_column_int64(stmt, 0) : 0;
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

static void close_db(struct c2c_store *db)
{
    for (unsigned i = 0; i < C2C_SQL_COUNT; i++) {
        (void)sqlite3_finalize(db->stmt[i]);
        db->stmt[i] = NULL;
    }
    (void)sqlite3_close(db->db);
    db->db = NULL;
}

static enum c2c_err open_db(struct c2c_store *db, const char *path)
{
    int64_t version = 0;
    int64_t seq;
    enum c2c_err err = c2c_db_open(db, path, SQLITE_OPEN_READWRITE);

    if (err == C2C_E_OK) {
        err = c2c_db_add_tokenizer(db);
    }
    if (err == C2C_E_OK) {
        /* NORMAL: after a power cut it is caught up from the store. */
        err = c2c_db_exec(db, "PRAGMA journal_mode = WAL;"
                              "PRAGMA synchronous = NORMAL;");
    }
    if (err == C2C_E_OK) {
        err = number(db, "PRAGMA user_version", &version);
    }
    if (err == C2C_E_OK && version == TEXT_VERSION) {
        err = number(db, "SELECT seq FROM state", &seq);
    }
    if (err == C2C_E_OK && version == TEXT_VERSION) {
        err = number(db, "SELECT count(*) FROM text WHERE text MATCH '\"a\"'",
                     &seq);
    }
    if (err == C2C_E_OK && version != TEXT_VERSION) {
        err = c2c_db_exec(db, schema);
    }
    return err;
}

static void remove_files(const char *path)
{
    static const char *const tails[] = {"", "-wal", "-shm"};

    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char name[4096];

        if (snprintf(name, sizeof name, "%s%s", path, tails[i]) <
            (int)sizeof name) {
            (void)unlink(name); /* May not be there. */
        }
    }
}

static enum c2c_err make_anew(struct c2c_store *db, const char *path)
{
    const struct c2c_view nothing = {NULL, 0};
    enum c2c_err err;

    close_db(db);
    remove_files(path);
    err = c2c_file_create(path, nothing, 0600);
    return err == C2C_E_OK ? open_db(db, path) : err;
}

/* Open it, or make it anew. */
static enum c2c_err open_or_make(struct c2c_store *db, const char *path)
{
    enum c2c_err err = C2C_E_NOT_FOUND;

    if (c2c_file_exists(path)) {
        err = open_db(db, path);
    }
    if (err == C2C_E_OK || err == C2C_E_NOMEM || err == C2C_E_DISK_FULL) {
        return err;
    }
    return make_anew(db, path);
}

enum c2c_err c2c_fulltext_open(const char *dir, c2c_fulltext_fn *fn, void *ctx,
                               struct c2c_fulltext **ret_text)
{
    struct c2c_fulltext *text = c2c_calloc(1, sizeof *text);
    char *path = c2c_path_join(dir, "text.db");
    int64_t erased = 0;
    enum c2c_err err = C2C_E_NOMEM;

    if (text != NULL && path != NULL) {
        text->fn = fn;
        text->ctx = ctx;
        err = open_or_make(&text->db, path);
    }
    if (err == C2C_E_OK) {
        err = number(&text->db, "SELECT erased FROM state", &erased);
    }
    if (err == C2C_E_OK) {
        text->erased = erased != 0;
        *ret_text = text;
        text = NULL;
    }
    c2c_fulltext_close(text);
    c2c_free(path);
    return err;
}

enum c2c_err c2c_fulltext_renew(struct c2c_fulltext *text, const char *dir)
{
    char *path = c2c_path_join(dir, "text.db");
    enum c2c_err err = path == NULL ? C2C_E_NOMEM : make_anew(&text->db, path);

    text->erased = false;
    c2c_free(path);
    return err;
}

void c2c_fulltext_close(struct c2c_fulltext *text)
{
    if (text != NULL) {
        close_db(&text->db);
        c2c_free(text);
    }
}

/* Delete the row @id; notes if there was one. */
static enum c2c_err drop(struct c2c_fulltext *text, int64_t id)
{
    sqlite3_stmt *stmt = c2c_db_get(&text->db, C2C_SQL_TEXT_DEL);
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, id);
    err = c2c_db_run(&text->db, stmt);
    text->erased = text->erased || sqlite3_changes(text->db.db) > 0;
    return err;
}

static enum c2c_err insert(struct c2c_fulltext *text, int64_t id,
                           const struct c2c_buf weight[C2C_FULLTEXT_WEIGHTS])
{
    sqlite3_stmt *stmt = c2c_db_get(&text->db, C2C_SQL_TEXT_ADD);

    c2c_db_bind_int(stmt, 1, id);
    for (int i = 0; i < C2C_FULLTEXT_WEIGHTS; i++) {
        c2c_db_bind_text(stmt, i + 2, c2c_buf_view(&weight[i]));
    }
    return c2c_db_run(&text->db, stmt);
}

static enum c2c_err take_row(struct c2c_fulltext *text,
                             const struct c2c_row *row)
{
    struct c2c_buf weight[C2C_FULLTEXT_WEIGHTS];
    enum c2c_err err = drop(text, row->id);

    for (size_t i = 0; i < C2C_FULLTEXT_WEIGHTS; i++) {
        c2c_buf_init(&weight[i], TEXT_MAX);
    }
    if (err == C2C_E_OK) {
        err = text->fn(text->ctx, row, weight);
    }
    if (err == C2C_E_OK) {
        err = insert(text, row->id, weight);
    }
    for (size_t i = 0; i < C2C_FULLTEXT_WEIGHTS; i++) {
        c2c_buf_fini(&weight[i]);
    }
    return err;
}

/* Up to BATCH changed records after *seq, which moves on. */
static enum c2c_err take_batch(struct c2c_fulltext *text,
                               struct c2c_store *store, int64_t *seq,
                               unsigned *ret_n)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_RECORD_SINCE);
    bool row = false;
    unsigned n = 0;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, *seq);
    c2c_db_bind_int(stmt, 2, BATCH);
    err = c2c_db_step(store, stmt, &row);
    while (err == C2C_E_OK && row) {
        struct c2c_row r;

        if (c2c_row_read(stmt, &r) == C2C_E_OK) {
            err = take_row(text, &r); /* Damaged ones are passed over. */
        }
        *seq = sqlite3_column_int64(stmt, 10);
        n++;
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    *ret_n = n;
    return err;
}

static enum c2c_err drop_removed(struct c2c_fulltext *text,
                                 struct c2c_store *store, int64_t seq)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_REMOVED_SINCE);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, seq);
    err = c2c_db_step(store, stmt, &row);
    while (err == C2C_E_OK && row) {
        err = drop(text, sqlite3_column_int64(stmt, 0));
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}

static enum c2c_err save_state(struct c2c_fulltext *text, int64_t seq)
{
    char sql[64];

    (void)snprintf(sql, sizeof sql, "UPDATE state SET seq = %lld, erased = %d",
                   (long long)seq, text->erased ? 1 : 0);
    return c2c_db_exec(&text->db, sql);
}

bool c2c_fulltext_has_erased(const struct c2c_fulltext *text)
{
    return text->erased;
}

/* Deleted words leave the index's segments, then the log. */
enum c2c_err c2c_fulltext_wipe(struct c2c_fulltext *text)
{
    enum c2c_err err;

    if (!text->erased) {
        return C2C_E_OK;
    }
    err = c2c_db_exec(&text->db, "INSERT INTO text (text) VALUES ('optimize')");
    if (err == C2C_E_OK) {
        err = c2c_store_checkpoint(&text->db);
    }
    if (err == C2C_E_OK) {
        err = c2c_db_exec(&text->db, "UPDATE state SET erased = 0");
    }
    text->erased = err != C2C_E_OK;
    return err;
}

/* Does the index belong to this run of the store's history? */
static enum c2c_err is_of(struct c2c_fulltext *text,
                          const struct c2c_uuid *instance, bool *ret_same)
{
    sqlite3_stmt *stmt = NULL;
    struct c2c_uuid known = {{0}};
    bool row = false;
    enum c2c_err err;
    int rc = sqlite3_prepare_v2(text->db.db, "SELECT instance FROM state", -1,
                                &stmt, NULL);

    if (rc != SQLITE_OK) {
        return c2c_db_error(&text->db, rc);
    }
    err = c2c_db_step(&text->db, stmt, &row);
    if (err == C2C_E_OK) {
        err = row ? c2c_db_fixed(stmt, 0, known.b, sizeof known.b)
                  : C2C_E_CORRUPT;
    }
    (void)sqlite3_finalize(stmt);
    *ret_same = err == C2C_E_OK && c2c_uuid_eq(&known, instance);
    return err;
}

static enum c2c_err save_instance(struct c2c_fulltext *text,
                                  const struct c2c_uuid *instance)
{
    sqlite3_stmt *stmt = NULL;
    enum c2c_err err;
    int rc = sqlite3_prepare_v2(text->db.db, "UPDATE state SET instance = ?1",
                                -1, &stmt, NULL);

    if (rc != SQLITE_OK) {
        return c2c_db_error(&text->db, rc);
    }
    c2c_db_bind_blob(stmt, 1, instance->b, sizeof instance->b);
    err = c2c_db_run(&text->db, stmt);
    (void)sqlite3_finalize(stmt);
    return err;
}

/* Forget all words: they are another store's, or of one that was newer. */
static enum c2c_err begin_anew(struct c2c_fulltext *text,
                               const struct c2c_uuid *instance)
{
    enum c2c_err err = c2c_db_exec(&text->db, "DELETE FROM text");

    text->erased = true;
    return err == C2C_E_OK ? save_instance(text, instance) : err;
}

static enum c2c_err take_all(struct c2c_fulltext *text, struct c2c_store *store,
                             int64_t from, int64_t to)
{
    enum c2c_err err = drop_removed(text, store, from);
    int64_t seq = from;
    unsigned n = BATCH;

    while (err == C2C_E_OK && n == BATCH) {
        err = take_batch(text, store, &seq, &n);
        if (err == C2C_E_OK) {
            err = save_state(text, n == BATCH ? seq : to);
        }
        if (err == C2C_E_OK && n == BATCH) {
            err = c2c_db_exec(&text->db, "COMMIT; BEGIN IMMEDIATE");
        }
    }
    return err;
}

/* Where the store stands: its run of history and its last change. */
static enum c2c_err place_of(struct c2c_store *store,
                             struct c2c_uuid *ret_instance, int64_t *ret_seq)
{
    enum c2c_err err = c2c_store_instance(store, ret_instance);

    return err == C2C_E_OK || err == C2C_E_NOT_FOUND
               ? number(store, "SELECT seq FROM counter", ret_seq)
               : err;
}

enum c2c_err c2c_fulltext_catch_up(struct c2c_fulltext *text,
                                   struct c2c_store *store)
{
    struct c2c_uuid instance = {{0}};
    bool same = false;
    int64_t from = 0;
    int64_t to = 0;
    enum c2c_err err = number(&text->db, "SELECT seq FROM state", &from);

    if (err == C2C_E_OK) {
        err = place_of(store, &instance, &to);
    }
    if (err == C2C_E_OK) {
        err = is_of(text, &instance, &same);
    }
    if (err != C2C_E_OK || (same && from == to)) {
        return err;
    }
    err = c2c_db_exec(&text->db, "BEGIN IMMEDIATE");
    if (err == C2C_E_OK && (!same || from > to)) {
        err = begin_anew(text, &instance);
        from = 0;
    }
    if (err == C2C_E_OK) {
        err = take_all(text, store, from, to);
    }
    if (err == C2C_E_OK) {
        err = c2c_db_exec(&text->db, "COMMIT");
    }
    c2c_store_rollback(&text->db); /* Nothing to do after the commit. */
    return err;
}

enum c2c_err c2c_fulltext_attach(struct c2c_store *store, const char *dir)
{
    char *path = c2c_path_join(dir, "text.db");
    sqlite3_stmt *stmt = NULL;
    enum c2c_err err;
    int rc;

    if (path == NULL) {
        return C2C_E_NOMEM;
    }
    err = c2c_db_add_tokenizer(store);
    rc = sqlite3_prepare_v2(store->db, "ATTACH ?1 AS t", -1, &stmt, NULL);
    if (err == C2C_E_OK && rc != SQLITE_OK) {
        err = c2c_db_error(store, rc);
    }
    if (err == C2C_E_OK) {
        c2c_db_bind_text(stmt, 1, c2c_view_str(path));
        err = c2c_db_run(store, stmt);
    }
    (void)sqlite3_finalize(stmt);
    c2c_free(path);
    return err;
}

enum c2c_err c2c_fulltext_lag(struct c2c_store *store, uint64_t *ret_changes)
{
    int64_t lag = 0;
    enum c2c_err err = number(store,
                              "SELECT (SELECT seq FROM counter) - "
                              "(SELECT seq FROM t.state)",
                              &lag);

    if (err == C2C_E_OK) {
        *ret_changes = lag > 0 ? (uint64_t)lag : 0;
    }
    return err;
}
