/* What a node shows in its handshakes: a key that it makes itself, and the
 * proof that whoever has it acts for the city (trust/binding.h).
 *
 * A pass lives in memory only.  The node makes one when it starts, and another
 * (node/federation.c) when half of its life is over, so that a session that was
 * opened just before does not outlive it. */

#ifndef C2C_NODE_PASS_H
#define C2C_NODE_PASS_H

#include <stdbool.h>

#include "base/rng.h"
#include "node/identity.h"
#include "wire/peer.h"

struct c2c_pass;

enum c2c_err c2c_pass_new(const struct c2c_identity *identity, uint64_t now_s,
                          const struct c2c_rng *rng,
                          struct c2c_pass **ret_pass) C2C_MUST_CHECK;

/* Wipes.  Nobody may be showing it any more. */
void c2c_pass_free(struct c2c_pass *pass);

/* Lives as long as the pass; any thread. */
const struct c2c_credentials *c2c_pass_show(const struct c2c_pass *pass);

/* Is another one due: is half of its life over, or the keyset another one? */
bool c2c_pass_is_old(const struct c2c_pass *pass,
                     const struct c2c_identity *identity, uint64_t now_s);

#endif /* C2C_NODE_PASS_H */
