/* A city or hub with keysets, node key and identity proof, and what it knows of
 * others. */

#ifndef C2C_TESTS_PARTY_H
#define C2C_TESTS_PARTY_H

#include "base/buf.h"
#include "wire/peer.h"

enum {
    PARTY_KEYSETS = 3,
    PARTY_KNOWN = 4
};

extern const uint64_t party_now_s;

struct party {
    struct c2c_signer *root;
    struct c2c_signer *signer;
    struct c2c_hash city;
    size_t n; /* Keysets so far. */
    struct c2c_keyset keyset[PARTY_KEYSETS];
    struct c2c_buf object[PARTY_KEYSETS];
    struct c2c_noise_key *key;
    struct c2c_buf proof;
    struct c2c_credentials self;

    struct {
        struct c2c_hash city;
        struct c2c_keyset keyset;
    } known[PARTY_KNOWN];
    size_t n_known;
    struct c2c_keyring keyring;
};

/* Repeatable randomness, different at every call. */
struct c2c_rng party_rng(uint64_t *state);

/* Keyset 1 and a proof for an hour; @seed makes it different from others. */
void party_init(struct party *party, uint8_t seed, const struct c2c_rng *rng);
void party_fini(struct party *party);

/* The next keyset, with another signing key, and a proof under it. */
void party_rotate(struct party *party);

/* A proof that expires then. */
void party_prove(struct party *party, uint64_t expires_s);

/* @party knows keysets up to number @n of @other from now on. */
void party_meet(struct party *party, const struct party *other, size_t n);

/* Append the keysets from number @from on as a list. */
void party_list(const struct party *party, uint64_t from,
                struct c2c_list_buf *list);

#endif /* C2C_TESTS_PARTY_H */
