/* hello, and the associations' own states, before anything else. */

#include "sync/engine_priv.h"

enum c2c_err c2c_ask_hello(struct c2c_engine *e, struct peer *p)
{
    const struct c2c_hello_request request = {e->options.instance,
                                              e->options.roles};
    struct c2c_buf args;
    enum c2c_err err;

    c2c_buf_init(&args, 256);
    err = c2c_hello_request_encode(&request, &args);
    if (err == C2C_E_OK) {
        err = c2c_peer_ask(e, p, SLOT_MAIN, C2C_MSG_HELLO, c2c_buf_view(&args),
                           0);
    }
    c2c_buf_fini(&args);
    return err;
}

/* The cursor of last time, if it is of this store and about this scope. */
static enum c2c_err find_cursor(struct c2c_engine *e, struct peer *p)
{
    const struct c2c_replica *replica = e->options.replica;
    struct c2c_list_buf scope;
    struct c2c_hash hash;
    struct c2c_buf bytes;
    enum c2c_err err;

    c2c_buf_init(&bytes, 256);
    c2c_list_init(&scope, C2C_MAX_REQUEST_BYTES);
    err = replica->ops->cursor(replica->ctx, c2c_view_str(p->name), &bytes);
    if (err == C2C_E_OK) {
        err = c2c_engine_scope(e, &scope);
    }
    hash = c2c_scope_hash(c2c_list_of(&scope));
    p->has_cursor =
        err == C2C_E_OK && bytes.n > 0 &&
        c2c_cursor_decode(c2c_buf_view(&bytes), &p->cursor) == C2C_E_OK &&
        c2c_uuid_eq(&p->cursor.instance, &p->info.instance) &&
        c2c_hash_eq(&p->cursor.scope, &hash) && p->cursor.seq <= p->info.seq;
    c2c_list_fini(&scope);
    c2c_buf_fini(&bytes);
    return err;
}

enum c2c_err c2c_recv_hello(struct c2c_engine *e, struct peer *p, unsigned slot,
                            struct c2c_view body)
{
    enum c2c_err err = c2c_hello_reply_decode(body, &p->info);

    (void)slot;
    p->info.lgas = (struct c2c_list_view){{NULL, 0}, 0}; /* Was borrowed. */
    p->hello = err == C2C_E_OK;
    return err == C2C_E_OK ? find_cursor(e, p) : err;
}

/* LGAs, and our own city: a store that is older than what we had published
 * learns it here. */
static bool comes_first(const struct c2c_roster_entry *entry)
{
    return (entry->why & (C2C_ADMIT_LGA | C2C_ADMIT_SELF)) != 0;
}

enum c2c_err c2c_ask_lgas(struct c2c_engine *e, struct peer *p)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_roster_count(e->roster) && err == C2C_E_OK;
         i++) {
        const struct c2c_roster_entry *entry = c2c_roster_at(e->roster, i);

        if (comes_first(entry) && !c2c_ids_has(&p->pull, &entry->city)) {
            err = c2c_ids_add(&p->pull, &entry->city);
        }
    }
    if (err != C2C_E_OK) {
        return err;
    }
    p->lgas_checked = true; /* Until the roster changes. */
    return c2c_ask_changes(e, p);
}
