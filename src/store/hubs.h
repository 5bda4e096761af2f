/* Hubs that this node has joined, beside those of its configuration. */

#ifndef C2C_STORE_HUBS_H
#define C2C_STORE_HUBS_H

#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "store/store.h"

struct c2c_hub {
    struct c2c_view url;
    struct c2c_hash lga;   /* Whose hub it is. */
    struct c2c_view name;  /* What the hub called itself; may be empty. */
    struct c2c_view note;  /* To its administrator; may be empty. */
    struct c2c_view token; /* Of an invitation; may be empty. */
    uint64_t since_s;
};

/* Keep a hub; one with the same URL is replaced. */
enum c2c_err c2c_hubs_add(struct c2c_store *store,
                          const struct c2c_hub *hub) C2C_MUST_CHECK;

/* C2C_E_NOT_FOUND. */
enum c2c_err c2c_hubs_remove(struct c2c_store *store,
                             struct c2c_view url) C2C_MUST_CHECK;

/* Call @fn for each, by URL; its views live until it returns.  Anything but
 * C2C_E_OK from it stops and is returned. */
typedef enum c2c_err c2c_hubs_fn(void *ctx, const struct c2c_hub *hub);
enum c2c_err c2c_hubs_each(struct c2c_store *store, c2c_hubs_fn *fn,
                           void *ctx) C2C_MUST_CHECK;

#endif /* C2C_STORE_HUBS_H */
