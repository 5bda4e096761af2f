#define _GNU_SOURCE /* syscall() */

#include "net/provider.h"

#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/transport/ipc/ipc.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/error_priv.h"

enum {
    RECEIVERS = 4, /* Requests taken in parallel. */
    /* Replies on their way to their connections.  NNG's queue has no room
     * unless one is asked for: a reply that comes while another is passed on
     * would then be lost. */
    REPLIES = 8192, /* NNG takes no more. */
    LEAVE_MS = 5    /* Between two looks whether everybody has left. */
};

struct receiver {
    struct c2c_provider *provider;
    nng_aio *aio;
};

struct c2c_provider {
    nng_socket socket;
    struct c2c_provider_options options;
    atomic_int connections;
    struct receiver receiver[RECEIVERS];
};

/* The message keeps the header by which raw REP finds its way back. */
struct c2c_request {
    nng_socket socket;
    nng_msg *msg;
};

/* Stands before the C library's, for NNG too.
 *
 * When a connection goes away before NNG 1.5 has greeted it, NNG takes the
 * EPIPE of its greeting for the end of its listener and never accepts anybody
 * again: whoever connects and hangs up at once would shut everybody out.
 * ECONNRESET, which means the same of a connection, it passes over. */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t n = syscall(SYS_sendmsg, fd, message, flags);

    if (n < 0 && errno == EPIPE) {
        errno = ECONNRESET;
    }
    return n;
}

static void hand_over(struct c2c_provider *provider, nng_msg *msg)
{
    struct c2c_request *request = c2c_calloc(1, sizeof *request);

    if (request == NULL) {
        nng_msg_free(msg); /* The asking side asks again. */
        return;
    }
    request->socket = provider->socket;
    request->msg = msg;
    provider->options.fn(provider->options.ctx, request);
}

/* On NNG's threads. */
static void received(void *arg)
{
    struct receiver *r = arg;

    if (nng_aio_result(r->aio) == 0) {
        hand_over(r->provider, nng_aio_get_msg(r->aio));
    } else if (nng_aio_result(r->aio) == NNG_ECLOSED ||
               nng_aio_result(r->aio) == NNG_ECANCELED) {
        return;
    }
    nng_recv_aio(r->provider->socket, r->aio);
}

static void came(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
    struct c2c_provider *provider = arg;

    (void)pipe;
    (void)event;
    (void)atomic_fetch_add(&provider->connections, 1);
}

static void left(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
    struct c2c_provider *provider = arg;

    (void)pipe;
    (void)event;
    (void)atomic_fetch_sub(&provider->connections, 1);
}

static int configure(struct c2c_provider *p)
{
    int rc = nng_socket_set_size(p->socket, NNG_OPT_RECVMAXSZ,
                                 p->options.max_message);

    if (rc == 0) {
        rc = nng_socket_set_int(p->socket, NNG_OPT_SENDBUF, REPLIES);
    }
    if (rc == 0) {
        rc = nng_pipe_notify(p->socket, NNG_PIPE_EV_ADD_POST, came, p);
    }
    if (rc == 0) {
        rc = nng_pipe_notify(p->socket, NNG_PIPE_EV_REM_POST, left, p);
    }
    return rc;
}

enum c2c_err c2c_provider_open(const struct c2c_provider_options *options,
                               struct c2c_provider **ret_provider)
{
    struct c2c_provider *p = c2c_calloc(1, sizeof *p);
    int rc;

    if (p == NULL) {
        return C2C_E_NOMEM;
    }
    p->options = *options;
    rc = nng_rep0_open_raw(&p->socket);
    if (rc != 0) {
        c2c_free(p);
        return c2c_net_error(rc);
    }
    rc = configure(p);
    for (unsigned i = 0; i < RECEIVERS && rc == 0; i++) {
        p->receiver[i].provider = p;
        rc = nng_aio_alloc(&p->receiver[i].aio, received, &p->receiver[i]);
    }
    if (rc != 0) {
        c2c_provider_close(p);
        return c2c_net_error(rc);
    }
    for (unsigned i = 0; i < RECEIVERS; i++) {
        nng_recv_aio(p->socket, p->receiver[i].aio);
    }
    *ret_provider = p;
    return C2C_E_OK;
}

enum c2c_err c2c_provider_listen(struct c2c_provider *provider, const char *url)
{
    nng_listener listener;
    int rc = nng_listener_create(&listener, provider->socket, url);

    if (rc != 0) {
        return c2c_net_error(rc);
    }
    if (strncmp(url, "ipc://", 6) == 0) {
        rc = nng_listener_set_int(listener, NNG_OPT_IPC_PERMISSIONS, 0600);
    }
    if (rc == 0) {
        rc = nng_listener_start(listener, 0);
    }
    if (rc != 0) {
        (void)nng_listener_close(listener);
    }
    return c2c_net_error(rc);
}

void c2c_provider_drain(struct c2c_provider *provider, uint64_t wait_ms)
{
    uint64_t end_ms = c2c_clock_mono_ms() + wait_ms;

    while (provider != NULL && atomic_load(&provider->connections) > 0 &&
           c2c_clock_mono_ms() < end_ms) {
        (void)poll(NULL, 0, LEAVE_MS);
    }
}

void c2c_provider_close(struct c2c_provider *provider)
{
    if (provider == NULL) {
        return;
    }
    for (unsigned i = 0; i < RECEIVERS; i++) {
        if (provider->receiver[i].aio != NULL) {
            nng_aio_stop(provider->receiver[i].aio); /* Waits. */
        }
    }
    (void)nng_close(provider->socket);
    for (unsigned i = 0; i < RECEIVERS; i++) {
        if (provider->receiver[i].aio != NULL) {
            nng_aio_free(provider->receiver[i].aio);
        }
    }
    c2c_free(provider);
}

struct c2c_view c2c_request_body(const struct c2c_request *request)
{
    return c2c_view_of(nng_msg_body(request->msg), nng_msg_len(request->msg));
}

void c2c_request_reply(struct c2c_request *request, struct c2c_view reply)
{
    nng_msg_clear(request->msg); /* The body; the header stays. */
    if (nng_msg_append(request->msg, reply.p, reply.n) == 0 &&
        nng_sendmsg(request->socket, request->msg, NNG_FLAG_NONBLOCK) == 0) {
        request->msg = NULL; /* NNG's now. */
    }
    c2c_request_drop(request);
}

void c2c_request_drop(struct c2c_request *request)
{
    if (request->msg != NULL) {
        nng_msg_free(request->msg);
    }
    c2c_free(request);
}
