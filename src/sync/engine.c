#include "sync/engine.h"

#include <string.h>

#include "base/mem.h"
#include "sync/engine_priv.h"

enum {
    REQUEST_MS = 30000, /* How long a reply may take. */
    CONNECT_MS = 30000,
    BACKOFF_FIRST_MS = 1000, /* Doubles ... */
    BACKOFF_MAX_MS = 300000  /* ... up to this. */
};

bool c2c_engine_sees_network(const struct c2c_engine *e)
{
    return c2c_roster_sees_network(e->roster, &e->options.self);
}

struct c2c_apply_env c2c_engine_apply_env(const struct c2c_engine *e)
{
    return (struct c2c_apply_env){.replica = e->options.replica,
                                  .roster = e->roster,
                                  .now_s = e->now_ms / 1000,
                                  .network = c2c_engine_sees_network(e)};
}

/* The roster's entries ascend, so the scope does. */
enum c2c_err c2c_engine_scope(const struct c2c_engine *e,
                              struct c2c_list_buf *scope)
{
    const unsigned direct = C2C_ADMIT_SELF | C2C_ADMIT_LGA | C2C_ADMIT_FOLLOWED;
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_roster_count(e->roster) && err == C2C_E_OK &&
                       scope->n < C2C_MAX_SCOPE_IDS;
         i++) {
        const struct c2c_roster_entry *entry = c2c_roster_at(e->roster, i);

        if ((entry->why & direct) != 0) {
            err = c2c_list_put_hash(scope, &entry->city);
        }
    }
    return err;
}

enum c2c_err c2c_engine_scope_hash(const struct c2c_engine *e,
                                   struct c2c_hash *ret_hash)
{
    struct c2c_list_buf scope;
    enum c2c_err err;

    c2c_list_init(&scope, C2C_MAX_REQUEST_BYTES);
    err = c2c_engine_scope(e, &scope);
    if (err == C2C_E_OK) {
        *ret_hash = c2c_scope_hash(c2c_list_of(&scope));
    }
    c2c_list_fini(&scope);
    return err;
}

/* Forget how far we are with the peer. */
static void peer_restart(struct peer *p)
{
    memset(p->slot, 0, sizeof p->slot);
    memset(p->lane, 0, sizeof p->lane);
    memset(&p->push, 0, sizeof p->push);
    c2c_heal_fini(&p->heal);
    c2c_peer_compare(p);
    p->started = false;
    p->hello = false;
    p->cursor_saved = false;
    p->lanes_done = false;
    p->members_differed = false;
    p->compared_again = false;
    p->useless = 0;
    p->recheck_ms = 0;
    p->idle_feeds = 0;
    p->feed_ms = 0;
    p->status_known = false;
    p->own_refused = false;
    p->join_answered = false;
    p->join_later = false;
    p->pull.n = 0;
    p->asked.n = 0;
    p->fetch.n = 0;
    p->deferred.n = 0;
    p->keysets.n = 0;
    p->out.n = 0;
    p->standing.current = false;
    p->standing.has_ours = false;
}

uint64_t c2c_engine_below(const struct c2c_engine *e, uint64_t n)
{
    uint64_t random;

    e->options.rng->fill(e->options.rng->ctx, &random, sizeof random);
    return n == 0 ? 0 : random % n;
}

static void retry_later(struct c2c_engine *e, struct peer *p)
{
    uint64_t wait = BACKOFF_FIRST_MS;

    for (unsigned i = 1; i < p->failures && wait < BACKOFF_MAX_MS; i++) {
        wait *= 2;
    }
    wait = wait < BACKOFF_MAX_MS ? wait : BACKOFF_MAX_MS;
    /* Half fixed, half random: peers of a hub that restarts come apart. */
    p->standing.retry_ms =
        e->now_ms + wait / 2 + c2c_engine_below(e, wait / 2 + 1);
}

/* It did something wrong, or does not answer: start over later. */
static void peer_fail(struct c2c_engine *e, struct peer *p, enum c2c_err why)
{
    peer_restart(p);
    p->standing.connected = false;
    p->connecting = false;
    p->standing.refused = why;
    p->standing.failed_ms = e->now_ms;
    p->failures++;
    retry_later(e, p);
}

/* A reply that no honest peer gives: counted, then as above. */
static void peer_wrong(struct c2c_engine *e, struct peer *p, enum c2c_err why)
{
    p->standing.bad++;
    peer_fail(e, p, why);
}

/* Room for one more request, and its body. */
static enum c2c_err grow_sends(struct c2c_engine *e)
{
    void *sends = e->sends;
    void *bodies = e->bodies;
    enum c2c_err err =
        c2c_grow(&sends, e->n_sends, &e->sends_cap, sizeof e->sends[0]);

    e->sends = sends;
    if (err == C2C_E_OK) {
        err =
            c2c_grow(&bodies, e->n_bodies, &e->bodies_cap, sizeof e->bodies[0]);
        e->bodies = bodies;
    }
    return err;
}

enum c2c_err c2c_peer_ask(struct c2c_engine *e, struct peer *p, unsigned slot,
                          enum c2c_msg_kind kind, struct c2c_view args,
                          uint64_t wait_ms)
{
    bool bulk = slot >= SLOT_LANES || kind == C2C_MSG_PUSH_PART;
    struct c2c_buf *body;
    size_t index = 0;
    enum c2c_err err = grow_sends(e);

    if (err != C2C_E_OK) {
        return err;
    }
    while (e->peer[index] != p) {
        index++;
    }
    body = &e->bodies[e->n_bodies];
    c2c_buf_init(body, C2C_MAX_REQUEST_BYTES);
    err = c2c_msg_request_encode(kind,
                                 bulk ? e->options.max_reply
                                      : C2C_MAX_REPLY_BYTES,
                                 args, body);
    if (err != C2C_E_OK) {
        c2c_buf_fini(body);
        return err;
    }
    e->n_bodies++;
    p->slot[slot] =
        (struct slot){.tag = ++e->next_tag,
                      .kind = kind,
                      .deadline_ms = e->now_ms + REQUEST_MS + wait_ms};
    p->standing.bytes_out += body->n;
    e->sends[e->n_sends++] =
        (struct c2c_send){.peer = index,
                          .tag = p->slot[slot].tag,
                          .bulk = bulk,
                          .body = c2c_buf_view(body),
                          .deadline_ms = p->slot[slot].deadline_ms};
    return C2C_E_OK;
}

/* What is done with the reply to each kind. */
static const struct {
    enum c2c_msg_kind kind;
    c2c_recv_fn *answer;
    c2c_refused_fn *refusal; /* NULL: start over. */
} replies[] = {
    {C2C_MSG_HELLO, c2c_recv_hello, NULL},
    {C2C_MSG_FEED, c2c_recv_feed, c2c_refused_feed},
    {C2C_MSG_VECTOR, c2c_recv_vector, c2c_refused_vector},
    {C2C_MSG_CHANGES, c2c_recv_changes, NULL},
    {C2C_MSG_LEAVES, c2c_recv_leaves, c2c_refused_city},
    {C2C_MSG_RECORDS, c2c_recv_records, c2c_refused_city},
    {C2C_MSG_RANGE, c2c_recv_range, NULL},
    {C2C_MSG_KEYSETS, c2c_recv_keysets, c2c_refused_city},
    {C2C_MSG_STATUS, c2c_recv_status, NULL},
    {C2C_MSG_PUSH, c2c_recv_push, c2c_refused_push},
    {C2C_MSG_PUSH_PART, c2c_recv_push_part, c2c_refused_push},
    {C2C_MSG_JOIN, c2c_recv_join, c2c_refused_join},
};

static enum c2c_err handle(struct c2c_engine *e, struct peer *p, unsigned slot,
                           enum c2c_msg_kind kind, struct c2c_view body)
{
    struct c2c_msg_reply reply;
    enum c2c_err err = c2c_msg_reply_decode(body, &reply);
    size_t i = 0;

    while (replies[i].kind != kind) {
        i++;
    }
    if (err == C2C_E_OK && reply.code == C2C_E_OK) {
        p->standing.heard_ms = e->now_ms;
        return replies[i].answer(e, p, slot, reply.body);
    }
    if (err == C2C_E_OK) {
        p->standing.heard_ms = e->now_ms;
        err = replies[i].refusal == NULL
                  ? C2C_E_UNSUPPORTED
                  : replies[i].refusal(e, p, slot, &reply);
        if (err == C2C_E_UNSUPPORTED) {
            peer_fail(e, p, reply.code);
            return C2C_E_OK;
        }
    }
    return err;
}

static enum c2c_err received(struct c2c_engine *e, struct peer *p, uint64_t tag,
                             struct c2c_view body)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        enum c2c_err err;

        if (p->slot[i].tag != tag || tag == 0) {
            continue;
        }
        p->slot[i].tag = 0;
        p->standing.bytes_in += body.n;
        err = handle(e, p, i, p->slot[i].kind, body);
        if (err == C2C_E_OK || c2c_err_is_ours(err)) {
            return err;
        }
        peer_wrong(e, p, err);
        return C2C_E_OK;
    }
    return C2C_E_OK; /* Of before a restart. */
}

static void failed(struct c2c_engine *e, struct peer *p, uint64_t tag,
                   enum c2c_err why)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        if (tag != 0 && p->slot[i].tag == tag) {
            peer_fail(e, p, why);
            return;
        }
    }
}

static void tick(struct c2c_engine *e, struct peer *p)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        if (p->slot[i].tag != 0 && p->slot[i].deadline_ms <= e->now_ms) {
            peer_fail(e, p, C2C_E_TIMEOUT);
            return;
        }
    }
    if (p->connecting && p->standing.retry_ms <= e->now_ms) {
        peer_fail(e, p, C2C_E_TIMEOUT);
    }
}

static void sync_now(struct c2c_engine *e, struct peer *p)
{
    p->standing.synced_ms = 0;
    p->status_known = false;
    p->join_answered = false;
    p->failures = 0;
    if (p->standing.connected) {
        p->slot[SLOT_FEED].tag = 0; /* Ask at once, without waiting. */
        p->caught_up = false;
    } else if (!p->connecting) {
        p->standing.retry_ms = e->now_ms;
    }
}

static enum c2c_err connect(struct c2c_engine *e, struct peer *p, size_t index)
{
    void *connects = e->connects;
    enum c2c_err err;

    if (p->gone || p->standing.connected || p->connecting ||
        p->standing.retry_ms > e->now_ms) {
        return C2C_E_OK;
    }
    err = c2c_grow(&connects, e->n_connects, &e->connects_cap,
                   sizeof e->connects[0]);
    e->connects = connects;
    if (err == C2C_E_OK) {
        e->connects[e->n_connects++] = index;
        p->connecting = true;
        p->standing.retry_ms = e->now_ms + CONNECT_MS; /* Patience ends. */
    }
    return err;
}

static void connected(struct peer *p)
{
    peer_restart(p);
    p->connecting = false;
    p->standing.connected = true;
}

/* What an event means to every peer. */
static enum c2c_err to_all(struct c2c_engine *e, const struct c2c_event *event,
                           const struct c2c_roster *before, struct peer *p)
{
    switch (event->type) {
    case C2C_EV_TICK:
        tick(e, p);
        return C2C_E_OK;
    case C2C_EV_CHANGED:
        return c2c_push_own(e, p);
    case C2C_EV_ROSTER:
        return c2c_peer_new_roster(e, p, before);
    case C2C_EV_SYNC:
        sync_now(e, p);
        return C2C_E_OK;
    case C2C_EV_RESET:
        if (p->standing.connected) {
            peer_restart(p); /* Replies under way are not known any more. */
        }
        return C2C_E_OK;
    case C2C_EV_CONNECTED:
    case C2C_EV_LOST:
    case C2C_EV_REPLY:
    case C2C_EV_FAILED:
        break;
    }
    return C2C_E_OK;
}

/* What it means to the one it is about. */
static enum c2c_err to_one(struct c2c_engine *e, const struct c2c_event *event,
                           struct peer *p)
{
    if (event->type == C2C_EV_CONNECTED) {
        connected(p);
    } else if (event->type == C2C_EV_LOST) {
        peer_fail(e, p, event->err);
    } else if (event->type == C2C_EV_FAILED) {
        failed(e, p, event->tag, event->err);
    } else if (event->type == C2C_EV_REPLY) {
        return received(e, p, event->tag, event->body);
    }
    return C2C_E_OK;
}

/* The clock was set back: what was to be in a minute still is. */
static void set_back(struct peer *p, uint64_t by_ms)
{
    p->standing.retry_ms -= p->standing.retry_ms > by_ms ? by_ms : 0;
    p->recheck_ms -= p->recheck_ms > by_ms ? by_ms : 0;
    p->status_at_ms -= p->status_at_ms > by_ms ? by_ms : 0;
    p->feed_ms -= p->feed_ms > by_ms ? by_ms : 0;
    p->fed_ms -= p->fed_ms > by_ms ? by_ms : 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        p->slot[i].deadline_ms -= p->slot[i].deadline_ms > by_ms ? by_ms : 0;
    }
}

static bool is_about_one(enum c2c_event_type type)
{
    return type == C2C_EV_CONNECTED || type == C2C_EV_LOST ||
           type == C2C_EV_REPLY || type == C2C_EV_FAILED;
}

static void clear_actions(struct c2c_engine *e)
{
    for (size_t i = 0; i < e->n_bodies; i++) {
        c2c_buf_fini(&e->bodies[i]);
    }
    e->n_bodies = 0;
    e->n_sends = 0;
    e->n_connects = 0;
    e->changed = false;
    e->own_changed = false;
    e->roster_changed = false;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t wake_of(const struct c2c_engine *e)
{
    uint64_t wake = UINT64_MAX;

    for (size_t i = 0; i < e->n_peers; i++) {
        const struct peer *p = e->peer[i];

        if (p->gone) {
            continue;
        }
        if (!p->standing.connected) {
            wake = earlier(wake, p->standing.retry_ms);
        } else if (p->recheck_ms != 0 && !e->await_roster) {
            wake = earlier(wake, p->recheck_ms);
        }
        if (p->standing.connected && p->status_known &&
            p->slot[SLOT_PUSH].tag == 0 && !e->await_roster) {
            wake = earlier(wake, p->status_at_ms);
        }
        if (p->standing.connected && p->feed_ms > e->now_ms) {
            wake = earlier(wake, p->feed_ms);
        }
        for (unsigned s = 0; s < SLOTS; s++) {
            if (p->slot[s].tag != 0) {
                wake = earlier(wake, p->slot[s].deadline_ms);
            }
        }
    }
    return wake;
}

static enum c2c_err advance_all(struct c2c_engine *e)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < e->n_peers && err == C2C_E_OK; i++) {
        struct peer *p = e->peer[i];

        err = c2c_peer_advance(e, p);
        if (err == C2C_E_OK) {
            err = connect(e, p, i);
        }
    }
    return err;
}

enum c2c_err c2c_engine_step(struct c2c_engine *e,
                             const struct c2c_event *event,
                             struct c2c_actions *ret_actions)
{
    const struct c2c_roster *before = e->roster;
    enum c2c_err err = C2C_E_OK;

    clear_actions(e);
    for (size_t i = 0; i < e->n_peers && event->now_ms < e->now_ms; i++) {
        set_back(e->peer[i], e->now_ms - event->now_ms);
    }
    e->now_ms = event->now_ms;
    if (event->type == C2C_EV_ROSTER) {
        e->roster = event->roster;
        e->await_roster = false;
        err = c2c_engine_new_roster(e, before);
    } else if (event->type == C2C_EV_RESET) {
        e->await_roster = false;
    }
    if (err == C2C_E_OK && is_about_one(event->type) &&
        event->peer < e->n_peers && !e->peer[event->peer]->gone) {
        err = to_one(e, event, e->peer[event->peer]);
    }
    for (size_t i = 0; i < e->n_peers && err == C2C_E_OK; i++) {
        err = to_all(e, event, before, e->peer[i]);
    }
    if (err == C2C_E_OK) {
        err = advance_all(e);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    *ret_actions = (struct c2c_actions){.sends = e->sends,
                                        .n_sends = e->n_sends,
                                        .connects = e->connects,
                                        .n_connects = e->n_connects,
                                        .changed = e->changed,
                                        .own_changed = e->own_changed,
                                        .roster_changed = e->roster_changed,
                                        .wake_ms = wake_of(e)};
    return C2C_E_OK;
}

enum c2c_err c2c_engine_new(const struct c2c_engine_options *options,
                            const struct c2c_roster *roster,
                            struct c2c_engine **ret_engine)
{
    struct c2c_engine *e = c2c_calloc(1, sizeof *e);

    if (e == NULL) {
        return C2C_E_NOMEM;
    }
    e->options = *options;
    e->roster = roster;
    if (e->options.lanes == 0 || e->options.lanes > LANES_MAX) {
        e->options.lanes = LANES_MAX;
    }
    *ret_engine = e;
    return C2C_E_OK;
}

static void peer_free(struct peer *p)
{
    if (p == NULL) {
        return;
    }
    peer_restart(p);
    c2c_todo_fini(&p->pull);
    c2c_todo_fini(&p->asked);
    c2c_todo_fini(&p->fetch);
    c2c_todo_fini(&p->deferred);
    c2c_todo_fini(&p->keysets);
    c2c_todo_fini(&p->out);
    c2c_buf_fini(&p->join);
    c2c_buf_fini(&p->holders);
    c2c_free(p->name);
    c2c_free(p);
}

void c2c_engine_free(struct c2c_engine *e)
{
    if (e == NULL) {
        return;
    }
    for (size_t i = 0; i < e->n_peers; i++) {
        peer_free(e->peer[i]);
    }
    clear_actions(e);
    c2c_free(e->peer);
    c2c_free(e->sends);
    c2c_free(e->bodies);
    c2c_free(e->connects);
    c2c_free(e);
}

static enum c2c_err peer_new(const struct c2c_peer_options *options,
                             struct peer **ret_peer)
{
    struct peer *p = c2c_calloc(1, sizeof *p);
    enum c2c_err err;

    if (p == NULL) {
        return C2C_E_NOMEM;
    }
    p->id = options->id;
    p->name = c2c_view_dup(options->name);
    c2c_buf_init(&p->join, C2C_MAX_REQUEST_BYTES);
    c2c_buf_init(&p->holders, C2C_MAX_REPLY_BYTES);
    err = c2c_buf_put(&p->join, options->join.p, options->join.n);
    if (p->name == NULL || err != C2C_E_OK) {
        peer_free(p);
        return p->name == NULL ? C2C_E_NOMEM : err;
    }
    *ret_peer = p;
    return C2C_E_OK;
}

enum c2c_err c2c_engine_add(struct c2c_engine *e,
                            const struct c2c_peer_options *options,
                            size_t *ret_peer)
{
    struct peer *p = NULL;
    void *array = e->peer;
    size_t number = 0;
    enum c2c_err err = peer_new(options, &p);

    while (number < e->n_peers && !e->peer[number]->gone) {
        number++;
    }
    if (err == C2C_E_OK && number == e->n_peers) {
        err = c2c_grow(&array, e->n_peers, &e->peers_cap, sizeof(void *));
        e->peer = array;
    }
    if (err != C2C_E_OK) {
        peer_free(p);
        return err;
    }
    if (number < e->n_peers) {
        peer_free(e->peer[number]);
    } else {
        e->n_peers++;
    }
    e->peer[number] = p;
    *ret_peer = number;
    return C2C_E_OK;
}

/* The peer itself stays until another has its number: actions of the step at
 * hand may still name it. */
void c2c_engine_drop(struct c2c_engine *e, size_t peer)
{
    struct peer *p = e->peer[peer];

    peer_restart(p);
    p->standing = (struct c2c_peer_standing){.connected = false};
    p->connecting = false;
    p->gone = true;
}

void c2c_engine_standing(const struct c2c_engine *e, size_t peer,
                         struct c2c_peer_standing *ret_standing)
{
    *ret_standing = e->peer[peer]->standing;
    ret_standing->phase = c2c_peer_phase(e->peer[peer]);
}

struct c2c_list_view c2c_engine_holders(const struct c2c_engine *e, size_t peer)
{
    const struct peer *p = e->peer[peer];

    return (struct c2c_list_view){c2c_buf_view(&p->holders), p->n_holders};
}

/* Has @p told what it stores, and is that no newer than @ours? */
static bool confirms(const struct peer *p, const struct c2c_head *ours)
{
    return p->caught_up && p->status_known && c2c_peer_is_clean(p) &&
           (ours->epoch > p->theirs.epoch ||
            (ours->epoch == p->theirs.epoch && ours->rev >= p->theirs.rev));
}

static bool is_lga(const struct c2c_engine *e, const struct peer *p)
{
    const struct c2c_roster_entry *entry = c2c_roster_find(e->roster, &p->id);

    return entry != NULL && (entry->why & C2C_ADMIT_LGA) != 0;
}

bool c2c_engine_own_is_newest(const struct c2c_engine *e)
{
    const struct c2c_replica *replica = e->options.replica;
    struct c2c_held held = {.has_head = false};
    bool lgas = false;
    enum c2c_err err =
        replica->ops->held(replica->ctx, &e->options.self, &held);

    if (err != C2C_E_OK && err != C2C_E_NOT_FOUND) {
        return false;
    }
    if (!held.has_head) {
        held.head = (struct c2c_head){.epoch = 0};
    }
    for (size_t i = 0; i < e->n_peers; i++) {
        lgas = lgas || is_lga(e, e->peer[i]);
    }
    for (size_t i = 0; i < e->n_peers; i++) {
        if (!e->peer[i]->gone && (!lgas || is_lga(e, e->peer[i])) &&
            confirms(e->peer[i], &held.head)) {
            return true;
        }
    }
    return false;
}

static size_t todos_memory(const struct todos *todos)
{
    return todos->cap * sizeof todos->at[0];
}

size_t c2c_engine_memory(const struct c2c_engine *e, size_t peer)
{
    const struct peer *p = e->peer[peer];

    return sizeof *p + todos_memory(&p->pull) + todos_memory(&p->asked) +
           todos_memory(&p->fetch) + todos_memory(&p->deferred) +
           todos_memory(&p->keysets) + todos_memory(&p->out) +
           p->heal.head.cap + p->heal.missing.buf.cap + p->heal.extra.buf.cap +
           p->heal.puts.buf.cap + p->join.cap + p->holders.cap;
}
