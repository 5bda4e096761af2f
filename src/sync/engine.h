/* The consumer side: events in, actions out.  No socket, SQL, clock, thread or
 * log; time comes with each event, randomness and storage through interfaces.
 *
 * For each peer it says hello, brings the LGAs' own states up to date, finds
 * the difference (cursor, else vector, else range), fetches it, pushes what the
 * peer lacks (our own state first), and then follows the feed.
 *
 *      IDLE -> HELLO -> LGA -> CATCH_UP -> PULL -> PUSH -> LIVE
 *        ^________________________ any failure: back-off with jitter
 *
 * A peer's phase is not kept but follows from what is still to be done: after
 * every event the first of these steps that is not finished is the one to ask
 * for (sync/advance.c).
 *
 * Writing happens through the replica inside the caller's transaction.  Actions
 * may be carried out only after that transaction is durable; when it fails the
 * caller sends C2C_EV_RESET and every peer starts again from what is held. */

#ifndef C2C_SYNC_ENGINE_H
#define C2C_SYNC_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/view.h"
#include "sync/replica.h"
#include "sync/roster.h"
#include "wire/message.h"
#include "wire/push.h"

struct c2c_engine;

struct c2c_engine_options {
    struct c2c_hash self;
    struct c2c_uuid instance; /* Of our store, for `hello`. */
    unsigned roles;
    const struct c2c_replica *replica;
    const struct c2c_rng *rng;
    unsigned lanes;     /* Ranges fetched at once while bootstrapping. */
    uint64_t max_reply; /* Bytes asked for in one bulk reply. */
};

/* A peer that this node dials. */
struct c2c_peer_options {
    struct c2c_view name; /* Its address; names its cursor in the replica. */
    struct c2c_hash id;   /* Whom the session has shown it to be. */
    struct c2c_view join; /* Arguments of a `join` (wire/push.h), asked until it
                             says that we are its member; empty: never. */
};

enum c2c_event_type {
    C2C_EV_TICK,
    C2C_EV_CONNECTED, /* A session with @peer stands. */
    C2C_EV_LOST,      /* It is gone, or could not be had (@err); everything
                         under way is void. */
    C2C_EV_REPLY,     /* @body is the reply to request @tag. */
    C2C_EV_FAILED,    /* Request @tag got no reply (@err). */
    C2C_EV_CHANGED,   /* Our own state changed. */
    C2C_EV_ROSTER,    /* @roster replaces the one before (which must still be
                         valid during this step). */
    C2C_EV_SYNC,      /* Somebody waits: go round now, without back-off. */
    C2C_EV_RESET      /* The transaction of earlier steps failed. */
};

struct c2c_event {
    enum c2c_event_type type;
    uint64_t now_ms; /* The only clock the engine sees; may be set back. */
    size_t peer;     /* Of c2c_engine_add(). */
    uint64_t tag;
    struct c2c_view body;
    enum c2c_err err;
    const struct c2c_roster *roster;
};

/* A request to be sent to a peer. */
struct c2c_send {
    size_t peer;
    uint64_t tag;
    bool bulk;            /* On the second connection. */
    struct c2c_view body; /* A request (wire/message.h). */
    uint64_t deadline_ms; /* C2C_EV_FAILED with C2C_E_TIMEOUT after this. */
};

/* What to do now.  Borrowed from the engine until the next step. */
struct c2c_actions {
    const struct c2c_send *sends;
    size_t n_sends;
    const size_t *connects; /* Peers to get a session with. */
    size_t n_connects;
    bool changed;     /* The replica was written to: feeds may wake up. */
    bool own_changed; /* Our own newest state came from a peer: this store had
                         been older. */
    bool roster_changed; /* An LGA's state changed: build a roster, then
                            C2C_EV_ROSTER. */
    uint64_t wake_ms;    /* C2C_EV_TICK no later than this. */
};

enum c2c_err c2c_engine_new(const struct c2c_engine_options *options,
                            const struct c2c_roster *roster,
                            struct c2c_engine **ret_engine) C2C_MUST_CHECK;
void c2c_engine_free(struct c2c_engine *engine);

/* Copies @options.  The number is the smallest that is free, from 0 on. */
enum c2c_err c2c_engine_add(struct c2c_engine *engine,
                            const struct c2c_peer_options *options,
                            size_t *ret_peer) C2C_MUST_CHECK;

/* Forget a peer; its number is free.  Replies to it are of no use. */
void c2c_engine_drop(struct c2c_engine *engine, size_t peer);

/* Errors are ours alone (out of memory, storage); what peers do wrong ends in
 * their standing. */
enum c2c_err c2c_engine_step(struct c2c_engine *engine,
                             const struct c2c_event *event,
                             struct c2c_actions *ret_actions) C2C_MUST_CHECK;

/* How things stand with a peer, for people. */
enum c2c_peer_phase {
    C2C_PHASE_IDLE,
    C2C_PHASE_HELLO,
    C2C_PHASE_LGA,
    C2C_PHASE_CATCH_UP,
    C2C_PHASE_PULL,
    C2C_PHASE_PUSH,
    C2C_PHASE_LIVE
};

struct c2c_peer_standing {
    enum c2c_peer_phase phase;
    bool connected;
    bool current;        /* We hold every head it has offered. */
    bool has_ours;       /* It has durably stored our newest head. */
    uint64_t ours_at_ms; /* When it last confirmed that. */
    uint64_t heard_ms;   /* Its last reply; 0: never. */
    uint64_t synced_ms;  /* When the last round that was asked for with
                            C2C_EV_SYNC, or the first one, was finished. */
    uint64_t retry_ms;   /* While idle: when it is tried next. */
    uint64_t failed_ms;  /* When a try failed last; 0: none has. */
    bool join_known;     /* What it last said to our request to join: */
    enum c2c_join_state join;
    uint64_t join_since_s;
    bool no_lga; /* It said that it is no association: it admits nobody. */
    enum c2c_err refused; /* What it refused last, or why the last try
                             failed; C2C_E_OK after a success. */
    uint64_t bad;         /* Replies that were wrong (forged, malformed). */
    uint64_t pulled;      /* Commits taken over. */
    uint64_t bytes_in;    /* Bodies received. */
    uint64_t bytes_out;
};

void c2c_engine_standing(const struct c2c_engine *engine, size_t peer,
                         struct c2c_peer_standing *ret_standing);

/* Who has our newest state, and who has not, as the peer told (of struct
 * c2c_holder).  Lives until the next step. */
struct c2c_list_view c2c_engine_holders(const struct c2c_engine *engine,
                                        size_t peer);

/* Has a peer that is up to date shown that it has no newer state of our own
 * city than this store?  Before that a restored store must not sign.  Where
 * LGAs are among the peers, only they are believed. */
bool c2c_engine_own_is_newest(const struct c2c_engine *engine);

/* Bytes the engine itself holds on to for @peer: bounded, whatever it sends. */
size_t c2c_engine_memory(const struct c2c_engine *engine, size_t peer);

#endif /* C2C_SYNC_ENGINE_H */
