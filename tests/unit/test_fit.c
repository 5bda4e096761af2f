#include "c2c/fit.h"

#include "test.h"

enum {
    GAP = 2
};

static size_t total(const struct c2c_fit *at, size_t n)
{
    size_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += at[i].out ? 0 : at[i].width + (sum > 0 ? GAP : 0);
    }
    return sum;
}

static void what_fits_stays_as_it_is(void **state)
{
    struct c2c_fit at[] = {{.width = 10}, {.width = 40, .elastic = true}};

    (void)state;
    assert_true(c2c_fit(at, 2, GAP, 52));
    assert_int_equal(at[0].width, 10);
    assert_int_equal(at[1].width, 40);
    assert_false(at[1].out);
    assert_true(c2c_fit(at, 2, GAP, 51));
    assert_int_equal(at[1].width, 39);
}

static void the_widest_gives_first(void **state)
{
    struct c2c_fit at[] = {{.width = 10},
                           {.width = 20, .elastic = true},
                           {.width = 90, .elastic = true},
                           {.width = 8, .elastic = true}};

    (void)state;
    assert_true(c2c_fit(at, 4, GAP, 80));
    assert_int_equal(at[1].width, 20);
    assert_int_equal(at[2].width, 80 - 10 - 20 - 8 - 3 * GAP);
    assert_int_equal(at[3].width, 8);
    assert_int_equal(total(at, 4), 80);
}

/* A table of practices on a terminal of 80 columns. */
static void what_would_be_unreadable_is_left_out(void **state)
{
    struct c2c_fit at[] = {{.width = 37},
                           {.width = 57, .elastic = true},
                           {.width = 87, .elastic = true},
                           {.width = 8, .elastic = true},
                           {.width = 10}};

    (void)state;
    assert_true(c2c_fit(at, 5, GAP, 80));
    assert_false(at[1].out);
    assert_true(at[2].out);
    assert_true(at[3].out);
    assert_int_equal(at[1].width, 80 - 37 - 10 - 2 * GAP);
    assert_int_equal(total(at, 5), 80);
}

static void the_first_always_stays_and_no_column_vanishes(void **state)
{
    struct c2c_fit at[] = {{.width = 60},
                           {.width = 1000000, .elastic = true},
                           {.width = 30, .elastic = true}};

    (void)state;
    assert_false(c2c_fit(at, 3, GAP, 40));
    assert_int_equal(at[0].width, 60);
    assert_false(at[1].out);
    assert_int_equal(at[1].width, C2C_FIT_READABLE);
    assert_true(at[2].out);
    assert_true(c2c_fit(at, 0, GAP, 40));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_stays_as_it_is),
        cmocka_unit_test(the_widest_gives_first),
        cmocka_unit_test(what_would_be_unreadable_is_left_out),
        cmocka_unit_test(the_first_always_stays_and_no_column_vanishes),
    };
    return cmocka_run_group_tests_name("c2c/fit", tests, NULL, NULL);
}
