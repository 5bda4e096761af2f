/* hello, and the associations' own states, before anything else. */

#include "sync/engine_priv.h"

enum c2c_err c2c_peer_ask_hello(struct c2c_engine *e, struct peer *p)
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

enum c2c_err c2c_recv_hello(struct c2c_engine *e, struct peer *p, unsigned slot,
                            struct c2c_view body)
{
    enum c2c_err err = c2c_hello_reply_decode(body, &p->info);

    (void)e;
    (void)slot;
    p->info.lgas = (struct c2c_list_view){{NULL, 0}, 0}; /* Was borrowed. */
    p->hello = err == C2C_E_OK;
    return err;
}

/* LGAs, and our own city: a store that is older than what we had published
 * learns it here. */
enum c2c_err c2c_peer_ask_lgas(struct c2c_engine *e, struct peer *p)
{
    const unsigned first = C2C_ADMIT_LGA | C2C_ADMIT_SELF;
    struct todos later = p->pull;
    enum c2c_err err = C2C_E_OK;

    p->pull = (struct todos){0, 0, NULL};
    for (size_t i = 0; i < c2c_roster_count(e->roster) && err == C2C_E_OK;
         i++) {
        const struct c2c_roster_entry *entry = c2c_roster_at(e->roster, i);

        if ((entry->why & first) != 0) {
            err = c2c_todo_add(&p->pull, &entry->city, NULL);
        }
    }
    if (err == C2C_E_OK) {
        err = c2c_peer_ask_changes(e, p);
    }
    for (size_t i = 0; i < later.n && err == C2C_E_OK; i++) {
        err = c2c_todo_add(&p->pull, &later.at[i].city, NULL);
    }
    c2c_todo_fini(&later);
    p->lgas_checked = err == C2C_E_OK;
    return err;
}
