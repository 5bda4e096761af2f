/* Lies: what a peer of ill will makes of honest messages. */

#ifndef C2C_TESTS_LIAR_H
#define C2C_TESTS_LIAR_H

#include "base/buf.h"
#include "prop.h"
#include "wire/message.h"

/* Make a lie of the reply (or request) in @message; @old is one of before. */
void liar_reply(struct prop *p, enum c2c_msg_kind kind, struct c2c_view old,
                struct c2c_buf *message);
void liar_request(struct prop *p, struct c2c_view old, struct c2c_buf *message);

#endif /* C2C_TESTS_LIAR_H */
