#include "store/waiting.h"

#include "store/db_priv.h"

enum c2c_err c2c_waiting_add(struct c2c_store *store, struct c2c_view input)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_WAITING_ADD);

    c2c_db_bind_blob(stmt, 1, input.p, input.n);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_waiting_each(struct c2c_store *store, c2c_waiting_fn *fn,
                              void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_WAITING_LIST);
    bool row = false;
    enum c2c_err err = c2c_db_step(store, stmt, &row);

    while (err == C2C_E_OK && row) {
        err = fn(ctx, c2c_db_blob(stmt, 0));
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_waiting_clear(struct c2c_store *store)
{
    return c2c_db_run(store, c2c_db_get(store, C2C_SQL_WAITING_CLEAR));
}
