/* An initiator and a responder that pass their frames by hand. */

#ifndef C2C_TESTS_TALK_H
#define C2C_TESTS_TALK_H

#include "party.h"
#include "wire/initiator.h"
#include "wire/responder.h"

enum {
    TALK_HANDSHAKE_MS = 10000,
    TALK_QUESTIONS = 4,
    TALK_ROOM = 1 << 20
};

struct talk {
    uint64_t seed;
    struct c2c_rng rng;
    struct c2c_moment now;
    struct party hub;
    struct party city;
    struct c2c_address from; /* Where the city dials from. */
    struct c2c_responder *responder;
    struct c2c_initiator *initiator;
    struct c2c_body_zip *zip;

    /* Of the last step. */
    uint64_t ticket;
    struct c2c_step step;
    struct c2c_frame_taken taken;
    struct c2c_buf frame;   /* From the initiator. */
    struct c2c_buf plain;   /* A request's content. */
    struct c2c_buf reply;   /* From the responder. */
    struct c2c_buf content; /* For the initiator's owner. */
};

/* Hub and city know each other's keysets; the hub is pinned. */
void talk_begin(struct talk *talk);
void talk_end(struct talk *talk);

/* Another initiator in place of the one there is. */
void talk_dial(struct talk *talk, const struct c2c_hash *pin);

/* What the initiator makes: in talk->frame, with its ticket. */
enum c2c_err talk_shake(struct talk *talk);
enum c2c_err talk_ask(struct talk *talk, uint64_t tag, const char *text);

/* Give talk->frame to the responder: talk->taken, plain or reply. */
void talk_deliver(struct talk *talk);

/* The responder answers talk->taken with @text; a `keysets` request gets the
 * hub's keysets instead. */
enum c2c_err talk_answer(struct talk *talk, const char *text);
enum c2c_err talk_answer_with(struct talk *talk, struct c2c_view bytes);

/* Give talk->reply, or @err, to the initiator: talk->step. */
void talk_return(struct talk *talk, enum c2c_err err);

/* All of it: shake hands; ask and have an answer. */
void talk_open(struct talk *talk);
void talk_exchange(struct talk *talk, uint64_t tag);

#endif /* C2C_TESTS_TALK_H */
