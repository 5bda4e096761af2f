#include "trust/keyset.h"

#include <string.h>

#include "base/timefmt.h"
#include "codec/pack.h"
#include "codec/reader.h"
#include "crypto/digest.h"

enum {
    PAYLOAD_ELEMENTS = 8,
    OBJECT_ELEMENTS = 3,
    ALL_USES = C2C_USE_HEAD | C2C_USE_SNAPSHOT | C2C_USE_SEAL,
    /* Signatures of one object: by its own roots and by those before. */
    MAX_SIGNATURES = 2 * C2C_MAX_ROOT_KEYS
};

static enum c2c_err encode_payload(const struct c2c_keyset *k,
                                   struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, PAYLOAD_ELEMENTS);
    c2c_pack_uint(&p, C2C_KEYSET_VERSION);
    c2c_pack_uint(&p, k->n);
    if (k->n == 1) {
        c2c_pack_nil(&p);
    } else {
        c2c_pack_bin(&p, k->previous.b, sizeof k->previous.b);
    }
    c2c_pack_uint(&p, k->kind);
    c2c_pack_array(&p, k->n_roots);
    for (size_t i = 0; i < k->n_roots; i++) {
        c2c_pack_bin(&p, k->root[i].b, sizeof k->root[i].b);
    }
    c2c_pack_uint(&p, k->threshold);
    c2c_pack_array(&p, k->n_keys);
    for (size_t i = 0; i < k->n_keys; i++) {
        c2c_pack_array(&p, 2);
        c2c_pack_bin(&p, k->key[i].pub.b, sizeof k->key[i].pub.b);
        c2c_pack_uint(&p, k->key[i].uses);
    }
    c2c_pack_uint(&p, k->created_s);
    return p.err;
}

static void read_roots(struct c2c_reader *r, struct c2c_keyset *k)
{
    k->n_roots = c2c_reader_array(r, C2C_MAX_ROOT_KEYS);
    for (size_t i = 0; i < k->n_roots; i++) {
        c2c_reader_bin_of(r, k->root[i].b, sizeof k->root[i].b);
    }
}

static void read_keys(struct c2c_reader *r, struct c2c_keyset *k)
{
    k->n_keys = c2c_reader_array(r, C2C_MAX_SIGNING_KEYS);
    for (size_t i = 0; i < k->n_keys; i++) {
        c2c_reader_array_of(r, 2);
        c2c_reader_bin_of(r, k->key[i].pub.b, sizeof k->key[i].pub.b);
        k->key[i].uses = (unsigned)c2c_reader_uint(r, ALL_USES);
    }
}

static enum c2c_err decode_payload(struct c2c_view payload,
                                   struct c2c_keyset *k)
{
    struct c2c_reader r = c2c_reader_over(payload);

    memset(k, 0, sizeof *k);
    c2c_reader_object(&r, C2C_KEYSET_VERSION, PAYLOAD_ELEMENTS);
    k->n = c2c_reader_uint(&r, C2C_MAX_CITY_KEYSETS);
    if (k->n != 1) {
        c2c_reader_bin_of(&r, k->previous.b, sizeof k->previous.b);
    } else if (!c2c_reader_nil(&r)) {
        c2c_reader_fail(&r, C2C_E_MALFORMED);
    }
    k->kind = (enum c2c_city_kind)c2c_reader_uint(&r, C2C_LGA);
    read_roots(&r, k);
    k->threshold = (unsigned)c2c_reader_uint(&r, C2C_MAX_ROOT_KEYS);
    read_keys(&r, k);
    k->created_s = c2c_reader_uint(&r, C2C_TIME_MAX_S);
    k->hash = c2c_digest_of(C2C_DIGEST_KEYSET, payload);
    return c2c_reader_finish(&r);
}

/* What every keyset must be, whoever signed it. */
static enum c2c_err check(const struct c2c_keyset *k)
{
    if (k->n == 0 || k->n > C2C_MAX_CITY_KEYSETS ||
        (k->kind != C2C_CITY && k->kind != C2C_LGA) || k->n_roots == 0 ||
        k->n_roots > C2C_MAX_ROOT_KEYS || k->n_keys == 0 ||
        k->n_keys > C2C_MAX_SIGNING_KEYS || k->threshold == 0 ||
        k->threshold > k->n_roots) {
        return C2C_E_BAD_KEYSET;
    }
    for (size_t i = 1; i < k->n_roots; i++) {
        if (memcmp(k->root[i - 1].b, k->root[i].b, sizeof k->root[i].b) >= 0) {
            return C2C_E_BAD_KEYSET;
        }
    }
    for (size_t i = 0; i < k->n_keys; i++) {
        if (k->key[i].uses == 0 || k->key[i].uses > ALL_USES) {
            return C2C_E_BAD_KEYSET;
        }
        for (size_t j = 0; j < i; j++) {
            if (c2c_pubkey_eq(&k->key[i].pub, &k->key[j].pub)) {
                return C2C_E_BAD_KEYSET;
            }
        }
    }
    return C2C_E_OK;
}

/* The signatures of an object: [public root key, signature], ascending. */
struct signatures {
    size_t n;
    struct c2c_pubkey by[MAX_SIGNATURES];
    struct c2c_sig sig[MAX_SIGNATURES];
};

static enum c2c_err split_object(struct c2c_view bytes,
                                 struct c2c_view *ret_payload,
                                 struct signatures *s)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_view payload;
    enum c2c_err err;

    if (bytes.n > C2C_MAX_KEYSET_BYTES) {
        return C2C_E_TOO_BIG;
    }
    c2c_reader_object(&r, C2C_KEYSET_VERSION, OBJECT_ELEMENTS);
    payload = c2c_reader_bin(&r, C2C_MAX_KEYSET_BYTES);
    s->n = c2c_reader_array(&r, MAX_SIGNATURES);
    for (size_t i = 0; i < s->n; i++) {
        c2c_reader_array_of(&r, 2);
        c2c_reader_bin_of(&r, s->by[i].b, sizeof s->by[i].b);
        c2c_reader_bin_of(&r, s->sig[i].b, sizeof s->sig[i].b);
        if (r.err == C2C_E_OK && i > 0 &&
            memcmp(s->by[i - 1].b, s->by[i].b, sizeof s->by[i].b) >= 0) {
            c2c_reader_fail(&r, C2C_E_BAD_KEYSET); /* One signature a key. */
        }
    }
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_payload = payload;
    }
    return err;
}

static bool is_root(const struct c2c_keyset *k, const struct c2c_pubkey *pub)
{
    for (size_t i = 0; i < k->n_roots; i++) {
        if (c2c_pubkey_eq(&k->root[i], pub)) {
            return true;
        }
    }
    return false;
}

/* Signatures by roots of @k; every one must verify. */
static enum c2c_err check_threshold(const struct signatures *s,
                                    const struct c2c_hash *hash,
                                    const struct c2c_keyset *k)
{
    unsigned good = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (!is_root(k, &s->by[i])) {
            continue;
        }
        if (c2c_verify(&s->by[i], hash, &s->sig[i]) != C2C_E_OK) {
            return C2C_E_BAD_SIGNATURE;
        }
        good++;
    }
    return good >= k->threshold ? C2C_E_OK : C2C_E_BAD_KEYSET;
}

/* Nobody else's signature may ride along: an object has one form. */
static enum c2c_err check_strangers(const struct signatures *s,
                                    const struct c2c_keyset *k,
                                    const struct c2c_keyset *previous)
{
    for (size_t i = 0; i < s->n; i++) {
        if (!is_root(k, &s->by[i]) &&
            (previous == NULL || !is_root(previous, &s->by[i]))) {
            return C2C_E_BAD_KEYSET;
        }
    }
    return C2C_E_OK;
}

static enum c2c_err decode(struct c2c_view bytes,
                           const struct c2c_keyset *previous,
                           struct c2c_keyset *ret_keyset)
{
    struct signatures s;
    struct c2c_view payload;
    struct c2c_keyset k;
    enum c2c_err err;

    err = split_object(bytes, &payload, &s);
    if (err == C2C_E_OK) {
        err = decode_payload(payload, &k);
    }
    if (err == C2C_E_OK) {
        err = check(&k);
    }
    if (err == C2C_E_OK) {
        err = check_strangers(&s, &k, previous);
    }
    if (err == C2C_E_OK) {
        err = check_threshold(&s, &k.hash, &k);
    }
    if (err == C2C_E_OK && previous != NULL) {
        err = check_threshold(&s, &k.hash, previous);
    }
    if (err == C2C_E_OK) {
        *ret_keyset = k;
    }
    return err;
}

enum c2c_err c2c_keyset_peek(struct c2c_view bytes,
                             struct c2c_keyset *ret_keyset)
{
    struct signatures s;
    struct c2c_view payload;
    struct c2c_keyset k;
    enum c2c_err err = split_object(bytes, &payload, &s);

    if (err == C2C_E_OK) {
        err = decode_payload(payload, &k);
    }
    if (err == C2C_E_OK) {
        err = check(&k);
    }
    if (err == C2C_E_OK) {
        *ret_keyset = k;
    }
    return err;
}

enum c2c_err c2c_keyset_decode_first(struct c2c_view bytes,
                                     struct c2c_keyset *ret_keyset)
{
    struct c2c_keyset k;
    enum c2c_err err = decode(bytes, NULL, &k);

    if (err == C2C_E_OK && k.n != 1) {
        err = C2C_E_BAD_KEYSET;
    }
    if (err == C2C_E_OK) {
        *ret_keyset = k;
    }
    return err;
}

enum c2c_err c2c_keyset_decode_next(struct c2c_view bytes,
                                    const struct c2c_keyset *previous,
                                    struct c2c_keyset *ret_keyset)
{
    struct c2c_keyset k;
    enum c2c_err err = decode(bytes, previous, &k);

    if (err == C2C_E_OK &&
        (k.n != previous->n + 1 || k.kind != previous->kind ||
         !c2c_hash_eq(&k.previous, &previous->hash))) {
        err = C2C_E_BAD_KEYSET;
    }
    if (err == C2C_E_OK) {
        *ret_keyset = k;
    }
    return err;
}

/* Sort signatures by public key; there are at most 32. */
static void sort_signatures(struct signatures *s)
{
    for (size_t i = 1; i < s->n; i++) {
        for (size_t j = i;
             j > 0 && memcmp(s->by[j - 1].b, s->by[j].b, sizeof s->by[j].b) > 0;
             j--) {
            struct c2c_pubkey by = s->by[j];
            struct c2c_sig sig = s->sig[j];

            s->by[j] = s->by[j - 1];
            s->sig[j] = s->sig[j - 1];
            s->by[j - 1] = by;
            s->sig[j - 1] = sig;
        }
    }
}

enum c2c_err c2c_keyset_sign(const struct c2c_keyset *keyset,
                             const struct c2c_signer *const *signers,
                             size_t n_signers, struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);
    struct signatures s = {.n = n_signers};
    struct c2c_buf payload;
    struct c2c_hash hash;
    enum c2c_err err;

    if (n_signers > MAX_SIGNATURES || check(keyset) != C2C_E_OK) {
        return C2C_E_BAD_KEYSET;
    }
    c2c_buf_init(&payload, C2C_MAX_KEYSET_BYTES);
    err = encode_payload(keyset, &payload);
    if (err != C2C_E_OK) {
        goto out;
    }
    hash = c2c_digest_of(C2C_DIGEST_KEYSET, c2c_buf_view(&payload));
    for (size_t i = 0; i < n_signers; i++) {
        s.by[i] = c2c_signer_pub(signers[i]);
        s.sig[i] = c2c_sign(signers[i], &hash);
    }
    sort_signatures(&s);
    c2c_pack_array(&p, OBJECT_ELEMENTS);
    c2c_pack_uint(&p, C2C_KEYSET_VERSION);
    c2c_pack_bin(&p, payload.p, payload.n);
    c2c_pack_array(&p, s.n);
    for (size_t i = 0; i < s.n; i++) {
        c2c_pack_array(&p, 2);
        c2c_pack_bin(&p, s.by[i].b, sizeof s.by[i].b);
        c2c_pack_bin(&p, s.sig[i].b, sizeof s.sig[i].b);
    }
    err = p.err;
out:
    c2c_buf_fini(&payload);
    return err;
}

enum c2c_err c2c_keyset_find(const struct c2c_keyset *keyset,
                             const struct c2c_pubkey *pub, enum c2c_key_use use,
                             size_t *ret_index)
{
    for (size_t i = 0; i < keyset->n_keys; i++) {
        if (c2c_pubkey_eq(&keyset->key[i].pub, pub) &&
            (keyset->key[i].uses & (unsigned)use) != 0) {
            *ret_index = i;
            return C2C_E_OK;
        }
    }
    return C2C_E_NOT_FOUND;
}
