#include "store/staged.h"

#include "store/db_priv.h"

static void bind_id(sqlite3_stmt *stmt, const struct c2c_staged_id *id)
{
    c2c_db_bind_blob(stmt, 1, id->owner.b, sizeof id->owner.b);
    c2c_db_bind_blob(stmt, 2, id->content.b, sizeof id->content.b);
}

enum c2c_err c2c_staged_put(struct c2c_store *store,
                            const struct c2c_staged_id *id,
                            enum c2c_audience audience,
                            const struct c2c_record *record,
                            struct c2c_view bytes)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_STAGED_ADD);

    bind_id(stmt, id);
    c2c_db_bind_int(stmt, 3, audience);
    c2c_db_bind_text(stmt, 4, record->type);
    c2c_db_bind_blob(stmt, 5, record->key.b, sizeof record->key.b);
    c2c_db_bind_blob(stmt, 6, bytes.p, bytes.n);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_staged_sum(struct c2c_store *store,
                            const struct c2c_staged_id *id, uint64_t *ret_bytes,
                            uint64_t *ret_count)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_STAGED_SUM);
    bool row = false;
    enum c2c_err err;

    bind_id(stmt, id);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && row) {
        *ret_bytes = (uint64_t)sqlite3_column_int64(stmt, 0);
        *ret_count = (uint64_t)sqlite3_column_int64(stmt, 1);
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_staged_each(struct c2c_store *store,
                             const struct c2c_staged_id *id, c2c_staged_fn *fn,
                             void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_STAGED_LIST);
    bool row = false;
    enum c2c_err err;

    bind_id(stmt, id);
    err = c2c_db_step(store, stmt, &row);
    while (err == C2C_E_OK && row) {
        err = fn(ctx,
                 sqlite3_column_int64(stmt, 0) == C2C_AUDIENCE_PUBLIC
                     ? C2C_AUDIENCE_PUBLIC
                     : C2C_AUDIENCE_NETWORK,
                 c2c_db_blob(stmt, 1));
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_staged_drop(struct c2c_store *store,
                             const struct c2c_hash *owner)
{
    sqlite3_stmt *stmt = c2c_db_get(store, owner == NULL ? C2C_SQL_STAGED_CLEAR
                                                         : C2C_SQL_STAGED_DEL);

    if (owner != NULL) {
        c2c_db_bind_blob(stmt, 1, owner->b, sizeof owner->b);
    }
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_cursor_get(struct c2c_store *store, struct c2c_view peer,
                            struct c2c_buf *out)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_CURSOR_GET);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_text(stmt, 1, peer);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && row) {
        struct c2c_view blob = c2c_db_blob(stmt, 0);

        err = c2c_buf_put(out, blob.p, blob.n);
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_cursor_put(struct c2c_store *store, struct c2c_view peer,
                            struct c2c_view cursor)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_CURSOR_PUT);

    c2c_db_bind_text(stmt, 1, peer);
    c2c_db_bind_blob(stmt, 2, cursor.p, cursor.n);
    return c2c_db_run(store, stmt);
}
