/* What a person is told about a failure: the thing, the reason, the next step.
 * For edges (configuration, requests, commands); libraries return codes. */

#ifndef C2C_BASE_DIAG_H
#define C2C_BASE_DIAG_H

#include "base/err.h"

struct c2c_diag {
    enum c2c_err code;
    char thing[256];    /* What it is about: a file, a REF, a field.  UTF-8. */
    char message[1024]; /* One sentence: why.  UTF-8, shortened if too long. */
    char hint[512];     /* What to do next; may be empty. */
};

/* Fill @d and return @code, so that `return c2c_diag_set(d, ...)` reads well.
 * @thing may be NULL.  Text is cut at a character boundary and control
 * characters become spaces. */
enum c2c_err c2c_diag_set(struct c2c_diag *d, enum c2c_err code,
                          const char *thing, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Replace the hint. */
void c2c_diag_hint(struct c2c_diag *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* C2C_BASE_DIAG_H */
