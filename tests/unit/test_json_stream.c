#include <string.h>

#include "codec/json.h"
#include "test.h"

static struct c2c_doc *doc;
static struct c2c_json_error why;

static int begin(void **state)
{
    (void)state;
    assert_ok(c2c_doc_new(&doc));
    memset(&why, 0xff, sizeof why);
    return 0;
}

static int end(void **state)
{
    (void)state;
    c2c_doc_free(doc);
    return 0;
}

/* The next text is an object whose member "n" is @n and that begins in @line.
 */
static void assert_next(struct c2c_json_stream *s, int n, unsigned want_line)
{
    const struct c2c_val *val;
    unsigned line;

    assert_ok(c2c_json_stream_next(s, doc, &why, &line, &val));
    assert_int_equal(c2c_val_int(c2c_val_get(val, "n")), n);
    assert_int_equal(line, want_line);
}

static void assert_end(struct c2c_json_stream *s)
{
    const struct c2c_val *val = NULL;
    unsigned line = 0;

    assert_err(c2c_json_stream_next(s, doc, &why, &line, &val),
               C2C_E_NOT_FOUND);
    assert_null(val);
    assert_int_equal(line, 0);
}

static void assert_bad(struct c2c_json_stream *s, unsigned line,
                       unsigned column, const char *path)
{
    const struct c2c_val *val = NULL;
    unsigned first = 0;

    assert_err(c2c_json_stream_next(s, doc, &why, &first, &val),
               C2C_E_BAD_JSON);
    assert_null(val);
    assert_int_equal(first, 0);
    assert_int_equal(why.line, line);
    assert_int_equal(why.column, column);
    assert_string_equal(why.path, path);
}

static struct c2c_json_stream over(const char *text)
{
    return c2c_json_stream_over(c2c_view_str(text));
}

static void lines_hold_one_text_each(void **state)
{
    struct c2c_json_stream s = over("{\"n\":1}\n{\"n\":2}\n{\"n\":3}");

    (void)state;
    assert_next(&s, 1, 1);
    assert_next(&s, 2, 2);
    assert_next(&s, 3, 3);
    assert_end(&s);
    assert_end(&s);
}

static void blank_lines_count(void **state)
{
    struct c2c_json_stream s =
        over("\n \t\r\n{\"n\":1}\r\n\r\n\n   {\"n\":2}\n\n");

    (void)state;
    assert_next(&s, 1, 3);
    assert_next(&s, 2, 6);
    assert_end(&s);
}

static void a_text_may_take_several_lines(void **state)
{
    struct c2c_json_stream s =
        over("{\n  \"n\": 1\n}\n{\n\"n\"\n:\n2 } {\"n\":3}\n{\"n\":4}");

    (void)state;
    assert_next(&s, 1, 1);
    assert_next(&s, 2, 4);
    assert_next(&s, 3, 7);
    assert_next(&s, 4, 8);
    assert_end(&s);
}

static void texts_need_nothing_between_them(void **state)
{
    struct c2c_json_stream s = over("{\"n\":1}{\"n\":2}");

    (void)state;
    assert_next(&s, 1, 1);
    assert_next(&s, 2, 1);
    assert_end(&s);
}

static void numbers_in_a_row_are_several_texts(void **state)
{
    struct c2c_json_stream s = over("12 345\n6");
    const struct c2c_val *val;
    unsigned line;

    (void)state;
    assert_ok(c2c_json_stream_next(&s, doc, &why, &line, &val));
    assert_int_equal(c2c_val_int(val), 12);
    assert_ok(c2c_json_stream_next(&s, doc, &why, &line, &val));
    assert_int_equal(c2c_val_int(val), 345);
    assert_int_equal(line, 1);
    assert_ok(c2c_json_stream_next(&s, doc, &why, &line, &val));
    assert_int_equal(c2c_val_int(val), 6);
    assert_int_equal(line, 2);
    assert_end(&s);
}

static void a_byte_order_mark_is_passed_over_at_the_beginning(void **state)
{
    struct c2c_json_stream s = over("\xef\xbb\xbf{\"n\":1}\n\xef\xbb\xbf{}");

    (void)state;
    assert_next(&s, 1, 1);
    assert_bad(&s, 2, 1, "");
    s = over("\xef\xbb\xbf oops");
    assert_bad(&s, 1, 5, "");
}

static void nothing_ends_at_once(void **state)
{
    struct c2c_json_stream s = over("");

    (void)state;
    assert_end(&s);
    s = over("\xef\xbb\xbf\n\n");
    assert_end(&s);
}

static void a_newline_inside_text_is_escaped_and_counts_nothing(void **state)
{
    struct c2c_json_stream s = over("{\"n\":1,\"t\":\"a\\nb\"}\n{\"n\":2}");

    (void)state;
    assert_next(&s, 1, 1);
    assert_next(&s, 2, 2);
}

static void errors_count_from_the_beginning_of_the_stream(void **state)
{
    struct c2c_json_stream s = over("{\"n\":1}\n\n  {\"n\":\n oops}");

    (void)state;
    assert_next(&s, 1, 1);
    assert_bad(&s, 4, 5, "");
    assert_int_equal(s.line, 3); /* It stays at the bad value. */
    assert_int_equal(s.column, 2);
    assert_int_equal(s.rest.p[0], '{');
    assert_bad(&s, 4, 5, "");
}

static void columns_count_what_stands_before_in_the_line(void **state)
{
    struct c2c_json_stream s = over("{\"n\":1}  {\"n\":2,} ");

    (void)state;
    assert_next(&s, 1, 1);
    assert_bad(&s, 1, 17, "");
    s = over("{\"n\":1,\"t\":\"杭州\"} oops");
    assert_next(&s, 1, 1);
    assert_bad(&s, 1, 21, "");
}

static void a_place_inside_the_value_is_a_pointer(void **state)
{
    struct c2c_json_stream s = over("{\"n\":1}\n{\"n\":[0,1.5]}");

    (void)state;
    assert_next(&s, 1, 1);
    assert_bad(&s, 0, 0, "/n/1");
    assert_int_equal(s.line, 2);
}

static void a_text_cut_short_is_an_error(void **state)
{
    struct c2c_json_stream s = over("{\"n\":1}\n{\"n\":2");

    (void)state;
    assert_next(&s, 1, 1);
    assert_bad(&s, 2, 6, "");
    assert_string_equal(why.reason, "the text ends too early");
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines_hold_one_text_each),
        TEST(blank_lines_count),
        TEST(a_text_may_take_several_lines),
        TEST(texts_need_nothing_between_them),
        TEST(numbers_in_a_row_are_several_texts),
        TEST(a_byte_order_mark_is_passed_over_at_the_beginning),
        TEST(nothing_ends_at_once),
        TEST(a_newline_inside_text_is_escaped_and_counts_nothing),
        TEST(errors_count_from_the_beginning_of_the_stream),
        TEST(columns_count_what_stands_before_in_the_line),
        TEST(a_place_inside_the_value_is_a_pointer),
        TEST(a_text_cut_short_is_an_error),
    };
    return cmocka_run_group_tests_name("codec/json stream", tests, NULL, NULL);
}
