#include "store/cities.h"

#include "base/timefmt.h"
#include "codec/limits.h"
#include "codec/pack.h"
#include "codec/reader.h"
#include "store/db_priv.h"
#include "store/records.h"

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
    sqlite3_stmt *stmt;
    bool row = false;
    int64_t seq;
    enum c2c_err err = c2c_db_next_seq(store, &seq);

    if (err != C2C_E_OK) {
        return err;
    }
    stmt = c2c_db_get(store, C2C_SQL_CITY_ADD);
    c2c_db_bind_blob(stmt, 1, first->hash.b, sizeof first->hash.b);
    c2c_db_bind_int(stmt, 2, first->kind);
    c2c_db_bind_int(stmt, 3, seq);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && row) {
        *ret_no = sqlite3_column_int64(stmt, 0);
    }
    c2c_db_done(stmt);
    return err;
}

static enum c2c_err write_keyset(struct c2c_store *store, c2c_city_no no,
                                 const struct c2c_keyset *keyset,
                                 struct c2c_view bytes)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_KEYSET_ADD);

    c2c_db_bind_int(stmt, 1, no);
    c2c_db_bind_int(stmt, 2, (int64_t)keyset->n);
    c2c_db_bind_blob(stmt, 3, bytes.p, bytes.n);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_cities_add_keyset(struct c2c_store *store, c2c_city_no no,
                                   const struct c2c_keyset *keyset,
                                   struct c2c_view bytes)
{
    sqlite3_stmt *stmt;
    int64_t seq;
    enum c2c_err err = c2c_db_next_seq(store, &seq);

    if (err == C2C_E_OK) {
        err = write_keyset(store, no, keyset, bytes);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    stmt = c2c_db_get(store, C2C_SQL_CITY_KEYSET);
    c2c_db_bind_int(stmt, 1, no);
    c2c_db_bind_int(stmt, 2, seq);
    return c2c_db_run(store, stmt);
}

static enum c2c_err has_keysets(struct c2c_store *store, c2c_city_no no,
                                bool *ret_has)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_KEYSET_LIST);
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, no);
    c2c_db_bind_int(stmt, 2, 1);
    err = c2c_db_step(store, stmt, ret_has);
    c2c_db_done(stmt);
    return err;
}

/* A city that was forgotten keeps its number. */
enum c2c_err c2c_cities_add(struct c2c_store *store,
                            const struct c2c_keyset *first,
                            struct c2c_view keyset_bytes, c2c_city_no *ret_no)
{
    enum c2c_err err = c2c_cities_find(store, &first->hash, ret_no);
    bool has = false;

    if (err == C2C_E_OK) {
        err = has_keysets(store, *ret_no, &has);
        return err != C2C_E_OK || has
                   ? err
                   : c2c_cities_add_keyset(store, *ret_no, first, keyset_bytes);
    }
    if (err != C2C_E_NOT_FOUND) {
        return err;
    }
    err = add_row(store, first, ret_no);
    return err == C2C_E_OK ? write_keyset(store, *ret_no, first, keyset_bytes)
                           : err;
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
    c2c_db_bind_int(stmt, 2, 1);
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

enum c2c_err c2c_cities_keysets(struct c2c_store *store, c2c_city_no no,
                                uint64_t from, c2c_keysets_fn *fn, void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_KEYSET_LIST);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, no);
    c2c_db_bind_int(stmt, 2, (int64_t)from);
    err = c2c_db_step(store, stmt, &row);
    while (err == C2C_E_OK && row) {
        err = fn(ctx, c2c_db_blob(stmt, 1));
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}

/* Columns from @at on: blind, root, count, bytes. */
static enum c2c_err read_opening(sqlite3_stmt *stmt, int at,
                                 struct c2c_net_opening *opening)
{
    enum c2c_err err =
        c2c_db_fixed(stmt, at, opening->blind.b, sizeof opening->blind.b);

    if (err == C2C_E_OK) {
        err = c2c_db_fixed(stmt, at + 1, opening->sum.root.b,
                           sizeof opening->sum.root.b);
    }
    opening->sum.count = (uint64_t)sqlite3_column_int64(stmt, at + 2);
    opening->sum.bytes = (uint64_t)sqlite3_column_int64(stmt, at + 3);
    return err;
}

static enum c2c_err read_head(struct c2c_view bytes, struct c2c_head *ret_head)
{
    enum c2c_err err = c2c_head_decode(bytes, ret_head);

    return err == C2C_E_OK || err == C2C_E_NOMEM ? err : C2C_E_CORRUPT;
}

/* The columns of C2C_STATE_COLUMNS. */
static enum c2c_err read_state(sqlite3_stmt *stmt, struct c2c_city_state *state)
{
    enum c2c_err err;

    *state = (struct c2c_city_state){
        .no = sqlite3_column_int64(stmt, 0),
        .kind = sqlite3_column_int64(stmt, 2) == C2C_LGA ? C2C_LGA : C2C_CITY,
        .seq = (uint64_t)sqlite3_column_int64(stmt, 3),
        .keyset_seq = (uint64_t)sqlite3_column_int64(stmt, 4),
        .floor_rev = (uint64_t)sqlite3_column_int64(stmt, 5),
        .floor_seq = (uint64_t)sqlite3_column_int64(stmt, 6),
        .hidden_s = (uint64_t)sqlite3_column_int64(stmt, 7),
        .has_head = sqlite3_column_type(stmt, 8) != SQLITE_NULL,
        .has_opening = sqlite3_column_type(stmt, 9) != SQLITE_NULL};
    err = c2c_db_fixed(stmt, 1, state->city.b, sizeof state->city.b);
    if (err == C2C_E_OK && state->has_head) {
        err = read_head(c2c_db_blob(stmt, 8), &state->head);
    }
    return err == C2C_E_OK && state->has_opening
               ? read_opening(stmt, 9, &state->opening)
               : err;
}

enum c2c_err c2c_cities_state(struct c2c_store *store, c2c_city_no no,
                              struct c2c_city_state *ret_state)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_CITY_STATE);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, no);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK) {
        err = row ? read_state(stmt, ret_state) : C2C_E_NOT_FOUND;
    }
    c2c_db_done(stmt);
    return err;
}

static enum c2c_err each_state(struct c2c_store *store, sqlite3_stmt *stmt,
                               c2c_state_fn *fn, void *ctx)
{
    bool row = false;
    enum c2c_err err = c2c_db_step(store, stmt, &row);

    while (err == C2C_E_OK && row) {
        struct c2c_city_state state;

        err = read_state(stmt, &state);
        if (err == C2C_E_CORRUPT &&
            c2c_db_fixed(stmt, 1, state.city.b, sizeof state.city.b) ==
                C2C_E_OK) {
            state.has_head = false;
            state.has_opening = false;
            err = C2C_E_OK;
        }
        if (err == C2C_E_OK) {
            err = fn(ctx, &state);
        }
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_cities_changed(struct c2c_store *store, uint64_t seq,
                                c2c_state_fn *fn, void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_CITY_CHANGED);

    c2c_db_bind_int(stmt, 1, (int64_t)seq);
    return each_state(store, stmt, fn, ctx);
}

enum c2c_err c2c_cities_from(struct c2c_store *store,
                             const struct c2c_hash *first, c2c_state_fn *fn,
                             void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_CITY_FROM);

    c2c_db_bind_blob(stmt, 1, first->b, sizeof first->b);
    return each_state(store, stmt, fn, ctx);
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
        err = read_head(c2c_db_blob(stmt, 0), ret_head);
    }
    if (err == C2C_E_OK && ret_opening != NULL) {
        err = read_opening(stmt, 1, ret_opening);
    }
    if (err == C2C_E_OK && bytes != NULL) {
        struct c2c_view blob = c2c_db_blob(stmt, 0);

        err = c2c_buf_put(bytes, blob.p, blob.n);
    }
    c2c_db_done(stmt);
    return err;
}

static enum c2c_err write_head(struct c2c_store *store, c2c_city_no no,
                               const struct c2c_head *head,
                               struct c2c_view bytes,
                               const struct c2c_net_opening *opening)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_HEAD_PUT);

    c2c_db_bind_int(stmt, 1, no);
    c2c_db_bind_int(stmt, 2, (int64_t)head->epoch);
    c2c_db_bind_int(stmt, 3, (int64_t)head->rev);
    c2c_db_bind_int(stmt, 4, (int64_t)head->time_s);
    c2c_db_bind_blob(stmt, 5, bytes.p, bytes.n);
    if (opening != NULL) { /* Else NULL. */
        c2c_db_bind_blob(stmt, 6, opening->blind.b, sizeof opening->blind.b);
        c2c_db_bind_blob(stmt, 7, opening->sum.root.b,
                         sizeof opening->sum.root.b);
        c2c_db_bind_int(stmt, 8, (int64_t)opening->sum.count);
        c2c_db_bind_int(stmt, 9, (int64_t)opening->sum.bytes);
    }
    return c2c_db_run(store, stmt);
}

/* In a new epoch, what was there before has not changed since its beginning. */
static enum c2c_err rebase(struct c2c_store *store, c2c_city_no no,
                           uint64_t seq)
{
    static const enum c2c_statement steps[] = {C2C_SQL_RECORD_REBASE,
                                               C2C_SQL_REMOVED_REBASE};
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < 2 && err == C2C_E_OK; i++) {
        sqlite3_stmt *stmt = c2c_db_get(store, steps[i]);

        c2c_db_bind_int(stmt, 1, no);
        c2c_db_bind_int(stmt, 2, (int64_t)seq);
        err = c2c_db_run(store, stmt);
    }
    return err;
}

enum c2c_err c2c_cities_put_head(struct c2c_store *store, c2c_city_no no,
                                 const struct c2c_head *head,
                                 struct c2c_view bytes,
                                 const struct c2c_net_opening *opening,
                                 bool floor)
{
    struct c2c_city_state before;
    sqlite3_stmt *stmt;
    int64_t seq;
    bool new_epoch;
    enum c2c_err err = c2c_cities_state(store, no, &before);

    new_epoch =
        err == C2C_E_OK && before.has_head && before.head.epoch != head->epoch;
    if (new_epoch) {
        err = rebase(store, no, before.seq);
    }
    if (err == C2C_E_OK) {
        err = c2c_db_next_seq(store, &seq);
    }
    if (err == C2C_E_OK) {
        err = write_head(store, no, head, bytes, opening);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    stmt = c2c_db_get(store, C2C_SQL_CITY_SEQ);
    c2c_db_bind_int(stmt, 1, no);
    c2c_db_bind_int(stmt, 2, seq);
    c2c_db_bind_int(stmt, 3, (int64_t)head->rev);
    c2c_db_bind_int(stmt, 4, floor);
    c2c_db_bind_int(stmt, 5, new_epoch);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_cities_hide(struct c2c_store *store, c2c_city_no no,
                             uint64_t since_s)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_CITY_HIDE);

    c2c_db_bind_int(stmt, 1, no);
    c2c_db_bind_int(stmt, 2, (int64_t)since_s);
    return c2c_db_run(store, stmt);
}

static enum c2c_err forget_row(void *ctx, const struct c2c_row *row,
                               bool intact)
{
    int64_t *id = ctx;

    (void)intact;
    *id = row->id;
    return C2C_E_OK;
}

/* One by one, so that the full text follows. */
static enum c2c_err forget_records(struct c2c_store *store, c2c_city_no no,
                                   uint64_t now_s)
{
    const struct c2c_filter first = {.city = no, .limit = 1};
    enum c2c_err err = C2C_E_OK;
    int64_t id;

    do {
        struct c2c_row row = {0};

        id = 0;
        err = c2c_records_list(store, &first, forget_row, &id);
        if (err == C2C_E_OK && id != 0) {
            err = c2c_records_by_id(store, id, &row);
            err = err == C2C_E_CORRUPT && row.id != 0 ? C2C_E_OK : err;
        }
        if (err == C2C_E_OK && id != 0) {
            err = c2c_records_remove(store, &row, 0, now_s);
        }
    } while (err == C2C_E_OK && id != 0);
    return err;
}

enum c2c_err c2c_cities_forget(struct c2c_store *store, c2c_city_no no,
                               uint64_t now_s)
{
    static const enum c2c_statement steps[] = {C2C_SQL_HEAD_DEL,
                                               C2C_SQL_KEYSET_DEL,
                                               C2C_SQL_LOG_DEL,
                                               C2C_SQL_DIR_CLEAR};
    enum c2c_err err = forget_records(store, no, now_s);

    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && err == C2C_E_OK;
         i++) {
        sqlite3_stmt *stmt = c2c_db_get(store, steps[i]);

        c2c_db_bind_int(stmt, 1, no);
        err = c2c_db_run(store, stmt);
    }
    return err;
}

enum c2c_err c2c_cities_seq(struct c2c_store *store, uint64_t *ret_seq)
{
    int64_t seq = 0;
    enum c2c_err err = c2c_db_number(store, C2C_SQL_SEQ_GET, &seq);

    if (err == C2C_E_OK) {
        *ret_seq = (uint64_t)seq;
    }
    return err;
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
    c2c_db_bind_int(stmt, 4, store->sight == C2C_SIGHT_ALL);
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
