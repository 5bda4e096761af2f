/* Formats against the table that the other validator is held to as well. */

#include <string.h>

#include "base/file.h"
#include "codec/json.h"
#include "record/format.h"
#include "test.h"

static const char *const names[] = {"bcp47",     "city",      "date",
                                    "date-time", "decimal",   "e164",
                                    "edtf",      "email",     "hash",
                                    "iana-tz",   "iso3166-1", "iso3166-2",
                                    "iso4217",   "ref",       "uri"};

enum {
    N_NAMES = sizeof names / sizeof names[0]
};

static struct c2c_doc *doc;
static const struct c2c_val *table;

static int read_table(void **state)
{
    struct c2c_json_error why;
    struct c2c_buf text;
    enum c2c_err err = c2c_doc_new(&doc);

    (void)state;
    c2c_buf_init(&text, 1u << 20);
    if (err == C2C_E_OK) {
        err = c2c_file_read(C2C_SCHEMAS "/formats.json", &text);
    }
    if (err == C2C_E_OK) {
        err = c2c_json_parse(doc, c2c_buf_view(&text), &why, &table);
    }
    c2c_buf_fini(&text);
    return err == C2C_E_OK ? 0 : -1;
}

static int free_table(void **state)
{
    (void)state;
    c2c_doc_free(doc);
    return 0;
}

static const struct c2c_format *format_of(const char *name)
{
    const struct c2c_format *format = c2c_format_find(c2c_view_str(name));

    assert_non_null(format);
    return format;
}

static void every_format_has_a_table(void **state)
{
    (void)state;
    assert_int_equal(c2c_val_count(table), N_NAMES);
    for (size_t i = 0; i < N_NAMES; i++) {
        const struct c2c_val *rows = c2c_val_get(table, names[i]);

        assert_true(c2c_val_count(c2c_val_get(rows, "good")) > 0);
        assert_true(c2c_val_count(c2c_val_get(rows, "bad")) > 0);
    }
}

static void check_rows(const struct c2c_format *format, const char *list,
                       bool want)
{
    const struct c2c_val *rows =
        c2c_val_get(c2c_val_get(table, format->name), list);

    for (size_t i = 0; i < c2c_val_count(rows); i++) {
        struct c2c_view text = c2c_val_str(c2c_val_at(rows, i));

        if (format->check(text) != want) {
            fail_msg("%s: '%.*s' should be %s", format->name, (int)text.n,
                     (const char *)text.p, list);
        }
    }
}

static void good_texts_are_taken_and_bad_ones_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_NAMES; i++) {
        check_rows(format_of(names[i]), "good", true);
        check_rows(format_of(names[i]), "bad", false);
    }
}

/* No zero-terminated string is needed: what follows a text is not read. */
static void a_text_ends_where_its_view_ends(void **state)
{
    static const struct {
        const char *name;
        const char *text; /* Good as a whole. */
        size_t n;         /* Bad when cut here. */
    } rows[] = {
        {"bcp47", "en-US", 3},
        {"date", "2026-11-23", 9},
        {"date-time", "2026-11-23T08:30:00Z", 19},
        {"decimal", "1.5", 2},
        {"e164", "+12", 2},
        {"edtf", "1979-02", 6},
        {"email", "a@b", 2},
        {"iana-tz", "Asia/Manila", 5},
        {"iso3166-1", "PH", 1},
        {"iso3166-2", "CN-ZJ", 3},
        {"iso4217", "EUR", 2},
        {"ref", "office/a", 7},
        {"uri", "https://a", 8},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct c2c_format *format = format_of(rows[i].name);

        if (!format->check(c2c_view_str(rows[i].text)) ||
            format->check(c2c_view_of(rows[i].text, rows[i].n))) {
            fail_msg("%s: %s cut to %zu", rows[i].name, rows[i].text,
                     rows[i].n);
        }
    }
}

static void a_zero_byte_is_no_part_of_any(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_NAMES; i++) {
        const struct c2c_format *format = format_of(names[i]);
        struct c2c_view good = c2c_val_str(
            c2c_val_at(c2c_val_get(c2c_val_get(table, names[i]), "good"), 0));
        uint8_t text[128];

        assert_true(good.n < sizeof text);
        memcpy(text, good.p, good.n);
        text[good.n] = 0;
        /* City names are not looked into here; JSON lets no zero in. */
        if (strcmp(names[i], "city") != 0) {
            assert_false(format->check(c2c_view_of(text, good.n + 1)));
        }
    }
}

static void texts_have_a_greatest_length(void **state)
{
    static const struct {
        const char *name;
        const char *begin;
        char fill;
        size_t most; /* Bytes in all. */
    } rows[] = {
        {"city", "", 'x', 200},    {"decimal", "", '1', 40},
        {"email", "a@", 'x', 254}, {"e164", "+", '1', 16},
        {"ref", "a/", 'x', 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct c2c_format *format = format_of(rows[i].name);
        char text[512];
        size_t begin = strlen(rows[i].begin);

        memset(text, rows[i].fill, sizeof text);
        memcpy(text, rows[i].begin, begin);
        if (rows[i].most > 0) {
            assert_true(format->check(c2c_view_of(text, rows[i].most)));
            assert_false(format->check(c2c_view_of(text, rows[i].most + 1)));
        } else {
            assert_false(format->check(c2c_view_of(text, sizeof text)));
        }
    }
}

static void each_explains_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_NAMES; i++) {
        const struct c2c_format *format = format_of(names[i]);

        assert_string_equal(format->name, names[i]);
        assert_true(strlen(format->what) > 0);
        if (strstr(format->example, "...") == NULL) {
            assert_true(format->check(c2c_view_str(format->example)));
        }
    }
}

static void other_names_are_unknown(void **state)
{
    (void)state;
    assert_null(c2c_format_find(c2c_view_str("ipv4")));
    assert_null(c2c_format_find(c2c_view_str("Date")));
    assert_null(c2c_format_find(c2c_view_str("dat")));
    assert_null(c2c_format_find(c2c_view_str("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_has_a_table),
        cmocka_unit_test(good_texts_are_taken_and_bad_ones_refused),
        cmocka_unit_test(a_text_ends_where_its_view_ends),
        cmocka_unit_test(a_zero_byte_is_no_part_of_any),
        cmocka_unit_test(texts_have_a_greatest_length),
        cmocka_unit_test(each_explains_itself),
        cmocka_unit_test(other_names_are_unknown),
    };
    return cmocka_run_group_tests_name("record/format", tests, read_table,
                                       free_table);
}
