#include "base/diag.h"

#include <string.h>

#include "base/text.h"
#include "test.h"

static void it_holds_thing_message_and_hint(void **state)
{
    struct c2c_diag d;

    (void)state;
    assert_err(c2c_diag_set(&d, C2C_E_NOT_FOUND, "office/a", "no such %s", "x"),
               C2C_E_NOT_FOUND);
    assert_err(d.code, C2C_E_NOT_FOUND);
    assert_string_equal(d.thing, "office/a");
    assert_string_equal(d.message, "no such x");
    assert_string_equal(d.hint, "");
    c2c_diag_hint(&d, "try %d", 7);
    c2c_diag_hint(&d, "try %d", 8);
    assert_string_equal(d.hint, "try 8");
    (void)c2c_diag_set(&d, C2C_E_IO, NULL, "again");
    assert_string_equal(d.thing, "");
    assert_string_equal(d.hint, ""); /* The old hint does not fit any more. */
}

static void what_it_quotes_becomes_one_well_formed_line(void **state)
{
    struct c2c_diag d;

    (void)state;
    (void)c2c_diag_set(&d, C2C_E_IO, "a\nb\x7f", "\033[2J\xff %s",
                       "\xe6\x9d\xad\t");
    assert_string_equal(d.thing, "a b ");
    assert_string_equal(d.message, " [2J? \xe6\x9d\xad ");
    c2c_diag_hint(&d, "one\r\ntwo");
    assert_string_equal(d.hint, "one  two");
}

/* The cut falls on each byte of a three-byte character once. */
static void long_text_is_cut_between_characters(void **state)
{
    char text[4096] = "";
    struct c2c_diag d;

    (void)state;
    for (size_t lead = 0; lead < 3; lead++) {
        memset(text, 'a', lead);
        for (size_t at = lead; at + 3 < sizeof text; at += 3) {
            memcpy(text + at, "\xe6\x9d\xad", 4);
        }
        (void)c2c_diag_set(&d, C2C_E_IO, text, "%s", text);
        c2c_diag_hint(&d, "%s", text);
        assert_true(c2c_text_valid(c2c_view_str(d.thing)));
        assert_true(c2c_text_valid(c2c_view_str(d.message)));
        assert_true(c2c_text_valid(c2c_view_str(d.hint)));
        assert_true(strlen(d.thing) > sizeof d.thing - 4);
        assert_true(strlen(d.message) > sizeof d.message - 4);
        assert_true(strlen(d.hint) > sizeof d.hint - 4);
        assert_null(strchr(d.message, '?'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds_thing_message_and_hint),
        cmocka_unit_test(what_it_quotes_becomes_one_well_formed_line),
        cmocka_unit_test(long_text_is_cut_between_characters),
    };
    return cmocka_run_group_tests_name("base/diag", tests, NULL, NULL);
}
