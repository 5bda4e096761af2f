/* The recovery sheet: a secret key on paper, in groups that can be typed in
 * again without mistakes.
 *
 * 64 hexadecimal digits in four rows of four groups; behind each row stands its
 * check, CRC-16/CCITT-FALSE (polynomial 1021, initial value ffff) over the
 * row's number as one digit and its 16 digits, so that a typing mistake is
 * found in its row. */

#ifndef C2C_C2C_SHEET_H
#define C2C_C2C_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/view.h"
#include "crypto/sign.h"

enum {
    C2C_SHEET_ROWS = 4,
    C2C_SHEET_ROW_TEXT = 32 /* "1  0123 4567 89ab cdef  1a2b" and the NUL. */
};

/* Row @row of the sheet for @seed.  @out holds a secret: the caller's locked
 * memory, wiped after use. */
void c2c_sheet_row(const uint8_t seed[C2C_SEED_BYTES], unsigned row,
                   char out[C2C_SHEET_ROW_TEXT]);

/* Read a row as typed: number, digits and check in any grouping, upper or lower
 * case.  C2C_E_MALFORMED unless it is a row whose check is right; @ret_row and
 * 8 bytes at @ret_bytes. */
enum c2c_err c2c_sheet_read(struct c2c_view typed, unsigned *ret_row,
                            uint8_t ret_bytes[8]) C2C_MUST_CHECK;

#endif /* C2C_C2C_SHEET_H */
