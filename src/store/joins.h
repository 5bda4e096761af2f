/* An association's side of membership: cities that ask to join, and
 * invitations that admit one city each. */

#ifndef C2C_STORE_JOINS_H
#define C2C_STORE_JOINS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "store/store.h"

/* The numbers are in the store. */
enum c2c_joining_state {
    C2C_JOINING_PENDING = 0,
    C2C_JOINING_DENIED = 1,
    C2C_JOINING_REVOKED = 2 /* It was a member. */
};

/* A city that has asked, and is no member (any more). */
struct c2c_joining {
    struct c2c_hash city;
    struct c2c_view keysets; /* Encoded items of a list (wire/message.h) ... */
    uint64_t n_keysets;      /* ... and their number. */
    struct c2c_view name;    /* What it calls itself. */
    struct c2c_view note;    /* To the administrator; may be empty. */
    uint64_t since_s;        /* When it first asked. */
    uint64_t asked_s;        /* When it last did. */
    enum c2c_joining_state state;
};

/* Keep a request; of the same city it replaces what was there. */
enum c2c_err c2c_joins_put(struct c2c_store *store,
                           const struct c2c_joining *joining) C2C_MUST_CHECK;

/* How it stands with a city, without views; C2C_E_NOT_FOUND. */
enum c2c_err c2c_joins_get(struct c2c_store *store, const struct c2c_hash *city,
                           struct c2c_joining *ret_joining) C2C_MUST_CHECK;

/* C2C_E_NOT_FOUND. */
enum c2c_err c2c_joins_deny(struct c2c_store *store,
                            const struct c2c_hash *city) C2C_MUST_CHECK;
enum c2c_err c2c_joins_remove(struct c2c_store *store,
                              const struct c2c_hash *city) C2C_MUST_CHECK;

/* How many others than @city are pending, and how many bytes their keysets,
 * names and notes have. */
enum c2c_err c2c_joins_sum(struct c2c_store *store, const struct c2c_hash *city,
                           uint64_t *ret_count,
                           uint64_t *ret_bytes) C2C_MUST_CHECK;

/* Forget pending requests that were last asked before @before_s. */
enum c2c_err c2c_joins_expire(struct c2c_store *store,
                              uint64_t before_s) C2C_MUST_CHECK;

/* Call @fn for each, those that have waited longest first; views live until it
 * returns.  Anything but C2C_E_OK from it stops and is returned. */
typedef enum c2c_err c2c_joins_fn(void *ctx, const struct c2c_joining *joining);
enum c2c_err c2c_joins_each(struct c2c_store *store, c2c_joins_fn *fn,
                            void *ctx) C2C_MUST_CHECK;

/* An invitation.  The token itself is nowhere in the store. */
struct c2c_invite {
    struct c2c_hash token; /* Its hash. */
    struct c2c_view name;  /* For whom it is meant; may be empty. */
    uint64_t expires_s;
    uint64_t used_s;      /* 0: not used yet. */
    struct c2c_hash city; /* By whom; zero before. */
};

/* A new one, not used yet; C2C_E_EXISTS. */
enum c2c_err c2c_invites_add(struct c2c_store *store,
                             const struct c2c_invite *invite) C2C_MUST_CHECK;

/* Use an invitation up for @city.  C2C_E_NOT_FOUND; C2C_E_EXPIRED;
 * C2C_E_EXISTS: it was used before. */
enum c2c_err c2c_invites_take(struct c2c_store *store,
                              const struct c2c_hash *token,
                              const struct c2c_hash *city,
                              uint64_t now_s) C2C_MUST_CHECK;

/* Forget those that expired before @before_s, used or not. */
enum c2c_err c2c_invites_expire(struct c2c_store *store,
                                uint64_t before_s) C2C_MUST_CHECK;

/* As c2c_joins_each(), those that expire first before others. */
typedef enum c2c_err c2c_invites_fn(void *ctx, const struct c2c_invite *invite);
enum c2c_err c2c_invites_each(struct c2c_store *store, c2c_invites_fn *fn,
                              void *ctx) C2C_MUST_CHECK;

#endif /* C2C_STORE_JOINS_H */
