/* The system's randomness (libsodium). */

#ifndef C2C_CRYPTO_RANDOM_H
#define C2C_CRYPTO_RANDOM_H

#include "base/rng.h"

/* Any thread, after c2c_crypto_init(). */
extern const struct c2c_rng c2c_rng_system;

#endif /* C2C_CRYPTO_RANDOM_H */
