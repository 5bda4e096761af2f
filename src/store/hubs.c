#include "store/hubs.h"

#include "store/db_priv.h"

enum c2c_err c2c_hubs_add(struct c2c_store *store, const struct c2c_hub *hub)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_HUB_PUT);

    c2c_db_bind_text(stmt, 1, hub->url);
    c2c_db_bind_blob(stmt, 2, hub->lga.b, sizeof hub->lga.b);
    c2c_db_bind_text(stmt, 3, hub->name);
    c2c_db_bind_text(stmt, 4, hub->note);
    c2c_db_bind_text(stmt, 5, hub->token);
    c2c_db_bind_int(stmt, 6, (int64_t)hub->since_s);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_hubs_remove(struct c2c_store *store, struct c2c_view url)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_HUB_DEL);

    c2c_db_bind_text(stmt, 1, url);
    return c2c_db_run_one(store, stmt);
}

static enum c2c_err read_hub(sqlite3_stmt *stmt, struct c2c_hub *hub)
{
    hub->url = c2c_db_text(stmt, 0);
    hub->name = c2c_db_text(stmt, 2);
    hub->note = c2c_db_text(stmt, 3);
    hub->token = c2c_db_text(stmt, 4);
    hub->since_s = (uint64_t)sqlite3_column_int64(stmt, 5);
    return c2c_db_fixed(stmt, 1, hub->lga.b, sizeof hub->lga.b);
}

enum c2c_err c2c_hubs_each(struct c2c_store *store, c2c_hubs_fn *fn, void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_HUB_LIST);
    struct c2c_hub hub;
    bool row = false;
    enum c2c_err err = c2c_db_step(store, stmt, &row);

    while (err == C2C_E_OK && row) {
        err = read_hub(stmt, &hub);
        if (err == C2C_E_OK) {
            err = fn(ctx, &hub);
        }
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}
