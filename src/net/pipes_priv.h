/* The connections of a provider, and what each of them owes and is owed.
 *
 * A question is open from when it is taken until its reply has left NNG for the
 * system's socket buffer.  How many replies have left comes from NNG's
 * statistics, a snapshot of everything; between two snapshots the numbers here
 * are too high, never too low.
 *
 * No thread safety of its own: the provider's lock. */

#ifndef C2C_NET_PIPES_PRIV_H
#define C2C_NET_PIPES_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"

enum {
    C2C_PIPE_QUEUE = 64, /* Replies that NNG's raw REP holds for a pipe; more
                            are lost without a word. */
    C2C_PIPE_SPARE = 4   /* Of these, never used. */
};

struct c2c_pipe {
    struct c2c_pipe *next; /* Of its bucket. */
    uint32_t id;
    struct c2c_address address;
    size_t unanswered;   /* Questions taken, no reply given yet. */
    size_t asked_bytes;  /* Theirs. */
    uint64_t given;      /* Replies that NNG was given ... */
    uint64_t sent;       /* ... and those it has sent, as far as known. */
    size_t unsent_bytes; /* Of those in between. */
    size_t bytes[C2C_PIPE_QUEUE]; /* Of reply i at [i % QUEUE]. */
};

struct c2c_pipes {
    size_t max;
    size_t max_per_address; /* Not of local ones. */
    size_t n;
    size_t n_buckets;
    struct c2c_pipe **bucket;
};

/* 0: no limit. */
enum c2c_err c2c_pipes_init(struct c2c_pipes *pipes, size_t max,
                            size_t max_per_address) C2C_MUST_CHECK;
void c2c_pipes_fini(struct c2c_pipes *pipes);

/* C2C_E_BUSY: over a limit; C2C_E_NOMEM. */
enum c2c_err c2c_pipes_add(struct c2c_pipes *pipes, uint32_t id,
                           const struct c2c_address *address) C2C_MUST_CHECK;

/* False: it was not there. */
bool c2c_pipes_remove(struct c2c_pipes *pipes, uint32_t id);

/* NULL: gone. */
struct c2c_pipe *c2c_pipes_find(const struct c2c_pipes *pipes, uint32_t id);

/* Unanswered questions and replies that are still in NNG. */
size_t c2c_pipe_open(const struct c2c_pipe *pipe);

/* May NNG be given one more reply without losing it? */
bool c2c_pipe_has_room(const struct c2c_pipe *pipe);

/* A question of @bytes was taken; it has been answered, or dropped. */
void c2c_pipe_ask(struct c2c_pipe *pipe, size_t bytes);
void c2c_pipe_done(struct c2c_pipe *pipe, size_t bytes);

/* NNG was given a reply of @bytes (there was room); it has sent @sent. */
void c2c_pipe_give(struct c2c_pipe *pipe, size_t bytes);
void c2c_pipe_sent(struct c2c_pipe *pipe, uint64_t sent);

#endif /* C2C_NET_PIPES_PRIV_H */
