/* Acceptance: does a node take over a new state of a city?  One pure function
 * for our own commits and for those of peers (PROTOCOL "Acceptance").  It reads
 * no clock and keeps nothing. */

#ifndef C2C_TRUST_ACCEPT_H
#define C2C_TRUST_ACCEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "trust/head.h"
#include "trust/keyset.h"

/* What the node knows and holds. */
struct c2c_accept_state {
    const struct c2c_keyset *keyset; /* Newest known of the city. */
    const struct c2c_hash *city;
    const struct c2c_head *head; /* Newest accepted; NULL: none yet. */
    uint64_t now_s;
};

/* What is offered: the head's bytes and what was recomputed from the records.
 */
struct c2c_accept_offer {
    struct c2c_view head;              /* Signed object. */
    const struct c2c_dir_sum *pub;     /* Recomputed public state. */
    const struct c2c_net_opening *net; /* NULL: we may not hold it. */
    const struct c2c_dir_sum
        *net_sum; /* Recomputed network state, with @net. */
};

/* The two halves, for those who must recompute in between; c2c_accept() is
 * both.
 *
 * Signed by the city, in time, and newer than what is held?  C2C_E_OK: yes.
 * C2C_E_OLDER: not newer than what is held (also equal).  C2C_E_FUTURE,
 * C2C_E_BAD_KEYSET (signed under another keyset than the newest known),
 * C2C_E_BAD_SIGNATURE, C2C_E_CONFLICT (equal (epoch, rev) with other content,
 * or two neighbouring revisions of which the later does not name the earlier
 * as prev, whichever comes first), and the codec's errors.  @ret_head is also
 * set for C2C_E_OLDER.  @bytes: the signed object. */
enum c2c_err c2c_accept_head(const struct c2c_accept_state *state,
                             struct c2c_view bytes,
                             struct c2c_head *ret_head) C2C_MUST_CHECK;

/* Do the recomputed sums match what @head signs?  C2C_E_BAD_ROOT. */
enum c2c_err
c2c_accept_sums(const struct c2c_head *head,
                const struct c2c_accept_offer *offer) C2C_MUST_CHECK;

/* C2C_E_OK: take it over; else the first error of the halves.  A refresh (same
 * content, later time) is accepted without looking at the recomputed state. */
enum c2c_err c2c_accept(const struct c2c_accept_state *state,
                        const struct c2c_accept_offer *offer,
                        struct c2c_head *ret_head) C2C_MUST_CHECK;

#endif /* C2C_TRUST_ACCEPT_H */
