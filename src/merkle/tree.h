/* RFC 6962 section 2.1 Merkle trees over leaf hashes.
 *
 * The module hashes nothing by itself: the caller gives the function for inner
 * nodes, so that the published SHA-256 vectors run through the same code.  A
 * leaf hash is the caller's H(0x00 || leaf); an inner node is H(0x01 || left ||
 * right); the root of no leaves is the caller's H(""). */

#ifndef C2C_MERKLE_TREE_H
#define C2C_MERKLE_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

struct c2c_merkle_hasher {
    /* H(0x01 || left || right). */
    struct c2c_hash (*node)(const struct c2c_hash *left,
                            const struct c2c_hash *right);
    struct c2c_hash (*empty)(void); /* H(""). */
};

enum {
    C2C_MERKLE_MAX_PATH = 64
};

/* A root computed leaf by leaf, in order, in constant memory. */
struct c2c_merkle_acc {
    const struct c2c_merkle_hasher *hasher;    /* Borrowed. */
    uint64_t n;                                /* Leaves so far. */
    struct c2c_hash peak[C2C_MERKLE_MAX_PATH]; /* Complete subtrees; peak[i]
                                                  has 2^i leaves if bit i of n
                                                  is set. */
};

void c2c_merkle_acc_init(struct c2c_merkle_acc *acc,
                         const struct c2c_merkle_hasher *hasher);
void c2c_merkle_acc_add(struct c2c_merkle_acc *acc,
                        const struct c2c_hash *leaf);

/* The root of what was added; more leaves may follow. */
struct c2c_hash c2c_merkle_acc_root(const struct c2c_merkle_acc *acc);

/* The root of @n leaf hashes. */
struct c2c_hash c2c_merkle_root(const struct c2c_merkle_hasher *hasher,
                                const struct c2c_hash *leaves, size_t n);

/* The audit path of a leaf (RFC 6962 section 2.1.1), leaf's sibling first. */
struct c2c_merkle_path {
    size_t n;
    struct c2c_hash node[C2C_MERKLE_MAX_PATH];
};

/* C2C_E_INVAL unless @index < @n. */
enum c2c_err
c2c_merkle_path_make(const struct c2c_merkle_hasher *hasher,
                     const struct c2c_hash *leaves, size_t n, size_t index,
                     struct c2c_merkle_path *ret_path) C2C_MUST_CHECK;

/* C2C_E_BAD_ROOT unless @path leads from @leaf at @index of @n leaves to
 * @root; a path of the wrong length is refused as well. */
enum c2c_err c2c_merkle_path_verify(const struct c2c_merkle_hasher *hasher,
                                    const struct c2c_hash *leaf, uint64_t index,
                                    uint64_t n,
                                    const struct c2c_merkle_path *path,
                                    const struct c2c_hash *root) C2C_MUST_CHECK;

#endif /* C2C_MERKLE_TREE_H */
