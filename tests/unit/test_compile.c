/* Compiling schemas: what a registry refuses to load, and its limits.  The
 * subset itself is held to tests/schemas. */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "oom.h"
#include "record/schema.h"
#include "record/types.h"
#include "registry.h"
#include "test.h"

static void refused(const char *record, const char *says)
{
    struct c2c_diag diag = {0};
    struct c2c_types *types = NULL;

    assert_err(registry_of(record, &diag, &types), C2C_E_SCHEMA);
    assert_null(types);
    assert_string_equal(diag.thing, "thing");
    if (strstr(diag.message, says) == NULL) {
        fail_msg("%s: %s", says, diag.message);
    }
}

static void the_place_is_a_json_pointer(void **state)
{
    (void)state;
    refused("{\"type\":\"object\",\"nonsense\":1}",
            "thing.json: /: unknown keyword: nonsense");
    refused("{\"type\":\"object\",\"properties\":{\"a/b\":{\"type\":\"array\","
            "\"items\":{\"type\":\"object\",\"properties\":{\"c~\":{\"type\":"
            "\"string\",\"minLength\":\"x\"}}}}}}",
            "thing.json: /a~1b/items/c~0: a size must be a number");
    refused("[]", "a schema must be an object");
    refused("{\"type\":\"object\",", "thing.json:1:");
}

/* {"type":"object","properties":{"a": ...}} @levels deep. */
static void put_nested(struct c2c_buf *out, unsigned levels)
{
    for (unsigned i = 0; i < levels; i++) {
        assert_ok(c2c_buf_fmt(out, "{\"type\":\"array\",\"items\":"));
    }
    assert_ok(c2c_buf_fmt(out, "{\"type\":\"boolean\"}"));
    for (unsigned i = 0; i < levels; i++) {
        assert_ok(c2c_buf_fmt(out, "}"));
    }
}

static void a_chain_of_references_has_a_greatest_length(void **state)
{
    struct c2c_diag diag;
    struct c2c_types *types;
    struct c2c_buf text;

    (void)state;
    c2c_buf_init(&text, 1u << 16);
    assert_ok(c2c_buf_fmt(&text, "{\"type\":\"object\",\"$defs\":{"));
    for (unsigned i = 0; i < 40; i++) {
        assert_ok(c2c_buf_fmt(&text, "\"d%u\":{\"$ref\":\"#/$defs/d%u\"},", i,
                              i + 1));
    }
    assert_ok(c2c_buf_fmt(&text,
                          "\"d40\":{\"type\":\"boolean\"}},"
                          "\"properties\":{\"a\":{\"$ref\":"
                          "\"#/$defs/d%u\"}}}%c",
                          35u, 0));
    assert_ok(registry_of((const char *)text.p, &diag, &types));
    c2c_types_free(types);
    c2c_buf_clear(&text);
    assert_ok(c2c_buf_fmt(&text,
                          "{\"type\":\"object\",\"$defs\":{"
                          "\"d0\":{\"$ref\":\"#/$defs/d0\"}},"
                          "\"properties\":{\"a\":{\"$ref\":"
                          "\"#/$defs/d0\"}}}%c",
                          0));
    refused((const char *)text.p, "circle");
    c2c_buf_fini(&text);
}

static void nesting_is_fine(void **state)
{
    struct c2c_diag diag = {0};
    struct c2c_types *types;
    struct c2c_buf text;

    (void)state;
    c2c_buf_init(&text, 1u << 16);
    assert_ok(
        c2c_buf_fmt(&text, "{\"type\":\"object\",\"properties\":{\"a\":"));
    put_nested(&text, 20);
    assert_ok(c2c_buf_fmt(&text, "}}%c", 0));
    assert_ok(registry_of((const char *)text.p, &diag, &types));
    c2c_types_free(types);
    c2c_buf_fini(&text);
}

static void references_may_not_multiply_without_end(void **state)
{
    struct c2c_buf text;

    (void)state;
    c2c_buf_init(&text, 1u << 16);
    assert_ok(c2c_buf_fmt(&text, "{\"type\":\"object\",\"$defs\":{\"d0\":{"
                                 "\"type\":\"boolean\"}"));
    for (unsigned i = 1; i < 15; i++) {
        assert_ok(c2c_buf_fmt(&text,
                              ",\"d%u\":{\"type\":\"object\",\"properties\":{"
                              "\"a\":{\"$ref\":\"#/$defs/d%u\"},\"b\":{"
                              "\"$ref\":\"#/$defs/d%u\"}}}",
                              i, i - 1, i - 1));
    }
    assert_ok(c2c_buf_fmt(&text,
                          "},\"properties\":{\"a\":{\"$ref\":"
                          "\"#/$defs/d14\"}}}%c",
                          0));
    refused((const char *)text.p, "too large");
    c2c_buf_fini(&text);
}

static void there_is_a_greatest_number_of_patterns(void **state)
{
    struct c2c_diag diag = {0};
    struct c2c_types *types;
    struct c2c_buf text;

    (void)state;
    c2c_buf_init(&text, 1u << 16);
    for (unsigned most = 64; most <= 65; most++) {
        c2c_buf_clear(&text);
        assert_ok(c2c_buf_fmt(&text, "{\"type\":\"object\",\"properties\":{"));
        for (unsigned i = 0; i < most; i++) {
            assert_ok(c2c_buf_fmt(&text,
                                  "%s\"a%u\":{\"type\":\"string\","
                                  "\"pattern\":\"^a$\"}",
                                  i > 0 ? "," : "", i));
        }
        assert_ok(c2c_buf_fmt(&text, "}}%c", 0));
        if (most == 64) {
            assert_ok(registry_of((const char *)text.p, &diag, &types));
            c2c_types_free(types);
        } else {
            refused((const char *)text.p, "too many patterns");
        }
    }
    c2c_buf_fini(&text);
}

/* What stands beside a reference goes over its target, and only there. */
static void annotations_beside_a_reference_win(void **state)
{
    const struct c2c_view en = c2c_view_str("en");
    struct c2c_diag diag = {0};
    struct c2c_types *types;
    const struct c2c_schema *body;

    (void)state;
    assert_ok(registry_of(
        "{\"type\":\"object\",\"$defs\":{\"t\":{\"type\":\"string\","
        "\"format\":\"date\",\"x-label\":{\"en\":\"Target\"},\"x-facet\":"
        "\"t\"}},\"properties\":{\"a\":{\"$ref\":\"#/$defs/t\",\"x-label\":{"
        "\"en\":\"Own\"}},\"b\":{\"$ref\":\"#/$defs/t\"}}}",
        &diag, &types));
    body = c2c_type_body(c2c_types_at(types, 0));
    assert_true(
        c2c_view_eq_str(c2c_schema_label(c2c_schema_at(body, 0), en), "Own"));
    assert_true(c2c_view_eq_str(c2c_schema_label(c2c_schema_at(body, 1), en),
                                "Target"));
    assert_string_equal(c2c_schema_format(c2c_schema_at(body, 0)), "date");
    assert_string_equal(c2c_schema_facet(c2c_schema_at(body, 0)), "t");
    c2c_types_free(types);
}

static void a_type_needs_a_name_of_the_wire(void **state)
{
    const struct c2c_types_file files[] = {
        {"Thing", c2c_view_str("{\"type\":\"object\"}")}};
    const struct c2c_types_set set = {files, 1, NULL, 0};
    struct c2c_diag diag = {0};
    struct c2c_types *types;

    (void)state;
    assert_err(c2c_types_load(&set, &diag, &types), C2C_E_SCHEMA);
    assert_non_null(strstr(diag.message, "no type name"));
}

static enum c2c_err load_scenario(void *arg)
{
    struct c2c_diag diag = {0};
    struct c2c_types *types = NULL;
    const struct c2c_types_file records[] = {
        {"common", c2c_view_str("{\"$defs\":{\"t\":{\"type\":\"string\","
                                "\"format\":\"date\"}}}")},
        {"thing",
         c2c_view_str(
             "{\"type\":\"object\",\"required\":[\"a\"],\"x-title\":\"a\","
             "\"x-columns\":[\"a\",\"b\"],\"properties\":{\"a\":{\"$ref\":"
             "\"common.json#/$defs/t\",\"x-heading\":\"A\",\"x-facet\":\"a\"},"
             "\"b\":{\"type\":\"array\",\"items\":{\"type\":\"string\","
             "\"x-vocab\":\"v\",\"x-ref\":[\"thing\"]}},\"m\":{\"type\":"
             "\"object\",\"additionalProperties\":{\"type\":\"integer\"}}},"
             "\"if\":{\"properties\":{\"a\":{\"const\":\"x\"}},\"required\":["
             "\"a\"]},\"then\":{\"required\":[\"b\"]}}")}};
    const struct c2c_types_file vocabs[] = {
        {"v", c2c_view_str("[{\"code\":\"a\"}]")}};
    const struct c2c_types_set set = {records, 2, vocabs, 1};
    enum c2c_err err = c2c_types_load(&set, &diag, &types);

    (void)arg;
    c2c_types_free(types);
    return err;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    oom_sweep(load_scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_place_is_a_json_pointer),
        cmocka_unit_test(a_chain_of_references_has_a_greatest_length),
        cmocka_unit_test(nesting_is_fine),
        cmocka_unit_test(references_may_not_multiply_without_end),
        cmocka_unit_test(there_is_a_greatest_number_of_patterns),
        cmocka_unit_test(annotations_beside_a_reference_win),
        cmocka_unit_test(a_type_needs_a_name_of_the_wire),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests_name("record/compile", tests, NULL, NULL);
}
