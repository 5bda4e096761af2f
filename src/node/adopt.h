/* What was put while a restored store could not sign: how it waits, and how it
 * is signed when the operator vouches for the store. */

#ifndef C2C_NODE_ADOPT_H
#define C2C_NODE_ADOPT_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "node/commit.h"
#include "node/draft.h"

/* Append the drafts of one put for store/waiting.h.  Those that nothing else
 * names carry the key that a commit gave them, which the author was told. */
enum c2c_err c2c_adopt_encode(const struct c2c_draft *drafts, size_t n,
                              struct c2c_buf *out) C2C_MUST_CHECK;

/* Sign everything that waits, oldest first, inside the caller's transaction.  A
 * put that does not fit any more (it contradicts an earlier one) becomes the
 * file DIR/unsigned-N.json, to be mended and put again.  Fills the diag. */
enum c2c_err c2c_adopt_waiting(const struct c2c_commit_env *env,
                               const char *dir,
                               struct c2c_diag *diag) C2C_MUST_CHECK;

#endif /* C2C_NODE_ADOPT_H */
