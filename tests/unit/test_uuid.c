#include "base/uuid.h"

#include <string.h>

#include "test.h"

static void fill_ones(void *ctx, void *out, size_t n)
{
    (void)ctx;
    memset(out, 0xff, n);
}

static void fill_count(void *ctx, void *out, size_t n)
{
    uint8_t *next = ctx;

    for (size_t i = 0; i < n; i++) {
        ((uint8_t *)out)[i] = (*next)++;
    }
}

static const char *text_of(const struct c2c_uuid *u)
{
    static char out[C2C_UUID_TEXT];

    c2c_uuid_format(u, out);
    return out;
}

static void time_version_and_variant_are_in_it(void **state)
{
    const struct c2c_rng ones = {fill_ones, NULL};
    uint8_t next = 0;
    const struct c2c_rng count = {fill_count, &next};
    struct c2c_uuid u = c2c_uuid_v7(0, &ones);

    (void)state;
    assert_string_equal(text_of(&u), "00000000-0000-7fff-bfff-ffffffffffff");
    /* The example of RFC 9562, appendix A.6, has this time. */
    u = c2c_uuid_v7(UINT64_C(0x017f22e279b0), &count);
    assert_string_equal(text_of(&u), "017f22e2-79b0-7607-8809-0a0b0c0d0e0f");
    u = c2c_uuid_v7(UINT64_MAX, &ones);
    assert_string_equal(text_of(&u), "ffffffff-ffff-7fff-bfff-ffffffffffff");
}

static void later_ones_sort_behind(void **state)
{
    uint8_t next = 0;
    const struct c2c_rng count = {fill_count, &next};
    struct c2c_uuid before = c2c_uuid_v7(255, &count);
    struct c2c_uuid after = c2c_uuid_v7(256, &count);

    (void)state;
    assert_true(c2c_uuid_cmp(&before, &after) < 0);
    assert_true(c2c_uuid_cmp(&after, &before) > 0);
    assert_int_equal(c2c_uuid_cmp(&before, &before), 0);
    assert_true(c2c_uuid_eq(&before, &before));
    assert_false(c2c_uuid_eq(&before, &after));
}

static void text_is_read_as_it_is_written(void **state)
{
    static const char text[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    struct c2c_uuid u;

    (void)state;
    assert_ok(c2c_uuid_parse(c2c_view_str(text), &u));
    assert_string_equal(text_of(&u), text);
    assert_int_equal(u.b[0], 0x01);
    assert_int_equal(u.b[15], 0x8f);
}

static void no_other_text_is_read(void **state)
{
    static const char *const bad[] = {
        "",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "017f22e279b07cc398c4dc0c0c07398f",
        "017f22e2079b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4--c0c0c07398f",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct c2c_uuid u = {{42}};

        assert_err(c2c_uuid_parse(c2c_view_str(bad[i]), &u), C2C_E_MALFORMED);
        assert_int_equal(u.b[0], 42); /* Untouched. */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_version_and_variant_are_in_it),
        cmocka_unit_test(later_ones_sort_behind),
        cmocka_unit_test(text_is_read_as_it_is_written),
        cmocka_unit_test(no_other_text_is_read),
    };
    return cmocka_run_group_tests_name("base/uuid", tests, NULL, NULL);
}
