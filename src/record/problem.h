/* What is wrong with a body, for its author: where, why and what is allowed. */

#ifndef C2C_RECORD_PROBLEM_H
#define C2C_RECORD_PROBLEM_H

#include <stddef.h>

#include "base/err.h"

enum {
    C2C_PROBLEMS_MAX = 20 /* Kept per body; the rest is counted. */
};

struct c2c_problem {
    char path[256]; /* JSON Pointer (RFC 6901) into the body; "" = the body. */
    char reason[256];  /* "is not one of the allowed values" */
    char allowed[512]; /* "email, fax, telephone, ...": may be empty. */
};

struct c2c_problems {
    size_t n;     /* Kept. */
    size_t total; /* Found. */
    struct c2c_problem at[C2C_PROBLEMS_MAX];
};

/* Note one.  @allowed may be NULL.  Text is cut at a character boundary. */
void c2c_problem_add(struct c2c_problems *ps, const char *path,
                     const char *allowed, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif /* C2C_RECORD_PROBLEM_H */
