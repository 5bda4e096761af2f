/* The inside of the federation: its hubs (node/hub.c), and what they and the
 * engine's side (node/federation.c) do for one another.  On the writer's thread
 * but where said. */

#ifndef C2C_NODE_FEDERATION_PRIV_H
#define C2C_NODE_FEDERATION_PRIV_H

#include <pthread.h>

#include "node/federation.h"
#include "node/link.h"
#include "node/node_priv.h"
#include "node/replica.h"

enum {
    EVENTS_MAX = 128
};

struct hub;

/* A request that waits until its group is durable. */
struct letter {
    struct hub *hub;
    uint64_t tag;
    bool bulk;
    uint64_t deadline_ms;
    struct c2c_buf body;
};

/* A hub that this node dials; without a link its place is free. */
struct hub {
    struct c2c_federation *federation;
    char url[C2C_CONFIG_TEXT];
    struct c2c_hash id;
    struct c2c_link *link;
    unsigned life;     /* Counts links, so that none takes another's answers. */
    size_t peer;       /* The engine's number, and the place. */
    bool connect;      /* A session is wanted once the group is durable. */
    bool configured;   /* By the configuration. */
    uint64_t joined_s; /* By `join`; 0: not. */
    bool invited;      /* With an invitation. */
    bool keep;
};

struct c2c_federation {
    struct c2c_node *node;
    struct c2c_store_replica store_replica;
    struct c2c_replica replica;
    struct c2c_engine *engine;
    const struct c2c_roster *roster; /* Borrowed from the node's box. */
    size_t n_hubs;
    struct hub hub[C2C_FEDERATION_HUBS];

    /* Events for the engine that come from ourselves. */
    size_t n_events;
    struct c2c_event events[EVENTS_MAX];
    bool reset;      /* A group was taken back. */
    bool new_roster; /* An association's state has changed. */
    bool new_hubs;   /* Other hubs were joined than are dialled. */

    /* Of the group at hand. */
    struct c2c_group *group; /* While a request that writes is answered. */
    size_t n_letters;
    size_t letters_cap;
    struct letter *letters;
    bool changed;     /* Something is new for those who wait. */
    uint64_t wake_ms; /* The engine's. */
    uint64_t link_tick_ms;
    uint64_t sweep_ms;         /* When to look for what is to be deleted. */
    uint64_t sessions_tick_ms; /* By the clock that never goes back. */

    uint64_t retry_ms; /* Rest until then, by the clock that never goes back. */

    pthread_mutex_t lock; /* Guards what follows. */
    struct c2c_federation_trouble trouble;
    size_t n_standing;
    struct c2c_hub_standing standing[C2C_FEDERATION_HUBS];
};

/* Unix time, milliseconds. */
uint64_t c2c_federation_now(const struct c2c_federation *f);

/* Tell the engine, and keep what it wants done until the group is durable. */
enum c2c_err c2c_federation_step(struct c2c_federation *f,
                                 struct c2c_event *event) C2C_MUST_CHECK;

/* To be told to the engine in the next group; what does not fit is found by
 * its deadlines. */
void c2c_federation_note(struct c2c_federation *f, enum c2c_event_type type,
                         size_t peer, uint64_t tag, enum c2c_err err);

/* Put the roster in force that the store and the hubs make now, and show and
 * hide cities by it; delete what has been hidden for long (node/admitted.c). */
enum c2c_err c2c_federation_use_roster(struct c2c_federation *f) C2C_MUST_CHECK;
enum c2c_err
c2c_federation_delete_hidden(struct c2c_federation *f) C2C_MUST_CHECK;

/* Dial the hubs of the configuration; then those that the store keeps, and no
 * others (node/hub_list.c). */
enum c2c_err c2c_hubs_configure(struct c2c_federation *f) C2C_MUST_CHECK;
enum c2c_err c2c_hubs_renew(struct c2c_federation *f) C2C_MUST_CHECK;

/* What a hub's link calls, on NNG's threads. */
void c2c_hub_arrived(void *ctx, struct c2c_outcome *outcome);

/* Begin to get a session. */
void c2c_hub_connect(struct c2c_federation *f, struct hub *hub);

/* What is over with the hub's session. */
enum c2c_err c2c_hub_tick(struct c2c_federation *f,
                          struct hub *hub) C2C_MUST_CHECK;

/* Keep a request to @hub until the group is durable; then send all; or drop
 * those to @hub (NULL: all). */
enum c2c_err c2c_hub_keep_letter(struct c2c_federation *f, struct hub *hub,
                                 const struct c2c_send *send) C2C_MUST_CHECK;
void c2c_hub_send_letters(struct c2c_federation *f);
void c2c_hub_drop_letters(struct c2c_federation *f, const struct hub *hub);

#endif /* C2C_NODE_FEDERATION_PRIV_H */
