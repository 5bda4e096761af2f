/* Laws checked on random cases: the seed is printed and gives the same run
 * again.  C2C_PROP_SEED (default 1) and C2C_PROP_CASES override. */

#ifndef C2C_TESTS_PROP_H
#define C2C_TESTS_PROP_H

#include <stddef.h>
#include <stdint.h>

struct prop {
    uint64_t state; /* splitmix64 */
};

uint64_t prop_u64(struct prop *p);

/* Less than @n, which is not 0. */
uint64_t prop_below(struct prop *p, uint64_t n);
void prop_fill(struct prop *p, void *out, size_t n);

/* Check @law on @cases random cases (or as many as the environment says).  The
 * law asserts with cmocka. */
void prop_run(const char *name, unsigned cases, void (*law)(struct prop *p));

#endif /* C2C_TESTS_PROP_H */
