/* Keysets.  The input is an object; or, after a byte with its low bit set, a
 * payload that the target signs with a root it knows, so that what stands
 * behind the signatures is reached as well. */

#include "base/buf.h"
#include "codec/pack.h"
#include "crypto/digest.h"
#include "fuzz.h"
#include "trust/keyset.h"

static struct c2c_signer *root;

/* [v, payload, signatures] by one root. */
static void sign(struct c2c_view payload, struct c2c_buf *out)
{
    struct c2c_hash hash = c2c_digest_of(C2C_DIGEST_KEYSET, payload);
    struct c2c_pubkey pub = c2c_signer_pub(root);
    struct c2c_sig sig = c2c_sign(root, &hash);
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, 3);
    c2c_pack_uint(&p, C2C_KEYSET_VERSION);
    c2c_pack_bin(&p, payload.p, payload.n);
    c2c_pack_array(&p, 1);
    c2c_pack_array(&p, 2);
    c2c_pack_bin(&p, pub.b, sizeof pub.b);
    c2c_pack_bin(&p, sig.b, sizeof sig.b);
    require(p.err == C2C_E_OK);
}

/* An accepted keyset is what its own signer would write, byte for byte. */
static void same_again(const struct c2c_keyset *k, struct c2c_view bytes)
{
    const struct c2c_signer *const by[] = {root};
    struct c2c_pubkey pub = c2c_signer_pub(root);
    struct c2c_buf again;

    c2c_buf_init(&again, 2 * C2C_MAX_KEYSET_BYTES);
    if (k->n_roots == 1 && c2c_pubkey_eq(&k->root[0], &pub)) {
        require(c2c_keyset_sign(k, by, 1, &again) == C2C_E_OK);
        require(c2c_view_eq(bytes, c2c_buf_view(&again)));
    }
    c2c_buf_fini(&again);
}

static void decode(struct c2c_view bytes)
{
    struct c2c_keyset k = {.n = 77};
    struct c2c_keyset next = {.n = 77};

    if (c2c_keyset_decode_first(bytes, &k) != C2C_E_OK) {
        require(k.n == 77);
        return;
    }
    require(bytes.n <= C2C_MAX_KEYSET_BYTES);
    require(k.n == 1 && k.threshold >= 1 && k.threshold <= k.n_roots);
    require(k.n_keys >= 1 && k.n_keys <= C2C_MAX_SIGNING_KEYS);
    same_again(&k, bytes);
    /* Nothing is its own successor. */
    require(c2c_keyset_decode_next(bytes, &k, &next) != C2C_E_OK);
    require(next.n == 77);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[32] = {7};
    struct c2c_view rest;
    struct c2c_buf object;

    if (root == NULL) {
        require(c2c_signer_from_seed(seed, &root) == C2C_E_OK);
    }
    if (size == 0) {
        return 0;
    }
    rest = c2c_view_of(data + 1, size - 1);
    if ((data[0] & 1) == 0) {
        decode(rest);
        return 0;
    }
    c2c_buf_init(&object, size + 256);
    sign(rest, &object);
    decode(c2c_buf_view(&object));
    c2c_buf_fini(&object);
    return 0;
}
