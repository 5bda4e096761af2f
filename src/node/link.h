/* A peer that this node dials: a session (wire/initiator.h) over two
 * connections (net/dialer.h), the second one for bulk, so that what is urgent
 * does not wait behind it.
 *
 * NNG's threads hand outcomes to @fn, which only moves them into the owner's
 * bounded queue; everything else happens when the owner calls.  An outcome that
 * the queue had no room for is a question without an answer: its deadline ends
 * it (c2c_link_tick()).  One thread at a time. */

#ifndef C2C_NODE_LINK_H
#define C2C_NODE_LINK_H

#include <stdbool.h>

#include "net/dialer.h"
#include "wire/initiator.h"

struct c2c_link;

struct c2c_link_options {
    const char *url;             /* Copied. */
    const struct c2c_hash *pin;  /* Copied; NULL: nobody yet. */
    struct c2c_credentials self; /* As c2c_link_show(). */
    const struct c2c_rng *rng;   /* Borrowed. */
    size_t max_questions;        /* At once. */
    c2c_dialer_fn *fn;
    void *ctx;
};

/* Begin to connect.  C2C_E_INVAL: NNG does not understand the URL. */
enum c2c_err c2c_link_open(const struct c2c_link_options *options,
                           struct c2c_link **ret_link) C2C_MUST_CHECK;

/* Hands the last outcomes to @fn and waits until it is not running; free them.
 */
void c2c_link_close(struct c2c_link *link);

/* Show @self from the next handshake on; the former one is not in use any more
 * afterwards.  True: a handshake was under way, and is to be begun again. */
bool c2c_link_show(struct c2c_link *link, const struct c2c_credentials *self);

/* Is there a session? */
bool c2c_link_is_open(const struct c2c_link *link);

/* Begin a handshake.  What comes of it: C2C_STEP_READY and the others. */
enum c2c_err c2c_link_begin(struct c2c_link *link,
                            const struct c2c_moment *now) C2C_MUST_CHECK;

/* Ask; @bulk: over the second connection.  As c2c_initiator_ask().  After any
 * error but C2C_E_BUSY look whether the session is still open. */
enum c2c_err c2c_link_ask(struct c2c_link *link, const struct c2c_moment *now,
                          const struct c2c_question *question,
                          bool bulk) C2C_MUST_CHECK;

/* What @outcome (taken over) means.  @content is an empty buffer.  Frames that
 * a step wants to be sent have been. */
void c2c_link_take(struct c2c_link *link, const struct c2c_keyring *keyring,
                   const struct c2c_moment *now, struct c2c_outcome *outcome,
                   struct c2c_buf *content, struct c2c_step *ret_step);

/* As c2c_initiator_tick(). */
void c2c_link_tick(struct c2c_link *link, const struct c2c_moment *now,
                   struct c2c_step *ret_step);

#endif /* C2C_NODE_LINK_H */
