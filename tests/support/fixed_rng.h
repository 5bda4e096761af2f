/* Randomness that is written down: for vectors and repeatable tests. */

#ifndef C2C_TESTS_FIXED_RNG_H
#define C2C_TESTS_FIXED_RNG_H

#include <string.h>

#include "base/rng.h"

/* Gives the bytes at @ctx, the same ones every time. */
static inline void fixed_rng_fill(void *ctx, void *out, size_t n)
{
    memcpy(out, ctx, n);
}

static inline struct c2c_rng fixed_rng(void *bytes)
{
    return (struct c2c_rng){fixed_rng_fill, bytes};
}

#endif /* C2C_TESTS_FIXED_RNG_H */
