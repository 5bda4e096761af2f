/* Another roster: who is admitted now and was not before. */

#include "sync/engine_priv.h"

/* It may take our own state now. */
void c2c_peer_retry_own(struct peer *p)
{
    p->status_known = p->status_known && !p->own_refused;
    p->own_refused = false;
    p->join_answered = p->join_answered && !p->join_later;
    p->join_later = false;
}

/* Has @entry been refused until now, for what the roster said? */
static bool is_wider(const struct c2c_roster *before,
                     const struct c2c_roster_entry *entry)
{
    const struct c2c_roster_entry *old = c2c_roster_find(before, &entry->city);

    return old == NULL || old->max_records < entry->max_records ||
           old->max_bytes < entry->max_bytes;
}

/* Who is new is asked for: the feed may be past it already. */
static enum c2c_err pull_new(struct c2c_engine *e, struct peer *p,
                             const struct c2c_roster *before)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_roster_count(e->roster) && err == C2C_E_OK;
         i++) {
        const struct c2c_roster_entry *entry = c2c_roster_at(e->roster, i);

        if (is_wider(before, entry)) {
            err = c2c_todo_add(&p->pull, &entry->city, NULL);
        }
    }
    return err;
}

/* The LGAs or their members are others now. */
enum c2c_err c2c_peer_new_roster(struct c2c_engine *e, struct peer *p,
                                 const struct c2c_roster *before)
{
    struct c2c_hash scope;
    enum c2c_err err;

    if (!p->standing.connected || !p->started) {
        return C2C_E_OK;
    }
    p->cursor_saved = false; /* It stands with the roster. */
    p->compared_again = false;
    c2c_peer_retry_own(p);
    if (p->slot[SLOT_MAIN].kind == C2C_MSG_VECTOR) {
        p->slot[SLOT_MAIN].tag = 0; /* It was about the members of before. */
    }
    p->next_lga = 0;
    p->with_times = false;
    err = c2c_engine_scope_hash(e, &scope);
    if (err == C2C_E_OK && p->has_cursor &&
        !c2c_hash_eq(&scope, &p->cursor.scope)) {
        c2c_peer_compare(p);
    }
    /* Until the difference is known, comparing brings them anyhow. */
    return err == C2C_E_OK && p->has_cursor && !p->comparing
               ? pull_new(e, p, before)
               : err;
}

/* A city whose state was held back from askers: its place in the feed is now.
 */
static enum c2c_err touch(struct c2c_engine *e, const struct c2c_hash *city)
{
    const struct c2c_replica_ops *ops = e->options.replica->ops;
    void *replica = e->options.replica->ctx;
    struct c2c_held held;
    struct c2c_buf head;
    enum c2c_err end;
    enum c2c_err err = ops->held(replica, city, &held);

    if (err != C2C_E_OK || !held.has_head) {
        return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
    }
    c2c_buf_init(&head, C2C_MAX_HEAD_BYTES);
    err = ops->head(replica, city, &head);
    if (err == C2C_E_OK) {
        err = ops->begin(replica);
    }
    if (err == C2C_E_OK) {
        err = ops->put_head(replica, city, &held.head, c2c_buf_view(&head),
                            held.has_opening ? &held.opening : NULL, false);
        end = err == C2C_E_OK ? ops->keep(replica) : ops->undo(replica);
        err = end == C2C_E_OK ? err : end;
    }
    c2c_buf_fini(&head);
    e->changed = true;
    return err;
}

enum c2c_err c2c_engine_new_roster(struct c2c_engine *e,
                                   const struct c2c_roster *before)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_roster_count(e->roster) && err == C2C_E_OK;
         i++) {
        const struct c2c_hash *city = &c2c_roster_at(e->roster, i)->city;

        if (c2c_roster_find(before, city) == NULL) {
            err = touch(e, city);
        }
    }
    return err;
}
