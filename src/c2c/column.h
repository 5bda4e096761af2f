/* Columns of a CSV file as fields of a record. */

#ifndef C2C_C2C_COLUMN_H
#define C2C_C2C_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/view.h"
#include "c2c/csv.h"
#include "c2c/run.h"
#include "codec/doc.h"
#include "record/schema.h"

enum {
    C2C_FIELD_DEPTH = 8
};

/* Where the cells of a column go, or a text that is the same in all rows. */
struct c2c_field {
    const char *name; /* The column's, as in the file. */
    bool skip;        /* Nowhere: mapped to null, or without a name. */
    size_t n;         /* Steps into the record: "body", "scope", "purposes". */
    const char *step[C2C_FIELD_DEPTH];
    const struct c2c_schema *schema; /* Of the value; NULL: plain text. */
    struct c2c_view constant;        /* Of a field that is no column. */
};

struct c2c_words;

struct c2c_fields {
    size_t n_columns;
    size_t n;             /* Columns, then constants. */
    struct c2c_field *at; /* Of the arena. */
    struct c2c_arena *arena;
    const struct c2c_type *type;
    const struct c2c_words *words; /* For labels and vocabularies. */
};

/* Read the header @row of @file; @map (NULL: none) says {"COLUMN": "PATH" |
 * null, "=PATH": "TEXT of every row"}.  run->diag names a column that fits no
 * field.  Columns without a name (spreadsheets leave some at the end) are
 * skipped; columns that only @map has are told. */
enum c2c_err c2c_fields_read(struct c2c_run *run, const char *file,
                             const struct c2c_csv_row *row,
                             const struct c2c_val *map,
                             struct c2c_fields *fields) C2C_MUST_CHECK;

/* The record of a row; empty cells are left out. */
struct c2c_val *c2c_fields_record(struct c2c_run *run,
                                  const struct c2c_fields *fields,
                                  const struct c2c_csv_row *row);

/* The name of the column that a JSON Pointer into a record leads to; NULL if
 * none does. */
const char *c2c_fields_name(const struct c2c_fields *fields,
                            const char *pointer);

#endif /* C2C_C2C_COLUMN_H */
