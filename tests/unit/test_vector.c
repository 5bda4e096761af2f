#include "wire/vector.h"

#include <string.h>

#include "message_vectors.h"
#include "test.h"

static void messages_are_those_of_the_vectors(void **state)
{
    static const char *const which[] = {"vector-request",
                                        "vector-answer",
                                        "heads-request",
                                        "heads-answer",
                                        "keysets-request",
                                        "keysets-answer",
                                        NULL};

    (void)state;
    message_vectors(which, 7);
}

static void check_versions(const struct c2c_val *value,
                           struct c2c_vector_request *request)
{
    const struct c2c_val *want = expect_list(value, 3, request->versions.n);
    struct c2c_version got;

    for (size_t i = 0; i < c2c_val_count(want); i++) {
        const struct c2c_val *one = c2c_val_at(want, i);

        assert_ok(
            c2c_list_next_version(&request->versions, request->times, &got));
        expect_uint(one, 0, got.epoch);
        expect_uint(one, 1, got.rev);
        if (request->times) {
            expect_uint(one, 2, got.time_s);
        } else {
            assert_int_equal(got.time_s, 0);
        }
    }
}

static void every_part_of_a_vector_has_its_place(void **state)
{
    static const char *const names[] = {"vector request",
                                        "vector request with times"};
    const struct c2c_val *value;
    struct c2c_vector_request request;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    for (size_t i = 0; i < 2; i++) {
        assert_ok(c2c_vector_request_decode(message_bytes(&v, names[i], &value),
                                            &request));
        expect_hash(&v, value, 0, &request.lga);
        expect_hash(&v, value, 1, &request.members);
        expect_bool(value, 2, request.times);
        check_versions(value, &request);
    }
    vectors_close(&v);
}

static void check_difference(const struct c2c_val *list,
                             struct c2c_list_view got)
{
    struct c2c_difference d;

    assert_ok(c2c_list_next_difference(&got, &d));
    expect_uint(c2c_val_at(list, 0), 0, d.index);
    expect_uint(c2c_val_at(list, 0), 1, d.version.epoch);
    expect_uint(c2c_val_at(list, 0), 2, d.version.rev);
    expect_uint(c2c_val_at(list, 0), 3, d.version.time_s);
}

static void every_part_of_an_answer_has_its_place(void **state)
{
    const struct c2c_val *value;
    struct c2c_vector_reply reply;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_vector_reply_decode(message_bytes(&v, "vector answer", &value),
                                &reply));
    expect_hash(&v, value, 0, &reply.digest);
    check_difference(expect_list(value, 1, reply.newer.n), reply.newer);
    check_difference(expect_list(value, 2, reply.older.n), reply.older);
    vectors_close(&v);
}

/* The members' hash of the vectors is that of their three cities. */
static void members_are_hashed_one_by_one(void **state)
{
    const struct c2c_val *value;
    const struct c2c_val *scope;
    struct c2c_vector_request request;
    struct c2c_hash city = {{0}};
    struct c2c_hash members = {{0}};
    struct c2c_hash seventh;
    struct vectors v;

    (void)state;
    for (size_t i = 0; i < sizeof seventh.b; i++) {
        seventh.b[i] = 0x77;
    }
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_vector_request_decode(message_bytes(&v, "vector request", &value),
                                  &request));
    (void)message_bytes(&v, "status request", &scope);
    memcpy(city.b, vectors_hex(&v, c2c_val_at(scope, 0)).p, sizeof city.b);
    c2c_vector_add_id(&members, &request.lga);
    c2c_vector_add_id(&members, &city);
    c2c_vector_add_id(&members, &seventh);
    assert_true(c2c_hash_eq(&members, &request.members));
    vectors_close(&v);
}

/* The vectors' answer is over one head: epoch 1, time 1767225600. */
static void heads_are_hashed_with_epoch_and_time(void **state)
{
    const struct c2c_val *value;
    struct c2c_vector_reply reply;
    struct c2c_hash digest = {{0}};
    struct c2c_hash content;
    struct vectors v;

    (void)state;
    for (size_t i = 0; i < sizeof content.b; i++) {
        content.b[i] = 0x55;
    }
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_vector_reply_decode(message_bytes(&v, "vector answer", &value),
                                &reply));
    c2c_vector_add_head(&digest, 1, &content, 1767225600);
    assert_true(c2c_hash_eq(&digest, &reply.digest));
    vectors_close(&v);
}

static void heads_and_keysets_have_their_places(void **state)
{
    const struct c2c_val *value;
    struct c2c_keysets_request asked;
    struct c2c_keysets_reply keysets;
    struct c2c_heads_request cities;
    struct c2c_heads_reply heads;
    struct c2c_view object;
    struct c2c_hash city;
    struct vectors v;

    (void)state;
    vectors_open(&v, "message.json");
    assert_ok(
        c2c_keysets_request_decode(message_bytes(&v, "keysets request", &value),
                                   &asked));
    expect_hash(&v, value, 0, &asked.city);
    expect_uint(value, 1, asked.from);
    assert_ok(
        c2c_keysets_reply_decode(message_bytes(&v, "keysets answer", &value),
                                 &keysets));
    assert_ok(c2c_list_next_keyset(&keysets.keysets, &object));
    expect_bin(&v, c2c_val_at(value, 0), 0, object);
    assert_ok(
        c2c_heads_request_decode(message_bytes(&v, "heads request", &value),
                                 &cities));
    assert_ok(c2c_list_next_hash(&cities.cities, &city));
    expect_hash(&v, c2c_val_at(value, 0), 0, &city);
    assert_ok(c2c_heads_reply_decode(message_bytes(&v, "heads answer", &value),
                                     &heads));
    assert_ok(c2c_list_next_head(&heads.heads, &object));
    expect_bin(&v, c2c_val_at(value, 0), 0, object);
    vectors_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_those_of_the_vectors),
        cmocka_unit_test(every_part_of_a_vector_has_its_place),
        cmocka_unit_test(every_part_of_an_answer_has_its_place),
        cmocka_unit_test(members_are_hashed_one_by_one),
        cmocka_unit_test(heads_are_hashed_with_epoch_and_time),
        cmocka_unit_test(heads_and_keysets_have_their_places),
    };
    return cmocka_run_group_tests_name("wire/vector", tests, NULL, NULL);
}
