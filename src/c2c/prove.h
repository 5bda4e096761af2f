/* Records of a node elsewhere that are proved, not believed. */

#ifndef C2C_C2C_PROVE_H
#define C2C_C2C_PROVE_H

#include <stddef.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "c2c/run.h"
#include "codec/doc.h"
#include "trust/membership.h"
#include "trust/proof_file.h"

/* Everything here: C2C_E_NOT_VERIFIED with the reason in words in @why; other
 * errors (run->diag) mean that the node could not be asked. */
struct c2c_prover {
    struct c2c_run *run;
    char why[300];
};

/* A record that a city has signed; views live until the end of the program. */
struct c2c_evidence {
    struct c2c_proved proved;
    struct c2c_view bytes; /* The record's. */
};

/* Set the reason; always C2C_E_NOT_VERIFIED. */
enum c2c_err c2c_prove_not(struct c2c_prover *prover, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The record of @city with this type and key, in a state whose signature is
 * good now. */
enum c2c_err c2c_prove_record(struct c2c_prover *prover,
                              const struct c2c_hash *city, struct c2c_view type,
                              struct c2c_view key,
                              struct c2c_evidence *ret_evidence) C2C_MUST_CHECK;

enum {
    C2C_PROVE_MEMBERSHIPS = 64
};

struct c2c_memberships {
    size_t n;
    struct c2c_membership at[C2C_PROVE_MEMBERSHIPS];
};

/* The first memberships of @lga whose facet @name is @value. */
enum c2c_err
c2c_prove_memberships(struct c2c_prover *prover, const struct c2c_hash *lga,
                      const char *name, const char *value,
                      struct c2c_memberships *ret_found) C2C_MUST_CHECK;

/* The profile of @city. */
enum c2c_err c2c_prove_profile(struct c2c_prover *prover,
                               const struct c2c_hash *city,
                               struct c2c_evidence *ret_profile) C2C_MUST_CHECK;

#endif /* C2C_C2C_PROVE_H */
