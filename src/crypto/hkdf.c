#include "crypto/hkdf.h"

#include <sodium.h>
#include <string.h>

enum {
    BLOCK = 128,
    INNER = 0x36,
    OUTER = 0x5c
};

/* H((key ^ pad) || parts).  Every length is within BLAKE2b's limits, so none
 * of the calls can fail. */
static void pass(const uint8_t key[BLOCK], uint8_t pad,
                 const struct c2c_view *parts, size_t n,
                 uint8_t out[C2C_HKDF_BYTES])
{
    crypto_generichash_blake2b_state state;
    uint8_t block[BLOCK];

    for (size_t i = 0; i < BLOCK; i++) {
        block[i] = key[i] ^ pad;
    }
    (void)crypto_generichash_blake2b_init(&state, NULL, 0, C2C_HKDF_BYTES);
    (void)crypto_generichash_blake2b_update(&state, block, BLOCK);
    for (size_t i = 0; i < n; i++) {
        (void)crypto_generichash_blake2b_update(&state, parts[i].p, parts[i].n);
    }
    (void)crypto_generichash_blake2b_final(&state, out, C2C_HKDF_BYTES);
    sodium_memzero(block, sizeof block);
    sodium_memzero(&state, sizeof state);
}

void c2c_hmac_blake2b(struct c2c_view key, const struct c2c_view *parts,
                      size_t n, uint8_t out[C2C_HKDF_BYTES])
{
    uint8_t block[BLOCK] = {0};
    uint8_t inner[C2C_HKDF_BYTES];
    const struct c2c_view second = {inner, sizeof inner};

    if (key.n > BLOCK) {
        (void)crypto_generichash_blake2b(block, C2C_HKDF_BYTES, key.p, key.n,
                                         NULL, 0);
    } else if (key.n > 0) {
        memcpy(block, key.p, key.n);
    }
    pass(block, INNER, parts, n, inner);
    pass(block, OUTER, &second, 1, out);
    sodium_memzero(block, sizeof block);
    sodium_memzero(inner, sizeof inner);
}

void c2c_hkdf(const uint8_t chaining_key[C2C_HKDF_BYTES], struct c2c_view input,
              uint8_t out1[C2C_HKDF_BYTES], uint8_t out2[C2C_HKDF_BYTES])
{
    static const uint8_t number[] = {1, 2};
    uint8_t temp[C2C_HKDF_BYTES];
    const struct c2c_view key = {temp, sizeof temp};
    const struct c2c_view first = {&number[0], 1};
    const struct c2c_view second[] = {{out1, C2C_HKDF_BYTES}, {&number[1], 1}};

    c2c_hmac_blake2b(c2c_view_of(chaining_key, C2C_HKDF_BYTES), &input, 1,
                     temp);
    c2c_hmac_blake2b(key, &first, 1, out1);
    c2c_hmac_blake2b(key, second, 2, out2);
    sodium_memzero(temp, sizeof temp);
}
