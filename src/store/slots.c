#include "store/slots.h"

#include "store/row_priv.h"

enum {
    LATELY = 5000 /* So many changes are looked through rather than a city. */
};

static int audiences(const struct c2c_slots_query *query)
{
    return query->network ? C2C_AUDIENCE_NETWORK : C2C_AUDIENCE_PUBLIC;
}

/* Small cities are looked through; few changes are faster than a large one. */
static enum c2c_err since(struct c2c_store *store,
                          const struct c2c_slots_query *query,
                          sqlite3_stmt **ret_stmt)
{
    uint64_t now = 0;
    enum c2c_err err = c2c_cities_seq(store, &now);
    sqlite3_stmt *stmt;

    if (err != C2C_E_OK) {
        return err;
    }
    stmt = c2c_db_get(store,
                      query->since_seq > 0 && now < query->since_seq + LATELY
                          ? C2C_SQL_SLOTS_LATELY
                          : C2C_SQL_SLOTS_SINCE);
    c2c_db_bind_int(stmt, 3, (int64_t)query->since_rev);
    c2c_db_bind_int(stmt, 4, (int64_t)query->since_seq);
    *ret_stmt = stmt;
    return C2C_E_OK;
}

/* Before the first slot is the empty one of audience -1. */
static sqlite3_stmt *all(struct c2c_store *store,
                         const struct c2c_slots_query *query)
{
    sqlite3_stmt *stmt =
        c2c_db_get(store,
                   query->type.n > 0 ? C2C_SQL_SLOTS_OF_TYPE : C2C_SQL_SLOTS);

    c2c_db_bind_int(stmt, 3,
                    query->has_after ? (int64_t)query->after_audience : -1);
    c2c_db_bind_text(stmt, 4, query->after_type);
    c2c_db_bind_blob(stmt, 5, query->after_key.b, sizeof query->after_key.b);
    if (query->type.n > 0) {
        c2c_db_bind_text(stmt, 6, query->type);
    }
    return stmt;
}

enum c2c_err c2c_slots_each(struct c2c_store *store,
                            const struct c2c_slots_query *query, c2c_row_fn *fn,
                            void *ctx)
{
    sqlite3_stmt *stmt = NULL;
    enum c2c_err err = C2C_E_OK;

    if (query->since_rev > 0 || query->since_seq > 0) {
        err = since(store, query, &stmt);
    } else {
        stmt = all(store, query);
    }
    c2c_db_bind_int(stmt, 1, query->city);
    c2c_db_bind_int(stmt, 2, audiences(query));
    if (err == C2C_E_OK) {
        err = c2c_rows_each(store, stmt, NULL, fn, ctx);
    }
    c2c_db_done(stmt);
    return err;
}

static enum c2c_err give_gone(sqlite3_stmt *stmt, c2c_gone_fn *fn, void *ctx)
{
    struct c2c_uuid key;
    enum c2c_err err = c2c_db_fixed(stmt, 2, key.b, sizeof key.b);

    return err == C2C_E_OK
               ? fn(ctx,
                    sqlite3_column_int64(stmt, 0) == C2C_AUDIENCE_PUBLIC
                        ? C2C_AUDIENCE_PUBLIC
                        : C2C_AUDIENCE_NETWORK,
                    c2c_db_text(stmt, 1), &key)
               : err;
}

enum c2c_err c2c_slots_gone(struct c2c_store *store,
                            const struct c2c_slots_query *query,
                            c2c_gone_fn *fn, void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_GONE);
    bool row = false;
    enum c2c_err err;

    c2c_db_bind_int(stmt, 1, query->city);
    c2c_db_bind_int(stmt, 2, audiences(query));
    c2c_db_bind_int(stmt, 3, (int64_t)query->since_rev);
    c2c_db_bind_int(stmt, 4, (int64_t)query->since_seq);
    err = c2c_db_step(store, stmt, &row);
    while (err == C2C_E_OK && row) {
        err = give_gone(stmt, fn, ctx);
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}
