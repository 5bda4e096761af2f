/* Asking the node of DIR over its control socket. */

#ifndef C2C_C2C_CALL_H
#define C2C_C2C_CALL_H

#include "base/err.h"
#include "c2c/run.h"
#include "codec/doc.h"

/* Ask the node for @name with @args (a map of run->doc; NULL: none).  The
 * language is added.  The answer's document is the caller's until the end of
 * the program.  A refusal fills run->diag and run->error and is returned;
 * C2C_E_UNREACHABLE says what to start. */
enum c2c_err c2c_call(struct c2c_run *run, const char *name,
                      struct c2c_val *args,
                      const struct c2c_val **ret_doc) C2C_MUST_CHECK;

/* Ask until somebody answers or run->timeout_ms is over (C2C_E_TIMEOUT). */
enum c2c_err c2c_call_wait(struct c2c_run *run, const char *name,
                           const struct c2c_val **ret_doc) C2C_MUST_CHECK;

/* All items of a list: follow `next` to its end.  The document of the first
 * answer with the items of all. */
enum c2c_err c2c_call_all(struct c2c_run *run, const char *name,
                          struct c2c_val *args,
                          const struct c2c_val **ret_doc) C2C_MUST_CHECK;

/* Close the connection and free what replies hold. */
void c2c_call_end(struct c2c_run *run);

#endif /* C2C_C2C_CALL_H */
