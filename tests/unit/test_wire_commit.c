#include "wire/commit.h"

#include "message_vectors.h"
#include "test.h"

static void commits_are_those_of_the_vectors(void **state)
{
    static const char *const which[] = {"push-request", NULL};

    (void)state;
    message_vectors(which, 30);
}

static void check_opening(struct vectors *v, const struct c2c_val *value,
                          const struct c2c_net_opening *got)
{
    const struct c2c_val *opening = expect_list(value, 2, 5);

    expect_hash(v, opening, 1, &got->blind);
    expect_hash(v, opening, 2, &got->sum.root);
    expect_uint(opening, 3, got->sum.count);
    expect_uint(opening, 4, got->sum.bytes);
}

static void check_puts(struct vectors *v, const struct c2c_val *value,
                       struct c2c_list_view puts)
{
    const struct c2c_val *want = expect_list(value, 5, puts.n);
    struct c2c_put put;

    for (size_t i = 0; i < c2c_val_count(want); i++) {
        assert_ok(c2c_list_next_put(&puts, &put));
        expect_uint(c2c_val_at(want, i), 0, put.audience);
        expect_bin(v, c2c_val_at(want, i), 1, put.bytes);
    }
    assert_err(c2c_list_next_put(&puts, &put), C2C_E_NOT_FOUND);
}

static void every_part_of_a_commit_has_its_place(void **state)
{
    const struct c2c_val *value;
    const struct c2c_val *base;
    struct c2c_commit c;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(c2c_commit_decode(message_bytes(&v, "push request", &value), &c));
    base = expect_list(value, 3, 2);
    expect_bin(&v, value, 0, c.head);
    (void)expect_list(value, 1, c.keysets.n);
    expect_nil(value, 2, !c.has_opening);
    check_opening(&v, value, &c.opening);
    assert_true(c.has_base);
    expect_uint(base, 0, c.base_epoch);
    expect_uint(base, 1, c.base_rev);
    expect_uint(value, 4, c.form);
    check_puts(&v, value, c.puts);
    (void)expect_list(value, 6, c.removed.n);
    vectors_close(&v);
}

static void removals_and_keysets_have_their_places(void **state)
{
    const struct c2c_val *value;
    const struct c2c_val *slot;
    struct c2c_view keyset;
    struct c2c_commit c;
    struct c2c_slot got;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(c2c_commit_decode(message_bytes(&v, "push request of a removal",
                                              &value),
                                &c));
    slot = c2c_val_at(expect_list(value, 6, c.removed.n), 0);
    assert_ok(c2c_list_next_slot(&c.removed, &got));
    expect_uint(slot, 0, got.audience);
    expect_text(slot, 1, got.type);
    expect_uuid(&v, slot, 2, &got.key);

    assert_ok(c2c_commit_decode(message_bytes(&v, "push request of all records",
                                              &value),
                                &c));
    assert_false(c.has_base);
    assert_ok(c2c_list_next_keyset(&c.keysets, &keyset));
    expect_bin(&v, c2c_val_at(value, 1), 0, keyset);
    assert_int_equal(c.form, C2C_COMMIT_FULL);

    assert_ok(c2c_commit_decode(
        message_bytes(&v, "push request of a head alone", &value), &c));
    assert_false(c.has_opening);
    assert_int_equal(c.form, C2C_COMMIT_HEAD);
    assert_ok(c2c_commit_decode(
        message_bytes(&v, "push request of what is staged", &value), &c));
    assert_int_equal(c.form, C2C_COMMIT_STAGED);
    vectors_close(&v);
}

static struct c2c_slot slot(enum c2c_audience audience, const char *type,
                            uint8_t key)
{
    return (struct c2c_slot){audience, c2c_view_str(type), {{key}}};
}

/* Each comes before the next. */
static void slots_are_ordered_by_audience_type_and_key(void **state)
{
    const struct c2c_slot order[] = {
        slot(C2C_AUDIENCE_PUBLIC, "a", 1),  slot(C2C_AUDIENCE_PUBLIC, "a", 2),
        slot(C2C_AUDIENCE_PUBLIC, "a-", 0), slot(C2C_AUDIENCE_PUBLIC, "b", 0),
        slot(C2C_AUDIENCE_NETWORK, "a", 0),
    };
    enum {
        N = sizeof order / sizeof order[0]
    };

    (void)state;
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            int got = c2c_slot_cmp(&order[i], &order[j]);

            assert_int_equal(i < j, got < 0);
            assert_int_equal(i == j, got == 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commits_are_those_of_the_vectors),
        cmocka_unit_test(every_part_of_a_commit_has_its_place),
        cmocka_unit_test(removals_and_keysets_have_their_places),
        cmocka_unit_test(slots_are_ordered_by_audience_type_and_key),
    };
    return cmocka_run_group_tests_name("wire/commit", tests, NULL, NULL);
}
