#include <stdlib.h>

#include "world_priv.h"

/* The queue: a binary heap. */

static bool is_before(const struct world_event *a, const struct world_event *b)
{
    return a->when != b->when ? a->when < b->when : a->number < b->number;
}

static void swap(struct world_event *a, struct world_event *b)
{
    struct world_event t = *a;

    *a = *b;
    *b = t;
}

void enqueue(struct world *w, struct world_event event)
{
    size_t i = w->n_queue;

    if (w->n_queue == w->queue_cap) {
        w->queue_cap = w->queue_cap == 0 ? 1024 : 2 * w->queue_cap;
        w->queue = realloc(w->queue, w->queue_cap * sizeof *w->queue);
        check(w, w->queue != NULL, "out of memory");
    }
    event.number = w->next_event++;
    w->queue[w->n_queue++] = event;
    while (i > 0 && is_before(&w->queue[i], &w->queue[(i - 1) / 2])) {
        swap(&w->queue[i], &w->queue[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

struct world_event dequeue(struct world *w)
{
    struct world_event first = w->queue[0];
    size_t i = 0;

    w->queue[0] = w->queue[--w->n_queue];
    for (;;) {
        size_t least = i;

        for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++) {
            if (child < w->n_queue &&
                is_before(&w->queue[child], &w->queue[least])) {
                least = child;
            }
        }
        if (least == i) {
            return first;
        }
        swap(&w->queue[i], &w->queue[least]);
        i = least;
    }
}
