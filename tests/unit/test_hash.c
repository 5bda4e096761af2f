#include "base/hash.h"

#include <string.h>

#include "test.h"

static const char text[] =
    "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f";

static void text_is_read_as_it_is_written(void **state)
{
    char out[C2C_HASH_HEX];
    struct c2c_hash h;

    (void)state;
    assert_ok(c2c_hash_parse(c2c_view_str(text), &h));
    assert_int_equal(h.b[1], 0x11);
    assert_int_equal(h.b[31], 0x0f);
    c2c_hash_hex(&h, out);
    assert_string_equal(out, text);
}

static void no_other_text_is_read(void **state)
{
    struct c2c_hash h = {{42}};
    char upper[sizeof text];

    (void)state;
    memcpy(upper, text, sizeof text);
    upper[20] = 'A';
    assert_err(c2c_hash_parse(c2c_view_str(upper), &h), C2C_E_MALFORMED);
    assert_err(c2c_hash_parse(c2c_view_of(text, 63), &h), C2C_E_MALFORMED);
    assert_err(c2c_hash_parse(c2c_view_of(text, 62), &h), C2C_E_MALFORMED);
    assert_err(c2c_hash_parse(c2c_view_of(text, 65), &h), C2C_E_MALFORMED);
    assert_err(c2c_hash_parse(c2c_view_str(""), &h), C2C_E_MALFORMED);
    assert_int_equal(h.b[0], 42); /* Untouched. */
}

static void equal_means_all_bytes(void **state)
{
    struct c2c_hash a = {{0}};
    struct c2c_hash b = a;

    (void)state;
    assert_true(c2c_hash_eq(&a, &b));
    b.b[31] = 1;
    assert_false(c2c_hash_eq(&a, &b));
    b = a;
    b.b[0] = 1;
    assert_false(c2c_hash_eq(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_as_it_is_written),
        cmocka_unit_test(no_other_text_is_read),
        cmocka_unit_test(equal_means_all_bytes),
    };
    return cmocka_run_group_tests_name("base/hash", tests, NULL, NULL);
}
