/* Laws of keysets and heads: one form each, and no byte of it is free. */

#include <stdlib.h>
#include <string.h>

#include "base/timefmt.h"
#include "codec/limits.h"
#include "sample.h"
#include "test.h"
#include "trust/head.h"
#include "trust/keyset.h"

enum {
    ROOTS = 4
};

/* A random keyset 1 with all root keys at hand. */
struct keys {
    struct c2c_signer *root[ROOTS]; /* Ascending by public key. */
    struct c2c_signer *node;
    struct c2c_keyset keyset;
    struct c2c_buf bytes;
};

static int by_key(const void *a, const void *b)
{
    struct c2c_pubkey x = c2c_signer_pub(*(struct c2c_signer *const *)a);
    struct c2c_pubkey y = c2c_signer_pub(*(struct c2c_signer *const *)b);

    return memcmp(x.b, y.b, sizeof x.b);
}

static struct c2c_signer *random_signer(struct prop *p)
{
    struct c2c_signer *signer;
    uint8_t seed[32];

    prop_fill(p, seed, sizeof seed);
    assert_ok(c2c_signer_from_seed(seed, &signer));
    return signer;
}

static void make_keys(struct prop *p, struct keys *k)
{
    size_t n = 1 + prop_below(p, ROOTS);
    unsigned threshold = 1 + (unsigned)prop_below(p, n);

    k->keyset =
        (struct c2c_keyset){.n = 1,
                            .kind = prop_below(p, 2) == 0 ? C2C_CITY : C2C_LGA,
                            .created_s = prop_below(p, C2C_TIME_MAX_S + 1),
                            .threshold = threshold,
                            .n_roots = n,
                            .n_keys = 1 + prop_below(p, C2C_MAX_SIGNING_KEYS)};
    for (size_t i = 0; i < ROOTS; i++) {
        k->root[i] = random_signer(p);
    }
    qsort(k->root, n, sizeof(struct c2c_signer *), by_key);
    for (size_t i = 0; i < n; i++) {
        k->keyset.root[i] = c2c_signer_pub(k->root[i]);
    }
    k->node = random_signer(p);
    for (size_t i = 0; i < k->keyset.n_keys; i++) {
        prop_fill(p, k->keyset.key[i].pub.b, C2C_PUBKEY_BYTES);
        k->keyset.key[i].uses = 1 + (unsigned)prop_below(p, 7);
    }
    k->keyset.key[0].pub = c2c_signer_pub(k->node);
    k->keyset.key[0].uses |= C2C_USE_HEAD;
    c2c_buf_init(&k->bytes, C2C_MAX_KEYSET_BYTES);
    assert_ok(c2c_keyset_sign(&k->keyset,
                              (const struct c2c_signer *const *)k->root,
                              threshold + prop_below(p, n - threshold + 1),
                              &k->bytes));
    assert_ok(c2c_keyset_decode_first(c2c_buf_view(&k->bytes), &k->keyset));
}

static void free_keys(struct keys *k)
{
    for (size_t i = 0; i < ROOTS; i++) {
        c2c_signer_free(k->root[i]);
    }
    c2c_signer_free(k->node);
    c2c_buf_fini(&k->bytes);
}

static void make_head(struct prop *p, const struct keys *k, struct c2c_head *h,
                      struct c2c_buf *out)
{
    memset(h, 0, sizeof *h);
    h->city = k->keyset.hash;
    h->keyset = k->keyset.hash;
    h->epoch = 1;
    h->rev = 1 + (prop_u64(p) >> (1 + prop_below(p, 63)));
    if (h->rev > 1) {
        prop_fill(p, h->prev.b, sizeof h->prev.b);
    }
    prop_fill(p, h->pub.root.b, sizeof h->pub.root.b);
    prop_fill(p, h->net.b, sizeof h->net.b);
    h->pub.count = prop_below(p, C2C_MAX_CITY_RECORDS + 1);
    h->pub.bytes = prop_u64(p) >> (1 + prop_below(p, 63));
    h->time_s = prop_below(p, C2C_TIME_MAX_S - C2C_MAX_HEAD_LIFE_S);
    h->expires_s = h->time_s + 1 + prop_below(p, C2C_MAX_HEAD_LIFE_S);
    c2c_buf_init(out, C2C_MAX_HEAD_BYTES);
    assert_ok(c2c_head_sign(h, k->node, out));
}

static bool same_head(const struct c2c_head *a, const struct c2c_head *b)
{
    return c2c_hash_eq(&a->city, &b->city) &&
           c2c_hash_eq(&a->keyset, &b->keyset) && a->epoch == b->epoch &&
           a->rev == b->rev && c2c_hash_eq(&a->prev, &b->prev) &&
           c2c_hash_eq(&a->pub.root, &b->pub.root) &&
           a->pub.count == b->pub.count && a->pub.bytes == b->pub.bytes &&
           c2c_hash_eq(&a->net, &b->net) && a->time_s == b->time_s &&
           a->expires_s == b->expires_s && a->key == b->key &&
           c2c_hash_eq(&a->content, &b->content);
}

static void a_head_comes_back_and_is_signed_alike(struct prop *p)
{
    struct keys k;
    struct c2c_head made;
    struct c2c_head got;
    struct c2c_buf bytes;
    struct c2c_buf again;

    make_keys(p, &k);
    make_head(p, &k, &made, &bytes);
    assert_ok(c2c_head_verify(c2c_buf_view(&bytes), &k.keyset, &got));
    assert_true(same_head(&made, &got));
    c2c_buf_init(&again, C2C_MAX_HEAD_BYTES);
    assert_ok(c2c_head_sign(&got, k.node, &again));
    assert_true(c2c_view_eq(c2c_buf_view(&bytes), c2c_buf_view(&again)));
    c2c_buf_fini(&bytes);
    c2c_buf_fini(&again);
    free_keys(&k);
}

static void no_byte_of_a_head_may_change(struct prop *p)
{
    struct keys k;
    struct c2c_head h;
    struct c2c_buf bytes;

    make_keys(p, &k);
    make_head(p, &k, &h, &bytes);
    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t was = bytes.p[i];

        sample_flip(p, &bytes.p[i], 1);
        if (c2c_head_verify(c2c_buf_view(&bytes), &k.keyset, &h) == C2C_E_OK) {
            fail_msg("byte %zu", i);
        }
        bytes.p[i] = was;
    }
    assert_ok(c2c_head_verify(c2c_buf_view(&bytes), &k.keyset, &h));
    c2c_buf_fini(&bytes);
    free_keys(&k);
}

static void a_refresh_is_the_same_content_later(struct prop *p)
{
    struct keys k;
    struct c2c_head h;
    struct c2c_head later;
    struct c2c_buf bytes;
    struct c2c_buf again;

    make_keys(p, &k);
    make_head(p, &k, &h, &bytes);
    c2c_buf_init(&again, C2C_MAX_HEAD_BYTES);
    assert_ok(c2c_head_refresh(c2c_buf_view(&bytes), h.time_s + 1,
                               h.expires_s + 1, 0, k.node, &again));
    assert_ok(c2c_head_verify(c2c_buf_view(&again), &k.keyset, &later));
    assert_true(c2c_hash_eq(&h.content, &later.content));
    assert_true(c2c_head_cmp(&later, &h) > 0);
    c2c_buf_fini(&bytes);
    c2c_buf_fini(&again);
    free_keys(&k);
}

static void a_keyset_is_signed_alike_in_any_order(struct prop *p)
{
    struct keys k;
    const struct c2c_signer *turned[ROOTS];
    struct c2c_keyset got;
    struct c2c_buf once;
    struct c2c_buf twice;
    size_t n;

    make_keys(p, &k);
    n = k.keyset.n_roots;
    for (size_t i = 0; i < n; i++) {
        turned[i] = k.root[n - 1 - i];
    }
    c2c_buf_init(&once, C2C_MAX_KEYSET_BYTES);
    c2c_buf_init(&twice, C2C_MAX_KEYSET_BYTES);
    assert_ok(c2c_keyset_sign(&k.keyset,
                              (const struct c2c_signer *const *)k.root, n,
                              &once));
    assert_ok(c2c_keyset_decode_first(c2c_buf_view(&once), &got));
    assert_memory_equal(&got, &k.keyset, sizeof got);
    assert_ok(c2c_keyset_sign(&got, turned, n, &twice));
    assert_true(c2c_view_eq(c2c_buf_view(&once), c2c_buf_view(&twice)));
    c2c_buf_fini(&once);
    c2c_buf_fini(&twice);
    free_keys(&k);
}

static void no_byte_of_a_keyset_may_change(struct prop *p)
{
    struct keys k;
    struct c2c_keyset got;

    make_keys(p, &k);
    for (size_t i = 0; i < k.bytes.n; i++) {
        uint8_t was = k.bytes.p[i];

        sample_flip(p, &k.bytes.p[i], 1);
        if (c2c_keyset_decode_first(c2c_buf_view(&k.bytes), &got) == C2C_E_OK) {
            fail_msg("byte %zu", i);
        }
        k.bytes.p[i] = was;
    }
    free_keys(&k);
}

/* A chain of random rotations: every link decodes after the one before it and
 * after no other. */
static void a_chain_has_one_order(struct prop *p)
{
    struct keys a;
    struct keys b;
    struct c2c_keyset next;
    struct c2c_keyset got;
    const struct c2c_signer *signers[2 * ROOTS];
    struct c2c_buf bytes;
    size_t n = 0;

    make_keys(p, &a);
    make_keys(p, &b);
    next = b.keyset;
    next.n = 2;
    next.kind = a.keyset.kind;
    next.previous = a.keyset.hash;
    for (size_t i = 0; i < a.keyset.threshold; i++) {
        signers[n++] = a.root[i];
    }
    for (size_t i = 0; i < b.keyset.threshold; i++) {
        signers[n++] = b.root[i];
    }
    c2c_buf_init(&bytes, C2C_MAX_KEYSET_BYTES);
    assert_ok(c2c_keyset_sign(&next, signers, n, &bytes));
    assert_ok(c2c_keyset_decode_next(c2c_buf_view(&bytes), &a.keyset, &got));
    assert_int_equal(got.n, 2);
    assert_true(c2c_keyset_decode_next(c2c_buf_view(&bytes), &b.keyset, &got) !=
                C2C_E_OK);
    assert_true(c2c_keyset_decode_first(c2c_buf_view(&bytes), &got) !=
                C2C_E_OK);
    c2c_buf_clear(&bytes);
    assert_ok(c2c_keyset_sign(&next, signers + 1, n - 1, &bytes));
    assert_err(c2c_keyset_decode_next(c2c_buf_view(&bytes), &a.keyset, &got),
               C2C_E_BAD_KEYSET);
    c2c_buf_fini(&bytes);
    free_keys(&a);
    free_keys(&b);
}

#define LAW(NAME, CASES)                   \
    static void check_##NAME(void **state) \
    {                                      \
        (void)state;                       \
        prop_run(#NAME, CASES, NAME);      \
    }
LAW(a_head_comes_back_and_is_signed_alike, 300)
LAW(no_byte_of_a_head_may_change, 10)
LAW(a_refresh_is_the_same_content_later, 100)
LAW(a_keyset_is_signed_alike_in_any_order, 100)
LAW(no_byte_of_a_keyset_may_change, 5)
LAW(a_chain_has_one_order, 100)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_a_head_comes_back_and_is_signed_alike),
        cmocka_unit_test(check_no_byte_of_a_head_may_change),
        cmocka_unit_test(check_a_refresh_is_the_same_content_later),
        cmocka_unit_test(check_a_keyset_is_signed_alike_in_any_order),
        cmocka_unit_test(check_no_byte_of_a_keyset_may_change),
        cmocka_unit_test(check_a_chain_has_one_order),
    };
    return cmocka_run_group_tests_name("prop/signed", tests, NULL, NULL);
}
