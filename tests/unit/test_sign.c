#include "crypto/sign.h"

#include <string.h>

#include "test.h"
#include "vectors.h"

static void check_signer(struct vectors *v, const struct c2c_val *one,
                         const struct c2c_hash *hash)
{
    struct c2c_signer *signer;
    struct c2c_pubkey pub;
    struct c2c_sig sig;
    uint8_t seed[32];
    uint8_t again[32] = {0};

    vectors_fill(v, c2c_val_get(one, "inputs"), "seed", seed, sizeof seed);
    assert_ok(c2c_signer_from_seed(seed, &signer));
    pub = c2c_signer_pub(signer);
    sig = c2c_sign(signer, hash);
    vectors_same(v, one, "public", c2c_view_of(pub.b, sizeof pub.b));
    vectors_same(v, one, "hex", c2c_view_of(sig.b, sizeof sig.b));
    c2c_signer_seed(signer, again);
    assert_memory_equal(seed, again, sizeof seed);
    c2c_signer_free(signer);
}

static void check(struct vectors *v, const struct c2c_val *one)
{
    struct c2c_hash hash = vectors_hash(v, c2c_val_get(one, "inputs"), "hash");
    struct c2c_pubkey pub;
    struct c2c_sig sig;

    vectors_fill(v, one, "public", pub.b, sizeof pub.b);
    vectors_fill(v, one, "hex", sig.b, sizeof sig.b);
    if (vectors_verdict(one, c2c_verify(&pub, &hash, &sig))) {
        check_signer(v, one, &hash);
    }
}

static void signatures_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("sign.json", 10, check);
}

static void a_new_key_is_another_one_and_signs(void **state)
{
    struct c2c_hash hash = {{1, 2, 3}};
    struct c2c_signer *a;
    struct c2c_signer *b;
    struct c2c_pubkey pub_a;
    struct c2c_pubkey pub_b;
    struct c2c_sig sig;

    (void)state;
    assert_ok(c2c_signer_new(&a));
    assert_ok(c2c_signer_new(&b));
    pub_a = c2c_signer_pub(a);
    pub_b = c2c_signer_pub(b);
    assert_false(c2c_pubkey_eq(&pub_a, &pub_b));
    sig = c2c_sign(a, &hash);
    assert_ok(c2c_verify(&pub_a, &hash, &sig));
    assert_err(c2c_verify(&pub_b, &hash, &sig), C2C_E_BAD_SIGNATURE);
    c2c_signer_free(a);
    c2c_signer_free(b);
    c2c_signer_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_those_of_the_vectors),
        cmocka_unit_test(a_new_key_is_another_one_and_signs),
    };
    return cmocka_run_group_tests_name("crypto/sign", tests, NULL, NULL);
}
