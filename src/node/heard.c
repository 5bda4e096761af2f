#include "node/heard.h"

#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "codec/limits.h"

struct heard {
    struct c2c_hash city;
    uint64_t seq;
    uint64_t heard_s;
};

struct c2c_heard {
    pthread_mutex_t lock;
    size_t n;
    size_t cap;
    struct heard *at; /* Ascending by city. */
};

enum c2c_err c2c_heard_new(struct c2c_heard **ret_heard)
{
    struct c2c_heard *h = c2c_calloc(1, sizeof *h);

    if (h == NULL) {
        return C2C_E_NOMEM;
    }
    (void)pthread_mutex_init(&h->lock, NULL);
    *ret_heard = h;
    return C2C_E_OK;
}

void c2c_heard_free(struct c2c_heard *h)
{
    if (h != NULL) {
        (void)pthread_mutex_destroy(&h->lock);
        c2c_free(h->at);
        c2c_free(h);
    }
}

/* Where @city is, or would be. */
static size_t place_of(const struct c2c_heard *h, const struct c2c_hash *city)
{
    size_t from = 0;
    size_t to = h->n;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (memcmp(h->at[middle].city.b, city->b, sizeof city->b) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static struct heard *make_room(struct c2c_heard *h, size_t place)
{
    void *array = h->at;

    if (h->n == C2C_MAX_LGA_MEMBERS ||
        c2c_grow(&array, h->n, &h->cap, sizeof h->at[0]) != C2C_E_OK) {
        return NULL;
    }
    h->at = array;
    memmove(h->at + place + 1, h->at + place, (h->n - place) * sizeof h->at[0]);
    h->n++;
    return &h->at[place];
}

void c2c_heard_note(struct c2c_heard *h, const struct c2c_hash *city,
                    uint64_t seq, uint64_t now_s)
{
    struct heard *heard;
    size_t place;

    (void)pthread_mutex_lock(&h->lock);
    place = place_of(h, city);
    heard = place < h->n && c2c_hash_eq(&h->at[place].city, city)
                ? &h->at[place]
                : make_room(h, place);
    if (heard != NULL) {
        *heard = (struct heard){*city, seq, now_s};
    }
    (void)pthread_mutex_unlock(&h->lock);
}

enum c2c_err c2c_heard_each(struct c2c_heard *h, c2c_heard_fn *fn, void *ctx)
{
    enum c2c_err err = C2C_E_OK;

    (void)pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < h->n && err == C2C_E_OK; i++) {
        err = fn(ctx, &h->at[i].city, h->at[i].seq, h->at[i].heard_s);
    }
    (void)pthread_mutex_unlock(&h->lock);
    return err;
}
