/* One commit of this city: drafts become records, trees, a signed head.
 *
 * Runs on the writer's thread inside a savepoint of its transaction; keeps
 * nothing.  The caller releases or undoes the savepoint. */

#ifndef C2C_NODE_COMMIT_H
#define C2C_NODE_COMMIT_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/rng.h"
#include "node/draft.h"
#include "node/identity.h"
#include "record/types.h"
#include "store/cities.h"
#include "store/store.h"

struct c2c_commit_env {
    struct c2c_store *store; /* Write connection, in a transaction. */
    const struct c2c_types *types;
    const struct c2c_identity *identity;
    c2c_city_no city; /* Ours. */
    uint64_t now_ms;
    uint64_t expire_s; /* Life of a head. */
    const struct c2c_rng *rng;
};

struct c2c_commit_result {
    uint64_t epoch; /* Of the newest head; 0 before the first. */
    uint64_t rev;
    bool changed; /* A new head was signed, or a draft changed. */
    bool erased;  /* Bytes of an earlier version have to leave the disk, ... */
    bool removed; /* ... and are to have left it when this is told. */
};

/* Apply the drafts in order, all or none; fills their results.  The diag names
 * what was wrong, @ret_at the draft it was about. */
enum c2c_err
c2c_commit_apply(const struct c2c_commit_env *env, struct c2c_draft *drafts,
                 size_t n, struct c2c_diag *diag, size_t *ret_at,
                 struct c2c_commit_result *ret_result) C2C_MUST_CHECK;

#endif /* C2C_NODE_COMMIT_H */
