#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/close_priv.h"

enum {
    PATIENCE_S = 5
};

/* NNG ends connections one after another: once one does not end, none does. */
static atomic_bool stuck;

/* Shared by who waits and the thread that closes; the last one frees it. */
struct closing {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    nng_socket socket;
    bool closed;
    bool left;
};

static void closing_free(struct closing *c)
{
    (void)pthread_cond_destroy(&c->changed);
    (void)pthread_mutex_destroy(&c->lock);
    c2c_free(c);
}

static void *run(void *arg)
{
    struct closing *c = arg;
    bool left;

    (void)nng_close(c->socket);
    (void)pthread_mutex_lock(&c->lock);
    c->closed = true;
    left = c->left;
    (void)pthread_cond_signal(&c->changed);
    (void)pthread_mutex_unlock(&c->lock);
    if (left) {
        closing_free(c);
    }
    return NULL;
}

static bool await(struct closing *c, unsigned patience_s)
{
    struct timespec end;
    int rc = 0;
    bool closed;

    (void)clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += patience_s;
    (void)pthread_mutex_lock(&c->lock);
    while (!c->closed && rc == 0) {
        rc = pthread_cond_timedwait(&c->changed, &c->lock, &end);
    }
    closed = c->closed;
    c->left = !closed;
    (void)pthread_mutex_unlock(&c->lock);
    return closed;
}

bool c2c_net_close_within(nng_socket socket, unsigned patience_s)
{
    struct closing *c = c2c_calloc(1, sizeof *c);
    pthread_t thread;
    bool closed;

    if (c == NULL) {
        (void)nng_close(socket);
        return true;
    }
    (void)pthread_mutex_init(&c->lock, NULL);
    (void)pthread_cond_init(&c->changed, NULL);
    c->socket = socket;
    if (pthread_create(&thread, NULL, run, c) != 0) {
        (void)nng_close(socket);
        closing_free(c);
        return true;
    }
    closed = await(c, patience_s);
    if (closed) {
        (void)pthread_join(thread, NULL);
        closing_free(c);
    } else {
        (void)pthread_detach(thread);
    }
    return closed;
}

bool c2c_net_close(nng_socket socket)
{
    bool closed =
        c2c_net_close_within(socket, atomic_load(&stuck) ? 0 : PATIENCE_S);

    if (!closed && !atomic_exchange(&stuck, true)) {
        c2c_log(C2C_LOG_ERR, "net", "connections do not end any more");
    }
    return closed;
}
