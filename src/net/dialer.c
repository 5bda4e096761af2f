#include "net/dialer.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <nng/supplemental/tls/tls.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/close_priv.h"
#include "net/error_priv.h"

enum {
    /* NNG doubles its wait at every attempt that fails, fast while somebody in
     * between accepts for a peer that is gone, and nobody can cut it short: so
     * its longest is what a peer that is back may have to wait.  Questions, and
     * with them handshakes, have a back-off of their own (sync/engine.h). */
    RECONNECT_MIN_MS = 250,
    RECONNECT_MAX_MS = 3000
};

/* A context, and the question that it has under way. */
struct question {
    struct c2c_dialer *dialer;
    nng_ctx context;
    bool open;
    nng_aio *aio;
    bool sending; /* Else receiving. */
    uint64_t until_ms;
    atomic_bool busy; /* Set by the asking thread, cleared by NNG's. */
    struct c2c_outcome *outcome;
};

struct c2c_dialer {
    nng_socket socket;
    struct c2c_dialer_options options;
    atomic_int pipe; /* The connection's id; 0: none. */
    atomic_int lost; /* The id of the last one that was lost. */
    atomic_bool closing;
    struct question question[];
};

struct c2c_outcome {
    uint64_t tag;
    enum c2c_err err;
    nng_msg *msg; /* NULL: none. */
};

/* On NNG's threads.  The end of a connection may be told before its beginning:
 * then the beginning does not count. */
static void connected(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
    struct c2c_dialer *d = arg;
    int id = nng_pipe_id(pipe);

    if (event == NNG_PIPE_EV_ADD_POST) {
        atomic_store(&d->pipe, id);
    } else {
        atomic_store(&d->lost, id);
    }
    if (atomic_load(&d->lost) == id) {
        (void)atomic_compare_exchange_strong(&d->pipe, &id, 0);
    }
}

static enum c2c_err outcome_error(const struct question *q, int rc)
{
    /* While we close, NNG has several words for that. */
    if (rc == NNG_ECLOSED || (rc != 0 && atomic_load(&q->dialer->closing))) {
        return C2C_E_STOPPING;
    }
    /* What could not even be sent says more than that time has passed. */
    return rc == NNG_ETIMEDOUT && q->sending ? C2C_E_UNREACHABLE
                                             : c2c_net_error(rc);
}

static void finish(struct question *q, int rc)
{
    struct c2c_outcome *outcome = q->outcome;

    outcome->err = outcome_error(q, rc);
    if (rc == 0) {
        outcome->msg = nng_aio_get_msg(q->aio);
    } else if (q->sending) {
        nng_msg_free(nng_aio_get_msg(q->aio));
    }
    q->outcome = NULL;
    atomic_store(&q->busy, false);
    q->dialer->options.fn(q->dialer->options.ctx, outcome);
}

/* Each step of a question has what is left of its time. */
static void set_timeout(struct question *q)
{
    uint64_t now_ms = c2c_clock_mono_ms();

    nng_aio_set_timeout(q->aio, now_ms < q->until_ms
                                    ? (nng_duration)(q->until_ms - now_ms)
                                    : 1);
}

/* On NNG's threads: the question has been sent, or answered, or has failed. */
static void progressed(void *arg)
{
    struct question *q = arg;
    int rc = nng_aio_result(q->aio);

    if (rc == 0 && q->sending) {
        q->sending = false;
        set_timeout(q);
        nng_ctx_recv(q->context, q->aio);
    } else {
        finish(q, rc);
    }
}

static int open_question(struct c2c_dialer *d, struct question *q)
{
    int rc = nng_ctx_open(&q->context, d->socket);

    q->dialer = d;
    q->open = rc == 0;
    if (rc == 0) {
        /* Never sent twice: a lost connection is an error instead. */
        rc = nng_ctx_set_ms(q->context, NNG_OPT_REQ_RESENDTIME,
                            NNG_DURATION_INFINITE);
    }
    return rc == 0 ? nng_aio_alloc(&q->aio, progressed, q) : rc;
}

static int set_options(struct c2c_dialer *d)
{
    int rc = nng_socket_set_size(d->socket, NNG_OPT_RECVMAXSZ,
                                 d->options.max_message);

    if (rc == 0) {
        rc = nng_socket_set_ms(d->socket, NNG_OPT_RECONNMINT, RECONNECT_MIN_MS);
    }
    if (rc == 0) {
        rc = nng_socket_set_ms(d->socket, NNG_OPT_RECONNMAXT, RECONNECT_MAX_MS);
    }
    if (rc == 0) {
        rc = nng_pipe_notify(d->socket, NNG_PIPE_EV_ADD_POST, connected, d);
    }
    return rc == 0
               ? nng_pipe_notify(d->socket, NNG_PIPE_EV_REM_POST, connected, d)
               : rc;
}

static int dial(struct c2c_dialer *d, const char *url)
{
    nng_dialer dialer;
    int rc = nng_dialer_create(&dialer, d->socket, url);

    if (rc == 0) {
        /* Only TCP has it; others need none. */
        (void)nng_dialer_set_bool(dialer, NNG_OPT_TCP_KEEPALIVE, true);
        /* Whom we talk to the session proves, not TLS. */
        (void)nng_dialer_set_int(dialer, NNG_OPT_TLS_AUTH_MODE,
                                 NNG_TLS_AUTH_MODE_NONE);
        rc = nng_dialer_start(dialer, NNG_FLAG_NONBLOCK);
    }
    return rc;
}

enum c2c_err c2c_dialer_open(const char *url,
                             const struct c2c_dialer_options *options,
                             struct c2c_dialer **ret_dialer)
{
    struct c2c_dialer *d =
        c2c_calloc(1, sizeof *d + options->questions * sizeof d->question[0]);
    int rc;

    if (d == NULL) {
        return C2C_E_NOMEM;
    }
    d->options = *options;
    rc = nng_req0_open(&d->socket);
    if (rc != 0) {
        c2c_free(d);
        return c2c_net_error(rc);
    }
    rc = set_options(d);
    for (size_t i = 0; i < options->questions && rc == 0; i++) {
        rc = open_question(d, &d->question[i]);
    }
    if (rc == 0) {
        rc = dial(d, url);
    }
    if (rc != 0) {
        c2c_dialer_close(d);
        return c2c_net_error(rc);
    }
    *ret_dialer = d;
    return C2C_E_OK;
}

void c2c_dialer_close(struct c2c_dialer *d)
{
    if (d == NULL) {
        return;
    }
    atomic_store(&d->closing, true);
    /* Closing the contexts ends what is under way; then wait for callbacks. */
    for (size_t i = 0; i < d->options.questions; i++) {
        if (d->question[i].open) {
            (void)nng_ctx_close(d->question[i].context);
        }
        if (d->question[i].aio != NULL) {
            nng_aio_stop(d->question[i].aio);
            /* Stopped between two steps: NNG then calls nobody. */
            if (d->question[i].outcome != NULL) {
                finish(&d->question[i], NNG_ECLOSED);
            }
            nng_aio_free(d->question[i].aio);
        }
    }
    if (c2c_net_close(d->socket)) {
        c2c_free(d);
    }
}

bool c2c_dialer_connected(const struct c2c_dialer *d)
{
    return atomic_load(&d->pipe) != 0;
}

static struct question *find_free(struct c2c_dialer *d)
{
    for (size_t i = 0; i < d->options.questions; i++) {
        if (!atomic_load(&d->question[i].busy)) {
            return &d->question[i];
        }
    }
    return NULL;
}

/* NULL: no memory.  A function of its own since NNG 1.5.2 loses what it is to
 * send over a pipe that is being closed (tests/lsan.supp). */
static nng_msg *make_request(struct c2c_view request)
{
    nng_msg *msg = NULL;

    if (nng_msg_alloc(&msg, 0) != 0) {
        return NULL;
    }
    if (nng_msg_append(msg, request.p, request.n) != 0) {
        nng_msg_free(msg);
        return NULL;
    }
    return msg;
}

enum c2c_err c2c_dialer_ask(struct c2c_dialer *d, uint64_t tag,
                            struct c2c_view request, uint64_t timeout_ms)
{
    struct question *q = find_free(d);
    struct c2c_outcome *outcome;
    nng_msg *msg;

    if (q == NULL) {
        return C2C_E_BUSY;
    }
    outcome = c2c_calloc(1, sizeof *outcome);
    msg = outcome == NULL ? NULL : make_request(request);
    if (msg == NULL) {
        c2c_free(outcome);
        return C2C_E_NOMEM;
    }
    outcome->tag = tag;
    q->outcome = outcome;
    q->sending = true;
    q->until_ms = c2c_clock_mono_ms() + timeout_ms;
    atomic_store(&q->busy, true);
    set_timeout(q);
    nng_aio_set_msg(q->aio, msg);
    nng_ctx_send(q->context, q->aio);
    return C2C_E_OK;
}

uint64_t c2c_outcome_tag(const struct c2c_outcome *outcome)
{
    return outcome->tag;
}

enum c2c_err c2c_outcome_err(const struct c2c_outcome *outcome)
{
    return outcome->err;
}

struct c2c_view c2c_outcome_body(const struct c2c_outcome *outcome)
{
    return outcome->msg == NULL ? (struct c2c_view){NULL, 0}
                                : c2c_view_of(nng_msg_body(outcome->msg),
                                              nng_msg_len(outcome->msg));
}

void c2c_outcome_free(struct c2c_outcome *outcome)
{
    if (outcome != NULL) {
        if (outcome->msg != NULL) {
            nng_msg_free(outcome->msg);
        }
        c2c_free(outcome);
    }
}
