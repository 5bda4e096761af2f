#include <string.h>

#include "oom.h"
#include "record/types.h"
#include "registry.h"
#include "test.h"

static const struct c2c_vocab *vocab_of(const char *name)
{
    const struct c2c_vocab *vocab =
        c2c_vocabs_find(registry, c2c_view_str(name));

    assert_non_null(vocab);
    return vocab;
}

static void finds(const char *vocab, const char *word, const char *code)
{
    size_t i;

    if (c2c_vocab_find(vocab_of(vocab), c2c_view_str(word), &i) != C2C_E_OK) {
        fail_msg("%s: '%s' is not found", vocab, word);
    }
    assert_string_equal(c2c_vocab_code(vocab_of(vocab), i), code);
}

static void vocabularies_stand_in_order(void **state)
{
    (void)state;
    assert_int_equal(c2c_vocabs_count(registry), 5);
    assert_string_equal(c2c_vocab_name(c2c_vocabs_at(registry, 0)), "agendas");
    assert_string_equal(c2c_vocab_name(c2c_vocabs_at(registry, 1)),
                        "countries");
    assert_string_equal(c2c_vocab_name(c2c_vocabs_at(registry, 2)),
                        "languages");
    assert_string_equal(c2c_vocab_name(c2c_vocabs_at(registry, 3)), "purposes");
    assert_string_equal(c2c_vocab_name(c2c_vocabs_at(registry, 4)), "topics");
    assert_null(c2c_vocabs_at(registry, 5));
    assert_null(c2c_vocabs_find(registry, c2c_view_str("topic")));
}

static void a_word_is_found_by_code_label_and_alias(void **state)
{
    (void)state;
    finds("topics", "waste", "waste");
    finds("topics", "垃圾分类", "waste");
    finds("topics", "Отходы", "waste");
    finds("topics", "النفايات", "waste");
    finds("topics", "Sampah", "waste");
    finds("topics", "GARBAGE", "waste");
    finds("topics", "Solid-Waste", "waste");
    finds("topics", "solid_waste", "waste");
    finds("topics", "e-commerce", "digital");
    finds("topics", "BRI", "silk-road");
    finds("purposes", "MoU", "cooperation-agreement");
    finds("purposes", "友城", "sister-city");
    finds("purposes", "Twin towns", "sister-city");
    finds("agendas", "Agenda 2030", "sdg");
    finds("agendas", "Habitat III", "nua");
    finds("countries", "ph", "PH");
    finds("countries", "Holland", "NL");
    finds("countries", "south korea", "KR");
}

/* Traditional characters and full-width letters are the same words. */
static void spellings_of_a_word_are_folded(void **state)
{
    (void)state;
    finds("topics", "廢物管理", "waste");
    finds("topics", "ＷＡＳＴＥ", "waste");
    finds("topics", "молодежь", "youth");
}

static void other_words_are_not_found(void **state)
{
    static const char *const words[] = {"", "wast", "wastes", " waste ", "-"};
    size_t i = 77;

    (void)state;
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        assert_err(c2c_vocab_find(vocab_of("topics"), c2c_view_str(words[w]),
                                  &i),
                   C2C_E_NOT_FOUND);
    }
    assert_int_equal(i, 77); /* Written only on success. */
}

static void ill_formed_words_are_an_error(void **state)
{
    size_t i;

    (void)state;
    assert_err(c2c_vocab_find(vocab_of("topics"), c2c_view_str("\xff"), &i),
               C2C_E_MALFORMED);
}

static void labels_come_in_the_language_asked_for(void **state)
{
    const struct c2c_vocab *topics = vocab_of("topics");

    (void)state;
    assert_string_equal(c2c_vocab_code(topics, 0), "waste");
    assert_true(c2c_view_eq_str(c2c_vocab_label(topics, 0, c2c_view_str("id")),
                                "Sampah"));
    assert_true(
        c2c_view_eq_str(c2c_vocab_label(topics, 0, c2c_view_str("zh-Hans-CN")),
                        "废物管理"));
    assert_true(c2c_view_eq_str(c2c_vocab_label(topics, 0, c2c_view_str("fr")),
                                "Waste"));
    assert_null(c2c_vocab_code(topics, c2c_vocab_count(topics)));
    assert_int_equal(
        c2c_vocab_label(topics, c2c_vocab_count(topics), c2c_view_str("en")).n,
        0);
}

static enum c2c_err load_vocab(const char *text, struct c2c_diag *diag)
{
    const struct c2c_types_file files[] = {{"words", c2c_view_str(text)}};
    const struct c2c_types_set set = {NULL, 0, files, 1};
    struct c2c_types *types = NULL;
    enum c2c_err err = c2c_types_load(&set, diag, &types);

    c2c_types_free(types);
    return err;
}

static void a_bad_file_is_refused_with_its_place(void **state)
{
    struct c2c_diag diag = {0};

    (void)state;
    assert_err(load_vocab("[{\"code\":\"a\"},{\"code\":\"B c\"}]", &diag),
               C2C_E_SCHEMA);
    assert_non_null(strstr(diag.message, "words.json: /1/code"));
    assert_err(load_vocab("[{}]", &diag), C2C_E_SCHEMA);
    assert_err(load_vocab("[{\"code\":\"a\"},{\"code\":\"a\"}]", &diag),
               C2C_E_SCHEMA);
    assert_non_null(strstr(diag.message, "/1"));
    assert_err(load_vocab("{}", &diag), C2C_E_SCHEMA);
    assert_err(load_vocab("[", &diag), C2C_E_SCHEMA);
    assert_non_null(strstr(diag.message, "words.json:1:"));
    assert_ok(load_vocab("[{\"code\":\"a\"}]", &diag));
}

static enum c2c_err load_scenario(void *arg)
{
    struct c2c_diag diag = {0};

    (void)arg;
    return load_vocab("[{\"code\":\"a\",\"label\":{\"en\":\"A\"},"
                      "\"alias\":[\"x\",\"y\"]},{\"code\":\"b\"}]",
                      &diag);
}

static enum c2c_err find_scenario(void *arg)
{
    size_t i;

    (void)arg;
    return c2c_vocab_find(vocab_of("topics"), c2c_view_str("Garbage"), &i);
}

static void memory_may_run_out(void **state)
{
    (void)state;
    oom_sweep(load_scenario, NULL);
    oom_sweep(find_scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vocabularies_stand_in_order),
        cmocka_unit_test(a_word_is_found_by_code_label_and_alias),
        cmocka_unit_test(spellings_of_a_word_are_folded),
        cmocka_unit_test(other_words_are_not_found),
        cmocka_unit_test(ill_formed_words_are_an_error),
        cmocka_unit_test(labels_come_in_the_language_asked_for),
        cmocka_unit_test(a_bad_file_is_refused_with_its_place),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests_name("record/vocab", tests, registry_load,
                                       registry_free);
}
