/* States that arrive in parts, until they are complete; and how far each peer's
 * feed has been followed. */

#ifndef C2C_STORE_STAGED_H
#define C2C_STORE_STAGED_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "record/record.h"
#include "store/store.h"

/* What @owner (whoever brings it) stages for the head with content hash
 * @content. */
struct c2c_staged_id {
    struct c2c_hash owner;
    struct c2c_hash content;
};

/* Keep a record; again in the same slot replaces it. */
enum c2c_err c2c_staged_put(struct c2c_store *store,
                            const struct c2c_staged_id *id,
                            enum c2c_audience audience,
                            const struct c2c_record *record,
                            struct c2c_view bytes) C2C_MUST_CHECK;
enum c2c_err c2c_staged_sum(struct c2c_store *store,
                            const struct c2c_staged_id *id, uint64_t *ret_bytes,
                            uint64_t *ret_count) C2C_MUST_CHECK;

/* In slot order.  Anything but C2C_E_OK from @fn stops and is returned. */
typedef enum c2c_err c2c_staged_fn(void *ctx, enum c2c_audience audience,
                                   struct c2c_view bytes);
enum c2c_err c2c_staged_each(struct c2c_store *store,
                             const struct c2c_staged_id *id, c2c_staged_fn *fn,
                             void *ctx) C2C_MUST_CHECK;

/* Whatever @owner has staged; NULL: everybody. */
enum c2c_err c2c_staged_drop(struct c2c_store *store,
                             const struct c2c_hash *owner) C2C_MUST_CHECK;

/* The cursor that was kept for @peer, appended; nothing if there is none. */
enum c2c_err c2c_cursor_get(struct c2c_store *store, struct c2c_view peer,
                            struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_cursor_put(struct c2c_store *store, struct c2c_view peer,
                            struct c2c_view cursor) C2C_MUST_CHECK;

#endif /* C2C_STORE_STAGED_H */
