#include "c2c/width.h"

#include <locale.h>
#include <string.h>

#include "test.h"

static int utf8_locale(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") == NULL ? -1 : 0;
}

static size_t width(const char *text)
{
    return c2c_width(c2c_view_str(text));
}

static void columns_are_those_of_the_terminal(void **state)
{
    (void)state;
    assert_int_equal(width(""), 0);
    assert_int_equal(width("Jambi"), 5);
    assert_int_equal(width("\u676d\u5dde"), 4);
    assert_int_equal(width("Xi\u2019an"), 5);
    assert_int_equal(width("e\u0301"), 1);
    assert_int_equal(width("\xff"), 1);
    assert_int_equal(width("\x1b[1m"), 3);
}

/* The lines of @text, "|" between. */
static const char *lines(const char *text, size_t columns)
{
    static char out[1024];
    struct c2c_view rest = c2c_view_str(text);
    size_t n = 0;

    while (rest.n > 0) {
        size_t before = rest.n;
        struct c2c_view line = c2c_width_line(&rest, columns);

        assert_true(rest.n < before);
        assert_true(columns == 0 || c2c_width(line) <= columns || columns == 1);
        memcpy(out + n, line.p, line.n);
        n += line.n;
        out[n++] = '|';
    }
    out[n > 0 ? n - 1 : 0] = '\0';
    return out;
}

static void lines_break_at_spaces_and_newlines(void **state)
{
    (void)state;
    assert_string_equal(lines("one two three", 7), "one two|three");
    assert_string_equal(lines("one two three", 8), "one two|three");
    assert_string_equal(lines("one two three", 0), "one two three");
    assert_string_equal(lines("one\n\ntwo", 20), "one||two");
    assert_string_equal(lines("  indented line", 10), "  indented|line");
}

static void scripts_without_spaces_break_anywhere(void **state)
{
    (void)state;
    assert_string_equal(lines("\u676d\u5dde\u5e02\u4eba\u6c11", 5),
                        "\u676d\u5dde|\u5e02\u4eba|\u6c11");
    assert_string_equal(lines("Leeds\u676d\u5dde", 7), "Leeds\u676d|\u5dde");
}

static void a_long_word_is_cut(void **state)
{
    (void)state;
    assert_string_equal(lines("abcdefgh ij", 3), "abc|def|gh|ij");
    assert_string_equal(lines("\u676d", 1), "\u676d");
    assert_string_equal(lines("\xff\xff\xff", 2), "\xff\xff|\xff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_those_of_the_terminal),
        cmocka_unit_test(lines_break_at_spaces_and_newlines),
        cmocka_unit_test(scripts_without_spaces_break_anywhere),
        cmocka_unit_test(a_long_word_is_cut),
    };
    return cmocka_run_group_tests_name("c2c/width", tests, utf8_locale, NULL);
}
