/* Random messages between peers, for laws and as seeds of fuzzing. */

#ifndef C2C_TESTS_SAMPLE_MESSAGE_H
#define C2C_TESTS_SAMPLE_MESSAGE_H

#include "base/buf.h"
#include "prop.h"

/* Append the bytes of a random message of recodes[@which] (recode.h). */
void sample_message(struct prop *p, size_t which, struct c2c_buf *out);

#endif /* C2C_TESTS_SAMPLE_MESSAGE_H */
