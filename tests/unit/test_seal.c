#include "crypto/seal.h"

#include <string.h>

#include "codec/limits.h"
#include "fixed_rng.h"
#include "oom.h"
#include "test.h"

enum {
    ROOM = 1 << 16
};

static const uint64_t start_ms = 1000000;

/* The two sides of a session. */
struct sides {
    struct c2c_seal one;
    struct c2c_seal two;
    struct c2c_buf sealed;
    struct c2c_buf plain;
};

static struct sides sides;

static int begin(void **state)
{
    static uint8_t id_bytes[C2C_SESSION_ID_BYTES] = "session";
    const struct c2c_rng rng = fixed_rng(id_bytes);
    struct c2c_session_id id = c2c_session_id_make(&rng);
    static const struct c2c_noise_keys none = {{0}, {0}};
    struct c2c_noise_keys keys = {{'a'}, {'b'}};
    struct c2c_noise_keys mirrored = {{'b'}, {'a'}};

    c2c_seal_init(&sides.one, &id, &keys, start_ms);
    c2c_seal_init(&sides.two, &id, &mirrored, start_ms);
    assert_memory_equal(&keys, &none, sizeof none);
    c2c_buf_init(&sides.sealed, ROOM);
    c2c_buf_init(&sides.plain, ROOM);
    *state = &sides;
    return 0;
}

static int end(void **state)
{
    struct sides *s = *state;

    c2c_seal_fini(&s->one);
    c2c_seal_fini(&s->two);
    c2c_buf_fini(&s->sealed);
    c2c_buf_fini(&s->plain);
    return 0;
}

/* Seal @text as request @counter, which need not be the next one. */
static void request(struct sides *s, uint64_t counter, const char *text)
{
    uint64_t got;

    c2c_buf_clear(&s->sealed);
    s->one.next = counter;
    assert_ok(c2c_seal_write(&s->one, start_ms, NULL, c2c_view_str(text),
                             &s->sealed, &got));
    assert_true(got == counter);
}

static enum c2c_err receive(struct sides *s)
{
    uint64_t got;

    c2c_buf_clear(&s->plain);
    return c2c_seal_read(&s->two, start_ms, NULL, c2c_buf_view(&s->sealed),
                         &s->plain, &got);
}

/* Request @counter arrives. */
static enum c2c_err arrive(struct sides *s, uint64_t counter)
{
    request(s, counter, "text");
    return receive(s);
}

static void the_limits_are_those_of_the_protocol(void **state)
{
    (void)state;
    assert_int_equal(C2C_SEAL_WINDOW, C2C_MAX_SESSION_WINDOW);
    assert_int_equal(C2C_SEAL_LIFE_MS, C2C_MAX_SESSION_LIFE_S * 1000);
    assert_int_equal(C2C_SEAL_MESSAGES, C2C_MAX_SESSION_MESSAGES);
}

static void ids_bear_their_mark(void **state)
{
    uint8_t bytes[C2C_SESSION_ID_BYTES] = {0x12, 0x34};
    const struct c2c_rng rng = fixed_rng(bytes);
    struct c2c_session_id a = c2c_session_id_make(&rng);
    struct c2c_session_id b = a;

    (void)state;
    assert_int_equal(a.b[0], 0x92);
    assert_int_equal(a.b[1], 0x34);
    assert_true(c2c_session_id_eq(&a, &b));
    b.b[15] ^= 1;
    assert_false(c2c_session_id_eq(&a, &b));
}

static void requests_and_replies_arrive(void **state)
{
    struct sides *s = *state;

    for (uint64_t i = 0; i < 5; i++) {
        uint64_t counter;
        uint64_t reply;

        c2c_buf_clear(&s->sealed);
        assert_ok(c2c_seal_write(&s->one, start_ms + i, NULL,
                                 c2c_view_str("question"), &s->sealed,
                                 &counter));
        assert_true(counter == i);
        assert_int_equal(s->sealed.n, 16 + 8 + 8 + 16);
        assert_ok(receive(s));
        assert_true(c2c_view_eq_str(c2c_buf_view(&s->plain), "question"));

        c2c_buf_clear(&s->sealed);
        assert_ok(c2c_seal_write(&s->two, start_ms, &counter,
                                 c2c_view_str("answer"), &s->sealed, &reply));
        c2c_buf_clear(&s->plain);
        assert_ok(c2c_seal_read(&s->one, start_ms, &counter,
                                c2c_buf_view(&s->sealed), &s->plain, &reply));
        assert_true(reply == i);
        assert_true(c2c_view_eq_str(c2c_buf_view(&s->plain), "answer"));
    }
}

static void nothing_at_all_can_be_said(void **state)
{
    struct sides *s = *state;

    assert_ok(arrive(s, 0));
    request(s, 1, "");
    assert_int_equal(s->sealed.n, C2C_SEAL_MIN_BYTES);
    assert_ok(receive(s));
    assert_int_equal(s->plain.n, 0);
}

static void a_reply_answers_its_own_request_only(void **state)
{
    struct sides *s = *state;
    const uint64_t asked = 7;
    const uint64_t other = 8;
    uint64_t n;

    assert_ok(c2c_seal_write(&s->two, start_ms, &asked, c2c_view_str("answer"),
                             &s->sealed, &n));
    assert_err(c2c_seal_read(&s->one, start_ms, &other,
                             c2c_buf_view(&s->sealed), &s->plain, &n),
               C2C_E_FORGED);
    assert_err(c2c_seal_read(&s->one, start_ms, NULL, c2c_buf_view(&s->sealed),
                             &s->plain, &n),
               C2C_E_FORGED);
    assert_int_equal(s->plain.n, 0);
    assert_ok(c2c_seal_read(&s->one, start_ms, &asked, c2c_buf_view(&s->sealed),
                            &s->plain, &n));
}

static void a_message_does_not_go_back_to_its_sender(void **state)
{
    struct sides *s = *state;
    uint64_t n;

    request(s, 0, "text");
    assert_err(c2c_seal_read(&s->one, start_ms, NULL, c2c_buf_view(&s->sealed),
                             &s->plain, &n),
               C2C_E_FORGED);
}

static void no_beginning_of_a_message_passes(void **state)
{
    struct sides *s = *state;
    uint64_t n;

    request(s, 3, "text");
    for (size_t cut = 0; cut < s->sealed.n; cut++) {
        assert_err(c2c_seal_read(&s->two, start_ms, NULL,
                                 c2c_view_of(s->sealed.p, cut), &s->plain, &n),
                   cut < C2C_SEAL_MIN_BYTES ? C2C_E_MALFORMED : C2C_E_FORGED);
        assert_int_equal(s->plain.n, 0);
    }
    assert_ok(receive(s));
}

static void no_message_passes_with_one_bit_changed(void **state)
{
    struct sides *s = *state;

    request(s, 3, "text");
    for (size_t bit = 0; bit < s->sealed.n * 8; bit++) {
        enum c2c_err err;

        s->sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        err = receive(s);
        s->sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (bit == 7) { /* The mark of ids. */
            assert_err(err, C2C_E_MALFORMED);
        } else if (bit / 8 < C2C_SESSION_ID_BYTES) {
            assert_err(err, C2C_E_NOT_FOUND);
        } else if (bit >= 16 * 8 + 20 && bit < 24 * 8) {
            assert_err(err, C2C_E_EXHAUSTED);
        } else {
            assert_err(err, C2C_E_FORGED);
        }
        assert_int_equal(s->plain.n, 0);
    }
    assert_ok(receive(s)); /* None of the forged ones shut it out. */
    assert_err(receive(s), C2C_E_REPLAYED);
}

static void a_message_passes_once(void **state)
{
    struct sides *s = *state;

    assert_ok(arrive(s, 0));
    assert_err(arrive(s, 0), C2C_E_REPLAYED);
    assert_int_equal(s->plain.n, 0);
    assert_ok(arrive(s, 2));
    assert_ok(arrive(s, 1));
    assert_err(arrive(s, 1), C2C_E_REPLAYED);
    assert_err(arrive(s, 2), C2C_E_REPLAYED);
}

static void the_window_has_exactly_its_size(void **state)
{
    struct sides *s = *state;
    const uint64_t newest = 5000;

    assert_ok(arrive(s, newest));
    assert_ok(arrive(s, newest - (C2C_SEAL_WINDOW - 1)));
    assert_err(arrive(s, newest - (C2C_SEAL_WINDOW - 1)), C2C_E_REPLAYED);
    assert_err(arrive(s, newest - C2C_SEAL_WINDOW), C2C_E_STALE);
    assert_err(arrive(s, 0), C2C_E_STALE);
    assert_ok(arrive(s, newest + 1));
    assert_err(arrive(s, newest - (C2C_SEAL_WINDOW - 1)), C2C_E_STALE);
    assert_err(arrive(s, newest), C2C_E_REPLAYED);
}

/* Counters that share a bit of the ring never stand for one another. */
static void a_moved_window_remembers_only_its_own(void **state)
{
    static const uint64_t jumps[] = {1, 63, 64, 65, 1023, 1024, 1025, 3000};
    struct sides *s = *state;
    uint64_t newest = 2048;

    assert_ok(arrive(s, newest));
    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        uint64_t before = newest;

        newest += jumps[i];
        assert_ok(arrive(s, newest));
        assert_err(arrive(s, newest), C2C_E_REPLAYED);
        assert_err(arrive(s, before),
                   jumps[i] < C2C_SEAL_WINDOW ? C2C_E_REPLAYED : C2C_E_STALE);
        for (uint64_t c = newest - 1; c > newest - C2C_SEAL_WINDOW; c--) {
            if (c > before) {
                assert_ok(arrive(s, c));
            }
        }
    }
}

static void a_session_ends_after_its_last_message(void **state)
{
    struct sides *s = *state;
    uint64_t n;

    assert_ok(arrive(s, C2C_SEAL_MESSAGES - 1));
    c2c_buf_clear(&s->sealed);
    assert_err(c2c_seal_write(&s->one, start_ms, NULL, c2c_view_str("text"),
                              &s->sealed, &n),
               C2C_E_EXHAUSTED);
    assert_int_equal(s->sealed.n, 0);
    /* A peer that goes on all the same. */
    request(s, C2C_SEAL_MESSAGES - 1, "text");
    memcpy(s->sealed.p + 16, "\0\0\x10\0\0\0\0\0", 8);
    assert_err(receive(s), C2C_E_EXHAUSTED);
    memset(s->sealed.p + 16, 0xff, 8);
    assert_err(receive(s), C2C_E_EXHAUSTED);
}

static void a_session_ends_after_its_time(void **state)
{
    const uint64_t last_ms = start_ms + C2C_SEAL_LIFE_MS - 1;
    struct sides *s = *state;
    uint64_t n;

    assert_ok(c2c_seal_write(&s->one, last_ms, NULL, c2c_view_str("text"),
                             &s->sealed, &n));
    assert_err(c2c_seal_read(&s->two, last_ms + 1, NULL,
                             c2c_buf_view(&s->sealed), &s->plain, &n),
               C2C_E_EXPIRED);
    assert_ok(c2c_seal_read(&s->two, last_ms, NULL, c2c_buf_view(&s->sealed),
                            &s->plain, &n));
    assert_err(c2c_seal_write(&s->one, last_ms + 1, NULL, c2c_view_str("text"),
                              &s->sealed, &n),
               C2C_E_EXPIRED);
    assert_ok(c2c_seal_write(&s->one, start_ms - 1, NULL, c2c_view_str("text"),
                             &s->sealed, &n)); /* Took the time before. */
    assert_err(c2c_seal_write(&s->one, UINT64_MAX, NULL, c2c_view_str("text"),
                              &s->sealed, &n),
               C2C_E_EXPIRED);
}

static void a_session_that_was_ended_is_over(void **state)
{
    static const struct c2c_noise_keys none = {{0}, {0}};
    struct sides *s = *state;
    uint64_t n;

    request(s, 0, "text");
    c2c_seal_fini(&s->two);
    assert_err(receive(s), C2C_E_NOT_FOUND);
    c2c_seal_fini(&s->one);
    assert_memory_equal(&s->one.keys, &none, sizeof none);
    for (unsigned i = 0; i < 2; i++) {
        assert_err(c2c_seal_write(&s->one, i == 0 ? 0 : UINT64_MAX, NULL,
                                  c2c_view_str("text"), &s->sealed, &n),
                   C2C_E_EXPIRED);
    }
}

static void a_message_without_room_uses_nothing_up(void **state)
{
    struct sides *s = *state;
    struct c2c_buf none;
    uint64_t n;

    c2c_buf_init(&none, 3);
    assert_err(c2c_seal_write(&s->one, start_ms, NULL, c2c_view_str("text"),
                              &none, &n),
               C2C_E_TOO_BIG);
    assert_ok(c2c_seal_write(&s->one, start_ms, NULL, c2c_view_str("text"),
                             &s->sealed, &n));
    assert_true(n == 0);
    assert_err(c2c_seal_read(&s->two, start_ms, NULL, c2c_buf_view(&s->sealed),
                             &none, &n),
               C2C_E_TOO_BIG);
    assert_ok(receive(s));
    c2c_buf_fini(&none);
}

static enum c2c_err exchange(void *arg)
{
    struct sides *s = arg;
    struct c2c_buf sealed;
    struct c2c_buf plain;
    uint64_t n;
    enum c2c_err err;

    c2c_buf_init(&sealed, ROOM);
    c2c_buf_init(&plain, ROOM);
    err = c2c_seal_write(&s->one, start_ms, NULL, c2c_view_str("text"), &sealed,
                         &n);
    if (err == C2C_E_OK) {
        err = c2c_seal_read(&s->two, start_ms, NULL, c2c_buf_view(&sealed),
                            &plain, &n);
    }
    c2c_buf_fini(&sealed);
    c2c_buf_fini(&plain);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    oom_sweep(exchange, *state);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_limits_are_those_of_the_protocol),
        TEST(ids_bear_their_mark),
        TEST(requests_and_replies_arrive),
        TEST(nothing_at_all_can_be_said),
        TEST(a_reply_answers_its_own_request_only),
        TEST(a_message_does_not_go_back_to_its_sender),
        TEST(no_beginning_of_a_message_passes),
        TEST(no_message_passes_with_one_bit_changed),
        TEST(a_message_passes_once),
        TEST(the_window_has_exactly_its_size),
        TEST(a_moved_window_remembers_only_its_own),
        TEST(a_session_ends_after_its_last_message),
        TEST(a_session_ends_after_its_time),
        TEST(a_session_that_was_ended_is_over),
        TEST(a_message_without_room_uses_nothing_up),
        TEST(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("crypto/seal", tests, NULL, NULL);
}
