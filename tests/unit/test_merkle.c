#include "merkle/tree.h"

#include <sodium.h>
#include <string.h>

#include "base/hex.h"
#include "test.h"
#include "trust/dir.h"
#include "vectors.h"

enum {
    LEAVES = 8
};

static struct c2c_hash sha256_node(const struct c2c_hash *left,
                                   const struct c2c_hash *right)
{
    uint8_t bytes[1 + 2 * C2C_HASH_BYTES] = {0x01};
    struct c2c_hash h;

    memcpy(bytes + 1, left->b, sizeof left->b);
    memcpy(bytes + 1 + sizeof left->b, right->b, sizeof right->b);
    (void)crypto_hash_sha256(h.b, bytes, sizeof bytes);
    return h;
}

static struct c2c_hash sha256_empty(void)
{
    struct c2c_hash h;

    (void)crypto_hash_sha256(h.b, NULL, 0);
    return h;
}

static const struct c2c_merkle_hasher sha256 = {sha256_node, sha256_empty};

/* As the certificate transparency project publishes them. */
static const char *const published_leaves[LEAVES] = {
    "",
    "\x00",
    "\x10",
    "\x20\x21",
    "\x30\x31",
    "\x40\x41\x42\x43",
    "\x50\x51\x52\x53\x54\x55\x56\x57",
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
static const size_t published_sizes[LEAVES] = {0, 1, 1, 2, 2, 4, 8, 16};
static const char *const published_roots[LEAVES + 1] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
static const struct {
    size_t index;
    size_t count;
    size_t n;
    const char *node[3];
} published_paths[] = {
    {0, 1, 0, {NULL}},
    {0,
     8,
     3,
     {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {5,
     8,
     3,
     {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {2,
     3,
     1,
     {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
    {1,
     5,
     3,
     {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
};

static void hash_leaves(struct c2c_hash leaves[LEAVES])
{
    for (size_t i = 0; i < LEAVES; i++) {
        uint8_t bytes[17] = {0x00};

        memcpy(bytes + 1, published_leaves[i], published_sizes[i]);
        (void)crypto_hash_sha256(leaves[i].b, bytes, 1 + published_sizes[i]);
    }
}

static void assert_hash(const struct c2c_hash *hash, const char *want)
{
    char hex[C2C_HASH_HEX];

    c2c_hash_hex(hash, hex);
    assert_string_equal(hex, want);
}

static void published_roots_come_out(void **state)
{
    struct c2c_hash leaves[LEAVES];
    struct c2c_merkle_acc acc;

    (void)state;
    hash_leaves(leaves);
    c2c_merkle_acc_init(&acc, &sha256);
    for (size_t n = 0; n <= LEAVES; n++) {
        struct c2c_hash whole = c2c_merkle_root(&sha256, leaves, n);
        struct c2c_hash step = c2c_merkle_acc_root(&acc);

        assert_hash(&whole, published_roots[n]);
        assert_hash(&step, published_roots[n]);
        if (n < LEAVES) {
            c2c_merkle_acc_add(&acc, &leaves[n]);
        }
    }
}

static void published_paths_come_out_and_verify(void **state)
{
    struct c2c_hash leaves[LEAVES];

    (void)state;
    hash_leaves(leaves);
    for (size_t i = 0; i < sizeof published_paths / sizeof published_paths[0];
         i++) {
        size_t index = published_paths[i].index;
        size_t count = published_paths[i].count;
        struct c2c_hash root = c2c_merkle_root(&sha256, leaves, count);
        struct c2c_merkle_path path;

        assert_ok(c2c_merkle_path_make(&sha256, leaves, count, index, &path));
        assert_int_equal(path.n, published_paths[i].n);
        for (size_t k = 0; k < path.n; k++) {
            assert_hash(&path.node[k], published_paths[i].node[k]);
        }
        assert_ok(c2c_merkle_path_verify(&sha256, &leaves[index], index, count,
                                         &path, &root));
    }
}

/* Does the path verify at its place and nowhere else? */
static void check_path(const struct c2c_merkle_hasher *hasher,
                       const struct c2c_hash *leaves, uint64_t index,
                       uint64_t count, struct c2c_merkle_path path,
                       const struct c2c_hash *root)
{
    const struct c2c_hash *leaf = &leaves[index];

    assert_ok(c2c_merkle_path_verify(hasher, leaf, index, count, &path, root));
    for (uint64_t at = 0; at <= count; at++) {
        if (at != index) {
            assert_err(c2c_merkle_path_verify(hasher, leaf, at, count, &path,
                                              root),
                       C2C_E_BAD_ROOT);
        }
    }
    path.n++;
    assert_err(c2c_merkle_path_verify(hasher, leaf, index, count, &path, root),
               C2C_E_BAD_ROOT);
    path.n -= path.n > 1 ? 2 : 1;
    if (count > 1) {
        assert_err(c2c_merkle_path_verify(hasher, leaf, index, count, &path,
                                          root),
                   C2C_E_BAD_ROOT);
    }
}

static void check(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *inputs = c2c_val_get(one, "inputs");
    const struct c2c_merkle_hasher *hasher =
        c2c_view_eq_str(c2c_val_text(inputs, "hasher"), "sha256")
            ? &sha256
            : &c2c_tree_hasher;
    const struct c2c_val *hex = c2c_val_get(one, "leaf_hashes");
    const struct c2c_val *roots = c2c_val_get(one, "roots");
    const struct c2c_val *paths = c2c_val_get(one, "paths");
    struct c2c_hash leaves[LEAVES];

    for (size_t i = 0; i < LEAVES; i++) {
        memcpy(leaves[i].b, vectors_hex(v, c2c_val_at(hex, i)).p,
               sizeof leaves[i].b);
    }
    assert_int_equal(c2c_val_count(paths), LEAVES * (LEAVES + 1) / 2);
    for (size_t i = 0; i < c2c_val_count(paths); i++) {
        const struct c2c_val *at = c2c_val_at(paths, i);
        uint64_t index = vectors_uint(at, "index");
        uint64_t count = vectors_uint(at, "count");
        const struct c2c_val *want = c2c_val_get(at, "path");
        struct c2c_hash root = c2c_merkle_root(hasher, leaves, count);
        struct c2c_merkle_path path;

        assert_memory_equal(root.b, vectors_hex(v, c2c_val_at(roots, count)).p,
                            sizeof root.b);
        assert_ok(c2c_merkle_path_make(hasher, leaves, count, index, &path));
        assert_int_equal(path.n, c2c_val_count(want));
        for (size_t k = 0; k < path.n; k++) {
            assert_memory_equal(path.node[k].b,
                                vectors_hex(v, c2c_val_at(want, k)).p,
                                C2C_HASH_BYTES);
        }
        check_path(hasher, leaves, index, count, path, &root);
    }
}

static void every_path_of_every_tree_is_that_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("merkle.json", 2, check);
}

static void there_is_no_path_beyond_the_last_leaf(void **state)
{
    struct c2c_hash leaves[LEAVES];
    struct c2c_merkle_path path = {.n = 99};

    (void)state;
    hash_leaves(leaves);
    assert_err(c2c_merkle_path_make(&sha256, leaves, 3, 3, &path), C2C_E_INVAL);
    assert_err(c2c_merkle_path_make(&sha256, leaves, 0, 0, &path), C2C_E_INVAL);
    assert_int_equal(path.n, 99);
    path.n = 0;
    assert_err(c2c_merkle_path_verify(&sha256, &leaves[0], 0, 0, &path,
                                      &leaves[0]),
               C2C_E_BAD_ROOT);
}

/* A count that nobody has must not lead out of the path. */
static void the_largest_count_needs_64_nodes(void **state)
{
    struct c2c_hash leaf = {{7}};
    struct c2c_hash root = leaf;
    struct c2c_merkle_path path = {.n = C2C_MERKLE_MAX_PATH};

    (void)state;
    for (size_t i = 0; i < path.n; i++) {
        root = sha256_node(&root, &path.node[i]);
    }
    assert_ok(
        c2c_merkle_path_verify(&sha256, &leaf, 0, UINT64_MAX, &path, &root));
    path.n--;
    assert_err(c2c_merkle_path_verify(&sha256, &leaf, 0, UINT64_MAX, &path,
                                      &root),
               C2C_E_BAD_ROOT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_roots_come_out),
        cmocka_unit_test(published_paths_come_out_and_verify),
        cmocka_unit_test(every_path_of_every_tree_is_that_of_the_vectors),
        cmocka_unit_test(there_is_no_path_beyond_the_last_leaf),
        cmocka_unit_test(the_largest_count_needs_64_nodes),
    };
    return cmocka_run_group_tests_name("merkle/tree", tests, NULL, NULL);
}
