#include "trust/head.h"

#include <string.h>

#include "city.h"
#include "codec/limits.h"
#include "oom.h"
#include "test.h"
#include "vectors.h"

static struct c2c_head described(struct vectors *v, const struct c2c_val *in)
{
    struct c2c_head h = {.city = vectors_hash(v, in, "city"),
                         .keyset = vectors_hash(v, in, "keyset"),
                         .epoch = vectors_uint(in, "epoch"),
                         .rev = vectors_uint(in, "rev"),
                         .pub = city_sum(v, c2c_val_get(in, "public")),
                         .net = vectors_hash(v, in, "net"),
                         .time_s = vectors_uint(in, "time"),
                         .expires_s = vectors_uint(in, "expires"),
                         .key = vectors_uint(in, "key")};

    if (h.rev > 1) {
        h.prev = vectors_hash(v, in, "prev");
    }
    return h;
}

static bool same_sum(const struct c2c_dir_sum *a, const struct c2c_dir_sum *b)
{
    return c2c_hash_eq(&a->root, &b->root) && a->count == b->count &&
           a->bytes == b->bytes;
}

static void check_fields(const struct c2c_val *one, const struct c2c_head *a,
                         const struct c2c_head *b)
{
    vectors_expect(one, c2c_hash_eq(&a->city, &b->city), "city");
    vectors_expect(one, c2c_hash_eq(&a->keyset, &b->keyset), "keyset");
    vectors_expect(one, a->epoch == b->epoch && a->rev == b->rev, "revision");
    vectors_expect(one, c2c_hash_eq(&a->prev, &b->prev), "prev");
    vectors_expect(one, same_sum(&a->pub, &b->pub), "public state");
    vectors_expect(one, c2c_hash_eq(&a->net, &b->net), "net");
    vectors_expect(one,
                   a->time_s == b->time_s && a->expires_s == b->expires_s &&
                       a->key == b->key,
                   "stamp");
}

static struct c2c_signer *signer_of(struct vectors *v, const struct c2c_val *in)
{
    struct c2c_signer *signer;

    assert_ok(c2c_signer_from_seed(vectors_view(v, in, "seed").p, &signer));
    return signer;
}

static void check_good(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    struct c2c_head want = described(v, in);
    struct c2c_signer *signer = signer_of(v, in);
    struct c2c_head got;
    struct c2c_buf out;

    assert_ok(c2c_head_decode(vectors_view(v, one, "hex"), &got));
    check_fields(one, &got, &want);
    c2c_buf_init(&out, C2C_MAX_HEAD_BYTES);
    assert_ok(c2c_head_sign(&want, signer, &out));
    vectors_same(v, one, "hex", c2c_buf_view(&out));
    vectors_same(v, one, "content_hash",
                 c2c_view_of(want.content.b, sizeof want.content.b));
    vectors_expect(one, c2c_hash_eq(&want.content, &got.content), "content");
    c2c_buf_fini(&out);
    c2c_signer_free(signer);
}

static void check(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    struct c2c_head h = {.rev = 77};
    struct c2c_keyset keyset;
    struct c2c_hash city;

    if (c2c_val_get(one, "error") == NULL) {
        check_good(v, one);
        return;
    }
    keyset = city_keyset(v, c2c_val_get(in, "keysets"), &city);
    (void)vectors_verdict(one, c2c_head_verify(vectors_view(v, one, "hex"),
                                               &keyset, &h));
    vectors_expect(one, h.rev == 77, "written on failure");
}

static void heads_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("head.json", 45, check);
}

static void check_net(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    const struct c2c_net_opening opening = {vectors_hash(v, in, "blind"),
                                            city_sum(v, in)};
    struct c2c_hash net = c2c_net_commit(&opening);

    vectors_same(v, one, "hash", c2c_view_of(net.b, sizeof net.b));
}

static void commitments_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("net.json", 2, check_net);
}

static void a_commitment_of_the_largest_numbers_is_whole(void **state)
{
    struct c2c_net_opening a = {
        .sum = {.count = INT64_MAX, .bytes = INT64_MAX}};
    struct c2c_net_opening b = a;
    struct c2c_hash of_a;
    struct c2c_hash of_b;

    (void)state;
    b.sum.bytes--;
    of_a = c2c_net_commit(&a);
    of_b = c2c_net_commit(&b);
    assert_false(c2c_hash_eq(&of_a, &of_b));
}

static void a_refresh_keeps_the_content(void **state)
{
    struct vectors v;
    const struct c2c_val *old;
    const struct c2c_val *new;
    const struct c2c_val *in;
    struct c2c_signer *signer;
    struct c2c_buf out;

    (void)state;
    vectors_open(&v, "head.json");
    old = vectors_find(&v, "head of revision 1.2");
    new = vectors_find(&v, "refresh of revision 1.2");
    in = c2c_val_get(new, "inputs");
    signer = signer_of(&v, in);
    c2c_buf_init(&out, C2C_MAX_HEAD_BYTES);
    assert_ok(c2c_head_refresh(vectors_view(&v, old, "hex"),
                               vectors_uint(in, "time"),
                               vectors_uint(in, "expires"), 0, signer, &out));
    vectors_same(&v, new, "hex", c2c_buf_view(&out));
    c2c_buf_clear(&out);
    assert_err(c2c_head_refresh(c2c_view_str("\x90"), 1, 2, 0, signer, &out),
               C2C_E_MALFORMED);
    assert_int_equal(out.n, 0);
    c2c_buf_fini(&out);
    c2c_signer_free(signer);
    vectors_close(&v);
}

static void decoding_alone_does_not_look_at_the_signature(void **state)
{
    struct vectors v;
    struct c2c_head h = {.rev = 0};
    const struct c2c_val *one;

    (void)state;
    vectors_open(&v, "head.json");
    one = vectors_find(&v, "signed by a stranger");
    assert_ok(c2c_head_decode(vectors_view(&v, one, "hex"), &h));
    assert_int_equal(h.rev, 1);
    vectors_close(&v);
}

static void order_is_epoch_then_revision_then_time(void **state)
{
    static const struct {
        uint64_t epoch, rev, time;
    } ascending[] = {{1, 1, 9}, {1, 2, 1}, {1, 2, 2}, {1, 9, 0}, {2, 1, 0}};
    enum {
        N = sizeof ascending / sizeof ascending[0]
    };

    (void)state;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            struct c2c_head a = {.epoch = ascending[i].epoch,
                                 .rev = ascending[i].rev,
                                 .time_s = ascending[i].time};
            struct c2c_head b = {.epoch = ascending[j].epoch,
                                 .rev = ascending[j].rev,
                                 .time_s = ascending[j].time};
            int got = c2c_head_cmp(&a, &b);

            assert_int_equal((got > 0) - (got < 0), (i > j) - (i < j));
        }
    }
}

static enum c2c_err sign(void *arg)
{
    struct c2c_head h = {.epoch = 1, .rev = 1, .time_s = 1, .expires_s = 2};
    struct c2c_buf out;
    struct c2c_buf again;
    enum c2c_err err;

    c2c_buf_init(&out, C2C_MAX_HEAD_BYTES);
    c2c_buf_init(&again, C2C_MAX_HEAD_BYTES);
    err = c2c_head_sign(&h, arg, &out);
    if (err == C2C_E_OK) {
        err = c2c_head_refresh(c2c_buf_view(&out), 2, 3, 0, arg, &again);
    }
    c2c_buf_fini(&out);
    c2c_buf_fini(&again);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    const uint8_t seed[32] = {1};
    struct c2c_signer *signer;

    (void)state;
    assert_ok(c2c_signer_from_seed(seed, &signer));
    oom_sweep(sign, signer);
    c2c_signer_free(signer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_those_of_the_vectors),
        cmocka_unit_test(commitments_are_those_of_the_vectors),
        cmocka_unit_test(a_commitment_of_the_largest_numbers_is_whole),
        cmocka_unit_test(a_refresh_keeps_the_content),
        cmocka_unit_test(decoding_alone_does_not_look_at_the_signature),
        cmocka_unit_test(order_is_epoch_then_revision_then_time),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("trust/head", tests, NULL, NULL);
}
