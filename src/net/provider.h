/* The answering side of request and reply: NNG raw REP.
 *
 * NNG's threads call @fn for every request and @gone for every connection that
 * ends; both must only move what they are told into a bounded queue.  Answers
 * may be given later, from any thread, in any order.
 *
 * What a connection (a pipe) can make us hold is bounded:
 *
 *   questions  open ones, from being taken until the reply has left NNG for the
 *              system's socket buffer: over max_open the asker gets @busy
 *              instead of an answer.  (NNG itself would lose the 65th waiting
 *              reply without a word.)
 *   bytes      of open requests and of replies in NNG: over max_bytes likewise,
 *              also at the reply.  One message is always let through, so a pipe
 *              holds max_bytes and one message at most.
 *
 * What has left NNG is known from its statistics.  A snapshot costs time for
 * every pipe there is, so it is taken only when a limit seems to be reached and
 * no more than a fifth of the time; in between twice the limits hold for what
 * is unanswered and unsent together.  The system's socket buffers
 * (net.ipv4.tcp_wmem) are not in these numbers.  NNG 1.5.2 counts nothing on
 * ws:// and wss://: there a slow reader can pin as many as 64 replies, which
 * the operator has to accept in words (@uncounted). */

#ifndef C2C_NET_PROVIDER_H
#define C2C_NET_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

enum {
    C2C_PROVIDER_LISTENERS = 8
};

struct c2c_provider;
struct c2c_request;

/* Owns @request from here on. */
typedef void c2c_provider_fn(void *ctx, struct c2c_request *request);

/* No reply reaches @pipe any more: what is parked for it may be dropped.  Never
 * followed by a request of that pipe, unless one is just being handed over. */
typedef void c2c_provider_gone_fn(void *ctx, uint32_t pipe);

/* 0 and NULL: no limit, none. */
struct c2c_provider_options {
    size_t max_message;     /* Larger ones close the connection. */
    size_t max_open;        /* Questions of a pipe, at most 32. */
    size_t max_bytes;       /* Of a pipe. */
    size_t max_pipes;       /* More are closed at once. */
    size_t max_per_address; /* Not of ipc://. */
    bool uncounted;         /* Listen on ws:// and wss:// all the same. */
    const char *tls_cert;   /* PEM file with certificate and key, for tls+tcp://
                               and wss://. */
    struct c2c_view busy;   /* The refusal, in the upper layer's words; empty:
                               such requests are dropped.  Static. */
    c2c_provider_fn *fn;
    c2c_provider_gone_fn *gone;
    void *ctx;
};

enum c2c_err
c2c_provider_open(const struct c2c_provider_options *options,
                  struct c2c_provider **ret_provider) C2C_MUST_CHECK;

/* Listen on an NNG URL: ipc:// (made with mode 0600), tcp://, tls+tcp://,
 * ws://, wss://; port 0 is any that is free.  A stale socket file is replaced;
 * C2C_E_IN_USE when somebody answers there, C2C_E_PERMISSION, C2C_E_INVAL for
 * a bad URL, C2C_E_UNSUPPORTED: would be uncounted, C2C_E_TOO_BIG: more than
 * C2C_PROVIDER_LISTENERS.  Not from two threads at once. */
enum c2c_err c2c_provider_listen(struct c2c_provider *provider,
                                 const char *url) C2C_MUST_CHECK;

/* The URL of listener @i with the port that it has; NULL past the last. */
const char *c2c_provider_url(const struct c2c_provider *provider, size_t i);

/* For the status: connections now, and since the beginning the connections and
 * the questions that were refused for a limit. */
struct c2c_provider_counts {
    size_t pipes;
    uint64_t refused_pipes;
    uint64_t refused;
};

void c2c_provider_count(struct c2c_provider *provider,
                        struct c2c_provider_counts *ret_counts);

/* Wait until everybody who is connected has left, @wait_ms at most: closing
 * would lose replies that NNG has not written yet.  NULL is a no-op. */
void c2c_provider_drain(struct c2c_provider *provider, uint64_t wait_ms);

/* Stop taking requests; waits until neither @fn nor @gone is running.  Requests
 * that were handed over may still be answered (nobody hears it) or dropped. */
void c2c_provider_close(struct c2c_provider *provider);

struct c2c_view c2c_request_body(const struct c2c_request *request);

/* Its connection, and from where that comes. */
uint32_t c2c_request_pipe(const struct c2c_request *request);
struct c2c_address c2c_request_address(const struct c2c_request *request);

/* Answer and free the request.  A reply that cannot be sent is dropped: the
 * asking side asks again. */
void c2c_request_reply(struct c2c_request *request, struct c2c_view reply);

/* Free without an answer. */
void c2c_request_drop(struct c2c_request *request);

#endif /* C2C_NET_PROVIDER_H */
