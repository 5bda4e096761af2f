/* What a sealed message holds (PROTOCOL "Session"): a body, compressed if that
 * makes it shorter and padded if it is not public.
 *
 *   [form 1][content]                            form 0 or C2C_BODY_ZSTD
 *   [form 1][length 4, little-endian][content][zero bytes]
 *                                                form | C2C_BODY_PADDED
 *
 * A padded body is a multiple of PADDING_BYTES long, the smallest that holds
 * it.  Content longer than PLAIN_BODY_BYTES before compression may be one zstd
 * frame that tells its size.  The same content never mixes the non-public
 * records of two cities: lengths would tell the one about the other. */

#ifndef C2C_WIRE_BODY_H
#define C2C_WIRE_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

/* Forms: a set of bits. */
enum c2c_body_form {
    C2C_BODY_ZSTD = 1,
    C2C_BODY_PADDED = 2
};

/* The compressor's memory, about 1 MB, kept between bodies.  One thread at a
 * time. */
struct c2c_body_zip;

enum c2c_err c2c_body_zip_new(struct c2c_body_zip **ret_zip) C2C_MUST_CHECK;
void c2c_body_zip_free(struct c2c_body_zip *zip);

/* Append @content as a body; @padded unless all of it is public.  C2C_E_TOO_BIG
 * (the limit of @out, or a padded body of 4 GiB), C2C_E_NOMEM.  @out is
 * unchanged unless it succeeds. */
enum c2c_err c2c_body_encode(struct c2c_body_zip *zip, struct c2c_view content,
                             bool padded, struct c2c_buf *out) C2C_MUST_CHECK;

/* Append the content of @body, at most @max bytes: more is refused before any
 * memory is asked for.  C2C_E_TOO_BIG, C2C_E_MALFORMED, C2C_E_NONCANON (padding
 * or compression that the encoder would not use), C2C_E_UNSUPPORTED (another
 * form), C2C_E_NOMEM.  @out is unchanged unless it succeeds. */
enum c2c_err c2c_body_decode(struct c2c_body_zip *zip, struct c2c_view body,
                             size_t max, struct c2c_buf *out) C2C_MUST_CHECK;

#endif /* C2C_WIRE_BODY_H */
