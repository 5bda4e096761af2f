/* The line on which a value stands in a JSON text, so that a refusal can point
 * at it. */

#ifndef C2C_C2C_LOCATE_H
#define C2C_C2C_LOCATE_H

#include <stdbool.h>

#include "base/view.h"

/* The line (from 1) of the value at @pointer (RFC 6901) within the first JSON
 * value of @text.  If there is none, the line of the nearest value around it
 * (a missing member: its object).  Text that is not JSON gives some line of it;
 * nothing is read beyond it.  @text is usually what the parser has accepted. */
unsigned c2c_locate(struct c2c_view text, const char *pointer);

/* Walks the elements of an array: sets @ret_line to the line (from 1) of the
 * next element, and leaves @text (at first the array's text) at what follows.
 * False at the end, or if @text is no array. */
struct c2c_elements {
    struct c2c_view rest;
    unsigned line;
    bool inside;
};
struct c2c_elements c2c_elements_of(struct c2c_view text, unsigned line);
bool c2c_elements_next(struct c2c_elements *e, struct c2c_view *ret_text,
                       unsigned *ret_line);

#endif /* C2C_C2C_LOCATE_H */
