/* Asking a peer, many questions at once: one NNG REQ socket, a context for each
 * question under way.
 *
 * NNG connects in the background and again after the connection is lost; a
 * question that is under way then fails (it is never sent twice).  NNG's
 * threads call @fn with every outcome; it must only move it into a bounded
 * queue. */

#ifndef C2C_NET_DIALER_H
#define C2C_NET_DIALER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/view.h"

struct c2c_dialer;
struct c2c_outcome; /* Of one question. */

/* Owns @outcome from here on. */
typedef void c2c_dialer_fn(void *ctx, struct c2c_outcome *outcome);

struct c2c_dialer_options {
    size_t max_message; /* Of a reply; larger ones close the connection. */
    size_t questions;   /* At once, at most. */
    c2c_dialer_fn *fn;
    void *ctx;
};

/* Begin to connect to @url (tcp://, ipc://, and what else NNG has been built
 * with).  C2C_E_INVAL for a URL that NNG does not understand. */
enum c2c_err c2c_dialer_open(const char *url,
                             const struct c2c_dialer_options *options,
                             struct c2c_dialer **ret_dialer) C2C_MUST_CHECK;

/* Questions under way end with C2C_E_STOPPING; waits until @fn is not running.
 */
void c2c_dialer_close(struct c2c_dialer *dialer);

/* Is there a connection now?  Any thread. */
bool c2c_dialer_connected(const struct c2c_dialer *dialer);

/* Send @request; @tag comes back with the outcome.  C2C_E_BUSY when all
 * questions are under way.  One thread at a time. */
enum c2c_err c2c_dialer_ask(struct c2c_dialer *dialer, uint64_t tag,
                            struct c2c_view request,
                            uint64_t timeout_ms) C2C_MUST_CHECK;

uint64_t c2c_outcome_tag(const struct c2c_outcome *outcome);

/* C2C_E_OK with a body; C2C_E_TIMEOUT, C2C_E_UNREACHABLE (connection lost),
 * C2C_E_STOPPING, C2C_E_NOMEM. */
enum c2c_err c2c_outcome_err(const struct c2c_outcome *outcome);
struct c2c_view c2c_outcome_body(const struct c2c_outcome *outcome);
void c2c_outcome_free(struct c2c_outcome *outcome);

#endif /* C2C_NET_DIALER_H */
