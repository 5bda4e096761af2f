#include "base/hex.h"

#include <string.h>

#include "test.h"

static void every_byte_goes_there_and_back(void **state)
{
    uint8_t bytes[256];
    uint8_t back[256];
    char text[513];

    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        bytes[i] = (uint8_t)i;
    }
    c2c_hex_encode(c2c_view_of(bytes, sizeof bytes), text);
    assert_int_equal(strlen(text), 512);
    assert_memory_equal(text, "000102030405060708090a0b0c0d0e0f10", 34);
    assert_ok(c2c_hex_decode(c2c_view_str(text), back, sizeof back));
    assert_memory_equal(bytes, back, sizeof bytes);
}

static void nothing_is_the_empty_text(void **state)
{
    char text[1] = {'x'};

    (void)state;
    c2c_hex_encode((struct c2c_view){NULL, 0}, text);
    assert_string_equal(text, "");
    assert_ok(c2c_hex_decode((struct c2c_view){NULL, 0}, NULL, 0));
}

/* Every other byte in either place. */
static void only_lower_case_digits_are_read(void **state)
{
    uint8_t out;

    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        const uint8_t low[2] = {'0', (uint8_t)c};
        const uint8_t high[2] = {(uint8_t)c, '0'};
        bool digit = c != 0 && strchr("0123456789abcdef", (int)c) != NULL;
        enum c2c_err want = digit ? C2C_E_OK : C2C_E_MALFORMED;

        assert_err(c2c_hex_decode(c2c_view_of(low, 2), &out, 1), want);
        assert_err(c2c_hex_decode(c2c_view_of(high, 2), &out, 1), want);
    }
}

static void the_length_is_exact(void **state)
{
    uint8_t out[2];

    (void)state;
    assert_err(c2c_hex_decode(c2c_view_str("0a"), out, 2), C2C_E_MALFORMED);
    assert_err(c2c_hex_decode(c2c_view_str("0a0"), out, 1), C2C_E_MALFORMED);
    assert_err(c2c_hex_decode(c2c_view_str("0a0b"), out, 1), C2C_E_MALFORMED);
    assert_err(c2c_hex_decode(c2c_view_str("0a0b0"), out, 2), C2C_E_MALFORMED);
    assert_ok(c2c_hex_decode(c2c_view_str("0a0b"), out, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_goes_there_and_back),
        cmocka_unit_test(nothing_is_the_empty_text),
        cmocka_unit_test(only_lower_case_digits_are_read),
        cmocka_unit_test(the_length_is_exact),
    };
    return cmocka_run_group_tests_name("base/hex", tests, NULL, NULL);
}
