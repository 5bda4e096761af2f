/* Making a commit out of a replica: what takes an asker from what it holds to
 * what is held here.  For answers to peers and for pushing to them. */

#ifndef C2C_SYNC_COLLECT_H
#define C2C_SYNC_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "sync/replica.h"
#include "wire/commit.h"

/* What the other side has of the city. */
struct c2c_collect_since {
    uint64_t epoch; /* 0: nothing, or not known. */
    uint64_t rev;   /* Of that epoch. */
    bool by_seq;    /* It has everything up to position @seq of the feed; */
    uint64_t seq;   /* else epoch and rev tell. */
    bool network;   /* Its network audience too. */
};

/* A commit with the memory it stands in. */
struct c2c_collected {
    struct c2c_commit commit;
    bool lacks_keysets; /* They took too much room. */
    struct c2c_buf head;
    struct c2c_list_buf keysets;
    struct c2c_list_buf puts;
    struct c2c_list_buf removed;
};

/* Collect @city at its held state: a delta if one can be told (same epoch,
 * above the floor), else the full state; the head alone (form HEAD) when the
 * records take more than @max_bytes or one is damaged; no keysets when these
 * do: whoever lacks them asks for them.  With @network the network audience is
 * given if it is held.  Always ends with c2c_collected_fini(). */
enum c2c_err c2c_collect(const struct c2c_replica *replica,
                         const struct c2c_hash *city,
                         const struct c2c_held *held,
                         const struct c2c_collect_since *since, bool network,
                         size_t max_bytes,
                         struct c2c_collected *ret_collected) C2C_MUST_CHECK;
void c2c_collected_fini(struct c2c_collected *collected);

/* The keysets of @city from number @from on, appended to @list; C2C_E_TOO_BIG:
 * as many as there is room for. */
enum c2c_err c2c_collect_keysets(const struct c2c_replica *replica,
                                 const struct c2c_hash *city, uint64_t from,
                                 struct c2c_list_buf *list) C2C_MUST_CHECK;

#endif /* C2C_SYNC_COLLECT_H */
