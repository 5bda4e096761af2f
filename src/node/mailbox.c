#include "node/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/mem.h"

struct c2c_mailbox {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t capacity;
    size_t first; /* Of the ring. */
    size_t n;
    bool closed;
    void *letters[];
};

enum c2c_err c2c_mailbox_new(size_t capacity, struct c2c_mailbox **ret_box)
{
    struct c2c_mailbox *box =
        c2c_calloc(1, sizeof *box + capacity * sizeof box->letters[0]);
    pthread_condattr_t attr;

    if (box == NULL) {
        return C2C_E_NOMEM;
    }
    box->capacity = capacity;
    /* These fail only for lack of memory, which Linux never reports here. */
    (void)pthread_mutex_init(&box->lock, NULL);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&box->changed, &attr);
    (void)pthread_condattr_destroy(&attr);
    *ret_box = box;
    return C2C_E_OK;
}

void c2c_mailbox_free(struct c2c_mailbox *box)
{
    if (box != NULL) {
        (void)pthread_cond_destroy(&box->changed);
        (void)pthread_mutex_destroy(&box->lock);
        c2c_free(box);
    }
}

enum c2c_err c2c_mailbox_put(struct c2c_mailbox *box, void *letter)
{
    enum c2c_err err = C2C_E_OK;

    (void)pthread_mutex_lock(&box->lock);
    if (box->closed) {
        err = C2C_E_STOPPING;
    } else if (box->n == box->capacity) {
        err = C2C_E_BUSY;
    } else {
        box->letters[(box->first + box->n++) % box->capacity] = letter;
        (void)pthread_cond_signal(&box->changed);
    }
    (void)pthread_mutex_unlock(&box->lock);
    return err;
}

static struct timespec deadline(uint64_t wait_ms)
{
    struct timespec at = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)(wait_ms / 1000);
    at.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

void *c2c_mailbox_take(struct c2c_mailbox *box, uint64_t wait_ms)
{
    struct timespec until = {0, 0};
    void *letter = NULL;
    int rc = 0;

    if (wait_ms != UINT64_MAX) {
        until = deadline(wait_ms);
    }
    (void)pthread_mutex_lock(&box->lock);
    while (box->n == 0 && !box->closed && rc != ETIMEDOUT) {
        rc = wait_ms == UINT64_MAX
                 ? pthread_cond_wait(&box->changed, &box->lock)
                 : pthread_cond_timedwait(&box->changed, &box->lock, &until);
    }
    if (box->n > 0) {
        letter = box->letters[box->first];
        box->first = (box->first + 1) % box->capacity;
        box->n--;
    }
    (void)pthread_mutex_unlock(&box->lock);
    return letter;
}

void c2c_mailbox_close(struct c2c_mailbox *box)
{
    (void)pthread_mutex_lock(&box->lock);
    box->closed = true;
    (void)pthread_cond_broadcast(&box->changed);
    (void)pthread_mutex_unlock(&box->lock);
}

bool c2c_mailbox_closed(struct c2c_mailbox *box)
{
    bool closed;

    (void)pthread_mutex_lock(&box->lock);
    closed = box->closed;
    (void)pthread_mutex_unlock(&box->lock);
    return closed;
}
