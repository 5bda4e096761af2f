/* Laws of taking over states: whatever the order, the grouping and the way, the
 * result is the state that was signed; and how many bytes it takes. */

#include <stdio.h>

#include "author.h"
#include "codec/limits.h"
#include "memrep.h"
#include "prop.h"
#include "sync/apply.h"
#include "sync/collect.h"
#include "sync/provide.h"
#include "test.h"
#include "wire/changes.h"

enum {
    NOW_S = 1700000000,
    REVISIONS = 12,
    COMMITS = 40,
    ROOM = 8 << 20
};

/* Where a city's state comes from, and where it goes. */
struct pair {
    struct author city;
    struct memrep *from;
    struct memrep *to;
    struct c2c_replica source;
    struct c2c_replica target;
    struct c2c_roster *roster;
    struct c2c_apply_env env;
};

static void open_pair(struct pair *p)
{
    struct c2c_roster_options options = {.n_lgas = 0};

    author_init(&p->city, 1, C2C_CITY);
    p->from = memrep_new(1);
    p->to = memrep_new(2);
    p->source = memrep_replica(p->from);
    p->target = memrep_replica(p->to);
    options.self = p->city.id;
    assert_ok(c2c_roster_new(&options, &p->target, &p->roster));
    p->env = (struct c2c_apply_env){.replica = &p->target,
                                    .roster = p->roster,
                                    .now_s = NOW_S,
                                    .network = true};
}

static void close_pair(struct pair *p)
{
    c2c_roster_free(p->roster);
    author_fini(&p->city);
    memrep_free(p->from);
    memrep_free(p->to);
}

static void revise(struct prop *rng, struct pair *p)
{
    unsigned edits = 1 + (unsigned)prop_below(rng, 4);

    if (prop_below(rng, 8) == 0 && p->city.keyset.n < 5) {
        author_rotate(&p->city, &p->source, NOW_S);
        return;
    }
    author_begin(&p->city, &p->source);
    for (unsigned i = 0; i < edits; i++) {
        enum c2c_audience audience = prop_below(rng, 3) == 0
                                         ? C2C_AUDIENCE_NETWORK
                                         : C2C_AUDIENCE_PUBLIC;
        unsigned key = (unsigned)prop_below(rng, 10);

        if (prop_below(rng, 3) == 0) {
            author_remove(&p->city, &p->source, audience, key);
        } else {
            author_put(&p->city, &p->source, audience, key,
                       prop_below(rng, 60));
        }
    }
    author_sign(&p->city, &p->source, NOW_S);
}

static struct c2c_held held(const struct c2c_replica *r,
                            const struct c2c_hash *city)
{
    struct c2c_held h = {.has_head = false};
    enum c2c_err err = r->ops->held(r->ctx, city, &h);

    assert_true(err == C2C_E_OK || err == C2C_E_NOT_FOUND);
    return h;
}

/* What @since and @network make of the source now, as bytes. */
static void collect(struct pair *p, const struct c2c_collect_since *since,
                    bool network, struct c2c_buf *out)
{
    struct c2c_held h = held(&p->source, &p->city.id);
    struct c2c_collected c;

    c2c_buf_init(out, ROOM);
    assert_ok(
        c2c_collect(&p->source, &p->city.id, &h, since, network, ROOM, &c));
    assert_ok(c2c_commit_encode(&c.commit, out));
    c2c_collected_fini(&c);
}

static enum c2c_err take(struct pair *p, const struct c2c_buf *bytes)
{
    struct c2c_applied applied;
    struct c2c_commit commit;

    assert_ok(c2c_commit_decode(c2c_buf_view(bytes), &commit));
    return c2c_apply(&p->env, &commit, &applied);
}

static void assert_sums(struct pair *p)
{
    struct c2c_held h = held(&p->target, &p->city.id);
    struct c2c_dir_sum sum;

    if (!h.has_head) {
        return;
    }
    assert_ok(p->target.ops->sum(p->target.ctx, &p->city.id,
                                 C2C_AUDIENCE_PUBLIC, &sum));
    assert_true(c2c_hash_eq(&sum.root, &h.head.pub.root));
    assert_ok(p->target.ops->sum(p->target.ctx, &p->city.id,
                                 C2C_AUDIENCE_NETWORK, &sum));
    assert_true(h.has_opening ? c2c_hash_eq(&sum.root, &h.opening.sum.root)
                              : sum.count == 0);
}

static void assert_same(struct pair *p)
{
    struct c2c_held a = held(&p->source, &p->city.id);
    struct c2c_held b = held(&p->target, &p->city.id);

    assert_true(c2c_hash_eq(&a.head.content, &b.head.content));
    assert_true(b.has_opening);
    assert_sums(p);
}

/* Deltas from anywhere and full states of every revision, public ones too,
 * arrive in any order, some twice; the newest full one comes last. */
static void any_order_gives_the_newest_state(struct prop *rng)
{
    struct c2c_buf commit[COMMITS];
    struct pair p;
    size_t n = 0;

    open_pair(&p);
    for (unsigned rev = 0; rev < REVISIONS; rev++) {
        revise(rng, &p);
        for (unsigned i = 0; i < 3; i++) {
            const struct c2c_held h = held(&p.source, &p.city.id);
            const struct c2c_collect_since since = {
                .epoch = prop_below(rng, h.head.epoch + 1),
                .rev = 1 + prop_below(rng, h.head.rev),
                .network = true};

            collect(&p, &since, prop_below(rng, 4) != 0, &commit[n++]);
        }
    }
    for (unsigned i = 0; i < 3 * COMMITS; i++) {
        struct c2c_head before = held(&p.target, &p.city.id).head;
        struct c2c_head after;
        enum c2c_err err = take(&p, &commit[prop_below(rng, n)]);

        assert_true(err == C2C_E_OK || err == C2C_E_OLDER ||
                    err == C2C_E_BAD_ROOT || err == C2C_E_BAD_KEYSET);
        after = held(&p.target, &p.city.id).head;
        assert_true(c2c_head_cmp(&after, &before) >= 0);
        assert_sums(&p);
    }
    collect(&p, &(struct c2c_collect_since){.epoch = 0}, true, &commit[n++]);
    (void)take(&p, &commit[n - 1]);
    assert_same(&p);
    for (size_t i = 0; i < n; i++) {
        c2c_buf_fini(&commit[i]);
    }
    close_pair(&p);
}

/* From any earlier state, by revision, by position or all of it. */
static void every_way_leads_to_the_same_state(struct prop *rng)
{
    struct c2c_collect_since since = {.network = true};
    struct c2c_buf commit;
    struct c2c_held h;
    struct pair p;
    unsigned first = 1 + (unsigned)prop_below(rng, REVISIONS);

    open_pair(&p);
    for (unsigned rev = 0; rev < first; rev++) {
        revise(rng, &p);
    }
    collect(&p, &(struct c2c_collect_since){.epoch = 0}, true, &commit);
    assert_ok(take(&p, &commit));
    c2c_buf_fini(&commit);
    h = held(&p.source, &p.city.id);
    for (unsigned rev = 0; rev < REVISIONS; rev++) {
        revise(rng, &p);
    }
    if (prop_below(rng, 3) == 0) {
        memrep_forget_deletions(p.from, &p.city.id,
                                1 + prop_below(rng, REVISIONS));
    }
    switch (prop_below(rng, 3)) {
    case 0:
        since.epoch = h.head.epoch;
        since.rev = h.head.rev;
        break;
    case 1:
        since.by_seq = true;
        since.seq = h.seq;
        break;
    default:
        break;
    }
    collect(&p, &since, true, &commit);
    assert_ok(take(&p, &commit));
    assert_same(&p);
    c2c_buf_fini(&commit);
    close_pair(&p);
}

/* A public state loses the network audience and gets it back. */
static void the_network_audience_comes_back(struct prop *rng)
{
    struct c2c_collect_since nothing = {.epoch = 0};
    struct c2c_buf commit;
    struct pair p;

    open_pair(&p);
    for (unsigned rev = 0; rev < 5; rev++) {
        revise(rng, &p);
        collect(&p, &nothing, rev % 2 == 0, &commit);
        assert_ok(take(&p, &commit));
        assert_int_equal(held(&p.target, &p.city.id).has_opening, rev % 2 == 0);
        assert_sums(&p);
        c2c_buf_fini(&commit);
    }
    close_pair(&p);
}

/* Bytes of a feed's request and answer about @changed cities of one record of
 * @record bytes that was changed. */
static size_t feed_bytes(unsigned changed, size_t record)
{
    struct author lga;
    struct author city[20];
    struct memrep *m = memrep_new(1);
    const struct c2c_replica r = memrep_replica(m);
    struct c2c_roster_options options = {.n_lgas = 1};
    struct c2c_provide_env env = {.replica = &r, .now_s = NOW_S};
    struct c2c_msg_request request = {.kind = C2C_MSG_FEED,
                                      .max_bytes = 1 << 20};
    struct c2c_feed_request feed = {.has_cursor = true,
                                    .cursor = {.network = true}};
    struct c2c_roster *roster;
    struct c2c_asker asker = {.anonymous = false};
    struct c2c_parked parked;
    struct c2c_list_buf scope;
    struct c2c_buf args;
    struct c2c_buf reply;
    size_t bytes;

    author_init(&lga, 90, C2C_LGA);
    c2c_list_init(&scope, 1024);
    c2c_buf_init(&args, 1 << 20);
    c2c_buf_init(&reply, 1 << 20);
    author_begin(&lga, &r);
    for (unsigned i = 0; i < 20; i++) {
        author_init(&city[i], i, C2C_CITY);
        author_admit(&lga, &r, &city[i].id, false, 0);
    }
    author_sign(&lga, &r, NOW_S);
    for (unsigned i = 0; i < 20; i++) {
        author_write(&city[i], &r, 1, NOW_S);
    }
    options.self = lga.id;
    options.lgas = &lga.id;
    assert_ok(c2c_roster_new(&options, &r, &roster));
    env.roster = roster;
    asker.city = city[0].id;
    assert_ok(c2c_list_put_hash(&scope, c2c_hash_cmp(&lga.id, &city[0].id) < 0
                                            ? &lga.id
                                            : &city[0].id));
    assert_ok(c2c_list_put_hash(&scope, c2c_hash_cmp(&lga.id, &city[0].id) < 0
                                            ? &city[0].id
                                            : &lga.id));
    feed.scope = c2c_list_of(&scope);
    feed.cursor.scope = c2c_scope_hash(feed.scope);
    assert_ok(r.ops->instance(r.ctx, &feed.cursor.instance));
    assert_ok(r.ops->seq(r.ctx, &feed.cursor.seq));
    for (unsigned i = 0; i < changed; i++) {
        author_begin(&city[i], &r);
        author_put(&city[i], &r, C2C_AUDIENCE_PUBLIC, 1, record);
        author_sign(&city[i], &r, NOW_S);
    }
    assert_ok(c2c_feed_request_encode(&feed, &args));
    request.args = c2c_buf_view(&args);
    assert_ok(c2c_provide(&env, &asker, &request, false, &reply, &parked));
    bytes = args.n + 8 + reply.n;
    c2c_list_fini(&scope);
    c2c_buf_fini(&args);
    c2c_buf_fini(&reply);
    c2c_roster_free(roster);
    author_fini(&lga);
    for (unsigned i = 0; i < 20; i++) {
        author_fini(&city[i]);
    }
    memrep_free(m);
    return bytes;
}

static void few_bytes_say_that_nothing_changed(void **state)
{
    size_t idle = feed_bytes(0, 0);
    size_t overhead = (feed_bytes(20, 100) - idle) / 20 - 100;

    (void)state;
    (void)printf("in sync: %zu B; a changed record: its bytes and %zu B\n",
                 idle, overhead);
    assert_true(idle <= 250);
    assert_true(overhead <= 650); /* One city each: head and opening too. */
}

static void orders(void **state)
{
    (void)state;
    prop_run("any order", 60, any_order_gives_the_newest_state);
}

static void ways(void **state)
{
    (void)state;
    prop_run("every way", 60, every_way_leads_to_the_same_state);
}

static void audiences(void **state)
{
    (void)state;
    prop_run("audiences", 20, the_network_audience_comes_back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders),
        cmocka_unit_test(ways),
        cmocka_unit_test(audiences),
        cmocka_unit_test(few_bytes_say_that_nothing_changed),
    };

    return cmocka_run_group_tests_name("prop/sync", tests, NULL, NULL);
}
