/* The store as a replica (sync/replica.h).
 *
 * One for each connection: the writer's may write, a worker's only reads.
 * Writing happens inside a transaction of the store; begin(), keep() and undo()
 * are savepoints in it. */

#ifndef C2C_NODE_REPLICA_H
#define C2C_NODE_REPLICA_H

#include "base/buf.h"
#include "base/err.h"
#include "codec/limits.h"
#include "record/types.h"
#include "store/cities.h"
#include "store/store.h"
#include "sync/replica.h"

enum {
    C2C_REPLICA_TOUCHED = 64 /* Trees of one savepoint before all are made. */
};

struct c2c_store_replica {
    struct c2c_store *store; /* Borrowed. */
    const struct c2c_types *types;
    bool erased; /* Bytes of earlier versions have to leave the disk; set here,
                    cleared by the owner. */

    /* Cities with another keyset than their first; likewise.  Also of what was
     * undone. */
    struct c2c_hash *rekeyed;
    size_t n_rekeyed;
    size_t rekeyed_cap;

    /* Private. */
    struct c2c_hash last;   /* The city with the number ... */
    c2c_city_no last_no;    /* ... or 0. */
    struct c2c_buf changes; /* Since begin(), for the history. */
    uint64_t n_changes;
    size_t n_touched;
    struct {
        c2c_city_no city;
        enum c2c_audience audience;
        char type[C2C_MAX_TYPE_BYTES + 1];
    } touched[C2C_REPLICA_TOUCHED];
};

void c2c_store_replica_init(struct c2c_store_replica *r,
                            struct c2c_store *store,
                            const struct c2c_types *types);
void c2c_store_replica_fini(struct c2c_store_replica *r);

struct c2c_replica c2c_store_replica_of(struct c2c_store_replica *r);

#endif /* C2C_NODE_REPLICA_H */
