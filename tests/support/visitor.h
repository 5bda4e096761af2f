/* An author that dials a whole node by hand. */

#ifndef C2C_TESTS_VISITOR_H
#define C2C_TESTS_VISITOR_H

#include "author.h"
#include "node/link.h"
#include "node/mailbox.h"
#include "pair.h"
#include "wire/message.h"

struct visitor {
    struct pair *pair;
    struct c2c_noise_key *key;
    struct c2c_buf proof;
    struct c2c_mailbox *outcomes;
    struct c2c_link *link;
    struct c2c_buf content; /* Of the last answer ... */
    size_t frame_bytes;     /* ... and how long that was on its way. */
};

/* Open a session with the pair's hub for @author (NULL: without a name), as its
 * newest keyset allows. */
void visitor_dial(struct visitor *visitor, struct pair *pair,
                  const struct author *author);
void visitor_leave(struct visitor *visitor);

/* The answer, until the next question; fails the test if there is none. */
struct c2c_msg_reply visitor_ask(struct visitor *visitor,
                                 enum c2c_msg_kind kind, struct c2c_view args);

/* Push all that @replica holds of @author. */
struct c2c_msg_reply visitor_push(struct visitor *visitor,
                                  const struct author *author,
                                  const struct c2c_replica *replica);

#endif /* C2C_TESTS_VISITOR_H */
