#include "base/mem.h"
#include "net/pipes_priv.h"

enum {
    MAX_BUCKETS = 4096
};

enum c2c_err c2c_pipes_init(struct c2c_pipes *pipes, size_t max,
                            size_t max_per_address)
{
    size_t n = max == 0 || max > MAX_BUCKETS ? MAX_BUCKETS : max;
    struct c2c_pipe **bucket = c2c_calloc(n, sizeof(struct c2c_pipe *));

    if (bucket == NULL) {
        return C2C_E_NOMEM;
    }
    *pipes = (struct c2c_pipes){.max = max,
                                .max_per_address = max_per_address,
                                .n_buckets = n,
                                .bucket = bucket};
    return C2C_E_OK;
}

void c2c_pipes_fini(struct c2c_pipes *pipes)
{
    for (size_t i = 0; i < pipes->n_buckets; i++) {
        while (pipes->bucket[i] != NULL) {
            struct c2c_pipe *pipe = pipes->bucket[i];

            pipes->bucket[i] = pipe->next;
            c2c_free(pipe);
        }
    }
    c2c_free(pipes->bucket);
    *pipes = (struct c2c_pipes){.max = 0};
}

static size_t count_site(const struct c2c_pipes *pipes,
                         const struct c2c_address *address)
{
    size_t n = 0;

    for (size_t i = 0; i < pipes->n_buckets; i++) {
        const struct c2c_pipe *pipe = pipes->bucket[i];

        for (; pipe != NULL; pipe = pipe->next) {
            n += c2c_address_same_site(&pipe->address, address) ? 1 : 0;
        }
    }
    return n;
}

static bool is_full(const struct c2c_pipes *pipes,
                    const struct c2c_address *address)
{
    if (pipes->max != 0 && pipes->n >= pipes->max) {
        return true;
    }
    return pipes->max_per_address != 0 && !c2c_address_is_local(address) &&
           count_site(pipes, address) >= pipes->max_per_address;
}

enum c2c_err c2c_pipes_add(struct c2c_pipes *pipes, uint32_t id,
                           const struct c2c_address *address)
{
    struct c2c_pipe **bucket = &pipes->bucket[id % pipes->n_buckets];
    struct c2c_pipe *pipe;

    if (is_full(pipes, address)) {
        return C2C_E_BUSY;
    }
    pipe = c2c_calloc(1, sizeof *pipe);
    if (pipe == NULL) {
        return C2C_E_NOMEM;
    }
    pipe->id = id;
    pipe->address = *address;
    pipe->next = *bucket;
    *bucket = pipe;
    pipes->n++;
    return C2C_E_OK;
}

bool c2c_pipes_remove(struct c2c_pipes *pipes, uint32_t id)
{
    struct c2c_pipe **at = &pipes->bucket[id % pipes->n_buckets];

    for (; *at != NULL; at = &(*at)->next) {
        struct c2c_pipe *pipe = *at;

        if (pipe->id == id) {
            *at = pipe->next;
            pipes->n--;
            c2c_free(pipe);
            return true;
        }
    }
    return false;
}

struct c2c_pipe *c2c_pipes_find(const struct c2c_pipes *pipes, uint32_t id)
{
    struct c2c_pipe *pipe = pipes->bucket[id % pipes->n_buckets];

    while (pipe != NULL && pipe->id != id) {
        pipe = pipe->next;
    }
    return pipe;
}

/* Replies in NNG. */
static size_t unsent(const struct c2c_pipe *pipe)
{
    return (size_t)(pipe->given - pipe->sent);
}

size_t c2c_pipe_open(const struct c2c_pipe *pipe)
{
    return pipe->unanswered + unsent(pipe);
}

bool c2c_pipe_has_room(const struct c2c_pipe *pipe)
{
    return unsent(pipe) < C2C_PIPE_QUEUE - C2C_PIPE_SPARE;
}

void c2c_pipe_ask(struct c2c_pipe *pipe, size_t bytes)
{
    pipe->unanswered++;
    pipe->asked_bytes += bytes;
}

void c2c_pipe_done(struct c2c_pipe *pipe, size_t bytes)
{
    pipe->unanswered--;
    pipe->asked_bytes -= bytes;
}

void c2c_pipe_give(struct c2c_pipe *pipe, size_t bytes)
{
    pipe->bytes[pipe->given++ % C2C_PIPE_QUEUE] = bytes;
    pipe->unsent_bytes += bytes;
}

void c2c_pipe_sent(struct c2c_pipe *pipe, uint64_t sent)
{
    /* A reply may have been sent before c2c_pipe_give() has said so. */
    for (; pipe->sent < sent && pipe->sent < pipe->given; pipe->sent++) {
        pipe->unsent_bytes -= pipe->bytes[pipe->sent % C2C_PIPE_QUEUE];
    }
}
