/* The answering side of sessions: a table of them, frames in, requests and
 * frames out (PROTOCOL "Session").  No socket and no clock: time comes with
 * each call, and so does the address, for the caps.
 *
 * Everything is bounded.  Handshakes: per address a new one is refused (BUSY),
 * in all the oldest gives way, and each has a deadline.  Sessions: of strangers
 * (whose city is not proved) per address and in all, of cities per city and in
 * all; the one that was idle for longest gives way.  Who loses a session is
 * told NO_SESSION at its next request and shakes hands again.
 *
 * One thread at a time. */

#ifndef C2C_WIRE_RESPONDER_H
#define C2C_WIRE_RESPONDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/rng.h"
#include "base/view.h"
#include "crypto/seal.h"
#include "wire/peer.h"

struct c2c_responder;

struct c2c_responder_options {
    struct c2c_credentials self; /* As c2c_responder_identify(). */
    const struct c2c_rng *rng;   /* Borrowed. */
    uint64_t handshake_ms;       /* From the first frame to the third. */
    size_t max_handshakes;       /* All limits at least 1. */
    size_t max_handshakes_per_address;
    size_t max_strangers;
    size_t max_strangers_per_address;
    size_t max_cities; /* Sessions of cities. */
    size_t max_per_city;
};

/* Who asks, and what a reply needs. */
struct c2c_asking {
    struct c2c_session_id id;
    uint64_t counter;
    bool proved;          /* The city is known to be @city. */
    bool claimed;         /* It says so, under a keyset that is not known. */
    struct c2c_hash city; /* If proved or claimed. */
};

enum c2c_taken_what {
    C2C_TAKEN_REQUEST,   /* The body is in @plain. */
    C2C_TAKEN_HANDSHAKE, /* It went on: send @reply. */
    C2C_TAKEN_REFUSED    /* For @err: send @reply, unless empty. */
};

struct c2c_frame_taken {
    enum c2c_taken_what what;
    enum c2c_err err;
    struct c2c_asking asking; /* Of a request. */
};

enum c2c_err
c2c_responder_new(const struct c2c_responder_options *options,
                  struct c2c_responder **ret_responder) C2C_MUST_CHECK;

/* Wipes all keys. */
void c2c_responder_free(struct c2c_responder *responder);

/* Show @self from now on.  Borrowed until replaced; handshakes that are under
 * way under the former key end. */
void c2c_responder_identify(struct c2c_responder *responder,
                            const struct c2c_credentials *self);

/* Take a frame that came from @address.  @plain and @reply are empty buffers;
 * what does not fit in @plain is refused (TOO_BIG).  The body is still encoded
 * (wire/body.h). */
void c2c_responder_take(struct c2c_responder *responder,
                        const struct c2c_keyring *keyring,
                        const struct c2c_moment *now,
                        const struct c2c_address *address,
                        struct c2c_view frame, struct c2c_buf *plain,
                        struct c2c_buf *reply,
                        struct c2c_frame_taken *ret_taken);

/* Append the frame that answers @asking with @body.  C2C_E_NO_SESSION if it has
 * ended meanwhile, C2C_E_EXPIRED, C2C_E_EXHAUSTED: refuse with that
 * (c2c_frame_refuse()).  C2C_E_TOO_BIG, C2C_E_NOMEM. */
enum c2c_err c2c_responder_seal(struct c2c_responder *responder,
                                const struct c2c_moment *now,
                                const struct c2c_asking *asking,
                                struct c2c_view body,
                                struct c2c_buf *out) C2C_MUST_CHECK;

/* What the asker has shown, to be checked with keysets that it has sent
 * (c2c_peer_learn()): that takes long, and needs no responder.
 * C2C_E_NO_SESSION. */
enum c2c_err c2c_responder_peer(struct c2c_responder *responder,
                                const struct c2c_asking *asking,
                                struct c2c_peer *ret_peer) C2C_MUST_CHECK;

/* @city has a new keyset: its sessions must prove themselves under that at
 * their next request, or are strangers. */
void c2c_responder_doubt(struct c2c_responder *responder,
                         const struct c2c_hash *city);

/* Forget what is over.  Call it every few seconds. */
void c2c_responder_tick(struct c2c_responder *responder,
                        const struct c2c_moment *now);

/* What there is now. */
struct c2c_responder_counts {
    size_t handshakes;
    size_t strangers;
    size_t cities;
};

struct c2c_responder_counts
c2c_responder_count(const struct c2c_responder *responder);

#endif /* C2C_WIRE_RESPONDER_H */
