/* What was put while the node could not sign (a restored store): kept as it was
 * asked for, to be signed later in the same order. */

#ifndef C2C_STORE_WAITING_H
#define C2C_STORE_WAITING_H

#include "base/err.h"
#include "base/view.h"
#include "store/store.h"

/* Keep @input, which is the caller's encoding. */
enum c2c_err c2c_waiting_add(struct c2c_store *store,
                             struct c2c_view input) C2C_MUST_CHECK;

/* Oldest first.  Anything but C2C_E_OK from @fn stops and is returned. */
typedef enum c2c_err c2c_waiting_fn(void *ctx, struct c2c_view input);
enum c2c_err c2c_waiting_each(struct c2c_store *store, c2c_waiting_fn *fn,
                              void *ctx) C2C_MUST_CHECK;

enum c2c_err c2c_waiting_clear(struct c2c_store *store) C2C_MUST_CHECK;

#endif /* C2C_STORE_WAITING_H */
