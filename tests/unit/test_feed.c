#include "wire/feed.h"

#include "message_vectors.h"
#include "test.h"

static void messages_are_those_of_the_vectors(void **state)
{
    static const char *const which[] = {"hello-request", "hello-answer",
                                        "feed-request",  "feed-answer",
                                        "ping-request",  "ping-answer",
                                        "cursor",        NULL};

    (void)state;
    message_vectors(which, 6);
}

static void every_part_of_hello_has_its_place(void **state)
{
    const struct c2c_val *value;
    struct c2c_hello_request request;
    struct c2c_hello_reply reply;
    struct c2c_hash lga;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_hello_request_decode(message_bytes(&v, "hello request", &value),
                                 &request));
    expect_uuid(&v, value, 0, &request.instance);
    expect_uint(value, 1, request.roles);

    assert_ok(c2c_hello_reply_decode(message_bytes(&v, "hello answer", &value),
                                     &reply));
    expect_uuid(&v, value, 0, &reply.instance);
    expect_uint(value, 1, reply.roles);
    expect_uint(value, 2, reply.seq);
    expect_uint(value, 3, reply.time_s);
    expect_uint(value, 4, reply.max_message);
    expect_uint(value, 5, reply.max_wait_s);
    (void)expect_list(value, 6, reply.lgas.n);
    assert_ok(c2c_list_next_hash(&reply.lgas, &lga));
    expect_hash(&v, c2c_val_at(value, 6), 0, &lga);
    vectors_close(&v);
}

static void check_cursor(struct vectors *v, const struct c2c_val *value,
                         const struct c2c_cursor *got)
{
    expect_uuid(v, value, 0, &got->instance);
    expect_hash(v, value, 1, &got->scope);
    expect_bool(value, 2, got->network);
    expect_uint(value, 3, got->seq);
}

static void every_part_of_a_feed_has_its_place(void **state)
{
    const struct c2c_val *value;
    struct c2c_feed_request request;
    struct c2c_feed_reply reply;
    struct c2c_cursor cursor;
    struct c2c_commit commit;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(c2c_feed_request_decode(message_bytes(&v, "feed request", &value),
                                      &request));
    (void)expect_list(value, 0, request.scope.n);
    assert_true(request.has_cursor);
    check_cursor(&v, c2c_val_at(value, 1), &request.cursor);
    expect_uint(value, 2, request.wait_s);

    assert_ok(c2c_feed_reply_decode(message_bytes(&v, "feed answer", &value),
                                    &reply));
    check_cursor(&v, c2c_val_at(value, 0), &reply.cursor);
    expect_bool(value, 1, reply.more);
    (void)expect_list(value, 2, reply.commits.n);
    assert_ok(c2c_list_next_commit(&reply.commits, &commit));
    expect_bin(&v, c2c_val_at(c2c_val_at(value, 2), 0), 0, commit.head);

    assert_ok(c2c_cursor_decode(message_bytes(&v, "cursor", &value), &cursor));
    check_cursor(&v, value, &cursor);
    vectors_close(&v);
}

/* The cursor of the vectors names the scope of the vectors' request. */
static void a_scope_has_the_hash_of_its_ids(void **state)
{
    const struct c2c_val *value;
    struct c2c_feed_request request;
    struct c2c_hash hash;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(c2c_feed_request_decode(message_bytes(&v, "feed request", &value),
                                      &request));
    hash = c2c_scope_hash(request.scope);
    assert_true(c2c_hash_eq(&hash, &request.cursor.scope));
    vectors_close(&v);
}

static void ping_tells_the_time(void **state)
{
    const struct c2c_val *value;
    struct c2c_ping_reply reply;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(c2c_ping_reply_decode(message_bytes(&v, "ping answer", &value),
                                    &reply));
    expect_uint(value, 0, reply.time_s);
    vectors_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_those_of_the_vectors),
        cmocka_unit_test(every_part_of_hello_has_its_place),
        cmocka_unit_test(every_part_of_a_feed_has_its_place),
        cmocka_unit_test(a_scope_has_the_hash_of_its_ids),
        cmocka_unit_test(ping_tells_the_time),
    };
    return cmocka_run_group_tests_name("wire/feed", tests, NULL, NULL);
}
