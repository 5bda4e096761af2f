#include "trust/binding.h"

#include <string.h>

#include "codec/limits.h"
#include "crypto/digest.h"
#include "oom.h"
#include "test.h"

enum {
    KEY = 2 /* The index of ours among the signing keys. */
};

static const uint64_t now_s = 1800000000;

struct fixture {
    struct c2c_signer *signer;
    struct c2c_keyset keyset;
    struct c2c_noise_pub node;
    struct c2c_binding binding; /* Signed; good for an hour. */
    struct c2c_buf bytes;
};

static struct fixture fixture;

static int begin(void **state)
{
    static const uint8_t seed[32] = {1};
    struct fixture *f = &fixture;

    *f = (struct fixture){.node = {{9}}};
    assert_ok(c2c_signer_from_seed(seed, &f->signer));
    f->keyset.n = 4;
    memset(f->keyset.hash.b, 0x22, sizeof f->keyset.hash.b);
    f->keyset.n_keys = KEY + 2;
    f->keyset.key[KEY].pub = c2c_signer_pub(f->signer);
    f->keyset.key[KEY].uses = C2C_USE_HEAD;
    f->keyset.key[KEY + 1].pub = c2c_signer_pub(f->signer);
    f->keyset.key[KEY + 1].uses = C2C_USE_SNAPSHOT | C2C_USE_SEAL;
    memset(f->binding.city.b, 0x11, sizeof f->binding.city.b);
    f->binding.keyset = f->keyset.hash;
    f->binding.key = KEY;
    f->binding.expires_s = now_s + 3600;
    c2c_buf_init(&f->bytes, 1024);
    assert_ok(c2c_binding_sign(&f->binding, &f->node, f->signer, &f->bytes));
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;

    c2c_buf_fini(&f->bytes);
    c2c_signer_free(f->signer);
    return 0;
}

static enum c2c_err verify(const struct fixture *f)
{
    return c2c_binding_verify(&f->binding, &f->keyset, &f->node, now_s);
}

static void sign_again(struct fixture *f)
{
    c2c_buf_clear(&f->bytes);
    assert_ok(c2c_binding_sign(&f->binding, &f->node, f->signer, &f->bytes));
}

static void a_proof_is_read_and_believed(void **state)
{
    struct fixture *f = *state;
    struct c2c_binding got;

    assert_in_range(f->bytes.n, 140, C2C_MAX_BINDING_BYTES);
    assert_ok(c2c_binding_decode(c2c_buf_view(&f->bytes), &got));
    assert_true(c2c_hash_eq(&got.city, &f->binding.city));
    assert_true(c2c_hash_eq(&got.keyset, &f->binding.keyset));
    assert_true(got.key == KEY && got.expires_s == f->binding.expires_s);
    assert_ok(c2c_binding_verify(&got, &f->keyset, &f->node, now_s));
}

static void it_holds_for_one_node_only(void **state)
{
    struct fixture *f = *state;

    f->node.b[31] ^= 1;
    assert_err(verify(f), C2C_E_BAD_SIGNATURE);
}

static void every_member_is_signed(void **state)
{
    struct fixture *f = *state;

    f->binding.city.b[5] ^= 1;
    assert_err(verify(f), C2C_E_BAD_SIGNATURE);
    f->binding.city.b[5] ^= 1;
    f->binding.expires_s++;
    assert_err(verify(f), C2C_E_BAD_SIGNATURE);
    f->binding.expires_s--;
    f->binding.sig.b[0] ^= 1;
    assert_err(verify(f), C2C_E_BAD_SIGNATURE);
    f->binding.sig.b[0] ^= 1;
    /* The index too: the same key stands there once more. */
    f->keyset.key[0] = f->keyset.key[KEY];
    f->binding.key = 0;
    assert_err(verify(f), C2C_E_BAD_SIGNATURE);
    f->binding.key = KEY;
    assert_ok(verify(f));
}

static void it_needs_a_key_that_signs_heads(void **state)
{
    struct fixture *f = *state;

    f->binding.key = KEY + 1;
    sign_again(f);
    assert_err(verify(f), C2C_E_BAD_KEYSET);
    f->binding.key = f->keyset.n_keys; /* No key, whatever is left there. */
    f->keyset.key[f->keyset.n_keys] = f->keyset.key[KEY];
    sign_again(f);
    assert_err(verify(f), C2C_E_BAD_KEYSET);
}

static void it_belongs_to_its_keyset(void **state)
{
    struct fixture *f = *state;

    f->keyset.hash.b[0] ^= 1;
    assert_err(verify(f), C2C_E_BAD_KEYSET);
    f->keyset.hash.b[0] ^= 1;
    /* The first keyset's hash is the city. */
    f->keyset.n = 1;
    assert_err(verify(f), C2C_E_BAD_KEYSET);
    f->binding.city = f->keyset.hash;
    sign_again(f);
    assert_ok(verify(f));
}

static void it_lasts_a_day_at_most(void **state)
{
    static const uint64_t skew = C2C_MAX_CLOCK_SKEW_S;
    static const uint64_t life = C2C_MAX_BINDING_LIFE_S;
    struct fixture *f = *state;
    static const struct {
        int64_t expires;
        enum c2c_err want;
    } cases[] = {
        {-(int64_t)skew - 1, C2C_E_EXPIRED},
        {-(int64_t)skew, C2C_E_EXPIRED},
        {-(int64_t)skew + 1, C2C_E_OK},
        {0, C2C_E_OK},
        {(int64_t)life, C2C_E_OK},
        {(int64_t)(life + skew), C2C_E_OK},
        {(int64_t)(life + skew) + 1, C2C_E_FUTURE},
    };

    assert_true(life == 24 * 3600 && skew == 600);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        f->binding.expires_s = (uint64_t)((int64_t)now_s + cases[i].expires);
        sign_again(f);
        assert_err(verify(f), cases[i].want);
    }
}

static void no_beginning_and_nothing_longer_is_one(void **state)
{
    struct fixture *f = *state;
    struct c2c_binding got = {.key = 99};

    for (size_t n = 0; n < f->bytes.n; n++) {
        enum c2c_err err = c2c_binding_decode(c2c_view_of(f->bytes.p, n), &got);

        assert_true(err == C2C_E_MALFORMED || err == C2C_E_UNSUPPORTED);
    }
    assert_ok(c2c_buf_put(&f->bytes, "", 1));
    assert_err(c2c_binding_decode(c2c_buf_view(&f->bytes), &got),
               C2C_E_MALFORMED);
    while (f->bytes.n <= C2C_MAX_BINDING_BYTES) {
        assert_ok(c2c_buf_put(&f->bytes, "", 1));
    }
    assert_err(c2c_binding_decode(c2c_buf_view(&f->bytes), &got),
               C2C_E_TOO_BIG);
    assert_int_equal(got.key, 99);
}

static void no_changed_bit_is_believed(void **state)
{
    struct fixture *f = *state;

    for (size_t bit = 0; bit < f->bytes.n * 8; bit++) {
        struct c2c_binding got;
        enum c2c_err err;

        f->bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        err = c2c_binding_decode(c2c_buf_view(&f->bytes), &got);
        if (err == C2C_E_OK) {
            err = c2c_binding_verify(&got, &f->keyset, &f->node, now_s);
        }
        assert_int_not_equal(err, C2C_E_OK);
        f->bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void another_version_is_not_supported(void **state)
{
    struct fixture *f = *state;
    struct c2c_binding got;

    f->bytes.p[1] = 2;
    assert_err(c2c_binding_decode(c2c_buf_view(&f->bytes), &got),
               C2C_E_UNSUPPORTED);
    f->bytes.p[0] = 0x97; /* However many elements it has. */
    assert_err(c2c_binding_decode(c2c_buf_view(&f->bytes), &got),
               C2C_E_UNSUPPORTED);
    f->bytes.p[1] = 1;
    assert_err(c2c_binding_decode(c2c_buf_view(&f->bytes), &got),
               C2C_E_MALFORMED);
}

static void a_head_never_passes_for_one(void **state)
{
    struct fixture *f = *state;
    struct c2c_hash plain;

    /* Without the personalisation of BINDING the signature is another's. */
    plain = c2c_digest_of(C2C_DIGEST_STAMP, c2c_buf_view(&f->bytes));
    f->binding.sig = c2c_sign(f->signer, &plain);
    assert_err(verify(f), C2C_E_BAD_SIGNATURE);
}

static void without_room_nothing_is_written(void **state)
{
    struct fixture *f = *state;
    struct c2c_buf small;

    c2c_buf_init(&small, 100);
    assert_err(c2c_binding_sign(&f->binding, &f->node, f->signer, &small),
               C2C_E_TOO_BIG);
    assert_int_equal(small.n, 0);
    c2c_buf_fini(&small);
}

static enum c2c_err sign(void *arg)
{
    struct fixture *f = arg;
    struct c2c_buf out;
    enum c2c_err err;

    c2c_buf_init(&out, 1024);
    err = c2c_binding_sign(&f->binding, &f->node, f->signer, &out);
    c2c_buf_fini(&out);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    oom_sweep(sign, *state);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_proof_is_read_and_believed),
        TEST(it_holds_for_one_node_only),
        TEST(every_member_is_signed),
        TEST(it_needs_a_key_that_signs_heads),
        TEST(it_belongs_to_its_keyset),
        TEST(it_lasts_a_day_at_most),
        TEST(no_beginning_and_nothing_longer_is_one),
        TEST(no_changed_bit_is_believed),
        TEST(another_version_is_not_supported),
        TEST(a_head_never_passes_for_one),
        TEST(without_room_nothing_is_written),
        TEST(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("trust/binding", tests, NULL, NULL);
}
