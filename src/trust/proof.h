/* Proofs that a record is, or is not, in a city's signed state (PROTOCOL
 * "Proofs").
 *
 * Inclusion: the type directory and (index, count, path).  Absence: the
 * inclusion of the neighbours on both sides.  Completeness of a type: the
 * directory and all leaf hashes. */

#ifndef C2C_TRUST_PROOF_H
#define C2C_TRUST_PROOF_H

#include "base/err.h"
#include "base/uuid.h"
#include "base/view.h"
#include "merkle/tree.h"
#include "trust/dir.h"

struct c2c_inclusion {
    uint64_t index;
    struct c2c_merkle_path path;
};

/* A record's place in the state whose audience root is @root. */
struct c2c_proof_state {
    const struct c2c_hash *city;
    enum c2c_audience audience;
    const struct c2c_hash *root; /* From a verified head or opening. */
    struct c2c_view dir;         /* Directory bytes. */
};

/* C2C_E_OK if the record @bytes stands at @at in the state. */
enum c2c_err c2c_proof_inclusion(const struct c2c_proof_state *state,
                                 struct c2c_view bytes,
                                 const struct c2c_inclusion *at) C2C_MUST_CHECK;

/* A neighbour in a proof of absence. */
struct c2c_neighbour {
    struct c2c_view bytes; /* The record; empty: there is none on this side. */
    struct c2c_inclusion at;
};

/* C2C_E_OK if no record of @type has @key: @left and @right are adjacent,
 * include it between them, and are in the state (or the type is not in the
 * directory). */
enum c2c_err
c2c_proof_absence(const struct c2c_proof_state *state, struct c2c_view type,
                  const struct c2c_uuid *key, const struct c2c_neighbour *left,
                  const struct c2c_neighbour *right) C2C_MUST_CHECK;

/* C2C_E_OK if @leaves are all records of @type (none: the type is absent). */
enum c2c_err c2c_proof_complete(const struct c2c_proof_state *state,
                                struct c2c_view type,
                                const struct c2c_hash *leaves,
                                size_t n) C2C_MUST_CHECK;

#endif /* C2C_TRUST_PROOF_H */
