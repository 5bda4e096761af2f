#include "merkle/tree.h"

#include <stdbool.h>

void c2c_merkle_acc_init(struct c2c_merkle_acc *acc,
                         const struct c2c_merkle_hasher *hasher)
{
    acc->hasher = hasher;
    acc->n = 0;
}

void c2c_merkle_acc_add(struct c2c_merkle_acc *acc, const struct c2c_hash *leaf)
{
    struct c2c_hash carry = *leaf;
    unsigned level = 0;

    /* As adding one in binary: equal subtrees merge. */
    while ((acc->n >> level & 1) != 0) {
        carry = acc->hasher->node(&acc->peak[level], &carry);
        level++;
    }
    acc->peak[level] = carry;
    acc->n++;
}

struct c2c_hash c2c_merkle_acc_root(const struct c2c_merkle_acc *acc)
{
    struct c2c_hash root;
    bool have = false;

    if (acc->n == 0) {
        return acc->hasher->empty();
    }
    for (unsigned level = 0; level < C2C_MERKLE_MAX_PATH; level++) {
        if ((acc->n >> level & 1) != 0) {
            root = have ? acc->hasher->node(&acc->peak[level], &root)
                        : acc->peak[level];
            have = true;
        }
    }
    return root;
}

struct c2c_hash c2c_merkle_root(const struct c2c_merkle_hasher *hasher,
                                const struct c2c_hash *leaves, size_t n)
{
    struct c2c_merkle_acc acc;

    c2c_merkle_acc_init(&acc, hasher);
    for (size_t i = 0; i < n; i++) {
        c2c_merkle_acc_add(&acc, &leaves[i]);
    }
    return c2c_merkle_acc_root(&acc);
}

/* RFC 6962 section 2.1: the largest power of two smaller than @n (n > 1). */
static uint64_t split(uint64_t n)
{
    uint64_t k = 1;

    while (k < n - k) {
        k *= 2;
    }
    return k;
}

enum c2c_err c2c_merkle_path_make(const struct c2c_merkle_hasher *hasher,
                                  const struct c2c_hash *leaves, size_t n,
                                  size_t index,
                                  struct c2c_merkle_path *ret_path)
{
    struct c2c_merkle_path path = {0};

    if (index >= n) {
        return C2C_E_INVAL;
    }
    /* From the root down; the path is wanted from the leaf up. */
    while (n > 1) {
        size_t k = (size_t)split(n);

        if (index < k) {
            path.node[path.n++] = c2c_merkle_root(hasher, leaves + k, n - k);
            n = k;
        } else {
            path.node[path.n++] = c2c_merkle_root(hasher, leaves, k);
            leaves += k;
            index -= k;
            n -= k;
        }
    }
    for (size_t i = 0; i < path.n / 2; i++) {
        struct c2c_hash swap = path.node[i];

        path.node[i] = path.node[path.n - 1 - i];
        path.node[path.n - 1 - i] = swap;
    }
    *ret_path = path;
    return C2C_E_OK;
}

enum c2c_err c2c_merkle_path_verify(const struct c2c_merkle_hasher *hasher,
                                    const struct c2c_hash *leaf, uint64_t index,
                                    uint64_t n,
                                    const struct c2c_merkle_path *path,
                                    const struct c2c_hash *root)
{
    struct c2c_hash at = *leaf;
    uint64_t last;
    size_t used = 0;

    if (index >= n) {
        return C2C_E_BAD_ROOT;
    }
    /* RFC 9162 section 2.1.3.2: @index and the last leaf climb together. */
    for (last = n - 1; last > 0; last /= 2, index /= 2) {
        bool right = index % 2 == 1;

        if (!right && index == last) {
            continue; /* No sibling on this level. */
        }
        if (used == path->n) {
            return C2C_E_BAD_ROOT;
        }
        at = right ? hasher->node(&path->node[used], &at)
                   : hasher->node(&at, &path->node[used]);
        used++;
    }
    return used == path->n && c2c_hash_eq(&at, root) ? C2C_E_OK
                                                     : C2C_E_BAD_ROOT;
}
