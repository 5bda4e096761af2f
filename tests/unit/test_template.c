/* The form an author fills in, and what comes back of it. */

#include <string.h>

#include "codec/json.h"
#include "oom.h"
#include "record/template.h"
#include "registry.h"
#include "test.h"

static void strips_to(const char *text, const char *want)
{
    struct c2c_buf out;

    c2c_buf_init(&out, 4096);
    assert_ok(c2c_template_strip(c2c_view_str(text), &out));
    if (!c2c_view_eq_str(c2c_buf_view(&out), want)) {
        fail_msg("%s: %.*s", text, (int)out.n, (char *)out.p);
    }
    c2c_buf_fini(&out);
}

static void comment_lines_become_empty_ones(void **state)
{
    (void)state;
    strips_to("", "");
    strips_to("// a\n{}", "\n{}");
    strips_to("{\n  // \"a\": 1,\n\t//b\n}\n", "{\n\n\n}\n");
    strips_to("{\r\n// a\r\n}\r\n", "{\r\n\n}\r\n");
    strips_to("// no line end", "");
    strips_to("{\"a\": 1} / /", "{\"a\": 1} / /");
}

static void text_that_looks_like_a_comment_stays(void **state)
{
    (void)state;
    strips_to("{\"a\": \"https://x\"}", "{\"a\": \"https://x\"}");
    strips_to("{\"a\":\n\"// b\"}", "{\"a\":\n\"// b\"}");
}

static void commas_before_a_bracket_go(void **state)
{
    (void)state;
    strips_to("{\"a\": [1,2,],}", "{\"a\": [1,2 ] }");
    strips_to("[1, \n // x\n ]", "[1  \n\n ]");
    strips_to("{\"a\": \",}\"}", "{\"a\": \",}\"}");
    strips_to("{\"a\": \"\\\",}\"}", "{\"a\": \"\\\",}\"}");
    strips_to("[\"\\\\\",]", "[\"\\\\\" ]");
    strips_to("[,,]", "[, ]");
    strips_to(",", ",");
    strips_to("\"open ,]", "\"open ,]");
}

static void fills_to(const char *type, const char *body, const char *want)
{
    struct c2c_doc *doc;
    struct c2c_buf out;

    assert_ok(c2c_doc_new(&doc));
    c2c_buf_init(&out, 4096);
    assert_ok(c2c_json_print(c2c_template_filled(registry_type(type), doc,
                                                 registry_json(doc, body)),
                             C2C_JSON_COMPACT, &out));
    if (!c2c_view_eq_str(c2c_buf_view(&out), want)) {
        fail_msg("%s: %.*s", body, (int)out.n, (char *)out.p);
    }
    c2c_buf_fini(&out);
    c2c_doc_free(doc);
}

static void what_was_left_empty_is_left_out(void **state)
{
    (void)state;
    fills_to("office", "{\"name\":{\"en\":\"\",\"zh\":\"甲\"},\"kind\":\"\"}",
             "{\"name\":{\"zh\":\"甲\"}}");
    fills_to("office", "{\"name\":{\"en\":\"\"}}", "{}");
    fills_to(
        "office",
        "{\"channels\":[{\"kind\":\"fax\",\"address\":\"\",\"rank\":null}],"
        "\"scope\":{\"general\":null,\"purposes\":[\"\"]},"
        "\"platforms\":[]}",
        "{\"channels\":[{\"kind\":\"fax\"}]}");
    fills_to("office", "{\"scope\":{\"general\":false}}",
             "{\"scope\":{\"general\":false}}");
    fills_to("city", "{\"location\":{\"elevation_m\":0}}",
             "{\"location\":{\"elevation_m\":0}}");
}

static void of_a_list_only_the_end_is_cut(void **state)
{
    (void)state;
    fills_to("office", "{\"platforms\":[\"\",\"other\",\"\",\"\"]}",
             "{\"platforms\":[\"\",\"other\"]}");
    fills_to("office",
             "{\"holidays\":[{\"date\":\"\"},{\"date\":\"2026\"},{}]}",
             "{\"holidays\":[{\"date\":\"\"},{\"date\":\"2026\"}]}");
}

static void what_the_schema_does_not_know_stays(void **state)
{
    (void)state;
    fills_to("office", "{\"future\":\"\",\"scope\":{\"x\":{\"a\":[null]}}}",
             "{\"future\":\"\",\"scope\":{\"x\":{\"a\":[null]}}}");
    fills_to("office", "{\"name\":[\"\"],\"kind\":{\"a\":\"\"}}",
             "{\"kind\":{\"a\":\"\"},\"name\":[\"\"]}");
    fills_to("office", "[\"\"]", "[\"\"]");
}

static void write_for(const char *type, const struct c2c_val *record,
                      const char *lang, struct c2c_buf *out)
{
    assert_ok(c2c_template_write(registry, registry_type(type), record,
                                 c2c_view_str(lang), out));
    assert_ok(c2c_buf_put(out, "", 1));
}

static void holds(const struct c2c_buf *text, const char *part)
{
    if (strstr((const char *)text->p, part) == NULL) {
        fail_msg("no %s in:\n%s", part, (const char *)text->p);
    }
}

static void the_form_says_what_each_field_is(void **state)
{
    struct c2c_buf text;

    (void)state;
    c2c_buf_init(&text, 1u << 18);
    write_for("office", NULL, "en", &text);
    holds(&text, "// Office\n");
    holds(&text, "\"type\": \"office\",\n");
    holds(&text, "// \"slug\": \"\",\n");
    holds(&text, "\"audience\": \"public\",\n");
    holds(&text, "    // Name (required)\n");
    holds(&text, "    \"name\": {\"en\": \"\"},\n");
    holds(&text, "// one of: dedicated-cell, designated-staff, none\n");
    holds(&text, "    // \"kind\": \"\",\n");
    holds(&text, "// a time (RFC 3339), for example 2026-11-23T08:30:00Z\n");
    holds(&text, "    // - kind (required): Kind; one of: email, fax, ");
    holds(&text, "    // - rank: Order. 1 is preferred.\n");
    holds(&text, "\"rank\": null}");
    holds(&text, "// a reference office/SLUG, CITY/office/SLUG for another "
                 "city's\n");
    c2c_buf_clear(&text);
    write_for("practice", NULL, "zh-Hans", &text);
    holds(&text, "// WHAT HAS BEEN DONE? (required)\n");
    holds(&text, "\"title\": {\"zh-Hans\": \"\"},\n");
    holds(&text, "// one of: waste, climate, ");
    c2c_buf_clear(&text);
    write_for("holder", NULL, "en", &text);
    holds(&text, "\"audience\": \"network\",\n");
    c2c_buf_clear(&text);
    write_for("project", NULL, "en", &text);
    holds(&text, "// \"template\": \"uclg-aspac-brlc-2021/1.0\",\n");
    c2c_buf_fini(&text);
}

static void lines_are_not_too_long_for_a_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < c2c_types_count(registry); i++) {
        struct c2c_buf text;
        const char *line;

        c2c_buf_init(&text, 1u << 18);
        write_for(c2c_type_name(c2c_types_at(registry, i)), NULL, "en", &text);
        for (line = (const char *)text.p; *line != '\0';
             line += strcspn(line, "\n") + 1) {
            const char *words = line + strspn(line, " ");
            bool is_prose = strncmp(words, "// ", 3) == 0 && words[3] != '"';

            if (is_prose && strcspn(line, "\n") > 100) {
                fail_msg("%.200s", line);
            }
        }
        c2c_buf_fini(&text);
    }
}

/* A form filled in from a record and given back is the record. */
static void a_record_survives_its_form(void **state)
{
    static const char record[] =
        "{\"audience\":\"network\",\"body\":{"
        "\"name\":{\"en\":\"A \\\"quoted\\\" // name\\nof two lines\","
        "\"zh-Hans\":\"外办\"},\"kind\":\"none\",\"channels\":[{\"kind\":"
        "\"fax\",\"rank\":2},{\"kind\":\"email\"}],\"future\":{\"a\":[1,null]},"
        "\"a \\\"b\":true,\"scope\":{\"general\":false}},"
        "\"key\":\"01900000-0000-7000-8000-000000000000\","
        "\"slug\":\"desk\",\"type\":\"office\"}";
    struct c2c_doc *doc;
    struct c2c_buf text;
    struct c2c_buf json;
    struct c2c_buf again;
    struct c2c_json_error why;
    const struct c2c_val *val;

    (void)state;
    assert_ok(c2c_doc_new(&doc));
    c2c_buf_init(&text, 1u << 18);
    c2c_buf_init(&json, 1u << 18);
    c2c_buf_init(&again, 1u << 18);
    assert_ok(c2c_template_write(registry, registry_type("office"),
                                 registry_json(doc, record), c2c_view_str("en"),
                                 &text));
    assert_ok(c2c_template_strip(c2c_buf_view(&text), &json));
    assert_ok(c2c_json_parse(doc, c2c_buf_view(&json), &why, &val));
    assert_ok(c2c_json_print(val, C2C_JSON_COMPACT, &again));
    if (!c2c_view_eq_str(c2c_buf_view(&again), record)) {
        /* Only the order of members may differ: compare printed forms. */
        struct c2c_buf want;

        c2c_buf_init(&want, 1u << 18);
        assert_ok(c2c_json_print(registry_json(doc, record), C2C_JSON_COMPACT,
                                 &want));
        assert_ok(c2c_buf_put(&want, "", 1));
        assert_ok(c2c_buf_put(&again, "", 1));
        assert_string_equal((char *)again.p, (char *)want.p);
        c2c_buf_fini(&want);
    }
    c2c_buf_fini(&again);
    c2c_buf_fini(&json);
    c2c_buf_fini(&text);
    c2c_doc_free(doc);
}

static void the_text_grows_no_further_than_its_limit(void **state)
{
    struct c2c_buf text;

    (void)state;
    c2c_buf_init(&text, 500);
    assert_err(c2c_template_write(registry, registry_type("office"), NULL,
                                  c2c_view_str("en"), &text),
               C2C_E_TOO_BIG);
    c2c_buf_fini(&text);
}

static enum c2c_err write_scenario(void *arg)
{
    struct c2c_buf text;
    struct c2c_buf json;
    enum c2c_err err;

    (void)arg;
    c2c_buf_init(&text, 1u << 18);
    c2c_buf_init(&json, 1u << 18);
    err = c2c_template_write(registry, registry_type("signature"), NULL,
                             c2c_view_str("en"), &text);
    if (err == C2C_E_OK) {
        err = c2c_template_strip(c2c_buf_view(&text), &json);
    }
    c2c_buf_fini(&json);
    c2c_buf_fini(&text);
    return err;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    oom_sweep(write_scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comment_lines_become_empty_ones),
        cmocka_unit_test(text_that_looks_like_a_comment_stays),
        cmocka_unit_test(commas_before_a_bracket_go),
        cmocka_unit_test(what_was_left_empty_is_left_out),
        cmocka_unit_test(of_a_list_only_the_end_is_cut),
        cmocka_unit_test(what_the_schema_does_not_know_stays),
        cmocka_unit_test(the_form_says_what_each_field_is),
        cmocka_unit_test(lines_are_not_too_long_for_a_terminal),
        cmocka_unit_test(a_record_survives_its_form),
        cmocka_unit_test(the_text_grows_no_further_than_its_limit),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests_name("record/template", tests, registry_load,
                                       registry_free);
}
