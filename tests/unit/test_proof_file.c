#include "trust/proof_file.h"

#include <string.h>

#include "oom.h"
#include "test.h"
#include "vectors.h"

static void check(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    struct c2c_proved got = {.head = {.rev = 77}};
    struct c2c_hash city;
    struct c2c_uuid key;

    if (!vectors_verdict(one, c2c_proof_file_verify(vectors_view(v, one, "hex"),
                                                    &got))) {
        vectors_expect(one, got.head.rev == 77, "written on failure");
        return;
    }
    city = vectors_hash(v, in, "city");
    vectors_fill(v, in, "key", key.b, sizeof key.b);
    vectors_expect(one, c2c_hash_eq(&got.city, &city), "city");
    vectors_expect(one, c2c_uuid_cmp(&got.record.key, &key) == 0, "key");
    assert_int_equal(got.head.epoch, vectors_uint(in, "epoch"));
    assert_int_equal(got.keyset.n, vectors_uint(in, "epoch"));
    assert_int_equal(got.head.rev, vectors_uint(in, "rev"));
}

static void proof_files_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("proof_file.json", 30, check);
}

/* The good file called @name, in @out. */
static void load(const char *name, struct c2c_buf *out)
{
    struct vectors v;

    vectors_open(&v, "proof_file.json");
    c2c_buf_init(out, C2C_MAX_PROOF_BYTES + 1);
    vectors_bytes(vectors_find(&v, name), "hex", out);
    vectors_close(&v);
}

static void no_byte_may_change(void **state)
{
    static const char *const names[] = {"proof file",
                                        "proof file of a tree of one",
                                        "proof file under keyset 2"};
    static const uint8_t flips[] = {0x01, 0x80, 0xff};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct c2c_proved got;
        struct c2c_buf bytes;

        load(names[i], &bytes);
        assert_ok(c2c_proof_file_verify(c2c_buf_view(&bytes), &got));
        for (size_t at = 0; at < bytes.n * sizeof flips; at++) {
            uint8_t *byte = &bytes.p[at / sizeof flips];

            *byte ^= flips[at % sizeof flips];
            assert_true(c2c_proof_file_verify(c2c_buf_view(&bytes), &got) !=
                        C2C_E_OK);
            *byte ^= flips[at % sizeof flips];
        }
        assert_ok(c2c_proof_file_verify(c2c_buf_view(&bytes), &got));
        c2c_buf_fini(&bytes);
    }
}

static void no_end_may_be_missing(void **state)
{
    struct c2c_proved got;
    struct c2c_buf bytes;

    (void)state;
    load("proof file", &bytes);
    for (size_t n = 0; n < bytes.n; n++) {
        assert_true(c2c_proof_file_verify(c2c_view_of(bytes.p, n), &got) !=
                    C2C_E_OK);
    }
    c2c_buf_fini(&bytes);
}

static void what_decodes_encodes_to_the_same_bytes(void **state)
{
    struct c2c_proof_file file;
    struct c2c_buf bytes;
    struct c2c_buf again;

    (void)state;
    load("proof file under keyset 2", &bytes);
    assert_ok(c2c_proof_file_decode(c2c_buf_view(&bytes), &file));
    assert_int_equal(file.n_keysets, 2);
    c2c_buf_init(&again, C2C_MAX_PROOF_BYTES);
    assert_ok(c2c_proof_file_encode(&file, &again));
    assert_true(c2c_view_eq(c2c_buf_view(&again), c2c_buf_view(&bytes)));
    c2c_buf_fini(&again);
    c2c_buf_fini(&bytes);
}

static void what_is_larger_is_not_read(void **state)
{
    static uint8_t room[C2C_MAX_PROOF_BYTES + 1];
    struct c2c_proof_file file;
    struct c2c_buf bytes;
    struct c2c_buf again;

    (void)state;
    load("proof file", &bytes);
    assert_ok(c2c_proof_file_decode(c2c_buf_view(&bytes), &file));
    c2c_buf_init(&again, sizeof room + 1024);
    file.record = c2c_view_of(room, C2C_MAX_RECORD_BYTES + 1);
    assert_ok(c2c_proof_file_encode(&file, &again));
    assert_err(c2c_proof_file_decode(c2c_buf_view(&again), &file),
               C2C_E_TOO_BIG);
    memcpy(room, bytes.p, bytes.n); /* A good one, and then too much. */
    assert_err(c2c_proof_file_decode(c2c_view_of(room, sizeof room), &file),
               C2C_E_TOO_BIG);
    assert_err(c2c_proof_file_decode(c2c_view_of(room, sizeof room - 1), &file),
               C2C_E_MALFORMED);
    c2c_buf_fini(&again);
    c2c_buf_fini(&bytes);
}

static enum c2c_err verify(void *arg)
{
    struct c2c_proved got;

    return c2c_proof_file_verify(c2c_buf_view(arg), &got);
}

static void survives_any_failed_allocation(void **state)
{
    struct c2c_buf bytes;

    (void)state;
    load("proof file", &bytes);
    oom_sweep(verify, &bytes);
    c2c_buf_fini(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proof_files_are_those_of_the_vectors),
        cmocka_unit_test(no_byte_may_change),
        cmocka_unit_test(no_end_may_be_missing),
        cmocka_unit_test(what_decodes_encodes_to_the_same_bytes),
        cmocka_unit_test(what_is_larger_is_not_read),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("trust/proof_file", tests, NULL, NULL);
}
