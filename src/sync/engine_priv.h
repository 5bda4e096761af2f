/* The inside of the engine: peers, and what its files do for one another. */

#ifndef C2C_SYNC_ENGINE_PRIV_H
#define C2C_SYNC_ENGINE_PRIV_H

#include <stdbool.h>

#include "codec/limits.h"
#include "sync/apply.h"
#include "sync/collect.h"
#include "sync/engine.h"
#include "wire/changes.h"
#include "wire/feed.h"
#include "wire/push.h"
#include "wire/vector.h"

enum {
    STATUS_MS = 300000 /* Who else has our state is asked again after this. */
};

enum {
    SLOT_MAIN,  /* One thing after another. */
    SLOT_FEED,  /* What came since the cursor, then the long poll. */
    SLOT_PUSH,  /* What we bring, beside what we fetch. */
    SLOT_LANES, /* Ranges, from here on. */
    LANES_MAX = 4,
    SLOTS = SLOT_LANES + LANES_MAX
};

/* A city to be dealt with; with what is brought to a peer also the version that
 * the peer has of it. */
struct todo {
    struct c2c_hash city;
    uint64_t epoch;
    uint64_t rev;
};

/* Ascending by city, each once: never more than the roster has. */
struct todos {
    size_t n;
    size_t cap;
    struct todo *at;
};

/* A request under way; tag 0: none. */
struct slot {
    uint64_t tag;
    enum c2c_msg_kind kind;
    uint64_t deadline_ms;
};

/* A range being fetched: cities from @first to @last. */
struct lane {
    bool active;
    struct c2c_hash first;
    struct c2c_hash last;
    bool has_cursor;
    struct c2c_range_cursor cursor;
    uint8_t cursor_type[C2C_MAX_TYPE_BYTES];

    /* The city that is arriving in several parts. */
    bool staging;
    struct c2c_hash city;
    struct c2c_hash content;
    uint64_t bytes_left; /* Of what its head says there is. */
    uint64_t count_left;
};

/* A city whose records are compared one by one. */
struct heal {
    bool active;
    bool listed; /* All leaves have been compared. */
    unsigned restarts;
    struct c2c_hash city;
    struct c2c_buf head; /* That the leaves belong to. */
    bool has_opening;
    struct c2c_net_opening opening;
    bool has_after;
    struct c2c_slot after;
    uint8_t after_type[C2C_MAX_TYPE_BYTES];
    struct c2c_list_buf missing; /* Slots to be fetched ... */
    struct c2c_list_view rest;   /* ... and those that are left of them. */
    struct c2c_list_buf extra;   /* Slots that we have too many. */
    struct c2c_list_buf puts;    /* What was fetched. */
};

struct push {
    bool active;
    struct todo to;
    unsigned tries;
    bool announced; /* Its head alone was sent, with keysets that the peer may
                       lack: without them it takes no parts. */
    bool in_parts;
    bool parts_done;
    uint64_t index; /* Puts that were sent. */
    bool has_after;
    struct c2c_slot after; /* The last of them. */
    uint8_t after_type[C2C_MAX_TYPE_BYTES];
    struct c2c_hash content; /* Of the head that is sent in parts. */
    struct c2c_head sent;    /* Of the commit that is on its way. */
};

struct peer {
    bool gone; /* Its number is free. */
    char *name;
    struct c2c_hash id;
    struct c2c_peer_standing standing;
    unsigned failures; /* In a row. */
    bool connecting;
    struct slot slot[SLOTS];

    /* What the peer has said, and how far we are (advance.c). */
    bool started;
    bool hello;
    struct c2c_hello_reply info;
    bool lgas_checked; /* The LGAs' states, and our own, are asked for. */
    bool has_cursor;
    struct c2c_cursor cursor;
    bool cursor_saved;
    bool comparing;  /* The cursor is of now: vectors tell the difference. */
    bool caught_up;  /* The difference is known, and on the lists below. */
    size_t next_lga; /* Whose vector is to be compared. */
    bool with_times;
    bool lanes_done;       /* Everything was fetched once. */
    bool members_differed; /* The peer's LGA is behind, and gets ours: compare
                              again once it has it ... */
    bool compared_again;   /* ... but only once. */
    uint64_t useless;      /* Answers in a row that led to nothing. */
    bool status_known;
    struct c2c_stored theirs; /* What it stores of our own city. */
    bool own_refused;         /* It does not take our state yet. */
    struct c2c_buf join;      /* As in struct c2c_peer_options. */
    bool join_answered;       /* In this session ... */
    bool join_later;          /* ... with that it has no time now. */
    uint64_t status_at_ms;    /* When it is asked for that again. */
    struct c2c_buf holders;   /* Who has our state, of struct c2c_holder ... */
    uint64_t n_holders;       /* ... and how many. */
    uint64_t recheck_ms; /* When what was refused is tried again; 0: nothing
                            was. */

    uint64_t fed_ms;     /* When its feed was asked to wait. */
    unsigned idle_feeds; /* Answers in a row that came at once with nothing. */
    uint64_t feed_ms;    /* Not asked again before. */

    struct todos pull; /* To ask `changes` for; and what was asked: */
    struct todos asked;
    struct todos fetch;         /* Too large for that: ranges of one city. */
    struct todos deferred;      /* Dated in the future. */
    struct todos keysets;       /* Their newer keysets are lacking. */
    struct c2c_hash keysets_of; /* Whose were asked for. */
    struct todos out;           /* To be brought to the peer. */
    struct lane lane[LANES_MAX];
    struct heal heal;
    struct push push;
};

struct c2c_engine {
    struct c2c_engine_options options;
    const struct c2c_roster *roster; /* Borrowed. */
    uint64_t now_ms;
    uint64_t next_tag;
    bool await_roster;
    size_t n_peers;
    size_t peers_cap;
    struct peer **peer;

    /* Actions of this step. */
    size_t n_sends;
    size_t sends_cap;
    struct c2c_send *sends;
    size_t n_bodies;
    size_t bodies_cap;
    struct c2c_buf *bodies; /* What the sends point to. */
    size_t n_connects;
    size_t connects_cap;
    size_t *connects;
    bool changed;
    bool own_changed;
    bool roster_changed;
};

/* Lists of cities.  @ret_todo may be NULL; it lives until the next change. */
enum c2c_err c2c_todo_add(struct todos *todos, const struct c2c_hash *city,
                          struct todo **ret_todo) C2C_MUST_CHECK;
const struct todo *c2c_todo_find(const struct todos *todos,
                                 const struct c2c_hash *city);
void c2c_todo_drop(struct todos *todos, const struct c2c_hash *city);
void c2c_todo_fini(struct todos *todos);

/* A random number below @n, or 0. */
uint64_t c2c_engine_below(const struct c2c_engine *e, uint64_t n);

/* Send a request in a free slot.  @args is what the kind's encoder wrote. */
enum c2c_err c2c_peer_ask(struct c2c_engine *e, struct peer *p, unsigned slot,
                          enum c2c_msg_kind kind, struct c2c_view args,
                          uint64_t wait_ms) C2C_MUST_CHECK;

/* Ask for whatever comes next, in every free slot. */
enum c2c_err c2c_peer_advance(struct c2c_engine *e,
                              struct peer *p) C2C_MUST_CHECK;

/* Another roster than @before: for the replica, and for each peer. */
enum c2c_err
c2c_engine_new_roster(struct c2c_engine *e,
                      const struct c2c_roster *before) C2C_MUST_CHECK;
enum c2c_err
c2c_peer_new_roster(struct c2c_engine *e, struct peer *p,
                    const struct c2c_roster *before) C2C_MUST_CHECK;

/* It may take our own state now. */
void c2c_peer_retry_own(struct peer *p);

/* Find the difference anew: by the cursor, or (it is of no use) by vectors. */
void c2c_peer_compare(struct peer *p);

/* The cursor of last time, if it is about this scope and roster. */
enum c2c_err c2c_cursor_load(struct c2c_engine *e,
                             struct peer *p) C2C_MUST_CHECK;

/* Keep it once all that it stands for is held. */
enum c2c_err c2c_cursor_save(struct c2c_engine *e,
                             struct peer *p) C2C_MUST_CHECK;

enum c2c_peer_phase c2c_peer_phase(const struct peer *p);

/* Nothing is left to be fetched. */
bool c2c_peer_is_clean(const struct peer *p);

/* What to ask a peer about: LGAs and followed cities of the roster, and
 * ourselves; ascending. */
enum c2c_err c2c_engine_scope(const struct c2c_engine *e,
                              struct c2c_list_buf *scope) C2C_MUST_CHECK;
enum c2c_err c2c_engine_scope_hash(const struct c2c_engine *e,
                                   struct c2c_hash *ret_hash) C2C_MUST_CHECK;

/* Does this node take part in the network audience? */
bool c2c_engine_sees_network(const struct c2c_engine *e);

struct c2c_apply_env c2c_engine_apply_env(const struct c2c_engine *e);

/* Take over a commit, or put its city on the list for what must be done first.
 * @owner is of what is staged, NULL for a commit that has all with it. @ret_err
 * is what c2c_apply() said.  An error, unless it is ours, is the peer's: no
 * honest one gives such a commit. */
enum c2c_err c2c_peer_take(struct c2c_engine *e, struct peer *p,
                           const struct c2c_commit *commit,
                           const struct c2c_hash *owner,
                           enum c2c_err *ret_err) C2C_MUST_CHECK;

/* What a commit that was not taken over leads to. */
enum c2c_err c2c_peer_follow_up(struct peer *p, const struct c2c_commit *commit,
                                const struct c2c_hash *city,
                                enum c2c_err why) C2C_MUST_CHECK;

/* Asking, one function a step: in SLOT_MAIN, the last two in SLOT_PUSH. */
typedef enum c2c_err c2c_peer_ask_step(struct c2c_engine *e, struct peer *p);
c2c_peer_ask_step c2c_peer_ask_hello, c2c_peer_ask_lgas, c2c_ask_compare;
c2c_peer_ask_step c2c_peer_ask_changes, c2c_peer_ask_keysets, c2c_peer_ask_heal;
c2c_peer_ask_step c2c_peer_ask_status, c2c_peer_ask_join, c2c_peer_ask_push;
enum c2c_err c2c_peer_ask_feed(struct c2c_engine *e, struct peer *p,
                               unsigned slot, uint64_t wait_s) C2C_MUST_CHECK;
enum c2c_err c2c_peer_ask_range(struct c2c_engine *e, struct peer *p,
                                unsigned index) C2C_MUST_CHECK;

/* Lanes for everything in scope, or for one city. */
void c2c_lanes_start(const struct c2c_engine *e, struct peer *p);
void c2c_lane_start_city(struct peer *p, const struct c2c_hash *city);
bool c2c_lanes_active(const struct peer *p);

/* Begin to heal a city, unless another is being healed (then it waits). */
enum c2c_err c2c_heal_start(struct peer *p,
                            const struct c2c_hash *city) C2C_MUST_CHECK;
void c2c_heal_fini(struct heal *heal);

/* Bring @city to the peer, which has it at (epoch, rev). */
enum c2c_err c2c_push_add(struct peer *p, const struct c2c_hash *city,
                          uint64_t epoch, uint64_t rev) C2C_MUST_CHECK;

/* (epoch, rev, time) of a head against what the peer stores. */
bool c2c_push_is_newer(const struct c2c_head *ours,
                       const struct c2c_stored *theirs);

/* Does the peer lack our own newest state? */
enum c2c_err c2c_push_own(struct c2c_engine *e, struct peer *p) C2C_MUST_CHECK;

/* Is it to be asked to admit us? */
bool c2c_peer_wants_join(const struct peer *p);

/* Replies, one function a kind.  An answer: */
typedef enum c2c_err c2c_recv_fn(struct c2c_engine *e, struct peer *p,
                                 unsigned slot, struct c2c_view body);
c2c_recv_fn c2c_recv_hello, c2c_recv_feed, c2c_recv_vector, c2c_recv_changes;
c2c_recv_fn c2c_recv_leaves, c2c_recv_records, c2c_recv_range;
c2c_recv_fn c2c_recv_keysets, c2c_recv_status, c2c_recv_push;
c2c_recv_fn c2c_recv_push_part, c2c_recv_join;

/* A refusal: handled, or (C2C_E_UNSUPPORTED) a reason to start over. */
typedef enum c2c_err c2c_refused_fn(struct c2c_engine *e, struct peer *p,
                                    unsigned slot,
                                    const struct c2c_msg_reply *reply);
c2c_refused_fn c2c_refused_feed, c2c_refused_vector, c2c_refused_push;
c2c_refused_fn c2c_refused_city, c2c_refused_join;

#endif /* C2C_SYNC_ENGINE_PRIV_H */
