#include "trust/keyset.h"

#include <string.h>

#include "oom.h"
#include "test.h"
#include "vectors.h"

enum {
    MAX_SIGNERS = 2 * C2C_MAX_ROOT_KEYS
};

/* The keyset that the inputs describe. */
static struct c2c_keyset described(struct vectors *v, const struct c2c_val *in)
{
    const struct c2c_val *roots = c2c_val_get(in, "roots");
    const struct c2c_val *keys = c2c_val_get(in, "keys");
    struct c2c_keyset k = {.n = vectors_uint(in, "n"),
                           .kind = (enum c2c_city_kind)vectors_uint(in, "kind"),
                           .created_s = vectors_uint(in, "created"),
                           .threshold = (unsigned)vectors_uint(in, "threshold"),
                           .n_roots = c2c_val_count(roots),
                           .n_keys = c2c_val_count(keys)};

    if (k.n > 1) {
        k.previous = vectors_hash(v, in, "previous");
    }
    for (size_t i = 0; i < k.n_roots; i++) {
        memcpy(k.root[i].b, vectors_hex(v, c2c_val_at(roots, i)).p,
               sizeof k.root[i].b);
    }
    for (size_t i = 0; i < k.n_keys; i++) {
        const struct c2c_val *key = c2c_val_at(keys, i);

        memcpy(k.key[i].pub.b, vectors_hex(v, c2c_val_at(key, 0)).p,
               sizeof k.key[i].pub.b);
        k.key[i].uses = (unsigned)c2c_val_int(c2c_val_at(key, 1));
    }
    return k;
}

static void assert_same_keyset(const struct c2c_keyset *a,
                               const struct c2c_keyset *b)
{
    assert_int_equal(a->n, b->n);
    assert_true(c2c_hash_eq(&a->previous, &b->previous));
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->created_s, b->created_s);
    assert_int_equal(a->threshold, b->threshold);
    assert_int_equal(a->n_roots, b->n_roots);
    assert_memory_equal(a->root, b->root, sizeof a->root);
    assert_int_equal(a->n_keys, b->n_keys);
    for (size_t i = 0; i < a->n_keys; i++) {
        assert_true(c2c_pubkey_eq(&a->key[i].pub, &b->key[i].pub));
        assert_int_equal(a->key[i].uses, b->key[i].uses);
    }
}

/* Sign with the seeds of the inputs, in whatever order they stand there. */
static void check_signing(struct vectors *v, const struct c2c_val *one,
                          const struct c2c_keyset *keyset)
{
    const struct c2c_val *seeds =
        c2c_val_get(c2c_val_get(one, "inputs"), "seeds");
    struct c2c_signer *signers[MAX_SIGNERS];
    size_t n = c2c_val_count(seeds);
    struct c2c_buf out;

    for (size_t i = 0; i < n; i++) {
        assert_ok(c2c_signer_from_seed(vectors_hex(v, c2c_val_at(seeds, i)).p,
                                       &signers[i]));
    }
    c2c_buf_init(&out, C2C_MAX_KEYSET_BYTES);
    assert_ok(c2c_keyset_sign(keyset, (const struct c2c_signer *const *)signers,
                              n, &out));
    vectors_same(v, one, "hex", c2c_buf_view(&out));
    c2c_buf_fini(&out);
    for (size_t i = 0; i < n; i++) {
        c2c_signer_free(signers[i]);
    }
}

static void check(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    struct c2c_view before = vectors_hex(v, c2c_val_get(in, "previous_object"));
    struct c2c_view bytes = vectors_view(v, one, "hex");
    struct c2c_keyset previous;
    struct c2c_keyset got = {.n = 77};
    struct c2c_keyset want;
    enum c2c_err err;

    if (before.n > 0) {
        assert_ok(c2c_keyset_decode_first(before, &previous));
        err = c2c_keyset_decode_next(bytes, &previous, &got);
    } else {
        err = c2c_keyset_decode_first(bytes, &got);
    }
    if (!vectors_verdict(one, err)) {
        vectors_expect(one, got.n == 77, "written on failure");
        return;
    }
    want = described(v, in);
    assert_same_keyset(&got, &want);
    vectors_same(v, one, "hash", c2c_view_of(got.hash.b, sizeof got.hash.b));
    check_signing(v, one, &want);
}

static void keysets_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("keyset.json", 55, check);
}

static struct c2c_keyset named(struct vectors *v, const char *name)
{
    vectors_open(v, "keyset.json");
    return described(v, c2c_val_get(vectors_find(v, name), "inputs"));
}

static void a_keyset_that_nobody_would_take_is_not_signed(void **state)
{
    struct vectors v;
    const struct c2c_keyset good = named(&v, "keyset 2");
    struct c2c_keyset bad[13];
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bad[i] = good;
    }
    bad[n++].n = 0;
    bad[n++].kind = 0;
    bad[n++].kind = 3;
    bad[n++].n_roots = 0;
    bad[n++].n_roots = C2C_MAX_ROOT_KEYS + 1;
    bad[n++].n_keys = 0;
    bad[n++].n_keys = C2C_MAX_SIGNING_KEYS + 1;
    bad[n++].threshold = 0;
    bad[n++].threshold = (unsigned)good.n_roots + 1;
    bad[n++].root[1] = good.root[0];
    bad[n++].key[1] = good.key[0];
    bad[n++].key[0].uses = 0;
    bad[n++].key[0].uses = 8;
    assert_int_equal(n, sizeof bad / sizeof bad[0]);
    for (size_t i = 0; i < n; i++) {
        struct c2c_buf out;

        c2c_buf_init(&out, C2C_MAX_KEYSET_BYTES);
        assert_err(c2c_keyset_sign(&bad[i], NULL, 0, &out), C2C_E_BAD_KEYSET);
        assert_int_equal(out.n, 0);
        c2c_buf_fini(&out);
    }
    vectors_close(&v);
}

static void more_signers_than_roots_could_be_are_refused(void **state)
{
    const struct c2c_signer *signers[MAX_SIGNERS + 1] = {NULL};
    struct vectors v;
    struct c2c_keyset k = named(&v, "keyset 1");
    struct c2c_buf out;

    (void)state;
    c2c_buf_init(&out, C2C_MAX_KEYSET_BYTES);
    assert_err(c2c_keyset_sign(&k, signers, MAX_SIGNERS + 1, &out),
               C2C_E_BAD_KEYSET);
    c2c_buf_fini(&out);
    vectors_close(&v);
}

enum {
    ROOTS = 3,
    NEEDED = 2
};

/* Root keys of which NEEDED have to sign, in the keyset's order. */
struct board {
    struct c2c_signer *root[ROOTS];
    struct c2c_keyset keyset;
};

static void board_make(struct board *b)
{
    const uint8_t node_seed[32] = {0x11};
    struct c2c_signer *node;

    memset(b, 0, sizeof *b);
    b->keyset = (struct c2c_keyset){.n = 1,
                                    .kind = C2C_CITY,
                                    .threshold = NEEDED,
                                    .n_roots = ROOTS,
                                    .n_keys = 1};
    for (size_t i = 0; i < ROOTS; i++) {
        const uint8_t seed[32] = {(uint8_t)i};
        size_t at = i;

        assert_ok(c2c_signer_from_seed(seed, &b->root[i]));
        b->keyset.root[i] = c2c_signer_pub(b->root[i]);
        for (; at > 0 &&
               memcmp(b->keyset.root[at - 1].b, b->keyset.root[at].b, 32) > 0;
             at--) {
            struct c2c_pubkey pub = b->keyset.root[at];

            b->keyset.root[at] = b->keyset.root[at - 1];
            b->keyset.root[at - 1] = pub;
        }
    }
    assert_ok(c2c_signer_from_seed(node_seed, &node));
    b->keyset.key[0] =
        (struct c2c_signing_key){c2c_signer_pub(node), C2C_USE_HEAD};
    c2c_signer_free(node);
}

static void board_free(struct board *b)
{
    for (size_t i = 0; i < ROOTS; i++) {
        c2c_signer_free(b->root[i]);
    }
}

/* What is said to keyset 1 signed by the roots with these numbers. */
static enum c2c_err signed_by(const struct board *b, const size_t *which,
                              size_t n)
{
    const struct c2c_signer *signers[ROOTS + 1];
    struct c2c_keyset got;
    struct c2c_buf out;
    enum c2c_err err;

    for (size_t i = 0; i < n; i++) {
        signers[i] = b->root[which[i]];
    }
    c2c_buf_init(&out, C2C_MAX_KEYSET_BYTES);
    assert_ok(c2c_keyset_sign(&b->keyset, signers, n, &out));
    err = c2c_keyset_decode_first(c2c_buf_view(&out), &got);
    c2c_buf_fini(&out);
    return err;
}

static void fewer_signatures_than_the_threshold_are_refused(void **state)
{
    struct board b;

    (void)state;
    board_make(&b);
    assert_err(signed_by(&b, (const size_t[]){0}, 0), C2C_E_BAD_KEYSET);
    for (size_t i = 0; i < ROOTS; i++) {
        const size_t one[] = {i};
        const size_t two[] = {i, (i + 1) % ROOTS};

        assert_err(signed_by(&b, one, 1), C2C_E_BAD_KEYSET);
        assert_ok(signed_by(&b, two, 2));
    }
    assert_ok(signed_by(&b, (const size_t[]){2, 0, 1}, 3));
    board_free(&b);
}

static void a_signer_counts_once(void **state)
{
    struct board b;

    (void)state;
    board_make(&b);
    for (size_t i = 0; i < ROOTS; i++) {
        const size_t twice[] = {i, i};

        assert_err(signed_by(&b, twice, 2), C2C_E_BAD_KEYSET);
    }
    board_free(&b);
}

static void a_city_has_so_many_keysets(void **state)
{
    const uint8_t seed[32] = {1};
    struct vectors v;
    struct c2c_keyset k = named(&v, "keyset 2");
    struct c2c_signer *signer;
    struct c2c_buf out;
    size_t at = 0;

    (void)state;
    vectors_close(&v);
    assert_ok(c2c_signer_from_seed(seed, &signer));
    c2c_buf_init(&out, C2C_MAX_KEYSET_BYTES);
    k.n = C2C_MAX_CITY_KEYSETS + 1;
    assert_err(c2c_keyset_sign(&k, (const struct c2c_signer *const *)&signer, 1,
                               &out),
               C2C_E_BAD_KEYSET);
    k.n = C2C_MAX_CITY_KEYSETS;
    assert_ok(c2c_keyset_sign(&k, (const struct c2c_signer *const *)&signer, 1,
                              &out));
    assert_ok(c2c_keyset_peek(c2c_buf_view(&out), &k));
    while (memcmp(&out.p[at], "\xcd\x01\x00", 3) != 0) {
        at++;
    }
    out.p[at + 2]++; /* Its number. */
    assert_err(c2c_keyset_peek(c2c_buf_view(&out), &k), C2C_E_TOO_BIG);
    c2c_buf_fini(&out);
    c2c_signer_free(signer);
}

static void keys_are_found_by_use(void **state)
{
    struct vectors v;
    struct c2c_keyset k = named(&v, "keyset 2");
    const struct c2c_pubkey stranger = {{9}};
    size_t at = 77;

    (void)state;
    assert_ok(c2c_keyset_find(&k, &k.key[1].pub, C2C_USE_HEAD, &at));
    assert_int_equal(at, 1);
    assert_ok(c2c_keyset_find(&k, &k.key[0].pub, C2C_USE_SEAL, &at));
    assert_int_equal(at, 0);
    at = 77;
    assert_err(c2c_keyset_find(&k, &k.key[0].pub, C2C_USE_HEAD, &at),
               C2C_E_NOT_FOUND);
    assert_err(c2c_keyset_find(&k, &stranger, C2C_USE_SEAL, &at),
               C2C_E_NOT_FOUND);
    assert_int_equal(at, 77);
    vectors_close(&v);
}

static enum c2c_err sign(void *arg)
{
    const uint8_t seed[32] = {1};
    struct c2c_signer *signer;
    struct c2c_buf out;
    enum c2c_err err = c2c_signer_from_seed(seed, &signer);

    assert_ok(err);
    c2c_buf_init(&out, C2C_MAX_KEYSET_BYTES);
    err = c2c_keyset_sign(arg, (const struct c2c_signer *const *)&signer, 1,
                          &out);
    c2c_buf_fini(&out);
    c2c_signer_free(signer);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    struct vectors v;
    struct c2c_keyset k = named(&v, "keyset 2");

    (void)state;
    vectors_close(&v);
    oom_sweep(sign, &k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keysets_are_those_of_the_vectors),
        cmocka_unit_test(a_keyset_that_nobody_would_take_is_not_signed),
        cmocka_unit_test(more_signers_than_roots_could_be_are_refused),
        cmocka_unit_test(fewer_signatures_than_the_threshold_are_refused),
        cmocka_unit_test(a_signer_counts_once),
        cmocka_unit_test(a_city_has_so_many_keysets),
        cmocka_unit_test(keys_are_found_by_use),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("trust/keyset", tests, NULL, NULL);
}
