/* What is read out of bodies by their annotations. */

#include <stdio.h>
#include <string.h>

#include "oom.h"
#include "record/derive.h"
#include "registry.h"
#include "test.h"

static struct c2c_doc *doc;

static int doc_new(void **state)
{
    (void)state;
    return c2c_doc_new(&doc) == C2C_E_OK ? 0 : -1;
}

static int doc_free(void **state)
{
    (void)state;
    c2c_doc_free(doc);
    return 0;
}

/* Lines "A=B" of what was told. */
struct told {
    char text[2048];
    enum c2c_err stop;
};

static enum c2c_err tell(struct told *told, const char *name,
                         struct c2c_view value)
{
    size_t n = strlen(told->text);

    (void)snprintf(told->text + n, sizeof told->text - n, "%s=%.*s\n", name,
                   (int)value.n, (const char *)value.p);
    return told->stop;
}

static enum c2c_err tell_facet(void *ctx, const char *name,
                               struct c2c_view value)
{
    return tell(ctx, name, value);
}

static enum c2c_err tell_ref(void *ctx, const char *path, struct c2c_view ref)
{
    return tell(ctx, path, ref);
}

static const char office[] =
    "{\"name\":{\"en\":\"Desk\",\"zh-Hans\":\"外办\"},\"kind\":\"none\","
    "\"parent\":\"office/mayor\",\"scope\":{\"general\":true,\"purposes\":["
    "\"Twin Town\",\"aid\",\"unheard-of\"],\"topics\":[\"垃圾\"]},"
    "\"must_go_through\":[{\"body\":{\"en\":\"M\"},\"contact\":\"contact/a\"},"
    "{\"body\":{\"en\":\"N\"},\"contact\":\"Leeds/contact/b\"}],"
    "\"channels\":[{\"kind\":\"fax\"}],\"strange\":{\"parent\":\"office/x\"}}";

static void a_title_is_in_the_nearest_language(void **state)
{
    const struct c2c_type *type = registry_type("office");
    const struct c2c_val *body = registry_json(doc, office);

    (void)state;
    assert_true(
        c2c_view_eq_str(c2c_derive_title(type, body, c2c_view_str("zh-Hans")),
                        "外办"));
    assert_true(
        c2c_view_eq_str(c2c_derive_title(type, body, c2c_view_str("fr")),
                        "Desk"));
    assert_true(c2c_view_eq_str(
        c2c_derive_title(registry_type("contact"),
                         registry_json(doc, "{\"post\":{\"title\":{\"en\":"
                                            "\"Inner\"}}}"),
                         c2c_view_str("en")),
        "Inner"));
    assert_int_equal(c2c_derive_title(NULL, body, c2c_view_str("en")).n, 0);
    assert_int_equal(c2c_derive_title(registry_type("signature"), body,
                                      c2c_view_str("en"))
                         .n,
                     0);
    assert_int_equal(
        c2c_derive_title(type, registry_json(doc, "[]"), c2c_view_str("en")).n,
        0);
}

static void facets_are_codes(void **state)
{
    struct told told = {0};

    (void)state;
    assert_ok(c2c_derive_facets(registry, registry_type("office"),
                                registry_json(doc, office), tell_facet, &told));
    assert_string_equal(told.text,
                        "kind=none\npurpose=sister-city\npurpose=aid\n"
                        "purpose=unheard-of\ntopic=waste\nchannel=fax\n");
}

static void facets_may_be_numbers_and_every_language(void **state)
{
    struct told told = {0};

    (void)state;
    assert_ok(c2c_derive_facets(
        registry, registry_type("city"),
        registry_json(doc, "{\"name\":{\"en\":\"A\",\"ru\":\"Б\"},"
                           "\"geonames\":1728930,\"goals\":[\"Agenda 2030\"]}"),
        tell_facet, &told));
    assert_string_equal(told.text, "name=A\nname=Б\ngeonames=1728930\n"
                                   "agenda=sdg\n");
}

static void references_are_told_with_their_place(void **state)
{
    struct told told = {0};

    (void)state;
    assert_ok(c2c_derive_refs(registry_type("office"),
                              registry_json(doc, office), tell_ref, &told));
    assert_string_equal(told.text, "/parent=office/mayor\n"
                                   "/must_go_through/0/contact=contact/a\n"
                                   "/must_go_through/1/contact="
                                   "Leeds/contact/b\n");
}

/* A stored body need not fit: of another version, or badly imported. */
static void bodies_that_do_not_fit_are_passed_over(void **state)
{
    struct told told = {0};
    const struct c2c_val *body = registry_json(
        doc, "{\"name\":7,\"kind\":[\"x\"],\"parent\":{\"a\":\"b\"},"
             "\"scope\":[{\"purposes\":[\"aid\"]}],\"channels\":{\"kind\":"
             "\"fax\"},\"must_go_through\":[[1],null,{\"contact\":5}]}");

    (void)state;
    assert_ok(c2c_derive_refs(registry_type("office"), body, tell_ref, &told));
    assert_ok(c2c_derive_facets(registry, registry_type("office"), body,
                                tell_facet, &told));
    assert_string_equal(told.text, "");
    assert_ok(c2c_derive_refs(NULL, body, tell_ref, &told));
    assert_ok(c2c_derive_facets(registry, NULL, body, tell_facet, &told));
    assert_string_equal(told.text, "");
}

static void the_listener_may_stop(void **state)
{
    struct told told = {.stop = C2C_E_TOO_BIG};

    (void)state;
    assert_err(c2c_derive_refs(registry_type("office"),
                               registry_json(doc, office), tell_ref, &told),
               C2C_E_TOO_BIG);
    assert_string_equal(told.text, "/parent=office/mayor\n");
    told.text[0] = '\0';
    assert_err(c2c_derive_facets(registry, registry_type("office"),
                                 registry_json(doc, office), tell_facet, &told),
               C2C_E_TOO_BIG);
    assert_string_equal(told.text, "kind=none\n");
}

static void search_text_is_apart_by_weight(void **state)
{
    static const char *const want[] = {"T\nТ\n", "", "W\nD\nI\n", "C\n"};
    const struct c2c_val *body = registry_json(
        doc, "{\"title\":{\"en\":\"T\",\"ru\":\"Т\"},\"when\":[{\"date\":"
             "\"2007\",\"what\":{\"en\":\"W\"}}],\"done\":{\"en\":\"D\"},"
             "\"impact\":{\"en\":\"I\"},\"context\":{\"en\":\"C\"},"
             "\"cost_band\":\"never\"}");

    (void)state;
    for (unsigned weight = 1; weight <= 4; weight++) {
        struct c2c_buf out;

        c2c_buf_init(&out, 1000);
        assert_ok(
            c2c_derive_search(registry_type("practice"), body, weight, &out));
        if (!c2c_view_eq_str(c2c_buf_view(&out), want[weight - 1])) {
            fail_msg("weight %u: %.*s", weight, (int)out.n, (char *)out.p);
        }
        c2c_buf_fini(&out);
    }
}

static void freshness_begins_with_the_last_check(void **state)
{
    const struct c2c_type *type = registry_type("contact");
    struct c2c_fresh fresh;

    (void)state;
    fresh = c2c_derive_fresh(
        type, registry_json(doc, "{\"verified_at\":\"1970-01-11T00:00:00Z\"}"),
        900000);
    assert_int_equal(fresh.verified_s, 864000);
    assert_int_equal(fresh.stale_from_s, 864000 + 180 * 86400);
    fresh =
        c2c_derive_fresh(type,
                         registry_json(doc, "{\"verified_at\":\"yesterday\"}"),
                         5);
    assert_int_equal(fresh.verified_s, 5);
    fresh = c2c_derive_fresh(
        type, registry_json(doc, "{\"verified_at\":\"9999-12-31T00:00:00Z\"}"),
        5);
    assert_int_equal(fresh.verified_s, 5);
    fresh = c2c_derive_fresh(registry_type("practice"),
                             registry_json(doc, "{}"), 5);
    assert_int_equal(fresh.verified_s, 5);
    assert_int_equal(fresh.stale_from_s, 0);
    fresh = c2c_derive_fresh(NULL, registry_json(doc, "{}"), 7);
    assert_int_equal(fresh.verified_s, 7);
    assert_int_equal(fresh.stale_from_s, 0);
}

static void a_dotted_path_leads_into_maps(void **state)
{
    const struct c2c_val *body = registry_json(doc, office);

    (void)state;
    assert_true(
        c2c_view_eq_str(c2c_val_str(c2c_derive_at(body, "name.zh-Hans")),
                        "外办"));
    assert_true(c2c_val_bool(c2c_derive_at(body, "scope.general")));
    assert_ptr_equal(c2c_derive_at(body, ""), body);
    assert_null(c2c_derive_at(body, "scope.nothing"));
    assert_null(c2c_derive_at(body, "kind.en"));
    assert_null(c2c_derive_at(body, "channels.kind"));
    assert_null(c2c_derive_at(NULL, "name"));
}

static enum c2c_err facet_scenario(void *arg)
{
    struct told told = {0};

    return c2c_derive_facets(registry, registry_type("office"), arg, tell_facet,
                             &told);
}

static enum c2c_err search_scenario(void *arg)
{
    struct c2c_buf out;
    enum c2c_err err;

    c2c_buf_init(&out, 1000);
    err = c2c_derive_search(registry_type("office"), arg, 1, &out);
    c2c_buf_fini(&out);
    return err;
}

static void memory_may_run_out(void **state)
{
    void *body = (void *)(uintptr_t)registry_json(doc, office);

    (void)state;
    oom_sweep(facet_scenario, body);
    oom_sweep(search_scenario, body);
}

#define with_doc(TEST) cmocka_unit_test_setup_teardown(TEST, doc_new, doc_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_doc(a_title_is_in_the_nearest_language),
        with_doc(facets_are_codes),
        with_doc(facets_may_be_numbers_and_every_language),
        with_doc(references_are_told_with_their_place),
        with_doc(bodies_that_do_not_fit_are_passed_over),
        with_doc(the_listener_may_stop),
        with_doc(search_text_is_apart_by_weight),
        with_doc(freshness_begins_with_the_last_check),
        with_doc(a_dotted_path_leads_into_maps),
        with_doc(memory_may_run_out),
    };
    return cmocka_run_group_tests_name("record/derive", tests, registry_load,
                                       registry_free);
}
