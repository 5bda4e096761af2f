#include "c2c/input.h"

#include <string.h>
#include <unistd.h>

#include "client.h"
#include "oom.h"
#include "temp.h"
#include "test.h"

static struct client c;
static struct c2c_input input;

static int begin(void **state)
{
    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    memset(&input, 0, sizeof input);
    return 0;
}

static int end(void **state)
{
    (void)state;
    c2c_input_fini(&input);
    client_end(&c);
    return 0;
}

/* Read @text as the file "f.json". */
static enum c2c_err parse_bytes(const char *text, size_t n)
{
    c2c_input_fini(&input);
    assert_ok(c2c_input_take(&c.run, "f.json", c2c_view_of(text, n), &input));
    return c2c_input_parse(&c.run, &input);
}

static enum c2c_err parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static enum c2c_err records_of(const char *text,
                               const struct c2c_val **ret_records)
{
    assert_ok(parse(text));
    return c2c_input_records(&c.run, &input, ret_records);
}

static void assert_place(size_t item, const char *pointer, const char *want)
{
    struct c2c_origin origin = c2c_input_origin(&input);
    struct c2c_place place;

    origin.place(&origin, item, pointer, &place);
    assert_string_equal(place.where, want);
    assert_string_equal(place.field, pointer);
}

static void all_forms_of_files_are_read(void **state)
{
    (void)state;
    assert_ok(parse("{\"a\":1}"));
    assert_string_equal(client_json(input.values), "[{\"a\":1}]");
    assert_ok(parse("[{\"a\":1},\n{\"a\":2}]\n"));
    assert_string_equal(client_json(input.values), "[{\"a\":1},{\"a\":2}]");
    assert_ok(parse("{\"a\":1}\n{\"a\":2}\r\n\n{\n \"a\":3\n}"));
    assert_string_equal(client_json(input.values),
                        "[{\"a\":1},{\"a\":2},{\"a\":3}]");
    assert_ok(parse("\xef\xbb\xbf[{\"a\":1}]"));
    assert_string_equal(client_json(input.values), "[{\"a\":1}]");
    assert_ok(parse("\xef\xbb\xbf{\"a\":1}"));
    assert_int_equal(input.n, 1);
    assert_ok(parse("// A note.\n{\n  // \"b\": 1,\n  \"a\": \"//1\"\n}\n"));
    assert_string_equal(client_json(input.values), "[{\"a\":\"//1\"}]");
}

static void many_values_are_kept_with_their_places(void **state)
{
    struct c2c_buf text;

    (void)state;
    c2c_buf_init(&text, 1 << 20);
    for (unsigned i = 0; i < 1000; i++) {
        assert_ok(c2c_buf_fmt(&text, "{\"a\":\n%u}\n", i));
    }
    assert_ok(parse_bytes((const char *)text.p, text.n));
    assert_int_equal(input.n, 1000);
    assert_int_equal(c2c_val_int(
                         c2c_val_get(c2c_val_at(input.values, 999), "a")),
                     999);
    assert_place(0, "", "f.json:1");
    assert_place(999, "", "f.json:1999");
    assert_place(999, "/a", "f.json:2000");
    assert_place(1000, "", ""); /* There is none. */
    c2c_buf_fini(&text);
}

static void places_are_lines_of_the_file(void **state)
{
    (void)state;
    assert_ok(parse("[\n{\"type\":\"x\",\n\"body\":{\n\"k/~\":[1,\n2]}},\n\n"
                    "{\"type\":\"y\"}]"));
    assert_place(0, "", "f.json:2");
    assert_place(0, "/type", "f.json:2");
    assert_place(0, "/body/k~1~0/1", "f.json:5");
    assert_place(0, "/body/missing", "f.json:3");
    assert_place(1, "/type", "f.json:7");
    assert_ok(parse("// one\n// two\n{\n// three\n\"a\": 1}"));
    assert_place(0, "", "f.json:3");
    assert_place(0, "/a", "f.json:5");
}

static void assert_bad(const char *text, const char *thing, const char *message)
{
    assert_err(parse(text), C2C_E_BAD_JSON);
    assert_err(c.run.diag.code, C2C_E_BAD_JSON);
    assert_string_equal(c.run.diag.thing, thing);
    assert_non_null(strstr(c.run.diag.message, message));
}

static void bad_json_names_line_and_column(void **state)
{
    (void)state;
    assert_bad("{\"a\":1,}", "f.json:1:8", "string or '}'");
    assert_bad("{\"a\":1}\n{\"a\":1,\n\"a\":2}", "f.json:3:3", "twice");
    assert_bad("{\"a\":1}\n{\"a\":\n{\"b\":1.5}}", "f.json:3:1", "/a/b: ");
    assert_bad("[{\"a\":1},\n{\"a\":1.5}]", "f.json:2", "/1/a: ");
    assert_bad("[1,\n2", "f.json:2:1", "too early");
    assert_bad("// note\n{\"a\":\n}", "f.json:3:1", "");
    assert_bad("{\"a\":1} x", "f.json:1:9", "");
}

static void an_empty_file_is_told(void **state)
{
    (void)state;
    assert_bad("", "f.json", "nothing in it");
    assert_bad(" \n\t\n", "f.json", "nothing in it");
    assert_bad("[]", "f.json", "nothing in it");
    assert_bad("// only a note\n", "f.json", "nothing in it");
    assert_true(c.run.diag.hint[0] != '\0');
}

static void what_show_adds_is_left_out(void **state)
{
    const struct c2c_val *records;

    (void)state;
    assert_ok(records_of("{\"type\":\"office\",\"body\":{\"a\":null},"
                         "\"slug\":\"s\",\"key\":null,\"audience\":\"\","
                         "\"created\":\"c\",\"ref\":\"r\",\"city\":\"x\","
                         "\"epoch\":1,\"rev\":2,\"title\":\"t\",\"fresh\":{},"
                         "\"verified\":true,\"updated\":\"u\"}",
                         &records));
    assert_string_equal(client_json(records),
                        "[{\"body\":{\"a\":null},\"created\":\"c\","
                        "\"slug\":\"s\",\"type\":\"office\"}]");
}

static void assert_no_record(const char *text, const char *thing,
                             const char *message, const char *hint)
{
    const struct c2c_val *records = NULL;

    assert_err(records_of(text, &records), C2C_E_SCHEMA);
    assert_null(records);
    assert_err(c.run.diag.code, C2C_E_SCHEMA);
    assert_string_equal(c.run.diag.thing, thing);
    assert_non_null(strstr(c.run.diag.message, message));
    assert_non_null(strstr(c.run.diag.hint, hint));
}

static void what_is_no_record_is_refused_at_its_line(void **state)
{
    (void)state;
    assert_no_record("{\"type\":\"a\",\"body\":{}}\n1", "f.json:2",
                     "no JSON object", "");
    assert_no_record("{\"body\":{}}", "f.json:1", "\"type\"", "c2c new");
    assert_no_record("{\"type\":1,\"body\":{}}", "f.json:1", "\"type\"", "");
    assert_no_record("\n{\"type\":\"a\"}", "f.json:2", "\"body\"", "");
    assert_no_record("{\"type\":\"a\",\"body\":[]}", "f.json:1", "\"body\"",
                     "");
    assert_no_record("{\"type\":\"a\",\n\"bodyy\":{}}", "f.json:2",
                     "\"bodyy\" is no member", "\"body\"?");
    assert_no_record("{\"type\":\"a\",\n\"zzzz\":{}}", "f.json:2",
                     "\"zzzz\" is no member", "c2c import");
}

static void files_that_cannot_be_read_say_why(void **state)
{
    (void)state;
    temp_make();
    assert_err(c2c_input_read(&c.run, temp_path("none"), &input), C2C_E_IO);
    assert_string_equal(c.run.diag.thing, temp_path("none"));
    assert_non_null(strstr(c.run.diag.message, "No such file"));
    c2c_input_fini(&input);
    assert_err(c2c_input_read(&c.run, temp_path("."), &input), C2C_E_IO);
    assert_non_null(strstr(c.run.diag.message, "directory"));
    c2c_input_fini(&input);
    (void)temp_write("ok", "{\"a\":1}", 7);
    assert_ok(c2c_input_read(&c.run, temp_path("ok"), &input));
    assert_ok(c2c_input_parse(&c.run, &input));
    assert_int_equal(input.n, 1);
    temp_remove();
}

static enum c2c_err read_records(void *arg)
{
    const struct c2c_val *records;
    enum c2c_err err;

    (void)arg;
    c2c_input_fini(&input);
    err = c2c_input_take(&c.run, "f.json",
                         c2c_view_str("{\"type\":\"a\",\"body\":{}}"), &input);
    if (err == C2C_E_OK) {
        err = c2c_input_parse(&c.run, &input);
    }
    if (err == C2C_E_OK) {
        err = c2c_input_records(&c.run, &input, &records);
    }
    c2c_input_fini(&input);
    return err;
}

static void it_survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_sweep(read_records, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_RUN(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_RUN(all_forms_of_files_are_read),
        WITH_RUN(many_values_are_kept_with_their_places),
        WITH_RUN(places_are_lines_of_the_file),
        WITH_RUN(bad_json_names_line_and_column),
        WITH_RUN(an_empty_file_is_told),
        WITH_RUN(what_show_adds_is_left_out),
        WITH_RUN(what_is_no_record_is_refused_at_its_line),
        WITH_RUN(files_that_cannot_be_read_say_why),
        WITH_RUN(it_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("c2c/input", tests, NULL, NULL);
}
