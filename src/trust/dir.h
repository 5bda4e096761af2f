/* The root of one audience of a city: the type directory (PROTOCOL "Tree").
 *
 * One RFC 6962 tree per type over the leaves sorted by key; the root is the
 * hash of [v, city id, audience, [[type, count, bytes, tree root]...]] with
 * types in bytewise order and none of them empty. */

#ifndef C2C_TRUST_DIR_H
#define C2C_TRUST_DIR_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "merkle/tree.h"
#include "record/record.h"

/* The tree hash of PROTOCOL "Hashes". */
extern const struct c2c_merkle_hasher c2c_tree_hasher;

/* One line of the directory. */
struct c2c_dir_entry {
    struct c2c_view type; /* Borrowed. */
    uint64_t count;       /* Records, at least 1. */
    uint64_t bytes;       /* Sum of their encoded sizes. */
    struct c2c_hash root;
};

/* A whole directory's summary: what a head commits to. */
struct c2c_dir_sum {
    struct c2c_hash root;
    uint64_t count;
    uint64_t bytes;
};

/* Summarise @entries (C2C_E_INVAL unless ascending by type and not empty).  No
 * entries is a city without records. */
enum c2c_err c2c_dir_sum(const struct c2c_hash *city,
                         enum c2c_audience audience,
                         const struct c2c_dir_entry *entries, size_t n,
                         struct c2c_dir_sum *ret_sum) C2C_MUST_CHECK;

/* Append the directory's bytes, the ones that are hashed. */
enum c2c_err c2c_dir_encode(const struct c2c_hash *city,
                            enum c2c_audience audience,
                            const struct c2c_dir_entry *entries, size_t n,
                            struct c2c_buf *out) C2C_MUST_CHECK;

/* Decode directory bytes; at most @max entries to @ret_entries, views borrow
 * from @bytes.  C2C_E_TOO_BIG if there are more. */
enum c2c_err c2c_dir_decode(struct c2c_view bytes, const struct c2c_hash *city,
                            enum c2c_audience audience, size_t max,
                            struct c2c_dir_entry *ret_entries,
                            size_t *ret_n) C2C_MUST_CHECK;

#endif /* C2C_TRUST_DIR_H */
