#include "wire/initiator.h"

#include <string.h>

#include "codec/limits.h"
#include "oom.h"
#include "talk.h"
#include "test.h"
#include "wire/frame.h"
#include "wire/vector.h"

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

static void expect_lost(struct talk *t, enum c2c_err err)
{
    assert_int_equal(t->step.event, C2C_STEP_LOST);
    assert_err(t->step.err, err);
    assert_false(t->step.send);
    assert_int_equal(t->content.n, 0);
    assert_false(c2c_initiator_is_open(t->initiator));
    assert_err(talk_ask(t, 1, "?"), C2C_E_NO_SESSION);
    assert_int_equal(t->frame.n, 0);
}

static void expect_reply(struct talk *t, uint64_t tag, const char *text)
{
    assert_int_equal(t->step.event, C2C_STEP_REPLY);
    assert_int_equal(t->step.tag, tag);
    assert_true(c2c_view_eq_str(c2c_buf_view(&t->content), text));
}

static void a_question_goes_with_the_third_message(void **state)
{
    struct talk *t = *state;

    assert_err(talk_ask(t, 1, "?"), C2C_E_NO_SESSION);
    assert_ok(talk_shake(t));
    assert_err(talk_ask(t, 1, "?"), C2C_E_NO_SESSION);
    assert_ok(talk_shake(t)); /* Again, from the beginning. */
    talk_deliver(t);
    assert_int_equal(t->taken.what, C2C_TAKEN_HANDSHAKE);
    talk_return(t, C2C_E_OK);
    assert_int_equal(t->step.event, C2C_STEP_READY);
    assert_true(c2c_hash_eq(&t->step.city, &t->hub.city));
    assert_ok(talk_ask(t, 7, "question"));
    assert_int_equal(t->frame.p[1], C2C_FRAME_THIRD);
    talk_deliver(t);
    assert_ok(t->taken.err);
    assert_true(t->taken.asking.proved);
    assert_true(c2c_hash_eq(&t->taken.asking.city, &t->city.city));
    assert_true(c2c_view_eq_str(c2c_buf_view(&t->plain), "question"));
    assert_ok(talk_answer(t, "answer"));
    talk_return(t, C2C_E_OK);
    expect_reply(t, 7, "answer");
    talk_exchange(t, 8);
    expect_reply(t, 8, "answer");
}

static void nothing_overtakes_the_third_message(void **state)
{
    struct talk *t = *state;

    talk_open(t);
    assert_ok(talk_ask(t, 1, "one"));
    talk_deliver(t);
    assert_err(talk_ask(t, 2, "two"), C2C_E_BUSY);
    assert_ok(talk_answer(t, "1"));
    talk_return(t, C2C_E_OK);
    expect_reply(t, 1, "1");
    assert_ok(talk_ask(t, 2, "two"));
}

static void replies_find_their_questions_in_any_order(void **state)
{
    struct talk *t = *state;
    struct c2c_asking asking[TALK_QUESTIONS];
    uint64_t tickets[TALK_QUESTIONS];

    talk_open(t);
    talk_exchange(t, 99);
    for (size_t i = 0; i < TALK_QUESTIONS; i++) {
        assert_ok(talk_ask(t, i, "?"));
        tickets[i] = t->ticket;
        talk_deliver(t);
        asking[i] = t->taken.asking;
    }
    assert_err(talk_ask(t, 9, "?"), C2C_E_BUSY);
    for (size_t i = TALK_QUESTIONS; i-- > 0;) {
        t->ticket = tickets[i];
        t->taken.asking = asking[i];
        assert_ok(talk_answer(t, "!"));
        talk_return(t, C2C_E_OK);
        expect_reply(t, i, "!");
        talk_return(t, C2C_E_OK); /* Once only. */
        assert_int_equal(t->step.event, C2C_STEP_NOTHING);
    }
}

static void a_reply_to_another_question_is_refused(void **state)
{
    struct talk *t = *state;
    uint64_t first;

    talk_open(t);
    talk_exchange(t, 1);
    assert_ok(talk_ask(t, 2, "?"));
    first = t->ticket;
    assert_ok(talk_ask(t, 3, "?"));
    talk_deliver(t);
    assert_ok(talk_answer(t, "to question 3"));
    t->ticket = first;
    talk_return(t, C2C_E_OK);
    assert_int_equal(t->step.event, C2C_STEP_FAILED);
    assert_int_equal(t->step.tag, 2);
    assert_err(t->step.err, C2C_E_FORGED);
    assert_true(c2c_initiator_is_open(t->initiator));
}

static void no_reply_passes_with_one_bit_changed(void **state)
{
    struct talk *t = *state;
    size_t n;

    talk_open(t);
    talk_exchange(t, 0);
    assert_ok(talk_ask(t, 1, "?"));
    talk_deliver(t);
    assert_ok(talk_answer(t, "!"));
    n = t->reply.n;
    for (size_t i = 0; i < n; i += 7) {
        assert_ok(talk_ask(t, i, "?"));
        talk_deliver(t);
        assert_ok(talk_answer(t, "!"));
        t->reply.p[i % t->reply.n] ^= 0x10;
        talk_return(t, C2C_E_OK);
        assert_int_equal(t->step.event, C2C_STEP_FAILED);
        assert_int_equal(t->content.n, 0);
    }
}

static void no_handshake_passes_with_one_bit_changed(void **state)
{
    struct talk *t = *state;
    size_t n = C2C_NOISE_SECOND_BYTES;

    for (size_t i = 2 + C2C_SESSION_ID_BYTES; i < n; i += 3) {
        assert_ok(talk_shake(t));
        talk_deliver(t);
        t->reply.p[i] ^= 1;
        talk_return(t, C2C_E_OK);
        assert_int_equal(t->step.event, C2C_STEP_LOST);
        c2c_responder_identify(t->responder, &t->hub.self); /* Room again. */
    }
}

/* The peer is somebody, with a proof that is its own, but not the one that is
 * meant. */
static void another_identity_is_refused_before_ours_is_shown(void **state)
{
    struct talk *t = *state;
    struct party other;

    party_init(&other, 'o', &t->rng);
    party_meet(&t->city, &other, 1);
    c2c_responder_identify(t->responder, &other.self);
    talk_open(t);
    expect_lost(t, C2C_E_NOT_VERIFIED);
    party_fini(&other);
}

static void a_proof_copied_from_the_hub_proves_nothing(void **state)
{
    struct talk *t = *state;
    struct party other;
    struct c2c_credentials copied;

    party_init(&other, 'o', &t->rng);
    copied = (struct c2c_credentials){other.key, t->hub.self.proof};
    c2c_responder_identify(t->responder, &copied);
    talk_open(t);
    expect_lost(t, C2C_E_BAD_SIGNATURE);
    party_fini(&other);
}

static void an_anonymous_hub_is_refused(void **state)
{
    struct talk *t = *state;
    const struct c2c_credentials anonymous = {.key = t->hub.key};

    c2c_responder_identify(t->responder, &anonymous);
    talk_open(t);
    expect_lost(t, C2C_E_NOT_VERIFIED);
}

static void an_expired_proof_is_refused(void **state)
{
    struct talk *t = *state;

    t->now.unix_s += 3600 + 601;
    talk_open(t);
    expect_lost(t, C2C_E_EXPIRED);
}

/* Keysets of the hub that the city does not know yet, by way of an anonymous
 * session. */
static void learn(struct talk *t)
{
    talk_open(t);
    assert_int_equal(t->step.event, C2C_STEP_NOTHING);
    assert_true(t->step.send);
    assert_false(c2c_initiator_is_open(t->initiator));
    talk_deliver(t);
    assert_ok(t->taken.err);
    assert_false(t->taken.asking.proved);
    assert_false(t->taken.asking.claimed); /* We said nothing of us. */
    assert_ok(talk_answer(t, ""));
    talk_return(t, C2C_E_OK);
}

static size_t count_learnt(const struct talk *t)
{
    struct c2c_keysets_reply reply;

    assert_ok(c2c_keysets_reply_decode(c2c_buf_view(&t->content), &reply));
    return (size_t)reply.keysets.n;
}

static void keysets_come_with_the_first_contact(void **state)
{
    struct talk *t = *state;

    party_rotate(&t->hub);
    c2c_responder_identify(t->responder, &t->hub.self);
    t->city.n_known = 0;
    learn(t);
    assert_int_equal(t->step.event, C2C_STEP_LEARNT);
    assert_true(c2c_hash_eq(&t->step.city, &t->hub.city));
    assert_int_equal(count_learnt(t), 2);
    talk_open(t); /* What was learnt counts at once. */
    assert_int_equal(t->step.event, C2C_STEP_READY);
    talk_exchange(t, 1);
    expect_reply(t, 1, "answer");
    assert_true(t->taken.asking.proved);
}

static void a_later_keyset_is_learnt_on_from_the_known_one(void **state)
{
    struct talk *t = *state;

    party_rotate(&t->hub);
    c2c_responder_identify(t->responder, &t->hub.self);
    learn(t);
    assert_int_equal(t->step.event, C2C_STEP_LEARNT);
    assert_int_equal(count_learnt(t), 1);
}

static void nobody_pinned_makes_a_stranger_first(void **state)
{
    struct talk *t = *state;

    talk_dial(t, NULL);
    t->city.n_known = 0;
    learn(t);
    assert_int_equal(t->step.event, C2C_STEP_LEARNT);
    talk_open(t);
    assert_int_equal(t->step.event, C2C_STEP_STRANGER);
    assert_true(c2c_hash_eq(&t->step.city, &t->hub.city));
    assert_err(talk_ask(t, 1, "?"), C2C_E_NO_SESSION);
    c2c_initiator_pin(t->initiator, &t->step.city);
    talk_open(t);
    assert_int_equal(t->step.event, C2C_STEP_READY);
}

/* A hub whose signing key was stolen and has been replaced: the thief has the
 * key, and the proof under the former keyset. */
static void a_keyset_that_was_replaced_is_refused(void **state)
{
    struct talk *t = *state;
    uint8_t proof[C2C_MAX_BINDING_BYTES] = {0};
    const struct c2c_credentials thief = {t->hub.key,
                                          c2c_view_of(proof, t->hub.proof.n)};

    memcpy(proof, t->hub.proof.p, t->hub.proof.n);
    c2c_responder_identify(t->responder, &thief);
    party_rotate(&t->hub);
    party_meet(&t->city, &t->hub, 2);
    for (t->hub.n = 1; t->hub.n <= 2; t->hub.n++) {
        learn(t);
        expect_lost(t, C2C_E_BAD_KEYSET);
    }
    t->hub.n = 2;
}

/* A man in the middle answers the first contact with keysets of his own. */
static void keysets_of_another_city_are_refused(void **state)
{
    struct talk *t = *state;
    struct c2c_buf object;

    party_rotate(&t->hub);
    c2c_responder_identify(t->responder, &t->hub.self);
    t->city.n_known = 0;
    object = t->hub.object[0];
    t->hub.object[0] = t->city.object[0];
    learn(t);
    t->hub.object[0] = object;
    expect_lost(t, C2C_E_BAD_KEYSET);
}

static void keysets_that_do_not_reach_the_proof_are_refused(void **state)
{
    struct talk *t = *state;

    party_rotate(&t->hub);
    c2c_responder_identify(t->responder, &t->hub.self);
    t->city.n_known = 0;
    t->hub.n = 1;
    learn(t);
    t->hub.n = 2;
    expect_lost(t, C2C_E_BAD_KEYSET);
}

static void a_refusal_says_that_the_session_is_gone(void **state)
{
    struct talk *t = *state;

    talk_open(t);
    talk_exchange(t, 1);
    c2c_buf_clear(&t->reply);
    assert_ok(talk_ask(t, 2, "?"));
    assert_ok(c2c_frame_refuse(C2C_E_BUSY, &t->reply));
    talk_return(t, C2C_E_OK);
    assert_int_equal(t->step.event, C2C_STEP_FAILED);
    assert_err(t->step.err, C2C_E_BUSY);
    assert_ok(talk_ask(t, 3, "?"));
    c2c_buf_clear(&t->reply);
    assert_ok(c2c_frame_refuse(C2C_E_NO_SESSION, &t->reply));
    talk_return(t, C2C_E_OK);
    expect_lost(t, C2C_E_NO_SESSION);
    talk_open(t);
    talk_exchange(t, 4);
    expect_reply(t, 4, "answer");
}

static void what_is_not_answered_ends_in_time(void **state)
{
    struct talk *t = *state;

    talk_open(t);
    talk_exchange(t, 1);
    assert_ok(talk_ask(t, 2, "?"));
    assert_ok(talk_ask(t, 3, "?"));
    c2c_initiator_tick(t->initiator, &t->now, &t->step);
    assert_int_equal(t->step.event, C2C_STEP_NOTHING);
    t->now.mono_ms += 5000;
    for (uint64_t tag = 2; tag < 4; tag++) {
        c2c_initiator_tick(t->initiator, &t->now, &t->step);
        assert_int_equal(t->step.event, C2C_STEP_FAILED);
        assert_int_equal(t->step.tag, tag);
        assert_err(t->step.err, C2C_E_TIMEOUT);
    }
    c2c_initiator_tick(t->initiator, &t->now, &t->step);
    assert_int_equal(t->step.event, C2C_STEP_NOTHING);
    c2c_buf_clear(&t->content);
    assert_ok(talk_shake(t));
    t->now.mono_ms += TALK_HANDSHAKE_MS;
    c2c_initiator_tick(t->initiator, &t->now, &t->step);
    expect_lost(t, C2C_E_TIMEOUT);
}

static void a_session_ends_by_itself(void **state)
{
    struct talk *t = *state;

    talk_open(t);
    talk_exchange(t, 1);
    t->now.mono_ms += C2C_SEAL_LIFE_MS;
    assert_err(talk_ask(t, 2, "?"), C2C_E_EXPIRED);
    assert_false(c2c_initiator_is_open(t->initiator));
}

static void a_lost_connection_loses_only_the_question(void **state)
{
    struct talk *t = *state;

    talk_open(t);
    assert_ok(talk_ask(t, 1, "?"));
    talk_return(t, C2C_E_UNREACHABLE); /* The third: was it received? */
    expect_lost(t, C2C_E_UNREACHABLE);
    talk_open(t);
    talk_exchange(t, 2);
    assert_ok(talk_ask(t, 3, "?"));
    talk_return(t, C2C_E_UNREACHABLE);
    assert_int_equal(t->step.event, C2C_STEP_FAILED);
    talk_exchange(t, 4); /* Over another connection, the same session. */
    expect_reply(t, 4, "answer");
}

/* Everything that the initiator's side allocates, from new to reply. */
static enum c2c_err whole(void *arg)
{
    struct talk *t = arg;
    const struct c2c_initiator_options options = {.self = t->city.self,
                                                  .rng = &t->rng,
                                                  .pin = &t->hub.city,
                                                  .handshake_ms = 1000,
                                                  .max_questions = 2,
                                                  .max_reply = TALK_ROOM};
    struct c2c_initiator *kept = t->initiator;
    enum c2c_err err = c2c_initiator_new(&options, &t->initiator);

    if (err == C2C_E_OK) {
        err = talk_shake(t);
        talk_deliver(t);
        talk_return(t, err);
        err = t->step.event == C2C_STEP_LOST ? t->step.err : err;
        err = err == C2C_E_OK ? t->taken.err : err;
    }
    if (err == C2C_E_OK) {
        err = talk_ask(t, 1, "question");
    }
    c2c_buf_fini(&t->frame);
    c2c_buf_fini(&t->reply);
    c2c_buf_fini(&t->content);
    c2c_responder_identify(t->responder, &t->hub.self);
    if (t->initiator != kept) {
        c2c_initiator_free(t->initiator);
        t->initiator = kept;
    }
    return err;
}

static void running_out_of_memory_is_an_error(void **state)
{
    struct talk *t = *state;

    t->from = (struct c2c_address){{0}};
    oom_sweep(whole, t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define X(F) cmocka_unit_test_setup_teardown(F, begin, end)
        X(a_question_goes_with_the_third_message),
        X(nothing_overtakes_the_third_message),
        X(replies_find_their_questions_in_any_order),
        X(a_reply_to_another_question_is_refused),
        X(no_reply_passes_with_one_bit_changed),
        X(no_handshake_passes_with_one_bit_changed),
        X(another_identity_is_refused_before_ours_is_shown),
        X(a_proof_copied_from_the_hub_proves_nothing),
        X(an_anonymous_hub_is_refused),
        X(an_expired_proof_is_refused),
        X(keysets_come_with_the_first_contact),
        X(a_later_keyset_is_learnt_on_from_the_known_one),
        X(nobody_pinned_makes_a_stranger_first),
        X(a_keyset_that_was_replaced_is_refused),
        X(keysets_of_another_city_are_refused),
        X(keysets_that_do_not_reach_the_proof_are_refused),
        X(a_refusal_says_that_the_session_is_gone),
        X(what_is_not_answered_ends_in_time),
        X(a_session_ends_by_itself),
        X(a_lost_connection_loses_only_the_question),
        X(running_out_of_memory_is_an_error),
#undef X
    };

    return cmocka_run_group_tests_name("initiator", tests, NULL, NULL);
}
