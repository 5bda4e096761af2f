/* A city's records in the order of their slots (audience, type, key), and the
 * slots that were emptied: what other nodes are told. */

#ifndef C2C_STORE_SLOTS_H
#define C2C_STORE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "record/record.h"
#include "store/cities.h"
#include "store/records.h"
#include "store/store.h"

struct c2c_slots_query {
    c2c_city_no city;
    bool network;       /* Also the network audience; never drafts. */
    uint64_t since_rev; /* Changed after this revision ... */
    uint64_t since_seq; /* ... and this number; 0: any. */
    bool has_after;     /* Only behind this slot (not with since). */
    enum c2c_audience after_audience;
    struct c2c_view after_type;
    struct c2c_uuid after_key;
    struct c2c_view type; /* Empty: all (not with since). */
};

/* Call @fn for each record.  Anything but C2C_E_OK from it stops and is
 * returned; it may use other functions of this connection. */
enum c2c_err c2c_slots_each(struct c2c_store *store,
                            const struct c2c_slots_query *query, c2c_row_fn *fn,
                            void *ctx) C2C_MUST_CHECK;

typedef enum c2c_err c2c_gone_fn(void *ctx, enum c2c_audience audience,
                                 struct c2c_view type,
                                 const struct c2c_uuid *key);
enum c2c_err c2c_slots_gone(struct c2c_store *store,
                            const struct c2c_slots_query *query,
                            c2c_gone_fn *fn, void *ctx) C2C_MUST_CHECK;

#endif /* C2C_STORE_SLOTS_H */
