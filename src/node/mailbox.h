/* A bounded queue between threads: the program's only mutex. */

#ifndef C2C_NODE_MAILBOX_H
#define C2C_NODE_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct c2c_mailbox;

/* @capacity letters at most. */
enum c2c_err c2c_mailbox_new(size_t capacity,
                             struct c2c_mailbox **ret_box) C2C_MUST_CHECK;

/* Must be empty, and nobody may be waiting. */
void c2c_mailbox_free(struct c2c_mailbox *box);

/* Never waits.  C2C_E_BUSY when full, C2C_E_STOPPING when closed; the letter
 * then stays the caller's. */
enum c2c_err c2c_mailbox_put(struct c2c_mailbox *box,
                             void *letter) C2C_MUST_CHECK;

/* Wait for a letter; NULL once the box is closed and empty, or when @wait_ms
 * have passed (UINT64_MAX: as long as it takes; 0: do not wait). */
void *c2c_mailbox_take(struct c2c_mailbox *box, uint64_t wait_ms);

bool c2c_mailbox_closed(struct c2c_mailbox *box);

/* No more letters are taken in; what is inside is still handed out. */
void c2c_mailbox_close(struct c2c_mailbox *box);

#endif /* C2C_NODE_MAILBOX_H */
