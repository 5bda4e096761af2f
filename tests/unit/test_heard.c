#include "codec/limits.h"
#include "node/heard.h"
#include "oom.h"
#include "test.h"

struct seen {
    unsigned n;
    uint8_t first[8];
    uint64_t seq[8];
    uint64_t heard_s[8];
};

static enum c2c_err see(void *ctx, const struct c2c_hash *city, uint64_t seq,
                        uint64_t heard_s)
{
    struct seen *seen = ctx;

    assert_true(seen->n < 8);
    seen->first[seen->n] = city->b[0];
    seen->seq[seen->n] = seq;
    seen->heard_s[seen->n++] = heard_s;
    return C2C_E_OK;
}

static struct c2c_hash city(uint8_t number)
{
    return (struct c2c_hash){{number}};
}

static void note(struct c2c_heard *heard, uint8_t number, uint64_t seq,
                 uint64_t now_s)
{
    const struct c2c_hash id = city(number);

    c2c_heard_note(heard, &id, seq, now_s);
}

static void the_last_that_a_city_asked_counts(void **state)
{
    struct c2c_heard *heard;
    struct seen seen = {.n = 0};

    (void)state;
    assert_ok(c2c_heard_new(&heard));
    note(heard, 9, 1, 10);
    note(heard, 3, 2, 11);
    note(heard, 5, 3, 12);
    note(heard, 9, 7, 13);
    assert_ok(c2c_heard_each(heard, see, &seen));
    assert_int_equal(seen.n, 3);
    assert_memory_equal(seen.first, "\3\5\x9", 3);
    assert_int_equal(seen.seq[2], 7);
    assert_int_equal(seen.heard_s[2], 13);
    assert_int_equal(seen.seq[0], 2);
    c2c_heard_free(heard);
}

static enum c2c_err stop(void *ctx, const struct c2c_hash *id, uint64_t seq,
                         uint64_t heard_s)
{
    (void)id;
    (void)seq;
    (void)heard_s;
    ++*(unsigned *)ctx;
    return C2C_E_TOO_BIG;
}

static void whoever_looks_may_stop(void **state)
{
    struct c2c_heard *heard;
    unsigned n = 0;

    (void)state;
    assert_ok(c2c_heard_new(&heard));
    note(heard, 1, 1, 1);
    note(heard, 2, 1, 1);
    assert_err(c2c_heard_each(heard, stop, &n), C2C_E_TOO_BIG);
    assert_int_equal(n, 1);
    c2c_heard_free(heard);
}

static enum c2c_err count(void *ctx, const struct c2c_hash *id, uint64_t seq,
                          uint64_t heard_s)
{
    (void)id;
    (void)seq;
    (void)heard_s;
    ++*(unsigned *)ctx;
    return C2C_E_OK;
}

static void there_is_an_end_to_them(void **state)
{
    struct c2c_heard *heard;
    unsigned n = 0;

    (void)state;
    assert_ok(c2c_heard_new(&heard));
    for (uint32_t i = 0; i < C2C_MAX_LGA_MEMBERS + 10; i++) {
        const struct c2c_hash id = {
            {(uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}};

        c2c_heard_note(heard, &id, 1, 1);
    }
    assert_ok(c2c_heard_each(heard, count, &n));
    assert_int_equal(n, C2C_MAX_LGA_MEMBERS);
    c2c_heard_free(heard);
}

/* Whom there was no memory for is not known. */
static enum c2c_err build(void *ctx)
{
    struct c2c_heard *heard;
    enum c2c_err err = c2c_heard_new(&heard);

    (void)ctx;
    if (err == C2C_E_OK) {
        note(heard, 1, 1, 1);
        c2c_heard_free(heard);
    }
    return err;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    oom_sweep_lenient(build, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_that_a_city_asked_counts),
        cmocka_unit_test(whoever_looks_may_stop),
        cmocka_unit_test(there_is_an_end_to_them),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests_name("node/heard", tests, NULL, NULL);
}
