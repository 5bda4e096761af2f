/* What put, remove and confirm share. */

#ifndef C2C_NODE_ASK_PUT_H
#define C2C_NODE_ASK_PUT_H

#include "base/err.h"
#include "node/ask.h"
#include "node/draft.h"
#include "node/writer.h"

/* Hand a job to the writer and wait; sets "epoch" and "rev" if it has drafts.
 * On failure the diag is the writer's and "item" tells which draft it was
 * about. */
enum c2c_err c2c_put_run(struct c2c_ask *ask,
                         struct c2c_job *job) C2C_MUST_CHECK;

/* {"ref", "key"} of a draft after its commit. */
enum c2c_err c2c_put_item(struct c2c_ask *ask, const struct c2c_draft *draft,
                          struct c2c_val **ret_item) C2C_MUST_CHECK;

#endif /* C2C_NODE_ASK_PUT_H */
