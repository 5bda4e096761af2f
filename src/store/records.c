#include "store/records.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "codec/limits.h"
#include "merkle/tree.h"
#include "store/row_priv.h"

enum {
    REMEMBER_S = 90 * 86400, /* How long keys of removed records are kept. */
    SQL_MAX = 4096,
    FACET_MAX = 4096
};

static enum c2c_err find_id(struct c2c_store *store,
                            const struct c2c_row_put *put, int64_t *ret_id)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_RECORD_ID);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, put->city);
    c2c_db_bind_text(stmt, 2, put->record->type);
    c2c_db_bind_blob(stmt, 3, put->record->key.b, sizeof put->record->key.b);
    c2c_db_bind_int(stmt, 4, put->audience);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && row) {
        *ret_id = sqlite3_column_int64(stmt, 0);
    } else if (err == C2C_E_OK) {
        err = C2C_E_NOT_FOUND;
    }
    c2c_db_done(stmt);
    return err;
}

static enum c2c_err write_row(struct c2c_store *store,
                              const struct c2c_row_put *put, bool exists,
                              int64_t id)
{
    sqlite3_stmt *stmt;
    int64_t seq;
    enum c2c_err err = c2c_db_next_seq(store, &seq);

    if (err != C2C_E_OK) {
        return err;
    }
    stmt = c2c_db_get(store, exists ? C2C_SQL_RECORD_SET : C2C_SQL_RECORD_ADD);
    c2c_db_bind_int(stmt, 1, put->city);
    c2c_db_bind_int(stmt, 2, put->audience);
    c2c_db_bind_text(stmt, 3, put->record->type);
    c2c_db_bind_blob(stmt, 4, put->record->key.b, sizeof put->record->key.b);
    if (put->record->slug.n > 0) { /* Else NULL. */
        c2c_db_bind_text(stmt, 5, put->record->slug);
    }
    c2c_db_bind_int(stmt, 6, (int64_t)put->record->updated_s);
    c2c_db_bind_int(stmt, 7, (int64_t)put->rev);
    c2c_db_bind_int(stmt, 8, seq);
    c2c_db_bind_blob(stmt, 9, put->leaf.b, sizeof put->leaf.b);
    c2c_db_bind_int(stmt, 10, (int64_t)put->bytes.n);
    c2c_db_bind_blob(stmt, 11, put->bytes.p, put->bytes.n);
    if (!exists && id > 0) { /* Else SQLite chooses it. */
        c2c_db_bind_int(stmt, 12, id);
    }
    return c2c_db_run(store, stmt);
}

static enum c2c_err write_facets(struct c2c_store *store, int64_t id,
                                 const struct c2c_row_put *put)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_FACET_DEL);
    struct c2c_buf folded;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, id);
    err = c2c_db_run(store, stmt);
    c2c_buf_init(&folded, FACET_MAX);
    for (size_t i = 0; i < put->n_facets && err == C2C_E_OK; i++) {
        c2c_buf_clear(&folded);
        err = c2c_text_fold(put->facets[i].value, &folded);
        if (err == C2C_E_NOMEM) {
            break;
        }
        if (err != C2C_E_OK) {
            err = C2C_E_OK; /* Nothing that somebody could look for. */
            continue;
        }
        stmt = c2c_db_get(store, C2C_SQL_FACET_ADD);
        c2c_db_bind_text(stmt, 1, c2c_view_str(put->facets[i].name));
        c2c_db_bind_text(stmt, 2, c2c_buf_view(&folded));
        c2c_db_bind_int(stmt, 3, id);
        err = c2c_db_run(store, stmt);
    }
    c2c_buf_fini(&folded);
    return err;
}

/* A record that comes back gets its old id: the full text then replaces what it
 * still holds under it.  @ret_id is 0 for a new one. */
static enum c2c_err unremember(struct c2c_store *store,
                               const struct c2c_row_put *put, int64_t *ret_id)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_REMOVED_DEL);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, put->city);
    c2c_db_bind_text(stmt, 2, put->record->type);
    c2c_db_bind_blob(stmt, 3, put->record->key.b, sizeof put->record->key.b);
    c2c_db_bind_int(stmt, 4, put->audience);
    err = c2c_db_step(store, stmt, &row);
    *ret_id = err == C2C_E_OK && row ? sqlite3_column_int64(stmt, 0) : 0;
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_records_put(struct c2c_store *store,
                             const struct c2c_row_put *put)
{
    int64_t id = 0;
    enum c2c_err err = find_id(store, put, &id);
    bool exists = err == C2C_E_OK;

    if (err != C2C_E_OK && err != C2C_E_NOT_FOUND) {
        return err;
    }
    err = exists ? C2C_E_OK : unremember(store, put, &id);
    if (err == C2C_E_OK) {
        err = write_row(store, put, exists, id);
    }
    if (err == C2C_E_OK && !exists) {
        id = sqlite3_last_insert_rowid(store->db);
    }
    return err == C2C_E_OK ? write_facets(store, id, put) : err;
}

enum c2c_err c2c_records_remove(struct c2c_store *store,
                                const struct c2c_row *row, uint64_t rev,
                                uint64_t now_s)
{
    sqlite3_stmt *stmt;
    int64_t seq;
    enum c2c_err err = c2c_db_next_seq(store, &seq);

    if (err != C2C_E_OK) {
        return err;
    }
    stmt = c2c_db_get(store, C2C_SQL_REMOVED_PUT);
    c2c_db_bind_int(stmt, 1, row->city);
    c2c_db_bind_text(stmt, 2, row->type);
    c2c_db_bind_blob(stmt, 3, row->key.b, sizeof row->key.b);
    c2c_db_bind_int(stmt, 4, row->audience);
    c2c_db_bind_int(stmt, 5, row->id);
    c2c_db_bind_int(stmt, 6, (int64_t)rev);
    c2c_db_bind_int(stmt, 7, seq);
    c2c_db_bind_int(stmt, 8, (int64_t)now_s);
    err = c2c_db_run(store, stmt);
    if (err != C2C_E_OK) {
        return err;
    }
    stmt = c2c_db_get(store, C2C_SQL_RECORD_DEL);
    c2c_db_bind_int(stmt, 1, row->id);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_records_forget(struct c2c_store *store, uint64_t now_s)
{
    static const enum c2c_statement steps[] = {C2C_SQL_CITY_FLOORS,
                                               C2C_SQL_REMOVED_FORGET};
    int64_t before = now_s > REMEMBER_S ? (int64_t)(now_s - REMEMBER_S) : 0;
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < 2 && err == C2C_E_OK; i++) {
        sqlite3_stmt *stmt = c2c_db_get(store, steps[i]);

        c2c_db_bind_int(stmt, 1, before);
        err = c2c_db_run(store, stmt);
    }
    return err;
}

/* Move a row's views from the statement to the connection's own memory, so that
 * no statement keeps an old state of the file alive. */
static enum c2c_err keep_row(struct c2c_store *store, struct c2c_row *row)
{
    struct c2c_view *const views[] = {&row->type, &row->slug, &row->bytes};
    enum c2c_err err = C2C_E_OK;
    size_t at[3];

    c2c_buf_clear(&store->row);
    for (size_t i = 0; i < 3 && err == C2C_E_OK; i++) {
        at[i] = store->row.n;
        err = c2c_buf_put(&store->row, views[i]->p, views[i]->n);
    }
    for (size_t i = 0; i < 3 && err == C2C_E_OK; i++) {
        views[i]->p = views[i]->n > 0 ? store->row.p + at[i] : NULL;
    }
    return err;
}

static enum c2c_err read_one(struct c2c_store *store, sqlite3_stmt *stmt,
                             struct c2c_row *ret_row)
{
    bool row = false;
    enum c2c_err err = c2c_db_step(store, stmt, &row);

    if (err == C2C_E_OK) {
        err = row ? c2c_row_read(stmt, ret_row) : C2C_E_NOT_FOUND;
    }
    if (err == C2C_E_OK || err == C2C_E_CORRUPT) {
        enum c2c_err kept =
            row ? keep_row(store, ret_row) : C2C_E_OK; /* Or the file is bad. */

        err = kept == C2C_E_OK ? err : kept;
    }
    c2c_db_done(stmt);
    return err;
}

static int64_t last_audience(const struct c2c_store *store)
{
    return store->sight == C2C_SIGHT_PUBLIC    ? C2C_AUDIENCE_PUBLIC
           : store->sight == C2C_SIGHT_NETWORK ? C2C_AUDIENCE_NETWORK
                                               : C2C_AUDIENCE_LOCAL;
}

enum c2c_err c2c_records_get(struct c2c_store *store, c2c_city_no city,
                             struct c2c_view type, const struct c2c_uuid *key,
                             struct c2c_row *ret_row)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_RECORD_GET);

    c2c_db_bind_int(stmt, 1, city);
    c2c_db_bind_text(stmt, 2, type);
    c2c_db_bind_blob(stmt, 3, key->b, sizeof key->b);
    c2c_db_bind_int(stmt, 4, last_audience(store));
    return read_one(store, stmt, ret_row);
}

enum c2c_err c2c_records_in_slot(struct c2c_store *store, c2c_city_no city,
                                 enum c2c_audience audience,
                                 struct c2c_view type,
                                 const struct c2c_uuid *key,
                                 struct c2c_row *ret_row)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_RECORD_SLOT);

    c2c_db_bind_int(stmt, 1, city);
    c2c_db_bind_text(stmt, 2, type);
    c2c_db_bind_blob(stmt, 3, key->b, sizeof key->b);
    c2c_db_bind_int(stmt, 4, audience);
    return read_one(store, stmt, ret_row);
}

enum c2c_err c2c_records_by_slug(struct c2c_store *store, c2c_city_no city,
                                 struct c2c_view type, struct c2c_view slug,
                                 struct c2c_row *ret_row)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_RECORD_SLUG);

    c2c_db_bind_int(stmt, 1, city);
    c2c_db_bind_text(stmt, 2, type);
    c2c_db_bind_text(stmt, 3, slug);
    c2c_db_bind_int(stmt, 4, last_audience(store));
    return read_one(store, stmt, ret_row);
}

enum c2c_err c2c_records_by_id(struct c2c_store *store, int64_t id,
                               struct c2c_row *ret_row)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_RECORD_BY_ID);

    c2c_db_bind_int(stmt, 1, id);
    return read_one(store, stmt, ret_row);
}

/* The records of the first facet, not all there are with a look at each of
 * them; f.record is r.id then, but only it comes in the index's order. */
static enum c2c_err put_from(struct c2c_buf *sql,
                             const struct c2c_filter *filter)
{
    int n = 1 + (filter->city != 0) + (filter->type.n > 0);

    return filter->n_facets == 0
               ? c2c_buf_fmt(sql, " FROM record r WHERE 1")
               : c2c_buf_fmt(sql,
                             " FROM main.facet f JOIN record r ON "
                             "r.id = f.record WHERE f.name = ?%d AND "
                             "f.value = ?%d",
                             n, n + 1);
}

/* Prepare "@head FROM ... WHERE conditions @tail" and bind the filter. */
static enum c2c_err prepare(struct c2c_store *store, const char *head,
                            const struct c2c_filter *filter, const char *tail,
                            sqlite3_stmt **ret_stmt, int *ret_next)
{
    struct c2c_buf sql;
    enum c2c_err err;
    int rc;

    c2c_buf_init(&sql, SQL_MAX);
    err = c2c_buf_fmt(&sql, "%s", head);
    if (err == C2C_E_OK) {
        err = put_from(&sql, filter);
    }
    if (err == C2C_E_OK) {
        err = c2c_filter_sql(store, filter, &sql);
    }
    if (err == C2C_E_OK) {
        err = c2c_buf_fmt(&sql, "%s", tail);
    }
    if (err == C2C_E_OK) {
        rc = sqlite3_prepare_v2(store->db, (const char *)sql.p, (int)sql.n,
                                ret_stmt, NULL);
        err = rc == SQLITE_OK ? C2C_E_OK : c2c_db_error(store, rc);
    }
    if (err == C2C_E_OK) {
        err = c2c_filter_bind(filter, *ret_stmt, ret_next);
    }
    c2c_buf_fini(&sql);
    return err;
}

enum c2c_err c2c_records_list(struct c2c_store *store,
                              const struct c2c_filter *filter, c2c_row_fn *fn,
                              void *ctx)
{
    sqlite3_stmt *stmt = NULL;
    int next = 0;
    enum c2c_err err =
        prepare(store, C2C_ROW_COLUMNS, filter,
                filter->n_facets == 0
                    ? " AND r.id > @after ORDER BY r.id LIMIT @limit"
                    : " AND f.record > @after ORDER BY f.record LIMIT @limit",
                &stmt, &next);

    if (err == C2C_E_OK) {
        c2c_db_bind_int(stmt, next, filter->after);
        c2c_db_bind_int(stmt, next + 1, (int64_t)filter->limit);
        err = c2c_rows_each(store, stmt, filter->enough, fn, ctx);
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

enum c2c_err c2c_records_count(struct c2c_store *store,
                               const struct c2c_filter *filter,
                               uint64_t *ret_count)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    int next = 0;
    enum c2c_err err =
        prepare(store, "SELECT count(*)", filter, "", &stmt, &next);

    if (err == C2C_E_OK) {
        err = c2c_db_step(store, stmt, &row);
    }
    if (err == C2C_E_OK && row) {
        *ret_count = (uint64_t)sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

/* A tree's line of the directory, from its leaves. */
static enum c2c_err compute(struct c2c_store *store, c2c_city_no city,
                            enum c2c_audience audience,
                            struct c2c_dir_entry *entry)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_LEAVES);
    struct c2c_merkle_acc acc;
    bool row = false;
    enum c2c_err err;

    c2c_merkle_acc_init(&acc, &c2c_tree_hasher);
    c2c_db_bind_int(stmt, 1, city);
    c2c_db_bind_text(stmt, 2, entry->type);
    c2c_db_bind_int(stmt, 3, audience);
    err = c2c_db_step(store, stmt, &row);
    while (err == C2C_E_OK && row) {
        struct c2c_hash leaf;

        err = c2c_db_fixed(stmt, 0, leaf.b, sizeof leaf.b);
        if (err == C2C_E_OK) {
            c2c_merkle_acc_add(&acc, &leaf);
            entry->bytes += (uint64_t)sqlite3_column_int64(stmt, 1);
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    entry->count = acc.n;
    entry->root = c2c_merkle_acc_root(&acc);
    return err;
}

enum c2c_err c2c_records_retree(struct c2c_store *store, c2c_city_no city,
                                enum c2c_audience audience,
                                struct c2c_view type)
{
    struct c2c_dir_entry entry = {.type = type};
    enum c2c_err err = compute(store, city, audience, &entry);
    sqlite3_stmt *stmt;

    if (err != C2C_E_OK) {
        return err;
    }
    stmt =
        c2c_db_get(store, entry.count == 0 ? C2C_SQL_DIR_DEL : C2C_SQL_DIR_PUT);
    c2c_db_bind_int(stmt, 1, city);
    c2c_db_bind_int(stmt, 2, audience);
    c2c_db_bind_text(stmt, 3, type);
    if (entry.count > 0) {
        c2c_db_bind_int(stmt, 4, (int64_t)entry.count);
        c2c_db_bind_int(stmt, 5, (int64_t)entry.bytes);
        c2c_db_bind_blob(stmt, 6, entry.root.b, sizeof entry.root.b);
    }
    return c2c_db_run(store, stmt);
}

/* The directory's line of @entry->type as it is kept; of nothing if there is
 * none. */
static enum c2c_err kept_line(struct c2c_store *store, c2c_city_no city,
                              enum c2c_audience audience,
                              struct c2c_dir_entry *entry)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_DIR_GET);
    bool row = false;
    enum c2c_err err;

    entry->root = c2c_tree_hasher.empty();
    c2c_db_bind_int(stmt, 1, city);
    c2c_db_bind_int(stmt, 2, audience);
    c2c_db_bind_text(stmt, 3, entry->type);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && row) {
        entry->count = (uint64_t)sqlite3_column_int64(stmt, 0);
        entry->bytes = (uint64_t)sqlite3_column_int64(stmt, 1);
        err = c2c_db_fixed(stmt, 2, entry->root.b, sizeof entry->root.b);
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_records_check_tree(struct c2c_store *store, c2c_city_no city,
                                    enum c2c_audience audience,
                                    struct c2c_view type)
{
    struct c2c_dir_entry now = {.type = type};
    struct c2c_dir_entry kept = {.type = type};
    enum c2c_err err = compute(store, city, audience, &now);

    if (err == C2C_E_OK) {
        err = kept_line(store, city, audience, &kept);
    }
    if (err == C2C_E_OK &&
        (now.count != kept.count || now.bytes != kept.bytes ||
         !c2c_hash_eq(&now.root, &kept.root))) {
        (void)snprintf(store->detail, sizeof store->detail,
                       "the records of type %.*s are not those that were "
                       "signed",
                       (int)type.n, (const char *)type.p);
        err = C2C_E_CORRUPT;
    }
    return err;
}

/* Directory lines with their own copies of the type names. */
struct lines {
    size_t n;
    struct c2c_dir_entry entry[C2C_MAX_CITY_TYPES];
    char name[C2C_MAX_CITY_TYPES][C2C_MAX_TYPE_BYTES];
};

static enum c2c_err add_line(struct lines *lines, sqlite3_stmt *stmt,
                             bool recompute)
{
    struct c2c_view type = c2c_db_text(stmt, 0);
    struct c2c_dir_entry *entry;

    if (lines->n == C2C_MAX_CITY_TYPES || type.n > C2C_MAX_TYPE_BYTES) {
        return C2C_E_CORRUPT;
    }
    entry = &lines->entry[lines->n];
    for (size_t i = 0; i < type.n; i++) {
        lines->name[lines->n][i] = (char)type.p[i];
    }
    entry->type = c2c_view_of(lines->name[lines->n], type.n);
    lines->n++;
    if (recompute) {
        return C2C_E_OK;
    }
    entry->count = (uint64_t)sqlite3_column_int64(stmt, 1);
    entry->bytes = (uint64_t)sqlite3_column_int64(stmt, 2);
    return c2c_db_fixed(stmt, 3, entry->root.b, sizeof entry->root.b);
}

static enum c2c_err read_lines(struct c2c_store *store, c2c_city_no city,
                               enum c2c_audience audience, bool recompute,
                               struct lines *lines)
{
    sqlite3_stmt *stmt =
        c2c_db_get(store, recompute ? C2C_SQL_TYPES : C2C_SQL_DIR_LIST);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, city);
    c2c_db_bind_int(stmt, 2, audience);
    err = c2c_db_step(store, stmt, &row);
    while (err == C2C_E_OK && row) {
        err = add_line(lines, stmt, recompute);
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    for (size_t i = 0; recompute && i < lines->n && err == C2C_E_OK; i++) {
        err = compute(store, city, audience, &lines->entry[i]);
    }
    return err;
}

enum c2c_err c2c_records_sum(struct c2c_store *store, c2c_city_no city,
                             enum c2c_audience audience, bool recompute,
                             struct c2c_dir_sum *ret_sum)
{
    struct lines *lines = c2c_calloc(1, sizeof *lines);
    struct c2c_hash id;
    enum c2c_err err;

    if (lines == NULL) {
        return C2C_E_NOMEM;
    }
    err = read_lines(store, city, audience, recompute, lines);
    if (err == C2C_E_OK) {
        err = c2c_cities_id(store, city, &id);
    }
    if (err == C2C_E_OK) {
        err = c2c_dir_sum(&id, audience, lines->entry, lines->n, ret_sum);
        err = err == C2C_E_INVAL ? C2C_E_CORRUPT : err;
    }
    c2c_free(lines);
    return err;
}

enum c2c_err c2c_records_dir(struct c2c_store *store, c2c_city_no city,
                             enum c2c_audience audience, struct c2c_buf *out)
{
    struct lines *lines = c2c_calloc(1, sizeof *lines);
    struct c2c_hash id;
    enum c2c_err err;

    if (lines == NULL) {
        return C2C_E_NOMEM;
    }
    err = read_lines(store, city, audience, false, lines);
    if (err == C2C_E_OK) {
        err = c2c_cities_id(store, city, &id);
    }
    if (err == C2C_E_OK) {
        err = c2c_dir_encode(&id, audience, lines->entry, lines->n, out);
        err = err == C2C_E_INVAL ? C2C_E_CORRUPT : err;
    }
    c2c_free(lines);
    return err;
}

/* The leaf hashes of a type, joined, in the order of their keys. */
static enum c2c_err read_leaves(struct c2c_store *store,
                                const struct c2c_row *row, struct c2c_buf *out)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_LEAVES);
    bool more = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, row->city);
    c2c_db_bind_text(stmt, 2, row->type);
    c2c_db_bind_int(stmt, 3, row->audience);
    err = c2c_db_step(store, stmt, &more);
    while (err == C2C_E_OK && more) {
        struct c2c_hash leaf;

        err = c2c_db_fixed(stmt, 0, leaf.b, sizeof leaf.b);
        if (err == C2C_E_OK) {
            err = c2c_buf_put(out, leaf.b, sizeof leaf.b);
        }
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &more);
        }
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_records_prove(struct c2c_store *store,
                               const struct c2c_row *row,
                               struct c2c_inclusion *ret_at)
{
    struct c2c_inclusion at = {.index = 0};
    const struct c2c_hash *leaves;
    struct c2c_buf bytes;
    enum c2c_err err;
    size_t n;

    c2c_buf_init(&bytes, sizeof *leaves * (size_t)C2C_MAX_CITY_RECORDS);
    err = read_leaves(store, row, &bytes);
    leaves = (const struct c2c_hash *)bytes.p; /* Bytes: aligned anywhere. */
    n = bytes.n / sizeof *leaves;
    while (err == C2C_E_OK && at.index < n &&
           !c2c_hash_eq(&leaves[at.index], &row->leaf)) {
        at.index++;
    }
    if (err == C2C_E_OK) {
        err = at.index == n ? C2C_E_NOT_FOUND
                            : c2c_merkle_path_make(&c2c_tree_hasher, leaves, n,
                                                   (size_t)at.index, &at.path);
    }
    c2c_buf_fini(&bytes);
    if (err == C2C_E_OK) {
        *ret_at = at;
    }
    return err;
}
