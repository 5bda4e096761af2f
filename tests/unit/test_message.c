#include "wire/message.h"

#include <string.h>

#include "codec/limits.h"
#include "message_vectors.h"
#include "oom.h"
#include "test.h"

static void envelopes_are_those_of_the_vectors(void **state)
{
    static const char *const which[] = {"envelope-request", "envelope-reply",
                                        NULL};

    (void)state;
    message_vectors(which, 8);
}

static void every_part_of_an_envelope_has_its_place(void **state)
{
    const struct c2c_val *value;
    const struct c2c_val *why;
    struct c2c_msg_request request;
    struct c2c_msg_reply reply;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_msg_request_decode(message_bytes(&v, "envelope request", &value),
                               &request));
    expect_uint(value, 1, request.kind);
    expect_uint(value, 2, request.max_bytes);
    assert_true(c2c_view_eq_str(request.args, "\x90"));

    assert_ok(c2c_msg_reply_decode(message_bytes(&v, "envelope reply", &value),
                                   &reply));
    assert_err(reply.code, C2C_E_OK);
    assert_int_equal(reply.body.n, 6);
    assert_int_equal(reply.reason.n + reply.detail.n, 0);

    assert_ok(c2c_msg_reply_decode(
        message_bytes(&v, "envelope reply that refuses and says what is held",
                      &value),
        &reply));
    why = expect_list(value, 2, 2);
    expect_uint(value, 1, reply.code);
    expect_text(why, 0, reply.reason);
    assert_int_equal(reply.detail.p[0], 0x94);
    assert_int_equal(reply.body.n, 0);
    vectors_close(&v);
}

static void each_kind_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(c2c_msg_name(C2C_MSG_HELLO), "hello");
    assert_string_equal(c2c_msg_name(C2C_MSG_PUSH_PART), "push-part");
    assert_string_equal(c2c_msg_name(C2C_MSG_PING), "ping");
    assert_string_equal(c2c_msg_name((enum c2c_msg_kind)99), "unknown");
}

static void a_refusal_may_leave_the_words_to_its_code(void **state)
{
    struct c2c_msg_reply reply;
    struct c2c_buf out;

    (void)state;
    c2c_buf_init(&out, 256);
    assert_ok(c2c_msg_refusal_encode(C2C_E_QUOTA, NULL,
                                     (struct c2c_view){NULL, 0}, &out));
    assert_ok(c2c_msg_reply_decode(c2c_buf_view(&out), &reply));
    assert_err(reply.code, C2C_E_QUOTA);
    assert_true(c2c_view_eq_str(reply.reason, c2c_strerror(C2C_E_QUOTA)));
    assert_int_equal(reply.detail.n, 0);
    c2c_buf_fini(&out);
}

static void an_error_of_a_later_version_is_a_refusal_still(void **state)
{
    struct c2c_msg_reply reply;

    (void)state;
    assert_ok(
        c2c_msg_reply_decode(c2c_view_str("\x93\x01\xcd\xff\xff\x92\xa1?\xc0"),
                             &reply));
    assert_err(reply.code, C2C_E_UNSUPPORTED);
    assert_true(c2c_view_eq_str(reply.reason, "?"));
}

static void a_list_that_is_full_keeps_what_it_has(void **state)
{
    const struct c2c_hash hash = {{7}};
    struct c2c_hash got = {{0}};
    struct c2c_list_buf list;
    struct c2c_list_view view;

    (void)state;
    c2c_list_init(&list, 50); /* One fits. */
    assert_ok(c2c_list_put_hash(&list, &hash));
    assert_err(c2c_list_put_hash(&list, &hash), C2C_E_TOO_BIG);
    view = c2c_list_of(&list);
    assert_int_equal(view.n, 1);
    assert_int_equal(view.items.n, 34);
    assert_ok(c2c_list_next_hash(&view, &got));
    assert_true(c2c_hash_eq(&got, &hash));
    got.b[0] = 9;
    assert_err(c2c_list_next_hash(&view, &got), C2C_E_NOT_FOUND);
    assert_int_equal(got.b[0], 9);
    c2c_list_fini(&list);
    assert_int_equal(list.n, 0);
}

static enum c2c_err refuse(void *arg)
{
    struct c2c_buf out;
    enum c2c_err err;

    (void)arg;
    c2c_buf_init(&out, 4096);
    err = c2c_msg_refusal_encode(C2C_E_OLDER, NULL, c2c_view_str("\x90"), &out);
    c2c_buf_fini(&out);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(refuse, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(envelopes_are_those_of_the_vectors),
        cmocka_unit_test(every_part_of_an_envelope_has_its_place),
        cmocka_unit_test(each_kind_has_a_name),
        cmocka_unit_test(a_refusal_may_leave_the_words_to_its_code),
        cmocka_unit_test(an_error_of_a_later_version_is_a_refusal_still),
        cmocka_unit_test(a_list_that_is_full_keeps_what_it_has),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("wire/message", tests, NULL, NULL);
}
