#include "store/waiting.h"

#include "store/db_priv.h"

enum c2c_err c2c_waiting_add(struct c2c_store *store, struct c2c_view input)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_WAITING_ADD);

    c2c_db_bind_blob(stmt, 1, input.p, input.n);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_waiting_next(struct c2c_store *store, int64_t *id,
                              struct c2c_buf *input)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_WAITING_NEXT);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, *id);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && !row) {
        err = C2C_E_NOT_FOUND;
    }
    if (err == C2C_E_OK) {
        struct c2c_view bytes = c2c_db_blob(stmt, 1);

        *id = sqlite3_column_int64(stmt, 0);
        err = c2c_buf_put(input, bytes.p, bytes.n);
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_waiting_remove(struct c2c_store *store, int64_t id)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_WAITING_DEL);

    c2c_db_bind_int(stmt, 1, id);
    return c2c_db_run(store, stmt);
}
