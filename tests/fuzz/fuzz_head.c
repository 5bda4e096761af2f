/* Any bytes as a head: what decodes is what signing it would write, but for
 * the signature; without a key of the keyset nothing verifies. */

#include <string.h>

#include "base/buf.h"
#include "codec/limits.h"
#include "fuzz.h"
#include "trust/head.h"

static struct c2c_signer *signer;

static void sign_again(struct c2c_head head, struct c2c_view bytes)
{
    struct c2c_keyset keyset = {.n = head.epoch, .hash = head.keyset};
    struct c2c_hash content = head.content;
    struct c2c_head verified = {.rev = 0};
    struct c2c_buf again;

    c2c_buf_init(&again, C2C_MAX_HEAD_BYTES);
    require(c2c_head_sign(&head, signer, &again) == C2C_E_OK);
    require(c2c_hash_eq(&content, &head.content));
    require(again.n == bytes.n);
    require(memcmp(again.p, bytes.p, bytes.n - C2C_SIG_BYTES) == 0);
    require(c2c_head_verify(bytes, &keyset, &verified) == C2C_E_BAD_KEYSET);
    require(verified.rev == 0);
    keyset.n_keys = C2C_MAX_SIGNING_KEYS;
    for (size_t i = 0; i < keyset.n_keys; i++) {
        keyset.key[i].pub = c2c_signer_pub(signer);
        keyset.key[i].uses = C2C_USE_HEAD;
    }
    require(c2c_head_verify(c2c_buf_view(&again), &keyset, &verified) ==
            C2C_E_OK);
    require(c2c_head_cmp(&verified, &head) == 0);
    again.p[again.n - 1] ^= 1;
    require(c2c_head_verify(c2c_buf_view(&again), &keyset, &verified) ==
            C2C_E_BAD_SIGNATURE);
    c2c_buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[32] = {7};
    struct c2c_view bytes = c2c_view_of(data, size);
    struct c2c_head head = {.rev = 77};

    if (signer == NULL) {
        require(c2c_signer_from_seed(seed, &signer) == C2C_E_OK);
    }
    if (c2c_head_decode(bytes, &head) != C2C_E_OK) {
        require(head.rev == 77 && head.epoch == 0);
        return 0;
    }
    require(size <= C2C_MAX_HEAD_BYTES && head.expires_s > head.time_s);
    sign_again(head, bytes);
    return 0;
}
