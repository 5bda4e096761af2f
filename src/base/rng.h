/* Where randomness comes from.  Production: crypto/random.h; simulations: a
 * seeded generator. */

#ifndef C2C_BASE_RNG_H
#define C2C_BASE_RNG_H

#include <stddef.h>

struct c2c_rng {
    void (*fill)(void *ctx, void *out, size_t n); /* Never fails. */
    void *ctx;
};

#endif /* C2C_BASE_RNG_H */
