#include "base/near.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

/* The names kept for @wanted out of @names, with blanks between. */
static const char *near_of(const char *wanted, const char *const *names)
{
    static char found[256];
    struct c2c_near near;

    c2c_near_init(&near, c2c_view_str(wanted));
    for (; *names != NULL; names++) {
        c2c_near_offer(&near, c2c_view_str(*names));
    }
    found[0] = '\0';
    for (size_t i = 0; i < near.n; i++) {
        size_t n = strlen(found);

        assert_true(i == 0 || near.distance[i - 1] <= near.distance[i]);
        (void)snprintf(found + n, sizeof found - n, "%s%.*s", i == 0 ? "" : " ",
                       (int)near.best[i].n, (const char *)near.best[i].p);
    }
    return found;
}
#define NEAR(WANTED, ...) \
    near_of((WANTED), (const char *const[]){__VA_ARGS__, NULL})

static void one_slip_of_the_finger_is_forgiven(void **state)
{
    (void)state;
    assert_string_equal(NEAR("ofice", "office"), "office");
    assert_string_equal(NEAR("officce", "office"), "office");
    assert_string_equal(NEAR("offixe", "office"), "office");
    assert_string_equal(NEAR("offcie", "office"), "office"); /* A swap. */
    assert_string_equal(NEAR("OFFICE", "office"), "office");
    assert_string_equal(NEAR("zzzzzz", "office"), "");
}

static void a_swap_counts_once(void **state)
{
    struct c2c_near near;

    (void)state;
    c2c_near_init(&near, c2c_view_str("abcdef"));
    c2c_near_offer(&near, c2c_view_str("bacdfe"));
    assert_int_equal(near.n, 1);
    assert_int_equal(near.distance[0], 2);
}

static void beginnings_count_as_near(void **state)
{
    (void)state;
    assert_string_equal(NEAR("rel", "relationship", "contact"), "relationship");
    assert_string_equal(NEAR("", "office"), "");
}

static void distance_is_limited_by_a_third(void **state)
{
    (void)state;
    assert_string_equal(NEAR("abc", "abx"), "abx");
    assert_string_equal(NEAR("abc", "axx"), "");
    assert_string_equal(NEAR("abcd", "abxx"), "abxx");
    assert_string_equal(NEAR("abcd", "axxx"), "");
}

static void the_three_nearest_are_kept_in_order(void **state)
{
    (void)state;
    assert_string_equal(NEAR("abcdefghi", "abcdefxyi", "abcdefghx", "abcdefghi",
                             "abxxefghi", "abcdefgxx"),
                        "abcdefghi abcdefghx abcdefxyi");
    /* Of equals the first stays. */
    assert_string_equal(NEAR("abcdef", "abcdex", "abcdey", "abcdez", "abcdew"),
                        "abcdex abcdey abcdez");
}

static void it_counts_characters_not_bytes(void **state)
{
    (void)state;
    assert_string_equal(NEAR("\u676d\u5dde\u5e02", "\u676d\u5dde\u53bf"),
                        "\u676d\u5dde\u53bf");
    assert_string_equal(NEAR("\u00c4MTER", "\u00e4mter"), "\u00e4mter");
}

/* Its distance to a single character would be near enough. */
static void no_name_is_near_to_nothing(void **state)
{
    struct c2c_near near;

    (void)state;
    c2c_near_init(&near, c2c_view_str("x"));
    c2c_near_offer(&near, c2c_view_str(""));
    assert_int_equal(near.n, 0);
}

static void what_is_too_long_or_ill_formed_is_passed_over(void **state)
{
    char longest[65];
    char too_long[66];

    (void)state;
    memset(longest, 'a', 64);
    longest[64] = '\0';
    memset(too_long, 'a', 65);
    too_long[65] = '\0';
    assert_string_equal(NEAR(longest, longest), longest);
    assert_string_equal(NEAR(longest, too_long), "");
    assert_string_equal(NEAR(too_long, longest), "");
    assert_string_equal(NEAR("office", "offi\xff"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_slip_of_the_finger_is_forgiven),
        cmocka_unit_test(a_swap_counts_once),
        cmocka_unit_test(beginnings_count_as_near),
        cmocka_unit_test(distance_is_limited_by_a_third),
        cmocka_unit_test(the_three_nearest_are_kept_in_order),
        cmocka_unit_test(it_counts_characters_not_bytes),
        cmocka_unit_test(no_name_is_near_to_nothing),
        cmocka_unit_test(what_is_too_long_or_ill_formed_is_passed_over),
    };
    return cmocka_run_group_tests_name("base/near", tests, NULL, NULL);
}
