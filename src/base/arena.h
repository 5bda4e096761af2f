/* Memory that is given back all at once. */

#ifndef C2C_BASE_ARENA_H
#define C2C_BASE_ARENA_H

#include <stddef.h>

#include "base/view.h"

struct c2c_arena_chunk;

struct c2c_arena {
    struct c2c_arena_chunk *chunks; /* Newest first; owned. */
    size_t used;                    /* Of the newest. */
    size_t cap;
};

void c2c_arena_init(struct c2c_arena *arena);

/* Frees everything; the arena is empty and reusable. */
void c2c_arena_fini(struct c2c_arena *arena);

/* Zeroed memory for @n objects of @size bytes, aligned for any; NULL when out
 * of memory, on overflow, or for nothing. */
void *c2c_arena_alloc(struct c2c_arena *arena, size_t n, size_t size);

/* A copy of @text with a NUL. */
char *c2c_arena_dup(struct c2c_arena *arena, struct c2c_view text);

#endif /* C2C_BASE_ARENA_H */
