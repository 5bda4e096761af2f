#include "c2c/csv.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "oom.h"
#include "test.h"

/* The fields of all rows of @text as "a|b\nc|d\n"; on an error
 * "LINE: reason". */
static const char *rows_of(const char *text, char delimiter)
{
    static char out[4096];
    struct c2c_csv_row *row = c2c_calloc(1, sizeof *row);
    struct c2c_csv csv;
    enum c2c_err err;
    size_t n = 0;

    assert_non_null(row);
    out[0] = '\0';
    c2c_csv_init(&csv, c2c_view_str(text), delimiter);
    while ((err = c2c_csv_next(&csv, row)) == C2C_E_OK) {
        for (size_t i = 0; i < row->n; i++) {
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s",
                                  i == 0 ? "" : "|", (int)row->field[i].n,
                                  (const char *)row->field[i].p);
        }
        n += (size_t)snprintf(out + n, sizeof out - n, "@%u\n", row->line);
    }
    if (err == C2C_E_MALFORMED) {
        (void)snprintf(out, sizeof out, "%u: %s", csv.error_line, csv.reason);
    } else {
        assert_err(err, C2C_E_NOT_FOUND);
    }
    c2c_csv_fini(&csv);
    c2c_free(row);
    return out;
}

static void
fields_are_cut_at_the_delimiter_and_lines_at_any_line_end(void **state)
{
    (void)state;
    assert_string_equal(rows_of("a,b\nc,d\r\ne,f", 0), "a|b@1\nc|d@2\ne|f@3\n");
    assert_string_equal(rows_of("", 0), "");
    assert_string_equal(rows_of("a,,\n", 0), "a||@1\n");
    assert_string_equal(rows_of("\n\r\na\n\nb\n", 0), "a@3\nb@5\n");
}

static void quoted_fields_hold_anything(void **state)
{
    (void)state;
    assert_string_equal(rows_of("\"a,b\",\"say \"\"hi\"\"\",\"\"\nc,d,e\n", 0),
                        "a,b|say \"hi\"|@1\nc|d|e@2\n");
    assert_string_equal(rows_of("\"one\ntwo\r\nthree\",x\ny,z\n", 0),
                        "one\ntwo\r\nthree|x@1\ny|z@4\n");
}

static void the_delimiter_is_found_outside_quotes(void **state)
{
    (void)state;
    assert_string_equal(rows_of("a;b;c\n1,5;2;3\n", 0), "a|b|c@1\n1,5|2|3@2\n");
    assert_string_equal(rows_of("a\tb\n", 0), "a|b@1\n");
    assert_string_equal(rows_of("\"x,y,z\";b\n", 0), "x,y,z|b@1\n");
    assert_string_equal(rows_of("a;b\n", ','), "a;b@1\n");
}

static void a_byte_order_mark_is_not_part_of_the_first_field(void **state)
{
    (void)state;
    assert_string_equal(rows_of("\xef\xbb\xbfslug,x\n", 0), "slug|x@1\n");
}

static void mistakes_name_their_line(void **state)
{
    (void)state;
    assert_string_equal(rows_of("a\n\"b\nc\n", 0),
                        "2: a quoted field is not closed");
    assert_string_equal(rows_of("a\n\"b\nc\"d\n", 0),
                        "3: there is text after a closing quote");
    assert_non_null(strstr(rows_of("a\nb\"c\n", 0), "2: a field with a quote"));
    assert_non_null(strstr(rows_of("a\n\xff\n", 0), "2: is not UTF-8"));
    assert_non_null(strstr(rows_of("a\n\xc3,\xa9\n", 0), "2: is not UTF-8"));
}

static void a_carriage_return_alone_is_text(void **state)
{
    (void)state;
    assert_string_equal(rows_of("a\rb,c\n", 0), "a\rb|c@1\n");
}

static void rows_are_bounded(void **state)
{
    struct c2c_csv_row *row = c2c_calloc(1, sizeof *row);
    char *text = c2c_calloc(1, C2C_CSV_ROW_BYTES + 2);
    struct c2c_csv csv;

    (void)state;
    assert_non_null(row);
    assert_non_null(text);
    memset(text, 'x', C2C_CSV_ROW_BYTES + 1);
    c2c_csv_init(&csv, c2c_view_str(text), ',');
    assert_err(c2c_csv_next(&csv, row), C2C_E_MALFORMED);
    c2c_csv_fini(&csv);
    memset(text, ',', C2C_CSV_FIELDS_MAX + 1);
    text[C2C_CSV_FIELDS_MAX] = '\0';
    c2c_csv_init(&csv, c2c_view_str(text), ',');
    assert_err(c2c_csv_next(&csv, row), C2C_E_MALFORMED);
    c2c_csv_fini(&csv);
    text[C2C_CSV_FIELDS_MAX - 1] = '\0';
    c2c_csv_init(&csv, c2c_view_str(text), ',');
    assert_ok(c2c_csv_next(&csv, row));
    assert_int_equal(row->n, C2C_CSV_FIELDS_MAX);
    c2c_csv_fini(&csv);
    c2c_free(text);
    c2c_free(row);
}

static struct c2c_csv_row sweep_row;

static enum c2c_err read_all(void *arg)
{
    struct c2c_csv csv;
    enum c2c_err err;

    c2c_csv_init(&csv, c2c_view_str(arg), 0);
    do {
        err = c2c_csv_next(&csv, &sweep_row);
    } while (err == C2C_E_OK);
    c2c_csv_fini(&csv);
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

static void survives_any_failed_allocation(void **state)
{
    char text[] = "a,b\n\"c\nd\",e\n";

    (void)state;
    oom_sweep(read_all, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            fields_are_cut_at_the_delimiter_and_lines_at_any_line_end),
        cmocka_unit_test(quoted_fields_hold_anything),
        cmocka_unit_test(the_delimiter_is_found_outside_quotes),
        cmocka_unit_test(a_byte_order_mark_is_not_part_of_the_first_field),
        cmocka_unit_test(mistakes_name_their_line),
        cmocka_unit_test(a_carriage_return_alone_is_text),
        cmocka_unit_test(rows_are_bounded),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("c2c/csv", tests, NULL, NULL);
}
