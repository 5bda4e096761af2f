/* Asking the node of DIR over its control socket, or that of --node. */

#ifndef C2C_C2C_CALL_H
#define C2C_C2C_CALL_H

#include "base/buf.h"
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

/* An empty buffer that lives as long as the answers do; NULL: no memory. */
struct c2c_buf *c2c_call_keep(struct c2c_run *run, size_t max);

/* Make @doc, which a node refused with, run->error and run->diag. */
enum c2c_err c2c_call_refused(struct c2c_run *run, enum c2c_err code,
                              const struct c2c_val *doc);

/* Close the connection and free what replies hold. */
void c2c_call_end(struct c2c_run *run);

#endif /* C2C_C2C_CALL_H */
