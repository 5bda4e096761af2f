/* Who becomes a member of an association: its answer to a request to join, and
 * the membership record that admits a city.
 *
 * Runs on the writer's thread inside its transaction. */

#ifndef C2C_NODE_JOIN_H
#define C2C_NODE_JOIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "codec/doc.h"
#include "node/draft.h"
#include "node/identity.h"
#include "record/types.h"
#include "store/cities.h"
#include "store/store.h"
#include "wire/push.h"

enum {
    C2C_JOIN_PENDING_MAX = 10000,      /* Requests that wait ... */
    C2C_JOIN_PENDING_BYTES = 64 << 20, /* ... and their size. */
    C2C_JOIN_KEYSETS_BYTES = 16 << 10, /* Of one request. */
    C2C_JOIN_LIFE_S = 90 * 86400       /* Of what nobody repeats. */
};

struct c2c_join_env {
    struct c2c_store *store;
    const struct c2c_types *types;
    const struct c2c_identity *identity;
    uint64_t now_s;
};

/* A membership record of a city. */
struct c2c_join_record {
    struct c2c_uuid key;
    uint64_t since_s; /* When it was written first. */
};

/* Call @fn for each membership record of @city: one, unless others were written
 * by hand.  Anything but C2C_E_OK from it stops and is returned. */
typedef enum c2c_err c2c_join_fn(void *ctx,
                                 const struct c2c_join_record *member);
enum c2c_err c2c_join_memberships(const struct c2c_join_env *env,
                                  const struct c2c_hash *city, c2c_join_fn *fn,
                                  void *ctx) C2C_MUST_CHECK;

/* @city as a member of ours, by the first of them; C2C_E_NOT_FOUND. */
enum c2c_err c2c_join_member(const struct c2c_join_env *env,
                             const struct c2c_hash *city,
                             struct c2c_join_record *ret_member) C2C_MUST_CHECK;

/* The hash under which the store knows the token of an invitation. */
struct c2c_hash c2c_join_token(struct c2c_view token);

/* Answer @asker, whose identity the session has proved.
 *
 * C2C_E_NOT_FOUND: it wants to join another association; C2C_E_BAD_KEYSET: the
 * keysets are not its own; C2C_E_BUSY: too many wait already; else a reply.
 * With an invitation that is good the reply is MEMBER and @ret_admit true: the
 * caller then commits the draft of c2c_join_draft() in the same savepoint, so
 * that the invitation stays good if that fails. */
enum c2c_err c2c_join_answer(const struct c2c_join_env *env,
                             const struct c2c_hash *asker,
                             const struct c2c_join_request *request,
                             struct c2c_join_reply *ret_reply,
                             bool *ret_admit) C2C_MUST_CHECK;

/* The membership record that admits @city, for a commit.  @name is what it
 * calls itself (may be empty); @kind one of the schema's, or empty.  The body
 * lives in @doc.  C2C_E_SCHEMA for a kind that is none. */
enum c2c_err c2c_join_draft(const struct c2c_join_env *env,
                            const struct c2c_hash *city, struct c2c_view name,
                            struct c2c_view kind, struct c2c_doc *doc,
                            struct c2c_draft *ret_draft) C2C_MUST_CHECK;

#endif /* C2C_NODE_JOIN_H */
