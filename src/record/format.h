/* The `format` keyword: named checks on text (proto/SCHEMA.md's list). */

#ifndef C2C_RECORD_FORMAT_H
#define C2C_RECORD_FORMAT_H

#include <stdbool.h>

#include "base/view.h"

struct c2c_format {
    const char *name;
    bool (*check)(struct c2c_view text); /* @text is valid UTF-8. */
    const char *what;                    /* "a language tag (BCP 47)" */
    const char *example;                 /* "zh-Hans" */
};

/* NULL if no format is called that. */
const struct c2c_format *c2c_format_find(struct c2c_view name);

#endif /* C2C_RECORD_FORMAT_H */
