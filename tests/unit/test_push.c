#include "wire/push.h"

#include "message_vectors.h"
#include "test.h"

static void messages_are_those_of_the_vectors(void **state)
{
    static const char *const which[] = {"push-answer",      "push-part-request",
                                        "push-part-answer", "join-request",
                                        "join-answer",      "status-request",
                                        "status-answer",    "query-request",
                                        "query-answer",     NULL};

    (void)state;
    message_vectors(which, 8);
}

static void check_stored(struct vectors *v, const struct c2c_val *value,
                         const struct c2c_stored *got)
{
    expect_uint(value, 0, got->epoch);
    expect_uint(value, 1, got->rev);
    expect_hash(v, value, 2, &got->content);
    expect_uint(value, 3, got->time_s);
}

static void every_part_of_a_push_has_its_place(void **state)
{
    const struct c2c_val *value;
    struct c2c_push_part_request part;
    struct c2c_push_part_reply next;
    struct c2c_stored stored;
    struct c2c_put put;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_stored_decode(message_bytes(&v, "push answer", &value), &stored));
    check_stored(&v, value, &stored);
    assert_ok(c2c_push_part_request_decode(
        message_bytes(&v, "push part request", &value), &part));
    expect_hash(&v, value, 0, &part.city);
    expect_hash(&v, value, 1, &part.content);
    expect_uint(value, 2, part.index);
    assert_ok(c2c_list_next_put(&part.puts, &put));
    expect_uint(c2c_val_at(c2c_val_at(value, 3), 0), 0, put.audience);
    assert_ok(c2c_push_part_reply_decode(message_bytes(&v, "push part answer",
                                                       &value),
                                         &next));
    expect_uint(value, 0, next.next);
    vectors_close(&v);
}

static void every_part_of_a_join_has_its_place(void **state)
{
    const struct c2c_val *value;
    struct c2c_join_request request;
    struct c2c_join_reply reply;
    struct c2c_view keyset;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(c2c_join_request_decode(message_bytes(&v, "join request", &value),
                                      &request));
    expect_hash(&v, value, 0, &request.lga);
    assert_ok(c2c_list_next_keyset(&request.keysets, &keyset));
    expect_bin(&v, c2c_val_at(value, 1), 0, keyset);
    expect_text(value, 2, request.name);
    expect_text(value, 3, request.note);
    expect_text(value, 4, request.token);
    assert_ok(c2c_join_reply_decode(message_bytes(&v, "join answer", &value),
                                    &reply));
    expect_uint(value, 0, reply.state);
    expect_uint(value, 1, reply.since_s);
    vectors_close(&v);
}

static void every_part_of_a_status_has_its_place(void **state)
{
    const struct c2c_val *value;
    const struct c2c_val *holder;
    struct c2c_status_request request;
    struct c2c_status_reply reply;
    struct c2c_holder got;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_status_request_decode(message_bytes(&v, "status request", &value),
                                  &request));
    expect_hash(&v, value, 0, &request.city);
    assert_ok(
        c2c_status_reply_decode(message_bytes(&v, "status answer", &value),
                                &reply));
    check_stored(&v, c2c_val_at(value, 0), &reply.held);
    expect_uint(value, 1, reply.membership);
    holder = c2c_val_at(expect_list(value, 2, reply.holders.n), 0);
    assert_ok(c2c_list_next_holder(&reply.holders, &got));
    expect_hash(&v, holder, 0, &got.city);
    expect_bool(holder, 1, got.has_newest);
    expect_uint(holder, 2, got.heard_s);
    vectors_close(&v);
}

static void every_part_of_a_query_has_its_place(void **state)
{
    const struct c2c_val *value;
    struct c2c_query_request request;
    struct c2c_query_reply reply;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_query_request_decode(message_bytes(&v, "query request", &value),
                                 &request));
    expect_text(value, 0, request.name);
    assert_true(c2c_view_eq_str(request.args, "\x81\xa3"
                                              "for\xabsister-city"));
    assert_ok(c2c_query_reply_decode(message_bytes(&v, "query answer", &value),
                                     &reply));
    expect_uint(value, 0, reply.code);
    assert_int_equal(reply.document.p[0], 0x82);
    vectors_close(&v);
}

static void a_code_of_a_later_version_is_told(void **state)
{
    struct c2c_query_reply reply;

    (void)state;
    assert_ok(
        c2c_query_reply_decode(c2c_view_str("\x92\xcd\xff\xff\x80"), &reply));
    assert_err(reply.code, C2C_E_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_those_of_the_vectors),
        cmocka_unit_test(every_part_of_a_push_has_its_place),
        cmocka_unit_test(every_part_of_a_join_has_its_place),
        cmocka_unit_test(every_part_of_a_status_has_its_place),
        cmocka_unit_test(every_part_of_a_query_has_its_place),
        cmocka_unit_test(a_code_of_a_later_version_is_told),
    };
    return cmocka_run_group_tests_name("wire/push", tests, NULL, NULL);
}
