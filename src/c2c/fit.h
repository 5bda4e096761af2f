/* Making a table's columns fit a terminal.
 *
 * A title of five letters helps nobody: columns that may be cut shrink, the
 * widest first, and when each would get less than is readable, the last of
 * them is left out; the first one always stays. */

#ifndef C2C_C2C_FIT_H
#define C2C_C2C_FIT_H

#include <stdbool.h>
#include <stddef.h>

enum {
    C2C_FIT_READABLE = 16 /* Columns of a terminal. */
};

struct c2c_fit {
    size_t width; /* In: what its longest cell takes. Out: what it gets. */
    bool elastic; /* It may be cut or left out. */
    bool out;     /* Out: it is left out. */
};

/* Fit the @n columns, with @gap between two, into @room.  What cannot be cut
 * keeps its width, and the first that can stays readable; false if that is too
 * much. */
bool c2c_fit(struct c2c_fit *at, size_t n, size_t gap, size_t room);

#endif /* C2C_C2C_FIT_H */
