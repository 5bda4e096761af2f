/* A hundred nodes in trouble: whatever happens, they agree afterwards.
 *
 * Two associations' hubs peer with each other; cities belong to one or both and
 * dial one or both, and a few dial one another.  For a while they write, rotate
 * keys, are admitted and expelled, while the network loses, repeats, reorders
 * and cuts, nodes crash and come back (some from an old backup), clocks are
 * wrong and some members lie.  Then the network heals.
 *
 * C2C_SIM_SEED runs one seed, with a trace if C2C_SIM_TRACE is set;
 * C2C_SIM_FIRST and C2C_SIM_SEEDS say which are run otherwise. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test.h"
#include "world.h"

enum {
    HUBS = 2,
    NODES = 102,
    LIARS = 3,
    STRANGERS = 3, /* Who join later. */
    LARGE = 2,
    TROUBLES = 100,
    TROUBLE_MS = 5000,
    HEAL_MS = 20 * 60 * 1000, /* In which they agree ... */
    HEAL_BYTES = 400 << 20,   /* ... with so many bytes. */
    IDLE_MS = 5 * 60 * 1000,
    IDLE_BYTES = 2 << 20,
    SEEDS = 50
};

static struct node *any(struct world *w)
{
    return w->node[prop_below(&w->rng, w->n_nodes)];
}

static struct node *any_city(struct world *w)
{
    return w->node[HUBS + prop_below(&w->rng, w->n_nodes - HUBS)];
}

static struct c2c_replica store(struct node *n)
{
    return memrep_replica(n->store);
}

static void admit(struct world *w, struct node *hub, const struct node *city)
{
    const struct c2c_replica r = store(hub);

    if (!world_may_sign(hub)) {
        return;
    }
    author_begin(&hub->author, &r);
    author_admit(&hub->author, &r, &city->author.id, false, 0);
    author_sign(&hub->author, &r, world_now_s(w, hub));
    world_changed(w, hub);
}

static void expel(struct world *w, struct node *hub, const struct node *city)
{
    const struct c2c_replica r = store(hub);

    if (!world_may_sign(hub)) {
        return;
    }
    author_begin(&hub->author, &r);
    author_expel(&hub->author, &r, &city->author.id);
    author_sign(&hub->author, &r, world_now_s(w, hub));
    world_changed(w, hub);
}

static void write_some(struct world *w, struct node *n, size_t bytes)
{
    const struct c2c_replica r = store(n);
    bool was_restored = n->restored;
    unsigned edits = 1 + (unsigned)prop_below(&w->rng, 3);

    if (!world_may_sign(n)) {
        return;
    }
    if (was_restored) { /* What it had signed since may be somewhere. */
        author_rotate(&n->author, &r, world_now_s(w, n));
    }
    author_begin(&n->author, &r);
    for (unsigned i = 0; i < edits; i++) {
        enum c2c_audience audience = prop_below(&w->rng, 3) == 0
                                         ? C2C_AUDIENCE_NETWORK
                                         : C2C_AUDIENCE_PUBLIC;
        unsigned key = (unsigned)prop_below(&w->rng, 8);

        if (prop_below(&w->rng, 3) == 0) {
            author_remove(&n->author, &r, audience, key);
        } else {
            author_put(&n->author, &r, audience, key, bytes);
        }
    }
    author_sign(&n->author, &r, world_now_s(w, n));
    world_changed(w, n);
}

static void write_large(struct world *w, struct node *n)
{
    const struct c2c_replica r = store(n);

    author_begin(&n->author, &r);
    for (unsigned key = 0; key < 9; key++) {
        author_put(&n->author, &r, C2C_AUDIENCE_PUBLIC, key, 60000);
    }
    author_sign(&n->author, &r, world_now_s(w, n));
}

static void rotate(struct world *w, struct node *n)
{
    const struct c2c_replica r = store(n);

    if (world_may_sign(n) && n->author.keyset.n < 4) {
        author_rotate(&n->author, &r, world_now_s(w, n));
        world_changed(w, n);
    }
}

static void refresh(struct world *w, struct node *n)
{
    const struct c2c_replica r = store(n);

    if (world_may_sign(n)) {
        author_refresh(&n->author, &r, world_now_s(w, n));
        world_changed(w, n);
    }
}

/* Some link becomes bad, or good again. */
static void disturb(struct world *w)
{
    struct node *a = any(w);
    struct node *b =
        a->n_peers > 0 ? w->node[a->peer[prop_below(&w->rng, a->n_peers)].node]
                       : any(w);
    struct link *link = prop_below(&w->rng, 2) == 0
                            ? &w->link[a->number][b->number]
                            : &w->link[b->number][a->number];

    *link = (struct link){.cut = prop_below(&w->rng, 4) == 0,
                          .loss_pct = (unsigned)prop_below(&w->rng, 20),
                          .dup_pct = (unsigned)prop_below(&w->rng, 20),
                          .min_ms = 1 + (unsigned)prop_below(&w->rng, 50)};
    link->max_ms = link->min_ms + (unsigned)prop_below(&w->rng, 800);
}

/* Two islands, or one again. */
static void divide(struct world *w, bool cut)
{
    for (size_t i = 0; i < w->n_nodes; i++) {
        for (size_t j = 0; j < w->n_nodes; j++) {
            w->link[i][j].cut = cut && i % 2 != j % 2;
        }
    }
}

static void trouble(struct world *w)
{
    struct node *n = any_city(w);

    switch (prop_below(&w->rng, 16)) {
    case 0:
        rotate(w, n);
        break;
    case 1:
        refresh(w, n);
        break;
    case 2:
    case 3:
        disturb(w);
        break;
    case 4:
        world_crash(w, any(w), prop_below(&w->rng, 60000));
        break;
    case 5:
        world_backup(w, n);
        break;
    case 6:
        if (n->author.keyset.n < 6) {
            world_restore(w, n, prop_below(&w->rng, 60000));
        }
        break;
    case 7:
        n->skew_ms = (int64_t)prop_below(&w->rng, 600000) - 300000;
        break;
    case 8:
        n->skew_ms = (int64_t)prop_below(&w->rng, 2400000) - 1200000;
        break;
    case 9:
        admit(w, w->node[prop_below(&w->rng, HUBS)], n);
        break;
    case 10:
        expel(w, w->node[prop_below(&w->rng, HUBS)], n);
        break;
    case 11:
        divide(w, prop_below(&w->rng, 3) == 0);
        break;
    default:
        write_some(w, n, prop_below(&w->rng, 400));
        break;
    }
}

static void build(struct world *w)
{
    for (unsigned i = 0; i < NODES; i++) {
        (void)world_add(w, i < HUBS ? C2C_LGA : C2C_CITY);
    }
    for (unsigned i = 0; i < NODES; i++) {
        struct node *n = w->node[i];
        const struct c2c_replica r = store(n);
        uint64_t which = prop_below(&w->rng, 4);

        n->liar = i >= NODES - LIARS;
        world_trust(n, w->node[0]);
        if (i < HUBS || prop_below(&w->rng, 10) != 0) {
            world_trust(n, w->node[1]);
        } else {
            which = 2; /* It dials whom it trusts. */
        }
        if (i < HUBS) {
            world_dial(n, w->node[1 - i]);
        } else if (which != 0) {
            world_dial(n, w->node[which % HUBS]);
        } else {
            world_dial(n, w->node[0]);
            world_dial(n, w->node[1]);
        }
        if (i > HUBS && prop_below(&w->rng, 12) == 0) {
            world_dial(n, w->node[HUBS + prop_below(&w->rng, i - HUBS)]);
        } else if (i >= HUBS && !n->liar && prop_below(&w->rng, 12) == 0) {
            world_dial(n, w->node[NODES - 1 - prop_below(&w->rng, LIARS)]);
        }
        if (i >= HUBS && i < HUBS + LARGE) {
            write_large(w, n);
        } else {
            author_write(&n->author, &r, i, world_now_s(w, n));
        }
    }
    for (unsigned i = HUBS; i < NODES - STRANGERS; i++) {
        struct node *hub = w->node[prop_below(&w->rng, HUBS)];
        const struct c2c_replica r = store(hub);

        author_begin(&hub->author, &r);
        author_admit(&hub->author, &r, &w->node[i]->author.id, false, 0);
        author_sign(&hub->author, &r, world_now_s(w, hub));
    }
    for (unsigned i = 0; i < NODES; i++) {
        world_start(w, w->node[i]);
    }
}

static void heal(struct world *w)
{
    w->fail_pct = 0;
    for (unsigned i = 0; i < NODES; i++) {
        w->node[i]->skew_ms = 0;
        for (unsigned j = 0; j < NODES; j++) {
            w->link[i][j] = (struct link){.min_ms = 10, .max_ms = 60};
        }
        if (w->node[i]->up) { /* Clocks that jump must not stop timers. */
            world_sync(w, w->node[i]);
        }
    }
}

static bool agree_in_time(struct world *w)
{
    uint64_t end = w->now_ms + HEAL_MS;

    world_run(w, 60000); /* Whoever is down comes back. */
    while (!world_agrees(w, false)) {
        if (w->now_ms >= end) {
            return false;
        }
        world_run(w, 10000);
    }
    return true;
}

static void check_all(struct world *w)
{
    for (unsigned i = 0; i < NODES; i++) {
        world_check_store(w, w->node[i]);
    }
}

static void run_seed(uint64_t seed, bool trace)
{
    struct world *w = world_new(seed);
    uint64_t bytes;
    uint64_t healed;

    w->trace = trace;
    w->group_ms = 1 + (unsigned)prop_below(&w->rng, 20);
    w->lying = true;
    build(w);
    world_run(w, 30000);
    w->fail_pct = seed % 2 == 0 ? 1 : 0;
    for (unsigned i = 0; i < TROUBLES; i++) {
        trouble(w);
        world_run(w, prop_below(&w->rng, TROUBLE_MS));
    }
    bytes = w->bytes;
    healed = w->now_ms;
    heal(w);
    if (!agree_in_time(w)) {
        (void)world_agrees(w, true);
        world_fail(w, "no agreement after the network healed");
    }
    check_all(w);
    if (w->bytes - bytes > HEAL_BYTES) {
        world_fail(w, "healing took too many bytes");
    }
    if (getenv("C2C_SIM_STATS") != NULL) {
        (void)printf("seed %llu: %llu events, %llu requests, %llu kB, healed "
                     "in %llu s with %llu kB\n",
                     (unsigned long long)seed, (unsigned long long)w->events,
                     (unsigned long long)w->requests,
                     (unsigned long long)w->bytes / 1000,
                     (unsigned long long)(w->now_ms - healed) / 1000,
                     (unsigned long long)(w->bytes - bytes) / 1000);
    }
    w->lying = false;
    world_run(w, IDLE_MS); /* What liars had begun ends. */
    bytes = w->bytes;
    world_run(w, IDLE_MS);
    if (!world_agrees(w, true)) {
        world_fail(w, "no agreement any more");
    }
    if (w->bytes - bytes > IDLE_BYTES) {
        world_fail(w, "nodes that agree talk too much");
    }
    world_free(w);
}

static uint64_t setting(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);

    return text == NULL ? fallback : strtoull(text, NULL, 10);
}

static void nodes_agree_after_any_trouble(void **state)
{
    uint64_t first = setting("C2C_SIM_FIRST", 1);
    uint64_t n = setting("C2C_SIM_SEEDS", SEEDS);

    (void)state;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (getenv("C2C_SIM_SEED") != NULL) {
        run_seed(setting("C2C_SIM_SEED", 0), getenv("C2C_SIM_TRACE") != NULL);
        return;
    }
    for (uint64_t i = 0; i < n; i++) {
        run_seed(first + i, false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_agree_after_any_trouble)};

    return cmocka_run_group_tests_name("sim/seeds", tests, NULL, NULL);
}
