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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locale_names_become_tags),
        cmocka_unit_test(tags_have_a_shape),
    };
    return cmocka_run_group_tests_name("c2c/langtag", tests, NULL, NULL);
}
