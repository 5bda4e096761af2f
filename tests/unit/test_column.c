#include "c2c/column.h"

#include <string.h>

#include "c2c/value.h"
#include "client.h"
#include "test.h"

static struct client c;
static struct c2c_arena arena;
static struct c2c_words words;
static struct c2c_fields fields;
static struct c2c_csv_row row;

static int begin(void **state)
{
    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    c2c_arena_init(&arena);
    words = (struct c2c_words){.types = c2c_run_types(&c.run),
                               .lang = c2c_run_lang(&c.run),
                               .people = true};
    assert_non_null(words.types);
    return 0;
}

static int end(void **state)
{
    (void)state;
    c2c_arena_fini(&arena);
    client_end(&c);
    return 0;
}

/* Cells of @line between `|` into the row. */
static void set_row(const char *line)
{
    row.n = 0;
    for (;;) {
        size_t n = strcspn(line, "|");

        row.field[row.n++] = c2c_view_of(line, n);
        if (line[n] == '\0') {
            return;
        }
        line += n + 1;
    }
}

static enum c2c_err read_head(const char *type, const char *head,
                              const char *map)
{
    fields = (struct c2c_fields){.arena = &arena,
                                 .words = &words,
                                 .type = c2c_run_type(&c.run, type)};
    assert_non_null(fields.type);
    set_row(head);
    return c2c_fields_read(&c.run, "t.csv", &row,
                           map == NULL ? NULL : client_val(&c, map), &fields);
}

/* The body of the record of the one row @cells below @head. */
static const char *body_of(const char *type, const char *head,
                           const char *cells)
{
    if (read_head(type, head, NULL) != C2C_E_OK) {
        fail_msg("%s: %s", c.run.diag.thing, c.run.diag.message);
    }
    set_row(cells);
    return client_json(
        c2c_val_get(c2c_fields_record(&c.run, &fields, &row), "body"));
}

static void columns_are_found_by_path_and_label(void **state)
{
    (void)state;
    assert_string_equal(body_of("office", "name", "Desk"),
                        "{\"name\":{\"en\":\"Desk\"}}");
    assert_string_equal(body_of("office", "Name", "Desk"),
                        "{\"name\":{\"en\":\"Desk\"}}");
    assert_string_equal(body_of("office", " NAME ", " Desk "),
                        "{\"name\":{\"en\":\"Desk\"}}");
    assert_string_equal(body_of("office", "name:zh-Hans|name.en", "a|b"),
                        "{\"name\":{\"en\":\"b\",\"zh-Hans\":\"a\"}}");
    assert_string_equal(body_of("office", "scope.purposes", "sister-city"),
                        "{\"scope\":{\"purposes\":[\"sister-city\"]}}");
    assert_string_equal(body_of("office",
                                "channels.0.kind|channels.0.address|"
                                "channels.1.kind|channels.1.address",
                                "email|a@b.example|fax|1"),
                        "{\"channels\":[{\"address\":\"a@b.example\","
                        "\"kind\":\"email\"},{\"address\":\"1\",\"kind\":"
                        "\"fax\"}]}");
    assert_string_equal(body_of("office", "channels.kind|channels.address",
                                "email|a@b.example"),
                        "{\"channels\":[{\"address\":\"a@b.example\","
                        "\"kind\":\"email\"}]}");
}

static void cells_become_values_of_their_kind(void **state)
{
    (void)state;
    assert_string_equal(body_of("office", "kind", "Dedicated cell"),
                        "{\"kind\":\"dedicated-cell\"}");
    assert_string_equal(body_of("office", "kind", "dedicated-cell"),
                        "{\"kind\":\"dedicated-cell\"}");
    assert_string_equal(body_of("office", "kind", "other words"),
                        "{\"kind\":\"other words\"}");
    assert_string_equal(body_of("city", "geonames", "1642858"),
                        "{\"geonames\":1642858}");
    assert_string_equal(body_of("city", "geonames", "-5"), "{\"geonames\":-5}");
    assert_string_equal(body_of("city", "geonames", "16 42"),
                        "{\"geonames\":\"16 42\"}");
    assert_string_equal(body_of("city", "geonames", "99999999999999999999"),
                        "{\"geonames\":\"99999999999999999999\"}");
    assert_string_equal(body_of("city", "population.value|population.year",
                                "5|2020"),
                        "{\"population\":{\"value\":5,\"year\":2020}}");
    assert_string_equal(body_of("office", "platforms",
                                "other; ;own-country-lga"
                                ";"),
                        "{\"platforms\":[\"other\",\"own-country-lga\"]}");
}

static void empty_cells_are_left_out(void **state)
{
    (void)state;
    assert_string_equal(body_of("office", "name|kind|name:id", "Desk|  |"),
                        "{\"name\":{\"en\":\"Desk\"}}");
    assert_string_equal(body_of("office", "name|kind", "Desk"),
                        "{\"name\":{\"en\":\"Desk\"}}");
    assert_string_equal(body_of("office", "name|kind", "|"), "{}");
}

static void members_of_the_record_stand_beside_the_body(void **state)
{
    struct c2c_val *record;

    (void)state;
    assert_ok(read_head("office", "slug|name|audience|key", NULL));
    set_row("desk|Desk|public|k");
    record = c2c_fields_record(&c.run, &fields, &row);
    assert_string_equal(client_json(record),
                        "{\"audience\":\"public\",\"body\":{\"name\":{\"en\":"
                        "\"Desk\"}},\"key\":\"k\",\"slug\":\"desk\",\"type\":"
                        "\"office\"}");
}

static void a_map_renames_and_leaves_out(void **state)
{
    struct c2c_val *record;

    (void)state;
    assert_ok(read_head("office", "Bureau|Junk|More",
                        "{\"Bureau\":\"name:fr\",\"Junk\":null,"
                        "\"More\":null,\"Not there\":\"kind\"}"));
    set_row("B\u00fcro|x|y");
    record = c2c_fields_record(&c.run, &fields, &row);
    assert_string_equal(client_json(record),
                        "{\"body\":{\"name\":{\"fr\":\"B\u00fcro\"}},"
                        "\"type\":\"office\"}");
}

static void assert_no_column(const char *head, const char *map,
                             const char *thing, const char *message,
                             const char *hint)
{
    assert_err(read_head("office", head, map), C2C_E_SCHEMA);
    assert_non_null(strstr(c.run.diag.thing, thing));
    if (strstr(c.run.diag.message, message) == NULL) {
        fail_msg("%s: %s", head, c.run.diag.message);
    }
    assert_non_null(strstr(c.run.diag.hint, hint));
}

static void columns_without_a_field_are_refused(void **state)
{
    (void)state;
    assert_no_column("name|knid", NULL, "knid", "no field of office",
                     "did you mean 'kind'?");
    assert_no_column("zzzzzzzzz", NULL, "zzzzzzzzz", "no field",
                     "c2c schema office");
    assert_no_column("scope", NULL, "scope", "group of fields", "scope.");
    assert_no_column("name.a.b.c.d.e.f.g.h.i", NULL, "name.a.b.c.d.e.f.g.h.i",
                     "no field", "");
    assert_no_column("A", "{\"A\":\"nowhere\"}", "A", "no field", "");
    assert_no_column("A", "{\"A\":7}", "A", "neither a path", "");
    assert_no_column("name|Name", NULL, "Name", "are the same field", "");
    assert_no_column("slug|A", "{\"A\":\"slug\"}", "A", "are the same field",
                     "");
}

static void problems_are_told_by_the_columns_name(void **state)
{
    (void)state;
    assert_ok(read_head("office", "Name|channels.0.kind|Junk|scope.purposes",
                        "{\"Junk\":null}"));
    assert_string_equal(c2c_fields_name(&fields, "/body/name"), "Name");
    assert_string_equal(c2c_fields_name(&fields, "/body/name/en"), "Name");
    assert_string_equal(c2c_fields_name(&fields, "/body/channels/0/kind"),
                        "channels.0.kind");
    assert_string_equal(c2c_fields_name(&fields, "/body/channels"),
                        "channels.0.kind");
    assert_string_equal(c2c_fields_name(&fields, "/body/scope/purposes/3"),
                        "scope.purposes");
    assert_null(c2c_fields_name(&fields, "/body"));
    assert_null(c2c_fields_name(&fields, ""));
    assert_null(c2c_fields_name(&fields, "/body/kind"));
    assert_null(c2c_fields_name(&fields, "/body/na"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_RUN(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_RUN(columns_are_found_by_path_and_label),
        WITH_RUN(cells_become_values_of_their_kind),
        WITH_RUN(empty_cells_are_left_out),
        WITH_RUN(members_of_the_record_stand_beside_the_body),
        WITH_RUN(a_map_renames_and_leaves_out),
        WITH_RUN(columns_without_a_field_are_refused),
        WITH_RUN(problems_are_told_by_the_columns_name),
    };
    return cmocka_run_group_tests_name("c2c/column", tests, NULL, NULL);
}
