#include "crypto/digest.h"

#include <sodium.h>
#include <string.h>

/* Padded with zero bytes to what BLAKE2b takes. */
static const char personal[][crypto_generichash_blake2b_PERSONALBYTES + 1] = {
/* A string in parentheses fills no array.
 * NOLINTNEXTLINE(*-macro-parentheses) */
#define C2C_DIGEST_TEXT(NAME, TEXT) [C2C_DIGEST_##NAME] = TEXT,
    C2C_DIGEST_MAP(C2C_DIGEST_TEXT)
#undef C2C_DIGEST_TEXT
};

struct c2c_hash c2c_digest_parts(enum c2c_digest kind,
                                 const struct c2c_view *parts, size_t n)
{
    crypto_generichash_blake2b_state state;
    struct c2c_hash h;

    /* These fail only for lengths outside BLAKE2b's limits. */
    (void)crypto_generichash_blake2b_init_salt_personal(
        &state, NULL, 0, sizeof h.b, NULL,
        (const unsigned char *)personal[kind]);
    for (size_t i = 0; i < n; i++) {
        (void)crypto_generichash_blake2b_update(&state, parts[i].p, parts[i].n);
    }
    (void)crypto_generichash_blake2b_final(&state, h.b, sizeof h.b);
    return h;
}

struct c2c_hash c2c_digest_of(enum c2c_digest kind, struct c2c_view bytes)
{
    return c2c_digest_parts(kind, &bytes, 1);
}
