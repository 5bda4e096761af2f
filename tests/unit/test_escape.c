#include "c2c/escape.h"

#include "oom.h"
#include "test.h"

static const char *plain(const char *text, size_t n)
{
    static struct c2c_buf out;

    c2c_buf_fini(&out);
    c2c_buf_init(&out, 4096);
    assert_ok(c2c_escape_plain(c2c_view_of(text, n), &out));
    assert_ok(c2c_buf_put(&out, "", 1));
    return (const char *)out.p;
}

static const char *screen(const char *text, bool lines)
{
    static struct c2c_buf out;

    c2c_buf_fini(&out);
    c2c_buf_init(&out, 4096);
    assert_ok(c2c_escape_screen(c2c_view_str(text), lines, &out));
    assert_ok(c2c_buf_put(&out, "", 1));
    return (const char *)out.p;
}

static void plain_fields_hold_no_separator(void **state)
{
    (void)state;
    assert_string_equal(plain("a\tb\nc\\d\re", 9), "a\\tb\\nc\\\\d\\re");
    assert_string_equal(plain("", 0), "");
    assert_string_equal(plain("\\", 1), "\\\\");
    assert_string_equal(plain("\u676d\u5dde", 6), "\u676d\u5dde");
    /* Nor what a terminal obeys or readers of lines take for their end. */
    assert_string_equal(plain("\x1b[2J\x7f\xc2\x9b", 7),
                        "\\u001b[2J\\u007f\\u009b");
    assert_string_equal(plain("a\xe2\x80\xa8"
                              "b\xe2\x80\xae"
                              "c\xe2\x81\xa7\xe2\x80\x8f",
                              15),
                        "a\\u2028b\\u202ec\\u2067\xe2\x80\x8f");
}

static void a_record_cannot_steer_the_terminal(void **state)
{
    (void)state;
    assert_string_equal(screen("a\x1b[31mb\x7f", false), "a [31mb ");
    assert_string_equal(screen("a\xc2\x9b"
                               "31mb",
                               false),
                        "a 31mb");
    assert_string_equal(screen("a\nb\tc", false), "a b c");
    assert_string_equal(screen("a\nb\rc", true), "a\nb c");
    assert_string_equal(screen("\u00e9\xc2", false), "\u00e9\xc2");
    /* An override would turn round the columns that follow it; the marks that
     * right-to-left text needs stay. */
    assert_string_equal(screen("a\xe2\x80\xae"
                               "b\xe2\x80\xaa"
                               "c",
                               false),
                        "a b c");
    assert_string_equal(screen("a\xe2\x80\x8f"
                               "b",
                               false),
                        "a\xe2\x80\x8f"
                        "b");
    /* An isolate lasts to the end of the line: in a cell, of its neighbours. */
    assert_string_equal(screen("a\xe2\x81\xa7"
                               "b\xe2\x81\xa9"
                               "c",
                               false),
                        "a b c");
    assert_string_equal(screen("a\xe2\x81\xa7"
                               "b\n\xe2\x81\xa9",
                               true),
                        "a\xe2\x81\xa7"
                        "b\n\xe2\x81\xa9");
    assert_string_equal(screen("a\xe2\x80\xa8"
                               "b\xe2\x80\xa9"
                               "c",
                               true),
                        "a b c");
    assert_string_equal(screen("\xe2\x80", false), "\xe2\x80");
}

static enum c2c_err both(void *arg)
{
    struct c2c_view text = c2c_view_str(arg);
    struct c2c_buf out;
    enum c2c_err err;

    c2c_buf_init(&out, 65536);
    err = c2c_escape_plain(text, &out);
    if (err == C2C_E_OK) {
        err = c2c_escape_screen(text, false, &out);
    }
    c2c_buf_fini(&out);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    char text[] =
        "a\tb\nc\td\te\tf\tg\th\ti\tj\tk\tl\tm\tn\to\tp\tq\tr\ts\tt\tu";

    (void)state;
    oom_sweep(both, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_fields_hold_no_separator),
        cmocka_unit_test(a_record_cannot_steer_the_terminal),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("c2c/escape", tests, NULL, NULL);
}
