/* A world of nodes in one thread, in virtual time, from one seed.
 *
 * A node is the engine (consumer) and c2c_provide() (provider) over a replica
 * in memory, with an author.  Everything that happens is an event in one queue
 * ordered by (time, number); the same seed gives the same run, byte for byte.
 *
 * After every step of a node its heads are checked: signed, and never older
 * than before; now and then also that the roots are those of its records. */

#ifndef C2C_TESTS_WORLD_H
#define C2C_TESTS_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "author.h"
#include "memrep.h"
#include "prop.h"
#include "sync/engine.h"
#include "sync/provide.h"

enum {
    WORLD_NODES = 128,
    WORLD_PEERS = 4, /* That one node dials. */
    WORLD_PARKED = 256
};

/* From one node to another. */
struct link {
    bool cut;
    unsigned loss_pct;
    unsigned dup_pct;
    unsigned min_ms;
    unsigned max_ms;
};

struct world_peer {
    unsigned node;
    size_t number;    /* Of the engine. */
    unsigned session; /* The life of the peer that it is with. */
};

struct parked {
    bool used;
    unsigned from;
    unsigned life; /* Of the asker. */
    size_t peer;   /* The asker's number of us. */
    uint64_t tag;
    uint64_t seq;
    uint64_t until_ms;
    struct c2c_buf request;
};

/* What a step wants done once the transaction is durable. */
struct pending {
    bool is_reply;
    unsigned to;
    unsigned life;
    size_t peer;
    uint64_t tag;
    struct c2c_buf body;
};

struct node {
    unsigned number;
    struct author author;
    struct memrep *store;
    struct memrep *backup;
    bool restored; /* May not sign before it knows that it is up to date. */
    bool liar;
    bool up;
    unsigned life; /* Counts restarts: what is older is void. */
    int64_t skew_ms;
    struct c2c_roster *roster;
    struct c2c_engine *engine;
    unsigned roles;
    size_t n_lgas;
    struct c2c_hash lga[4];
    size_t n_follows;
    struct c2c_hash follow[4];
    size_t n_peers;
    struct world_peer peer[WORLD_PEERS];
    size_t n_parked;
    struct parked parked[WORLD_PARKED];
    size_t n_pending;
    struct pending *pending;
    bool flush_due;
    bool roster_due;
    bool wake_due;
    uint64_t wake_ms;                  /* Of the world's clock. */
    struct c2c_head seen[WORLD_NODES]; /* By author. */
};

struct world_event;

struct world {
    struct prop rng;
    uint64_t seed;
    uint64_t now_ms;
    uint64_t events;
    size_t n_nodes;
    struct node *node[WORLD_NODES];
    struct link link[WORLD_NODES][WORLD_NODES];
    size_t n_queue;
    size_t queue_cap;
    struct world_event *queue; /* A heap. */
    uint64_t next_event;
    uint64_t instances;

    unsigned group_ms;   /* How long a transaction may stay open. */
    unsigned fail_pct;   /* How often it fails. */
    uint64_t max_reply;  /* Of bulk. */
    bool lying;          /* Liars lie. */
    bool trace;          /* Print what happens. */
    struct c2c_buf *log; /* Requests, one a line; may be NULL. */
    uint64_t bytes;      /* Of all messages. */
    uint64_t requests;
};

struct world *world_new(uint64_t seed);
void world_free(struct world *w);

/* A city or a hub (an association's node); not started yet. */
struct node *world_add(struct world *w, enum c2c_city_kind kind);
void world_trust(struct node *n, const struct node *lga);
void world_dial(struct node *n, const struct node *peer);
void world_start(struct world *w, struct node *n);

/* What is in the store becomes durable and known to the engine: after the
 * test has used the node's author. */
void world_changed(struct world *w, struct node *n);

/* May the node sign? */
bool world_may_sign(struct node *n);
uint64_t world_now_s(const struct world *w, const struct node *n);

void world_crash(struct world *w, struct node *n, uint64_t down_ms);
void world_backup(struct world *w, struct node *n);
void world_restore(struct world *w, struct node *n, uint64_t down_ms);

/* All that happens in the next @ms milliseconds. */
void world_run(struct world *w, uint64_t ms);

/* Do all honest nodes hold the newest state of all honest cities that they
 * admit?  Says (with @why) where not. */
bool world_agrees(struct world *w, bool why);

/* Somebody asks a node to go round at once. */
void world_sync(struct world *w, struct node *n);

/* Recompute what @n holds and compare it with what is signed. */
void world_check_store(struct world *w, struct node *n);

void world_fail(struct world *w, const char *what);

#endif /* C2C_TESTS_WORLD_H */
