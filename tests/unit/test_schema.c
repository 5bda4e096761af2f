/* Walking the schemas of the product, as forms and tables do. */

#include "record/schema.h"
#include "registry.h"
#include "test.h"

static const struct c2c_schema *body_of(const char *type)
{
    return c2c_type_body(registry_type(type));
}

static const struct c2c_schema *get(const struct c2c_schema *s,
                                    const char *name)
{
    const struct c2c_schema *inner = c2c_schema_get(s, c2c_view_str(name));

    assert_non_null(inner);
    return inner;
}

/* Template 1.0 of the report, word for word and in its order. */
static void a_project_has_the_sixteen_prompts(void **state)
{
    static const char *const prompts[][2] = {
        {"issues", "Description of the issues of concerns"},
        {"objective", "The objective of the Association"},
        {"areas", "Potential Areas of Joined Collaboration Activities"},
        {"partners", "Partners Involved"},
        {"comm_objectives", "What are the C2C collaboration's objectives?"},
        {"barriers", "Enlist Communication barriers"},
        {"channels", "Enlist the medium/channel of communication"},
        {"language", "Preferred Language of Communication"},
        {"strategy", "Provide the details of strategies and processes that "
                     "will be implemented to meet the objectives?"},
        {"risks", "What are the risks and challenges for developing this "
                  "project? What are potential solutions to address them?"},
        {"roles_needed", "What expertise and roles are needed to complete the "
                         "planning process and project?"},
        {"nodal", "Details of Nodal Persons for C2C Communication"},
        {"responsibilities",
         "Matrix of Responsibilities of Activities to be Done"},
        {"deliverables", "Desired Deliverables. What are the expected "
                         "deliverables and their content?"},
        {"kpis", "Matrix for measuring the success of the "
                 "Association/Partnership. Mutually decided Key Performance "
                 "Indicators"},
        {"post_activity_report", "Post Activity Report"},
    };
    const struct c2c_schema *body = body_of("project");
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < c2c_schema_count(body); i++) {
        struct c2c_view heading = c2c_schema_heading(c2c_schema_at(body, i));

        if (heading.n > 0) {
            assert_true(n < 16);
            assert_string_equal(c2c_schema_name(body, i), prompts[n][0]);
            assert_true(c2c_view_eq_str(heading, prompts[n][1]));
            n++;
        }
    }
    assert_int_equal(n, 16);
}

static void a_practice_has_the_four_parts(void **state)
{
    static const char *const parts[][2] = {{"who", "WHO?"},
                                           {"when", "WHEN?"},
                                           {"done", "WHAT HAS BEEN DONE?"},
                                           {"impact",
                                            "THE EXPECTED LONG-TERM IMPACT?"}};
    const struct c2c_schema *body = body_of("practice");

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_true(c2c_view_eq_str(c2c_schema_heading(get(body, parts[i][0])),
                                    parts[i][1]));
    }
    assert_true(c2c_schema_markdown(get(body, "done")));
    assert_false(c2c_schema_markdown(get(body, "who")));
}

static void nodes_say_what_they_are(void **state)
{
    const struct c2c_schema *body = body_of("office");
    const struct c2c_schema *scope = get(body, "scope");
    const struct c2c_schema *purposes = get(scope, "purposes");
    const struct c2c_schema *name = get(body, "name");
    const struct c2c_schema *contact =
        get(c2c_schema_items(get(body, "must_go_through")), "contact");

    (void)state;
    assert_int_equal(c2c_schema_kind(body), C2C_SCHEMA_OBJECT);
    assert_int_equal(c2c_schema_kind(purposes), C2C_SCHEMA_ARRAY);
    assert_int_equal(c2c_schema_kind(get(scope, "general")),
                     C2C_SCHEMA_BOOLEAN);
    assert_int_equal(c2c_schema_kind(
                         get(c2c_schema_items(get(body, "channels")), "rank")),
                     C2C_SCHEMA_INTEGER);
    assert_true(c2c_schema_i18n(name));
    assert_false(c2c_schema_i18n(scope));
    assert_int_equal(c2c_schema_kind(c2c_schema_values(name)),
                     C2C_SCHEMA_STRING);
    assert_null(c2c_schema_values(scope));
    assert_string_equal(c2c_schema_vocab(c2c_schema_items(purposes)),
                        "purposes");
    assert_string_equal(c2c_schema_facet(c2c_schema_items(purposes)),
                        "purpose");
    assert_null(c2c_schema_vocab(name));
    assert_string_equal(c2c_schema_format(get(body, "verified_at")),
                        "date-time");
    assert_int_equal(c2c_schema_ref_count(contact), 1);
    assert_string_equal(c2c_schema_ref(contact, 0), "contact");
    assert_null(c2c_schema_ref(contact, 1));
}

static void members_keep_the_order_of_the_file(void **state)
{
    const struct c2c_schema *body = body_of("office");

    (void)state;
    assert_string_equal(c2c_schema_name(body, 0), "name");
    assert_string_equal(c2c_schema_name(body, 1), "kind");
    assert_true(c2c_schema_required(body, 0));
    assert_false(c2c_schema_required(body, 1));
    assert_ptr_equal(c2c_schema_at(body, 1), get(body, "kind"));
    assert_null(c2c_schema_name(body, c2c_schema_count(body)));
    assert_null(c2c_schema_at(body, c2c_schema_count(body)));
    assert_false(c2c_schema_required(body, c2c_schema_count(body)));
    assert_null(c2c_schema_get(body, c2c_view_str("nxme")));
}

static void allowed_values_have_labels(void **state)
{
    const struct c2c_schema *kind = get(body_of("office"), "kind");
    const struct c2c_schema *template = get(body_of("project"), "template");

    (void)state;
    assert_int_equal(c2c_schema_enum_count(kind), 3);
    assert_true(c2c_view_eq_str(c2c_schema_enum(kind, 0), "dedicated-cell"));
    assert_true(
        c2c_view_eq_str(c2c_schema_enum_label(kind, 0, c2c_view_str("zh-Hans")),
                        "专门机构"));
    assert_true(
        c2c_view_eq_str(c2c_schema_enum_label(kind, 2, c2c_view_str("id")),
                        "No office yet"));
    assert_int_equal(c2c_schema_enum(kind, 3).n, 0);
    assert_int_equal(c2c_schema_enum_label(kind, 3, c2c_view_str("en")).n, 0);
    /* A constant is an enum of one. */
    assert_int_equal(c2c_schema_enum_count(template), 1);
    assert_true(c2c_view_eq_str(c2c_schema_enum(template, 0),
                                "uclg-aspac-brlc-2021/1.0"));
    assert_int_equal(c2c_schema_enum(template, 1).n, 0);
}

static void nothing_has_nothing(void **state)
{
    const struct c2c_view en = c2c_view_str("en");

    (void)state;
    assert_int_equal(c2c_schema_kind(NULL), C2C_SCHEMA_ANY);
    assert_int_equal(c2c_schema_count(NULL), 0);
    assert_null(c2c_schema_name(NULL, 0));
    assert_null(c2c_schema_at(NULL, 0));
    assert_null(c2c_schema_get(NULL, en));
    assert_null(c2c_schema_items(NULL));
    assert_null(c2c_schema_values(NULL));
    assert_int_equal(c2c_schema_label(NULL, en).n, 0);
    assert_int_equal(c2c_schema_help(NULL, en).n, 0);
    assert_int_equal(c2c_schema_heading(NULL).n, 0);
    assert_int_equal(c2c_schema_enum_count(NULL), 0);
    assert_int_equal(c2c_schema_enum(NULL, 0).n, 0);
    assert_int_equal(c2c_schema_enum_label(NULL, 0, en).n, 0);
    assert_null(c2c_schema_format(NULL));
    assert_null(c2c_schema_vocab(NULL));
    assert_null(c2c_schema_facet(NULL));
    assert_int_equal(c2c_schema_ref_count(NULL), 0);
    assert_null(c2c_schema_ref(NULL, 0));
    assert_false(c2c_schema_required(NULL, 0));
    assert_false(c2c_schema_i18n(NULL));
    assert_false(c2c_schema_markdown(NULL));
}

static void types_say_how_they_are_used(void **state)
{
    (void)state;
    assert_int_equal(c2c_type_audience(registry_type("office")),
                     C2C_AUDIENCE_PUBLIC);
    assert_int_equal(c2c_type_audience(registry_type("holder")),
                     C2C_AUDIENCE_NETWORK);
    assert_int_equal(c2c_type_validity_days(registry_type("contact")), 180);
    assert_int_equal(c2c_type_validity_days(registry_type("practice")), 0);
    assert_true(c2c_type_one_per_city(registry_type("city")));
    assert_false(c2c_type_one_per_city(registry_type("office")));
    assert_true(c2c_type_lga_only(registry_type("membership")));
    assert_false(c2c_type_lga_only(registry_type("city")));
    assert_string_equal(c2c_type_column(registry_type("contact"), 2),
                        "post.email");
    assert_null(c2c_type_column(registry_type("contact"), 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_project_has_the_sixteen_prompts),
        cmocka_unit_test(a_practice_has_the_four_parts),
        cmocka_unit_test(nodes_say_what_they_are),
        cmocka_unit_test(members_keep_the_order_of_the_file),
        cmocka_unit_test(allowed_values_have_labels),
        cmocka_unit_test(nothing_has_nothing),
        cmocka_unit_test(types_say_how_they_are_used),
    };
    return cmocka_run_group_tests_name("record/schema", tests, registry_load,
                                       registry_free);
}
