/* HMAC-BLAKE2b and the key derivation that Noise makes of it (Noise revision
 * 34, section 4.3). */

#ifndef C2C_CRYPTO_HKDF_H
#define C2C_CRYPTO_HKDF_H

#include <stddef.h>
#include <stdint.h>

#include "base/view.h"

enum {
    C2C_HKDF_BYTES = 64 /* BLAKE2b's longest output: HASHLEN. */
};

/* HMAC (RFC 2104) over BLAKE2b-512, whose block is 128 bytes, of the
 * concatenation of @n parts.  Cannot fail.  @out may be one of the inputs. */
void c2c_hmac_blake2b(struct c2c_view key, const struct c2c_view *parts,
                      size_t n, uint8_t out[C2C_HKDF_BYTES]);

/* Noise's HKDF with two outputs.  Either may be @chaining_key. */
void c2c_hkdf(const uint8_t chaining_key[C2C_HKDF_BYTES], struct c2c_view input,
              uint8_t out1[C2C_HKDF_BYTES], uint8_t out2[C2C_HKDF_BYTES]);

#endif /* C2C_CRYPTO_HKDF_H */
