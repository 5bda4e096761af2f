/* What the files of the world share. */

#ifndef C2C_TESTS_WORLD_PRIV_H
#define C2C_TESTS_WORLD_PRIV_H

#include "world.h"

enum {
    START_S = 1700000000
};

enum event_type {
    EVENT_REQUEST,
    EVENT_REPLY,
    EVENT_CONNECTED,
    EVENT_LOST,
    EVENT_TIMER,
    EVENT_FLUSH,
    EVENT_WAKE,
    EVENT_PARK_END,
    EVENT_START
};

struct world_event {
    uint64_t when;
    uint64_t number;
    enum event_type type;
    unsigned to;
    unsigned to_life;
    unsigned from;
    unsigned from_life;
    size_t peer; /* The asker's number of the answerer. */
    uint64_t tag;
    struct c2c_buf body;
};

/* Events in the order of (when, number). */
void enqueue(struct world *w, struct world_event event);
struct world_event dequeue(struct world *w);

/* Whose store it is, for check_head(). */
struct watch {
    struct world *w;
    struct node *n;
};

extern struct watch watches[WORLD_NODES];

void check(struct world *w, bool holds, const char *what);
const char *name_of(const struct node *n, char out[16]);
uint64_t node_ms(const struct world *w, const struct node *n);
void check_head(void *ctx, const struct c2c_replica *r,
                const struct c2c_hash *city);
void see_anew(struct world *w, struct node *n);
void check_bounds(struct world *w, const struct node *n);

#endif /* C2C_TESTS_WORLD_PRIV_H */
