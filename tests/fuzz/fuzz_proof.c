/* Proofs about a small city.  The input says how many records there are, which
 * one is meant and what an adversary changes; only what is true verifies.
 *
 * [records, index, kind, change...]: the change is xored over the path. */

#include <string.h>

#include "base/buf.h"
#include "codec/limits.h"
#include "fuzz.h"
#include "trust/proof.h"

enum {
    MOST = 40,
    RECORD_ROOM = 128
};

struct city {
    size_t n;
    struct c2c_buf bytes[MOST];
    struct c2c_hash leaf[256]; /* More than there are: claims may lie. */
    struct c2c_hash id;
    struct c2c_hash root;
    struct c2c_buf dir;
};

static void make(struct city *c, size_t n)
{
    static const uint8_t nothing[] = {0x80};
    struct c2c_dir_entry entry = {.type = c2c_view_str("note"), .count = n};
    struct c2c_dir_sum sum;

    c->n = n;
    for (size_t i = 0; i < n; i++) {
        struct c2c_record r = {.type = entry.type,
                               .body = {nothing, sizeof nothing}};

        r.key.b[0] = (uint8_t)(2 * i + 1); /* Odd ones; even ones are free. */
        c2c_buf_init(&c->bytes[i], RECORD_ROOM);
        require(c2c_record_encode(&r, &c->bytes[i]) == C2C_E_OK);
        c->leaf[i] = c2c_record_hash(c2c_buf_view(&c->bytes[i]));
        entry.bytes += c->bytes[i].n;
    }
    entry.root = c2c_merkle_root(&c2c_tree_hasher, c->leaf, n);
    c2c_buf_init(&c->dir, 4096);
    require(c2c_dir_encode(&c->id, C2C_AUDIENCE_PUBLIC, &entry, n > 0,
                           &c->dir) == C2C_E_OK);
    require(c2c_dir_sum(&c->id, C2C_AUDIENCE_PUBLIC, &entry, n > 0, &sum) ==
            C2C_E_OK);
    c->root = sum.root;
}

static struct c2c_neighbour neighbour(const struct city *c, size_t i)
{
    struct c2c_neighbour side = {.bytes = {NULL, 0}};

    if (i < c->n) {
        side.bytes = c2c_buf_view(&c->bytes[i]);
        side.at.index = i;
        require(c2c_merkle_path_make(&c2c_tree_hasher, c->leaf, c->n, i,
                                     &side.at.path) == C2C_E_OK);
    }
    return side;
}

/* Xor @change over the path; was anything changed? */
static bool tamper(struct c2c_merkle_path *path, struct c2c_view change)
{
    bool changed = false;

    for (size_t i = 0; i < change.n && i / C2C_HASH_BYTES < path->n; i++) {
        path->node[i / C2C_HASH_BYTES].b[i % C2C_HASH_BYTES] ^= change.p[i];
        changed = changed || change.p[i] != 0;
    }
    return changed;
}

static void inclusion(const struct city *c, const struct c2c_proof_state *state,
                      size_t i, size_t claim, struct c2c_view change)
{
    struct c2c_neighbour at = neighbour(c, i);
    bool changed = tamper(&at.at.path, change) || claim != i;

    at.at.index = claim;
    require((c2c_proof_inclusion(state, at.bytes, &at.at) == C2C_E_OK) ==
            !changed);
}

static void absence(const struct city *c, const struct c2c_proof_state *state,
                    uint8_t key, size_t left, size_t right)
{
    struct c2c_neighbour a = neighbour(c, left);
    struct c2c_neighbour b = neighbour(c, right);
    const struct c2c_uuid missing = {{key}};
    bool present = key % 2 == 1 && key / 2 < c->n;
    size_t below = key / 2 < c->n ? key / 2 : c->n; /* Smaller keys. */
    bool truth = !present && (below == 0 ? left >= c->n : left == below - 1) &&
                 (below == c->n ? right >= c->n : right == below);

    truth = truth || c->n == 0; /* No record of the type at all. */
    require((c2c_proof_absence(state, c2c_view_str("note"), &missing, &a, &b) ==
             C2C_E_OK) == truth);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct city c = {.n = 0};
    struct c2c_proof_state state;

    if (size < 5) {
        return 0;
    }
    make(&c, data[0] % MOST);
    state = (struct c2c_proof_state){&c.id, C2C_AUDIENCE_PUBLIC, &c.root,
                                     c2c_buf_view(&c.dir)};
    if (data[1] % 2 == 0 && c.n > 0) {
        inclusion(&c, &state, data[2] % c.n, data[3],
                  c2c_view_of(data + 5, size - 5));
    } else {
        absence(&c, &state, data[2], data[3], data[4]);
    }
    require((c2c_proof_complete(&state, c2c_view_str("note"), c.leaf,
                                data[3]) == C2C_E_OK) == (data[3] == c.n));
    c2c_buf_fini(&c.dir);
    for (size_t i = 0; i < c.n; i++) {
        c2c_buf_fini(&c.bytes[i]);
    }
    return 0;
}
