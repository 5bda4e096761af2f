#include "net/consumer.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <stdbool.h>

#include "base/mem.h"
#include "net/close_priv.h"
#include "net/error_priv.h"

enum {
    DIAL_MS = 100 /* At least: a socket that nobody holds says so at once. */
};

struct c2c_consumer {
    nng_socket socket;
    nng_dialer dialer;
    nng_aio *alarm; /* While dialing. */
    bool late;
};

static int configure(nng_socket socket,
                     const struct c2c_consumer_options *options)
{
    int rc = nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO,
                               (nng_duration)options->timeout_ms);

    if (rc == 0) {
        rc = nng_socket_set_ms(socket, NNG_OPT_SENDTIMEO,
                               (nng_duration)options->timeout_ms);
    }
    if (rc == 0) {
        rc = nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ,
                                 options->max_message);
    }
    if (rc == 0) {
        /* Never sent twice: a lost connection is an error instead. */
        rc = nng_socket_set_ms(socket, NNG_OPT_REQ_RESENDTIME,
                               NNG_DURATION_INFINITE);
    }
    return rc;
}

/* Dialing took too long: end it. */
static void ring(void *arg)
{
    struct c2c_consumer *c = arg;

    if (nng_aio_result(c->alarm) == 0) {
        c->late = true;
        (void)nng_dialer_close(c->dialer);
    }
}

/* NNG itself waits ten seconds for the greeting of a process that does not
 * run, whatever the caller's patience. */
static int dial(struct c2c_consumer *c, const char *url, uint64_t timeout_ms)
{
    int rc = nng_aio_alloc(&c->alarm, ring, c);

    if (rc == 0) {
        rc = nng_dialer_create(&c->dialer, c->socket, url);
    }
    if (rc == 0) {
        nng_sleep_aio((nng_duration)(timeout_ms < DIAL_MS ? DIAL_MS
                                                          : timeout_ms),
                      c->alarm);
        rc = nng_dialer_start(c->dialer, 0);
    }
    if (c->alarm != NULL) {
        nng_aio_stop(c->alarm); /* Waits for ring(). */
        nng_aio_free(c->alarm);
        c->alarm = NULL;
    }
    /* What failed by itself keeps its reason. */
    return c->late && (rc == 0 || rc == NNG_ECLOSED || rc == NNG_ECANCELED)
               ? NNG_ETIMEDOUT
               : rc;
}

enum c2c_err c2c_consumer_open(const char *url,
                               const struct c2c_consumer_options *options,
                               struct c2c_consumer **ret_consumer)
{
    struct c2c_consumer *c = c2c_calloc(1, sizeof *c);
    int rc;

    if (c == NULL) {
        return C2C_E_NOMEM;
    }
    rc = nng_req0_open(&c->socket);
    if (rc != 0) {
        c2c_free(c);
        return c2c_net_error(rc);
    }
    rc = configure(c->socket, options);
    if (rc == 0) {
        rc = dial(c, url, options->timeout_ms);
    }
    if (rc != 0) {
        c2c_consumer_close(c);
        return c2c_net_error(rc);
    }
    *ret_consumer = c;
    return C2C_E_OK;
}

void c2c_consumer_close(struct c2c_consumer *consumer)
{
    if (consumer != NULL) {
        if (c2c_net_close(consumer->socket)) {
            c2c_free(consumer);
        }
    }
}

enum c2c_err c2c_consumer_call(struct c2c_consumer *consumer,
                               struct c2c_view request, struct c2c_buf *reply)
{
    nng_msg *msg = NULL;
    enum c2c_err err;
    int rc = nng_msg_alloc(&msg, 0);

    if (rc == 0) {
        rc = nng_msg_append(msg, request.p, request.n);
    }
    if (rc == 0) {
        rc = nng_sendmsg(consumer->socket, msg, 0);
    }
    if (rc != 0) {
        if (msg != NULL) {
            nng_msg_free(msg);
        }
        return c2c_net_error(rc);
    }
    rc = nng_recvmsg(consumer->socket, &msg, 0);
    if (rc != 0) {
        return c2c_net_error(rc);
    }
    err = c2c_buf_put(reply, nng_msg_body(msg), nng_msg_len(msg));
    nng_msg_free(msg);
    return err;
}
