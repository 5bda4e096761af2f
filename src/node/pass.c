#include "node/pass.h"

#include "base/mem.h"
#include "codec/limits.h"
#include "trust/binding.h"

struct c2c_pass {
    struct c2c_noise_key *key;
    struct c2c_hash keyset;
    uint64_t made_s;
    struct c2c_buf proof;
    struct c2c_credentials shown;
};

static enum c2c_err prove(struct c2c_pass *pass,
                          const struct c2c_identity *identity, uint64_t now_s)
{
    struct c2c_noise_pub pub = c2c_noise_key_pub(pass->key);
    struct c2c_binding binding = {.city = identity->city,
                                  .keyset = identity->keyset.hash,
                                  .key = identity->key,
                                  .expires_s = now_s + C2C_MAX_BINDING_LIFE_S};

    return c2c_binding_sign(&binding, &pub, identity->signer, &pass->proof);
}

enum c2c_err c2c_pass_new(const struct c2c_identity *identity, uint64_t now_s,
                          const struct c2c_rng *rng, struct c2c_pass **ret_pass)
{
    struct c2c_pass *pass = c2c_calloc(1, sizeof *pass);
    enum c2c_err err;

    if (pass == NULL) {
        return C2C_E_NOMEM;
    }
    pass->made_s = now_s;
    pass->keyset = identity->keyset.hash;
    c2c_buf_init(&pass->proof, C2C_MAX_BINDING_BYTES);
    err = c2c_noise_key_new(rng, &pass->key);
    if (err == C2C_E_OK) {
        err = prove(pass, identity, now_s);
    }
    if (err != C2C_E_OK) {
        c2c_pass_free(pass);
        return err;
    }
    pass->shown.key = pass->key;
    pass->shown.proof = c2c_buf_view(&pass->proof);
    *ret_pass = pass;
    return C2C_E_OK;
}

void c2c_pass_free(struct c2c_pass *pass)
{
    if (pass != NULL) {
        c2c_noise_key_free(pass->key);
        c2c_buf_fini(&pass->proof);
        c2c_free(pass);
    }
}

const struct c2c_credentials *c2c_pass_show(const struct c2c_pass *pass)
{
    return &pass->shown;
}

bool c2c_pass_is_old(const struct c2c_pass *pass,
                     const struct c2c_identity *identity, uint64_t now_s)
{
    /* A clock that went back makes one too: the proof may be in the future. */
    return now_s < pass->made_s ||
           now_s - pass->made_s >= C2C_MAX_BINDING_LIFE_S / 2 ||
           !c2c_hash_eq(&pass->keyset, &identity->keyset.hash);
}
