#include "crypto/sign.h"

#include <sodium.h>
#include <string.h>

/* Lives in sodium_malloc() memory: guarded, locked, not dumped. */
struct c2c_signer {
    uint8_t secret[crypto_sign_SECRETKEYBYTES]; /* Seed, then public key. */
};

enum c2c_err c2c_crypto_init(void)
{
    return sodium_init() < 0 ? C2C_E_IO : C2C_E_OK;
}

bool c2c_pubkey_eq(const struct c2c_pubkey *a, const struct c2c_pubkey *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

enum c2c_err c2c_signer_from_seed(const uint8_t seed[C2C_SEED_BYTES],
                                  struct c2c_signer **ret_signer)
{
    struct c2c_signer *signer;
    uint8_t pub[crypto_sign_PUBLICKEYBYTES];

    if (c2c_crypto_init() != C2C_E_OK) {
        return C2C_E_IO;
    }
    signer = sodium_malloc(sizeof *signer);
    if (signer == NULL) {
        return C2C_E_NOMEM;
    }
    (void)crypto_sign_seed_keypair(pub, signer->secret, seed);
    (void)sodium_mprotect_readonly(signer);
    *ret_signer = signer;
    return C2C_E_OK;
}

enum c2c_err c2c_signer_new(struct c2c_signer **ret_signer)
{
    uint8_t *seed;
    enum c2c_err err;

    if (c2c_crypto_init() != C2C_E_OK) {
        return C2C_E_IO;
    }
    seed = sodium_malloc(crypto_sign_SEEDBYTES);
    if (seed == NULL) {
        return C2C_E_NOMEM;
    }
    randombytes_buf(seed, crypto_sign_SEEDBYTES);
    err = c2c_signer_from_seed(seed, ret_signer);
    sodium_free(seed);
    return err;
}

void c2c_signer_free(struct c2c_signer *signer)
{
    sodium_free(signer); /* Wipes; NULL is fine. */
}

struct c2c_pubkey c2c_signer_pub(const struct c2c_signer *signer)
{
    struct c2c_pubkey pub;

    memcpy(pub.b, signer->secret + crypto_sign_SEEDBYTES, sizeof pub.b);
    return pub;
}

void c2c_signer_seed(const struct c2c_signer *signer, uint8_t *ret_seed)
{
    memcpy(ret_seed, signer->secret, crypto_sign_SEEDBYTES);
}

struct c2c_sig c2c_sign(const struct c2c_signer *signer,
                        const struct c2c_hash *hash)
{
    struct c2c_sig sig;

    (void)crypto_sign_detached(sig.b, NULL, hash->b, sizeof hash->b,
                               signer->secret);
    return sig;
}

enum c2c_err c2c_verify(const struct c2c_pubkey *pub,
                        const struct c2c_hash *hash, const struct c2c_sig *sig)
{
    if (crypto_sign_verify_detached(sig->b, hash->b, sizeof hash->b, pub->b) !=
        0) {
        return C2C_E_BAD_SIGNATURE;
    }
    return C2C_E_OK;
}
