/* Sessions that several threads share. */

#include "node/sessions.h"
#include "talk.h"
#include "test.h"

static struct talk talk;
static struct c2c_sessions *sessions;

/* Others use the sessions while a keyring is read. */
static enum c2c_err count_and_find_nothing(void *ctx,
                                           const struct c2c_hash *city,
                                           struct c2c_keyset *ret_keyset)
{
    size_t *strangers = ctx;

    (void)city;
    (void)ret_keyset;
    *strangers = c2c_sessions_count(sessions).strangers;
    return C2C_E_NOT_FOUND;
}

/* Give talk.frame to the sessions, and what they reply back. */
static void pass(const struct c2c_sessions_worker *worker,
                 struct c2c_frame_taken *ret_taken)
{
    c2c_buf_clear(&talk.plain);
    c2c_buf_clear(&talk.reply);
    c2c_sessions_take(sessions, worker, &talk.from, c2c_buf_view(&talk.frame),
                      &talk.plain, &talk.reply, ret_taken);
}

static void keysets_are_verified_beside_the_lock(void **state)
{
    struct c2c_sessions_worker worker = {talk.zip, &talk.hub.keyring, talk.now};
    size_t strangers = 0;
    const struct c2c_keyring other = {count_and_find_nothing, &strangers};
    struct c2c_frame_taken taken;
    struct c2c_list_buf list;

    (void)state;
    talk.hub.n_known = 0; /* The city's claim is not proved. */
    assert_ok(talk_shake(&talk));
    pass(&worker, &taken);
    talk_return(&talk, C2C_E_OK);
    assert_ok(talk_ask(&talk, 1, "question"));
    pass(&worker, &taken);
    assert_int_equal(taken.what, C2C_TAKEN_REQUEST);
    assert_true(taken.asking.claimed);
    c2c_list_init(&list, TALK_ROOM);
    party_list(&talk.city, 1, &list);
    worker.keyring = &other; /* Under the lock this would never end. */
    assert_ok(c2c_sessions_prove(sessions, &worker, c2c_list_of(&list),
                                 &taken.asking));
    assert_int_equal(strangers, 1);
    assert_true(taken.asking.proved);
    assert_false(taken.asking.claimed);
    c2c_list_fini(&list);
}

static void who_is_gone_proves_nothing(void **state)
{
    const struct c2c_sessions_worker worker = {talk.zip, &talk.hub.keyring,
                                               talk.now};
    struct c2c_asking asking = {.claimed = true};

    (void)state;
    assert_err(c2c_sessions_prove(sessions, &worker,
                                  (struct c2c_list_view){{NULL, 0}, 0},
                                  &asking),
               C2C_E_NO_SESSION);
    assert_false(asking.proved);
}

static int begin(void **state)
{
    (void)state;
    talk_begin(&talk);
    assert_ok(c2c_sessions_new(&talk.hub.self, &talk.rng, &sessions));
    return 0;
}

static int end(void **state)
{
    (void)state;
    c2c_sessions_free(sessions);
    talk_end(&talk);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keysets_are_verified_beside_the_lock,
                                        begin, end),
        cmocka_unit_test_setup_teardown(who_is_gone_proves_nothing, begin, end),
    };
    return cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
}
