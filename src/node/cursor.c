#include "node/cursor.h"

#include <string.h>

#include "base/hex.h"
#include "crypto/aead.h"
#include "crypto/hkdf.h"

enum {
    NUMBER_BYTES = 8,
    SEALED_BYTES = NUMBER_BYTES + NUMBER_BYTES + C2C_AEAD_TAG_BYTES
};

static void put_number(uint64_t number, uint8_t out[NUMBER_BYTES])
{
    for (size_t i = 0; i < NUMBER_BYTES; i++) {
        out[i] = (uint8_t)(number >> (8 * (NUMBER_BYTES - 1 - i)));
    }
}

static uint64_t get_number(const uint8_t in[NUMBER_BYTES])
{
    uint64_t number = 0;

    for (size_t i = 0; i < NUMBER_BYTES; i++) {
        number = number << 8 | in[i];
    }
    return number;
}

/* What is sealed chooses the nonce: no other number gets the same one. */
static uint64_t nonce_of(const uint8_t key[C2C_CURSOR_KEY_BYTES],
                         struct c2c_view name, struct c2c_view plain)
{
    const struct c2c_view parts[] = {plain, name};
    uint8_t mac[C2C_HKDF_BYTES];

    c2c_hmac_blake2b(c2c_view_of(key, C2C_CURSOR_KEY_BYTES), parts, 2, mac);
    return get_number(mac);
}

void c2c_cursor_seal(const uint8_t key[C2C_CURSOR_KEY_BYTES],
                     struct c2c_view name, int64_t number,
                     char ret_text[C2C_CURSOR_TEXT])
{
    uint8_t plain[NUMBER_BYTES];
    uint8_t sealed[SEALED_BYTES];
    uint64_t nonce;

    put_number((uint64_t)number, plain);
    nonce = nonce_of(key, name, c2c_view_of(plain, sizeof plain));
    put_number(nonce, sealed);
    c2c_aead_seal(key, nonce, name, c2c_view_of(plain, sizeof plain),
                  sealed + NUMBER_BYTES);
    c2c_hex_encode(c2c_view_of(sealed, sizeof sealed), ret_text);
}

enum c2c_err c2c_cursor_open(const uint8_t key[C2C_CURSOR_KEY_BYTES],
                             struct c2c_view name, struct c2c_view text,
                             int64_t *ret_number)
{
    uint8_t sealed[SEALED_BYTES];
    uint8_t plain[NUMBER_BYTES];

    if (c2c_hex_decode(text, sealed, sizeof sealed) != C2C_E_OK ||
        c2c_aead_open(key, get_number(sealed), name,
                      c2c_view_of(sealed + NUMBER_BYTES,
                                  sizeof sealed - NUMBER_BYTES),
                      plain) != C2C_E_OK) {
        return C2C_E_INVAL;
    }
    *ret_number = (int64_t)get_number(plain);
    return C2C_E_OK;
}
