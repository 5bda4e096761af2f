#include "c2c/table.h"

#include <string.h>

#include "client.h"
#include "test.h"

static struct client c;

static const struct c2c_column columns[] = {
    {"REF", "ref", C2C_CELL_TEXT, NULL},
    {"NAME", "body.name", C2C_CELL_LONG, NULL},
    {"N", "n", C2C_CELL_RIGHT, NULL},
    {"DAY", "at", C2C_CELL_DATE, NULL},
    {"TIME", "at", C2C_CELL_TIME, NULL},
    {"CONFIRMED", "fresh", C2C_CELL_FRESH, NULL},
    {"STATE", "state", C2C_CELL_STATE, NULL},
};
static const struct c2c_column plain[] = {
    {"REF", "ref", C2C_CELL_TEXT, NULL},
    {"AT", "at", C2C_CELL_TEXT, NULL},
    {"NAME", "body.name", C2C_CELL_TEXT, NULL},
    {"STALE", "fresh.stale", C2C_CELL_TEXT, NULL},
};
static const struct c2c_list list = {columns, 7, plain, 4, "Nothing yet."};

static const char doc[] =
    "{\"items\":["
    "{\"ref\":\"office/a\",\"body\":{\"name\":{\"en\":\"A\\tB\"}},\"n\":5,"
    "\"at\":\"2026-11-23T08:30:00Z\",\"state\":\"ok\","
    "\"fresh\":{\"verified_at\":\"2026-11-22T08:30:00Z\",\"stale\":true}},"
    "{\"ref\":\"office/bb\",\"body\":{\"name\":{\"en\":\"\u676d\"}},\"n\":10,"
    "\"state\":\"fail\"}],\"next\":null}";

static int begin(void **state)
{
    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    return 0;
}

static int end(void **state)
{
    (void)state;
    client_end(&c);
    return 0;
}

static const char *printed(enum c2c_form form, const char *json)
{
    c.run.out.form = form;
    assert_ok(c2c_list_print(&c.run, &list, client_val(&c, json)));
    return client_data(&c);
}

static void people_get_a_table(void **state)
{
    (void)state;
    assert_string_equal(
        printed(C2C_FORM_HUMAN, doc),
        "REF        NAME   N  DAY         TIME              CONFIRMED"
        "           STATE\n"
        "office/a   A B    5  2026-11-23  2026-11-23 08:30  2026-11-22 (stale)"
        "  ok\n"
        "office/bb  \u676d    10                        "
        "                            fail\n");
}

static void on_a_terminal_long_cells_are_cut(void **state)
{
    static const char wide[] =
        "{\"items\":[{\"ref\":\"office/a\",\"body\":{\"name\":{\"en\":"
        "\"0123456789012345678901234567890123456789012345678901234567890\"}},"
        "\"state\":\"ok\"}]}";
    const char *text;

    (void)state;
    assert_non_null(strstr(printed(C2C_FORM_HUMAN, wide), "678901234567890"));
    c.run.out.columns = 60;
    text = printed(C2C_FORM_HUMAN, wide);
    assert_non_null(strstr(text, "office/a"));
    assert_null(strstr(text, "678901234567890123456789012345678901234567890"));
}

static void states_have_colours_on_a_terminal(void **state)
{
    const char *text;

    (void)state;
    c.run.out.columns = 200;
    c.run.out.colors = true;
    text = printed(C2C_FORM_HUMAN, doc);
    assert_non_null(strstr(text, "\033[32m"));   /* ok */
    assert_non_null(strstr(text, "\033[1;31m")); /* fail */
    assert_non_null(strstr(text, "\033[33m"));   /* stale */
}

static void programs_get_every_field_whole(void **state)
{
    (void)state;
    assert_string_equal(printed(C2C_FORM_PLAIN, doc),
                        "office/a\t2026-11-23T08:30:00Z\tA\\tB\ttrue\n"
                        "office/bb\t\t\u676d\t\n");
    c.run.out.columns = 40; /* A terminal changes nothing. */
    assert_string_equal(printed(C2C_FORM_PLAIN, doc),
                        "office/a\t2026-11-23T08:30:00Z\tA\\tB\ttrue\n"
                        "office/bb\t\t\u676d\t\n");
}

static void json_is_the_document_itself(void **state)
{
    (void)state;
    assert_string_equal(printed(C2C_FORM_JSON, "{\"items\":[],\"x\":1}"),
                        "{\n  \"items\": [],\n  \"x\": 1\n}\n");
    assert_string_equal(printed(C2C_FORM_JSONL,
                                "{\"items\":[{\"a\":1},{\"a\":2}],\"x\":1}"),
                        "{\"a\":1}\n{\"a\":2}\n");
}

static void records_are_what_put_takes(void **state)
{
    (void)state;
    assert_string_equal(
        printed(C2C_FORM_RECORDS,
                "{\"items\":[{\"ref\":\"r\",\"type\":\"office\",\"key\":\"k\","
                "\"slug\":null,\"audience\":\"public\",\"created\":\"c\","
                "\"updated\":\"u\",\"body\":{\"a\":1},\"title\":\"t\"}]}"),
        "{\"audience\":\"public\",\"body\":{\"a\":1},\"created\":\"c\","
        "\"key\":\"k\",\"type\":\"office\",\"updated\":\"u\"}\n");
}

static void an_empty_list_says_so_to_people(void **state)
{
    (void)state;
    assert_string_equal(printed(C2C_FORM_HUMAN, "{\"items\":[]}"), "");
    assert_string_equal(client_talk(&c), "Nothing yet.\n");
    assert_string_equal(printed(C2C_FORM_PLAIN, "{\"items\":[]}"), "");
    assert_string_equal(client_talk(&c), "Nothing yet.\n");
    assert_string_equal(printed(C2C_FORM_JSONL, "{\"items\":[]}"), "");
    assert_string_equal(client_talk(&c), "");
}

static void references_alone_are_for_other_commands(void **state)
{
    (void)state;
    assert_ok(c2c_list_refs(&c.run, &list, client_val(&c, doc)));
    assert_string_equal(client_data(&c), "office/a\noffice/bb\n");
    c.run.out.form = C2C_FORM_JSONL;
    assert_ok(c2c_list_refs(&c.run, &list,
                            client_val(&c, "{\"items\":[{\"ref\":\"a\"}]}")));
    assert_string_equal(client_data(&c), "{\"ref\":\"a\"}\n");
}

/* A record's text cannot draw outside its cell. */
static void no_cell_steers_the_terminal(void **state)
{
    (void)state;
    assert_null(strchr(printed(C2C_FORM_HUMAN,
                               "{\"items\":[{\"ref\":\"a\\u001b[2J\\nb\"}]}"),
                       '\033'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_RUN(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_RUN(people_get_a_table),
        WITH_RUN(on_a_terminal_long_cells_are_cut),
        WITH_RUN(states_have_colours_on_a_terminal),
        WITH_RUN(programs_get_every_field_whole),
        WITH_RUN(json_is_the_document_itself),
        WITH_RUN(records_are_what_put_takes),
        WITH_RUN(an_empty_list_says_so_to_people),
        WITH_RUN(references_alone_are_for_other_commands),
        WITH_RUN(no_cell_steers_the_terminal),
    };
    return cmocka_run_group_tests_name("c2c/table", tests, NULL, NULL);
}
