/* changes and keysets: states of cities, many at once. */

#include "sync/engine_priv.h"

enum {
    BATCH = 512 /* Cities of one request. */
};

enum c2c_err c2c_peer_follow_up(struct peer *p, const struct c2c_commit *commit,
                                const struct c2c_hash *city, enum c2c_err why)
{
    p->standing.refused = why;
    if (why == C2C_E_CORRUPT) {
        return C2C_E_OK; /* What is held of this city: the others go on. */
    }
    if (c2c_err_is_ours(why)) {
        return why;
    }
    switch ((int)why) {
    case C2C_E_NOT_MEMBER:
    case C2C_E_QUOTA:
        return C2C_E_OK; /* Asked for again with another roster. */
    case C2C_E_CONFLICT:
        p->standing.bad++; /* The city's fault, whoever brings it. */
        return C2C_E_OK;
    case C2C_E_FUTURE:
        return c2c_todo_add(&p->deferred, city, NULL);
    case C2C_E_BAD_KEYSET:
        return c2c_todo_add(&p->keysets, city, NULL);
    case C2C_E_TOO_BIG:
        return commit->form == C2C_COMMIT_HEAD
                   ? c2c_todo_add(&p->fetch, city, NULL)
                   : why;
    case C2C_E_BAD_ROOT:
        return commit->form == C2C_COMMIT_DELTA ? c2c_heal_start(p, city) : why;
    default:
        return why;
    }
}

enum c2c_err c2c_peer_take(struct c2c_engine *e, struct peer *p,
                           const struct c2c_commit *commit,
                           const struct c2c_hash *owner, enum c2c_err *ret_err)
{
    const struct c2c_apply_env env = c2c_engine_apply_env(e);
    struct c2c_applied applied = {.changed = false};
    enum c2c_err err = owner == NULL
                           ? c2c_apply(&env, commit, &applied)
                           : c2c_apply_staged(&env, owner, commit, &applied);

    *ret_err = err;
    if (err == C2C_E_OLDER) {
        return C2C_E_OK;
    }
    if (err != C2C_E_OK) {
        return c2c_peer_follow_up(p, commit, &applied.city, err);
    }
    p->standing.pulled++;
    e->changed = true;
    if (applied.lga) {
        e->roster_changed = true;
        e->await_roster = true;
    }
    if (applied.changed && c2c_hash_eq(&applied.city, &e->options.self)) {
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
        since->time_s = held.head.time_s;
        since->network = held.has_opening;
    }
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

/* The first of those to be pulled become those that were asked for. */
static enum c2c_err add_asked(struct c2c_engine *e, struct peer *p,
                              struct c2c_list_buf *list)
{
    enum c2c_err err = C2C_E_OK;

    p->asked.n = 0;
    for (size_t i = 0; i < p->pull.n && i < BATCH && err == C2C_E_OK; i++) {
        struct c2c_since since;

        err = since_of(e, &p->pull.at[i].city, &since);
        if (err == C2C_E_OK) {
            err = c2c_list_put_since(list, &since);
        }
        if (err == C2C_E_OK) {
            err = c2c_todo_add(&p->asked, &since.city, NULL);
        }
    }
    for (size_t i = 0; i < p->asked.n && err == C2C_E_OK; i++) {
        c2c_todo_drop(&p->pull, &p->asked.at[i].city);
    }
    return err;
}

enum c2c_err c2c_peer_ask_changes(struct c2c_engine *e, struct peer *p)
{
    struct c2c_changes_request request;
    struct c2c_list_buf list;
    struct c2c_buf args;
    enum c2c_err err;

    c2c_list_init(&list, C2C_MAX_REQUEST_BYTES);
    c2c_buf_init(&args, C2C_MAX_REQUEST_BYTES);
    err = add_asked(e, p, &list);
    request.since = c2c_list_of(&list);
    if (err == C2C_E_OK) {
        err = c2c_changes_request_encode(&request, &args);
    }
    if (err == C2C_E_OK) {
        err = c2c_peer_ask(e, p, SLOT_MAIN, C2C_MSG_CHANGES,
                           c2c_buf_view(&args), 0);
    }
    c2c_list_fini(&list);
    c2c_buf_fini(&args);
    return err;
}

/* What was asked for but not answered is asked for again. */
static enum c2c_err ask_rest(struct peer *p, uint64_t answered)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = (size_t)answered; i < p->asked.n && err == C2C_E_OK; i++) {
        err = c2c_todo_add(&p->pull, &p->asked.at[i].city, NULL);
    }
    p->asked.n = 0;
    return err;
}

enum c2c_err c2c_recv_changes(struct c2c_engine *e, struct peer *p,
                              unsigned slot, struct c2c_view body)
{
    struct c2c_changes_reply reply;
    enum c2c_err err = c2c_changes_reply_decode(body, &reply);

    (void)slot;
    if (err == C2C_E_OK &&
        (reply.answered == 0 || reply.answered > p->asked.n)) {
        err = C2C_E_MALFORMED;
    }
    if (err == C2C_E_OK) {
        err = ask_rest(p, reply.answered);
    }
    while (err == C2C_E_OK && reply.commits.n > 0) {
        struct c2c_commit commit;
        enum c2c_err taken;

        err = c2c_list_next_commit(&reply.commits, &commit);
        if (err == C2C_E_OK) {
            err = c2c_peer_take(e, p, &commit, NULL, &taken);
        }
    }
    return err;
}

/* How many keysets of @city are held. */
static enum c2c_err count_keysets(const struct c2c_engine *e,
                                  const struct c2c_hash *city, uint64_t *ret_n)
{
    const struct c2c_replica *replica = e->options.replica;
    struct c2c_keyset newest = {.n = 0};
    enum c2c_err err = replica->ops->keyset(replica->ctx, city, &newest);

    *ret_n = newest.n;
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

enum c2c_err c2c_peer_ask_keysets(struct c2c_engine *e, struct peer *p)
{
    struct c2c_keysets_request request = {.city = p->keysets.at[0].city};
    struct c2c_buf args;
    enum c2c_err err = count_keysets(e, &request.city, &request.from);

    request.from++;
    c2c_buf_init(&args, 256);
    if (err == C2C_E_OK) {
        err = c2c_keysets_request_encode(&request, &args);
    }
    if (err == C2C_E_OK) {
        p->keysets_of = request.city;
        err = c2c_peer_ask(e, p, SLOT_MAIN, C2C_MSG_KEYSETS,
                           c2c_buf_view(&args), 0);
    }
    c2c_buf_fini(&args);
    return err;
}

/* With newer keysets the city is asked for again; without, its head is under
 * one that has been superseded, or it was a lie. */
enum c2c_err c2c_recv_keysets(struct c2c_engine *e, struct peer *p,
                              unsigned slot, struct c2c_view body)
{
    const struct c2c_apply_env env = c2c_engine_apply_env(e);
    struct c2c_hash city = p->keysets_of;
    struct c2c_keysets_reply reply;
    uint64_t before = 0;
    uint64_t after = 0;
    enum c2c_err err = c2c_keysets_reply_decode(body, &reply);

    (void)slot;
    c2c_todo_drop(&p->keysets, &city);
    if (err == C2C_E_OK) {
        err = count_keysets(e, &city, &before);
    }
    if (err == C2C_E_OK) {
        err = c2c_apply_keysets(&env, &city, reply.keysets);
        err = err == C2C_E_NOT_MEMBER ? C2C_E_OK : err;
    }
    if (err == C2C_E_OK) {
        err = count_keysets(e, &city, &after);
    }
    if (err == C2C_E_OK && after > before) {
        e->changed = true;
        err = c2c_todo_add(&p->pull, &city, NULL);
    }
    return err;
}

/* The peer does not have the city (any longer): go on without. */
enum c2c_err c2c_refused_city(struct c2c_engine *e, struct peer *p,
                              unsigned slot, const struct c2c_msg_reply *reply)
{
    (void)e;
    if (reply->code != C2C_E_NOT_FOUND) {
        return C2C_E_UNSUPPORTED;
    }
    if (p->slot[slot].kind == C2C_MSG_KEYSETS) {
        c2c_todo_drop(&p->keysets, &p->keysets_of);
    } else {
        c2c_heal_fini(&p->heal);
    }
    return C2C_E_OK;
}
