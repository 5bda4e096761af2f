/* Borrowed bytes. */

#ifndef C2C_BASE_VIEW_H
#define C2C_BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Owns nothing; valid as long as the memory it points into.  {NULL, 0} is the
 * empty view. */
struct c2c_view {
    const uint8_t *p;
    size_t n;
};

/* The bytes of a C string without its NUL; NULL gives the empty view. */
struct c2c_view c2c_view_str(const char *s);

/* @n bytes at @p. */
struct c2c_view c2c_view_of(const void *p, size_t n);

bool c2c_view_eq(struct c2c_view a, struct c2c_view b);
bool c2c_view_eq_str(struct c2c_view a, const char *s);

/* Bytewise order, a prefix before what it begins: <0, 0, >0. */
int c2c_view_cmp(struct c2c_view a, struct c2c_view b);

/* True if @a begins with @prefix. */
bool c2c_view_starts(struct c2c_view a, struct c2c_view prefix);

/* Copy as a NUL-terminated string; NULL when out of memory.  The caller frees
 * it with c2c_free().  A NUL inside ends the string early. */
char *c2c_view_dup(struct c2c_view a);

#endif /* C2C_BASE_VIEW_H */
