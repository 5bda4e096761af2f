#include "wire/responder.h"

#include <string.h>

#include "oom.h"
#include "talk.h"
#include "test.h"
#include "wire/frame.h"

static struct talk talk;

static int begin(void **state)
{
    talk_begin(&talk);
    *state = &talk;
    return 0;
}

static int end(void **state)
{
    talk_end(*state);
    return 0;
}

static void expect_refused(struct talk *t, enum c2c_err err)
{
    struct c2c_frame frame;

    assert_int_equal(t->taken.what, C2C_TAKEN_REFUSED);
    assert_err(t->taken.err, err);
    assert_int_equal(t->plain.n, 0);
    assert_ok(c2c_frame_decode(c2c_buf_view(&t->reply), &frame));
    assert_int_equal(frame.kind, C2C_FRAME_REFUSAL);
    assert_err(frame.refusal, err);
}

static void expect_counts(struct talk *t, size_t handshakes, size_t strangers,
                          size_t cities)
{
    struct c2c_responder_counts counts = c2c_responder_count(t->responder);

    assert_int_equal(counts.handshakes, handshakes);
    assert_int_equal(counts.strangers, strangers);
    assert_int_equal(counts.cities, cities);
}

static void come_from(struct talk *t, uint8_t host)
{
    const uint8_t ip[4] = {198, 51, 100, host};

    t->from = c2c_address_v4(ip);
}

/* Bytes that the test keeps: of a frame on its way. */
struct copy {
    uint8_t b[4096];
    size_t n;
};

static struct copy copy_of(const struct c2c_buf *buf)
{
    struct copy copy = {.n = buf->n};

    assert_true(buf->n <= sizeof copy.b);
    memcpy(copy.b, buf->p, buf->n);
    return copy;
}

static void deliver(struct talk *t, const struct copy *copy)
{
    c2c_buf_clear(&t->frame);
    assert_ok(c2c_buf_put(&t->frame, copy->b, copy->n));
    talk_deliver(t);
}

static void be_anonymous(struct talk *t)
{
    const struct c2c_credentials anonymous = {.key = t->city.key};

    c2c_initiator_identify(t->initiator, &anonymous);
}

static void an_anonymous_asker_is_served_as_such(void **state)
{
    struct talk *t = *state;

    be_anonymous(t);
    talk_open(t);
    talk_exchange(t, 1);
    assert_ok(t->taken.err);
    assert_false(t->taken.asking.proved);
    assert_false(t->taken.asking.claimed);
    assert_int_equal(t->step.event, C2C_STEP_REPLY);
    expect_counts(t, 0, 1, 0);
}

static void a_wrong_proof_is_refused(void **state)
{
    struct talk *t = *state;
    struct party other;

    party_init(&other, 'o', &t->rng);
    other.self.proof = t->city.self.proof; /* Of another node's key. */
    c2c_initiator_identify(t->initiator, &other.self);
    talk_open(t);
    assert_ok(talk_ask(t, 1, "?"));
    talk_deliver(t);
    expect_refused(t, C2C_E_BAD_SIGNATURE);
    expect_counts(t, 0, 0, 0);
    party_fini(&other);
}

static void an_expired_proof_is_refused(void **state)
{
    struct talk *t = *state;

    party_prove(&t->city, party_now_s - 601);
    c2c_initiator_identify(t->initiator, &t->city.self);
    talk_open(t);
    assert_ok(talk_ask(t, 1, "?"));
    talk_deliver(t);
    expect_refused(t, C2C_E_EXPIRED);
}

static void a_keyset_that_is_not_known_proves_nothing_yet(void **state)
{
    struct talk *t = *state;
    struct c2c_list_buf list;
    struct c2c_keyset keyset;
    struct c2c_peer peer;

    t->hub.n_known = 0;
    talk_open(t);
    talk_exchange(t, 1);
    assert_false(t->taken.asking.proved);
    assert_true(t->taken.asking.claimed);
    expect_counts(t, 0, 1, 0);
    assert_ok(c2c_responder_peer(t->responder, &t->taken.asking, &peer));
    c2c_list_init(&list, TALK_ROOM);
    party_list(&t->hub, 1, &list); /* Somebody else's keysets. */
    assert_err(c2c_peer_learn(&peer, &t->hub.keyring, c2c_list_of(&list),
                              t->now.unix_s, &keyset),
               C2C_E_BAD_KEYSET);
    c2c_list_fini(&list);
    c2c_list_init(&list, TALK_ROOM);
    party_list(&t->city, 1, &list);
    assert_ok(c2c_peer_learn(&peer, &t->hub.keyring, c2c_list_of(&list),
                             t->now.unix_s, &keyset));
    c2c_list_fini(&list);
    talk_exchange(t, 2); /* The keyring does not know it: not for good. */
    assert_false(t->taken.asking.proved);
    party_meet(&t->hub, &t->city, 1);
    talk_exchange(t, 3);
    assert_true(t->taken.asking.proved);
    expect_counts(t, 0, 0, 1);
}

static void a_new_keyset_ends_what_the_former_one_proved(void **state)
{
    struct talk *t = *state;

    talk_open(t);
    talk_exchange(t, 1);
    assert_true(t->taken.asking.proved);
    party_rotate(&t->city);
    party_meet(&t->hub, &t->city, 2);
    c2c_responder_doubt(t->responder, &t->hub.city); /* Somebody else. */
    talk_exchange(t, 2);
    assert_true(t->taken.asking.proved);
    c2c_responder_doubt(t->responder, &t->city.city);
    talk_exchange(t, 3);
    assert_false(t->taken.asking.proved);
}

static void a_frame_passes_once(void **state)
{
    struct talk *t = *state;
    struct copy first;
    struct copy third;
    struct copy sealed;

    assert_ok(talk_shake(t));
    first = copy_of(&t->frame);
    talk_deliver(t);
    talk_return(t, C2C_E_OK);
    assert_ok(talk_ask(t, 1, "?"));
    third = copy_of(&t->frame);
    talk_deliver(t);
    assert_ok(talk_answer(t, "!"));
    talk_return(t, C2C_E_OK);
    deliver(t, &third);
    expect_refused(t, C2C_E_REPLAYED);
    assert_ok(talk_ask(t, 2, "?"));
    sealed = copy_of(&t->frame);
    talk_deliver(t);
    assert_ok(t->taken.err);
    deliver(t, &sealed);
    expect_refused(t, C2C_E_REPLAYED);
    deliver(t, &first); /* Opens another handshake, which nobody finishes. */
    assert_int_equal(t->taken.what, C2C_TAKEN_HANDSHAKE);
    expect_counts(t, 1, 0, 1);
}

static void frames_out_of_order_are_refused(void **state)
{
    struct talk *t = *state;
    struct copy sealed;
    struct copy third;

    talk_open(t);
    assert_ok(talk_ask(t, 1, "?"));
    third = copy_of(&t->frame);
    sealed = third; /* The sealed request alone, before its third frame. */
    sealed.n -= 4 + (size_t)(third.b[2] | third.b[3] << 8);
    memmove(sealed.b, sealed.b + third.n - sealed.n, sealed.n);
    deliver(t, &sealed);
    expect_refused(t, C2C_E_NO_SESSION);
    deliver(t, &third);
    assert_ok(t->taken.err);
    assert_ok(talk_answer(t, "!"));
    t->frame.n = 0; /* A reply is no request. */
    assert_ok(c2c_buf_put(&t->frame, t->reply.p, t->reply.n));
    talk_deliver(t);
    expect_refused(t, C2C_E_REPLAYED); /* Counter 0 has been here. */
}

static void no_third_frame_passes_with_one_bit_changed(void **state)
{
    struct talk *t = *state;

    for (size_t i = 4; i < 4 + C2C_NOISE_THIRD_BYTES + 180; i += 5) {
        talk_open(t);
        assert_ok(talk_ask(t, 1, "?"));
        t->frame.p[i] ^= 4;
        talk_deliver(t);
        assert_int_equal(t->taken.what, C2C_TAKEN_REFUSED);
        assert_int_equal(t->plain.n, 0);
        c2c_responder_identify(t->responder, &t->hub.self);
    }
}

static void no_request_passes_with_one_bit_changed(void **state)
{
    struct talk *t = *state;

    talk_open(t);
    talk_exchange(t, 1);
    for (size_t i = 0; i < 40; i++) {
        assert_ok(talk_ask(t, 2, "?"));
        t->frame.p[i] ^= 4;
        talk_deliver(t);
        assert_int_equal(t->taken.what, C2C_TAKEN_REFUSED);
        t->frame.p[i] ^= 4;
        talk_deliver(t); /* And the true one is not shut out. */
        assert_ok(t->taken.err);
        assert_ok(talk_answer(t, "!"));
        talk_return(t, C2C_E_OK);
    }
}

static void handshakes_of_one_address_are_capped(void **state)
{
    struct talk *t = *state;

    for (size_t i = 0; i < 5; i++) {
        assert_ok(talk_shake(t));
        talk_deliver(t);
        if (i < 3) {
            assert_int_equal(t->taken.what, C2C_TAKEN_HANDSHAKE);
        } else {
            expect_refused(t, C2C_E_BUSY);
        }
    }
    expect_counts(t, 3, 0, 0);
    come_from(t, 9);
    talk_open(t);
    assert_int_equal(t->step.event, C2C_STEP_READY);
    t->now.mono_ms += TALK_HANDSHAKE_MS;
    talk_open(t); /* What was not finished in time is forgotten. */
    expect_counts(t, 1, 0, 0);
}

static void a_flood_of_first_frames_takes_no_memory(void **state)
{
    struct talk *t = *state;

    for (unsigned i = 0; i < 300; i++) {
        come_from(t, (uint8_t)i);
        assert_ok(talk_shake(t));
        talk_deliver(t);
        assert_int_equal(t->taken.what, C2C_TAKEN_HANDSHAKE);
    }
    expect_counts(t, 6, 0, 0);
    come_from(t, 77);
    talk_open(t); /* Who is quick gets through. */
    talk_exchange(t, 1);
    assert_int_equal(t->step.event, C2C_STEP_REPLY);
}

static void a_handshake_has_a_deadline(void **state)
{
    struct talk *t = *state;

    talk_open(t);
    t->now.mono_ms += TALK_HANDSHAKE_MS;
    assert_ok(talk_ask(t, 1, "?"));
    talk_deliver(t);
    expect_refused(t, C2C_E_NO_SESSION);
    expect_counts(t, 0, 0, 0);
}

static void strangers_give_way_to_one_another(void **state)
{
    struct talk *t = *state;
    struct copy first = {.n = 0};

    be_anonymous(t);
    for (uint8_t i = 0; i < 20; i++) {
        come_from(t, i < 10 ? 1 : i); /* 2 of one address, 4 of all. */
        talk_open(t);
        talk_exchange(t, 1);
        assert_int_equal(t->step.event, C2C_STEP_REPLY);
        expect_counts(t, 0, i == 0 ? 1 : i < 10 ? 2 : i < 11 ? 3 : 4, 0);
        if (i == 0) {
            assert_ok(talk_ask(t, 2, "?"));
            first = copy_of(&t->frame);
        }
    }
    deliver(t, &first);
    expect_refused(t, C2C_E_NO_SESSION);
    c2c_initiator_identify(t->initiator, &t->city.self);
    for (size_t i = 0; i < 5; i++) { /* Cities have room of their own. */
        talk_open(t);
        talk_exchange(t, 1);
        expect_counts(t, 0, 4, i == 0 ? 1 : 2); /* 2 of one city. */
    }
}

static void the_session_in_use_stays(void **state)
{
    struct talk *t = *state;
    struct c2c_initiator *used;
    struct c2c_initiator *other;

    talk_open(t);
    talk_exchange(t, 1);
    used = t->initiator;
    t->initiator = NULL;
    talk_dial(t, &t->hub.city);
    other = t->initiator;
    for (uint64_t i = 0; i < 5; i++) {
        talk_open(t);
        talk_exchange(t, 1);
        t->initiator = used;
        talk_exchange(t, i + 2);
        assert_int_equal(t->step.event, C2C_STEP_REPLY);
        t->initiator = other;
    }
    c2c_initiator_free(used);
}

static void sessions_end_in_time(void **state)
{
    struct talk *t = *state;

    talk_open(t);
    talk_exchange(t, 1);
    assert_ok(talk_ask(t, 2, "?"));
    t->now.mono_ms += C2C_SEAL_LIFE_MS - 1;
    c2c_responder_tick(t->responder, &t->now);
    expect_counts(t, 0, 0, 1);
    t->now.mono_ms++;
    talk_deliver(t);
    expect_refused(t, C2C_E_EXPIRED);
    expect_counts(t, 0, 0, 0);
    t->now.mono_ms++;
    talk_open(t);
    talk_exchange(t, 3);
    t->now.mono_ms += C2C_SEAL_LIFE_MS;
    c2c_responder_tick(t->responder, &t->now);
    expect_counts(t, 0, 0, 0);
    assert_err(talk_answer(t, "late"), C2C_E_NO_SESSION);
}

static void a_new_node_key_leaves_sessions_alone(void **state)
{
    struct talk *t = *state;

    talk_open(t);
    talk_exchange(t, 1);
    c2c_responder_identify(t->responder, &t->city.self);
    talk_exchange(t, 2);
    assert_int_equal(t->step.event, C2C_STEP_REPLY);
}

static void what_is_not_a_frame_is_refused(void **state)
{
    struct talk *t = *state;
    const struct copy odd[] = {
        {{0}, 0}, {{1, 1}, 2}, {{1, 9}, 2}, {{2, 1}, 40}, {{0x80}, 39}};
    const enum c2c_err want[] = {C2C_E_MALFORMED, C2C_E_MALFORMED,
                                 C2C_E_UNSUPPORTED, C2C_E_UNSUPPORTED,
                                 C2C_E_MALFORMED};

    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        deliver(t, &odd[i]);
        expect_refused(t, want[i]);
    }
    assert_ok(talk_shake(t));
    talk_deliver(t);
    t->frame.n = 0;
    assert_ok(c2c_buf_put(&t->frame, t->reply.p, t->reply.n));
    talk_deliver(t); /* A second frame. */
    expect_refused(t, C2C_E_MALFORMED);
}

/* All that the responder allocates until a request is answered. */
static enum c2c_err whole(void *arg)
{
    struct talk *t = arg;
    enum c2c_err err = talk_shake(t);

    if (err == C2C_E_OK) {
        talk_deliver(t);
        err = t->taken.err;
    }
    if (err == C2C_E_OK) {
        talk_return(t, C2C_E_OK);
        err =
            t->step.event == C2C_STEP_READY ? talk_ask(t, 1, "?") : C2C_E_NOMEM;
    }
    if (err == C2C_E_OK) {
        talk_deliver(t);
        err = t->taken.err;
    }
    c2c_buf_fini(&t->frame);
    c2c_buf_fini(&t->plain);
    c2c_buf_fini(&t->reply);
    c2c_buf_fini(&t->content);
    t->now.mono_ms += C2C_SEAL_LIFE_MS;
    c2c_responder_tick(t->responder, &t->now);
    return err;
}

static void running_out_of_memory_is_an_error(void **state)
{
    oom_sweep(whole, *state);
}

/* Threads that take the time one after the other may come in another order. */
static void who_took_the_time_a_moment_before_ends_nothing(void **state)
{
    struct talk *t = *state;
    struct copy late;
    uint64_t before = t->now.mono_ms;

    assert_ok(talk_shake(t));
    late = copy_of(&t->frame);
    assert_ok(talk_shake(t));
    t->now.mono_ms = before + 1;
    talk_deliver(t);
    expect_counts(t, 1, 0, 0);
    t->now.mono_ms = before;
    deliver(t, &late);
    expect_counts(t, 2, 0, 0);
    t->now.mono_ms = before + 1;
    talk_open(t);
    talk_exchange(t, 2);
    t->now.mono_ms = before;
    talk_exchange(t, 3);
    assert_int_equal(t->step.event, C2C_STEP_REPLY);
    c2c_responder_tick(t->responder, &t->now);
    assert_int_equal(c2c_responder_count(t->responder).cities, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define X(F) cmocka_unit_test_setup_teardown(F, begin, end)
        X(an_anonymous_asker_is_served_as_such),
        X(a_wrong_proof_is_refused),
        X(an_expired_proof_is_refused),
        X(a_keyset_that_is_not_known_proves_nothing_yet),
        X(a_new_keyset_ends_what_the_former_one_proved),
        X(a_frame_passes_once),
        X(frames_out_of_order_are_refused),
        X(no_third_frame_passes_with_one_bit_changed),
        X(no_request_passes_with_one_bit_changed),
        X(handshakes_of_one_address_are_capped),
        X(a_flood_of_first_frames_takes_no_memory),
        X(a_handshake_has_a_deadline),
        X(who_took_the_time_a_moment_before_ends_nothing),
        X(strangers_give_way_to_one_another),
        X(the_session_in_use_stays),
        X(sessions_end_in_time),
        X(a_new_node_key_leaves_sessions_alone),
        X(what_is_not_a_frame_is_refused),
        X(running_out_of_memory_is_an_error),
#undef X
    };

    return cmocka_run_group_tests_name("responder", tests, NULL, NULL);
}
