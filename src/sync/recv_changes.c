/* changes and keysets: states of cities, many at once. */

#include "sync/engine_priv.h"

enum {
    BATCH = 512 /* Cities of one request. */
};

static enum c2c_err defer(struct peer *p, const struct c2c_hash *city)
{
    enum c2c_err err = c2c_ids_has(&p->deferred, city)
                           ? C2C_E_OK
                           : c2c_ids_add(&p->deferred, city);

    p->overflow = p->overflow || err == C2C_E_TOO_BIG;
    return err == C2C_E_TOO_BIG ? C2C_E_OK : err;
}

/* What a commit that was not taken over leads to. */
static enum c2c_err follow_up(struct c2c_engine *e, struct peer *p,
                              const struct c2c_hash *city, enum c2c_err why)
{
    if (c2c_err_is_ours(why)) {
        return why;
    }
    p->standing.refused = why;
    if (why == C2C_E_NOT_MEMBER || why == C2C_E_QUOTA || why == C2C_E_FUTURE) {
        return defer(p, city);
    }
    if (why == C2C_E_BAD_KEYSET && !c2c_ids_has(&p->keysets, city)) {
        return c2c_ids_add(&p->keysets, city);
    }
    if (why == C2C_E_TOO_BIG) {
        return c2c_ids_has(&p->fetch, city) ? C2C_E_OK
                                            : c2c_ids_add(&p->fetch, city);
    }
    if (why == C2C_E_BAD_ROOT) {
        return c2c_heal_start(p, city);
    }
    (void)e;
    p->standing.bad++;
    return C2C_E_OK;
}

enum c2c_err c2c_peer_take(struct c2c_engine *e, struct peer *p,
                           const struct c2c_commit *commit, bool staged,
                           enum c2c_err *ret_err)
{
    const struct c2c_apply_env env = c2c_engine_apply_env(e);
    struct c2c_applied applied = {.changed = false};
    struct c2c_head head;
    enum c2c_err err = c2c_head_decode(commit->head, &head);

    if (err != C2C_E_OK) {
        *ret_err = err;
        return err;
    }
    err = staged ? c2c_apply_staged(&env, commit, &applied)
                 : c2c_apply(&env, commit, &applied);
    *ret_err = err;
    if (err == C2C_E_OLDER) {
        return C2C_E_OK;
    }
    if (err != C2C_E_OK) {
        return follow_up(e, p, &head.city, err);
    }
    p->standing.pulled++;
    e->changed = true;
    if (applied.lga) {
        e->roster_changed = true;
        e->await_roster = true;
    }
    if (applied.changed && c2c_hash_eq(&head.city, &e->options.self)) {
        e->own_changed = true;
    }
    return C2C_E_OK;
}

static enum c2c_err since_of(struct c2c_engine *e, const struct c2c_hash *city,
                             struct c2c_since *since)
{
    const struct c2c_replica *replica = e->options.replica;
    struct c2c_held held;
    enum c2c_err err = replica->ops->held(replica->ctx, city, &held);

    *since = (struct c2c_since){.city = *city};
    if (err == C2C_E_OK && held.has_head) {
        since->epoch = held.head.epoch;
        since->rev = held.head.rev;
        since->network = held.has_opening;
    }
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

enum c2c_err c2c_ask_changes(struct c2c_engine *e, struct peer *p)
{
    size_t n = p->pull.n < BATCH ? p->pull.n : BATCH;
    struct c2c_changes_request request;
    struct c2c_list_buf list;
    struct c2c_buf args;
    enum c2c_err err = C2C_E_OK;

    c2c_list_init(&list, C2C_MAX_REQUEST_BYTES);
    c2c_buf_init(&args, C2C_MAX_REQUEST_BYTES);
    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        struct c2c_since since;

        err = since_of(e, &p->pull.at[i], &since);
        if (err == C2C_E_OK) {
            err = c2c_list_put_since(&list, &since);
        }
    }
    request.since = c2c_list_of(&list);
    if (err == C2C_E_OK) {
        err = c2c_changes_request_encode(&request, &args);
    }
    if (err == C2C_E_OK) {
        p->asked = n;
        err = c2c_peer_ask(e, p, SLOT_MAIN, C2C_MSG_CHANGES,
                           c2c_buf_view(&args), 0);
    }
    c2c_list_fini(&list);
    c2c_buf_fini(&args);
    return err;
}

enum c2c_err c2c_recv_changes(struct c2c_engine *e, struct peer *p,
                              unsigned slot, struct c2c_view body)
{
    struct c2c_changes_reply reply;
    enum c2c_err err = c2c_changes_reply_decode(body, &reply);

    (void)slot;
    if (err == C2C_E_OK && (reply.answered == 0 || reply.answered > p->asked)) {
        err = C2C_E_MALFORMED;
    }
    if (err != C2C_E_OK) {
        return err;
    }
    c2c_ids_drop(&p->pull, (size_t)reply.answered);
    p->asked = 0;
    while (reply.commits.n > 0) {
        struct c2c_commit commit;
        enum c2c_err taken;

        err = c2c_list_next_commit(&reply.commits, &commit);
        if (err == C2C_E_OK) {
            err = c2c_peer_take(e, p, &commit, false, &taken);
        }
        if (err != C2C_E_OK) {
            return err;
        }
    }
    return C2C_E_OK;
}

enum c2c_err c2c_ask_keysets(struct c2c_engine *e, struct peer *p)
{
    const struct c2c_replica *replica = e->options.replica;
    struct c2c_keysets_request request = {.city = p->keysets.at[0], .from = 1};
    struct c2c_keyset newest;
    struct c2c_buf args;
    enum c2c_err err =
        replica->ops->keyset(replica->ctx, &request.city, &newest);

    c2c_buf_init(&args, 256);
    if (err == C2C_E_OK) {
        request.from = newest.n + 1;
    }
    if (err == C2C_E_OK || err == C2C_E_NOT_FOUND) {
        err = c2c_keysets_request_encode(&request, &args);
    }
    if (err == C2C_E_OK) {
        err = c2c_peer_ask(e, p, SLOT_MAIN, C2C_MSG_KEYSETS,
                           c2c_buf_view(&args), 0);
    }
    c2c_buf_fini(&args);
    return err;
}

/* With newer keysets the city is asked for again; without any it was a lie. */
enum c2c_err c2c_recv_keysets(struct c2c_engine *e, struct peer *p,
                              unsigned slot, struct c2c_view body)
{
    const struct c2c_apply_env env = c2c_engine_apply_env(e);
    struct c2c_keysets_reply reply;
    struct c2c_hash city;
    enum c2c_err err = c2c_keysets_reply_decode(body, &reply);

    (void)slot;
    if (err != C2C_E_OK || p->keysets.n == 0) {
        return err;
    }
    city = p->keysets.at[0];
    c2c_ids_drop(&p->keysets, 1);
    if (reply.keysets.n == 0) {
        p->standing.bad++;
        return C2C_E_OK;
    }
    err = c2c_apply_keysets(&env, &city, reply.keysets);
    if (err == C2C_E_OK) {
        err = c2c_ids_add(&p->pull, &city);
    } else if (!c2c_err_is_ours(err)) {
        p->standing.bad++;
        err = C2C_E_OK;
    }
    return err;
}

/* The peer does not have the city (any longer): go on without. */
enum c2c_err c2c_refused_city(struct c2c_engine *e, struct peer *p,
                              unsigned slot, const struct c2c_msg_reply *reply)
{
    (void)e;
    (void)slot;
    if (reply->code != C2C_E_NOT_FOUND) {
        return C2C_E_UNSUPPORTED;
    }
    if (p->keysets.n > 0) { /* Comes before healing (advance.c). */
        c2c_ids_drop(&p->keysets, 1);
    } else {
        c2c_heal_fini(&p->heal);
    }
    return C2C_E_OK;
}
