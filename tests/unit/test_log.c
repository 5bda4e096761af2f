#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "temp.h"
#include "test.h"

static struct c2c_buf logged;
static int terminal = -1; /* The standard error of the test. */

static int begin(void **state)
{
    (void)state;
    temp_make();
    c2c_buf_init(&logged, 1 << 20);
    c2c_log_set_level(C2C_LOG_INFO);
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    (void)fflush(stderr);
    terminal = dup(STDERR_FILENO);
    assert_true(terminal >= 0);
    assert_non_null(freopen(temp_path("log"), "w", stderr));
    return 0;
}

static void restore(void)
{
    if (terminal >= 0) {
        (void)fflush(stderr);
        (void)dup2(terminal, STDERR_FILENO);
        (void)close(terminal);
        terminal = -1;
    }
}

static int end(void **state)
{
    (void)state;
    restore();
    c2c_buf_fini(&logged);
    temp_remove();
    return 0;
}

/* What was logged, as a C string.  The last call of a test that logs. */
static const char *lines(void)
{
    restore();
    assert_ok(c2c_file_read(temp_path("log"), &logged));
    assert_ok(c2c_buf_put(&logged, "", 1));
    return (const char *)logged.p;
}

static void a_line_has_time_module_and_text(void **state)
{
    uint64_t when;
    const char *got;

    (void)state;
    c2c_log(C2C_LOG_WARN, "store", "full err=%d", 28);
    got = lines();
    assert_ok(c2c_time_parse(c2c_view_of(got, C2C_TIME_TEXT - 1), &when));
    assert_string_equal(got + C2C_TIME_TEXT - 1, " store: full err=28\n");
}

static void under_systemd_it_has_the_level(void **state)
{
    (void)state;
    assert_int_equal(setenv("JOURNAL_STREAM", "8:1", 1), 0);
    c2c_log(C2C_LOG_ERR, "net", "a");
    c2c_log(C2C_LOG_INFO, "net", "b");
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    assert_string_equal(lines(), "<3>net: a\n<6>net: b\n");
}

static void what_is_above_the_level_is_dropped(void **state)
{
    (void)state;
    assert_int_equal(setenv("JOURNAL_STREAM", "8:1", 1), 0);
    c2c_log(C2C_LOG_DEBUG, "m", "no");
    c2c_log_set_level(C2C_LOG_DEBUG);
    c2c_log(C2C_LOG_DEBUG, "m", "yes");
    c2c_log_set_level(C2C_LOG_ERR);
    c2c_log(C2C_LOG_WARN, "m", "no");
    c2c_log(C2C_LOG_ERR, "m", "yes");
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    assert_string_equal(lines(), "<7>m: yes\n<3>m: yes\n");
}

/* A peer's text cannot begin a line of its own. */
static void one_event_stays_one_well_formed_line(void **state)
{
    char text[3000];
    const char *got;

    (void)state;
    for (size_t i = 0; i + 3 < sizeof text; i += 3) {
        memcpy(text + i, "\xe6\x9d\xad", 4);
    }
    c2c_log(C2C_LOG_INFO, "m", "%s", "a\n<0>kernel: b\033[2J\xff");
    c2c_log(C2C_LOG_INFO, "m", "%s", text);
    got = lines();
    assert_non_null(strstr(got, " m: a <0>kernel: b [2J?\n"));
    assert_true(c2c_text_valid(c2c_view_str(got)));
    assert_ptr_equal(strchr(strchr(got, '\n') + 1, '\n') + 1,
                     got + strlen(got));
}

static void levels_have_names(void **state)
{
    enum c2c_log_level level = C2C_LOG_ERR;

    (void)state;
    assert_ok(c2c_log_parse_level(c2c_view_str("debug"), &level));
    assert_int_equal(level, C2C_LOG_DEBUG);
    assert_ok(c2c_log_parse_level(c2c_view_str("notice"), &level));
    assert_int_equal(level, 5);
    assert_err(c2c_log_parse_level(c2c_view_str("loud"), &level), C2C_E_INVAL);
    assert_err(c2c_log_parse_level(c2c_view_str(""), &level), C2C_E_INVAL);
    assert_int_equal(level, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_LOG(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_LOG(a_line_has_time_module_and_text),
        WITH_LOG(under_systemd_it_has_the_level),
        WITH_LOG(what_is_above_the_level_is_dropped),
        WITH_LOG(one_event_stays_one_well_formed_line),
        cmocka_unit_test(levels_have_names),
    };
    return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
