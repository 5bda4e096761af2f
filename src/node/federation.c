#include "node/federation.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "node/feeds.h"
#include "node/link.h"
#include "node/mailbox.h"
#include "node/node_priv.h"
#include "node/replica.h"
#include "node/roster_box.h"
#include "node/serve.h"
#include "store/staged.h"
#include "wire/vector.h"

enum {
    LANES = 4,
    QUESTIONS = 16,
    MAX_REPLY = 256 << 10, /* Of bulk: others are not kept waiting by it. */
    MAX_STAGED = 64 << 20,
    LINK_TICK_MS = 1000,
    EVENTS_MAX = 128
};

struct hub;

/* A request that waits until its group is durable. */
struct letter {
    struct hub *hub;
    uint64_t tag;
    bool bulk;
    uint64_t deadline_ms;
    struct c2c_buf body;
};

/* A hub that this node dials. */
struct hub {
    struct c2c_federation *federation;
    char url[C2C_CONFIG_TEXT];
    struct c2c_hash id;
    struct c2c_link *link;
    size_t peer;  /* The engine's number. */
    bool connect; /* A session is wanted once the group is durable. */
};

struct c2c_federation {
    struct c2c_node *node;
    struct c2c_store_replica store_replica;
    struct c2c_replica replica;
    struct c2c_engine *engine;
    const struct c2c_roster *roster; /* Borrowed from the node's box. */
    size_t n_hubs;
    struct hub hub[C2C_FEDERATION_HUBS];

    /* Events for the engine that come from ourselves. */
    size_t n_events;
    struct c2c_event events[EVENTS_MAX];
    bool reset;      /* A group was taken back. */
    bool new_roster; /* An association's state has changed. */

    /* Of the group at hand. */
    size_t n_letters;
    size_t letters_cap;
    struct letter *letters;
    bool changed;     /* Something is new for those who wait. */
    uint64_t wake_ms; /* The engine's. */
    uint64_t link_tick_ms;

    pthread_mutex_t lock; /* Guards what follows. */
    size_t n_standing;
    struct c2c_hub_standing standing[C2C_FEDERATION_HUBS];
};

static uint64_t now_ms(const struct c2c_federation *f)
{
    return f->node->clock->now_ms(f->node->clock->ctx);
}

static enum c2c_err newest_keyset(void *ctx, const struct c2c_hash *city,
                                  struct c2c_keyset *ret_keyset)
{
    const struct c2c_federation *f = ctx;

    return f->replica.ops->keyset(f->replica.ctx, city, ret_keyset);
}

static struct c2c_keyring keyring(struct c2c_federation *f)
{
    return (struct c2c_keyring){newest_keyset, f};
}

/* Hubs are never dropped: the engine's numbers are ours. */
static struct hub *hub_of(struct c2c_federation *f, size_t peer)
{
    assert(peer < f->n_hubs);
    return &f->hub[peer];
}

/* Sends of a step, copied until the group is durable. */
static enum c2c_err keep_letter(struct c2c_federation *f,
                                const struct c2c_send *send)
{
    struct letter *letter;

    if (f->n_letters == f->letters_cap) {
        size_t cap = f->letters_cap == 0 ? 16 : 2 * f->letters_cap;
        struct letter *bigger = c2c_calloc(cap, sizeof *bigger);

        if (bigger == NULL) {
            return C2C_E_NOMEM;
        }
        if (f->n_letters > 0) {
            memcpy(bigger, f->letters, f->n_letters * sizeof *bigger);
        }
        c2c_free(f->letters);
        f->letters = bigger;
        f->letters_cap = cap;
    }
    letter = &f->letters[f->n_letters];
    *letter = (struct letter){.tag = send->tag,
                              .bulk = send->bulk,
                              .deadline_ms = send->deadline_ms};
    letter->hub = hub_of(f, send->peer);
    c2c_buf_init(&letter->body, send->body.n);
    f->n_letters++;
    return c2c_buf_put(&letter->body, send->body.p, send->body.n);
}

/* Drop the letters to @hub (NULL: all). */
static void drop_letters(struct c2c_federation *f, const struct hub *hub)
{
    size_t kept = 0;

    for (size_t i = 0; i < f->n_letters; i++) {
        if (hub == NULL || f->letters[i].hub == hub) {
            c2c_buf_fini(&f->letters[i].body);
        } else {
            f->letters[kept++] = f->letters[i];
        }
    }
    f->n_letters = kept;
}

static enum c2c_err keep_actions(struct c2c_federation *f,
                                 const struct c2c_actions *actions)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < actions->n_sends && err == C2C_E_OK; i++) {
        err = keep_letter(f, &actions->sends[i]);
    }
    for (size_t i = 0; i < actions->n_connects; i++) {
        hub_of(f, actions->connects[i])->connect = true;
    }
    f->changed = f->changed || actions->changed;
    f->new_roster = f->new_roster || actions->roster_changed;
    f->wake_ms = actions->wake_ms;
    return err;
}

static enum c2c_err step(struct c2c_federation *f, struct c2c_event *event)
{
    struct c2c_actions actions;
    enum c2c_err err;

    event->now_ms = now_ms(f);
    err = c2c_engine_step(f->engine, event, &actions);
    return err == C2C_E_OK ? keep_actions(f, &actions) : err;
}

/* To be told to the engine in the next group; what does not fit is found by
 * its deadlines. */
static void note_event(struct c2c_federation *f, enum c2c_event_type type,
                       size_t peer, uint64_t tag, enum c2c_err err)
{
    if (f->n_events < EVENTS_MAX) {
        f->events[f->n_events++] = (struct c2c_event){.type = type,
                                                      .peer = peer,
                                                      .tag = tag,
                                                      .err = err};
    }
}

static enum c2c_err add_id(struct c2c_hash *ids, size_t *n, size_t max,
                           struct c2c_view hex)
{
    return *n == max ? C2C_E_TOO_BIG : c2c_hash_parse(hex, &ids[(*n)++]);
}

enum {
    TRUST_MAX = C2C_CONFIG_LIST_MAX + C2C_FEDERATION_HUBS + 1
};

/* Whom this node trusts: by its configuration, the hubs, and itself. */
struct trusted {
    size_t n;
    struct c2c_hash lga[TRUST_MAX];
    size_t n_follows;
    struct c2c_hash follow[C2C_CONFIG_LIST_MAX];
};

static enum c2c_err find_trusted(const struct c2c_federation *f,
                                 struct trusted *t)
{
    const struct c2c_config *config = &f->node->config;
    const struct c2c_identity *identity = &f->node->identity;
    enum c2c_err err = C2C_E_OK;

    memset(t, 0, sizeof *t);
    for (size_t i = 0; i < config->trust.n && err == C2C_E_OK; i++) {
        err =
            add_id(t->lga, &t->n, TRUST_MAX, c2c_view_str(config->trust.at[i]));
    }
    for (size_t i = 0; i < config->follow.n && err == C2C_E_OK; i++) {
        err = add_id(t->follow, &t->n_follows, C2C_CONFIG_LIST_MAX,
                     c2c_view_str(config->follow.at[i]));
    }
    for (size_t i = 0; i < f->n_hubs; i++) {
        if (t->n < TRUST_MAX) {
            t->lga[t->n++] = f->hub[i].id;
        }
    }
    if (identity->keyset.kind == C2C_LGA && t->n < TRUST_MAX) {
        t->lga[t->n++] = identity->city;
    }
    return err;
}

/* Build the roster anew and put it in force. */
static enum c2c_err renew_roster(struct c2c_federation *f)
{
    struct trusted t;
    struct c2c_roster_options options = {.self = f->node->identity.city};
    struct c2c_roster *roster = NULL;
    enum c2c_err err = find_trusted(f, &t);

    options.lgas = t.lga;
    options.n_lgas = t.n;
    options.follows = t.follow;
    options.n_follows = t.n_follows;
    if (err == C2C_E_OK) {
        err = c2c_roster_new(&options, &f->replica, &roster);
    }
    if (err == C2C_E_OK) {
        err = c2c_roster_box_put(f->node->rosters, roster);
    }
    if (err == C2C_E_OK) {
        f->new_roster = false;
    }
    return err;
}

/* Cities that are not admitted any more are not shown; those that are again,
 * are. */
static enum c2c_err show_by_roster(void *ctx,
                                   const struct c2c_city_state *state)
{
    struct c2c_federation *f = ctx;
    bool admitted = c2c_roster_find(f->roster, &state->city) != NULL;

    return admitted == (state->hidden_s == 0)
               ? C2C_E_OK
               : c2c_cities_hide(f->store_replica.store, state->no,
                                 admitted ? 0 : now_ms(f) / 1000);
}

static enum c2c_err use_roster(struct c2c_federation *f)
{
    static const struct c2c_hash first;
    const struct c2c_roster *before = f->roster;
    struct c2c_event event = {.type = C2C_EV_ROSTER};
    enum c2c_err err = renew_roster(f);

    if (err != C2C_E_OK) {
        return err;
    }
    f->roster = c2c_roster_box_borrow(f->node->rosters);
    event.roster = f->roster;
    err = c2c_cities_from(f->store_replica.store, &first, show_by_roster, f);
    if (err == C2C_E_OK && f->engine != NULL) {
        err = step(f, &event);
    }
    c2c_roster_box_return(f->node->rosters, before);
    f->changed = true;
    return err;
}

/* One answer, or the lack of one, on its way to the writer. */
struct arrival {
    struct hub *hub;
    struct c2c_outcome *outcome;
};

/* Keysets of a hub that were not known: it can prove itself now. */
static enum c2c_err learn(struct c2c_federation *f, struct hub *hub,
                          const struct c2c_step *s, struct c2c_view content)
{
    const struct c2c_apply_env env = {.replica = &f->replica,
                                      .roster = f->roster,
                                      .now_s = now_ms(f) / 1000};
    struct c2c_keysets_reply reply;
    enum c2c_err err = c2c_keysets_reply_decode(content, &reply);

    if (err == C2C_E_OK) {
        err = c2c_apply_keysets(&env, &s->city, reply.keysets);
    }
    if (err != C2C_E_OK && err != C2C_E_NOMEM && err != C2C_E_STORE) {
        note_event(f, C2C_EV_LOST, hub->peer, 0, err);
        return C2C_E_OK;
    }
    hub->connect = true;
    return err;
}

/* What a link says, told to the engine. */
static enum c2c_err follow_step(struct c2c_federation *f, struct hub *hub,
                                const struct c2c_step *s,
                                struct c2c_view content)
{
    struct c2c_event event = {.peer = hub->peer,
                              .tag = s->tag,
                              .err = s->err,
                              .body = content};

    switch (s->event) {
    case C2C_STEP_READY:
        c2c_log(C2C_LOG_INFO, "federation", "session hub=%s", hub->url);
        event.type = C2C_EV_CONNECTED;
        break;
    case C2C_STEP_REPLY:
        event.type = C2C_EV_REPLY;
        break;
    case C2C_STEP_FAILED:
        c2c_log(C2C_LOG_DEBUG, "federation", "no reply hub=%s err=%s", hub->url,
                c2c_errname(s->err));
        event.type = C2C_EV_FAILED;
        break;
    case C2C_STEP_LOST:
        c2c_log(C2C_LOG_INFO, "federation", "session over hub=%s err=%s",
                hub->url, c2c_errname(s->err));
        drop_letters(f, hub);
        event.type = C2C_EV_LOST;
        break;
    case C2C_STEP_LEARNT:
        return learn(f, hub, s, content);
    case C2C_STEP_STRANGER: /* Hubs are pinned. */
    case C2C_STEP_NOTHING:
    default:
        return C2C_E_OK;
    }
    return step(f, &event);
}

static enum c2c_err take_arrival(void *ctx, struct c2c_group *group)
{
    struct arrival *arrival = ctx;
    struct hub *hub = arrival->hub;
    struct c2c_federation *f = hub->federation;
    const struct c2c_moment now = c2c_clock_moment(f->node->clock);
    const struct c2c_keyring ring = keyring(f);
    struct c2c_buf content;
    struct c2c_step s = {.event = C2C_STEP_NOTHING};
    enum c2c_err err;

    (void)group;
    c2c_buf_init(&content, C2C_MAX_REPLY_BYTES);
    c2c_link_take(hub->link, &ring, &now, arrival->outcome, &content, &s);
    arrival->outcome = NULL;
    err = follow_step(f, hub, &s, c2c_buf_view(&content));
    c2c_buf_fini(&content);
    return err;
}

static void forget_arrival(void *ctx, enum c2c_err err)
{
    struct arrival *arrival = ctx;

    (void)err;
    c2c_outcome_free(arrival->outcome);
    c2c_free(arrival);
}

/* On NNG's threads.  What cannot be passed on ends by its deadline. */
static void arrived(void *ctx, struct c2c_outcome *outcome)
{
    struct hub *hub = ctx;
    struct arrival *arrival = c2c_calloc(1, sizeof *arrival);
    const struct c2c_task task = {take_arrival, forget_arrival, arrival};

    if (arrival == NULL) {
        c2c_outcome_free(outcome);
        return;
    }
    *arrival = (struct arrival){hub, outcome};
    if (c2c_writer_post(hub->federation->node->writer, &task) != C2C_E_OK) {
        forget_arrival(arrival, C2C_E_BUSY);
    }
}

/* @text is URL#ID, as the configuration has checked. */
static enum c2c_err open_hub(struct c2c_federation *f, const char *text)
{
    struct hub *hub = &f->hub[f->n_hubs];
    struct c2c_view all = c2c_view_str(text);
    size_t digits = C2C_HASH_HEX - 1;
    struct c2c_peer_options peer = {.name = {NULL, 0}};
    struct c2c_link_options link = {.self = *c2c_pass_show(f->node->pass),
                                    .rng = &c2c_rng_system,
                                    .max_questions = QUESTIONS,
                                    .fn = arrived,
                                    .ctx = hub};
    enum c2c_err err;

    (void)snprintf(hub->url, sizeof hub->url, "%.*s", (int)(all.n - digits - 1),
                   text);
    err = c2c_hash_parse(c2c_view_of(all.p + all.n - digits, digits), &hub->id);
    hub->federation = f;
    link.url = hub->url;
    link.pin = &hub->id;
    if (err == C2C_E_OK) {
        err = c2c_link_open(&link, &hub->link);
    }
    peer.name = c2c_view_str(hub->url);
    peer.id = hub->id;
    if (err == C2C_E_OK) {
        err = c2c_engine_add(f->engine, &peer, &hub->peer);
    }
    if (err != C2C_E_OK) {
        c2c_link_close(hub->link);
        hub->link = NULL;
        return err;
    }
    f->n_hubs++;
    return C2C_E_OK;
}

static enum c2c_err open_engine(struct c2c_federation *f)
{
    struct c2c_engine_options options = {.self = f->node->identity.city,
                                         .roles = C2C_ROLE_CITY,
                                         .replica = &f->replica,
                                         .rng = &c2c_rng_system,
                                         .lanes = LANES,
                                         .max_reply = MAX_REPLY,
                                         .max_staged = MAX_STAGED};
    enum c2c_err err =
        f->replica.ops->instance(f->replica.ctx, &options.instance);

    if (f->node->identity.keyset.kind == C2C_LGA) {
        options.roles |= C2C_ROLE_HUB;
    }
    return err == C2C_E_OK ? c2c_engine_new(&options, f->roster, &f->engine)
                           : err;
}

/* The first task: everything that needs the write connection. */
static enum c2c_err begin(void *ctx, struct c2c_group *group)
{
    struct c2c_federation *f = ctx;
    const struct c2c_config *config = &f->node->config;
    enum c2c_err err;

    c2c_store_replica_init(&f->store_replica, group->env->store,
                           f->node->types);
    f->replica = c2c_store_replica_of(&f->store_replica);
    err = c2c_staged_drop(group->env->store, NULL);
    if (err == C2C_E_OK) { /* The hubs are trusted: count them first. */
        f->n_hubs = 0;
        err = use_roster(f);
    }
    if (err == C2C_E_OK) {
        err = open_engine(f);
    }
    for (size_t i = 0; i < config->hubs.n && err == C2C_E_OK; i++) {
        err = open_hub(f, config->hubs.at[i]);
    }
    return err == C2C_E_OK ? use_roster(f) : err;
}

static void copy_standings(struct c2c_federation *f)
{
    (void)pthread_mutex_lock(&f->lock);
    f->n_standing = f->n_hubs;
    for (size_t i = 0; i < f->n_hubs; i++) {
        struct c2c_hub_standing *s = &f->standing[i];

        (void)snprintf(s->url, sizeof s->url, "%s", f->hub[i].url);
        s->id = f->hub[i].id;
        s->now_ms = now_ms(f);
        c2c_engine_standing(f->engine, f->hub[i].peer, &s->peer);
    }
    (void)pthread_mutex_unlock(&f->lock);
}

/* Only what is wholly public may be seen by its length. */
static bool is_private(struct c2c_view body)
{
    struct c2c_msg_request request;

    return c2c_msg_request_decode(body, &request) != C2C_E_OK ||
           request.kind == C2C_MSG_PUSH || request.kind == C2C_MSG_PUSH_PART;
}

/* True: it has to wait, since the first question of a session goes alone. */
static bool send_letter(struct c2c_federation *f, const struct letter *letter)
{
    const struct c2c_moment now = c2c_clock_moment(f->node->clock);
    uint64_t today = now_ms(f);
    uint64_t left =
        letter->deadline_ms > today ? letter->deadline_ms - today : 0;
    const struct c2c_question question = {.tag = letter->tag,
                                          .deadline_ms = now.mono_ms + left,
                                          .content =
                                              c2c_buf_view(&letter->body),
                                          .padded = is_private(
                                              c2c_buf_view(&letter->body))};
    struct hub *hub = letter->hub;
    enum c2c_err err = c2c_link_ask(hub->link, &now, &question, letter->bulk);

    if (err != C2C_E_OK && err != C2C_E_BUSY) {
        note_event(f, c2c_link_is_open(hub->link) ? C2C_EV_FAILED : C2C_EV_LOST,
                   hub->peer, letter->tag, err);
    }
    return err == C2C_E_BUSY;
}

static void send_letters(struct c2c_federation *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < f->n_letters; i++) {
        if (send_letter(f, &f->letters[i])) {
            f->letters[kept++] = f->letters[i];
        } else {
            c2c_buf_fini(&f->letters[i].body);
        }
    }
    f->n_letters = kept;
}

static void connect_hub(struct c2c_federation *f, struct hub *hub)
{
    const struct c2c_moment now = c2c_clock_moment(f->node->clock);
    enum c2c_err err = c2c_link_begin(hub->link, &now);

    hub->connect = false;
    drop_letters(f, hub);
    if (err != C2C_E_OK) {
        note_event(f, C2C_EV_LOST, hub->peer, 0, err);
    }
}

/* After every group. */
static void durable(void *ctx, enum c2c_err err, bool own_changed)
{
    struct c2c_federation *f = ctx;

    if (err != C2C_E_OK) {
        f->reset = true;
        f->new_roster = true; /* What it was built from may be gone. */
        f->store_replica.last_no = 0;
    }
    if (err == C2C_E_OK) {
        send_letters(f);
    } else {
        drop_letters(f, NULL);
    }
    for (size_t i = 0; i < f->n_hubs && err == C2C_E_OK; i++) {
        if (f->hub[i].connect) {
            connect_hub(f, &f->hub[i]);
        }
    }
    if (err == C2C_E_OK && own_changed) {
        f->new_roster =
            f->new_roster || f->node->identity.keyset.kind == C2C_LGA;
        note_event(f, C2C_EV_CHANGED, 0, 0, C2C_E_OK);
    }
    if (err == C2C_E_OK && (own_changed || f->changed)) {
        c2c_feeds_wake(f->node->feeds);
        f->changed = false;
    }
    copy_standings(f);
}

static uint64_t wait_ms(void *ctx)
{
    const struct c2c_federation *f = ctx;
    uint64_t now = now_ms(f);
    uint64_t wait = LINK_TICK_MS;

    if (f->reset || f->new_roster || f->n_events > 0 || f->wake_ms <= now ||
        f->link_tick_ms <= now) {
        return 0;
    }
    if (f->link_tick_ms - now < wait) {
        wait = f->link_tick_ms - now;
    }
    return f->wake_ms - now < wait ? f->wake_ms - now : wait;
}

static enum c2c_err tick_link(struct c2c_federation *f, struct hub *hub)
{
    const struct c2c_moment now = c2c_clock_moment(f->node->clock);
    const struct c2c_view nothing = {NULL, 0};
    enum c2c_err err = C2C_E_OK;
    struct c2c_step s;

    do {
        s = (struct c2c_step){.event = C2C_STEP_NOTHING};
        c2c_link_tick(hub->link, &now, &s);
        err = follow_step(f, hub, &s, nothing);
    } while (err == C2C_E_OK && s.event != C2C_STEP_NOTHING);
    return err;
}

static enum c2c_err run_events(struct c2c_federation *f)
{
    enum c2c_err err = C2C_E_OK;
    size_t n = f->n_events;

    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        err = step(f, &f->events[i]);
    }
    if (err == C2C_E_OK) {
        f->n_events -= n;
        memmove(f->events, f->events + n, f->n_events * sizeof f->events[0]);
    }
    return err;
}

/* What time brings, and what was noted. */
static enum c2c_err tick(void *ctx, struct c2c_group *group)
{
    struct c2c_federation *f = ctx;
    struct c2c_event event = {.type = C2C_EV_RESET};
    enum c2c_err err = C2C_E_OK;

    f->store_replica.erased = false;
    f->link_tick_ms = now_ms(f) + LINK_TICK_MS;
    if (f->reset) {
        err = step(f, &event);
        f->reset = err != C2C_E_OK;
    }
    if (err == C2C_E_OK && f->new_roster) {
        err = use_roster(f);
    }
    for (size_t i = 0; i < f->n_hubs && err == C2C_E_OK; i++) {
        err = tick_link(f, &f->hub[i]);
    }
    if (err == C2C_E_OK) {
        err = run_events(f);
    }
    event.type = C2C_EV_TICK;
    if (err == C2C_E_OK) {
        err = step(f, &event);
    }
    c2c_feeds_tick(f->node->feeds, now_ms(f) / 1000);
    group->erased = group->erased || f->store_replica.erased;
    return err;
}

static void ticked(void *ctx, enum c2c_err err)
{
    (void)ctx;
    (void)err; /* durable() knows. */
}

/* The federation has begun, or not: tell who waits for it. */
struct start {
    struct c2c_federation *federation;
    enum c2c_err err;
    struct c2c_mailbox *done;
};

static enum c2c_err run_start(void *ctx, struct c2c_group *group)
{
    struct start *start = ctx;

    start->err = begin(start->federation, group);
    return start->err;
}

static void end_start(void *ctx, enum c2c_err err)
{
    struct start *start = ctx;
    struct c2c_federation *f = start->federation;
    const struct c2c_writer_guest guest = {.wait_ms = wait_ms,
                                           .tick = {tick, ticked, f},
                                           .durable = durable,
                                           .ctx = f};
    enum c2c_err put;

    start->err = start->err == C2C_E_OK ? err : start->err;
    if (start->err == C2C_E_OK) {
        c2c_writer_receive(f->node->writer, &guest);
    }
    put = c2c_mailbox_put(start->done, start);
    assert(put == C2C_E_OK);
    (void)put;
}

enum c2c_err c2c_federation_open(struct c2c_node *node, struct c2c_diag *diag,
                                 struct c2c_federation **ret_federation)
{
    struct c2c_federation *f = c2c_calloc(1, sizeof *f);
    struct start start = {.federation = f};
    const struct c2c_task task = {run_start, end_start, &start};
    enum c2c_err err = C2C_E_NOMEM;

    if (f != NULL) {
        f->node = node;
        (void)pthread_mutex_init(&f->lock, NULL);
        err = c2c_mailbox_new(1, &start.done);
    }
    if (err == C2C_E_OK) {
        err = c2c_writer_post(node->writer, &task);
    }
    if (err == C2C_E_OK) {
        (void)c2c_mailbox_take(start.done, UINT64_MAX);
        err = start.err;
    }
    c2c_mailbox_free(start.done);
    if (err != C2C_E_OK) {
        c2c_federation_free(f);
        return c2c_diag_set(diag, err, "hubs",
                            "cannot begin to follow the hubs: %s",
                            c2c_strerror(err));
    }
    *ret_federation = f;
    return C2C_E_OK;
}

static enum c2c_err run_stop(void *ctx, struct c2c_group *group)
{
    (void)ctx;
    (void)group;
    return C2C_E_OK;
}

/* On the writer's thread, where alone links are used. */
static void end_stop(void *ctx, enum c2c_err err)
{
    static const struct c2c_writer_guest nobody;
    struct start *start = ctx;
    struct c2c_federation *f = start->federation;
    enum c2c_err put;

    (void)err;
    c2c_writer_receive(f->node->writer, &nobody);
    put = c2c_mailbox_put(start->done, start);
    assert(put == C2C_E_OK);
    (void)put;
}

void c2c_federation_stop(struct c2c_federation *f)
{
    struct start start = {.federation = f};
    const struct c2c_task task = {run_stop, end_stop, &start};

    if (f == NULL || c2c_mailbox_new(1, &start.done) != C2C_E_OK) {
        return;
    }
    if (c2c_writer_post(f->node->writer, &task) == C2C_E_OK) {
        (void)c2c_mailbox_take(start.done, UINT64_MAX);
    }
    c2c_mailbox_free(start.done);
}

void c2c_federation_free(struct c2c_federation *f)
{
    if (f == NULL) {
        return;
    }
    for (size_t i = 0; i < f->n_hubs; i++) {
        c2c_link_close(f->hub[i].link);
    }
    drop_letters(f, NULL);
    c2c_free(f->letters);
    c2c_engine_free(f->engine);
    c2c_roster_box_return(f->node->rosters, f->roster);
    c2c_store_replica_fini(&f->store_replica);
    (void)pthread_mutex_destroy(&f->lock);
    c2c_free(f);
}

size_t
c2c_federation_hubs(struct c2c_federation *f,
                    struct c2c_hub_standing ret_hubs[C2C_FEDERATION_HUBS])
{
    size_t n;

    (void)pthread_mutex_lock(&f->lock);
    n = f->n_standing;
    memcpy(ret_hubs, f->standing, n * sizeof ret_hubs[0]);
    (void)pthread_mutex_unlock(&f->lock);
    return n;
}

static enum c2c_err run_sync(void *ctx, struct c2c_group *group)
{
    struct c2c_federation *f = ctx;
    struct c2c_event event = {.type = C2C_EV_SYNC};

    (void)group;
    return step(f, &event);
}

enum c2c_err c2c_federation_sync(struct c2c_federation *f)
{
    const struct c2c_task task = {run_sync, ticked, f};

    return c2c_writer_post(f->node->writer, &task);
}

static void note_applied(void *ctx, const struct c2c_applied *applied)
{
    struct c2c_federation *f = ctx;

    f->changed = true;
    f->new_roster = f->new_roster || applied->lga;
}

enum c2c_err c2c_federation_write(struct c2c_federation *f,
                                  struct c2c_group *group,
                                  const struct c2c_asker *asker,
                                  const struct c2c_msg_request *request,
                                  struct c2c_buf *reply)
{
    struct c2c_provide_env env;
    struct c2c_parked parked;
    enum c2c_err err;

    f->store_replica.erased = false;
    c2c_serve_env(f->node, &f->replica, f->roster, &env);
    env.applied = note_applied;
    env.ctx = f;
    err = c2c_provide(&env, asker, request, false, reply, &parked);
    group->erased = group->erased || f->store_replica.erased;
    return err;
}
