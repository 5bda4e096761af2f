#define _XOPEN_SOURCE 700 /* posix_openpt() */

#include "c2c/env.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

/* A terminal without anybody before it. */
struct terminal {
    int master;
    FILE *file;
};

static void open_terminal(struct terminal *t)
{
    t->master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(t->master >= 0);
    assert_int_equal(grantpt(t->master), 0);
    assert_int_equal(unlockpt(t->master), 0);
    t->file = fopen(ptsname(t->master), "r+");
    assert_non_null(t->file);
}

static void close_terminal(struct terminal *t)
{
    (void)fclose(t->file);
    (void)close(t->master);
}

static void empty_variables_count_as_unset(void **state)
{
    (void)state;
    assert_int_equal(setenv("C2C_TEST", "x", 1), 0);
    assert_string_equal(c2c_env("C2C_TEST"), "x");
    assert_int_equal(setenv("C2C_TEST", "", 1), 0);
    assert_null(c2c_env("C2C_TEST"));
    assert_int_equal(unsetenv("C2C_TEST"), 0);
    assert_null(c2c_env("C2C_TEST"));
}

static void text_is_utf_8_even_in_the_c_locale(void **state)
{
    (void)state;
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    (void)signal(SIGPIPE, SIG_IGN);
    c2c_env_start();
    assert_string_equal(nl_langinfo(CODESET), "UTF-8");
    assert_true(signal(SIGPIPE, SIG_DFL) == SIG_DFL);
}

static void assert_columns(FILE *file, const char *value, size_t want)
{
    assert_int_equal(setenv("COLUMNS", value, 1), 0);
    assert_int_equal(c2c_env_columns(file), want);
}

static void columns_are_the_terminals(void **state)
{
    FILE *none = fopen("/dev/null", "w");
    struct terminal t;

    (void)state;
    open_terminal(&t);
    assert_columns(t.file, "", 80); /* The system does not know: usual. */
    assert_columns(t.file, "132", 132);
    assert_columns(t.file, "10", 40); /* Nothing fits in less. */
    assert_columns(t.file, "1000", 1000);
    assert_columns(t.file, "1001", 80);
    assert_columns(t.file, "99999999999999999999999", 80);
    assert_columns(t.file, "12x", 80);
    assert_columns(none, "132", 0);
    (void)fclose(none);
    close_terminal(&t);
}

static void colours_are_for_terminals_that_want_them(void **state)
{
    FILE *none = fopen("/dev/null", "w");
    struct terminal t;

    (void)state;
    open_terminal(&t);
    (void)unsetenv("NO_COLOR");
    (void)setenv("TERM", "xterm", 1);
    assert_true(c2c_env_colors(t.file));
    assert_false(c2c_env_colors(none));
    (void)setenv("NO_COLOR", "1", 1);
    assert_false(c2c_env_colors(t.file));
    (void)setenv("NO_COLOR", "", 1); /* no-color.org: not when empty. */
    assert_true(c2c_env_colors(t.file));
    (void)setenv("TERM", "dumb", 1);
    assert_false(c2c_env_colors(t.file));
    (void)unsetenv("TERM");
    assert_false(c2c_env_colors(t.file));
    (void)fclose(none);
    close_terminal(&t);
}

static void messages_of_the_system_are_given(void **state)
{
    char out[128];

    (void)state;
    assert_string_equal(c2c_env_strerror(ENOENT, out),
                        "No such file or directory");
    assert_true(strlen(c2c_env_strerror(99999, out)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_variables_count_as_unset),
        cmocka_unit_test(text_is_utf_8_even_in_the_c_locale),
        cmocka_unit_test(columns_are_the_terminals),
        cmocka_unit_test(colours_are_for_terminals_that_want_them),
        cmocka_unit_test(messages_of_the_system_are_given),
    };
    return cmocka_run_group_tests_name("c2c/env", tests, NULL, NULL);
}
