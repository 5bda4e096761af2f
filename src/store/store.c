#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/db_priv.h"

/* "c2c" and 1 in ASCII and octal: marks the file as ours for file(1). */
#define APPLICATION_ID "0x63326301"

/* Each brings the schema from its index to the next version. */
static const char *const migrations[] = {
    "PRAGMA application_id = " APPLICATION_ID ";"
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL)"
    "  STRICT, WITHOUT ROWID;"
    /* The last number given to a changed row. */
    "CREATE TABLE counter (seq INTEGER NOT NULL) STRICT;"
    "INSERT INTO counter VALUES (0);"
    /* Numbers are this store's own: seq and keyset_seq say when the head or the
     * keysets last changed; deletions up to the floors are forgotten. */
    "CREATE TABLE city (id INTEGER PRIMARY KEY, city BLOB NOT NULL UNIQUE,"
    "  kind INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  keyset_seq INTEGER NOT NULL, floor_rev INTEGER NOT NULL DEFAULT 0,"
    "  floor_seq INTEGER NOT NULL DEFAULT 0,"
    "  hidden INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX city_seq ON city (seq);"
    "CREATE INDEX city_hidden ON city (id) WHERE hidden <> 0;"
    "CREATE TABLE keyset (city INTEGER NOT NULL REFERENCES city,"
    "  n INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (city, n))"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE head (city INTEGER PRIMARY KEY REFERENCES city,"
    "  epoch INTEGER NOT NULL, rev INTEGER NOT NULL, time INTEGER NOT NULL,"
    "  bytes BLOB NOT NULL,"
    /* The opening; NULL: the network audience is not held. */
    "  blind BLOB, net_root BLOB, net_count INTEGER, net_bytes INTEGER)"
    "  STRICT;"
    "CREATE TABLE log (id INTEGER PRIMARY KEY,"
    "  city INTEGER NOT NULL REFERENCES city, epoch INTEGER NOT NULL,"
    "  rev INTEGER NOT NULL, time INTEGER NOT NULL, changes BLOB NOT NULL)"
    "  STRICT;"
    "CREATE INDEX log_city ON log (city, id);"
    "CREATE TABLE record (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  city INTEGER NOT NULL REFERENCES city, audience INTEGER NOT NULL,"
    "  type TEXT NOT NULL, key BLOB NOT NULL, slug TEXT,"
    "  updated INTEGER NOT NULL, rev INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  leaf BLOB NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;"
    /* The order of slots; covers the leaf hashes of a tree. */
    "CREATE UNIQUE INDEX record_slot ON record"
    "  (city, audience, type, key, leaf, size);"
    /* Not unique: what a city signs is taken over as it is. */
    "CREATE INDEX record_slug ON record (city, type, slug, key)"
    "  WHERE slug IS NOT NULL;"
    "CREATE INDEX record_seq ON record (seq);"
    "CREATE TABLE removed (city INTEGER NOT NULL REFERENCES city,"
    "  type TEXT NOT NULL, key BLOB NOT NULL, audience INTEGER NOT NULL,"
    "  record INTEGER NOT NULL, rev INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  time INTEGER NOT NULL, PRIMARY KEY (city, audience, type, key))"
    "  STRICT, WITHOUT ROWID;"
    "CREATE INDEX removed_seq ON removed (seq, record);"
    "CREATE TABLE facet (name TEXT NOT NULL, value TEXT NOT NULL,"
    "  record INTEGER NOT NULL REFERENCES record ON DELETE CASCADE,"
    "  PRIMARY KEY (name, value, record)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX facet_record ON facet (record);"
    "CREATE TABLE dir (city INTEGER NOT NULL REFERENCES city,"
    "  audience INTEGER NOT NULL, type TEXT NOT NULL, count INTEGER NOT NULL,"
    "  bytes INTEGER NOT NULL, root BLOB NOT NULL,"
    "  PRIMARY KEY (city, audience, type)) STRICT, WITHOUT ROWID;"
    /* States that arrive in parts, until they are complete. */
    "CREATE TABLE staged (owner BLOB NOT NULL, content BLOB NOT NULL,"
    "  audience INTEGER NOT NULL, type TEXT NOT NULL, key BLOB NOT NULL,"
    "  bytes BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX staged_slot ON staged"
    "  (owner, content, audience, type, key);"
    /* How far each peer's feed has been followed. */
    "CREATE TABLE cursor (peer TEXT PRIMARY KEY, cursor BLOB NOT NULL)"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE hub (url TEXT PRIMARY KEY, lga BLOB NOT NULL,"
    "  name TEXT NOT NULL, note TEXT NOT NULL, token TEXT NOT NULL,"
    "  since INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    /* Cities that ask an association to admit them. */
    "CREATE TABLE joining (city BLOB PRIMARY KEY, keysets BLOB NOT NULL,"
    "  n INTEGER NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL,"
    "  since INTEGER NOT NULL, asked INTEGER NOT NULL,"
    "  state INTEGER NOT NULL) STRICT;"
    "CREATE TABLE invite (token BLOB PRIMARY KEY, name TEXT NOT NULL,"
    "  expires INTEGER NOT NULL, used INTEGER NOT NULL, city BLOB)"
    "  STRICT, WITHOUT ROWID;"
    /* What was put while the node could not sign. */
    "CREATE TABLE waiting (id INTEGER PRIMARY KEY, input BLOB NOT NULL)"
    "  STRICT;",
};

enum {
    ROW_MAX = 1 << 20,   /* A record and its names; larger is damage. */
    CHECKPOINT_MS = 100, /* Readers are not waited for longer than this. */
    VERSION = sizeof migrations / sizeof migrations[0]
};

const char *c2c_store_detail(const struct c2c_store *store)
{
    return store->detail;
}

static enum c2c_err schema_version(struct c2c_store *store, int *ret_version)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum c2c_err err;
    int rc =
        sqlite3_prepare_v2(store->db, "PRAGMA user_version", -1, &stmt, NULL);

    if (rc != SQLITE_OK) {
        return c2c_db_error(store, rc);
    }
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && row) {
        *ret_version = sqlite3_column_int(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

static enum c2c_err migrate(struct c2c_store *store, int from)
{
    enum c2c_err err = C2C_E_OK;

    for (int v = from; v < VERSION && err == C2C_E_OK; v++) {
        char mark[48];

        (void)snprintf(mark, sizeof mark, "PRAGMA user_version = %d", v + 1);
        err = c2c_db_exec(store, "BEGIN IMMEDIATE");
        if (err == C2C_E_OK) {
            err = c2c_db_exec(store, migrations[v]);
        }
        if (err == C2C_E_OK) {
            err = c2c_db_exec(store, mark);
        }
        if (err == C2C_E_OK) {
            err = c2c_db_exec(store, "COMMIT");
        }
        if (err != C2C_E_OK) {
            c2c_store_rollback(store);
        }
    }
    return err;
}

static enum c2c_err prepare(struct c2c_store *store, enum c2c_store_mode mode)
{
    int version = 0;
    enum c2c_err err;

    if (mode == C2C_STORE_READ) {
        return c2c_db_exec(store, "PRAGMA query_only = ON");
    }
    /* FULL: a commit that was answered survives a power cut. */
    err = c2c_db_exec(store, "PRAGMA journal_mode = WAL;"
                             "PRAGMA synchronous = FULL;");
    if (err == C2C_E_OK) {
        err = schema_version(store, &version);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (version > VERSION || (version == 0 && mode != C2C_STORE_CREATE)) {
        (void)snprintf(store->detail, sizeof store->detail,
                       version == 0 ? "it is no c2c store"
                                    : "it was written by a newer c2c");
        return version == 0 ? C2C_E_CORRUPT : C2C_E_UNSUPPORTED;
    }
    return migrate(store, version);
}

static enum c2c_err open_in(struct c2c_store *store, const char *path,
                            enum c2c_store_mode mode)
{
    const struct c2c_view nothing = {NULL, 0};
    enum c2c_err err = C2C_E_OK;

    if (mode == C2C_STORE_CREATE && !c2c_file_exists(path)) {
        err = c2c_file_create(path, nothing, 0600);
    }
    if (err == C2C_E_OK) {
        err = c2c_db_open(store, path, SQLITE_OPEN_READWRITE);
    }
    return err == C2C_E_OK ? prepare(store, mode) : err;
}

enum c2c_err c2c_store_open(const char *dir, enum c2c_store_mode mode,
                            struct c2c_store **ret_store, char *ret_detail)
{
    struct c2c_store *store = c2c_calloc(1, sizeof *store);
    char *path = c2c_path_join(dir, "store.db");
    enum c2c_err err = C2C_E_NOMEM;

    if (store != NULL && path != NULL) {
        c2c_buf_init(&store->row, ROW_MAX);
        err = open_in(store, path, mode);
        if (ret_detail != NULL) {
            memcpy(ret_detail, store->detail, sizeof store->detail);
        }
    }
    if (err == C2C_E_OK) {
        *ret_store = store;
        store = NULL;
    }
    c2c_store_close(store);
    c2c_free(path);
    return err;
}

void c2c_store_close(struct c2c_store *store)
{
    if (store == NULL) {
        return;
    }
    for (unsigned i = 0; i < C2C_SQL_COUNT; i++) {
        (void)sqlite3_finalize(store->stmt[i]);
    }
    (void)sqlite3_close(store->db);
    c2c_buf_fini(&store->row);
    c2c_free(store);
}

enum c2c_err c2c_store_begin(struct c2c_store *store)
{
    return c2c_db_exec(store, "BEGIN IMMEDIATE");
}

enum c2c_err c2c_store_begin_read(struct c2c_store *store)
{
    return c2c_db_exec(store, "BEGIN");
}

void c2c_store_look(struct c2c_store *store, enum c2c_sight sight)
{
    store->sight = sight;
}

enum c2c_err c2c_store_commit(struct c2c_store *store)
{
    return c2c_db_exec(store, "COMMIT");
}

void c2c_store_rollback(struct c2c_store *store)
{
    if (sqlite3_get_autocommit(store->db) == 0) {
        /* Fails only when SQLite has rolled back by itself. */
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
}

enum c2c_err c2c_store_savepoint(struct c2c_store *store)
{
    return c2c_db_exec(store, "SAVEPOINT job");
}

enum c2c_err c2c_store_release(struct c2c_store *store)
{
    return c2c_db_exec(store, "RELEASE job");
}

enum c2c_err c2c_store_undo(struct c2c_store *store)
{
    /* After some errors SQLite has taken back everything: the words for that
     * error stay. */
    return sqlite3_get_autocommit(store->db) != 0
               ? C2C_E_STORE
               : c2c_db_exec(store, "ROLLBACK TO job; RELEASE job");
}

static const char instance_name[] = "instance";

enum c2c_err c2c_store_instance(struct c2c_store *store,
                                struct c2c_uuid *ret_instance)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_META_GET);
    struct c2c_uuid instance = {{0}};
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_text(stmt, 1, c2c_view_str(instance_name));
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK) {
        err = row ? c2c_db_fixed(stmt, 0, instance.b, sizeof instance.b)
                  : C2C_E_NOT_FOUND;
    }
    c2c_db_done(stmt);
    if (err == C2C_E_OK) {
        *ret_instance = instance;
    }
    return err;
}

enum c2c_err c2c_store_set_instance(struct c2c_store *store,
                                    const struct c2c_uuid *instance)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_META_PUT);

    c2c_db_bind_text(stmt, 1, c2c_view_str(instance_name));
    c2c_db_bind_blob(stmt, 2, instance->b, sizeof instance->b);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_store_backup(struct c2c_store *store, const char *path)
{
    const struct c2c_view nothing = {NULL, 0};
    sqlite3 *copy = NULL;
    sqlite3_backup *backup = NULL;
    enum c2c_err err = c2c_file_create(path, nothing, 0600);
    int rc;

    if (err != C2C_E_OK) {
        return err;
    }
    rc = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE, NULL);
    if (rc == SQLITE_OK) {
        backup = sqlite3_backup_init(copy, "main", store->db, "main");
        rc = backup == NULL ? sqlite3_errcode(copy)
                            : sqlite3_backup_step(backup, -1);
    }
    if (backup != NULL) {
        int finished = sqlite3_backup_finish(backup);

        rc = rc == SQLITE_DONE ? finished : rc;
    }
    if (rc == SQLITE_OK) {
        /* It belongs to no node's run of history: put in the place of the
         * store, it is recognised as restored. */
        rc = sqlite3_exec(copy,
                          "UPDATE meta SET value = randomblob(16) "
                          "WHERE name = 'instance'",
                          NULL, NULL, NULL);
    }
    (void)sqlite3_close(copy);
    if (rc != SQLITE_OK) {
        (void)remove(path);
        return c2c_db_error(store, rc);
    }
    return C2C_E_OK;
}

enum c2c_err c2c_store_check(struct c2c_store *store)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum c2c_err err;
    int rc =
        sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1, &stmt, NULL);

    if (rc != SQLITE_OK) {
        return c2c_db_error(store, rc);
    }
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && row &&
        !c2c_view_eq_str(c2c_db_text(stmt, 0), "ok")) {
        (void)snprintf(store->detail, sizeof store->detail, "%s",
                       (const char *)sqlite3_column_text(stmt, 0));
        err = C2C_E_CORRUPT;
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

enum c2c_err c2c_store_checkpoint(struct c2c_store *store)
{
    int rc;

    (void)sqlite3_busy_timeout(store->db, CHECKPOINT_MS);
    rc = sqlite3_wal_checkpoint_v2(store->db, "main",
                                   SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    (void)sqlite3_busy_timeout(store->db, C2C_DB_BUSY_MS);
    return rc == SQLITE_OK ? C2C_E_OK : c2c_db_error(store, rc);
}
