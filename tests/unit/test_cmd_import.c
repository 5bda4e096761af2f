/* import, against a node with prepared answers. */

#include <stdio.h>
#include <string.h>

#include "client.h"
#include "fake_node.h"
#include "temp.h"
#include "test.h"

static struct client c;

static const struct fake_answer saved[] = {
    {C2C_E_OK, "{\"items\":[{\"ref\":\"office/a\",\"state\":\"new\"}],"
               "\"epoch\":1,\"rev\":2}"},
    {C2C_E_OK, NULL}};

static int begin(void **state)
{
    (void)state;
    temp_make();
    return 0;
}

static int end(void **state)
{
    (void)state;
    client_end(&c);
    fake_node_close();
    temp_remove();
    return 0;
}

/* Import @table with @options; the node answers with @answers. */
static enum c2c_err import(const char *table, const char *options,
                           const struct fake_answer *answers)
{
    char line[2048];

    (void)temp_write("t.csv", table, strlen(table));
    (void)snprintf(line, sizeof line, "c2c -C %s import %s %s", temp_path("."),
                   temp_path("t.csv"), options);
    client_begin_line(&c, line);
    if (answers != NULL) {
        fake_node_open(c.run.dir, answers);
    }
    return client_do(&c);
}

/* What was told, from the file's name on. */
static const char *told(void)
{
    const char *talk = client_talk(&c);
    const char *at = strstr(talk, "t.csv");

    return at == NULL ? talk : at;
}

static void rows_become_records(void **state)
{
    (void)state;
    assert_ok(import("slug,Name,kind\r\na,Desk,none\n\"b\",\"Two \"\"x\"\"\","
                     "\n",
                     "--type office", saved));
    assert_string_equal(
        fake_node_requests(),
        "put {\"dry_run\":false,\"lang\":\"en\",\"records\":[{\"body\":{"
        "\"kind\":\"none\",\"name\":{\"en\":\"Desk\"}},\"slug\":\"a\","
        "\"type\":\"office\"},{\"body\":{\"name\":{\"en\":\"Two \\\"x\\\"\"}},"
        "\"slug\":\"b\",\"type\":\"office\"}]}\n");
    assert_string_equal(client_data(&c), "office/a\n");
}

static void a_map_says_which_column_is_what(void **state)
{
    static const char map[] = "{\"Bureau\":\"name:fr\",\"Junk\":null}";
    char options[512];

    (void)state;
    (void)snprintf(options, sizeof options, "--type office --map %s",
                   temp_write("map.json", map, sizeof map - 1));
    assert_ok(import("Bureau;Junk\nMairie;x\n", options, saved));
    assert_non_null(strstr(fake_node_requests(),
                           "[{\"body\":{\"name\":{\"fr\":\"Mairie\"}},"
                           "\"type\":\"office\"}]"));
}

static void problems_are_told_by_line_and_column(void **state)
{
    static const struct fake_answer refused[] = {
        {C2C_E_SCHEMA,
         "{\"message\":\"nothing was saved\",\"problems\":[{\"item\":1,"
         "\"path\":\"/body/kind\",\"reason\":\"is not one of them\"},"
         "{\"item\":0,\"path\":\"/body/parent\",\"reason\":\"is odd\"}]}"},
        {C2C_E_OK, NULL}};
    const char *talk;

    (void)state;
    assert_err(import("Name,Kind\nA,none\n\"B\nb\",x\n", "--type office",
                      refused),
               C2C_E_SCHEMA);
    talk = client_talk(&c);
    assert_non_null(strstr(talk, "t.csv:3: Kind: is not one of them\n"));
    assert_non_null(strstr(talk, "t.csv:2: /body/parent: is odd\n"));
    assert_string_equal(client_data(&c), "");
}

static void rows_with_too_many_cells_are_all_told(void **state)
{
    const char *talk;

    (void)state;
    assert_err(import("name\nA,x\nB\nC,y,z\n", "--type office", NULL),
               C2C_E_MALFORMED);
    talk = client_talk(&c);
    assert_non_null(
        strstr(talk, "t.csv:2: has 2 cells, but there is 1 column\n"));
    assert_non_null(
        strstr(talk, "t.csv:4: has 3 cells, but there is 1 column\n"));
    assert_non_null(strstr(talk, "2 rows cannot be read: nothing was saved"));
}

static void bad_tables_are_refused_before_anything_is_sent(void **state)
{
    (void)state;
    assert_err(import("", "--type office", NULL), C2C_E_MALFORMED);
    assert_memory_equal(told(), "t.csv: is empty\n", 16);
    client_end(&c);
    assert_err(import("name\n\"A\n", "--type office", NULL), C2C_E_MALFORMED);
    assert_memory_equal(told(), "t.csv: line 2: a quoted field is not closed",
                        43);
    client_end(&c);
    assert_err(import("naame\nA\n", "--type office", NULL), C2C_E_SCHEMA);
    assert_non_null(strstr(client_talk(&c), "did you mean 'name'?"));
    client_end(&c);
    assert_err(import("name\nA\n", "--type ofice", NULL), C2C_E_NOT_FOUND);
    client_end(&c);
    assert_err(import("name\nA\n", "", NULL), C2C_E_USAGE);
    client_end(&c);
    assert_ok(import("name\n", "--type office", NULL));
    assert_memory_equal(told(), "t.csv has no rows", 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_FOLDER(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_FOLDER(rows_become_records),
        WITH_FOLDER(a_map_says_which_column_is_what),
        WITH_FOLDER(problems_are_told_by_line_and_column),
        WITH_FOLDER(rows_with_too_many_cells_are_all_told),
        WITH_FOLDER(bad_tables_are_refused_before_anything_is_sent),
    };
    return cmocka_run_group_tests_name("c2c/cmd_import", tests, NULL, NULL);
}
