#include "base/view.h"

#include "base/mem.h"
#include "oom.h"
#include "test.h"

static const struct c2c_view nothing = {NULL, 0};

static void c_strings_are_seen_without_their_nul(void **state)
{
    struct c2c_view v = c2c_view_str("abc");

    (void)state;
    assert_int_equal(v.n, 3);
    assert_int_equal(v.p[2], 'c');
    assert_int_equal(c2c_view_str(NULL).n, 0);
    assert_null(c2c_view_str(NULL).p);
    assert_int_equal(c2c_view_of("a\0b", 3).n, 3);
}

static void equal_means_the_same_bytes(void **state)
{
    (void)state;
    assert_true(c2c_view_eq(c2c_view_str("ab"), c2c_view_of("abc", 2)));
    assert_false(c2c_view_eq(c2c_view_str("ab"), c2c_view_str("abc")));
    assert_false(c2c_view_eq(c2c_view_str("ab"), c2c_view_str("ac")));
    assert_true(c2c_view_eq(nothing, c2c_view_str("")));
    assert_true(c2c_view_eq_str(c2c_view_of("xyz", 1), "x"));
    assert_false(c2c_view_eq_str(c2c_view_of("x\0y", 3), "x"));
}

static void order_is_bytewise_and_short_before_long(void **state)
{
    (void)state;
    assert_true(c2c_view_cmp(c2c_view_str("a"), c2c_view_str("b")) < 0);
    assert_true(c2c_view_cmp(c2c_view_str("ab"), c2c_view_str("a")) > 0);
    assert_true(c2c_view_cmp(nothing, c2c_view_str("a")) < 0);
    assert_int_equal(c2c_view_cmp(nothing, c2c_view_str("")), 0);
    assert_true(c2c_view_cmp(c2c_view_str("\x7f"), c2c_view_str("\x80")) < 0);
}

static void beginnings_are_seen(void **state)
{
    (void)state;
    assert_true(c2c_view_starts(c2c_view_str("abc"), c2c_view_str("ab")));
    assert_true(c2c_view_starts(c2c_view_str("ab"), c2c_view_str("ab")));
    assert_true(c2c_view_starts(nothing, nothing));
    assert_true(c2c_view_starts(c2c_view_str("a"), nothing));
    assert_false(c2c_view_starts(c2c_view_str("a"), c2c_view_str("ab")));
    assert_false(c2c_view_starts(c2c_view_str("abc"), c2c_view_str("b")));
}

static enum c2c_err dup(void *arg)
{
    char *copy = c2c_view_dup(*(struct c2c_view *)arg);

    if (copy == NULL) {
        return C2C_E_NOMEM;
    }
    assert_string_equal(copy, "ab");
    c2c_free(copy);
    return C2C_E_OK;
}

static void copies_end_with_a_nul(void **state)
{
    struct c2c_view v = c2c_view_of("abc", 2);
    char *copy = c2c_view_dup(nothing);

    (void)state;
    assert_string_equal(copy, "");
    c2c_free(copy);
    oom_sweep(dup, &v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(c_strings_are_seen_without_their_nul),
        cmocka_unit_test(equal_means_the_same_bytes),
        cmocka_unit_test(order_is_bytewise_and_short_before_long),
        cmocka_unit_test(beginnings_are_seen),
        cmocka_unit_test(copies_end_with_a_nul),
    };
    return cmocka_run_group_tests_name("base/view", tests, NULL, NULL);
}
