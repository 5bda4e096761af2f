/* Noise's ChaChaPoly: ChaCha20-Poly1305 (RFC 8439) whose nonce is 32 zero bits
 * and a 64-bit little-endian number (Noise revision 34, section 12.3).
 *
 * One number never seals two messages under one key: crypto/noise.h and
 * crypto/seal.h see to that. */

#ifndef C2C_CRYPTO_AEAD_H
#define C2C_CRYPTO_AEAD_H

#include <stdint.h>

#include "base/err.h"
#include "base/view.h"

enum {
    C2C_AEAD_KEY_BYTES = 32,
    C2C_AEAD_TAG_BYTES = 16
};

/* Write @plain.n + C2C_AEAD_TAG_BYTES to @out, which may be @plain's place.
 * Cannot fail. */
void c2c_aead_seal(const uint8_t key[C2C_AEAD_KEY_BYTES], uint64_t number,
                   struct c2c_view ad, struct c2c_view plain, uint8_t *out);

/* Write @sealed.n - C2C_AEAD_TAG_BYTES to @out, which may be @sealed's place.
 * C2C_E_MALFORMED when too short for a tag, C2C_E_FORGED; the room at @out is
 * undefined then, but holds nothing secret. */
enum c2c_err c2c_aead_open(const uint8_t key[C2C_AEAD_KEY_BYTES],
                           uint64_t number, struct c2c_view ad,
                           struct c2c_view sealed, uint8_t *out) C2C_MUST_CHECK;

#endif /* C2C_CRYPTO_AEAD_H */
