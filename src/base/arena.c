#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

enum {
    CHUNK_BYTES = 16384,
    ALIGNMENT = 16
};

struct c2c_arena_chunk {
    struct c2c_arena_chunk *next;
    /* Aligned: the header is padded to ALIGNMENT. */
    uint8_t pad[ALIGNMENT - sizeof(struct c2c_arena_chunk *)];
    uint8_t bytes[];
};

void c2c_arena_init(struct c2c_arena *arena)
{
    *arena = (struct c2c_arena){0};
}

void c2c_arena_fini(struct c2c_arena *arena)
{
    while (arena->chunks != NULL) {
        struct c2c_arena_chunk *next = arena->chunks->next;

        c2c_free(arena->chunks);
        arena->chunks = next;
    }
    c2c_arena_init(arena);
}

void *c2c_arena_alloc(struct c2c_arena *arena, size_t n, size_t size)
{
    size_t want;
    void *p;

    if (n == 0 || size == 0 || n > (SIZE_MAX / 2) / size) {
        return NULL;
    }
    want = (n * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (arena->chunks == NULL || want > arena->cap - arena->used) {
        size_t cap = want > CHUNK_BYTES ? want : CHUNK_BYTES;
        struct c2c_arena_chunk *chunk = c2c_calloc(1, sizeof *chunk + cap);

        if (chunk == NULL) {
            return NULL;
        }
        chunk->next = arena->chunks;
        arena->chunks = chunk;
        arena->used = 0;
        arena->cap = cap;
    }
    p = arena->chunks->bytes + arena->used;
    arena->used += want;
    return p;
}

char *c2c_arena_dup(struct c2c_arena *arena, struct c2c_view text)
{
    char *copy = c2c_arena_alloc(arena, 1, text.n + 1);

    if (copy != NULL && text.n > 0) {
        memcpy(copy, text.p, text.n);
    }
    return copy;
}
