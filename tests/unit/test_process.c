#define _DEFAULT_SOURCE /* prctl() */

#include "base/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "test.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STAYS_OPEN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define STAYS_OPEN 1
#endif
#ifndef STAYS_OPEN
#define STAYS_OPEN 0
#endif

static void a_sealed_process_leaves_no_core(void **state)
{
    struct rlimit limit;

    (void)state;
    assert_ok(c2c_process_seal());
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(limit.rlim_max, 0);
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), STAYS_OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_process_leaves_no_core),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
