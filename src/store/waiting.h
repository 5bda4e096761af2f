/* What was put while the node could not sign (a restored store): kept as it was
 * asked for, to be signed later in the same order. */

#ifndef C2C_STORE_WAITING_H
#define C2C_STORE_WAITING_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "store/store.h"

/* Keep @input, which is the caller's encoding. */
enum c2c_err c2c_waiting_add(struct c2c_store *store,
                             struct c2c_view input) C2C_MUST_CHECK;

/* The oldest after @id (0: of all), which becomes its number; appends the
 * input.  C2C_E_NOT_FOUND at the end. */
enum c2c_err c2c_waiting_next(struct c2c_store *store, int64_t *id,
                              struct c2c_buf *input) C2C_MUST_CHECK;

enum c2c_err c2c_waiting_remove(struct c2c_store *store,
                                int64_t id) C2C_MUST_CHECK;

#endif /* C2C_STORE_WAITING_H */
