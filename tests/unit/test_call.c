#include "c2c/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "c2c/command.h"
#include "client.h"
#include "codec/limits.h"
#include "fake_node.h"
#include "temp.h"
#include "test.h"

static struct client c;

static void use_dir(const char *dir)
{
    c2c_free(c.run.dir);
    c2c_free(c.run.dir_word);
    c.run.dir = c2c_view_dup(c2c_view_str(dir));
    c.run.dir_word = c2c_view_dup(c2c_view_str("DIR"));
    assert_non_null(c.run.dir);
    assert_non_null(c.run.dir_word);
}

static int begin(void **state)
{
    static const struct c2c_command command = {.name = "status"};

    (void)state;
    temp_make();
    client_begin(&c, C2C_FORM_HUMAN);
    c.run.line.command = &command;
    use_dir(temp_path("."));
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

static void answers_and_arguments_go_through(void **state)
{
    static const struct fake_answer answers[] = {
        {C2C_E_OK, "{\"a\":\"\u676d\",\"n\":-7}"}, {C2C_E_OK, NULL}};
    struct c2c_val *args = c2c_doc_map(c.run.doc);
    const struct c2c_val *doc;

    (void)state;
    fake_node_open(c.run.dir, answers);
    c2c_doc_set_int(c.run.doc, args, "limit", 3);
    assert_ok(c2c_call(&c.run, "list", args, &doc));
    assert_string_equal(client_json(doc), "{\"a\":\"\u676d\",\"n\":-7}");
    assert_ok(c2c_call(&c.run, "status", NULL, &doc));
    assert_string_equal(client_json(doc), "{\"a\":\"\u676d\",\"n\":-7}");
    assert_string_equal(fake_node_requests(),
                        "list {\"lang\":\"en\",\"limit\":3}\n"
                        "status {\"lang\":\"en\"}\n");
}

static void a_refusal_is_told_as_the_node_tells_it(void **state)
{
    static const struct fake_answer answers[] = {
        {C2C_E_AMBIGUOUS,
         "{\"thing\":\"xian\",\"message\":\"two fit\",\"hint\":\"say which\","
         "\"candidates\":[\"a\"]}"},
        {C2C_E_QUOTA, "{}"},
        {C2C_E_OK, NULL}};
    const struct c2c_val *doc = NULL;

    (void)state;
    fake_node_open(c.run.dir, answers);
    assert_err(c2c_call(&c.run, "who", NULL, &doc), C2C_E_AMBIGUOUS);
    assert_null(doc);
    assert_err(c.run.diag.code, C2C_E_AMBIGUOUS);
    assert_string_equal(c.run.diag.thing, "xian");
    assert_string_equal(c.run.diag.message, "two fit");
    assert_string_equal(c.run.diag.hint, "say which");
    assert_int_equal(c2c_val_count(c2c_val_get(c.run.error, "candidates")), 1);
    assert_err(c2c_call(&c.run, "put", NULL, &doc), C2C_E_QUOTA);
    assert_string_equal(c.run.diag.message, c2c_strerror(C2C_E_QUOTA));
    assert_string_equal(c.run.diag.hint, "");
}

static void nobody_there_is_explained(void **state)
{
    const struct c2c_val *doc;

    (void)state;
    assert_err(c2c_call(&c.run, "status", NULL, &doc), C2C_E_UNREACHABLE);
    assert_non_null(strstr(c.run.diag.message, "no city in this folder"));
    assert_non_null(strstr(c.run.diag.hint, "c2c -C DIR init"));
    (void)temp_write("keyset", "x", 1);
    assert_err(c2c_call(&c.run, "status", NULL, &doc), C2C_E_UNREACHABLE);
    assert_non_null(strstr(c.run.diag.message, "no node answers"));
    assert_string_equal(c.run.diag.hint, "start it: c2cd -C DIR");
    c.run.timeout_ms = 0;
    assert_err(c2c_call_wait(&c.run, "status", &doc), C2C_E_UNREACHABLE);
}

static void waiting_ends_with_the_first_answer(void **state)
{
    static const struct fake_answer answers[] = {{C2C_E_OK, "{\"a\":1}"},
                                                 {C2C_E_OK, NULL}};
    const struct c2c_val *doc;

    (void)state;
    fake_node_open(c.run.dir, answers);
    assert_ok(c2c_call_wait(&c.run, "status", &doc));
    assert_string_equal(client_json(doc), "{\"a\":1}");
}

static void all_pages_become_one_list(void **state)
{
    static const struct fake_answer answers[] = {
        {C2C_E_OK, "{\"items\":[1,2],\"next\":\"p2\",\"as_of\":\"t1\"}"},
        {C2C_E_OK, "{\"items\":[3],\"next\":\"p3\",\"as_of\":\"t2\"}"},
        {C2C_E_OK, "{\"items\":[4,5],\"next\":null,\"as_of\":\"t3\"}"},
        {C2C_E_OK, NULL}};
    struct c2c_val *args = c2c_doc_map(c.run.doc);
    const struct c2c_val *doc;

    (void)state;
    fake_node_open(c.run.dir, answers);
    assert_ok(c2c_call_all(&c.run, "list", args, &doc));
    assert_string_equal(
        client_json(doc),
        "{\"as_of\":\"t1\",\"items\":[1,2,3,4,5],\"next\":null}");
    assert_string_equal(fake_node_requests(),
                        "list {\"lang\":\"en\"}\n"
                        "list {\"cursor\":\"p2\",\"lang\":\"en\"}\n"
                        "list {\"cursor\":\"p3\",\"lang\":\"en\"}\n");
}

static void a_failed_page_is_a_failure(void **state)
{
    static const struct fake_answer answers[] = {
        {C2C_E_OK, "{\"items\":[1],\"next\":\"p2\"}"},
        {C2C_E_BUSY, "{\"message\":\"later\"}"},
        {C2C_E_OK, NULL}};
    const struct c2c_val *doc = NULL;

    (void)state;
    fake_node_open(c.run.dir, answers);
    assert_err(c2c_call_all(&c.run, "list", c2c_doc_map(c.run.doc), &doc),
               C2C_E_BUSY);
    assert_null(doc);
}

/* Socket addresses hold 108 bytes; folders may have more. */
static void folders_with_long_names_work(void **state)
{
    static const struct fake_answer answers[] = {{C2C_E_OK, "{\"a\":1}"},
                                                 {C2C_E_OK, NULL}};
    const struct c2c_val *doc;
    char name[201];

    (void)state;
    memset(name, 'd', 200);
    name[200] = '\0';
    assert_ok(c2c_file_mkdir(temp_path(name), 0700));
    use_dir(temp_path(name));
    assert_err(c2c_call(&c.run, "status", NULL, &doc), C2C_E_UNREACHABLE);
    fake_node_open(c.run.dir, answers);
    assert_ok(c2c_call(&c.run, "status", NULL, &doc));
    assert_string_equal(client_json(doc), "{\"a\":1}");
}

static void another_version_is_told(void **state)
{
    static const struct fake_answer answers[] = {{C2C_E_INVAL, NULL},
                                                 {C2C_E_OK, NULL}};
    const struct c2c_val *doc;

    (void)state;
    fake_node_open(c.run.dir, answers);
    assert_err(c2c_call(&c.run, "status", NULL, &doc), C2C_E_UNSUPPORTED);
    assert_non_null(strstr(c.run.diag.message, "another version"));
    assert_non_null(strstr(c.run.diag.hint, "restart c2cd"));
}

static void too_much_at_once_is_refused_before_it_is_sent(void **state)
{
    static const struct fake_answer answers[] = {{C2C_E_OK, "{}"},
                                                 {C2C_E_OK, NULL}};
    struct c2c_val *args = c2c_doc_map(c.run.doc);
    char *text = malloc(C2C_MAX_CONTROL_BYTES);
    const struct c2c_val *doc;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', C2C_MAX_CONTROL_BYTES);
    fake_node_open(c.run.dir, answers);
    c2c_doc_set_str(c.run.doc, args, "words",
                    c2c_view_of(text, C2C_MAX_CONTROL_BYTES));
    assert_err(c2c_call(&c.run, "find", args, &doc), C2C_E_TOO_BIG);
    assert_non_null(strstr(c.run.diag.hint, "several files"));
    assert_string_equal(fake_node_requests(), "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_RUN(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_RUN(answers_and_arguments_go_through),
        WITH_RUN(a_refusal_is_told_as_the_node_tells_it),
        WITH_RUN(nobody_there_is_explained),
        WITH_RUN(waiting_ends_with_the_first_answer),
        WITH_RUN(all_pages_become_one_list),
        WITH_RUN(a_failed_page_is_a_failure),
        WITH_RUN(folders_with_long_names_work),
        WITH_RUN(another_version_is_told),
        WITH_RUN(too_much_at_once_is_refused_before_it_is_sent),
    };
    return cmocka_run_group_tests_name("c2c/call", tests, NULL, NULL);
}
