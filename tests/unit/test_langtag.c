#include "c2c/langtag.h"

#include "test.h"

static void locale_names_become_tags(void **state)
{
    static const struct {
        const char *locale;
        const char *tag;
    } cases[] = {
        {"de_AT.UTF-8", "de-AT"},
        {"id_ID", "id-ID"},
        {"fr", "fr"},
        {"zh_CN.UTF-8", "zh-Hans"},
        {"zh_SG", "zh-Hans"},
        {"zh", "zh-Hans"},
        {"zh_TW", "zh-Hant"},
        {"zh_HK.UTF-8", "zh-Hant"},
        {"sr_RS@latin", "sr-Latn-RS"},
        {"de_DE@euro", "de-DE"},
        {"fil_PH", "fil-PH"},
        {"C", "en"},
        {"C.UTF-8", "en"},
        {"POSIX", "en"},
        {"", "en"},
        {NULL, "en"},
        {"../../etc", "en"},
        {"de_1", "de"},
    };
    char tag[C2C_LANGTAG_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        c2c_langtag_of_locale(cases[i].locale, tag);
        assert_string_equal(tag, cases[i].tag);
        assert_true(c2c_langtag_valid(tag));
    }
}

static void tags_have_a_shape(void **state)
{
    (void)state;
    assert_true(c2c_langtag_valid("zh-Hans-CN"));
    assert_true(c2c_langtag_valid("ru-x-mt"));
    assert_false(c2c_langtag_valid(""));
    assert_false(c2c_langtag_valid("e"));
    assert_false(c2c_langtag_valid("en-"));
    assert_false(c2c_langtag_valid("en--GB"));
    assert_false(c2c_langtag_valid("en_GB"));
    assert_false(c2c_langtag_valid("en-toolongpart"));
    assert_false(c2c_langtag_valid("1n"));
    assert_false(
        c2c_langtag_valid("en-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa-"
                          "aaaaaaaa-aaaaaaaa-aaaaaaaa"));
}

static const char *guess(const char *text)
{
    return c2c_langtag_of_text(c2c_view_str(text));
}

static void the_script_of_a_name_tells_its_language(void **state)
{
    (void)state;
    assert_string_equal(guess("Kuala Lumpur"), "en");
    assert_string_equal(guess("Xi\u2019an"), "en");
    assert_string_equal(guess("\u676d\u5dde"), "zh");
    assert_string_equal(guess("\u8efd\u4e95\u6ca2\u307e\u3061"), "ja");
    assert_string_equal(guess("\ud0dc\ubc31"), "ko");
    assert_string_equal(guess("\u041a\u0430\u0437\u0430\u043d\u044c"), "ru");
    assert_string_equal(guess("\u0e01\u0e23\u0e38\u0e07\u0e40\u0e17\u0e1e"),
                        "th");
    assert_string_equal(guess("\u0628\u063a\u062f\u0627\u062f"), "ar");
    assert_string_equal(guess(""), "en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locale_names_become_tags),
        cmocka_unit_test(tags_have_a_shape),
        cmocka_unit_test(the_script_of_a_name_tells_its_language),
    };
    return cmocka_run_group_tests_name("c2c/langtag", tests, NULL, NULL);
}
