/* Laws of the messages between peers (wire/). */

#include <string.h>

#include "recode.h"
#include "sample.h"
#include "sample_message.h"
#include "test.h"

enum {
    MESSAGE_MAX = 1 << 22,
    ENVELOPES = 2 /* The first of recodes[]: they end in any bytes. */
};

/* A random message and its kind. */
static const struct recode *random_message(struct prop *p, size_t first,
                                           struct c2c_buf *out)
{
    size_t which = first + prop_below(p, n_recodes - first);

    c2c_buf_init(out, MESSAGE_MAX);
    sample_message(p, which, out);
    return &recodes[which];
}

/* @bytes are refused, or are the only encoding of what they say. */
static void check_unique(const struct recode *recode, struct c2c_view bytes)
{
    struct c2c_buf again;

    c2c_buf_init(&again, MESSAGE_MAX);
    if (recode->again(bytes, &again) == C2C_E_OK &&
        !c2c_view_eq(c2c_buf_view(&again), bytes)) {
        fail_msg("%s has another encoding", recode->which);
    }
    c2c_buf_fini(&again);
}

static void what_is_written_reads_and_is_written_the_same(struct prop *p)
{
    struct c2c_buf bytes;
    struct c2c_buf again;
    const struct recode *recode = random_message(p, 0, &bytes);
    enum c2c_err err;

    c2c_buf_init(&again, MESSAGE_MAX);
    err = recode->again(c2c_buf_view(&bytes), &again);
    if (err != C2C_E_OK) {
        fail_msg("%s: %s", recode->which, c2c_strerror(err));
    }
    assert_true(c2c_view_eq(c2c_buf_view(&bytes), c2c_buf_view(&again)));
    c2c_buf_fini(&bytes);
    c2c_buf_fini(&again);
}

static void changed_bits_are_refused_or_another_message(struct prop *p)
{
    struct c2c_buf bytes;
    const struct recode *recode = random_message(p, 0, &bytes);

    for (size_t n = 1 + prop_below(p, 4); n > 0; n--) {
        sample_flip(p, bytes.p, bytes.n);
    }
    check_unique(recode, c2c_buf_view(&bytes));
    c2c_buf_fini(&bytes);
}

/* Bytes taken out of it, or put into it. */
static void moved_bytes_are_refused_or_another_message(struct prop *p)
{
    struct c2c_buf bytes;
    const struct recode *recode = random_message(p, 0, &bytes);
    size_t at = prop_below(p, bytes.n);
    size_t n = prop_below(p, bytes.n - at + 1);
    uint8_t more[8];

    prop_fill(p, more, sizeof more);
    memmove(bytes.p + at, bytes.p + at + n, bytes.n - at - n);
    bytes.n -= n;
    if (prop_below(p, 2) == 0) {
        assert_ok(c2c_buf_put(&bytes, more, prop_below(p, sizeof more)));
    }
    check_unique(recode, c2c_buf_view(&bytes));
    c2c_buf_fini(&bytes);
}

/* As one of another kind, with the same bytes. */
static void one_message_is_read_as_another_or_refused(struct prop *p)
{
    struct c2c_buf bytes;

    (void)random_message(p, 0, &bytes);
    check_unique(&recodes[prop_below(p, n_recodes)], c2c_buf_view(&bytes));
    c2c_buf_fini(&bytes);
}

static void no_beginning_of_a_message_is_a_message(struct prop *p)
{
    struct c2c_buf bytes;
    struct c2c_buf again;
    const struct recode *recode = random_message(p, ENVELOPES, &bytes);
    struct c2c_view begin = c2c_view_of(bytes.p, prop_below(p, bytes.n));

    c2c_buf_init(&again, MESSAGE_MAX);
    assert_err(recode->again(begin, &again), C2C_E_MALFORMED);
    c2c_buf_fini(&bytes);
    c2c_buf_fini(&again);
}

static void nothing_stands_behind_a_message(struct prop *p)
{
    struct c2c_buf bytes;
    struct c2c_buf again;
    const struct recode *recode = random_message(p, ENVELOPES, &bytes);
    uint8_t byte = (uint8_t)prop_u64(p);

    c2c_buf_init(&again, MESSAGE_MAX);
    assert_ok(c2c_buf_put(&bytes, &byte, 1));
    assert_err(recode->again(c2c_buf_view(&bytes), &again), C2C_E_MALFORMED);
    c2c_buf_fini(&bytes);
    c2c_buf_fini(&again);
}

#define LAW(NAME)                          \
    static void check_##NAME(void **state) \
    {                                      \
        (void)state;                       \
        prop_run(#NAME, 5000, NAME);       \
    }
LAW(what_is_written_reads_and_is_written_the_same)
LAW(changed_bits_are_refused_or_another_message)
LAW(moved_bytes_are_refused_or_another_message)
LAW(one_message_is_read_as_another_or_refused)
LAW(no_beginning_of_a_message_is_a_message)
LAW(nothing_stands_behind_a_message)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_what_is_written_reads_and_is_written_the_same),
        cmocka_unit_test(check_changed_bits_are_refused_or_another_message),
        cmocka_unit_test(check_moved_bytes_are_refused_or_another_message),
        cmocka_unit_test(check_one_message_is_read_as_another_or_refused),
        cmocka_unit_test(check_no_beginning_of_a_message_is_a_message),
        cmocka_unit_test(check_nothing_stands_behind_a_message),
    };
    return cmocka_run_group_tests_name("prop/message", tests, NULL, NULL);
}
