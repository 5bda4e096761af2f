#include "c2c/locate.h"

#include <string.h>

#include "test.h"

static const char text[] = "{\n"                        /* 1 */
                           " \"type\": \"office\",\n"   /* 2 */
                           " \"body\": {\n"             /* 3 */
                           "  \"a/b~c\": 1, \"x\": [\n" /* 4 */
                           "    \"}],\\\"\",\n"         /* 5 */
                           "    {\"kind\":\n"           /* 6 */
                           "      \"celll\" }\n"        /* 7 */
                           "  ]\n"                      /* 8 */
                           " }\n"
                           "}\n";

static unsigned at(const char *pointer)
{
    return c2c_locate(c2c_view_str(text), pointer);
}

static void values_are_found_by_their_pointer(void **state)
{
    (void)state;
    assert_int_equal(at(""), 1);
    assert_int_equal(at("/type"), 2);
    assert_int_equal(at("/body"), 3);
    assert_int_equal(at("/body/a~1b~0c"), 4);
    assert_int_equal(at("/body/x"), 4);
    assert_int_equal(at("/body/x/0"), 5);
    assert_int_equal(at("/body/x/1"), 6);
    assert_int_equal(at("/body/x/1/kind"), 7);
}

static void what_is_missing_is_where_it_should_be(void **state)
{
    (void)state;
    assert_int_equal(at("/nothing"), 1);
    assert_int_equal(at("/body/name/en"), 3);
    assert_int_equal(at("/body/x/7"), 4);
    assert_int_equal(at("/body/x/one"), 4);
    assert_int_equal(at("/type/deeper"), 2);
}

static void broken_text_gives_a_line_and_is_not_read_beyond(void **state)
{
    char copy[sizeof text];

    (void)state;
    for (size_t n = 0; n < sizeof text; n++) {
        unsigned line;

        memset(copy, 0x5a, sizeof copy);
        memcpy(copy, text, n);
        line = c2c_locate(c2c_view_of(copy, n), "/body/x/1/kind");
        assert_true(line >= 1 && line <= 10);
    }
    assert_int_equal(c2c_locate(c2c_view_str("[,,,]"), "/3"), 1);
    assert_int_equal(c2c_locate(c2c_view_str("]"), "/0"), 1);
}

static void elements_of_an_array_have_their_lines(void **state)
{
    struct c2c_elements e =
        c2c_elements_of(c2c_view_str("[{\"a\":[1,2]},\n 2,\n\n\"x,y\"\n, [] ]"),
                        5);
    const unsigned lines[] = {5, 6, 8, 9};
    const char *const texts[] = {"{\"a\":[1,2]}", "2", "\"x,y\"", "[]"};
    struct c2c_view element;
    unsigned line;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_true(c2c_elements_next(&e, &element, &line));
        assert_int_equal(line, lines[i]);
        assert_true(c2c_view_eq_str(element, texts[i]));
    }
    assert_false(c2c_elements_next(&e, &element, &line));
    assert_false(c2c_elements_next(&e, &element, &line));
    e = c2c_elements_of(c2c_view_str(" [ ] "), 1);
    assert_false(c2c_elements_next(&e, &element, &line));
    e = c2c_elements_of(c2c_view_str("{}"), 1);
    assert_false(c2c_elements_next(&e, &element, &line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_by_their_pointer),
        cmocka_unit_test(what_is_missing_is_where_it_should_be),
        cmocka_unit_test(broken_text_gives_a_line_and_is_not_read_beyond),
        cmocka_unit_test(elements_of_an_array_have_their_lines),
    };
    return cmocka_run_group_tests_name("c2c/locate", tests, NULL, NULL);
}
