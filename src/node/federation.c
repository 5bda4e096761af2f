#include "node/federation.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "node/federation_priv.h"
#include "node/feeds.h"
#include "node/mailbox.h"
#include "node/roster_box.h"
#include "store/staged.h"

enum {
    LANES = 4,
    MAX_REPLY = 256 << 10, /* Of bulk: others are not kept waiting by it. */
    LINK_TICK_MS = 1000,
    SESSIONS_TICK_MS = 5000,
    RETRY_FIRST_MS = 1000, /* After a group that failed; doubles ... */
    RETRY_MAX_MS = 16000,  /* ... up to this: who waits here is told in time. */
    QUIET_MS = 300000      /* Without a failure the next one is the first. */
};

uint64_t c2c_federation_now(const struct c2c_federation *f)
{
    return f->node->clock->now_ms(f->node->clock->ctx);
}

/* The engine's numbers are ours. */
static struct hub *hub_of(struct c2c_federation *f, size_t peer)
{
    assert(peer < f->n_hubs && f->hub[peer].link != NULL);
    return &f->hub[peer];
}

static enum c2c_err keep_actions(struct c2c_federation *f,
                                 const struct c2c_actions *actions)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < actions->n_sends && err == C2C_E_OK; i++) {
        err = c2c_hub_keep_letter(f, hub_of(f, actions->sends[i].peer),
                                  &actions->sends[i]);
    }
    for (size_t i = 0; i < actions->n_connects; i++) {
        hub_of(f, actions->connects[i])->connect = true;
    }
    f->changed = f->changed || actions->changed;
    f->new_roster = f->new_roster || actions->roster_changed;
    f->wake_ms = actions->wake_ms;
    return err;
}

enum c2c_err c2c_federation_step(struct c2c_federation *f,
                                 struct c2c_event *event)
{
    struct c2c_actions actions;
    enum c2c_err err;

    event->now_ms = c2c_federation_now(f);
    err = c2c_engine_step(f->engine, event, &actions);
    return err == C2C_E_OK ? keep_actions(f, &actions) : err;
}

void c2c_federation_note(struct c2c_federation *f, enum c2c_event_type type,
                         size_t peer, uint64_t tag, enum c2c_err err)
{
    if (f->n_events < EVENTS_MAX) {
        f->events[f->n_events++] = (struct c2c_event){.type = type,
                                                      .peer = peer,
                                                      .tag = tag,
                                                      .err = err};
    }
}

static enum c2c_err open_engine(struct c2c_federation *f)
{
    struct c2c_engine_options options = {.self = f->node->identity.city,
                                         .roles = C2C_ROLE_CITY,
                                         .replica = &f->replica,
                                         .rng = &c2c_rng_system,
                                         .lanes = LANES,
                                         .max_reply = MAX_REPLY};
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
    enum c2c_err err;

    c2c_store_replica_init(&f->store_replica, group->env->store,
                           f->node->types);
    f->replica = c2c_store_replica_of(&f->store_replica);
    err = c2c_staged_drop(group->env->store, NULL);
    if (err == C2C_E_OK) { /* The hubs are trusted: count them first. */
        f->n_hubs = 0;
        err = c2c_federation_use_roster(f);
    }
    if (err == C2C_E_OK) {
        err = open_engine(f);
    }
    if (err == C2C_E_OK) {
        err = c2c_hubs_configure(f);
    }
    if (err == C2C_E_OK) {
        err = c2c_hubs_renew(f);
    }
    return err == C2C_E_OK ? c2c_federation_use_roster(f) : err;
}

static void copy_holders(const struct c2c_federation *f,
                         struct c2c_hub_standing *s, size_t peer)
{
    struct c2c_list_view holders = c2c_engine_holders(f->engine, peer);

    s->n_holders = 0;
    while (s->n_holders < C2C_MAX_HOLDERS &&
           c2c_list_next_holder(&holders, &s->holder[s->n_holders]) ==
               C2C_E_OK) {
        s->n_holders++;
    }
}

static void copy_standings(struct c2c_federation *f)
{
    (void)pthread_mutex_lock(&f->lock);
    f->n_standing = 0;
    for (size_t i = 0; i < f->n_hubs; i++) {
        struct c2c_hub_standing *s = &f->standing[f->n_standing];

        if (f->hub[i].link == NULL) {
            continue;
        }
        f->n_standing++;

        (void)snprintf(s->url, sizeof s->url, "%s", f->hub[i].url);
        s->id = f->hub[i].id;
        s->joined_s = f->hub[i].joined_s;
        s->invited = f->hub[i].invited;
        s->now_ms = c2c_federation_now(f);
        c2c_engine_standing(f->engine, f->hub[i].peer, &s->peer);
        copy_holders(f, s, f->hub[i].peer);
    }
    (void)pthread_mutex_unlock(&f->lock);
}

/* Whoever has a new keyset must prove itself under that. */
static void doubt_rekeyed(struct c2c_federation *f)
{
    struct c2c_store_replica *r = &f->store_replica;

    for (size_t i = 0; i < r->n_rekeyed; i++) {
        c2c_sessions_doubt(f->node->sessions, &r->rekeyed[i]);
    }
    r->n_rekeyed = 0;
}

/* The store does not take what it should.  To try at once and again would keep
 * the writer from everything else. */
static void note_failure(struct c2c_federation *f, enum c2c_err err)
{
    uint64_t now_ms = c2c_clock_moment(f->node->clock).mono_ms;
    uint64_t wait_ms = RETRY_FIRST_MS;
    bool quiet = c2c_clock_since(f->trouble.at_ms, now_ms) > QUIET_MS;
    unsigned times = quiet ? 0 : f->trouble.times;

    for (unsigned i = 0; i < times && wait_ms < RETRY_MAX_MS; i++) {
        wait_ms *= 2;
    }
    f->retry_ms = now_ms + wait_ms;
    (void)pthread_mutex_lock(&f->lock);
    f->trouble = (struct c2c_federation_trouble){.err = err,
                                                 .times = times + 1,
                                                 .at_ms = now_ms};
    (void)pthread_mutex_unlock(&f->lock);
}

bool c2c_federation_trouble(struct c2c_federation *f,
                            struct c2c_federation_trouble *ret_trouble)
{
    uint64_t now_ms = c2c_clock_moment(f->node->clock).mono_ms;

    (void)pthread_mutex_lock(&f->lock);
    *ret_trouble = f->trouble;
    (void)pthread_mutex_unlock(&f->lock);
    return ret_trouble->times > 0 &&
           c2c_clock_since(ret_trouble->at_ms, now_ms) <
               UINT64_C(2) * RETRY_MAX_MS;
}

/* After every group. */
static void durable(void *ctx, enum c2c_err err, bool own_changed)
{
    struct c2c_federation *f = ctx;

    if (err != C2C_E_OK) {
        f->reset = true;
        f->new_roster = true; /* What it was built from may be gone. */
        f->new_hubs = true;
        f->store_replica.last_no = 0;
        note_failure(f, err);
    }
    doubt_rekeyed(f);
    if (err == C2C_E_OK) {
        c2c_hub_send_letters(f);
    } else {
        c2c_hub_drop_letters(f, NULL);
    }
    for (size_t i = 0; i < f->n_hubs && err == C2C_E_OK; i++) {
        if (f->hub[i].link != NULL && f->hub[i].connect) {
            c2c_hub_connect(f, &f->hub[i]);
        }
    }
    if (err == C2C_E_OK && own_changed) {
        f->new_roster =
            f->new_roster || f->node->identity.keyset.kind == C2C_LGA;
        c2c_federation_note(f, C2C_EV_CHANGED, 0, 0, C2C_E_OK);
    }
    f->changed = f->changed || (err == C2C_E_OK && own_changed);
    /* Who hears of a new member is to be answered by the roster that has it. */
    if (err == C2C_E_OK && f->changed && !f->new_roster) {
        c2c_feeds_wake(f->node->feeds);
        f->changed = false;
    }
    copy_standings(f);
}

static uint64_t wait_ms(void *ctx)
{
    const struct c2c_federation *f = ctx;
    uint64_t now = c2c_federation_now(f);
    uint64_t mono_ms = c2c_clock_moment(f->node->clock).mono_ms;
    uint64_t wait = LINK_TICK_MS;

    if (f->retry_ms > mono_ms) {
        return f->retry_ms - mono_ms;
    }
    if (f->reset || f->new_roster || f->new_hubs || f->n_events > 0 ||
        f->wake_ms <= now || f->link_tick_ms <= now) {
        return 0;
    }
    if (f->link_tick_ms - now < wait) {
        wait = f->link_tick_ms - now;
    }
    return f->wake_ms - now < wait ? f->wake_ms - now : wait;
}

static enum c2c_err run_events(struct c2c_federation *f)
{
    enum c2c_err err = C2C_E_OK;
    size_t n = f->n_events;

    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        err = c2c_federation_step(f, &f->events[i]);
    }
    if (err == C2C_E_OK) {
        f->n_events -= n;
        memmove(f->events, f->events + n, f->n_events * sizeof f->events[0]);
    }
    return err;
}

/* Another pass in time, for who dials here and for whom this node dials. */
static void renew_pass(struct c2c_federation *f)
{
    struct c2c_node *node = f->node;
    uint64_t now_s = c2c_federation_now(f) / 1000;
    struct c2c_pass *pass;
    enum c2c_err err;

    if (!c2c_pass_is_old(node->pass, &node->identity, now_s)) {
        return;
    }
    err = c2c_pass_new(&node->identity, now_s, &c2c_rng_system, &pass);
    if (err != C2C_E_OK) { /* There is half a life left to try again. */
        c2c_log(C2C_LOG_WARN, "federation",
                "identity proof not renewed, trying again err=%s",
                c2c_errname(err));
        return;
    }
    c2c_sessions_show(node->sessions, c2c_pass_show(pass));
    for (size_t i = 0; i < f->n_hubs; i++) {
        if (f->hub[i].link != NULL &&
            c2c_link_show(f->hub[i].link, c2c_pass_show(pass))) {
            f->hub[i].connect = true;
        }
    }
    c2c_pass_free(node->pass);
    node->pass = pass;
    c2c_log(C2C_LOG_INFO, "federation", "identity proof renewed");
}

/* Of sessions and handshakes that are over. */
static void forget_sessions(struct c2c_federation *f)
{
    const struct c2c_moment now = c2c_clock_moment(f->node->clock);

    if (now.mono_ms >= f->sessions_tick_ms) {
        f->sessions_tick_ms = now.mono_ms + SESSIONS_TICK_MS;
        c2c_sessions_tick(f->node->sessions, &now);
    }
}

/* What time brings, and what was noted. */
static enum c2c_err tick(void *ctx, struct c2c_group *group)
{
    struct c2c_federation *f = ctx;
    struct c2c_event event = {.type = C2C_EV_RESET};
    enum c2c_err err = C2C_E_OK;

    f->store_replica.erased = false;
    f->link_tick_ms = c2c_federation_now(f) + LINK_TICK_MS;
    renew_pass(f);
    forget_sessions(f);
    if (f->reset) {
        err = c2c_federation_step(f, &event);
        f->reset = err != C2C_E_OK;
    }
    if (err == C2C_E_OK && f->new_hubs) {
        err = c2c_hubs_renew(f);
        f->new_hubs = err != C2C_E_OK;
    }
    if (err == C2C_E_OK && f->new_roster) {
        err = c2c_federation_use_roster(f);
    }
    if (err == C2C_E_OK) {
        err = c2c_federation_delete_hidden(f);
    }
    for (size_t i = 0; i < f->n_hubs && err == C2C_E_OK; i++) {
        if (f->hub[i].link != NULL) {
            err = c2c_hub_tick(f, &f->hub[i]);
        }
    }
    if (err == C2C_E_OK) {
        err = run_events(f);
    }
    event.type = C2C_EV_TICK;
    if (err == C2C_E_OK) {
        err = c2c_federation_step(f, &event);
    }
    c2c_feeds_tick(f->node->feeds, c2c_federation_now(f) / 1000);
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

/* On the writer's thread: its guest changes there alone. */
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
    c2c_hub_drop_letters(f, NULL);
    c2c_free(f->letters);
    c2c_engine_free(f->engine);
    c2c_roster_box_return(f->node->rosters, f->roster);
    c2c_store_replica_fini(&f->store_replica);
    (void)pthread_mutex_destroy(&f->lock);
    c2c_free(f);
}

size_t c2c_federation_hubs(struct c2c_federation *f,
                           struct c2c_hub_standing *ret_hubs, size_t max)
{
    size_t n;

    if (f == NULL) {
        return 0;
    }
    (void)pthread_mutex_lock(&f->lock);
    n = f->n_standing;
    for (size_t i = 0; i < n && i < max; i++) {
        ret_hubs[i] = f->standing[i];
    }
    (void)pthread_mutex_unlock(&f->lock);
    return n;
}

/* What fails here is made up for by the next tick. */
static enum c2c_err renew_hubs(void *ctx, struct c2c_group *group,
                               struct c2c_job *job)
{
    struct c2c_federation *f = ctx;
    enum c2c_err err = c2c_hubs_renew(f);

    (void)group;
    (void)job;
    f->new_hubs = err != C2C_E_OK;
    copy_standings(f);
    return C2C_E_OK;
}

enum c2c_err c2c_federation_renew_hubs(struct c2c_federation *f)
{
    struct c2c_job job = {.prepare = renew_hubs, .ctx = f};

    if (f == NULL) {
        return C2C_E_OK; /* Read when it begins. */
    }
    c2c_writer_run(f->node->writer, &job);
    return job.err;
}

static enum c2c_err go_round(void *ctx, struct c2c_group *group,
                             struct c2c_job *job)
{
    struct c2c_federation *f = ctx;
    struct c2c_event event = {.type = C2C_EV_SYNC};
    enum c2c_err err = c2c_federation_step(f, &event);

    (void)job;
    f->reset = f->reset || err != C2C_E_OK;
    group->erased = group->erased || f->store_replica.erased;
    copy_standings(f);
    return err;
}

void c2c_federation_sync(struct c2c_federation *f, struct c2c_job *ret_job)
{
    *ret_job = (struct c2c_job){.prepare = go_round, .ctx = f};
    c2c_writer_run(f->node->writer, ret_job);
}
