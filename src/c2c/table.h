/* Lists: a document's items as table, plain lines, JSON or records. */

#ifndef C2C_C2C_TABLE_H
#define C2C_C2C_TABLE_H

#include <stddef.h>

#include "base/err.h"
#include "c2c/run.h"
#include "c2c/value.h"
#include "codec/doc.h"

enum c2c_cell {
    C2C_CELL_TEXT,
    C2C_CELL_LONG,  /* May be cut on a narrow terminal. */
    C2C_CELL_RIGHT, /* A number. */
    C2C_CELL_DATE,  /* Of a time: its day. */
    C2C_CELL_TIME,  /* To the minute. */
    C2C_CELL_FRESH, /* A map {verified_at, stale}: the day, and "stale". */
    C2C_CELL_STATE  /* "ok" good, "warn", "fail" bad. */
};

struct c2c_column {
    const char *head; /* For tables; of --plain only the order counts. */
    const char *path; /* Dotted, in an item ("body.name"). */
    enum c2c_cell cell;
    const struct c2c_schema *schema; /* Of the value; NULL if unknown. */
};

struct c2c_list {
    const struct c2c_column *columns; /* Of the table. */
    size_t n_columns;
    const struct c2c_column *plain; /* Of --plain: part of the contract. */
    size_t n_plain;
    const char *empty; /* What to say of a list without items. */
};

/* Print @doc, a map with "items", in the form that was asked for. */
enum c2c_err c2c_list_print(struct c2c_run *run, const struct c2c_list *list,
                            const struct c2c_val *doc) C2C_MUST_CHECK;

/* Print one record as `put` takes it, on a line. */
void c2c_list_record(struct c2c_run *run, const struct c2c_val *record);

/* As c2c_list_print(), but people get the references alone, one a line, to hand
 * on to another command. */
enum c2c_err c2c_list_refs(struct c2c_run *run, const struct c2c_list *list,
                           const struct c2c_val *doc) C2C_MUST_CHECK;

#endif /* C2C_C2C_TABLE_H */
