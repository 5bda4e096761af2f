#include "store/joins.h"

#include <string.h>

#include "store/db_priv.h"

static void bind_hash(sqlite3_stmt *stmt, int i, const struct c2c_hash *hash)
{
    c2c_db_bind_blob(stmt, i, hash->b, sizeof hash->b);
}

enum c2c_err c2c_joins_put(struct c2c_store *store,
                           const struct c2c_joining *joining)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_JOIN_PUT);

    bind_hash(stmt, 1, &joining->city);
    c2c_db_bind_blob(stmt, 2, joining->keysets.p, joining->keysets.n);
    c2c_db_bind_int(stmt, 3, (int64_t)joining->n_keysets);
    c2c_db_bind_text(stmt, 4, joining->name);
    c2c_db_bind_text(stmt, 5, joining->note);
    c2c_db_bind_int(stmt, 6, (int64_t)joining->since_s);
    c2c_db_bind_int(stmt, 7, (int64_t)joining->asked_s);
    c2c_db_bind_int(stmt, 8, joining->state);
    return c2c_db_run(store, stmt);
}

static enum c2c_err read_joining(sqlite3_stmt *stmt, struct c2c_joining *j)
{
    int state = sqlite3_column_int(stmt, 7);

    memset(j, 0, sizeof *j);
    j->keysets = c2c_db_blob(stmt, 1);
    j->n_keysets = (uint64_t)sqlite3_column_int64(stmt, 2);
    j->name = c2c_db_text(stmt, 3);
    j->note = c2c_db_text(stmt, 4);
    j->since_s = (uint64_t)sqlite3_column_int64(stmt, 5);
    j->asked_s = (uint64_t)sqlite3_column_int64(stmt, 6);
    j->state = (enum c2c_joining_state)state;
    return state < C2C_JOINING_PENDING || state > C2C_JOINING_REVOKED
               ? C2C_E_CORRUPT
               : c2c_db_fixed(stmt, 0, j->city.b, sizeof j->city.b);
}

enum c2c_err c2c_joins_get(struct c2c_store *store, const struct c2c_hash *city,
                           struct c2c_joining *ret_joining)
{
    const struct c2c_view nothing = {NULL, 0};
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_JOIN_GET);
    struct c2c_joining joining;
    bool row = false;
    enum c2c_err err;

    bind_hash(stmt, 1, city);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK) {
        err = row ? read_joining(stmt, &joining) : C2C_E_NOT_FOUND;
    }
    c2c_db_done(stmt);
    if (err == C2C_E_OK) {
        joining.keysets = nothing; /* They ended with the statement. */
        joining.name = nothing;
        joining.note = nothing;
        *ret_joining = joining;
    }
    return err;
}

enum c2c_err c2c_joins_deny(struct c2c_store *store,
                            const struct c2c_hash *city)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_JOIN_DENY);

    bind_hash(stmt, 1, city);
    return c2c_db_run_one(store, stmt);
}

enum c2c_err c2c_joins_remove(struct c2c_store *store,
                              const struct c2c_hash *city)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_JOIN_DEL);

    bind_hash(stmt, 1, city);
    return c2c_db_run_one(store, stmt);
}

enum c2c_err c2c_joins_sum(struct c2c_store *store, const struct c2c_hash *city,
                           uint64_t *ret_count, uint64_t *ret_bytes)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_JOIN_SUM);
    bool row = false;
    enum c2c_err err;

    bind_hash(stmt, 1, city);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK && row) {
        *ret_count = (uint64_t)sqlite3_column_int64(stmt, 0);
        *ret_bytes = (uint64_t)sqlite3_column_int64(stmt, 1);
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_joins_expire(struct c2c_store *store, uint64_t before_s)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_JOIN_EXPIRE);

    c2c_db_bind_int(stmt, 1, (int64_t)before_s);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_joins_each(struct c2c_store *store, c2c_joins_fn *fn,
                            void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_JOIN_LIST);
    struct c2c_joining joining;
    bool row = false;
    enum c2c_err err = c2c_db_step(store, stmt, &row);

    while (err == C2C_E_OK && row) {
        err = read_joining(stmt, &joining);
        if (err == C2C_E_OK) {
            err = fn(ctx, &joining);
        }
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_invites_add(struct c2c_store *store,
                             const struct c2c_invite *invite)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_INVITE_ADD);
    enum c2c_err err;

    bind_hash(stmt, 1, &invite->token);
    c2c_db_bind_text(stmt, 2, invite->name);
    c2c_db_bind_int(stmt, 3, (int64_t)invite->expires_s);
    err = c2c_db_run_one(store, stmt);
    return err == C2C_E_NOT_FOUND ? C2C_E_EXISTS : err;
}

static enum c2c_err read_invite(sqlite3_stmt *stmt, struct c2c_invite *invite)
{
    enum c2c_err err;

    memset(invite, 0, sizeof *invite);
    invite->name = c2c_db_text(stmt, 1);
    invite->expires_s = (uint64_t)sqlite3_column_int64(stmt, 2);
    invite->used_s = (uint64_t)sqlite3_column_int64(stmt, 3);
    err = c2c_db_fixed(stmt, 0, invite->token.b, sizeof invite->token.b);
    if (err == C2C_E_OK && invite->used_s > 0) {
        err = c2c_db_fixed(stmt, 4, invite->city.b, sizeof invite->city.b);
    }
    return err;
}

static enum c2c_err find_invite(struct c2c_store *store,
                                const struct c2c_hash *token,
                                struct c2c_invite *invite)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_INVITE_GET);
    bool row = false;
    enum c2c_err err;

    bind_hash(stmt, 1, token);
    err = c2c_db_step(store, stmt, &row);
    if (err == C2C_E_OK) {
        err = row ? read_invite(stmt, invite) : C2C_E_NOT_FOUND;
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_invites_take(struct c2c_store *store,
                              const struct c2c_hash *token,
                              const struct c2c_hash *city, uint64_t now_s)
{
    struct c2c_invite invite;
    sqlite3_stmt *stmt;
    enum c2c_err err = find_invite(store, token, &invite);

    if (err != C2C_E_OK) {
        return err;
    }
    if (invite.used_s > 0) {
        return C2C_E_EXISTS;
    }
    if (invite.expires_s <= now_s) {
        return C2C_E_EXPIRED;
    }
    stmt = c2c_db_get(store, C2C_SQL_INVITE_USE);
    bind_hash(stmt, 1, token);
    c2c_db_bind_int(stmt, 2, (int64_t)now_s);
    bind_hash(stmt, 3, city);
    return c2c_db_run_one(store, stmt);
}

enum c2c_err c2c_invites_expire(struct c2c_store *store, uint64_t before_s)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_INVITE_EXPIRE);

    c2c_db_bind_int(stmt, 1, (int64_t)before_s);
    return c2c_db_run(store, stmt);
}

enum c2c_err c2c_invites_each(struct c2c_store *store, c2c_invites_fn *fn,
                              void *ctx)
{
    sqlite3_stmt *stmt = c2c_db_get(store, C2C_SQL_INVITE_LIST);
    struct c2c_invite invite;
    bool row = false;
    enum c2c_err err = c2c_db_step(store, stmt, &row);

    while (err == C2C_E_OK && row) {
        err = read_invite(stmt, &invite);
        if (err == C2C_E_OK) {
            err = fn(ctx, &invite);
        }
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    c2c_db_done(stmt);
    return err;
}
