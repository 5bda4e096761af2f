/* The roll of an association: its members and those that ask to be, by any
 * name. */

#ifndef C2C_NODE_ROLL_H
#define C2C_NODE_ROLL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "node/ask.h"
#include "node/present.h"
#include "store/joins.h"

/* A membership record. */
struct c2c_rolled {
    struct c2c_taken taken;
    struct c2c_hash city;
    struct c2c_view name; /* In the asker's language; never empty. */
};

/* Call @fn for members whose row ids are beyond @after, until @enough (may be
 * NULL) is true.  Anything but C2C_E_OK from it stops and is returned. */
typedef enum c2c_err c2c_roll_fn(void *ctx, const struct c2c_rolled *member);
enum c2c_err c2c_roll_members(struct c2c_ask *ask, int64_t after,
                              const bool *enough, c2c_roll_fn *fn,
                              void *ctx) C2C_MUST_CHECK;

/* Does an association ask to join? */
bool c2c_roll_is_lga(const struct c2c_joining *joining);

/* A city that a decision is about. */
struct c2c_roll_city {
    struct c2c_hash id;
    struct c2c_view name; /* What it is called; may be empty. */
    char label[256];      /* For messages: the name, or the id's beginning. */
};

/* The one that the argument "city" means: any name, an id or the beginning of
 * one (eight digits) of a member, of a city that has asked, or of any city that
 * is held; a whole id also of a city that nobody has heard of.  Fills the diag:
 * C2C_E_NOT_FOUND with the nearest name, C2C_E_AMBIGUOUS with the candidates,
 * also in ask->result. */
enum c2c_err c2c_roll_find(struct c2c_ask *ask,
                           struct c2c_roll_city *ret_city) C2C_MUST_CHECK;

#endif /* C2C_NODE_ROLL_H */
