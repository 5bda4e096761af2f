#define _DEFAULT_SOURCE /* prctl() */

#include "base/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "test.h"

static void a_sealed_process_leaves_no_core(void **state)
{
    struct rlimit limit;

    (void)state;
    assert_ok(c2c_process_seal());
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(limit.rlim_max, 0);
#ifndef __SANITIZE_ADDRESS__
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_process_leaves_no_core),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
