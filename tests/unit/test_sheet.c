#include "c2c/sheet.h"

#include <string.h>

#include "test.h"

static const uint8_t seed[C2C_SEED_BYTES] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
                                             0xcd, 0xef, 0x00, 0x00, 0x00, 0x00,
                                             0x00, 0x00, 0x00, 0x00, 0xff, 0xff,
                                             0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                             0x10, 0x32, 0x54, 0x76, 0x98, 0xba,
                                             0xdc, 0xfe};

/* Checks as python's binascii.crc_hqx(b"1" + digits, 0xffff) has them. */
static void rows_are_groups_with_a_check(void **state)
{
    static const char *const want[] = {"1  0123 4567 89ab cdef  1da8",
                                       "2  0000 0000 0000 0000  0bd8",
                                       "3  ffff ffff ffff ffff  24fc",
                                       "4  1032 5476 98ba dcfe  474f"};
    char row[C2C_SHEET_ROW_TEXT];

    (void)state;
    for (unsigned i = 0; i < C2C_SHEET_ROWS; i++) {
        c2c_sheet_row(seed, i + 1, row);
        assert_string_equal(row, want[i]);
    }
}

static void rows_are_read_as_people_type_them(void **state)
{
    char typed[64];
    uint8_t bytes[8];
    unsigned row;

    (void)state;
    for (unsigned i = 1; i <= C2C_SHEET_ROWS; i++) {
        c2c_sheet_row(seed, i, typed);
        assert_ok(c2c_sheet_read(c2c_view_str(typed), &row, bytes));
        assert_int_equal(row, i);
        assert_memory_equal(bytes, seed + (size_t)(i - 1) * 8, 8);
    }
    assert_ok(
        c2c_sheet_read(c2c_view_str("10123456789abcdef1da8"), &row, bytes));
    assert_ok(c2c_sheet_read(c2c_view_str(" 1-0123\t4567-89AB-CDEF 1DA8 "),
                             &row, bytes));
    assert_memory_equal(bytes, seed, 8);
}

/* Every wrong character, every swap of neighbours. */
static void one_mistake_is_found(void **state)
{
    static const char digits[] = "10123456789abcdef1da8";
    unsigned row = 9;
    uint8_t bytes[8] = {7};

    (void)state;
    for (size_t i = 0; i < sizeof digits - 1; i++) {
        char typed[sizeof digits];

        for (const char *c = "0123456789abcdefgO"; *c != '\0'; c++) {
            memcpy(typed, digits, sizeof digits);
            typed[i] = *c;
            if (*c != digits[i]) {
                assert_err(c2c_sheet_read(c2c_view_str(typed), &row, bytes),
                           C2C_E_MALFORMED);
            }
        }
        memcpy(typed, digits, sizeof digits);
        if (i > 0 && typed[i] != typed[i - 1]) {
            typed[i] = digits[i - 1];
            typed[i - 1] = digits[i];
            assert_err(c2c_sheet_read(c2c_view_str(typed), &row, bytes),
                       C2C_E_MALFORMED);
        }
    }
    assert_int_equal(row, 9);
    assert_int_equal(bytes[0], 7); /* Both untouched. */
}

static void other_texts_are_no_rows(void **state)
{
    static const char *const bad[] = {
        "", "1", "10123456789abcdef1da", "10123456789abcdef1da80",
        /* The checks are right, the rows do not exist. */
        "00123456789abcdef0d4a", "50123456789abcdef5e20"};
    uint8_t bytes[8];
    unsigned row;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_err(c2c_sheet_read(c2c_view_str(bad[i]), &row, bytes),
                   C2C_E_MALFORMED);
    }
    assert_err(c2c_sheet_read(c2c_view_of("10123456789abcdef1da8\0", 22), &row,
                              bytes),
               C2C_E_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_groups_with_a_check),
        cmocka_unit_test(rows_are_read_as_people_type_them),
        cmocka_unit_test(one_mistake_is_found),
        cmocka_unit_test(other_texts_are_no_rows),
    };
    return cmocka_run_group_tests_name("c2c/sheet", tests, NULL, NULL);
}
