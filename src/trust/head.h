/* Heads: one signature over the whole state of a city (PROTOCOL "Head").
 *
 * content [v, city, keyset hash, epoch, rev, prev|nil, public root, count,
 * bytes, net]; stamp [time, expires, key index]; object [v, content bin, stamp
 * bin, signature bin].  The signature is over H_stamp(content hash || stamp
 * bytes). */

#ifndef C2C_TRUST_HEAD_H
#define C2C_TRUST_HEAD_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "crypto/sign.h"
#include "trust/dir.h"
#include "trust/keyset.h"

enum {
    C2C_HEAD_VERSION = 1,
    C2C_NET_VERSION = 1
};

/* The opening of `net`: members get it, others see only its hash, which is new
 * at every revision. */
struct c2c_net_opening {
    struct c2c_hash blind; /* Random, new at every revision. */
    struct c2c_dir_sum sum;
};

struct c2c_head {
    struct c2c_hash city;
    struct c2c_hash keyset;
    uint64_t epoch;       /* The keyset's N. */
    uint64_t rev;         /* From 1 in every epoch. */
    struct c2c_hash prev; /* Content hash of rev - 1; zero when rev is 1. */
    struct c2c_dir_sum pub;
    struct c2c_hash net; /* c2c_net_commit() of the opening. */
    uint64_t time_s;     /* Stamp: when it was signed, Unix seconds. */
    uint64_t expires_s;
    uint64_t key;            /* Index of the signing key in the keyset. */
    struct c2c_hash content; /* Content hash; set by decoding and signing. */
};

/* H_net([v, blind, root, count, bytes]). */
struct c2c_hash c2c_net_commit(const struct c2c_net_opening *opening);

/* Append the signed object for @head and set its `content`. */
enum c2c_err c2c_head_sign(struct c2c_head *head,
                           const struct c2c_signer *signer,
                           struct c2c_buf *out) C2C_MUST_CHECK;

/* A later stamp on the same content: append the object made of @bytes' content
 * and a new stamp (refresh). */
enum c2c_err c2c_head_refresh(struct c2c_view bytes, uint64_t time_s,
                              uint64_t expires_s, uint64_t key,
                              const struct c2c_signer *signer,
                              struct c2c_buf *out) C2C_MUST_CHECK;

/* Strict decoding; the signature is not checked. */
enum c2c_err c2c_head_decode(struct c2c_view bytes,
                             struct c2c_head *ret_head) C2C_MUST_CHECK;

/* Decode and check the signature and the ties to @keyset: city's epoch, hash,
 * key with use "head". */
enum c2c_err c2c_head_verify(struct c2c_view bytes,
                             const struct c2c_keyset *keyset,
                             struct c2c_head *ret_head) C2C_MUST_CHECK;

/* (epoch, rev), then time: <0, 0, >0. */
int c2c_head_cmp(const struct c2c_head *a, const struct c2c_head *b);

#endif /* C2C_TRUST_HEAD_H */
