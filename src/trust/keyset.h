/* Keysets: which keys speak for a city (PROTOCOL "Keyset").
 *
 * Payload [v, N, previous keyset's hash|nil, kind, [root key...], threshold,
 * [[signing key, uses]...], created]; object [v, payload bin, [[root key,
 * signature]...]], ascending by root key.  The city's id is the hash of keyset
 * 1's payload.  N is the epoch. */

#ifndef C2C_TRUST_KEYSET_H
#define C2C_TRUST_KEYSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "codec/limits.h"
#include "crypto/sign.h"

enum {
    C2C_KEYSET_VERSION = 1
};

enum c2c_city_kind {
    C2C_CITY = 1,
    C2C_LGA = 2
};

/* What a signing key may sign; a set of bits. */
enum c2c_key_use {
    C2C_USE_HEAD = 1,
    C2C_USE_SNAPSHOT = 2,
    C2C_USE_SEAL = 4
};

struct c2c_signing_key {
    struct c2c_pubkey pub;
    unsigned uses; /* Of enum c2c_key_use, at least one. */
};

struct c2c_keyset {
    uint64_t n;               /* From 1; the epoch. */
    struct c2c_hash previous; /* Keyset N-1's hash; zero when n is 1. */
    enum c2c_city_kind kind;
    uint64_t created_s; /* Unix time, seconds. */
    unsigned threshold; /* Root signatures needed: 1 to n_roots. */
    size_t n_roots;     /* 1 to C2C_MAX_ROOT_KEYS, ascending, no duplicates. */
    struct c2c_pubkey root[C2C_MAX_ROOT_KEYS];
    size_t n_keys; /* 1 to C2C_MAX_SIGNING_KEYS, no duplicates. */
    struct c2c_signing_key key[C2C_MAX_SIGNING_KEYS];
    struct c2c_hash hash; /* Of the payload; set by decoding. */
};

/* Append the object for @keyset signed by @signers (roots of it, and of the one
 * before for n > 1).  `hash` of @keyset is
 * not read. */
enum c2c_err c2c_keyset_sign(const struct c2c_keyset *keyset,
                             const struct c2c_signer *const *signers,
                             size_t n_signers,
                             struct c2c_buf *out) C2C_MUST_CHECK;

/* Decode and check keyset 1: canonical, consistent, signed by its own
 * threshold. The city's id is ret_keyset->hash.  C2C_E_BAD_KEYSET and the
 * codec's errors. */
enum c2c_err
c2c_keyset_decode_first(struct c2c_view bytes,
                        struct c2c_keyset *ret_keyset) C2C_MUST_CHECK;

/* Decode and check keyset N+1: names @previous, same kind, signed by the
 * thresholds of both. */
enum c2c_err
c2c_keyset_decode_next(struct c2c_view bytes, const struct c2c_keyset *previous,
                       struct c2c_keyset *ret_keyset) C2C_MUST_CHECK;

/* What a keyset says, before anything of it is checked but its form. */
enum c2c_err c2c_keyset_peek(struct c2c_view bytes,
                             struct c2c_keyset *ret_keyset) C2C_MUST_CHECK;

/* The index of @pub among the signing keys with @use. */
enum c2c_err c2c_keyset_find(const struct c2c_keyset *keyset,
                             const struct c2c_pubkey *pub, enum c2c_key_use use,
                             size_t *ret_index) C2C_MUST_CHECK;

#endif /* C2C_TRUST_KEYSET_H */
