/* Taking over commits: what is refused, in which order, and that nothing is
 * left of it (PROTOCOL "Taking over a commit"). */

#include "sync/apply.h"

#include <string.h>

#include "author.h"
#include "memrep.h"
#include "sync/collect.h"
#include "test.h"

enum {
    NOW_S = 1700000000,
    ROOM = 1 << 20
};

static struct author lga, city;
static struct memrep *here, *there;
static struct c2c_replica ours, theirs;
static struct c2c_roster *roster;
static struct c2c_apply_env env;
static struct c2c_collected good; /* The city's state over there. */

/* The roster of a trusted LGA that lists the city, or does not. */
static void admit(bool admitted, uint64_t quota)
{
    const struct c2c_roster_options options = {.self = lga.id,
                                               .lgas = &lga.id,
                                               .n_lgas = 1};

    author_begin(&lga, &ours);
    if (admitted) {
        author_admit(&lga, &ours, &city.id, false, quota);
    } else {
        author_expel(&lga, &ours, &city.id);
    }
    author_sign(&lga, &ours, NOW_S);
    c2c_roster_free(roster);
    assert_ok(c2c_roster_new(&options, &ours, &roster));
    env.roster = roster;
}

/* Collect the city's state over there as one commit. */
static void collect(const struct c2c_collect_since *since)
{
    struct c2c_held held;

    assert_ok(theirs.ops->held(theirs.ctx, &city.id, &held));
    assert_ok(c2c_collect(&theirs, &city.id, &held, since, true, ROOM, &good));
}

static int set_up(void **state)
{
    const struct c2c_collect_since nothing = {.epoch = 0};

    (void)state;
    here = memrep_new(1);
    there = memrep_new(2);
    ours = memrep_replica(here);
    theirs = memrep_replica(there);
    author_init(&lga, 1, C2C_LGA);
    author_init(&city, 2, C2C_CITY);
    env = (struct c2c_apply_env){.replica = &ours,
                                 .now_s = NOW_S,
                                 .network = true};
    admit(false, 0);
    author_begin(&city, &theirs);
    author_put(&city, &theirs, C2C_AUDIENCE_PUBLIC, 1, 50);
    author_put(&city, &theirs, C2C_AUDIENCE_PUBLIC, 2, 50);
    author_put(&city, &theirs, C2C_AUDIENCE_NETWORK, 3, 50);
    author_sign(&city, &theirs, NOW_S);
    collect(&nothing);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    c2c_collected_fini(&good);
    c2c_roster_free(roster);
    roster = NULL;
    memrep_free(here);
    memrep_free(there);
    author_fini(&lga);
    author_fini(&city);
    return 0;
}

/* Refused so, and nothing of the city is known afterwards. */
static void refused(const struct c2c_commit *commit, enum c2c_err want)
{
    struct c2c_applied applied = {.puts = 77};
    struct c2c_held held;

    assert_err(c2c_apply(&env, commit, &applied), want);
    assert_int_equal(applied.puts, 77);
    assert_err(ours.ops->held(ours.ctx, &city.id, &held), C2C_E_NOT_FOUND);
}

/* The first @n puts of the good commit, but for number @skip; @swap: the first
 * two change places. */
static struct c2c_list_view some_puts(struct c2c_list_buf *list, size_t skip,
                                      bool swap)
{
    struct c2c_list_view from = good.commit.puts;
    struct c2c_put put[3];

    for (size_t i = 0; i < 3; i++) {
        assert_ok(c2c_list_next_put(&from, &put[i]));
    }
    assert_int_equal(from.n, 0);
    c2c_list_init(list, ROOM);
    for (size_t i = 0; i < 3; i++) {
        if (i != skip) {
            assert_ok(c2c_list_put_put(list, &put[swap && i < 2 ? 1 - i : i]));
        }
    }
    return c2c_list_of(list);
}

static void refuse_puts(void)
{
    const struct c2c_put no_record = {C2C_AUDIENCE_PUBLIC,
                                      c2c_view_str("\x91\x01")};
    struct c2c_commit commit = good.commit;
    struct c2c_list_buf list;

    commit.has_opening = false;
    refused(&commit, C2C_E_MALFORMED); /* A network put is left. */
    commit = good.commit;
    commit.puts = some_puts(&list, 3, true);
    refused(&commit, C2C_E_NONCANON);
    c2c_list_fini(&list);
    commit.puts = some_puts(&list, 0, false);
    assert_ok(c2c_list_put_put(&list, &no_record));
    commit.puts = c2c_list_of(&list);
    refused(&commit, C2C_E_MALFORMED);
    c2c_list_fini(&list);
    for (size_t skip = 0; skip < 3; skip++) { /* Of either audience. */
        commit.puts = some_puts(&list, skip, false);
        refused(&commit, C2C_E_BAD_ROOT);
        c2c_list_fini(&list);
    }
}

/* A commit that is wrong in every way is mended, one thing after the other. */
static void each_reason_to_refuse_comes_in_its_turn(void **state)
{
    struct c2c_commit commit = good.commit;
    struct c2c_list_buf strange;
    struct c2c_applied applied;

    (void)state;
    c2c_list_init(&strange, ROOM);
    assert_ok(c2c_list_put_bin(&strange, c2c_buf_view(&lga.keysets[0])));
    commit.head.n--;
    commit.keysets = c2c_list_of(&strange);
    commit.opening.blind.b[0] ^= 1;
    commit.form = C2C_COMMIT_HEAD;
    env.now_s = NOW_S - 1000;

    refused(&commit, C2C_E_MALFORMED);
    commit.head.n++;
    refused(&commit, C2C_E_NOT_MEMBER);
    admit(true, 2);
    refused(&commit, C2C_E_BAD_KEYSET); /* Another city's. */
    commit.keysets = (struct c2c_list_view){{NULL, 0}, 0};
    refused(&commit, C2C_E_BAD_KEYSET); /* None. */
    commit.keysets = good.commit.keysets;
    refused(&commit, C2C_E_FUTURE);
    env.now_s = NOW_S;
    refused(&commit, C2C_E_BAD_SIGNATURE);
    commit.opening = good.commit.opening;
    refused(&commit, C2C_E_QUOTA); /* Two records of three. */
    admit(true, 3);
    refused(&commit, C2C_E_TOO_BIG);
    commit.form = C2C_COMMIT_STAGED;
    refused(&commit, C2C_E_MALFORMED); /* Nobody has staged anything. */
    refuse_puts();

    assert_ok(c2c_apply(&env, &good.commit, &applied));
    assert_true(applied.changed && !applied.lga);
    assert_int_equal(applied.puts, 3);
    assert_err(c2c_apply(&env, &good.commit, &applied), C2C_E_OLDER);
    c2c_list_fini(&strange);
}

/* The epoch, revision and number of keysets that are held; the roots fit. */
static void assert_held(uint64_t epoch, uint64_t rev, uint64_t keysets)
{
    struct c2c_keyset keyset;
    struct c2c_dir_sum sum;
    struct c2c_held held;

    assert_ok(ours.ops->held(ours.ctx, &city.id, &held));
    assert_int_equal(held.head.epoch, epoch);
    assert_int_equal(held.head.rev, rev);
    assert_ok(ours.ops->keyset(ours.ctx, &city.id, &keyset));
    assert_int_equal(keyset.n, keysets);
    assert_ok(ours.ops->sum(ours.ctx, &city.id, C2C_AUDIENCE_PUBLIC, &sum));
    assert_true(c2c_hash_eq(&sum.root, &held.head.pub.root));
    assert_ok(ours.ops->sum(ours.ctx, &city.id, C2C_AUDIENCE_NETWORK, &sum));
    assert_true(c2c_hash_eq(&sum.root, &held.opening.sum.root));
}

/* A new keyset, a put and a removal come with a root that is not theirs. */
static void what_is_refused_leaves_everything_as_it_was(void **state)
{
    const struct c2c_collect_since first = {.epoch = 1,
                                            .rev = 1,
                                            .network = true};
    struct c2c_applied applied;
    struct c2c_commit commit;

    (void)state;
    admit(true, 0);
    assert_ok(c2c_apply(&env, &good.commit, &applied));
    assert_held(1, 1, 1);

    author_rotate(&city, &theirs, NOW_S);
    author_begin(&city, &theirs);
    author_put(&city, &theirs, C2C_AUDIENCE_PUBLIC, 4, 50);
    author_remove(&city, &theirs, C2C_AUDIENCE_NETWORK, 3);
    author_sign(&city, &theirs, NOW_S + 1);
    c2c_collected_fini(&good);
    collect(&first);
    assert_int_equal(good.commit.keysets.n, 1);
    commit = good.commit;
    commit.form = C2C_COMMIT_DELTA; /* Of a full state: nothing is removed. */
    assert_err(c2c_apply(&env, &commit, &applied), C2C_E_BAD_ROOT);
    assert_held(1, 1, 1);
    assert_ok(c2c_apply(&env, &good.commit, &applied));
    assert_held(2, 2, 2);
}

static void a_contradiction_is_the_citys_fault(void **state)
{
    struct memrep *fork = memrep_new(3);
    const struct c2c_replica other = memrep_replica(fork);
    const struct c2c_collect_since nothing = {.epoch = 0};
    struct c2c_applied applied;

    (void)state;
    admit(true, 0);
    assert_ok(c2c_apply(&env, &good.commit, &applied));
    author_begin(&city, &other);
    author_put(&city, &other, C2C_AUDIENCE_PUBLIC, 9, 50);
    author_sign(&city, &other, NOW_S);
    c2c_collected_fini(&good);
    theirs = other;
    collect(&nothing);
    assert_err(c2c_apply(&env, &good.commit, &applied), C2C_E_CONFLICT);
    assert_held(1, 1, 1);
    memrep_free(fork);
}

/* Who may not see the network audience takes over the public one, and adds the
 * other to the same head when it may. */
static void a_held_state_gets_its_network_audience_later(void **state)
{
    struct c2c_applied applied;
    struct c2c_held held;

    (void)state;
    admit(true, 0);
    env.network = false;
    assert_ok(c2c_apply(&env, &good.commit, &applied));
    assert_int_equal(applied.puts, 2);
    assert_ok(ours.ops->held(ours.ctx, &city.id, &held));
    assert_false(held.has_opening);
    assert_err(c2c_apply(&env, &good.commit, &applied), C2C_E_OLDER);
    env.network = true;
    assert_ok(c2c_apply(&env, &good.commit, &applied));
    assert_int_equal(applied.puts, 1);
    assert_held(1, 1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_reason_to_refuse_comes_in_its_turn,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            what_is_refused_leaves_everything_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_contradiction_is_the_citys_fault,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_held_state_gets_its_network_audience_later, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("sync/apply", tests, NULL, NULL);
}
