#include "node/feeds.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/mem.h"
#include "node/serve.h"

struct waiting {
    struct c2c_visit *visit;
    uint64_t until_s;
};

struct c2c_feeds {
    c2c_feeds_fn *fn;
    void *ctx;
    pthread_mutex_t lock;
    uint64_t generation;
    size_t n;
    size_t max;
    struct waiting at[];
};

enum c2c_err c2c_feeds_new(c2c_feeds_fn *fn, void *ctx, size_t max,
                           struct c2c_feeds **ret_feeds)
{
    struct c2c_feeds *feeds =
        c2c_calloc(1, sizeof *feeds + max * sizeof feeds->at[0]);

    if (feeds == NULL) {
        return C2C_E_NOMEM;
    }
    feeds->fn = fn;
    feeds->ctx = ctx;
    feeds->max = max;
    (void)pthread_mutex_init(&feeds->lock, NULL);
    *ret_feeds = feeds;
    return C2C_E_OK;
}

void c2c_feeds_free(struct c2c_feeds *feeds)
{
    if (feeds == NULL) {
        return;
    }
    for (size_t i = 0; i < feeds->n; i++) {
        c2c_visit_drop(feeds->at[i].visit);
    }
    (void)pthread_mutex_destroy(&feeds->lock);
    c2c_free(feeds);
}

uint64_t c2c_feeds_generation(struct c2c_feeds *feeds)
{
    uint64_t generation;

    (void)pthread_mutex_lock(&feeds->lock);
    generation = feeds->generation;
    (void)pthread_mutex_unlock(&feeds->lock);
    return generation;
}

enum c2c_err c2c_feeds_wait(struct c2c_feeds *feeds, struct c2c_visit *visit,
                            uint64_t generation, uint64_t until_s)
{
    enum c2c_err err = C2C_E_OK;
    bool changed;

    (void)pthread_mutex_lock(&feeds->lock);
    changed = feeds->generation != generation;
    if (!changed && feeds->n == feeds->max) {
        err = C2C_E_BUSY;
    } else if (!changed) {
        feeds->at[feeds->n++] = (struct waiting){visit, until_s};
    }
    (void)pthread_mutex_unlock(&feeds->lock);
    if (changed) {
        feeds->fn(feeds->ctx, visit); /* Since we looked. */
    }
    return err;
}

/* Take one that fits out of the list; NULL: none. */
static struct c2c_visit *
take(struct c2c_feeds *feeds,
     bool (*fits)(const struct waiting *w, uint64_t what), uint64_t what)
{
    struct c2c_visit *visit = NULL;

    (void)pthread_mutex_lock(&feeds->lock);
    for (size_t i = 0; i < feeds->n && visit == NULL; i++) {
        if (fits(&feeds->at[i], what)) {
            visit = feeds->at[i].visit;
            feeds->at[i] = feeds->at[--feeds->n];
        }
    }
    (void)pthread_mutex_unlock(&feeds->lock);
    return visit;
}

static bool any(const struct waiting *w, uint64_t what)
{
    (void)w;
    (void)what;
    return true;
}

void c2c_feeds_wake(struct c2c_feeds *feeds)
{
    struct c2c_visit *visit;
    size_t n;

    (void)pthread_mutex_lock(&feeds->lock);
    feeds->generation++;
    n = feeds->n; /* Those that come back meanwhile wait again. */
    (void)pthread_mutex_unlock(&feeds->lock);
    while (n-- > 0 && (visit = take(feeds, any, 0)) != NULL) {
        feeds->fn(feeds->ctx, visit);
    }
}

static bool is_over(const struct waiting *w, uint64_t now_s)
{
    return w->until_s <= now_s;
}

void c2c_feeds_tick(struct c2c_feeds *feeds, uint64_t now_s)
{
    struct c2c_visit *visit;

    while ((visit = take(feeds, is_over, now_s)) != NULL) {
        c2c_visit_hurry(visit);
        feeds->fn(feeds->ctx, visit);
    }
}

static bool is_of(const struct waiting *w, uint64_t pipe)
{
    return c2c_visit_pipe(w->visit) == pipe;
}

void c2c_feeds_gone(struct c2c_feeds *feeds, uint32_t pipe)
{
    struct c2c_visit *visit;

    while ((visit = take(feeds, is_of, pipe)) != NULL) {
        c2c_visit_drop(visit);
    }
}
