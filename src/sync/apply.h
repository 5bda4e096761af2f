/* Taking over a commit: the one gate through which the state of any city comes
 * into a replica, from a peer or pushed to us.
 *
 * Admitted by the roster?  Then, inside a savepoint: keyset chain complete from
 * keyset 1, c2c_accept_head() (trust/accept.h), quota, puts and removals
 * applied, roots recomputed, c2c_accept_sums(); kept whole or undone whole. */

#ifndef C2C_SYNC_APPLY_H
#define C2C_SYNC_APPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "sync/replica.h"
#include "sync/roster.h"
#include "wire/commit.h"

struct c2c_apply_env {
    const struct c2c_replica *replica;
    const struct c2c_roster *roster;
    uint64_t now_s;
    bool network; /* Openings are taken over; else the public audience only. */
};

struct c2c_applied {
    struct c2c_hash city;
    struct c2c_head head; /* The one that is held now. */
    bool changed;         /* Contents changed (else a refresh). */
    bool lga;             /* An LGA's state changed: build a new roster. */
    uint64_t puts;
    uint64_t removed;
};

/* C2C_E_OK: taken over.  C2C_E_OLDER: nothing newer in it.  C2C_E_NOT_MEMBER,
 * C2C_E_QUOTA, C2C_E_FUTURE: to be tried again when the roster or the time
 * changes.  C2C_E_TOO_BIG: a head alone (form HEAD) of a state that would be
 * taken over; fetch it with `range`.  C2C_E_BAD_KEYSET: a keyset is missing
 * (ask with `keysets`) or the head is signed under another one. C2C_E_BAD_ROOT:
 * the base of a delta was not what is held here (heal with `leaves`), or the
 * provider lies.  C2C_E_CONFLICT, C2C_E_BAD_SIGNATURE, C2C_E_NONCANON and the
 * codec's errors: the provider, or the city, is at fault.  @ret_applied->city
 * and head are also set for OLDER (what is held). */
enum c2c_err c2c_apply(const struct c2c_apply_env *env,
                       const struct c2c_commit *commit,
                       struct c2c_applied *ret_applied) C2C_MUST_CHECK;

/* Add keysets of @city (keyset 1 first if it is not known) after checking the
 * chain.  C2C_E_NOT_MEMBER unless admitted. */
enum c2c_err c2c_apply_keysets(const struct c2c_apply_env *env,
                               const struct c2c_hash *city,
                               struct c2c_list_view keysets) C2C_MUST_CHECK;

/* The state that @owner has staged for the head of @commit (form STAGED, or a
 * FULL one that arrived in parts) replaces what is held.  As c2c_apply(); the
 * staging is dropped unless the error is one to be tried again. */
enum c2c_err c2c_apply_staged(const struct c2c_apply_env *env,
                              const struct c2c_hash *owner,
                              const struct c2c_commit *commit,
                              struct c2c_applied *ret_applied) C2C_MUST_CHECK;

/* Our own failure (out of memory, storage), as opposed to a peer's. */
bool c2c_err_is_ours(enum c2c_err err);

#endif /* C2C_SYNC_APPLY_H */
