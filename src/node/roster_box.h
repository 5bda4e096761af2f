/* The roster that is in force, for all threads: the writer's thread makes a new
 * one when an association's state has changed, others borrow the newest. */

#ifndef C2C_NODE_ROSTER_BOX_H
#define C2C_NODE_ROSTER_BOX_H

#include "base/err.h"
#include "sync/roster.h"

struct c2c_roster_box;

/* Empty: nobody is admitted until c2c_roster_box_put(). */
enum c2c_err c2c_roster_box_new(struct c2c_roster_box **ret_box) C2C_MUST_CHECK;
void c2c_roster_box_free(struct c2c_roster_box *box);

/* Put @roster in force (owned from here on, also on failure). */
enum c2c_err c2c_roster_box_put(struct c2c_roster_box *box,
                                struct c2c_roster *roster) C2C_MUST_CHECK;

/* Borrow the newest until c2c_roster_box_return(); NULL: none yet. */
const struct c2c_roster *c2c_roster_box_borrow(struct c2c_roster_box *box);
void c2c_roster_box_return(struct c2c_roster_box *box,
                           const struct c2c_roster *roster);

#endif /* C2C_NODE_ROSTER_BOX_H */
