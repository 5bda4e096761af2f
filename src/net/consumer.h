/* The asking side of request and reply: NNG REQ. */

#ifndef C2C_NET_CONSUMER_H
#define C2C_NET_CONSUMER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

struct c2c_consumer;

struct c2c_consumer_options {
    uint64_t timeout_ms; /* Of one call. */
    size_t max_message;  /* Of a reply. */
};

/* Connect to @url.  C2C_E_UNREACHABLE when nobody listens there. */
enum c2c_err
c2c_consumer_open(const char *url, const struct c2c_consumer_options *options,
                  struct c2c_consumer **ret_consumer) C2C_MUST_CHECK;
void c2c_consumer_close(struct c2c_consumer *consumer);

/* Send @request and append the reply.  C2C_E_TIMEOUT; C2C_E_UNREACHABLE when
 * the connection is lost meanwhile (never sent twice).  One thread at a time.
 */
enum c2c_err c2c_consumer_call(struct c2c_consumer *consumer,
                               struct c2c_view request,
                               struct c2c_buf *reply) C2C_MUST_CHECK;

#endif /* C2C_NET_CONSUMER_H */
