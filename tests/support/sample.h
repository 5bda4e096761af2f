/* Random records, for laws. */

#ifndef C2C_TESTS_SAMPLE_H
#define C2C_TESTS_SAMPLE_H

#include "base/buf.h"
#include "prop.h"
#include "record/record.h"

/* Append a random record's bytes: of @type with @key, with a random body. */
void sample_record(struct prop *p, struct c2c_view type,
                   const struct c2c_uuid *key, struct c2c_buf *out);

/* Change one random bit. */
void sample_flip(struct prop *p, void *bytes, size_t n);

#endif /* C2C_TESTS_SAMPLE_H */
