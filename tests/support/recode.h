/* Every message between peers, decoded and encoded again: its lists are walked
 * to their ends and written item by item, those inside commits too.  Aborts
 * when a refused message was written to @ret_x, or when a list that had been
 * accepted does not read. */

#ifndef C2C_TESTS_RECODE_H
#define C2C_TESTS_RECODE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

struct recode {
    const char *which; /* "feed-request", as in message.json. */
    enum c2c_err (*again)(struct c2c_view bytes, struct c2c_buf *out);
};

/* In the order of the kinds, request before answer; never reordered: the first
 * byte of an input of fuzz_message is an index. */
extern const struct recode recodes[];
extern const size_t n_recodes;

/* NULL: no message is called so. */
const struct recode *recode_find(struct c2c_view which);

#endif /* C2C_TESTS_RECODE_H */
