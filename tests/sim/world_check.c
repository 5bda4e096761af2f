/* What must hold at every step, and in the end. */

#include <stdio.h>
#include <string.h>

#include "codec/limits.h"
#include "world_priv.h"

enum {
    LISTS_MAX = 256 << 10, /* Of an engine, a peer; beside what it heals. */
    HEAL_MAX = 64 << 20,
    STAGED_MAX = 64 << 20,
    CHECK_ONE_IN = 8
};

/* Invariants. */

static unsigned author_of(const struct world *w, const struct c2c_hash *city)
{
    for (unsigned i = 0; i < w->n_nodes; i++) {
        if (c2c_hash_eq(&w->node[i]->author.id, city)) {
            return i;
        }
    }
    return WORLD_NODES;
}

struct watch watches[WORLD_NODES];

static void check_sums(struct world *w, const struct c2c_replica *r,
                       const struct c2c_hash *city)
{
    struct c2c_held held;
    struct c2c_dir_sum sum;

    check(w, r->ops->held(r->ctx, city, &held) == C2C_E_OK, "held");
    if (!held.has_head) {
        return;
    }
    check(w, r->ops->sum(r->ctx, city, C2C_AUDIENCE_PUBLIC, &sum) == C2C_E_OK,
          "sum");
    check(w, c2c_hash_eq(&sum.root, &held.head.pub.root),
          "a root is not the signed one");
    check(w, r->ops->sum(r->ctx, city, C2C_AUDIENCE_NETWORK, &sum) == C2C_E_OK,
          "sum");
    if (held.has_opening) {
        struct c2c_hash net = c2c_net_commit(&held.opening);

        check(w, c2c_hash_eq(&net, &held.head.net), "a false opening");
        check(w, c2c_hash_eq(&sum.root, &held.opening.sum.root),
              "a network root is not the signed one");
    } else {
        check(w, sum.count == 0, "network records without their root");
    }
}

/* Of every head that a store takes. */
void check_head(void *ctx, const struct c2c_replica *r,
                const struct c2c_hash *city)
{
    const struct watch *watch = ctx;
    struct world *w = watch->w;
    struct c2c_keyset keyset;
    struct c2c_held held;
    struct c2c_head head;
    struct c2c_head *seen;
    struct c2c_buf bytes;
    unsigned author = author_of(w, city);

    check(w, author < WORLD_NODES, "the head of nobody");
    c2c_buf_init(&bytes, C2C_MAX_HEAD_BYTES);
    check(w, r->ops->held(r->ctx, city, &held) == C2C_E_OK, "held");
    check(w, r->ops->keyset(r->ctx, city, &keyset) == C2C_E_OK, "keyset");
    check(w, r->ops->head(r->ctx, city, &bytes) == C2C_E_OK, "head");
    seen = &watch->n->seen[author];
    head = held.head;
    if (c2c_hash_eq(&head.content, &seen->content) && head.epoch < keyset.n) {
        c2c_buf_fini(&bytes);
        return; /* Put again, while its next keyset waits for a head. */
    }
    check(w, c2c_head_verify(c2c_buf_view(&bytes), &keyset, &head) == C2C_E_OK,
          "a head is not signed");
    c2c_buf_fini(&bytes);
    if (c2c_head_cmp(&head, seen) < 0) {
        (void)fprintf(stderr,
                      "node %u, city %u: (%llu, %llu, %llu) after (%llu, %llu, "
                      "%llu)\n",
                      watch->n->number, author, (unsigned long long)head.epoch,
                      (unsigned long long)head.rev,
                      (unsigned long long)head.time_s,
                      (unsigned long long)seen->epoch,
                      (unsigned long long)seen->rev,
                      (unsigned long long)seen->time_s);
        world_fail(w, "a revision went back");
    }
    *seen = head;
    if (w->trace) {
        char a[16];

        (void)printf("%8llu %s holds city %u (%llu, %llu, %llu)%s\n",
                     (unsigned long long)(w->now_ms - START_S * 1000ULL),
                     name_of(watch->n, a), author,
                     (unsigned long long)head.epoch,
                     (unsigned long long)head.rev,
                     (unsigned long long)head.time_s,
                     held.has_opening ? "" : " public only");
    }
    if (prop_below(&w->rng, CHECK_ONE_IN) == 0) {
        check_sums(w, r, city);
    }
}

static enum c2c_err look_again(void *ctx, const struct c2c_hash *city,
                               const struct c2c_held *held)
{
    const struct watch *watch = ctx;

    watch->n->seen[author_of(watch->w, city)] = held->head;
    return C2C_E_OK;
}

/* After the store went back. */
void see_anew(struct world *w, struct node *n)
{
    const struct c2c_replica r = memrep_replica(n->store);
    const struct c2c_hash first = {{0}};

    memset(n->seen, 0, sizeof n->seen);
    check(w,
          r.ops->cities(r.ctx, &first, look_again, &watches[n->number]) ==
              C2C_E_OK,
          "cities");
}

static enum c2c_err check_city(void *ctx, const struct c2c_hash *city,
                               const struct c2c_held *held)
{
    const struct watch *watch = ctx;
    const struct c2c_replica r = memrep_replica(watch->n->store);

    (void)held;
    check_sums(watch->w, &r, city);
    return C2C_E_OK;
}

void world_check_store(struct world *w, struct node *n)
{
    const struct c2c_replica r = memrep_replica(n->store);
    const struct c2c_hash first = {{0}};

    check(w,
          r.ops->cities(r.ctx, &first, check_city, &watches[n->number]) ==
              C2C_E_OK,
          "cities");
}

void check_bounds(struct world *w, const struct node *n)
{
    for (size_t i = 0; i < n->n_peers; i++) {
        size_t bytes = c2c_engine_memory(n->engine, n->peer[i].number);

        check(w, bytes < LISTS_MAX + HEAL_MAX, "an engine holds too much");
    }
    check(w, memrep_staged_bytes(n->store) < STAGED_MAX, "too much is staged");
}

/* Agreement. */

static bool holds_newest(const struct node *n, const struct node *of)
{
    const struct c2c_replica here = memrep_replica(n->store);
    const struct c2c_replica there = memrep_replica(of->store);
    struct c2c_held a = {.has_head = false};
    struct c2c_held b = {.has_head = false};
    enum c2c_err err = here.ops->held(here.ctx, &of->author.id, &a);

    if (there.ops->held(there.ctx, &of->author.id, &b) != C2C_E_OK ||
        !b.has_head) {
        return true;
    }
    return err == C2C_E_OK && a.has_head &&
           c2c_hash_eq(&a.head.content, &b.head.content) &&
           a.head.time_s == b.head.time_s &&
           (a.has_opening ||
            !c2c_roster_sees_network(of->roster, &n->author.id));
}

static void tell_held(const struct node *n, const struct c2c_hash *city)
{
    const struct c2c_replica r = memrep_replica(n->store);
    struct c2c_held held = {.has_head = false};

    if (r.ops->held(r.ctx, city, &held) == C2C_E_OK) {
        (void)printf(" (%llu, %llu, %llu%s)",
                     (unsigned long long)held.head.epoch,
                     (unsigned long long)held.head.rev,
                     (unsigned long long)held.head.time_s,
                     held.has_opening ? "" : " public only");
    }
}

/* How @n stands with its peers. */
static void tell_peers(const struct world *w, const struct node *n)
{
    for (size_t i = 0; i < n->n_peers; i++) {
        struct c2c_peer_standing s;
        char a[16];

        c2c_engine_standing(n->engine, n->peer[i].number, &s);
        (void)printf("  %s: phase %d, connected %d, current %d, has ours %d, "
                     "retry in %lld, refused %s, bad %llu\n",
                     name_of(w->node[n->peer[i].node], a), (int)s.phase,
                     s.connected, s.current, s.has_ours,
                     (long long)(s.retry_ms - node_ms(w, n)),
                     c2c_errname(s.refused), (unsigned long long)s.bad);
    }
}

bool world_agrees(struct world *w, bool why)
{
    bool all = true;

    for (size_t i = 0; i < w->n_nodes; i++) {
        const struct node *n = w->node[i];

        for (size_t j = 0; j < w->n_nodes && n->up && !n->liar; j++) {
            const struct node *of = w->node[j];
            char a[16];
            char b[16];

            if (of->liar || !of->up ||
                c2c_roster_find(n->roster, &of->author.id) == NULL ||
                holds_newest(n, of)) {
                continue;
            }
            all = false;
            if (why) {
                (void)printf("%s lacks the newest of %s:", name_of(n, a),
                             name_of(of, b));
                tell_held(n, &of->author.id);
                tell_held(of, &of->author.id);
                (void)printf("\n");
                tell_peers(w, n);
                tell_peers(w, of);
            }
        }
    }
    return all;
}
