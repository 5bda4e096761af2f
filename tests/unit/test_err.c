#include "base/err.h"

#include <string.h>

#include "test.h"

struct row {
    enum c2c_err err;
    unsigned number;
    const char *name;
};

static const struct row rows[] = {
#define ROW(NAME, NUMBER, TEXT) {C2C_E_##NAME, NUMBER, #NAME},
    C2C_ERR_MAP(ROW)
#undef ROW
};

enum {
    N_ROWS = sizeof rows / sizeof rows[0]
};

/* Replies carry the numbers: those that have been given stay. */
static void numbers_are_stable(void **state)
{
    (void)state;
    assert_int_equal(C2C_E_OK, 0);
    assert_int_equal(C2C_E_NOMEM, 1);
    assert_int_equal(C2C_E_BAD_SIGNATURE, 6);
    assert_int_equal(C2C_E_SCHEMA, 13);
    assert_int_equal(C2C_E_USAGE, 22);
    assert_int_equal(C2C_E_DENIED, 35);
}

static void every_code_has_a_number_a_name_and_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        const char *text = c2c_strerror(rows[i].err);

        assert_int_equal(rows[i].number, i); /* No gap, none twice. */
        assert_int_equal(c2c_err_from_number(i), rows[i].err);
        assert_string_equal(c2c_errname(rows[i].err), rows[i].name);
        assert_true(strlen(text) > 3);
        assert_int_not_equal(text[strlen(text) - 1], '.');
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(text, c2c_strerror(rows[k].err));
        }
    }
}

static void unknown_numbers_are_unsupported(void **state)
{
    (void)state;
    assert_err(c2c_err_from_number(N_ROWS), C2C_E_UNSUPPORTED);
    assert_err(c2c_err_from_number(UINT64_MAX), C2C_E_UNSUPPORTED);
    assert_string_equal(c2c_strerror((enum c2c_err)9999), "unknown error");
    assert_string_equal(c2c_errname((enum c2c_err)9999), "UNKNOWN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_stable),
        cmocka_unit_test(every_code_has_a_number_a_name_and_a_sentence),
        cmocka_unit_test(unknown_numbers_are_unsupported),
    };
    return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
