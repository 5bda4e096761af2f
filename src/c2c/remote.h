/* Nodes elsewhere, asked in a session without a name.
 *
 * The session is with whoever proves to be the city named behind # in the URL,
 * or without that with whoever answers.  It keeps others from reading and
 * changing what passes; whether what the node says is true is another matter:
 * see c2c/vouch.h. */

#ifndef C2C_C2C_REMOTE_H
#define C2C_C2C_REMOTE_H

#include "base/err.h"
#include "base/hash.h"
#include "c2c/run.h"
#include "codec/doc.h"

struct c2c_remote;

/* Who answers at @url: its id, and the name it gives itself ("" if none; the
 * text is good until the end of the program).  Nothing vouches for either.
 * Fills run->diag. */
enum c2c_err c2c_remote_probe(struct c2c_run *run, const char *url,
                              struct c2c_hash *ret_id,
                              const char **ret_name) C2C_MUST_CHECK;

/* Ask the node of --node for @name with @args, within run->timeout_ms.  The
 * answer is good until the end of the program.  A refusal fills run->diag and
 * run->error.  C2C_E_UNREACHABLE, C2C_E_TIMEOUT, C2C_E_NOT_VERIFIED (another
 * node than the one named). */
enum c2c_err c2c_remote_call(struct c2c_run *run, const char *name,
                             const struct c2c_val *args,
                             const struct c2c_val **ret_doc) C2C_MUST_CHECK;

/* Who it has proved to be. */
const struct c2c_hash *c2c_remote_id(const struct c2c_remote *remote);

/* NULL is fine. */
void c2c_remote_close(struct c2c_remote *remote);

#endif /* C2C_C2C_REMOTE_H */
