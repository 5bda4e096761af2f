/* A map and a table of a type chosen by the first byte, as `import` reads them:
 * every row becomes a value that can be encoded and checked, every problem
 * leads to a column or to none. */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "c2c/column.h"
#include "c2c/value.h"
#include "codec/json.h"
#include "fuzz.h"
#include "record/problem.h"

static struct c2c_types *types;
static FILE *sink; /* Of all that is told. */

/* What stands before the first zero byte is the map. */
static const struct c2c_val *read_map(struct c2c_doc *doc,
                                      struct c2c_view *text)
{
    const uint8_t *zero = text->n == 0 ? NULL : memchr(text->p, 0, text->n);
    const struct c2c_val *map = NULL;
    struct c2c_json_error why;
    size_t n;

    if (zero == NULL) {
        return NULL;
    }
    n = (size_t)(zero - text->p);
    if (c2c_json_parse(doc, c2c_view_of(text->p, n), &why, &map) != C2C_E_OK) {
        map = NULL;
    }
    *text = c2c_view_of(zero + 1, text->n - n - 1);
    return map;
}

static bool is_column(const struct c2c_fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->n; i++) {
        if (fields->at[i].name == name) {
            return !fields->at[i].skip;
        }
    }
    return false;
}

static void check_row(struct c2c_run *run, const struct c2c_fields *fields,
                      const struct c2c_csv_row *row)
{
    struct c2c_val *record = c2c_fields_record(run, fields, row);
    struct c2c_problems problems = {0};
    struct c2c_buf bytes;

    require(record != NULL && c2c_doc_err(run->doc) == C2C_E_OK);
    c2c_buf_init(&bytes, 1u << 26);
    require(c2c_doc_encode(run->doc, record, &bytes) == C2C_E_OK);
    c2c_buf_fini(&bytes);
    (void)!c2c_type_check(fields->type, c2c_val_get(record, "body"), &problems);
    for (size_t i = 0; i < problems.n; i++) {
        char pointer[600];
        const char *name;

        (void)snprintf(pointer, sizeof pointer, "/body%s", problems.at[i].path);
        name = c2c_fields_name(fields, pointer);
        require(name == NULL || is_column(fields, name));
    }
}

static void read_table(struct c2c_run *run, struct c2c_fields *fields,
                       struct c2c_csv *csv, const struct c2c_val *map)
{
    static struct c2c_csv_row row;
    enum c2c_err err = c2c_csv_next(csv, &row);

    if (err == C2C_E_OK) {
        err = c2c_fields_read(run, "t.csv", &row, map, fields);
        require(err == C2C_E_OK || err == C2C_E_SCHEMA);
        require(err == C2C_E_OK ||
                c2c_text_valid(c2c_view_str(run->diag.message)));
    }
    while (err == C2C_E_OK) {
        err = c2c_csv_next(csv, &row);
        if (err == C2C_E_OK && row.n <= fields->n) {
            check_row(run, fields, &row);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_words words = {.lang = c2c_view_str("en"), .people = true};
    struct c2c_fields fields = {.words = &words};
    struct c2c_arena arena;
    struct c2c_view text;
    const struct c2c_val *map;
    struct c2c_run run;
    struct c2c_csv csv;

    if (size == 0) {
        return 0;
    }
    memset(&run, 0, sizeof run);
    if (types == NULL) {
        require(c2c_types_load(&c2c_types_builtin, &run.diag, &types) ==
                C2C_E_OK);
    }
    if (sink == NULL) {
        sink = fopen("/dev/null", "w");
        require(sink != NULL);
    }
    run.out = (struct c2c_out){.to = sink, .talk = sink};
    require(c2c_doc_new(&run.doc) == C2C_E_OK);
    c2c_arena_init(&arena);
    words.types = types;
    fields.arena = &arena;
    fields.type = c2c_types_at(types, data[0] % c2c_types_count(types));
    text = c2c_view_of(data + 1, size - 1);
    map = read_map(run.doc, &text);
    c2c_csv_init(&csv, text, 0);
    read_table(&run, &fields, &csv, map);
    c2c_csv_fini(&csv);
    c2c_arena_fini(&arena);
    c2c_doc_free(run.doc);
    return 0;
}
