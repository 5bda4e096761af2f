/* The cursor that is kept for a peer, so that the next connection begins where
 * this one ended.
 *
 * With it stands the hash of the roster that it was reached with: a feed does
 * not bring again what another roster had made us refuse. */

#include <string.h>

#include "sync/engine_priv.h"

enum {
    KEPT_MAX = 256
};

enum c2c_err c2c_cursor_load(struct c2c_engine *e, struct peer *p)
{
    const struct c2c_replica *replica = e->options.replica;
    struct c2c_hash roster = c2c_roster_hash(e->roster);
    struct c2c_hash scope;
    struct c2c_buf kept;
    enum c2c_err err;

    c2c_buf_init(&kept, KEPT_MAX);
    err = replica->ops->cursor(replica->ctx, c2c_view_str(p->name), &kept);
    if (err == C2C_E_OK) {
        err = c2c_engine_scope_hash(e, &scope);
    }
    if (err == C2C_E_OK && kept.n > sizeof roster.b) {
        size_t n = kept.n - sizeof roster.b;

        p->has_cursor =
            memcmp(kept.p + n, roster.b, sizeof roster.b) == 0 &&
            c2c_cursor_decode(c2c_view_of(kept.p, n), &p->cursor) == C2C_E_OK &&
            c2c_hash_eq(&p->cursor.scope, &scope);
    }
    p->cursor_saved = p->has_cursor;
    /* What has changed of the LGAs then comes with the feed. */
    p->lgas_checked = p->has_cursor;
    c2c_buf_fini(&kept);
    return err;
}

enum c2c_err c2c_cursor_save(struct c2c_engine *e, struct peer *p)
{
    const struct c2c_replica *replica = e->options.replica;
    struct c2c_hash roster;
    struct c2c_buf kept;
    enum c2c_err err;

    if (p->cursor_saved || !p->has_cursor || !p->caught_up ||
        !c2c_peer_is_clean(p) || p->deferred.n > 0) {
        return C2C_E_OK;
    }
    roster = c2c_roster_hash(e->roster);
    c2c_buf_init(&kept, KEPT_MAX);
    err = c2c_cursor_encode(&p->cursor, &kept);
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&kept, roster.b, sizeof roster.b);
    }
    if (err == C2C_E_OK) {
        err = replica->ops->put_cursor(replica->ctx, c2c_view_str(p->name),
                                       c2c_buf_view(&kept));
    }
    c2c_buf_fini(&kept);
    p->cursor_saved = err == C2C_E_OK;
    return err;
}
