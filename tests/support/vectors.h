/* Vectors of proto/vectors, for tests. */

#ifndef C2C_TESTS_VECTORS_H
#define C2C_TESTS_VECTORS_H

#include "base/buf.h"
#include "codec/doc.h"

/* The content of proto/vectors/@name; fails the test if it cannot be read.
 * Values belong to @doc. */
const struct c2c_val *vectors_read(struct c2c_doc *doc, const char *name);

/* Member @key of a vector, hexadecimal text, as bytes in @out (initialised,
 * empty); fails the test if it is anything else. */
void vectors_bytes(const struct c2c_val *vector, const char *key,
                   struct c2c_buf *out);

/* The code with this name ("NONCANON"); C2C_E_OK for nil or nothing. */
enum c2c_err vectors_err(const struct c2c_val *name);

#endif /* C2C_TESTS_VECTORS_H */
