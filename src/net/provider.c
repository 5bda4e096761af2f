#define _GNU_SOURCE /* syscall() */

#include "net/provider.h"

#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/transport/ipc/ipc.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/close_priv.h"
#include "net/error_priv.h"
#include "net/listen_priv.h"
#include "net/pipes_priv.h"

enum {
    RECEIVERS = 4,      /* Requests taken in parallel. */
    UPPER_QUEUE = 8192, /* Replies on their way to their pipes' queues: with
                           none, two threads at once would lose one.  NNG
                           takes no more. */
    PAUSE_PER_SNAPSHOT = 4,
    LEAVE_MS = 5,   /* Between two looks whether everybody has left. */
    OLD_NUMBERS = 2 /* How much more is let through on old numbers. */
};

struct receiver {
    struct c2c_provider *provider;
    nng_aio *aio;
};

struct c2c_provider {
    nng_socket socket;
    struct c2c_provider_options options;
    struct receiver receiver[RECEIVERS];
    size_t n_urls;
    char url[C2C_PROVIDER_LISTENERS][C2C_LISTEN_URL];

    /* Guards what follows and is held for moments only: nothing that waits, and
     * no function of the owner's, is called meanwhile. */
    pthread_mutex_t lock;
    struct c2c_pipes pipes;
    struct c2c_provider_counts counts;
    uint64_t snapshot_after_ms;
    bool counting; /* A thread is taking a snapshot. */
    size_t users;  /* The owner until it closes, and every request. */
};

/* The message keeps the header by which raw REP finds its way back. */
struct c2c_request {
    struct c2c_provider *provider;
    nng_msg *msg;
    uint32_t pipe;
    size_t bytes;
    bool counted; /* For its pipe. */
    struct c2c_address address;
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

static void release(struct c2c_provider *p)
{
    bool last;

    (void)pthread_mutex_lock(&p->lock);
    last = --p->users == 0;
    (void)pthread_mutex_unlock(&p->lock);
    if (last) {
        c2c_pipes_fini(&p->pipes);
        (void)pthread_mutex_destroy(&p->lock);
        c2c_free(p);
    }
}

/* Note what @stat, a pipe's scope in a snapshot, says that it has sent. */
static void note_sent(struct c2c_provider *p, nng_stat *stat)
{
    nng_stat *id = nng_stat_find(stat, "id");
    nng_stat *sent = nng_stat_find(stat, "tx_msgs");
    struct c2c_pipe *pipe;

    if (id != NULL && sent != NULL) {
        pipe = c2c_pipes_find(&p->pipes, (uint32_t)nng_stat_value(id));
        if (pipe != NULL) {
            c2c_pipe_sent(pipe, nng_stat_value(sent));
        }
    }
}

/* Bring all numbers up to date.  The lock is not held. */
static void count_sent(struct c2c_provider *p)
{
    uint64_t start_ms = c2c_clock_mono_ms();
    nng_stat *stats = NULL;
    nng_stat *stat = NULL;
    uint64_t end_ms;

    if (nng_stats_get(&stats) == 0) {
        stat = nng_stat_child(stats);
    }
    end_ms = c2c_clock_mono_ms();
    (void)pthread_mutex_lock(&p->lock);
    for (; stat != NULL; stat = nng_stat_next(stat)) {
        if (strcmp(nng_stat_name(stat), "pipe") == 0) {
            note_sent(p, stat);
        }
    }
    p->counting = false;
    p->snapshot_after_ms =
        end_ms + 1 + PAUSE_PER_SNAPSHOT * (end_ms - start_ms);
    (void)pthread_mutex_unlock(&p->lock);
    if (stats != NULL) {
        nng_stats_free(stats);
    }
}

/* Is the pipe within its limits: with a @question that is counted already, or
 * with a reply of @bytes that is not?  What is unanswered is known exactly;
 * with what is unsent by @old numbers it may be more. */
static bool within(const struct c2c_provider *p, const struct c2c_pipe *pipe,
                   bool question, size_t bytes, bool old)
{
    const struct c2c_provider_options *o = &p->options;
    size_t factor = old ? OLD_NUMBERS : 1;
    size_t itself = question ? 1 : 0;

    if (question && o->max_open != 0 &&
        (pipe->unanswered > o->max_open ||
         c2c_pipe_open(pipe) > factor * o->max_open)) {
        return false;
    }
    bytes += pipe->asked_bytes;
    return o->max_bytes == 0 || c2c_pipe_open(pipe) == itself ||
           (bytes <= o->max_bytes &&
            bytes + pipe->unsent_bytes <= factor * o->max_bytes);
}

/* May the pipe have that much more?  Takes a snapshot if it matters. */
static bool may_have(struct c2c_provider *p, uint32_t id, bool question,
                     size_t bytes)
{
    struct c2c_pipe *pipe;
    bool old;
    bool may;

    (void)pthread_mutex_lock(&p->lock);
    pipe = c2c_pipes_find(&p->pipes, id);
    may = pipe == NULL || within(p, pipe, question, bytes, false);
    old = p->counting || c2c_clock_mono_ms() < p->snapshot_after_ms;
    if (!may && !old) {
        p->counting = true;
    }
    (void)pthread_mutex_unlock(&p->lock);
    if (may) {
        return true;
    }
    if (!old) {
        count_sent(p);
    }
    (void)pthread_mutex_lock(&p->lock);
    pipe = c2c_pipes_find(&p->pipes, id);
    may = pipe == NULL || within(p, pipe, question, bytes, old);
    p->counts.refused += may ? 0 : 1;
    (void)pthread_mutex_unlock(&p->lock);
    return may;
}

/* Send @msg, which stays the caller's if it cannot be. */
static bool send_message(struct c2c_provider *p, uint32_t id, nng_msg *msg)
{
    size_t bytes = nng_msg_len(msg);
    struct c2c_pipe *pipe;
    bool sent;

    (void)pthread_mutex_lock(&p->lock);
    pipe = c2c_pipes_find(&p->pipes, id);
    sent = pipe != NULL && c2c_pipe_has_room(pipe) &&
           nng_sendmsg(p->socket, msg, NNG_FLAG_NONBLOCK) == 0;
    if (sent) {
        c2c_pipe_give(pipe, bytes);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return sent;
}

/* Nobody may have looked for long what the pipe has sent: there are no limits,
 * or another thread's look is not over yet. */
static void look_for_room(struct c2c_provider *p, uint32_t id)
{
    struct c2c_pipe *pipe;
    bool full;

    (void)pthread_mutex_lock(&p->lock);
    pipe = c2c_pipes_find(&p->pipes, id);
    full = pipe != NULL && !c2c_pipe_has_room(pipe);
    (void)pthread_mutex_unlock(&p->lock);
    if (full) {
        count_sent(p);
    }
}

/* Answer with @reply in place of the request's body. */
static bool send_instead(struct c2c_request *request, struct c2c_view reply)
{
    look_for_room(request->provider, request->pipe);
    nng_msg_clear(request->msg); /* The body; the header stays. */
    if (nng_msg_append(request->msg, reply.p, reply.n) != 0 ||
        !send_message(request->provider, request->pipe, request->msg)) {
        return false;
    }
    request->msg = NULL; /* NNG's now. */
    return true;
}

/* The request counts for its pipe.  False: the pipe is gone. */
static bool count_in(struct c2c_request *request)
{
    struct c2c_provider *p = request->provider;
    struct c2c_pipe *pipe;

    (void)pthread_mutex_lock(&p->lock);
    p->users++;
    pipe = c2c_pipes_find(&p->pipes, request->pipe);
    if (pipe != NULL) {
        request->address = pipe->address;
        request->counted = true;
        c2c_pipe_ask(pipe, request->bytes);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return pipe != NULL;
}

static void count_out(struct c2c_request *request)
{
    struct c2c_provider *p = request->provider;
    struct c2c_pipe *pipe;

    (void)pthread_mutex_lock(&p->lock);
    pipe = c2c_pipes_find(&p->pipes, request->pipe);
    if (request->counted && pipe != NULL) {
        c2c_pipe_done(pipe, request->bytes);
    }
    request->counted = false;
    (void)pthread_mutex_unlock(&p->lock);
}

static void refuse(struct c2c_request *request)
{
    if (request->provider->options.busy.n > 0) {
        (void)send_instead(request, request->provider->options.busy);
    }
    c2c_request_drop(request);
}

static void hand_over(struct c2c_provider *p, nng_msg *msg)
{
    struct c2c_request *request = c2c_calloc(1, sizeof *request);

    if (request == NULL) {
        nng_msg_free(msg); /* The asking side asks again. */
        return;
    }
    request->provider = p;
    request->msg = msg;
    request->pipe = (uint32_t)nng_msg_get_pipe(msg).id;
    request->bytes = nng_msg_len(msg);
    /* Counted first: receivers that looked at once would let in one more each.
     */
    if (!count_in(request)) {
        c2c_request_drop(request);
    } else if (may_have(p, request->pipe, true, 0)) {
        p->options.fn(p->options.ctx, request);
    } else {
        refuse(request);
    }
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

/* On NNG's threads, before anything of the pipe is read: closing refuses it. */
static void connecting(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
    struct c2c_provider *p = arg;
    struct c2c_address address = c2c_listen_address(pipe);
    enum c2c_err err;

    (void)event;
    (void)pthread_mutex_lock(&p->lock);
    err = c2c_pipes_add(&p->pipes, (uint32_t)pipe.id, &address);
    p->counts.refused_pipes += err != C2C_E_OK ? 1 : 0;
    (void)pthread_mutex_unlock(&p->lock);
    if (err != C2C_E_OK) {
        (void)nng_pipe_close(pipe);
    }
}

static void disconnected(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
    struct c2c_provider *p = arg;
    bool known;

    (void)event;
    (void)pthread_mutex_lock(&p->lock);
    known = c2c_pipes_remove(&p->pipes, (uint32_t)pipe.id);
    (void)pthread_mutex_unlock(&p->lock);
    if (known && p->options.gone != NULL) {
        p->options.gone(p->options.ctx, (uint32_t)pipe.id);
    }
}

static int configure(struct c2c_provider *p)
{
    int rc = nng_socket_set_size(p->socket, NNG_OPT_RECVMAXSZ,
                                 p->options.max_message);

    if (rc == 0) {
        rc = nng_socket_set_int(p->socket, NNG_OPT_SENDBUF, UPPER_QUEUE);
    }
    if (rc == 0) {
        rc = nng_pipe_notify(p->socket, NNG_PIPE_EV_ADD_PRE, connecting, p);
    }
    if (rc == 0) {
        rc = nng_pipe_notify(p->socket, NNG_PIPE_EV_REM_POST, disconnected, p);
    }
    for (unsigned i = 0; i < RECEIVERS && rc == 0; i++) {
        p->receiver[i].provider = p;
        rc = nng_aio_alloc(&p->receiver[i].aio, received, &p->receiver[i]);
    }
    return rc;
}

enum c2c_err c2c_provider_open(const struct c2c_provider_options *options,
                               struct c2c_provider **ret_provider)
{
    struct c2c_provider *p = c2c_calloc(1, sizeof *p);
    enum c2c_err err = C2C_E_NOMEM;
    int rc;

    if (p != NULL) {
        err = c2c_pipes_init(&p->pipes, options->max_pipes,
                             options->max_per_address);
    }
    if (err != C2C_E_OK) {
        c2c_free(p);
        return err;
    }
    p->options = *options;
    p->users = 1;
    (void)pthread_mutex_init(&p->lock, NULL); /* Never fails on Linux. */
    rc = nng_rep0_open_raw(&p->socket);
    if (rc != 0) {
        release(p);
        return c2c_net_error(rc);
    }
    rc = configure(p);
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

enum c2c_err c2c_provider_listen(struct c2c_provider *p, const char *url)
{
    bool bounded = p->options.max_open != 0 || p->options.max_bytes != 0;
    enum c2c_err err;

    if (p->n_urls == C2C_PROVIDER_LISTENERS) {
        return C2C_E_TOO_BIG;
    }
    if (bounded && !p->options.uncounted && !c2c_listen_is_counted(url)) {
        return C2C_E_UNSUPPORTED;
    }
    err = c2c_listen(p->socket, url, p->options.tls_cert, p->url[p->n_urls]);
    p->n_urls += err == C2C_E_OK ? 1 : 0;
    return err;
}

const char *c2c_provider_url(const struct c2c_provider *p, size_t i)
{
    return i < p->n_urls ? p->url[i] : NULL;
}

void c2c_provider_count(struct c2c_provider *p,
                        struct c2c_provider_counts *ret_counts)
{
    (void)pthread_mutex_lock(&p->lock);
    *ret_counts = p->counts;
    ret_counts->pipes = p->pipes.n;
    (void)pthread_mutex_unlock(&p->lock);
}

void c2c_provider_drain(struct c2c_provider *p, uint64_t wait_ms)
{
    uint64_t end_ms = c2c_clock_mono_ms() + wait_ms;
    struct c2c_provider_counts counts = {.pipes = 1};

    while (p != NULL && counts.pipes > 0 && c2c_clock_mono_ms() < end_ms) {
        c2c_provider_count(p, &counts);
        if (counts.pipes > 0) {
            (void)poll(NULL, 0, LEAVE_MS);
        }
    }
}

void c2c_provider_close(struct c2c_provider *p)
{
    if (p == NULL) {
        return;
    }
    for (unsigned i = 0; i < RECEIVERS; i++) {
        if (p->receiver[i].aio != NULL) {
            nng_aio_stop(p->receiver[i].aio); /* Waits. */
        }
    }
    if (!c2c_net_close(p->socket)) { /* Waits for the pipes. */
        return;
    }
    for (unsigned i = 0; i < RECEIVERS; i++) {
        if (p->receiver[i].aio != NULL) {
            nng_aio_free(p->receiver[i].aio);
        }
    }
    release(p);
}

struct c2c_view c2c_request_body(const struct c2c_request *request)
{
    return c2c_view_of(nng_msg_body(request->msg), nng_msg_len(request->msg));
}

uint32_t c2c_request_pipe(const struct c2c_request *request)
{
    return request->pipe;
}

struct c2c_address c2c_request_address(const struct c2c_request *request)
{
    return request->address;
}

void c2c_request_reply(struct c2c_request *request, struct c2c_view reply)
{
    count_out(request); /* Its own bytes go when the reply comes. */
    if (!may_have(request->provider, request->pipe, false, reply.n)) {
        reply = request->provider->options.busy;
    }
    if (reply.n > 0) {
        (void)send_instead(request, reply);
    }
    c2c_request_drop(request);
}

void c2c_request_drop(struct c2c_request *request)
{
    struct c2c_provider *p = request->provider;

    count_out(request);
    if (request->msg != NULL) {
        nng_msg_free(request->msg);
    }
    c2c_free(request);
    release(p);
}
