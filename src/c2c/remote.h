/* Nodes elsewhere, asked in a session without a name. */

#ifndef C2C_C2C_REMOTE_H
#define C2C_C2C_REMOTE_H

#include "base/err.h"
#include "base/hash.h"
#include "c2c/run.h"

/* Who answers at @url: its id, and the name it gives itself ("" if none; the
 * text is good until the end of the program).  Nothing vouches for either.
 * Fills run->diag. */
enum c2c_err c2c_remote_probe(struct c2c_run *run, const char *url,
                              struct c2c_hash *ret_id,
                              const char **ret_name) C2C_MUST_CHECK;

#endif /* C2C_C2C_REMOTE_H */
