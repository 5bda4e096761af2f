/* What an author is told of a body that does not fit. */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "oom.h"
#include "record/types.h"
#include "registry.h"
#include "test.h"

/* Check @json as a body of @type. */
static enum c2c_err check(const struct c2c_type *type, const char *json,
                          struct c2c_problems *ps)
{
    struct c2c_doc *doc;
    enum c2c_err err;

    assert_ok(c2c_doc_new(&doc));
    err = c2c_type_check(type, registry_json(doc, json), ps);
    c2c_doc_free(doc);
    return err;
}

static const struct {
    const char *type;
    const char *body;
    struct {
        const char *path;
        const char *reason;  /* All of it. */
        const char *allowed; /* Its beginning. */
    } want;
} rows[] = {
    {"office", "[]", {"", "must be an object {...}, not a list", ""}},
    {"office", "null", {"", "must be an object {...}, not null", ""}},
    {"office", "{}", {"", "'name' is missing", ""}},
    {"office",
     "{\"name\":\"A\"}",
     {"/name", "must be text by language, not text", "for example {\"en\""}},
    {"office",
     "{\"name\":{\"en\":7}}",
     {"/name/en", "must be text, not a number", ""}},
    {"office", "{\"name\":{}}", {"/name", "must not be empty", ""}},
    {"office",
     "{\"name\":{\"e n\":\"A\"}}",
     {"/name/e n", "'e n' is not a language tag (BCP 47)",
      "for example zh-Hans"}},
    {"office",
     "{\"name\":{\"a/b~\":\"A\"}}",
     {"/name/a~1b~0", "'a/b~' is not a language tag (BCP 47)", ""}},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"kind\":\"Dedicated-cell\"}",
     {"/kind",
      "'Dedicated-cell' is not allowed here; did you mean 'dedicated-cell'?",
      "dedicated-cell, designated-staff, none"}},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"kind\":\"zzz\"}",
     {"/kind", "'zzz' is not allowed here",
      "dedicated-cell, designated-staff, none"}},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"scope\":{\"topics\":[\"waste\",\"垃圾\"]}}",
     {"/scope/topics/1", "'垃圾' is written 'waste'", "waste"}},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"scope\":{\"topics\":[\"wasted\"]}}",
     {"/scope/topics/0",
      "'wasted' is not in the vocabulary 'topics'; did you mean 'waste'?",
      "waste"}},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"scope\":{\"topics\":[\"qqqqqqqq\"]}}",
     {"/scope/topics/0", "'qqqqqqqq' is not in the vocabulary 'topics'",
      "waste, climate, "}},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"decision_authority\":{\"kind\":[\"other\","
     "\"elected-representative\",\"other\"]}}",
     {"/decision_authority/kind", "entries 0 and 2 are the same", ""}},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"decision_authority\":{\"kind\":[\"other\","
     "\"other\",\"other\",\"other\",\"other\",\"other\"]}}",
     {"/decision_authority/kind", "has 6 entries, at most 5 allowed", ""}},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"decision_authority\":{\"kind\":[]}}",
     {"/decision_authority/kind", "must not be empty", ""}},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"channels\":[{\"kind\":\"fax\",\"rank\":100}]}",
     {"/channels/0/rank", "100 is too large, at most 99", ""}},
    {"office",
     "{\"name\":{\"en\":\"A\"},\"scope\":{\"general\":\"yes\"}}",
     {"/scope/general", "must be true or false, not text", ""}},
    {"contact",
     "{\"post\":{\"title\":{\"en\":\"A\"},\"phone\":\"0744\"}}",
     {"/post/phone",
      "'0744' is not a telephone number with country code, digits only "
      "(E.164)",
      "for example +63744424317"}},
    {"city",
     "{\"name\":{\"en\":\"A\"},\"unlocode\":\"cnhgh\"}",
     {"/unlocode", "does not have the form asked for",
      "^[A-Z]{2}[A-Z2-9]{3}$"}},
    /* The near ones first, and not again. */
    {"practice",
     "{\"title\":{\"en\":\"t\"},\"who\":[{\"city\":\"a\"}],\"when\":[{"
     "\"date\":\"2020\"}],\"done\":{\"en\":\"d\"},\"impact\":{\"en\":"
     "\"i\"},\"topics\":[\"climat\"]}",
     {"/topics/0",
      "'climat' is not in the vocabulary 'topics'; did you mean "
      "'climate'?",
      "climate, waste, air-quality, "}},
    {"relationship",
     "{\"parties\":[{\"city\":\"a\"}],\"form\":\"sister\"}",
     {"/parties", "needs at least 2 entries and has 1", ""}},
    {"relationship",
     "{\"parties\":[{\"city\":\"a\"},{\"city\":\"b\"}],\"form\":\"sister\","
     "\"rank\":\"12345678901\"}",
     {"/rank", "has 11 characters, at most 10 allowed", ""}},
    {"agreement",
     "{\"title\":{\"en\":\"A\"},\"parties\":[{\"city\":\"a\"},{\"city\":"
     "\"b\"}],\"term\":\"fixed\"}",
     {"", "'until' is missing: 'term' is 'fixed'", ""}},
    {"project",
     "{\"title\":{\"en\":\"A\"},\"issues\":{\"en\":\"A\"},\"objective\":{"
     "\"en\":\"A\"},\"partners\":[{\"party\":{\"city\":\"a\"}},{\"party\":{"
     "\"city\":\"b\"}}],\"template\":\"x\"}",
     {"/template", "must be 'uclg-aspac-brlc-2021/1.0'",
      "uclg-aspac-brlc-2021/1.0"}},
};

static void each_problem_says_where_why_and_what_is_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct c2c_problems ps;

        assert_err(check(registry_type(rows[i].type), rows[i].body, &ps),
                   C2C_E_SCHEMA);
        assert_int_equal(ps.n, 1);
        assert_string_equal(ps.at[0].path, rows[i].want.path);
        assert_string_equal(ps.at[0].reason, rows[i].want.reason);
        if (strncmp(ps.at[0].allowed, rows[i].want.allowed,
                    strlen(rows[i].want.allowed)) != 0 ||
            (rows[i].want.allowed[0] == '\0' && ps.at[0].path[0] == '\0' &&
             ps.at[0].allowed[0] != '\0')) {
            fail_msg("%s: allowed: %s", rows[i].body, ps.at[0].allowed);
        }
    }
}

static void problems_come_in_the_order_of_the_text(void **state)
{
    struct c2c_problems ps;

    (void)state;
    assert_err(check(registry_type("office"),
                     "{\"kind\":\"x\",\"channels\":[{\"kind\":\"x\"},{}],"
                     "\"scope\":1,\"unknown\":null}",
                     &ps),
               C2C_E_SCHEMA);
    assert_int_equal(ps.n, 5);
    assert_string_equal(ps.at[0].path, "");
    assert_string_equal(ps.at[1].path, "/kind");
    assert_string_equal(ps.at[2].path, "/channels/0/kind");
    assert_string_equal(ps.at[3].path, "/channels/1");
    assert_string_equal(ps.at[4].path, "/scope");
}

/* Append @text to @body, which has @size bytes. */
static void add(char *body, size_t size, const char *text)
{
    size_t n = strlen(body);

    assert_true(snprintf(body + n, size - n, "%s", text) < (int)(size - n));
}

static void problems_beyond_the_most_are_counted(void **state)
{
    char body[2000] = "{\"name\":{\"en\":\"A\"},\"channels\":[1";
    struct c2c_problems ps;

    (void)state;
    for (unsigned i = 1; i < 28; i++) {
        add(body, sizeof body, ",1");
    }
    add(body, sizeof body, "]}");
    assert_err(check(registry_type("office"), body, &ps), C2C_E_SCHEMA);
    assert_int_equal(ps.n, C2C_PROBLEMS_MAX);
    assert_int_equal(ps.total, 28);
    assert_string_equal(ps.at[C2C_PROBLEMS_MAX - 1].path, "/channels/19");
    /* And they do not stay for the next body. */
    assert_ok(check(registry_type("office"), "{\"name\":{\"en\":\"A\"}}", &ps));
    assert_int_equal(ps.n, 0);
    assert_int_equal(ps.total, 0);
}

static void long_values_are_cut_at_a_character(void **state)
{
    char body[4000] = "{\"name\":{\"en\":\"A\"},\"verified_at\":\"";
    struct c2c_problems ps;

    (void)state;
    for (unsigned i = 0; i < 400; i++) {
        add(body, sizeof body, "语");
    }
    add(body, sizeof body, "\"}");
    assert_err(check(registry_type("office"), body, &ps), C2C_E_SCHEMA);
    assert_string_equal(ps.at[0].path, "/verified_at");
    assert_true(c2c_text_valid(c2c_view_str(ps.at[0].reason)));
    assert_non_null(strstr(ps.at[0].reason, "a time (RFC 3339)"));
}

static void long_paths_are_cut_at_a_character(void **state)
{
    char body[4000] = "{\"name\":{\"";
    struct c2c_problems ps;

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        add(body, sizeof body, "语");
    }
    add(body, sizeof body, "\":\"A\"}}");
    assert_err(check(registry_type("office"), body, &ps), C2C_E_SCHEMA);
    assert_true(c2c_text_valid(c2c_view_str(ps.at[0].path)));
    assert_true(c2c_text_valid(c2c_view_str(ps.at[0].reason)));
}

/* A pattern is not run over texts of any length. */
static void texts_too_long_for_a_pattern_do_not_fit(void **state)
{
    char body[600];
    struct c2c_types *types;
    struct c2c_diag diag;
    struct c2c_problems ps;

    (void)state;
    assert_ok(registry_of("{\"type\":\"object\",\"properties\":{\"a\":{\"type\""
                          ":\"string\",\"pattern\":\"^x*$\"}}}",
                          &diag, &types));
    (void)snprintf(body, sizeof body, "{\"a\":\"%0*d\"}", 200, 0);
    for (char *p = body; *p != '\0'; p++) {
        if (*p == '0') {
            *p = 'x';
        }
    }
    assert_ok(check(c2c_types_at(types, 0), body, &ps));
    (void)snprintf(body + 6 + 200, sizeof body - 6 - 200, "x\"}");
    assert_err(check(c2c_types_at(types, 0), body, &ps), C2C_E_SCHEMA);
    c2c_types_free(types);
}

struct unknown {
    size_t n;
    char text[512]; /* "PATH>NEAREST " of each. */
    enum c2c_err stop;
};

static enum c2c_err note_unknown(void *ctx, const char *path,
                                 struct c2c_view nearest)
{
    struct unknown *u = ctx;
    size_t n = strlen(u->text);

    u->n++;
    (void)snprintf(u->text + n, sizeof u->text - n, "%s>%.*s ", path,
                   (int)nearest.n, (const char *)nearest.p);
    return u->stop;
}

static enum c2c_err unknown_of(const char *type, const char *json,
                               struct unknown *u)
{
    struct c2c_doc *doc;
    enum c2c_err err;

    assert_ok(c2c_doc_new(&doc));
    err = c2c_type_unknown_fields(registry_type(type), registry_json(doc, json),
                                  note_unknown, u);
    c2c_doc_free(doc);
    return err;
}

static void unknown_fields_are_named_with_the_nearest(void **state)
{
    struct unknown u = {0};

    (void)state;
    assert_ok(unknown_of("office",
                         "{\"name\":{\"en\":\"A\",\"xx\":\"B\"},"
                         "\"languagse\":[],\"scope\":{\"purpose\":[]},"
                         "\"channels\":[{\"kind\":\"fax\"},{\"addresz\":1,"
                         "\"qqqqqqqq\":{\"kind\":1}}]}",
                         &u));
    assert_string_equal(u.text, "/languagse>languages /scope/purpose>purposes "
                                "/channels/1/addresz>address "
                                "/channels/1/qqqqqqqq> ");
}

static void values_of_another_kind_have_no_fields(void **state)
{
    struct unknown u = {0};

    (void)state;
    assert_ok(unknown_of(
        "office", "{\"name\":[1],\"scope\":\"x\",\"channels\":{\"a\":1}}", &u));
    assert_int_equal(u.n, 0);
    assert_ok(unknown_of("office", "[]", &u));
    assert_int_equal(u.n, 0);
}

static void the_listener_may_stop(void **state)
{
    struct unknown u = {.stop = C2C_E_TOO_BIG};

    (void)state;
    assert_err(unknown_of("office", "{\"a\":1,\"b\":2}", &u), C2C_E_TOO_BIG);
    assert_int_equal(u.n, 1);
}

/* Out of memory is not a verdict on the body. */
static enum c2c_err check_scenario(void *arg)
{
    struct c2c_problems ps;

    return c2c_type_check(registry_type("office"), arg, &ps);
}

static void memory_may_run_out(void **state)
{
    struct c2c_doc *doc;
    const struct c2c_val *body;

    (void)state;
    assert_ok(c2c_doc_new(&doc));
    body = registry_json(doc, "{\"name\":{\"en\":\"A\"},\"scope\":{\"topics\":["
                              "\"waste\"],\"purposes\":[\"aid\"]}}");
    oom_sweep(check_scenario, (void *)(uintptr_t)body);
    c2c_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_problem_says_where_why_and_what_is_allowed),
        cmocka_unit_test(problems_come_in_the_order_of_the_text),
        cmocka_unit_test(problems_beyond_the_most_are_counted),
        cmocka_unit_test(long_values_are_cut_at_a_character),
        cmocka_unit_test(long_paths_are_cut_at_a_character),
        cmocka_unit_test(texts_too_long_for_a_pattern_do_not_fit),
        cmocka_unit_test(unknown_fields_are_named_with_the_nearest),
        cmocka_unit_test(values_of_another_kind_have_no_fields),
        cmocka_unit_test(the_listener_may_stop),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests_name("record/check", tests, registry_load,
                                       registry_free);
}
