/* Files of records: one object, an array, or objects that follow one another
 * (JSON Lines), possibly with the `//` lines of a template. */

#ifndef C2C_C2C_INPUT_H
#define C2C_C2C_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "c2c/run.h"
#include "c2c/save.h"
#include "codec/doc.h"

struct c2c_input {
    const char *name;       /* As it is called in messages; borrowed. */
    struct c2c_buf text;    /* The file; values borrow nothing from it. */
    struct c2c_val *values; /* An array of run->doc: what was read. */
    bool form;              /* It has the `//` lines of a template. */
    size_t n;
    size_t room;
    struct c2c_input_at *at; /* Where each of the @n values begins. */
};

/* Where a value begins, and its text. */
struct c2c_input_at {
    unsigned line;
    struct c2c_view text;
};

/* Read all of @path ("-": standard input) into input->text.  run->diag names
 * the file and the reason.  Ends with c2c_input_fini() in any case. */
enum c2c_err c2c_input_read(struct c2c_run *run, const char *path,
                            struct c2c_input *input) C2C_MUST_CHECK;

/* Take @text instead of a file. */
enum c2c_err c2c_input_take(struct c2c_run *run, const char *name,
                            struct c2c_view text,
                            struct c2c_input *input) C2C_MUST_CHECK;

/* Parse the text into input->values.  C2C_E_BAD_JSON with file, line, column
 * and reason; an empty file is an error too. */
enum c2c_err c2c_input_parse(struct c2c_run *run,
                             struct c2c_input *input) C2C_MUST_CHECK;

/* The values as records to put: known members only; what `show` adds is left
 * out, anything else is C2C_E_SCHEMA at its line.  Of a form what was left
 * empty is left out too (c2c_template_filled()). */
enum c2c_err
c2c_input_records(struct c2c_run *run, const struct c2c_input *input,
                  const struct c2c_val **ret_records) C2C_MUST_CHECK;

void c2c_input_fini(struct c2c_input *input);

/* Points at the line in the file. */
struct c2c_origin c2c_input_origin(const struct c2c_input *input);

#endif /* C2C_C2C_INPUT_H */
