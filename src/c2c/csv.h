/* A small strict reader of comma-separated values (RFC 4180).
 *
 * UTF-8, with or without a byte order mark; lines end with LF or CRLF; the
 * delimiter is `,` `;` or a tab, found in the first line unless it is given.
 * Quoted fields may hold delimiters, line ends and doubled quotes.  A quote
 * inside an unquoted field, text after a closing quote, an unclosed quote and
 * ill-formed UTF-8 are errors that name the line.  Lines without any text are
 * passed over. */

#ifndef C2C_C2C_CSV_H
#define C2C_C2C_CSV_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

enum {
    C2C_CSV_FIELDS_MAX = 1000,
    C2C_CSV_ROW_BYTES = 1 << 20
};

/* One row.  Views are good until the next row is read. */
struct c2c_csv_row {
    unsigned line; /* On which it begins, from 1. */
    size_t n;
    struct c2c_view field[C2C_CSV_FIELDS_MAX];
};

struct c2c_csv {
    struct c2c_view rest; /* Not yet read; borrowed. */
    unsigned line;        /* Line of the first byte of @rest. */
    char delimiter;
    struct c2c_buf text; /* The fields of the row, without their quotes. */
    const char *reason;  /* After an error: why; static. */
    unsigned error_line;
};

/* Read @text (borrowed); @delimiter is `,` `;` tab, or 0 to find it. */
void c2c_csv_init(struct c2c_csv *csv, struct c2c_view text, char delimiter);
void c2c_csv_fini(struct c2c_csv *csv);

/* The next row; C2C_E_NOT_FOUND after the last.  C2C_E_MALFORMED with
 * csv->reason and csv->error_line; then there is no way on. */
enum c2c_err c2c_csv_next(struct c2c_csv *csv,
                          struct c2c_csv_row *row) C2C_MUST_CHECK;

#endif /* C2C_C2C_CSV_H */
