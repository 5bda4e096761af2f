#include "crypto/aead.h"

#include <sodium.h>

enum {
    NONCE_BYTES = crypto_aead_chacha20poly1305_ietf_NPUBBYTES,
    NONCE_ZEROS = 4
};

static void make_nonce(uint64_t number, uint8_t nonce[NONCE_BYTES])
{
    for (size_t i = 0; i < NONCE_BYTES; i++) {
        uint64_t rest = i < NONCE_ZEROS ? 0 : number >> 8 * (i - NONCE_ZEROS);

        nonce[i] = (uint8_t)rest;
    }
}

void c2c_aead_seal(const uint8_t key[C2C_AEAD_KEY_BYTES], uint64_t number,
                   struct c2c_view ad, struct c2c_view plain, uint8_t *out)
{
    uint8_t nonce[NONCE_BYTES];

    make_nonce(number, nonce);
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain.p, plain.n,
                                                    ad.p, ad.n, NULL, nonce,
                                                    key);
}

enum c2c_err c2c_aead_open(const uint8_t key[C2C_AEAD_KEY_BYTES],
                           uint64_t number, struct c2c_view ad,
                           struct c2c_view sealed, uint8_t *out)
{
    uint8_t nonce[NONCE_BYTES];

    if (sealed.n < C2C_AEAD_TAG_BYTES) {
        return C2C_E_MALFORMED;
    }
    make_nonce(number, nonce);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed.p,
                                                  sealed.n, ad.p, ad.n, nonce,
                                                  key) != 0) {
        return C2C_E_FORGED;
    }
    return C2C_E_OK;
}
