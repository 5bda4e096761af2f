/* The answering side of request and reply: NNG raw REP.
 *
 * NNG's threads call @fn for every request; it must only move the request into
 * a bounded queue.  Answers may be given later, from any thread, in any order.
 */

#ifndef C2C_NET_PROVIDER_H
#define C2C_NET_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

struct c2c_provider;
struct c2c_request;

/* Owns @request from here on. */
typedef void c2c_provider_fn(void *ctx, struct c2c_request *request);

struct c2c_provider_options {
    size_t max_message; /* Larger ones close the connection. */
    c2c_provider_fn *fn;
    void *ctx;
};

enum c2c_err
c2c_provider_open(const struct c2c_provider_options *options,
                  struct c2c_provider **ret_provider) C2C_MUST_CHECK;

/* Listen on an NNG URL; ipc sockets are made with mode 0600.  A stale socket
 * file is replaced; C2C_E_IN_USE when somebody answers there, C2C_E_PERMISSION,
 * C2C_E_INVAL for a bad URL. */
enum c2c_err c2c_provider_listen(struct c2c_provider *provider,
                                 const char *url) C2C_MUST_CHECK;

/* Wait until everybody who is connected has left, @wait_ms at most: closing
 * would lose replies that NNG has not written yet.  NULL is a no-op. */
void c2c_provider_drain(struct c2c_provider *provider, uint64_t wait_ms);

/* Stop taking requests; waits until @fn is not running. */
void c2c_provider_close(struct c2c_provider *provider);

struct c2c_view c2c_request_body(const struct c2c_request *request);

/* Answer and free the request.  A reply that cannot be sent is dropped: the
 * asking side asks again. */
void c2c_request_reply(struct c2c_request *request, struct c2c_view reply);

/* Free without an answer. */
void c2c_request_drop(struct c2c_request *request);

#endif /* C2C_NET_PROVIDER_H */
