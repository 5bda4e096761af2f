#include "crypto/random.h"

#include <string.h>

#include "crypto/sign.h"
#include "test.h"

/* 2^-256 of a false alarm. */
static void it_fills_all_and_differs_each_time(void **state)
{
    uint8_t a[34] = {0};
    uint8_t b[34] = {0};
    uint8_t seen[32] = {0};

    (void)state;
    assert_ok(c2c_crypto_init());
    assert_ok(c2c_crypto_init()); /* Once more does nothing. */
    c2c_rng_system.fill(c2c_rng_system.ctx, a + 1, 32);
    c2c_rng_system.fill(c2c_rng_system.ctx, b + 1, 32);
    assert_memory_not_equal(a, b, sizeof a);
    assert_int_equal(a[0] | a[33] | b[0] | b[33], 0);
    for (unsigned round = 0; round < 64; round++) {
        c2c_rng_system.fill(c2c_rng_system.ctx, a + 1, 32);
        for (size_t i = 0; i < 32; i++) {
            seen[i] |= a[i + 1];
        }
    }
    for (size_t i = 0; i < 32; i++) {
        assert_int_equal(seen[i], 0xff); /* Every bit of every byte moves. */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_fills_all_and_differs_each_time),
    };
    return cmocka_run_group_tests_name("crypto/random", tests, NULL, NULL);
}
