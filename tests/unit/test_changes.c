#include "wire/changes.h"

#include "message_vectors.h"
#include "test.h"

static void messages_are_those_of_the_vectors(void **state)
{
    static const char *const which[] = {
        "changes-request", "changes-answer",  "leaves-request",
        "leaves-answer",   "records-request", "records-answer",
        "range-request",   "range-answer",    NULL};

    (void)state;
    message_vectors(which, 8);
}

static void check_slot(struct vectors *v, const struct c2c_val *want,
                       const struct c2c_slot *got)
{
    expect_uint(want, 0, got->audience);
    expect_text(want, 1, got->type);
    expect_uuid(v, want, 2, &got->key);
}

static void every_part_of_changes_has_its_place(void **state)
{
    const struct c2c_val *value;
    const struct c2c_val *asked;
    struct c2c_changes_request request;
    struct c2c_changes_reply reply;
    struct c2c_since since;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_changes_request_decode(message_bytes(&v, "changes request", &value),
                                   &request));
    asked = expect_list(value, 0, request.since.n);
    for (size_t i = 0; i < c2c_val_count(asked); i++) {
        assert_ok(c2c_list_next_since(&request.since, &since));
        expect_hash(&v, c2c_val_at(asked, i), 0, &since.city);
        expect_uint(c2c_val_at(asked, i), 1, since.epoch);
        expect_uint(c2c_val_at(asked, i), 2, since.rev);
        expect_uint(c2c_val_at(asked, i), 3, since.time_s);
        expect_bool(c2c_val_at(asked, i), 4, since.network);
    }
    assert_ok(
        c2c_changes_reply_decode(message_bytes(&v, "changes answer", &value),
                                 &reply));
    expect_uint(value, 0, reply.answered);
    (void)expect_list(value, 1, reply.commits.n);
    vectors_close(&v);
}

static void every_part_of_leaves_has_its_place(void **state)
{
    const struct c2c_val *value;
    const struct c2c_val *leaves;
    struct c2c_leaves_request request;
    struct c2c_leaves_reply reply;
    struct c2c_leaf leaf;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(c2c_leaves_request_decode(
        message_bytes(&v, "leaves request of a next page", &value), &request));
    expect_hash(&v, value, 0, &request.city);
    assert_true(request.has_after);
    check_slot(&v, c2c_val_at(value, 1), &request.after);

    assert_ok(
        c2c_leaves_reply_decode(message_bytes(&v, "leaves answer", &value),
                                &reply));
    expect_bin(&v, value, 0, reply.head);
    expect_nil(value, 1, !reply.has_opening);
    expect_hash(&v, c2c_val_at(value, 1), 1, &reply.opening.blind);
    expect_bool(value, 2, reply.more);
    leaves = expect_list(value, 3, reply.leaves.n);
    for (size_t i = 0; i < c2c_val_count(leaves); i++) {
        assert_ok(c2c_list_next_leaf(&reply.leaves, &leaf));
        check_slot(&v, c2c_val_at(leaves, i), &leaf.slot);
        expect_hash(&v, c2c_val_at(leaves, i), 3, &leaf.hash);
    }
    vectors_close(&v);
}

static void every_part_of_records_has_its_place(void **state)
{
    const struct c2c_val *value;
    struct c2c_records_request request;
    struct c2c_records_reply reply;
    struct c2c_slot slot;
    struct c2c_put put;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_records_request_decode(message_bytes(&v, "records request", &value),
                                   &request));
    expect_hash(&v, value, 0, &request.city);
    assert_ok(c2c_list_next_slot(&request.slots, &slot));
    check_slot(&v, c2c_val_at(c2c_val_at(value, 1), 0), &slot);
    assert_ok(
        c2c_records_reply_decode(message_bytes(&v, "records answer", &value),
                                 &reply));
    assert_ok(c2c_list_next_put(&reply.puts, &put));
    expect_uint(c2c_val_at(c2c_val_at(value, 0), 0), 0, put.audience);
    expect_bin(&v, c2c_val_at(c2c_val_at(value, 0), 0), 1, put.bytes);
    vectors_close(&v);
}

static void every_part_of_a_range_has_its_place(void **state)
{
    const struct c2c_val *value;
    const struct c2c_val *part;
    struct c2c_range_request request;
    struct c2c_range_reply reply;
    struct c2c_part got;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(c2c_range_request_decode(
        message_bytes(&v, "range request inside a city", &value), &request));
    (void)expect_list(value, 0, request.scope.n);
    expect_hash(&v, value, 1, &request.first);
    expect_hash(&v, value, 2, &request.last);
    assert_true(request.has_cursor && request.cursor.has_slot);
    expect_hash(&v, c2c_val_at(value, 3), 0, &request.cursor.city);
    check_slot(&v, c2c_val_at(c2c_val_at(value, 3), 1), &request.cursor.slot);
    assert_ok(c2c_range_request_decode(
        message_bytes(&v, "range request behind a city", &value), &request));
    assert_true(request.has_cursor && !request.cursor.has_slot);

    assert_ok(c2c_range_reply_decode(
        message_bytes(&v, "range answer with more behind it", &value), &reply));
    expect_nil(value, 0, !reply.has_cursor);
    part = c2c_val_at(expect_list(value, 1, reply.parts.n), 0);
    assert_ok(c2c_list_next_part(&reply.parts, &got));
    expect_bool(part, 0, got.begins);
    expect_bool(part, 1, got.ends);
    expect_bin(&v, c2c_val_at(part, 2), 0, got.commit.head);
    vectors_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_those_of_the_vectors),
        cmocka_unit_test(every_part_of_changes_has_its_place),
        cmocka_unit_test(every_part_of_leaves_has_its_place),
        cmocka_unit_test(every_part_of_records_has_its_place),
        cmocka_unit_test(every_part_of_a_range_has_its_place),
    };
    return cmocka_run_group_tests_name("wire/changes", tests, NULL, NULL);
}
