#include "c2c/value.h"

#include <string.h>

#include "client.h"
#include "oom.h"
#include "test.h"

static struct client c;
static struct c2c_words people;
static struct c2c_words programs;

static int begin(void **state)
{
    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    people = (struct c2c_words){.types = c2c_run_types(&c.run),
                                .lang = c2c_run_lang(&c.run),
                                .people = true};
    programs = people;
    programs.people = false;
    assert_non_null(people.types);
    return 0;
}

static int end(void **state)
{
    (void)state;
    client_end(&c);
    return 0;
}

static const struct c2c_schema *schema_of(const char *type, const char *path)
{
    const struct c2c_type *t = c2c_run_type(&c.run, type);

    return c2c_value_schema(c2c_type_body(t), path);
}

static const char *text_of(const struct c2c_words *words,
                           const struct c2c_schema *schema, const char *json)
{
    static char out[4096];
    struct c2c_buf text;

    c2c_buf_init(&text, sizeof out - 1);
    assert_ok(c2c_value_put(words, schema, client_val(&c, json), &text));
    if (text.n > 0) {
        memcpy(out, text.p, text.n);
    }
    out[text.n] = '\0';
    c2c_buf_fini(&text);
    return out;
}

static void scalars_have_words_for_people_and_programs(void **state)
{
    (void)state;
    assert_string_equal(text_of(&people, NULL, "\"a\\tb\""), "a\tb");
    assert_string_equal(text_of(&people, NULL, "-9223372036854775808"),
                        "-9223372036854775808");
    assert_string_equal(text_of(&people, NULL, "true"), "yes");
    assert_string_equal(text_of(&people, NULL, "false"), "no");
    assert_string_equal(text_of(&programs, NULL, "true"), "true");
    assert_string_equal(text_of(&programs, NULL, "false"), "false");
    assert_string_equal(text_of(&people, NULL, "null"), "");
    assert_ok(c2c_value_put(&people, NULL, NULL, &(struct c2c_buf){.max = 0}));
}

static void lists_have_separators_between_what_says_something(void **state)
{
    (void)state;
    assert_string_equal(text_of(&people, NULL, "[1,2,3]"), "1, 2, 3");
    assert_string_equal(text_of(&programs, NULL, "[1,2,3]"), "1,2,3");
    assert_string_equal(text_of(&people, NULL, "[]"), "");
    assert_string_equal(text_of(&people, NULL, "[\"a\",[\"b\"]]"), "a, b");
}

static void codes_have_labels_for_people(void **state)
{
    const struct c2c_schema *kind = schema_of("office", "kind");

    (void)state;
    assert_non_null(kind);
    assert_string_equal(text_of(&people, kind, "\"dedicated-cell\""),
                        "Dedicated cell");
    assert_string_equal(text_of(&programs, kind, "\"dedicated-cell\""),
                        "dedicated-cell");
    assert_string_equal(text_of(&people, kind, "\"unknown\""), "unknown");
    people.lang = c2c_view_str("zh-Hans");
    assert_string_equal(text_of(&people, kind, "\"dedicated-cell\""),
                        "\u4e13\u95e8\u673a\u6784");
}

static void languages_have_names_for_people(void **state)
{
    const struct c2c_schema *tag = schema_of("office", "languages.0.tag");

    (void)state;
    people.lang = c2c_view_str("en");
    assert_string_equal(text_of(&people, tag, "\"zh-Hans\""),
                        "Chinese (simplified)");
    assert_string_equal(text_of(&people, tag, "\"fil\""), "Filipino");
    assert_string_equal(text_of(&people, tag, "\"tlh\""), "tlh");
    assert_string_equal(text_of(&programs, tag, "\"fil\""), "fil");
}

static void vocabularies_have_labels_too(void **state)
{
    const struct c2c_schema *purposes = schema_of("office", "scope.purposes");
    const struct c2c_words without = {.lang = people.lang, .people = true};

    (void)state;
    assert_non_null(purposes);
    assert_string_not_equal(text_of(&people, purposes, "[\"sister-city\"]"),
                            "sister-city");
    assert_string_equal(text_of(&programs, purposes, "[\"sister-city\"]"),
                        "sister-city");
    assert_string_equal(text_of(&without, purposes, "[\"sister-city\"]"),
                        "sister-city");
    assert_string_equal(text_of(&people, purposes, "[\"no-such\"]"), "no-such");
}

static void texts_are_given_in_the_nearest_language(void **state)
{
    const struct c2c_schema *name = schema_of("office", "name");
    static const char texts[] = "{\"en\":\"desk\",\"zh-Hans\":\"\u5904\"}";

    (void)state;
    assert_string_equal(text_of(&people, name, texts), "desk");
    assert_string_equal(text_of(&programs, NULL, texts), "desk");
    people.lang = c2c_view_str("zh");
    assert_string_equal(text_of(&people, name, texts), "\u5904");
}

static void maps_of_texts_are_told_from_objects(void **state)
{
    const struct c2c_schema *name = schema_of("office", "name");
    const struct c2c_schema *scope = schema_of("office", "scope");

    (void)state;
#define IS(SCHEMA, JSON) c2c_value_is_text_map(SCHEMA, client_val(&c, JSON))
    assert_true(IS(NULL, "{\"en\":\"a\",\"zh-Hans\":\"b\"}"));
    assert_true(IS(name, "{\"en\":\"a\"}"));
    assert_false(IS(scope, "{\"en\":\"a\"}"));
    assert_false(IS(NULL, "{}"));
    assert_false(IS(NULL, "{\"en\":1}"));
    assert_false(IS(NULL, "{\"name\":\"a\"}"));
    assert_false(IS(NULL, "{\"e\":\"a\"}"));
    assert_false(IS(NULL, "\"en\""));
    assert_false(c2c_value_is_text_map(NULL, NULL));
}

static void objects_are_called_by_their_name(void **state)
{
    (void)state;
    assert_string_equal(text_of(&people, NULL,
                                "{\"id\":7,\"name\":{\"en\":\"a\"}}"),
                        "a");
    assert_string_equal(text_of(&people, NULL, "{\"id\":7,\"x\":1}"), "7");
    assert_string_equal(text_of(&people, NULL, "{}"), "");
    assert_string_equal(text_of(&programs, NULL, "{\"b\":[1],\"a\":null}"),
                        "{\"a\":null,\"b\":[1]}");
}

static void schemas_are_found_by_path(void **state)
{
    (void)state;
    assert_non_null(schema_of("office", "scope.purposes"));
    assert_non_null(schema_of("office", "channels.0.kind"));
    assert_ptr_equal(schema_of("office", "channels.0.kind"),
                     schema_of("office", "channels.17.kind"));
    assert_non_null(schema_of("office", "name.en"));
    assert_non_null(schema_of("office", ""));
    assert_null(schema_of("office", "channels.kind"));
    assert_null(schema_of("office", "none"));
    assert_null(schema_of("office", "kind.deeper"));
    assert_null(schema_of("office", "scope..purposes"));
    assert_null(schema_of("office", "channels..kind"));
    assert_null(c2c_value_schema(NULL, "a"));
}

static enum c2c_err put_object(void *arg)
{
    struct c2c_buf text;
    enum c2c_err err;

    c2c_buf_init(&text, 1 << 16);
    err = c2c_value_put(&people, NULL, arg, &text);
    c2c_buf_fini(&text);
    return err;
}

static void it_survives_every_failing_allocation(void **state)
{
    const struct c2c_val *val = client_val(&c, "[1,\"a\",{\"en\":\"b\"},true]");

    (void)state;
    oom_sweep(put_object, (void *)(uintptr_t)val);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_RUN(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_RUN(scalars_have_words_for_people_and_programs),
        WITH_RUN(lists_have_separators_between_what_says_something),
        WITH_RUN(codes_have_labels_for_people),
        WITH_RUN(languages_have_names_for_people),
        WITH_RUN(vocabularies_have_labels_too),
        WITH_RUN(texts_are_given_in_the_nearest_language),
        WITH_RUN(maps_of_texts_are_told_from_objects),
        WITH_RUN(objects_are_called_by_their_name),
        WITH_RUN(schemas_are_found_by_path),
        WITH_RUN(it_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("c2c/value", tests, NULL, NULL);
}
