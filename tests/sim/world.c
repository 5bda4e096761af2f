#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/limits.h"
#include "liar.h"
#include "wire/message.h"
#include "world_priv.h"

enum {
    MESSAGE_MAX = 8 << 20,
    WAKE_MS = 2
};

void world_fail(struct world *w, const char *what)
{
    (void)fprintf(stderr, "%s at %llu ms; run again with C2C_SIM_SEED=%llu\n",
                  what, (unsigned long long)(w->now_ms - START_S * 1000ULL),
                  (unsigned long long)w->seed);
    abort();
}

void check(struct world *w, bool holds, const char *what)
{
    if (!holds) {
        world_fail(w, what);
    }
}

static unsigned pct(struct world *w, unsigned of_100)
{
    return prop_below(&w->rng, 100) < of_100;
}

/* Time. */

uint64_t node_ms(const struct world *w, const struct node *n)
{
    return (uint64_t)((int64_t)w->now_ms + n->skew_ms);
}

uint64_t world_now_s(const struct world *w, const struct node *n)
{
    return node_ms(w, n) / 1000;
}

/* Names for traces: H0, C3. */
const char *name_of(const struct node *n, char out[16])
{
    (void)snprintf(out, 16, "%c%u",
                   n->author.keyset.kind == C2C_LGA ? 'H' : 'C', n->number);
    return out;
}

static void note(struct world *w, const struct node *from,
                 const struct node *to, const char *what)
{
    char a[16];
    char b[16];

    if (w->trace) {
        (void)printf("%8llu %s>%s %s\n",
                     (unsigned long long)(w->now_ms - START_S * 1000ULL),
                     name_of(from, a), name_of(to, b), what);
    }
    if (w->log != NULL) {
        check(w,
              c2c_buf_fmt(w->log, "%s>%s %s\n", name_of(from, a),
                          name_of(to, b), what) == C2C_E_OK,
              "log");
    }
}

/* The network. */

static void queue_message(struct world *w, struct world_event event,
                          struct c2c_view body)
{
    c2c_buf_init(&event.body, MESSAGE_MAX);
    check(w, c2c_buf_put(&event.body, body.p, body.n) == C2C_E_OK, "message");
    enqueue(w, event);
}

/* Over the link from event.from to event.to, if it gets through. */
static void transmit(struct world *w, struct world_event event,
                     struct c2c_view body)
{
    const struct link *link = &w->link[event.from][event.to];
    unsigned copies = pct(w, link->dup_pct) ? 2 : 1;

    w->bytes += body.n;
    for (unsigned i = 0; i < copies; i++) {
        if (link->cut || pct(w, link->loss_pct)) {
            continue;
        }
        event.when = w->now_ms + link->min_ms +
                     prop_below(&w->rng, link->max_ms - link->min_ms + 1);
        queue_message(w, event, body);
    }
}

static void send_request(struct world *w, struct node *n,
                         const struct pending *p)
{
    struct node *to = w->node[n->peer[p->peer].node];
    struct world_event event = {.type = EVENT_REQUEST,
                                .to = to->number,
                                .to_life = n->peer[p->peer].session,
                                .from = n->number,
                                .from_life = n->life,
                                .peer = p->peer,
                                .tag = p->tag};
    struct c2c_msg_request request;
    struct c2c_buf lie;

    w->requests++;
    check(w,
          c2c_msg_request_decode(c2c_buf_view(&p->body), &request) == C2C_E_OK,
          "an engine's own request");
    note(w, n, to, c2c_msg_name(request.kind));
    if (n->liar && w->lying && pct(w, 30)) {
        c2c_buf_init(&lie, MESSAGE_MAX);
        check(w, c2c_buf_put(&lie, p->body.p, p->body.n) == C2C_E_OK, "lie");
        liar_request(&w->rng, c2c_buf_view(&p->body), &lie);
        transmit(w, event, c2c_buf_view(&lie));
        c2c_buf_fini(&lie);
    }
    transmit(w, event, c2c_buf_view(&p->body));
}

static void send_reply(struct world *w, struct node *n, struct pending *p)
{
    const struct world_event event = {.type = EVENT_REPLY,
                                      .to = p->to,
                                      .to_life = p->life,
                                      .from = n->number,
                                      .from_life = n->life,
                                      .peer = p->peer,
                                      .tag = p->tag};

    transmit(w, event, c2c_buf_view(&p->body));
}

static void add_pending(struct world *w, struct node *n, struct pending p,
                        struct c2c_view body)
{
    n->pending = realloc(n->pending, (n->n_pending + 1) * sizeof *n->pending);
    check(w, n->pending != NULL, "out of memory");
    if (n->pending == NULL) {
        abort();
    }
    c2c_buf_init(&p.body, MESSAGE_MAX);
    check(w, c2c_buf_put(&p.body, body.p, body.n) == C2C_E_OK, "pending");
    n->pending[n->n_pending++] = p;
}

static void drop_pending(struct node *n)
{
    for (size_t i = 0; i < n->n_pending; i++) {
        c2c_buf_fini(&n->pending[i].body);
    }
    n->n_pending = 0;
}

/* Steps. */

static void queue_own(struct world *w, struct node *n, enum event_type type,
                      uint64_t when)
{
    enqueue(w, (struct world_event){.when = when,
                                    .type = type,
                                    .to = n->number,
                                    .to_life = n->life});
}

static void want_flush(struct world *w, struct node *n)
{
    if (!n->flush_due) {
        n->flush_due = true;
        queue_own(w, n, EVENT_FLUSH,
                  w->now_ms + (w->group_ms == 0
                                   ? 0
                                   : prop_below(&w->rng, w->group_ms)));
    }
}

static void want_wake(struct world *w, struct node *n)
{
    if (!n->wake_due) {
        n->wake_due = true;
        queue_own(w, n, EVENT_WAKE, w->now_ms + WAKE_MS);
    }
}

/* An answer to our connecting, or none. */
static void dial(struct world *w, struct node *n, size_t number)
{
    struct world_peer *peer = &n->peer[number];
    const struct node *to = w->node[peer->node];
    const struct link *there = &w->link[n->number][to->number];
    const struct link *back = &w->link[to->number][n->number];
    struct world_event event = {.type = EVENT_CONNECTED,
                                .to = n->number,
                                .to_life = n->life,
                                .from = to->number,
                                .from_life = to->life,
                                .peer = number};

    event.when = w->now_ms + there->min_ms + back->max_ms;
    if (!to->up || there->cut || back->cut) {
        event.type = EVENT_LOST;
        if (pct(w, 50)) {
            return; /* Nothing comes back at all. */
        }
    }
    enqueue(w, event);
}

static void want_timer(struct world *w, struct node *n, uint64_t node_wake)
{
    uint64_t when;

    if (node_wake == UINT64_MAX) {
        return;
    }
    when = (uint64_t)((int64_t)node_wake - n->skew_ms);
    when = when > w->now_ms ? when : w->now_ms;
    if (n->wake_ms <= w->now_ms || when < n->wake_ms) {
        n->wake_ms = when;
        queue_own(w, n, EVENT_TIMER, when);
    }
}

static void step(struct world *w, struct node *n, struct c2c_event event)
{
    struct c2c_actions acts;

    event.now_ms = node_ms(w, n);
    check(w, c2c_engine_step(n->engine, &event, &acts) == C2C_E_OK,
          "an engine failed");
    for (size_t i = 0; i < acts.n_sends; i++) {
        add_pending(w, n,
                    (struct pending){.peer = acts.sends[i].peer,
                                     .tag = acts.sends[i].tag},
                    acts.sends[i].body);
    }
    for (size_t i = 0; i < acts.n_connects; i++) {
        dial(w, n, acts.connects[i]);
    }
    n->roster_due = n->roster_due || acts.roster_changed;
    if (acts.changed) {
        want_wake(w, n);
    }
    want_timer(w, n, acts.wake_ms);
    want_flush(w, n);
    check_bounds(w, n);
}

static void new_roster(struct world *w, struct node *n)
{
    const struct c2c_replica r = memrep_replica(n->store);
    const struct c2c_roster_options options = {.self = n->author.id,
                                               .lgas = n->lga,
                                               .n_lgas = n->n_lgas,
                                               .follows = n->follow,
                                               .n_follows = n->n_follows};
    struct c2c_roster *before = n->roster;

    n->roster_due = false;
    check(w, c2c_roster_new(&options, &r, &n->roster) == C2C_E_OK, "roster");
    if (n->engine != NULL) {
        step(w, n,
             (struct c2c_event){.type = C2C_EV_ROSTER, .roster = n->roster});
    }
    c2c_roster_free(before);
}

/* The transaction ends: durable, and then what was to be done; or it fails. */
static void flush(struct world *w, struct node *n)
{
    n->flush_due = false;
    if (pct(w, w->fail_pct)) {
        memrep_rollback(n->store);
        see_anew(w, n);
        drop_pending(n);
        n->roster_due = false; /* It is made of what is durable. */
        step(w, n, (struct c2c_event){.type = C2C_EV_RESET});
        return;
    }
    memrep_commit(n->store);
    for (size_t i = 0; i < n->n_pending; i++) {
        if (n->pending[i].is_reply) {
            send_reply(w, n, &n->pending[i]);
        } else {
            send_request(w, n, &n->pending[i]);
        }
    }
    drop_pending(n);
    if (n->roster_due) {
        new_roster(w, n);
    }
}

/* Providing. */

struct providing {
    struct world *w;
    struct node *n;
};

static void applied(void *ctx, const struct c2c_applied *applied)
{
    const struct providing *p = ctx;

    p->n->roster_due = p->n->roster_due || applied->lga;
    want_wake(p->w, p->n);
}

static void answer(struct world *w, struct node *n, struct parked *ask,
                   bool may_park)
{
    const struct c2c_replica r = memrep_replica(n->store);
    struct providing ctx = {w, n};
    const struct c2c_provide_env env = {.replica = &r,
                                        .roster = n->roster,
                                        .self = n->author.id,
                                        .roles = n->roles,
                                        .now_s = world_now_s(w, n),
                                        .applied = applied,
                                        .ctx = &ctx};
    const struct c2c_asker asker = {.city = w->node[ask->from]->author.id};
    struct c2c_msg_request request = {.kind = C2C_MSG_PING};
    struct c2c_parked parked = {.parked = false};
    struct c2c_buf reply;
    enum c2c_err err =
        c2c_msg_request_decode(c2c_buf_view(&ask->request), &request);

    c2c_buf_init(&reply, MESSAGE_MAX);
    if (err != C2C_E_OK) {
        err = c2c_msg_refusal_encode(err, NULL, c2c_view_of(NULL, 0), &reply);
    } else {
        err = c2c_provide(&env, &asker, &request, may_park, &reply, &parked);
    }
    check(w, err == C2C_E_OK, "a provider failed");
    ask->used = parked.parked;
    ask->seq = parked.seq;
    ask->until_ms = w->now_ms + 1000 * (parked.until_s - env.now_s);
    if (!parked.parked) {
        check(w, reply.n <= request.max_bytes + 64 || reply.n < 4096,
              "an answer is too large");
        if (n->liar && w->lying && pct(w, 50)) {
            liar_reply(&w->rng, request.kind, c2c_buf_view(&ask->request),
                       &reply);
        }
        add_pending(w, n,
                    (struct pending){.is_reply = true,
                                     .to = ask->from,
                                     .life = ask->life,
                                     .peer = ask->peer,
                                     .tag = ask->tag},
                    c2c_buf_view(&reply));
        want_flush(w, n);
        c2c_buf_fini(&ask->request);
    }
    c2c_buf_fini(&reply);
}

static struct parked *free_parked(struct world *w, struct node *n)
{
    for (size_t i = 0; i < WORLD_PARKED; i++) {
        if (!n->parked[i].used) {
            return &n->parked[i];
        }
    }
    world_fail(w, "too many feeds wait");
    return NULL;
}

static void on_request(struct world *w, struct node *n,
                       struct world_event *event)
{
    struct parked *ask = free_parked(w, n);

    if (n->flush_due) { /* Answers are about what is durable. */
        flush(w, n);
    }
    *ask = (struct parked){.from = event->from,
                           .life = event->from_life,
                           .peer = event->peer,
                           .tag = event->tag,
                           .request = event->body};
    event->body = (struct c2c_buf){.p = NULL};
    answer(w, n, ask, true);
    if (ask->used) {
        queue_own(w, n, EVENT_PARK_END, ask->until_ms);
    }
}

static void wake_parked(struct world *w, struct node *n, bool all_due)
{
    const struct c2c_replica r = memrep_replica(n->store);
    uint64_t seq = 0;

    if (n->flush_due) {
        flush(w, n);
    }
    check(w, r.ops->seq(r.ctx, &seq) == C2C_E_OK, "seq");
    for (size_t i = 0; i < WORLD_PARKED; i++) {
        struct parked *ask = &n->parked[i];

        if (ask->used && (seq > ask->seq || ask->until_ms <= w->now_ms)) {
            answer(w, n, ask, false);
        }
    }
    (void)all_due;
}

/* Life and death. */

static void boot(struct world *w, struct node *n)
{
    const struct c2c_replica r = memrep_replica(n->store);
    static struct c2c_replica kept[WORLD_NODES];
    static struct c2c_rng rng[WORLD_NODES];
    struct c2c_engine_options options = {.self = n->author.id,
                                         .roles = n->roles,
                                         .lanes = 2,
                                         .max_reply = w->max_reply};

    kept[n->number] = r;
    rng[n->number] =
        (struct c2c_rng){(void (*)(void *, void *, size_t))prop_fill, &w->rng};
    options.replica = &kept[n->number];
    options.rng = &rng[n->number];
    watches[n->number] = (struct watch){w, n};
    memrep_watch(n->store, check_head, &watches[n->number]);
    see_anew(w, n);
    n->up = true;
    n->wake_ms = 0;
    check(w, r.ops->instance(r.ctx, &options.instance) == C2C_E_OK, "instance");
    new_roster(w, n);
    check(w, c2c_engine_new(&options, n->roster, &n->engine) == C2C_E_OK,
          "engine");
    for (size_t i = 0; i < n->n_peers; i++) {
        char name[16];
        const struct node *to = w->node[n->peer[i].node];
        const struct c2c_peer_options peer = {.name = c2c_view_str(
                                                  name_of(to, name)),
                                              .id = to->author.id};

        check(w,
              c2c_engine_add(n->engine, &peer, &n->peer[i].number) == C2C_E_OK,
              "peer");
    }
    step(w, n, (struct c2c_event){.type = C2C_EV_TICK});
}

static void halt(struct node *n)
{
    n->up = false;
    n->life++;
    n->flush_due = false;
    n->roster_due = false;
    n->wake_due = false;
    drop_pending(n);
    for (size_t i = 0; i < WORLD_PARKED; i++) {
        if (n->parked[i].used) {
            c2c_buf_fini(&n->parked[i].request);
        }
        n->parked[i].used = false;
    }
    c2c_engine_free(n->engine);
    n->engine = NULL;
    c2c_roster_free(n->roster);
    n->roster = NULL;
}

void world_crash(struct world *w, struct node *n, uint64_t down_ms)
{
    if (n->up) {
        halt(n);
        memrep_crash(n->store);
        queue_own(w, n, EVENT_START, w->now_ms + down_ms);
    }
}

void world_backup(struct world *w, struct node *n)
{
    memrep_free(n->backup);
    n->backup = memrep_restored(n->store, ++w->instances);
}

void world_restore(struct world *w, struct node *n, uint64_t down_ms)
{
    if (n->up && n->backup != NULL) {
        halt(n);
        memrep_free(n->store);
        n->store = memrep_restored(n->backup, ++w->instances);
        n->restored = true;
        queue_own(w, n, EVENT_START, w->now_ms + down_ms);
    }
}

/* Events. */

static void on_connected(struct world *w, struct node *n,
                         const struct world_event *event)
{
    struct world_peer *peer = &n->peer[event->peer];
    struct c2c_event ev = {.type = C2C_EV_CONNECTED, .peer = peer->number};

    if (event->type == EVENT_LOST ||
        event->from_life != w->node[event->from]->life) {
        ev.type = C2C_EV_LOST;
        ev.err = C2C_E_UNREACHABLE;
    }
    peer->session = event->from_life;
    step(w, n, ev);
}

/* The session is not known to the one that lives now. */
static void lose(struct world *w, const struct world_event *event)
{
    struct world_event back = {.type = EVENT_LOST,
                               .to = event->from,
                               .to_life = event->from_life,
                               .from = event->to,
                               .peer = event->peer};

    back.when = w->now_ms + w->link[event->to][event->from].min_ms;
    enqueue(w, back);
}

static void handle(struct world *w, struct node *n, struct world_event *event)
{
    switch (event->type) {
    case EVENT_REQUEST:
        on_request(w, n, event);
        break;
    case EVENT_REPLY:
        step(w, n,
             (struct c2c_event){.type = C2C_EV_REPLY,
                                .peer = n->peer[event->peer].number,
                                .tag = event->tag,
                                .body = c2c_buf_view(&event->body)});
        break;
    case EVENT_CONNECTED:
    case EVENT_LOST:
        on_connected(w, n, event);
        break;
    case EVENT_TIMER:
        if (n->wake_ms == event->when) {
            step(w, n, (struct c2c_event){.type = C2C_EV_TICK});
        }
        break;
    case EVENT_FLUSH:
        if (n->flush_due) {
            flush(w, n);
        }
        break;
    case EVENT_WAKE:
    case EVENT_PARK_END:
        n->wake_due = n->wake_due && event->type != EVENT_WAKE;
        wake_parked(w, n, false);
        break;
    case EVENT_START:
        boot(w, n);
        break;
    }
}

static void one(struct world *w)
{
    struct world_event event = dequeue(w);
    struct node *n = w->node[event.to];

    check(w, event.when >= w->now_ms, "time went back");
    w->now_ms = event.when;
    w->events++;
    if (event.to_life == n->life && (n->up || event.type == EVENT_START)) {
        handle(w, n, &event);
    } else if (event.type == EVENT_REQUEST && n->up) {
        lose(w, &event);
    }
    c2c_buf_fini(&event.body);
}

void world_run(struct world *w, uint64_t ms)
{
    uint64_t end = w->now_ms + ms;

    while (w->n_queue > 0 && w->queue[0].when <= end) {
        one(w);
    }
    w->now_ms = end;
}

void world_sync(struct world *w, struct node *n)
{
    step(w, n, (struct c2c_event){.type = C2C_EV_SYNC});
}

bool world_may_sign(struct node *n)
{
    if (n->up && n->restored && c2c_engine_own_is_newest(n->engine)) {
        n->restored = false;
    }
    return n->up && !n->restored;
}

void world_changed(struct world *w, struct node *n)
{
    if (!n->up) {
        memrep_commit(n->store);
        return;
    }
    if (n->author.keyset.kind == C2C_LGA) {
        n->roster_due = true;
    }
    step(w, n, (struct c2c_event){.type = C2C_EV_CHANGED});
    want_wake(w, n);
    flush(w, n);
}

struct world *world_new(uint64_t seed)
{
    struct world *w = calloc(1, sizeof *w);

    if (w == NULL) {
        abort();
    }
    w->seed = seed;
    w->rng.state = seed * 1000003;
    w->now_ms = START_S * 1000ULL;
    w->max_reply = 256 << 10;
    for (size_t i = 0; i < WORLD_NODES; i++) {
        for (size_t j = 0; j < WORLD_NODES; j++) {
            w->link[i][j] = (struct link){.min_ms = 10, .max_ms = 10};
        }
    }
    return w;
}

void world_free(struct world *w)
{
    for (size_t i = 0; i < w->n_nodes; i++) {
        struct node *n = w->node[i];

        halt(n);
        memrep_free(n->store);
        memrep_free(n->backup);
        author_fini(&n->author);
        free(n->pending);
        free(n);
    }
    while (w->n_queue > 0) {
        c2c_buf_fini(&w->queue[--w->n_queue].body);
    }
    free(w->queue);
    free(w);
}

struct node *world_add(struct world *w, enum c2c_city_kind kind)
{
    struct node *n = calloc(1, sizeof *n);

    check(w, n != NULL && w->n_nodes < WORLD_NODES, "too many nodes");
    n->number = (unsigned)w->n_nodes;
    n->roles = kind == C2C_LGA ? C2C_ROLE_HUB : C2C_ROLE_CITY;
    author_init(&n->author, n->number, kind);
    n->store = memrep_new(++w->instances);
    w->node[w->n_nodes++] = n;
    return n;
}

void world_trust(struct node *n, const struct node *lga)
{
    n->lga[n->n_lgas++] = lga->author.id;
}

void world_dial(struct node *n, const struct node *peer)
{
    n->peer[n->n_peers++].node = peer->number;
}

void world_start(struct world *w, struct node *n)
{
    memrep_commit(n->store);
    queue_own(w, n, EVENT_START, w->now_ms);
}
