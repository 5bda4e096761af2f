#include "base/view.h"

#include <string.h>

#include "base/mem.h"

struct c2c_view c2c_view_str(const char *s)
{
    return s == NULL ? (struct c2c_view){NULL, 0}
                     : (struct c2c_view){(const uint8_t *)s, strlen(s)};
}

struct c2c_view c2c_view_of(const void *p, size_t n)
{
    return (struct c2c_view){p, n};
}

bool c2c_view_eq(struct c2c_view a, struct c2c_view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool c2c_view_eq_str(struct c2c_view a, const char *s)
{
    return c2c_view_eq(a, c2c_view_str(s));
}

int c2c_view_cmp(struct c2c_view a, struct c2c_view b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

    if (order != 0) {
        return order;
    }
    return (a.n > b.n) - (a.n < b.n);
}

bool c2c_view_starts(struct c2c_view a, struct c2c_view prefix)
{
    return a.n >= prefix.n &&
           (prefix.n == 0 || memcmp(a.p, prefix.p, prefix.n) == 0);
}

char *c2c_view_dup(struct c2c_view a)
{
    char *s = c2c_calloc(1, a.n + 1);

    if (s != NULL && a.n > 0) {
        memcpy(s, a.p, a.n);
    }
    return s;
}
