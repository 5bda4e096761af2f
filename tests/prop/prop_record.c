/* Laws of record/record.h. */

#include <string.h>

#include "codec/limits.h"
#include "sample.h"
#include "test.h"

static void random_record(struct prop *p, struct c2c_buf *out)
{
    struct c2c_uuid key;

    prop_fill(p, key.b, sizeof key.b);
    c2c_buf_init(out, C2C_MAX_RECORD_BYTES);
    sample_record(p, c2c_view_str("note"), &key, out);
}

static void what_is_decoded_encodes_to_the_same_bytes(struct prop *p)
{
    struct c2c_record r;
    struct c2c_buf bytes;
    struct c2c_buf again;

    random_record(p, &bytes);
    c2c_buf_init(&again, C2C_MAX_RECORD_BYTES);
    assert_ok(c2c_record_decode(c2c_buf_view(&bytes), &r));
    assert_ok(c2c_record_encode(&r, &again));
    assert_true(c2c_view_eq(c2c_buf_view(&bytes), c2c_buf_view(&again)));
    c2c_buf_fini(&bytes);
    c2c_buf_fini(&again);
}

/* Whatever a changed byte makes of it: refused, or another record with another
 * hash that has one encoding as well. */
static void a_changed_byte_is_another_record_or_none(struct prop *p)
{
    struct c2c_record r;
    struct c2c_hash before;
    struct c2c_hash after;
    struct c2c_buf bytes;
    struct c2c_buf again;

    random_record(p, &bytes);
    before = c2c_record_hash(c2c_buf_view(&bytes));
    sample_flip(p, bytes.p, bytes.n);
    after = c2c_record_hash(c2c_buf_view(&bytes));
    assert_false(c2c_hash_eq(&before, &after));
    c2c_buf_init(&again, C2C_MAX_RECORD_BYTES);
    if (c2c_record_decode(c2c_buf_view(&bytes), &r) == C2C_E_OK) {
        assert_ok(c2c_record_encode(&r, &again));
        assert_true(c2c_view_eq(c2c_buf_view(&bytes), c2c_buf_view(&again)));
    }
    c2c_buf_fini(&bytes);
    c2c_buf_fini(&again);
}

static void no_beginning_of_a_record_is_a_record(struct prop *p)
{
    struct c2c_record r;
    struct c2c_buf bytes;

    random_record(p, &bytes);
    assert_err(c2c_record_decode(c2c_view_of(bytes.p, prop_below(p, bytes.n)),
                                 &r),
               C2C_E_MALFORMED);
    c2c_buf_fini(&bytes);
}

#define LAW(NAME)                          \
    static void check_##NAME(void **state) \
    {                                      \
        (void)state;                       \
        prop_run(#NAME, 5000, NAME);       \
    }
LAW(what_is_decoded_encodes_to_the_same_bytes)
LAW(a_changed_byte_is_another_record_or_none)
LAW(no_beginning_of_a_record_is_a_record)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_what_is_decoded_encodes_to_the_same_bytes),
        cmocka_unit_test(check_a_changed_byte_is_another_record_or_none),
        cmocka_unit_test(check_no_beginning_of_a_record_is_a_record),
    };
    return cmocka_run_group_tests_name("prop/record", tests, NULL, NULL);
}
