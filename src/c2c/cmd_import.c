/* import: the rows of a CSV file as records, all or none. */

#include <stdio.h>
#include <string.h>

#include "c2c/column.h"
#include "c2c/command.h"
#include "c2c/csv.h"
#include "c2c/input.h"
#include "c2c/report.h"
#include "c2c/run.h"
#include "c2c/save.h"
#include "c2c/value.h"
#include "codec/limits.h"

/* A file on its way in. */
struct import {
    struct c2c_run *run;
    const char *name;
    struct c2c_fields fields;
    struct c2c_val *records;
    size_t n;
    unsigned *lines; /* Of the arena: where each record begins. */
    size_t bad;      /* Rows that cannot be read. */
};

static void place(const struct c2c_origin *origin, size_t item,
                  const char *pointer, struct c2c_place *ret_place)
{
    const struct import *import = origin->ctx;
    const char *column = c2c_fields_name(&import->fields, pointer);

    ret_place->line = item < import->n ? import->lines[item] : 0;
    (void)snprintf(ret_place->where, sizeof ret_place->where, "%.250s:%u",
                   import->name, ret_place->line);
    (void)snprintf(ret_place->field, sizeof ret_place->field, "%.250s",
                   column != NULL                  ? column
                   : strcmp(pointer, "/body") == 0 ? "" /* The whole row. */
                                                   : pointer);
}

static enum c2c_err bad_csv(struct import *import, const struct c2c_csv *csv)
{
    return c2c_diag_set(&import->run->diag, C2C_E_MALFORMED, import->name,
                        "line %u: %s", csv->error_line, csv->reason);
}

static enum c2c_err header(struct import *import, struct c2c_csv *csv,
                           struct c2c_csv_row *row, const struct c2c_val *map)
{
    enum c2c_err err = c2c_csv_next(csv, row);

    if (err == C2C_E_NOT_FOUND) {
        (void)c2c_diag_set(&import->run->diag, C2C_E_MALFORMED, import->name,
                           "is empty");
        c2c_diag_hint(&import->run->diag,
                      "its first line names the columns; `c2c schema %s` lists "
                      "the fields",
                      c2c_type_name(import->fields.type));
        return C2C_E_MALFORMED;
    }
    return err == C2C_E_OK ? c2c_fields_read(import->run, import->name, row,
                                             map, &import->fields)
           : err == C2C_E_MALFORMED ? bad_csv(import, csv)
                                    : c2c_run_nomem(import->run);
}

static void bad_row(struct import *import, const struct c2c_csv_row *row,
                    const char *reason)
{
    struct c2c_trouble trouble = {.reason = c2c_view_str(reason)};
    char place[320];

    import->bad++;
    (void)snprintf(place, sizeof place, "%.300s:%u", import->name, row->line);
    trouble.place = place;
    if (!c2c_out_is_json(&import->run->out)) {
        c2c_report_trouble(&import->run->out, &trouble);
    }
}

/* Too many cells would lose something. */
static void too_wide(struct import *import, const struct c2c_csv_row *row)
{
    char reason[96];

    (void)snprintf(reason, sizeof reason,
                   "has %zu cells, but there %s %zu column%s", row->n,
                   import->fields.n_columns == 1 ? "is" : "are",
                   import->fields.n_columns,
                   import->fields.n_columns == 1 ? "" : "s");
    bad_row(import, row, reason);
}

/* So would text that stands under no name. */
static bool is_nameless(const struct import *import,
                        const struct c2c_csv_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        if (import->fields.at[i].name[0] == '\0' && row->field[i].n > 0) {
            return true;
        }
    }
    return false;
}

static enum c2c_err take_row(struct import *import,
                             const struct c2c_csv_row *row)
{
    if (row->n > import->fields.n_columns) {
        too_wide(import, row);
        return C2C_E_OK;
    }
    if (is_nameless(import, row)) {
        bad_row(import, row, "has text in a column without a name");
        return C2C_E_OK;
    }
    if (import->n == C2C_MAX_PUT_RECORDS) {
        return c2c_diag_set(&import->run->diag, C2C_E_TOO_BIG, import->name,
                            "has more than %d rows", C2C_MAX_PUT_RECORDS);
    }
    import->lines[import->n++] = row->line;
    c2c_doc_push(import->run->doc, import->records,
                 c2c_fields_record(import->run, &import->fields, row));
    return c2c_run_built(import->run);
}

static enum c2c_err read_rows(struct import *import, struct c2c_csv *csv,
                              struct c2c_csv_row *row)
{
    enum c2c_err err;

    do {
        err = c2c_csv_next(csv, row);
        if (err == C2C_E_OK) {
            err = take_row(import, row);
        } else if (err == C2C_E_MALFORMED) {
            err = bad_csv(import, csv);
        } else if (err != C2C_E_NOT_FOUND) {
            err = c2c_run_nomem(import->run);
        }
    } while (err == C2C_E_OK);
    if (err != C2C_E_NOT_FOUND) {
        return err;
    }
    if (import->bad > 0) {
        return c2c_diag_set(&import->run->diag, C2C_E_MALFORMED, import->name,
                            "%zu row%s cannot be read: nothing was saved",
                            import->bad, import->bad == 1 ? "" : "s");
    }
    return C2C_E_OK;
}

/* The --map file, if any. */
static enum c2c_err read_map(struct c2c_run *run,
                             const struct c2c_val **ret_map)
{
    const char *path = c2c_cmdline_text(&run->line, "map");
    struct c2c_input input;
    enum c2c_err err;

    *ret_map = NULL;
    if (path == NULL) {
        return C2C_E_OK;
    }
    err = c2c_input_read(run, path, &input);
    if (err == C2C_E_OK) {
        err = c2c_input_parse(run, &input);
    }
    if (err == C2C_E_OK) {
        *ret_map = c2c_val_at(input.values, 0);
        if (c2c_val_count(input.values) != 1 ||
            c2c_val_kind(*ret_map) != C2C_KIND_MAP) {
            err = c2c_diag_set(&run->diag, C2C_E_BAD_JSON, path,
                               "is not one object {\"COLUMN\": \"PATH\"}");
        }
    }
    c2c_input_fini(&input);
    return err;
}

static enum c2c_err run_import(struct import *import,
                               const struct c2c_input *input,
                               const struct c2c_val *map)
{
    const struct c2c_origin origin = {.place = place, .ctx = import};
    struct c2c_csv_row *row =
        c2c_arena_alloc(import->fields.arena, 1, sizeof *row);
    struct c2c_csv csv;
    enum c2c_err err;

    import->lines = c2c_arena_alloc(import->fields.arena, C2C_MAX_PUT_RECORDS,
                                    sizeof *import->lines);
    if (row == NULL || import->lines == NULL) {
        return c2c_run_nomem(import->run);
    }
    c2c_csv_init(&csv, c2c_buf_view(&input->text), 0);
    err = header(import, &csv, row, map);
    if (err == C2C_E_OK) {
        err = read_rows(import, &csv, row);
    }
    c2c_csv_fini(&csv);
    if (err == C2C_E_OK && import->n == 0) {
        c2c_out_talk(&import->run->out, "%s has no rows: nothing to import.",
                     import->name);
        return C2C_E_OK;
    }
    return err == C2C_E_OK ? c2c_save(import->run, import->records, &origin)
                           : err;
}

static enum c2c_err no_type(struct c2c_run *run)
{
    (void)c2c_diag_set(&run->diag, C2C_E_USAGE, "import",
                       "which type are the records of?");
    c2c_diag_hint(&run->diag, "add --type TYPE; `c2c types` lists them");
    return C2C_E_USAGE;
}

enum c2c_err c2c_cmd_import(struct c2c_run *run)
{
    const char *type = c2c_cmdline_text(&run->line, "type");
    struct import import = {.run = run, .records = c2c_doc_array(run->doc)};
    struct c2c_words words = {.lang = c2c_run_lang(run), .people = true};
    const struct c2c_val *map;
    struct c2c_arena arena;
    struct c2c_input input;
    enum c2c_err err;

    if (type == NULL) {
        return no_type(run);
    }
    import.fields.type = c2c_run_type(run, type);
    if (import.fields.type == NULL) {
        return run->diag.code;
    }
    c2c_arena_init(&arena);
    words.types = c2c_run_types(run);
    import.fields.words = &words;
    import.fields.arena = &arena;
    err = c2c_input_read(run, c2c_run_arg(run, 0), &input);
    import.name = input.name;
    if (err == C2C_E_OK) {
        err = read_map(run, &map);
    }
    if (err == C2C_E_OK) {
        err = run_import(&import, &input, map);
    }
    c2c_input_fini(&input);
    c2c_arena_fini(&arena);
    return err;
}
