/* Hexadecimal text. */

#ifndef C2C_BASE_HEX_H
#define C2C_BASE_HEX_H

#include "base/err.h"
#include "base/view.h"

/* Write 2 * n lower-case digits and a NUL to @out. */
void c2c_hex_encode(struct c2c_view in, char *out);

/* Decode exactly 2 * @n lower-case digits; else C2C_E_MALFORMED.  @out is
 * undefined on failure. */
enum c2c_err c2c_hex_decode(struct c2c_view text, uint8_t *out,
                            size_t n) C2C_MUST_CHECK;

#endif /* C2C_BASE_HEX_H */
