#include "crypto/random.h"

#include <sodium.h>

static void fill(void *ctx, void *out, size_t n)
{
    (void)ctx;
    randombytes_buf(out, n);
}

const struct c2c_rng c2c_rng_system = {fill, NULL};
