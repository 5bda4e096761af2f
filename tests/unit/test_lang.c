#include "record/lang.h"
#include "registry.h"
#include "test.h"

static void expect(const char *map, const char *lang, const char *want)
{
    struct c2c_doc *doc;
    struct c2c_view got;

    assert_ok(c2c_doc_new(&doc));
    got = c2c_lang_pick(registry_json(doc, map), c2c_view_str(lang));
    if (!c2c_view_eq_str(got, want)) {
        fail_msg("%s of %s: '%.*s', not '%s'", lang, map, (int)got.n,
                 (const char *)got.p, want);
    }
    c2c_doc_free(doc);
}

static void the_same_tag_comes_first(void **state)
{
    (void)state;
    expect("{\"en\":\"e\",\"zh\":\"z\",\"zh-Hans\":\"s\"}", "zh-Hans", "s");
    expect("{\"en\":\"e\",\"ZH-hans\":\"s\"}", "zh-Hans", "s");
    expect("{\"en\":\"e\",\"zh-Hans\":\"s\"}", "ZH-HANS", "s");
}

static void a_tag_is_shortened_from_the_right(void **state)
{
    (void)state;
    expect("{\"en\":\"e\",\"zh\":\"z\",\"zh-Hans\":\"s\"}", "zh-Hans-CN", "s");
    expect("{\"en\":\"e\",\"zh\":\"z\",\"zh-Hant\":\"t\"}", "zh-Hans-CN", "z");
    /* A single letter goes with what it introduced (RFC 4647 3.4). */
    expect("{\"en\":\"e\",\"de\":\"d\"}", "de-x-formal", "d");
}

static void another_form_of_the_language_is_better_than_english(void **state)
{
    (void)state;
    expect("{\"en\":\"e\",\"zh-Hant\":\"t\"}", "zh-Hans", "t");
    expect("{\"en\":\"e\",\"pt-BR\":\"b\"}", "pt", "b");
    expect("{\"en\":\"e\",\"zho\":\"z\"}", "zh", "e");
}

static void then_english_then_the_first(void **state)
{
    (void)state;
    expect("{\"id\":\"i\",\"en\":\"e\"}", "ru", "e");
    expect("{\"id\":\"i\",\"en-GB\":\"g\"}", "ru", "g");
    expect("{\"id\":\"i\",\"ms\":\"m\"}", "ru", "i");
    expect("{\"id\":\"i\",\"en\":\"e\"}", "", "e");
}

static void people_come_before_machines(void **state)
{
    (void)state;
    expect("{\"ru-x-mt\":\"m\",\"ru\":\"r\"}", "ru", "r");
    expect("{\"en\":\"e\",\"ru-x-mt\":\"m\"}", "ru", "m");
    expect("{\"ru-x-mt\":\"m\",\"id\":\"i\"}", "en", "i");
    expect("{\"en-x-mt\":\"m\",\"id\":\"i\"}", "ru", "m");
    expect("{\"ru-x-mt\":\"m\"}", "id", "m");
    expect("{\"zh-Hans-x-mt\":\"m\",\"zh-Hant\":\"t\",\"en\":\"e\"}", "zh-Hans",
           "t");
}

static void what_is_no_map_stays_as_it_is(void **state)
{
    (void)state;
    expect("\"text\"", "en", "text");
    expect("{}", "en", "");
    expect("[\"a\"]", "en", "");
    expect("7", "en", "");
    expect("{\"en\":5}", "en", "");
    assert_int_equal(c2c_lang_pick(NULL, c2c_view_str("en")).n, 0);
}

static void the_tag_that_was_chosen_is_told(void **state)
{
    struct c2c_doc *doc;
    struct c2c_pair pair;

    (void)state;
    assert_ok(c2c_doc_new(&doc));
    pair = c2c_lang_pick_pair(registry_json(doc,
                                            "{\"en\":\"e\",\"zh-Hant\":\"t\"}"),
                              c2c_view_str("zh-Hans"));
    assert_true(c2c_view_eq_str(pair.key, "zh-Hant"));
    assert_true(c2c_view_eq_str(c2c_val_str(pair.val), "t"));
    pair =
        c2c_lang_pick_pair(registry_json(doc, "\"text\""), c2c_view_str("en"));
    assert_int_equal(pair.key.n, 0);
    assert_null(pair.val);
    c2c_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_tag_comes_first),
        cmocka_unit_test(a_tag_is_shortened_from_the_right),
        cmocka_unit_test(another_form_of_the_language_is_better_than_english),
        cmocka_unit_test(then_english_then_the_first),
        cmocka_unit_test(people_come_before_machines),
        cmocka_unit_test(what_is_no_map_stays_as_it_is),
        cmocka_unit_test(the_tag_that_was_chosen_is_told),
    };
    return cmocka_run_group_tests_name("record/lang", tests, NULL, NULL);
}
