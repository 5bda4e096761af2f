/* The asking side of sessions: one peer, frames in and out (PROTOCOL
 * "Session").  No socket and no clock.
 *
 *   IDLE --begin--> SHAKING --proof holds--> READY --first question--> OPENING
 *    ^                 |                                                  |
 *    |                 +--keyset unknown--> ASKING (anonymously)     its reply
 *    |                                         |                          |
 *    +-------- LEARNT, STRANGER, LOST ---------+------------------------ OPEN
 *
 * A frame that is to be sent comes with a ticket; its outcome, whatever comes
 * first, is given back with it.  What comes back for a ticket that is over is
 * ignored.
 *
 * Whom we talk to is decided here: nothing of ours, not even our own proof,
 * goes to a peer that has not proved to be the pinned city.
 *
 * One thread at a time. */

#ifndef C2C_WIRE_INITIATOR_H
#define C2C_WIRE_INITIATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/view.h"
#include "wire/peer.h"

struct c2c_initiator;

struct c2c_initiator_options {
    struct c2c_credentials self; /* As c2c_initiator_identify(). */
    const struct c2c_rng *rng;   /* Borrowed. */
    const struct c2c_hash *pin;  /* Copied; NULL: nobody yet. */
    uint64_t handshake_ms;       /* For each of its steps. */
    size_t max_questions;        /* At once. */
    size_t max_reply;            /* Bytes of a reply's content. */
};

enum c2c_step_event {
    C2C_STEP_NOTHING,
    C2C_STEP_READY,    /* The peer is the pinned city: ask. */
    C2C_STEP_REPLY,    /* To question @tag; its content is in @content. */
    C2C_STEP_FAILED,   /* Question @tag has no reply, for @err. */
    C2C_STEP_LOST,     /* No session any more, for @err, and no reply to what
                          was under way: begin again. */
    C2C_STEP_STRANGER, /* The peer has proved to be @city, and nobody is
                          pinned: c2c_initiator_pin() if that is right, then
                          begin again. */
    C2C_STEP_LEARNT    /* Keysets of @city that are new to the keyring, proved,
                          are in @content as the body of a `keysets` reply: keep
                          them, then begin again. */
};

struct c2c_step {
    enum c2c_step_event event;
    uint64_t tag;
    enum c2c_err err;
    struct c2c_hash city;
    bool send; /* The frame in @frame, with this ticket. */
    uint64_t ticket;
};

enum c2c_err
c2c_initiator_new(const struct c2c_initiator_options *options,
                  struct c2c_initiator **ret_initiator) C2C_MUST_CHECK;

/* Wipes all keys. */
void c2c_initiator_free(struct c2c_initiator *initiator);

/* Show @self from the next handshake on.  Borrowed until replaced.  True: a
 * handshake was under way and has ended without a word. */
bool c2c_initiator_identify(struct c2c_initiator *initiator,
                            const struct c2c_credentials *self);

void c2c_initiator_pin(struct c2c_initiator *initiator,
                       const struct c2c_hash *city);

/* Is there a session, so that questions may be asked? */
bool c2c_initiator_is_open(const struct c2c_initiator *initiator);

/* Drop what there is and begin a handshake: append a frame to send. */
enum c2c_err c2c_initiator_begin(struct c2c_initiator *initiator,
                                 const struct c2c_moment *now,
                                 struct c2c_buf *frame,
                                 uint64_t *ret_ticket) C2C_MUST_CHECK;

struct c2c_question {
    uint64_t tag;
    uint64_t deadline_ms;
    struct c2c_view content; /* A request (wire/message.h). */
    bool padded;             /* Not wholly public: wire/body.h. */
};

/* Append the frame that asks @question.
 *
 * C2C_E_BUSY: too many under way, or the first one of this session is (its
 * frame completes the handshake, and no other may overtake it).
 * C2C_E_NO_SESSION, C2C_E_EXPIRED, C2C_E_EXHAUSTED: begin again.  C2C_E_TOO_BIG
 * (the limit of @frame), C2C_E_NOMEM. */
enum c2c_err c2c_initiator_ask(struct c2c_initiator *initiator,
                               const struct c2c_moment *now,
                               const struct c2c_question *question,
                               struct c2c_buf *frame,
                               uint64_t *ret_ticket) C2C_MUST_CHECK;

/* What has come for @ticket: @reply, unless @err says why nothing has.
 * @content and @frame are empty buffers. */
void c2c_initiator_take(struct c2c_initiator *initiator,
                        const struct c2c_keyring *keyring,
                        const struct c2c_moment *now, uint64_t ticket,
                        enum c2c_err err, struct c2c_view reply,
                        struct c2c_buf *content, struct c2c_buf *frame,
                        struct c2c_step *ret_step);

/* What is over at @now, one thing at a time: call it until nothing is. */
void c2c_initiator_tick(struct c2c_initiator *initiator,
                        const struct c2c_moment *now,
                        struct c2c_step *ret_step);

#endif /* C2C_WIRE_INITIATOR_H */
