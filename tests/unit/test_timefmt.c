#define _DEFAULT_SOURCE /* timegm() */

#include "base/timefmt.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "test.h"

static const char *format(uint64_t s)
{
    static char out[C2C_TIME_TEXT];

    c2c_time_format(s, out);
    assert_int_equal(strlen(out), C2C_TIME_TEXT - 1);
    return out;
}

static void seconds_become_text(void **state)
{
    (void)state;
    assert_string_equal(format(0), "1970-01-01T00:00:00Z");
    assert_string_equal(format(951782399), "2000-02-28T23:59:59Z");
    assert_string_equal(format(951782400), "2000-02-29T00:00:00Z");
    assert_string_equal(format(1795422600), "2026-11-23T08:30:00Z");
    assert_string_equal(format(C2C_TIME_MAX_S), "9999-12-31T23:59:59Z");
    assert_string_equal(format(C2C_TIME_MAX_S + 1), "9999-12-31T23:59:59Z");
    assert_string_equal(format(UINT64_MAX), "9999-12-31T23:59:59Z");
}

/* Noon of every day up to the year 2500, and steps beyond, as the C library has
 * them; and back again. */
static void it_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (uint64_t s = 43199; s <= C2C_TIME_MAX_S;
         s += s < UINT64_C(16725225600) ? 86400 : UINT64_C(7654321)) {
        const time_t when = (time_t)s;
        char want[64];
        struct tm tm;
        uint64_t back;

        assert_non_null(gmtime_r(&when, &tm));
        assert_true(strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0);
        assert_string_equal(format(s), want);
        assert_ok(c2c_time_parse(c2c_view_str(want), &back));
        assert_true(back == s);
    }
}

static uint64_t parse(const char *text)
{
    uint64_t s = 0;

    if (c2c_time_parse(c2c_view_str(text), &s) != C2C_E_OK) {
        fail_msg("%s is refused", text);
    }
    return s;
}

static void forms_of_rfc_3339_are_read(void **state)
{
    const uint64_t when = 1795422600; /* 2026-11-23T08:30:00Z */

    (void)state;
    assert_true(parse("2026-11-23t08:30:00z") == when);
    assert_true(parse("2026-11-23 08:30:00Z") == when);
    assert_true(parse("2026-11-23T08:30:00.999Z") == when);
    assert_true(parse("2026-11-23T16:30:00+08:00") == when);
    assert_true(parse("2026-11-23T03:00:00-05:30") == when);
    assert_true(parse("2026-11-23T08:30:00-00:00") == when);
    assert_true(parse("2016-12-31T23:59:60Z") == 1483228800); /* leap second */
    assert_true(parse("1969-12-31T23:00:00-01:00") == 0);
    assert_true(parse("9999-12-31T23:59:59Z") == C2C_TIME_MAX_S);
}

static void anything_else_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "2026",
        "2026-11-23",
        "2026-11-23T08:30",
        "2026-11-23T08:30:00",
        "2026-11-23T08:30:00ZZ",
        "2026-11-23T08:30:00.Z",
        "2026-11-23T08:30:00+8",
        "2026-11-23T08:30:00+24:00",
        "2026-11-23T08:30:00+08:60",
        "2026-11-23T08:30:00+0800",
        "2026-11-23T24:00:00Z",
        "2026-11-23T08:60:00Z",
        "2026-11-23T08:30:61Z",
        "2026-00-23T08:30:00Z",
        "2026-13-23T08:30:00Z",
        "2026-11-00T08:30:00Z",
        "2026-11-31T08:30:00Z",
        "2026-02-29T08:30:00Z",
        "2100-02-29T08:30:00Z",
        "1969-12-31T23:59:59Z",
        "1968-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-00:01",
        "+026-11-23T08:30:00Z",
        " 2026-11-23T08:30:00Z",
        "2026-11-23T08:30:0xZ",
        "2026/11/23T08:30:00Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t s = 77;

        if (c2c_time_parse(c2c_view_str(bad[i]), &s) != C2C_E_MALFORMED) {
            fail_msg("%s is accepted", bad[i]);
        }
        assert_true(s == 77); /* Untouched. */
    }
    assert_ok(
        c2c_time_parse(c2c_view_str("2000-02-29T00:00:00Z"), &(uint64_t){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_become_text),
        cmocka_unit_test(it_agrees_with_the_c_library),
        cmocka_unit_test(forms_of_rfc_3339_are_read),
        cmocka_unit_test(anything_else_is_refused),
    };
    return cmocka_run_group_tests_name("base/timefmt", tests, NULL, NULL);
}
