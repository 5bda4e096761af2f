#include "base/clock.h"

#include <time.h>

#include "test.h"

static void real_time_is_the_systems(void **state)
{
    uint64_t before = (uint64_t)time(NULL);
    uint64_t now_ms = c2c_clock_system.now_ms(c2c_clock_system.ctx);
    uint64_t after = (uint64_t)time(NULL);

    (void)state;
    /* time() may read a coarser clock: one second of tolerance. */
    assert_true(now_ms / 1000 + 1 >= before && now_ms / 1000 <= after + 1);
}

static void monotonic_time_never_goes_back(void **state)
{
    uint64_t last = c2c_clock_mono_ms();

    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        uint64_t now = c2c_clock_mono_ms();

        assert_true(now >= last);
        last = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_time_is_the_systems),
        cmocka_unit_test(monotonic_time_never_goes_back),
    };
    return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
