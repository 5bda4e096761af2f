/* Feeds that wait, by visits of our own. */

#include <string.h>

#include "node/feeds.h"
#include "node/serve.h"
#include "test.h"

enum {
    VISITS = 8,
    LATER_S = 100
};

struct c2c_visit {
    unsigned woken;
    bool hurried;
    bool dropped;
};

static struct c2c_feeds *feeds;
static struct c2c_visit visits[VISITS];
static bool come_back;

void c2c_visit_drop(struct c2c_visit *visit)
{
    visit->dropped = true;
}

void c2c_visit_hurry(struct c2c_visit *visit)
{
    visit->hurried = true;
}

uint32_t c2c_visit_pipe(const struct c2c_visit *visit)
{
    return (uint32_t)(visit - visits) % 2;
}

static enum c2c_err try(struct c2c_visit *visit, bool stranger)
{
    const struct c2c_feeds_wish wish = {stranger, c2c_feeds_generation(feeds),
                                        LATER_S};

    return c2c_feeds_wait(feeds, visit, &wish);
}

static void wait(struct c2c_visit *visit, uint64_t until_s)
{
    const struct c2c_feeds_wish wish = {false, c2c_feeds_generation(feeds),
                                        until_s};

    assert_ok(c2c_feeds_wait(feeds, visit, &wish));
}

/* The change is not for it: it waits again, before the next is woken. */
static void wake(void *ctx, struct c2c_visit *visit)
{
    (void)ctx;
    visit->woken++;
    if (come_back) {
        wait(visit, LATER_S);
    }
}

static int begin(void **state)
{
    (void)state;
    memset(visits, 0, sizeof visits);
    come_back = false;
    assert_ok(c2c_feeds_new(wake, NULL, VISITS, &feeds));
    for (size_t i = 0; i < VISITS; i++) {
        wait(&visits[i], LATER_S + i);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    c2c_feeds_free(feeds);
    return 0;
}

static void a_change_wakes_each_once(void **state)
{
    (void)state;
    come_back = true;
    for (unsigned change = 1; change <= 3; change++) {
        c2c_feeds_wake(feeds);
        for (size_t i = 0; i < VISITS; i++) {
            assert_int_equal(visits[i].woken, change);
        }
    }
}

static void who_waits_in_vain_is_told_in_time(void **state)
{
    (void)state;
    c2c_feeds_tick(feeds, LATER_S - 1);
    c2c_feeds_tick(feeds, LATER_S + 2);
    for (size_t i = 0; i < VISITS; i++) {
        assert_int_equal(visits[i].woken, i <= 2);
        assert_int_equal(visits[i].hurried, i <= 2);
    }
    c2c_feeds_wake(feeds); /* The others only. */
    for (size_t i = 0; i < VISITS; i++) {
        assert_int_equal(visits[i].woken, 1);
    }
}

static void who_hangs_up_waits_no_more(void **state)
{
    (void)state;
    c2c_feeds_gone(feeds, 1);
    c2c_feeds_wake(feeds);
    for (size_t i = 0; i < VISITS; i++) {
        assert_int_equal(visits[i].dropped, i % 2);
        assert_int_equal(visits[i].woken, 1 - i % 2);
    }
    for (size_t i = 0; i < VISITS; i++) { /* Their places are free again. */
        wait(&visits[i], LATER_S);
    }
}

static void there_is_room_for_so_many(void **state)
{
    struct c2c_visit more = {.woken = 0};
    const struct c2c_feeds_wish wish = {false, c2c_feeds_generation(feeds),
                                        LATER_S};

    (void)state;
    assert_err(c2c_feeds_wait(feeds, &more, &wish), C2C_E_BUSY);
    c2c_feeds_wake(feeds);
    assert_ok(c2c_feeds_wait(feeds, &more, &wish));
    assert_int_equal(more.woken, 1); /* There was a change since it looked. */
}

static void strangers_leave_half_of_the_places(void **state)
{
    size_t i;

    (void)state;
    c2c_feeds_wake(feeds); /* Nobody waits. */
    for (i = 0; i < VISITS / 2; i++) {
        assert_ok(try(&visits[i], true));
    }
    assert_err(try(&visits[i], true), C2C_E_BUSY);
    for (; i < VISITS; i++) {
        assert_ok(try(&visits[i], false));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_change_wakes_each_once, begin, end),
        cmocka_unit_test_setup_teardown(who_waits_in_vain_is_told_in_time,
                                        begin, end),
        cmocka_unit_test_setup_teardown(who_hangs_up_waits_no_more, begin, end),
        cmocka_unit_test_setup_teardown(there_is_room_for_so_many, begin, end),
        cmocka_unit_test_setup_teardown(strangers_leave_half_of_the_places,
                                        begin, end),
    };
    return cmocka_run_group_tests_name("feeds_waiting", tests, NULL, NULL);
}
