/* Two whole nodes, hub and member, over real sockets and days of virtual time.
 */

#include "base/clock.h"
#include "pair.h"
#include "store/db_priv.h"
#include "store/hubs.h"
#include "test.h"

enum {
    HOUR_MS = 3600 * 1000
};

static struct pair pair;

static int begin(void **state)
{
    pair_begin(&pair);
    *state = &pair;
    return 0;
}

static int end(void **state)
{
    pair_end(*state);
    return 0;
}

/* What each shows was made when it started; both must have made another one
 * before they meet again. */
static void nodes_know_one_another_after_days(void **state)
{
    struct pair *p = *state;

    for (int day = 0; day < 2; day++) {
        p->ahead_ms += (uint64_t)25 * HOUR_MS;
        pair_close_hub(p); /* All sessions are over. */
        pair_open_hub(p);
        pair_wait(p, pair_is_synced);
    }
}

/* The hub is not started again: it renews what it shows itself. */
static void a_hub_is_known_after_days_of_running(void **state)
{
    struct pair *p = *state;

    p->ahead_ms += (uint64_t)25 * HOUR_MS;
    pair_close_city(p);
    pair_open_city(p);
    pair_wait(p, pair_is_synced);
}

/* The hub takes parts from whom it knows, but it learns that from a push. */
static void a_new_member_brings_a_large_state(void **state)
{
    (void)state;
    pair_begin_large(&pair);
    pair_end(&pair);
}

/* Run SQL on the member's store behind its back. */
static void meddle(struct pair *p, const char *sql)
{
    struct c2c_store *store;

    assert_ok(c2c_store_open(p->city.dir, C2C_STORE_WRITE, &store, NULL));
    if (c2c_db_exec(store, sql) != C2C_E_OK) {
        fail_msg("%s: %s", sql, c2c_store_detail(store));
    }
    c2c_store_close(store);
}

static bool failed_often(struct pair *p)
{
    struct c2c_federation_trouble trouble;

    return c2c_federation_trouble(p->city_node->federation, &trouble) &&
           trouble.times >= 3;
}

/* The third failure comes seconds after the first: never mind how slow this
 * machine is, it is no failure at full speed. */
static void a_store_that_takes_nothing_is_not_tried_at_once(void **state)
{
    struct pair *p = *state;
    uint64_t start_ms = c2c_clock_mono_ms();

    meddle(p, "ALTER TABLE facet RENAME TO gone");
    pair_put(p->hub_node, &p->hub,
             "[{\"type\":\"office\",\"slug\":\"new\",\"body\":{\"name\":"
             "{\"en\":\"New\"}}}]");
    pair_wait(p, failed_often);
    assert_true(c2c_clock_mono_ms() - start_ms >= 2000);
    meddle(p, "ALTER TABLE gone RENAME TO facet");
    pair_wait(p, pair_is_synced);
}

static enum c2c_err keep_hub(void *ctx, struct c2c_group *group,
                             struct c2c_job *job)
{
    (void)job;
    return c2c_hubs_add(group->env->store, ctx);
}

static enum c2c_err drop_hub(void *ctx, struct c2c_group *group,
                             struct c2c_job *job)
{
    const struct c2c_hub *hub = ctx;

    (void)job;
    return c2c_hubs_remove(group->env->store, hub->url);
}

/* When the member has asked its only hub to admit it, and on an invitation? */
static uint64_t joined_s(struct pair *p, bool invited)
{
    static struct c2c_hub_standing hubs[C2C_FEDERATION_HUBS];

    assert_int_equal(c2c_federation_hubs(p->city_node->federation, hubs,
                                         C2C_FEDERATION_HUBS),
                     1);
    assert_true(hubs[0].invited == invited);
    return hubs[0].joined_s;
}

/* It is asked no more to admit this city, but still dialled. */
static void a_configured_hub_is_left(void **state)
{
    struct pair *p = *state;
    struct c2c_hub hub = {.url = c2c_view_str(p->hub_url),
                          .lga = p->hub.identity.city,
                          .token = c2c_view_str("token"),
                          .since_s = 7};
    struct c2c_job join = {.prepare = keep_hub, .ctx = &hub};
    struct c2c_job leave = {.prepare = drop_hub, .ctx = &hub};

    c2c_writer_run(p->city_node->writer, &join);
    assert_ok(join.err);
    assert_ok(c2c_federation_renew_hubs(p->city_node->federation));
    assert_int_equal(joined_s(p, true), 7);
    c2c_writer_run(p->city_node->writer, &leave);
    assert_ok(leave.err);
    assert_ok(c2c_federation_renew_hubs(p->city_node->federation));
    assert_int_equal(joined_s(p, false), 0);
    pair_wait(p, pair_is_synced);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nodes_know_one_another_after_days,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_hub_is_known_after_days_of_running,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_configured_hub_is_left, begin, end),
        cmocka_unit_test(a_new_member_brings_a_large_state),
        cmocka_unit_test_setup_teardown(
            a_store_that_takes_nothing_is_not_tried_at_once, begin, end),
    };
    return cmocka_run_group_tests_name("nodes", tests, NULL, NULL);
}
