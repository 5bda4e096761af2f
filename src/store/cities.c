#include "store/cities.h"

#include "base/timefmt.h"
#include "codec/limits.h"
#include "codec/pack.h"
#include "codec/reader.h"
#include "store/db_priv.h"

enum c2c_err c2c_cities_find(struct c2c_store *store,
                             const struct c2c_hash *city, c2c_city_no *ret_no)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_CITY_FIND);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_blob(stmt, 1, city->b, sizeof city->b);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && row) {
        *ret_no = sqlite3_column_int64(stmt, 0);
    } else if (err == C2C_E_OK) {
        err = C2C_E_NOT_FOUND;
    }
    c2c_db_done(stmt);
    return err;
}

static enum c2c_err add_row(struct c2c_store *store,
                            const struct c2c_keyset *first, c2c_city_no *ret_no)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_CITY_ADD);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_blob(stmt, 1, first->hash.b, sizeof first->hash.b);
    c2c_db_bind_int(stmt, 2, first->kind);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && row) {
        *ret_no = sqlite3_column_int64(stmt, 0);
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_cities_add(struct c2c_store *store,
                            const struct c2c_keyset *first,
                            struct c2c_view keyset_bytes, c2c_city_no *ret_no)
{
    enum c2c_err err = c2c_cities_find(store, &first->hash, ret_no);
    sqlite3_stmt *stmt;

    if (err != C2C_E_NOT_FOUND) {
        return err;
    }
    err = add_row(store, first, ret_no);
    if (err != C2C_E_OK) {
        return err;
    }
    stmt = c2c_db_get(store, C2C_SQL_KEYSET_ADD);
    c2c_db_bind_int(stmt, 1, *ret_no);
    c2c_db_bind_int(stmt, 2, (int64_t)first->n);
    c2c_db_bind_blob(stmt, 3, keyset_bytes.p, keyset_bytes.n);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_cities_id(struct c2c_store *store, c2c_city_no no,
                           struct c2c_hash *ret_city)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_CITY_ID);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, no);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK) {
        err = row ? c2c_db_fixed(stmt, 0, ret_city->b, sizeof ret_city->b)
                  : C2C_E_NOT_FOUND;
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_cities_each(struct c2c_store *store, struct c2c_view prefix,
                             c2c_cities_fn *fn, void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_CITY_EACH);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_blob(stmt, 1, prefix.p, prefix.n);
    c2c_db_bind_int(stmt, 2, (int64_t)prefix.n);
    err = c2c_db_step(store, stmt, &row);
    while (err == C2C_E_OK && row) {
        struct c2c_hash city;

        err = c2c_db_fixed(stmt, 1, city.b, sizeof city.b);
        if (err == C2C_E_OK) {
            err = fn(ctx, sqlite3_column_int64(stmt, 0), &city);
        }
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}

/* Decode one link of the chain onto @k. */
static enum c2c_err next_keyset(struct c2c_view bytes,
                                const struct c2c_hash *city,
                                struct c2c_keyset *k, bool first)
{
    struct c2c_keyset next;
    enum c2c_err err = first ? c2c_keyset_decode_first(bytes, &next)
                             : c2c_keyset_decode_next(bytes, k, &next);

    if (err == C2C_E_OK && first && !c2c_hash_eq(&next.hash, city)) {
        err = C2C_E_BAD_KEYSET;
    }
    if (err == C2C_E_OK) {
        *k = next;
    }
    return err;
}

enum c2c_err c2c_cities_keyset(struct c2c_store *store, c2c_city_no no,
                               struct c2c_keyset *ret_newest)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_KEYSET_LIST);
    struct c2c_keyset k = {0};
    struct c2c_hash city;
    bool row = false;
    enum c2c_err err = c2c_cities_id(store, no, &city);

    if (err != C2C_E_OK) {
        return err;
    }
    c2c_db_bind_int(stmt, 1, no);
    err = c2c_db_step(store, stmt, &row);
    for (bool first = true; err == C2C_E_OK && row; first = false) {
        err = next_keyset(c2c_db_blob(stmt, 1), &city, &k, first);
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    if (err == C2C_E_OK && k.n == 0) {
        err = C2C_E_NOT_FOUND;
    }
    if (err == C2C_E_OK) {
        *ret_newest = k;
    }
    return err;
}

static enum c2c_err read_opening(sqlite3_stmt *stmt,
                                 struct c2c_net_opening *opening)
{
    enum c2c_err err =
        c2c_db_fixed(stmt, 1, opening->blind.b, sizeof opening->blind.b);

    if (err == C2C_E_OK) {
        err = c2c_db_fixed(stmt, 2, opening->sum.root.b,
                           sizeof opening->sum.root.b);
    }
    opening->sum.count = (uint64_t)sqlite3_column_int64(stmt, 3);
    opening->sum.bytes = (uint64_t)sqlite3_column_int64(stmt, 4);
    return err;
}

enum c2c_err c2c_cities_head(struct c2c_store *store, c2c_city_no no,
                             struct c2c_head *ret_head,
                             struct c2c_net_opening *ret_opening,
                             struct c2c_buf *bytes)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_HEAD_GET);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, no);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && !row) {
        err = C2C_E_NOT_FOUND;
    }
    if (err == C2C_E_OK) {
        err = c2c_head_decode(c2c_db_blob(stmt, 0), ret_head);
        err = err == C2C_E_OK || err == C2C_E_NOMEM ? err : C2C_E_CORRUPT;
    }
    if (err == C2C_E_OK && ret_opening != NULL) {
        err = read_opening(stmt, ret_opening);
    }
    if (err == C2C_E_OK && bytes != NULL) {
        struct c2c_view blob = c2c_db_blob(stmt, 0);

        err = c2c_buf_put(bytes, blob.p, blob.n);
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_cities_put_head(struct c2c_store *store, c2c_city_no no,
                                 const struct c2c_head *head,
                                 struct c2c_view bytes,
                                 const struct c2c_net_opening *opening)
{
    sqlite3_stmt *stmt;
    int64_t seq;
    enum c2c_err err = c2c_db_next_seq(store, &seq);

    if (err != C2C_E_OK) {
        return err;
    }
    stmt = c2c_db_get(store, C2C_SQL_HEAD_PUT);
    c2c_db_bind_int(stmt, 1, no);
    c2c_db_bind_int(stmt, 2, (int64_t)head->epoch);
    c2c_db_bind_int(stmt, 3, (int64_t)head->rev);
    c2c_db_bind_int(stmt, 4, (int64_t)head->time_s);
    c2c_db_bind_blob(stmt, 5, bytes.p, bytes.n);
    c2c_db_bind_blob(stmt, 6, opening->blind.b, sizeof opening->blind.b);
    c2c_db_bind_blob(stmt, 7, opening->sum.root.b, sizeof opening->sum.root.b);
    c2c_db_bind_int(stmt, 8, (int64_t)opening->sum.count);
    c2c_db_bind_int(stmt, 9, (int64_t)opening->sum.bytes);
    c2c_db_bind_int(stmt, 10, seq);
    return c2c_db_run(store, stmt);
}

enum {
    CHANGE_ELEMENTS = 3
};

enum c2c_err c2c_change_put(const struct c2c_change *change,
                            struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, CHANGE_ELEMENTS);
    c2c_pack_bool(&p, change->removed);
    c2c_pack_str(&p, change->type);
    c2c_pack_bin(&p, change->key.b, sizeof change->key.b);
    return p.err;
}

enum c2c_err c2c_change_next(struct c2c_view *changes,
                             struct c2c_change *ret_change)
{
    struct c2c_reader r = c2c_reader_over(*changes);
    struct c2c_change change = {0};

    if (changes->n == 0) {
        return C2C_E_NOT_FOUND;
    }
    c2c_reader_array_of(&r, CHANGE_ELEMENTS);
    change.removed = c2c_reader_bool(&r);
    change.type = c2c_reader_str(&r, C2C_MAX_TYPE_BYTES);
    c2c_reader_bin_of(&r, change.key.b, sizeof change.key.b);
    if (r.err != C2C_E_OK) {
        return C2C_E_CORRUPT;
    }
    *changes = r.rest;
    *ret_change = change;
    return C2C_E_OK;
}

enum c2c_err c2c_cities_log_add(struct c2c_store *store,
                                const struct c2c_revision *revision)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_LOG_ADD);

    c2c_db_bind_int(stmt, 1, revision->city);
    c2c_db_bind_int(stmt, 2, (int64_t)revision->epoch);
    c2c_db_bind_int(stmt, 3, (int64_t)revision->rev);
    c2c_db_bind_int(stmt, 4, (int64_t)revision->time_s);
    c2c_db_bind_blob(stmt, 5, revision->changes.p, revision->changes.n);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_cities_log(struct c2c_store *store, c2c_city_no no,
                            int64_t before, uint64_t limit, c2c_revision_fn *fn,
                            void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_LOG_LIST);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, no);
    c2c_db_bind_int(stmt, 2, before);
    c2c_db_bind_int(stmt, 3, (int64_t)limit);
    err = c2c_db_step(store, stmt, &row);
    while (err == C2C_E_OK && row) {
        const struct c2c_revision revision = {
            .id = sqlite3_column_int64(stmt, 0),
            .city = sqlite3_column_int64(stmt, 1),
            .epoch = (uint64_t)sqlite3_column_int64(stmt, 2),
            .rev = (uint64_t)sqlite3_column_int64(stmt, 3),
            .time_s = (uint64_t)sqlite3_column_int64(stmt, 4),
            .changes = c2c_db_blob(stmt, 5),
        };

        err = fn(ctx, &revision);
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}
