/* How wide text is on a terminal, and breaking it into lines.
 *
 * UTF-8 under a UTF-8 locale (main() sees to that); a character that the
 * library does not know counts one column, control characters none. */

#ifndef C2C_C2C_WIDTH_H
#define C2C_C2C_WIDTH_H

#include <stddef.h>

#include "base/view.h"

/* Columns that @text takes. */
size_t c2c_width(struct c2c_view text);

/* Cut the next line off @rest: at most @width columns (at least 1), or the
 * whole paragraph when @width is 0.  Breaks at a newline, at spaces (dropped)
 * and beside wide characters, which stand without spaces; a longer word is cut.
 * Makes progress as long as @rest is not empty. */
struct c2c_view c2c_width_line(struct c2c_view *rest, size_t width);

#endif /* C2C_C2C_WIDTH_H */
