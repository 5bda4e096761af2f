/* Any bytes as an identity proof: what decodes is what signing it would write,
 * but for the signature; without a key of the keyset nothing verifies. */

#include <string.h>

#include "base/buf.h"
#include "codec/limits.h"
#include "fuzz.h"
#include "trust/binding.h"

static struct c2c_signer *signer;
static const struct c2c_noise_pub node = {{5}};

static void sign_again(struct c2c_binding b, struct c2c_view bytes)
{
    struct c2c_keyset keyset = {.n = 2, .hash = b.keyset};
    struct c2c_buf again;

    require(c2c_binding_verify(&b, &keyset, &node, b.expires_s) ==
            C2C_E_BAD_KEYSET);
    keyset.n_keys = C2C_MAX_SIGNING_KEYS;
    keyset.key[b.key].pub = c2c_signer_pub(signer);
    keyset.key[b.key].uses = C2C_USE_HEAD;
    require(c2c_binding_verify(&b, &keyset, &node, b.expires_s) ==
            C2C_E_BAD_SIGNATURE);
    c2c_buf_init(&again, C2C_MAX_BINDING_BYTES);
    require(c2c_binding_sign(&b, &node, signer, &again) == C2C_E_OK);
    require(again.n == bytes.n);
    require(memcmp(again.p, bytes.p, bytes.n - C2C_SIG_BYTES) == 0);
    require(c2c_binding_verify(&b, &keyset, &node, b.expires_s) == C2C_E_OK);
    b.sig.b[0] ^= 1;
    require(c2c_binding_verify(&b, &keyset, &node, b.expires_s) ==
            C2C_E_BAD_SIGNATURE);
    c2c_buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[32] = {7};
    struct c2c_view bytes = c2c_view_of(data, size);
    struct c2c_binding binding = {.key = 77};

    if (signer == NULL) {
        require(c2c_signer_from_seed(seed, &signer) == C2C_E_OK);
    }
    if (c2c_binding_decode(bytes, &binding) == C2C_E_OK) {
        sign_again(binding, bytes);
    } else {
        require(binding.key == 77 && binding.expires_s == 0);
    }
    return 0;
}
