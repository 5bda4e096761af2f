#include "node/feeds.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/mem.h"
#include "node/serve.h"

struct waiting {
    struct c2c_visit *visit;
    uint64_t until_s;
    struct waiting *next;
};

struct c2c_feeds {
    c2c_feeds_fn *fn;
    void *ctx;
    pthread_mutex_t lock;
    uint64_t generation;
    size_t n;
    size_t max;
    struct waiting *first; /* Who has waited for longest. */
    struct waiting **end;
    struct waiting *unused;
    struct waiting place[];
};

enum c2c_err c2c_feeds_new(c2c_feeds_fn *fn, void *ctx, size_t max,
                           struct c2c_feeds **ret_feeds)
{
    struct c2c_feeds *feeds =
        c2c_calloc(1, sizeof *feeds + max * sizeof feeds->place[0]);

    if (feeds == NULL) {
        return C2C_E_NOMEM;
    }
    feeds->fn = fn;
    feeds->ctx = ctx;
    feeds->max = max;
    feeds->end = &feeds->first;
    for (size_t i = 0; i < max; i++) {
        feeds->place[i].next = feeds->unused;
        feeds->unused = &feeds->place[i];
    }
    (void)pthread_mutex_init(&feeds->lock, NULL);
    *ret_feeds = feeds;
    return C2C_E_OK;
}

void c2c_feeds_free(struct c2c_feeds *feeds)
{
    if (feeds == NULL) {
        return;
    }
    for (struct waiting *w = feeds->first; w != NULL; w = w->next) {
        c2c_visit_drop(w->visit);
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

/* Behind all others. */
static void join(struct c2c_feeds *feeds, struct c2c_visit *visit,
                 uint64_t until_s)
{
    struct waiting *w = feeds->unused;

    feeds->unused = w->next;
    *w = (struct waiting){.visit = visit, .until_s = until_s};
    *feeds->end = w;
    feeds->end = &w->next;
    feeds->n++;
}

/* Leave the line at *@at. */
static struct c2c_visit *leave(struct c2c_feeds *feeds, struct waiting **at)
{
    struct waiting *w = *at;

    *at = w->next;
    if (feeds->end == &w->next) {
        feeds->end = at;
    }
    w->next = feeds->unused;
    feeds->unused = w;
    feeds->n--;
    return w->visit;
}

/* Anybody may come from many addresses: strangers leave half of the places. */
static bool is_full(const struct c2c_feeds *feeds, bool stranger)
{
    return feeds->n >= (stranger ? feeds->max / 2 : feeds->max);
}

enum c2c_err c2c_feeds_wait(struct c2c_feeds *feeds, struct c2c_visit *visit,
                            const struct c2c_feeds_wish *wish)
{
    enum c2c_err err = C2C_E_OK;
    bool changed;

    (void)pthread_mutex_lock(&feeds->lock);
    changed = feeds->generation != wish->generation;
    if (!changed && is_full(feeds, wish->stranger)) {
        err = C2C_E_BUSY;
    } else if (!changed) {
        join(feeds, visit, wish->until_s);
    }
    (void)pthread_mutex_unlock(&feeds->lock);
    if (changed) {
        feeds->fn(feeds->ctx, visit); /* Since we looked. */
    }
    return err;
}

/* Take the first one that fits out of the line; NULL: none. */
static struct c2c_visit *
take(struct c2c_feeds *feeds,
     bool (*fits)(const struct waiting *w, uint64_t what), uint64_t what)
{
    struct c2c_visit *visit = NULL;
    struct waiting **at = &feeds->first;

    (void)pthread_mutex_lock(&feeds->lock);
    while (*at != NULL && !fits(*at, what)) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        visit = leave(feeds, at);
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
    n = feeds->n; /* Those that come back meanwhile stand behind these. */
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
