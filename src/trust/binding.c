#include "trust/binding.h"

#include "base/timefmt.h"
#include "codec/limits.h"
#include "codec/pack.h"
#include "codec/reader.h"
#include "crypto/digest.h"

enum {
    ELEMENTS = 6
};

/* The array with @last as its last element. */
static enum c2c_err encode(const struct c2c_binding *binding,
                           struct c2c_view last, struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, ELEMENTS);
    c2c_pack_uint(&p, C2C_BINDING_VERSION);
    c2c_pack_bin(&p, binding->city.b, sizeof binding->city.b);
    c2c_pack_bin(&p, binding->keyset.b, sizeof binding->keyset.b);
    c2c_pack_uint(&p, binding->key);
    c2c_pack_uint(&p, binding->expires_s);
    c2c_pack_bin(&p, last.p, last.n);
    return p.err;
}

static enum c2c_err signed_hash(const struct c2c_binding *binding,
                                const struct c2c_noise_pub *node,
                                struct c2c_hash *ret_hash)
{
    uint8_t room[C2C_MAX_BINDING_BYTES];
    struct c2c_buf buf = {.p = room, .cap = sizeof room, .max = sizeof room};
    enum c2c_err err =
        encode(binding, c2c_view_of(node->b, sizeof node->b), &buf);

    if (err == C2C_E_OK) {
        *ret_hash = c2c_digest_of(C2C_DIGEST_BINDING, c2c_buf_view(&buf));
    }
    return err;
}

enum c2c_err c2c_binding_sign(struct c2c_binding *binding,
                              const struct c2c_noise_pub *node,
                              const struct c2c_signer *signer,
                              struct c2c_buf *out)
{
    struct c2c_hash hash;
    enum c2c_err err = signed_hash(binding, node, &hash);
    size_t before = out->n;

    if (err != C2C_E_OK) {
        return err;
    }
    binding->sig = c2c_sign(signer, &hash);
    err = encode(binding, c2c_view_of(binding->sig.b, sizeof binding->sig.b),
                 out);
    if (err != C2C_E_OK) {
        out->n = before;
    }
    return err;
}

enum c2c_err c2c_binding_decode(struct c2c_view bytes,
                                struct c2c_binding *ret_binding)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_binding b = {.key = 0};
    enum c2c_err err;
    size_t n;

    if (bytes.n > C2C_MAX_BINDING_BYTES) {
        return C2C_E_TOO_BIG;
    }
    n = c2c_reader_array(&r, C2C_MAX_BINDING_BYTES);
    if (c2c_reader_uint(&r, INT64_MAX) != C2C_BINDING_VERSION) {
        c2c_reader_fail(&r, C2C_E_UNSUPPORTED);
    }
    if (n != ELEMENTS) { /* Of this version. */
        c2c_reader_fail(&r, C2C_E_MALFORMED);
    }
    c2c_reader_bin_of(&r, b.city.b, sizeof b.city.b);
    c2c_reader_bin_of(&r, b.keyset.b, sizeof b.keyset.b);
    b.key = c2c_reader_uint(&r, C2C_MAX_SIGNING_KEYS - 1);
    b.expires_s = c2c_reader_uint(&r, C2C_TIME_MAX_S);
    c2c_reader_bin_of(&r, b.sig.b, sizeof b.sig.b);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_binding = b;
    }
    return err;
}

static enum c2c_err check_time(uint64_t expires_s, uint64_t now_s)
{
    if (expires_s + C2C_MAX_CLOCK_SKEW_S <= now_s) {
        return C2C_E_EXPIRED;
    }
    if (expires_s > now_s + C2C_MAX_BINDING_LIFE_S + C2C_MAX_CLOCK_SKEW_S) {
        return C2C_E_FUTURE;
    }
    return C2C_E_OK;
}

enum c2c_err c2c_binding_verify(const struct c2c_binding *binding,
                                const struct c2c_keyset *keyset,
                                const struct c2c_noise_pub *node,
                                uint64_t now_s)
{
    struct c2c_hash hash;
    enum c2c_err err;

    if (!c2c_hash_eq(&binding->keyset, &keyset->hash) ||
        binding->key >= keyset->n_keys ||
        (keyset->key[binding->key].uses & C2C_USE_HEAD) == 0 ||
        (keyset->n == 1 && !c2c_hash_eq(&binding->city, &keyset->hash))) {
        return C2C_E_BAD_KEYSET;
    }
    err = check_time(binding->expires_s, now_s);
    if (err == C2C_E_OK) {
        err = signed_hash(binding, node, &hash);
    }
    if (err == C2C_E_OK) {
        err = c2c_verify(&keyset->key[binding->key].pub, &hash, &binding->sig);
    }
    return err;
}
