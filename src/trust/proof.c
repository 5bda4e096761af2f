#include "trust/proof.h"

#include "base/mem.h"
#include "codec/limits.h"
#include "crypto/digest.h"
#include "record/record.h"

/* Check the directory against the root and find @type in it; C2C_E_NOT_FOUND if
 * it is truly not there. */
static enum c2c_err find_type(const struct c2c_proof_state *state,
                              struct c2c_view type,
                              struct c2c_dir_entry *ret_entry)
{
    struct c2c_hash root = c2c_digest_of(C2C_DIGEST_ROOT, state->dir);
    struct c2c_dir_entry *entries;
    enum c2c_err err;
    size_t n = 0;

    if (!c2c_hash_eq(&root, state->root)) {
        return C2C_E_BAD_ROOT;
    }
    entries = c2c_calloc(C2C_MAX_CITY_TYPES, sizeof *entries);
    if (entries == NULL) {
        return C2C_E_NOMEM;
    }
    err = c2c_dir_decode(state->dir, state->city, state->audience,
                         C2C_MAX_CITY_TYPES, entries, &n);
    if (err == C2C_E_OK) {
        err = C2C_E_NOT_FOUND;
        for (size_t i = 0; i < n; i++) {
            if (c2c_view_eq(entries[i].type, type)) {
                *ret_entry = entries[i];
                err = C2C_E_OK;
            }
        }
    }
    c2c_free(entries);
    return err;
}

static enum c2c_err stands_at(const struct c2c_dir_entry *entry,
                              struct c2c_view bytes,
                              const struct c2c_inclusion *at)
{
    struct c2c_hash leaf = c2c_record_hash(bytes);

    return c2c_merkle_path_verify(&c2c_tree_hasher, &leaf, at->index,
                                  entry->count, &at->path, &entry->root);
}

enum c2c_err c2c_proof_inclusion(const struct c2c_proof_state *state,
                                 struct c2c_view bytes,
                                 const struct c2c_inclusion *at)
{
    struct c2c_dir_entry entry;
    struct c2c_record record;
    enum c2c_err err = c2c_record_decode(bytes, &record);

    if (err == C2C_E_OK) {
        err = find_type(state, record.type, &entry);
    }
    if (err == C2C_E_NOT_FOUND) {
        return C2C_E_BAD_ROOT;
    }
    return err == C2C_E_OK ? stands_at(&entry, bytes, at) : err;
}

/* A neighbour of the right type, in the tree, on the right side of @key. */
static enum c2c_err check_neighbour(const struct c2c_dir_entry *entry,
                                    const struct c2c_neighbour *neighbour,
                                    const struct c2c_uuid *key, int side)
{
    struct c2c_record record;
    enum c2c_err err = c2c_record_decode(neighbour->bytes, &record);
    int order;

    if (err != C2C_E_OK) {
        return err;
    }
    order = c2c_uuid_cmp(&record.key, key);
    if (!c2c_view_eq(record.type, entry->type) ||
        (side < 0 ? order >= 0 : order <= 0)) {
        return C2C_E_BAD_ROOT;
    }
    return stands_at(entry, neighbour->bytes, &neighbour->at);
}

enum c2c_err c2c_proof_absence(const struct c2c_proof_state *state,
                               struct c2c_view type, const struct c2c_uuid *key,
                               const struct c2c_neighbour *left,
                               const struct c2c_neighbour *right)
{
    struct c2c_dir_entry entry;
    enum c2c_err err = find_type(state, type, &entry);
    uint64_t next = 0; /* The index that must follow the left neighbour. */

    if (err == C2C_E_NOT_FOUND) {
        return C2C_E_OK; /* No record of this type at all. */
    }
    if (err == C2C_E_OK && left->bytes.n > 0) {
        err = check_neighbour(&entry, left, key, -1);
        next = left->at.index + 1;
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (right->bytes.n == 0) {
        return next == entry.count ? C2C_E_OK : C2C_E_BAD_ROOT;
    }
    if (right->at.index != next) {
        return C2C_E_BAD_ROOT;
    }
    return check_neighbour(&entry, right, key, 1);
}

enum c2c_err c2c_proof_complete(const struct c2c_proof_state *state,
                                struct c2c_view type,
                                const struct c2c_hash *leaves, size_t n)
{
    struct c2c_dir_entry entry;
    struct c2c_hash root;
    enum c2c_err err = find_type(state, type, &entry);

    if (err == C2C_E_NOT_FOUND) {
        return n == 0 ? C2C_E_OK : C2C_E_BAD_ROOT;
    }
    if (err != C2C_E_OK) {
        return err;
    }
    root = c2c_merkle_root(&c2c_tree_hasher, leaves, n);
    return entry.count == n && c2c_hash_eq(&root, &entry.root) ? C2C_E_OK
                                                               : C2C_E_BAD_ROOT;
}
