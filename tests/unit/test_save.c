#include "c2c/save.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/report.h"
#include "client.h"
#include "fake_node.h"
#include "temp.h"
#include "test.h"

static struct client c;
static const char *file_name; /* As places have it. */

static int begin(void **state)
{
    static const struct c2c_command command = {.name = "put"};

    (void)state;
    temp_make();
    client_begin(&c, C2C_FORM_HUMAN);
    c.run.line.command = &command;
    c2c_free(c.run.dir);
    c.run.dir = c2c_view_dup(c2c_view_str(temp_path(".")));
    assert_non_null(c.run.dir);
    file_name = "f.json";
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

/* Record 0 stands on line 10, record 1 on line 20, and so on. */
static void place(const struct c2c_origin *origin, size_t item,
                  const char *pointer, struct c2c_place *ret_place)
{
    assert_ptr_equal(origin->ctx, &c);
    ret_place->line = (unsigned)(item + 1) * 10;
    (void)snprintf(ret_place->where, sizeof ret_place->where, "%s:%u",
                   file_name, ret_place->line);
    (void)snprintf(ret_place->field, sizeof ret_place->field, "%s", pointer);
}

/* Save one record; the node answers with @code and @json. */
static enum c2c_err save(enum c2c_err code, const char *json)
{
    static struct fake_answer answers[2];
    const struct c2c_origin origin = {.place = place, .ctx = &c};
    enum c2c_err err;

    answers[0] = (struct fake_answer){code, json};
    answers[1] = (struct fake_answer){C2C_E_OK, NULL};
    fake_node_open(c.run.dir, answers);
    err = c2c_save(&c.run, client_val(&c, "[{\"type\":\"office\"}]"), &origin);
    c2c_call_end(&c.run);
    fake_node_close();
    return err;
}

/* How many records a file must have before somebody is told to wait. */
static void save_many(size_t n, bool watched)
{
    static struct fake_answer answers[2] = {
        {C2C_E_OK, "{\"items\":[],\"epoch\":1,\"rev\":2}"}};
    const struct c2c_origin origin = {.place = place, .ctx = &c};
    struct c2c_val *records = c2c_doc_array(c.run.doc);

    for (size_t i = 0; i < n; i++) {
        c2c_doc_push(c.run.doc, records, c2c_doc_map(c.run.doc));
    }
    c.run.out.watched = watched;
    fake_node_open(c.run.dir, answers);
    assert_ok(c2c_save(&c.run, records, &origin));
    c2c_call_end(&c.run);
    fake_node_close();
}

static void who_waits_at_a_terminal_is_told_why(void **state)
{
    (void)state;
    save_many(1000, true);
    assert_non_null(strstr(client_talk(&c), "1000 records are being"));
    save_many(999, true);
    assert_null(strstr(client_talk(&c), "are being"));
    save_many(1000, false);
    assert_null(strstr(client_talk(&c), "are being"));
    c.run.out.form = C2C_FORM_JSON;
    save_many(1000, true);
    assert_string_equal(client_talk(&c), "");
}

static void references_are_data_and_states_are_talk(void **state)
{
    (void)state;
    assert_ok(save(C2C_E_OK,
                   "{\"items\":[{\"ref\":\"office/a\",\"state\":\"new\"},"
                   "{\"ref\":\"office/b\",\"state\":\"changed\"},"
                   "{\"ref\":\"office/c\",\"state\":\"same\"}],"
                   "\"epoch\":1,\"rev\":7}"));
    assert_string_equal(client_data(&c), "office/a\noffice/b\noffice/c\n");
    assert_string_equal(client_talk(&c),
                        "office/a: new\noffice/b: changed\n"
                        "office/c: unchanged\n"
                        "1 new, 1 changed, 1 unchanged (revision 1.7)\n");
    assert_string_equal(fake_node_requests(),
                        "put {\"dry_run\":false,\"lang\":\"en\",\"records\":"
                        "[{\"type\":\"office\"}]}\n");
}

static void a_dry_run_says_would(void **state)
{
    (void)state;
    c.run.dry_run = true;
    assert_ok(save(C2C_E_OK, "{\"items\":[{\"ref\":\"office/a\",\"state\":"
                             "\"new\"}],\"epoch\":1,\"rev\":7}"));
    assert_string_equal(client_talk(&c),
                        "office/a: would be new\n"
                        "dry run: 1 record would be saved; nothing was "
                        "changed\n");
    assert_non_null(strstr(fake_node_requests(), "\"dry_run\":true"));
}

static void what_waits_for_a_signature_is_said(void **state)
{
    (void)state;
    assert_ok(save(C2C_E_OK, "{\"items\":[{\"ref\":\"office/a\",\"state\":"
                             "\"waiting\"}]}"));
    assert_non_null(strstr(client_talk(&c), "--adopt-store"));
}

static void many_records_are_only_counted(void **state)
{
    struct c2c_buf doc;

    (void)state;
    c2c_buf_init(&doc, 1 << 20);
    assert_ok(c2c_buf_fmt(&doc, "{\"epoch\":1,\"rev\":2,\"items\":["));
    for (unsigned i = 0; i < 21; i++) {
        assert_ok(c2c_buf_fmt(&doc, "%s{\"ref\":\"a/%u\",\"state\":\"new\"}",
                              i == 0 ? "" : ",", i));
    }
    assert_ok(c2c_buf_fmt(&doc, "]}%c", '\0'));
    assert_ok(save(C2C_E_OK, (const char *)doc.p));
    assert_string_equal(client_talk(&c),
                        "21 new, 0 changed, 0 unchanged (revision 1.2)\n");
    c2c_buf_fini(&doc);
}

static void programs_get_reference_key_and_state(void **state)
{
    static const char answer[] =
        "{\"items\":[{\"ref\":\"office/a\",\"key\":\"k\",\"state\":\"new\"}],"
        "\"epoch\":1,\"rev\":7}";

    (void)state;
    c.run.out.form = C2C_FORM_PLAIN;
    assert_ok(save(C2C_E_OK, answer));
    assert_string_equal(client_data(&c), "office/a\tk\tnew\n");
    c.run.out.form = C2C_FORM_JSONL;
    assert_ok(save(C2C_E_OK, answer));
    assert_string_equal(
        client_data(&c),
        "{\"key\":\"k\",\"ref\":\"office/a\",\"state\":\"new\"}\n");
}

static const char problems[] =
    "{\"message\":\"2 problems\",\"problems\":["
    "{\"item\":0,\"path\":\"/body/kind\",\"reason\":\"is not one of them\","
    "\"allowed\":\"a, b\"},"
    "{\"item\":1,\"path\":\"\",\"reason\":\"is bad\"}]}";

static void problems_are_told_at_their_places(void **state)
{
    (void)state;
    assert_err(save(C2C_E_SCHEMA, problems), C2C_E_SCHEMA);
    assert_string_equal(client_data(&c), "");
    assert_string_equal(client_talk(&c),
                        "c2c: f.json:10: /body/kind: is not one of them\n"
                        "     allowed: a, b\n"
                        "c2c: f.json:20: is bad\n");
    assert_string_equal(c.run.diag.message, "2 problems");
}

static void problems_have_their_places_in_json_too(void **state)
{
    (void)state;
    c.run.out.form = C2C_FORM_JSON;
    assert_err(save(C2C_E_SCHEMA, problems), C2C_E_SCHEMA);
    assert_string_equal(client_talk(&c), "");
    assert_string_equal(
        client_json(c2c_val_get(c.run.error, "problems")),
        "[{\"allowed\":\"a, b\",\"field\":\"/body/kind\",\"item\":0,\"line\":"
        "10,\"path\":\"/body/kind\",\"reason\":\"is not one of them\","
        "\"where\":\"f.json:10\"},"
        "{\"field\":\"\",\"item\":1,\"line\":20,\"path\":\"\",\"reason\":"
        "\"is bad\",\"where\":\"f.json:20\"}]");
}

static void a_refused_record_is_named_by_its_place(void **state)
{
    (void)state;
    assert_err(save(C2C_E_EXISTS, "{\"item\":2,\"thing\":\"office/a\","
                                  "\"message\":\"is there\"}"),
               C2C_E_EXISTS);
    assert_string_equal(c.run.diag.thing, "f.json:30: office/a");
    assert_err(save(C2C_E_NOT_FOUND, "{\"item\":0,\"thing\":\"/body/deputy\","
                                     "\"message\":\"there is none\"}"),
               C2C_E_NOT_FOUND);
    assert_string_equal(c.run.diag.thing, "f.json:10: /body/deputy");
    assert_err(save(C2C_E_EXISTS, "{\"item\":2,\"message\":\"is there\"}"),
               C2C_E_EXISTS);
    assert_string_equal(c.run.diag.thing, "f.json:30");
    assert_err(save(C2C_E_BUSY, "{\"thing\":\"x\",\"message\":\"later\"}"),
               C2C_E_BUSY);
    assert_string_equal(c.run.diag.thing, "x");
}

static void warnings_are_told_at_their_places(void **state)
{
    (void)state;
    assert_ok(save(C2C_E_OK,
                   "{\"items\":[],\"epoch\":1,\"rev\":7,\"warnings\":[{"
                   "\"item\":1,\"path\":\"/body/x\",\"message\":\"odd\"}]}"));
    assert_non_null(
        strstr(client_talk(&c), "warning: f.json:20: /body/x: odd\n"));
}

/* Names and paths that are cut, or were never UTF-8, do not silence the error
 * of --json. */
static void cut_places_stay_well_formed(void **state)
{
    static char name[400];
    char json[2000];
    char path[600] = "";

    (void)state;
    for (size_t lead = 0; lead < 3; lead++) {
        memset(name, 'a', lead);
        memset(path, '/', lead + 1);
        for (size_t i = lead; i + 3 < sizeof name; i += 3) {
            memcpy(name + i, "\xe6\x9d\xad", 4);
        }
        for (size_t i = lead + 1; i + 3 < sizeof path; i += 3) {
            memcpy(path + i, "\xe6\x9d\xad", 4);
        }
        file_name = name;
        c.run.out.form = C2C_FORM_JSON;
        (void)snprintf(json, sizeof json,
                       "{\"item\":0,\"thing\":\"x\",\"message\":\"no\","
                       "\"problems\":[{\"item\":0,\"path\":\"%s\",\"reason\":"
                       "\"r\"}]}",
                       path);
        assert_err(save(C2C_E_SCHEMA, json), C2C_E_SCHEMA);
        assert_true(c2c_text_valid(c2c_view_str(c.run.diag.thing)));
        assert_ok(c2c_doc_err(c.run.doc));
        assert_non_null(c.run.error);
        c2c_report(&c.run.out, &c.run.diag, c.run.error);
        assert_non_null(strstr(client_talk(&c), "\"line\":10"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_RUN(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_RUN(who_waits_at_a_terminal_is_told_why),
        WITH_RUN(references_are_data_and_states_are_talk),
        WITH_RUN(a_dry_run_says_would),
        WITH_RUN(what_waits_for_a_signature_is_said),
        WITH_RUN(many_records_are_only_counted),
        WITH_RUN(programs_get_reference_key_and_state),
        WITH_RUN(problems_are_told_at_their_places),
        WITH_RUN(problems_have_their_places_in_json_too),
        WITH_RUN(a_refused_record_is_named_by_its_place),
        WITH_RUN(warnings_are_told_at_their_places),
        WITH_RUN(cut_places_stay_well_formed),
    };
    return cmocka_run_group_tests_name("c2c/save", tests, NULL, NULL);
}
