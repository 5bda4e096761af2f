#include <string.h>

#include "codec/json.h"
#include "oom.h"
#include "record/derive.h"
#include "record/schema.h"
#include "record/template.h"
#include "record/types.h"
#include "test.h"

static struct c2c_types *types;

static int load(void **state)
{
    struct c2c_diag diag = {0};
    enum c2c_err err = c2c_types_load(&c2c_types_builtin, &diag, &types);

    (void)state;
    if (err != C2C_E_OK) {
        print_error("%s\n", diag.message);
    }
    return err == C2C_E_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    c2c_types_free(types);
    return 0;
}

static const struct c2c_type *type_of(const char *name)
{
    const struct c2c_type *type = c2c_types_find(types, c2c_view_str(name));

    assert_non_null(type);
    return type;
}

/* Check @json as a body of @type; the first problem is left in @ps. */
static enum c2c_err check(const char *type, const char *json,
                          struct c2c_problems *ps)
{
    struct c2c_doc *doc;
    const struct c2c_val *body;
    struct c2c_json_error why;
    enum c2c_err err;

    assert_ok(c2c_doc_new(&doc));
    assert_ok(c2c_json_parse(doc, c2c_view_str(json), &why, &body));
    err = c2c_type_check(type_of(type), body, ps);
    c2c_doc_free(doc);
    return err;
}

static void all_types_of_the_product_are_there(void **state)
{
    static const char *const names[] = {"agreement",    "city",
                                        "contact",      "holder",
                                        "lga",          "membership",
                                        "office",       "practice",
                                        "procedure",    "project",
                                        "relationship", "signature"};

    (void)state;
    assert_int_equal(c2c_types_count(types), sizeof names / sizeof names[0]);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_string_equal(c2c_type_name(c2c_types_at(types, i)), names[i]);
    }
}

static void every_type_and_field_has_a_label(void **state)
{
    (void)state;
    for (size_t i = 0; i < c2c_types_count(types); i++) {
        const struct c2c_type *type = c2c_types_at(types, i);
        const struct c2c_schema *body = c2c_type_body(type);

        assert_true(c2c_type_label(type, c2c_view_str("zh-Hans")).n > 0);
        assert_true(c2c_type_help(type, c2c_view_str("en")).n > 0);
        for (size_t j = 0; j < c2c_schema_count(body); j++) {
            struct c2c_view label =
                c2c_schema_label(c2c_schema_at(body, j), c2c_view_str("en"));

            assert_true(label.n > 0);
        }
    }
}

static void a_good_body_is_accepted(void **state)
{
    struct c2c_problems ps;

    (void)state;
    assert_ok(
        check("office",
              "{\"name\":{\"en\":\"A\",\"ru-x-mt\":\"B\"},\"kind\":\"none\","
              "\"scope\":{\"purposes\":[\"sister-city\"]},\"extra\":1}",
              &ps));
}

static const struct {
    const char *type;
    const char *body;
    const char *path;
    const char *says; /* Part of reason or of what is allowed. */
} bad[] = {
    {"office", "{}", "", "'name' is missing"},
    {"office", "{\"name\":\"A\"}", "/name", "text by language"},
    {"office", "{\"name\":{}}", "/name", "must not be empty"},
    {"office", "{\"name\":{\"en\":\"\"}}", "/name/en", "must not be empty"},
    {"office", "{\"name\":{\"1\":\"A\"}}", "/name/1", "BCP 47"},
    {"office", "{\"name\":{\"en\":\"A\"},\"kind\":\"dedicated\"}", "/kind",
     "did you mean 'dedicated-cell'"},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"scope\":{\"purposes\":[\"twin town\"]}}",
     "/scope/purposes/0", "is written 'sister-city'"},
    {"office", "{\"name\":{\"en\":\"A\"},\"scope\":{\"topics\":[\"waast\"]}}",
     "/scope/topics/0", "did you mean 'waste'"},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"channels\":[{\"kind\":\"email\",\"rank\":0}]}",
     "/channels/0/rank", "too small"},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"decision_authority\":{\"kind\":[\"other\","
     "\"other\"]}}",
     "/decision_authority/kind", "the same"},
    {"contact", "{\"post\":{\"title\":{\"en\":\"A\"},\"phone\":\"074\"}}",
     "/post/phone", "E.164"},
    {"contact", "{\"post\":{\"title\":{\"en\":\"A\"},\"email\":\"a b@c\"}}",
     "/post/email", "e-mail"},
    {"city", "{\"name\":{\"en\":\"A\"},\"unlocode\":\"cn\"}", "/unlocode",
     "form"},
    {"city",
     "{\"name\":{\"en\":\"A\"},\"location\":{\"lat\":\"1.\",\"lon\":"
     "\"2\"}}",
     "/location/lat", "decimal"},
    {"agreement",
     "{\"title\":{\"en\":\"A\"},\"parties\":[{\"city\":\"a\"},{\"city\":"
     "\"b\"}],\"term\":\"fixed\"}",
     "", "'until' is missing"},
    {"relationship", "{\"parties\":[{\"city\":\"a\"}],\"form\":\"sister\"}",
     "/parties", "at least 2"},
    {"project",
     "{\"title\":{\"en\":\"A\"},\"issues\":{\"en\":\"A\"},\"objective\":{"
     "\"en\":\"A\"},\"partners\":[{\"party\":{\"city\":\"a\"}},{\"party\":{"
     "\"city\":\"b\"}}],\"template\":\"2\"}",
     "/template", "uclg-aspac-brlc-2021/1.0"},
};

static void a_bad_body_is_refused_with_path_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct c2c_problems ps;

        assert_err(check(bad[i].type, bad[i].body, &ps), C2C_E_SCHEMA);
        assert_string_equal(ps.at[0].path, bad[i].path);
        if (strstr(ps.at[0].reason, bad[i].says) == NULL &&
            strstr(ps.at[0].allowed, bad[i].says) == NULL) {
            fail_msg("%s: %s (%s)", bad[i].says, ps.at[0].reason,
                     ps.at[0].allowed);
        }
    }
}

static void a_vocabulary_finds_words_of_any_language(void **state)
{
    static const char *const words[] = {"sister-city", "Twin Town", "姐妹城市",
                                        "Kota kembar", "SISTER CITIES"};
    const struct c2c_vocab *vocab =
        c2c_vocabs_find(types, c2c_view_str("purposes"));

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t found;

        assert_ok(c2c_vocab_find(vocab, c2c_view_str(words[i]), &found));
        assert_string_equal(c2c_vocab_code(vocab, found), "sister-city");
    }
}

static void a_template_parses_after_its_comments_are_gone(void **state)
{
    (void)state;
    for (size_t i = 0; i < c2c_types_count(types); i++) {
        struct c2c_buf text;
        struct c2c_buf json;
        struct c2c_doc *doc;
        struct c2c_json_error why = {0};
        const struct c2c_val *val;

        c2c_buf_init(&text, 1u << 20);
        c2c_buf_init(&json, 1u << 20);
        assert_ok(c2c_doc_new(&doc));
        assert_ok(c2c_template_write(types, c2c_types_at(types, i), NULL,
                                     c2c_view_str("en"), &text));
        assert_ok(c2c_template_strip(c2c_buf_view(&text), &json));
        if (c2c_json_parse(doc, c2c_buf_view(&json), &why, &val) != C2C_E_OK) {
            fail_msg("%s:%u: %s\n%.*s", c2c_type_name(c2c_types_at(types, i)),
                     why.line, why.reason, (int)json.n, (char *)json.p);
        }
        c2c_doc_free(doc);
        c2c_buf_fini(&json);
        c2c_buf_fini(&text);
    }
}

/* Sets that must not load. */
static void refused_set(const char *record, const char *says)
{
    const struct c2c_types_file files[] = {
        {"common", c2c_view_str("{\"$defs\":{\"loop\":{\"$ref\":"
                                "\"common.json#/$defs/loop\"}}}")},
        {"thing", c2c_view_str(record)}};
    const struct c2c_types_set set = {files, 2, NULL, 0};
    struct c2c_diag diag = {0};
    struct c2c_types *none = NULL;

    assert_err(c2c_types_load(&set, &diag, &none), C2C_E_SCHEMA);
    assert_null(none);
    if (strstr(diag.message, says) == NULL) {
        fail_msg("%s: %s", says, diag.message);
    }
}

static void a_schema_outside_the_subset_does_not_load(void **state)
{
    (void)state;
    refused_set("{", "thing.json:1:");
    refused_set("{\"type\":\"object\",\"allOf\":[]}", "unknown keyword: allOf");
    refused_set("{\"type\":\"string\"}", "must be an object");
    refused_set("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":"
                "\"float\"}}}",
                "/a: unknown type: float");
    refused_set("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":"
                "\"string\",\"format\":\"ipv4\"}}}",
                "unknown format: ipv4");
    refused_set("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":"
                "\"string\",\"pattern\":\"^(\\\\d)$\"}}}",
                "bad pattern");
    refused_set("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":"
                "\"common.json#/$defs/loop\"}}}",
                "circle");
    refused_set("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":"
                "\"#/$defs/none\"}}}",
                "points to nothing");
    refused_set("{\"type\":\"object\",\"required\":[\"b\"],\"properties\":{}}",
                "names no property: b");
    refused_set("{\"type\":\"object\",\"x-title\":\"b\",\"properties\":{}}",
                "points to no field");
    refused_set("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":"
                "\"string\",\"x-vocab\":\"v\"}}}",
                "names no vocabulary");
    refused_set("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":"
                "\"string\",\"x-ref\":[\"t\"]}}}",
                "names no type");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_types_of_the_product_are_there),
        cmocka_unit_test(every_type_and_field_has_a_label),
        cmocka_unit_test(a_good_body_is_accepted),
        cmocka_unit_test(a_bad_body_is_refused_with_path_and_reason),
        cmocka_unit_test(a_vocabulary_finds_words_of_any_language),
        cmocka_unit_test(a_template_parses_after_its_comments_are_gone),
        cmocka_unit_test(a_schema_outside_the_subset_does_not_load),
    };
    return cmocka_run_group_tests_name("record/types", tests, load, unload);
}
