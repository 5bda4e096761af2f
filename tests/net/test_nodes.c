/* Two whole nodes, hub and member, over real sockets and days of virtual time.
 */

#include "pair.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nodes_know_one_another_after_days,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_hub_is_known_after_days_of_running,
                                        begin, end),
    };
    return cmocka_run_group_tests_name("nodes", tests, NULL, NULL);
}
