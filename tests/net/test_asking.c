/* Questions and answers over real sockets. */

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "exchange.h"

enum {
    AT_ONCE = 16,
    QUESTIONS = 400
};

static const char any_port[] = "tcp://127.0.0.1:0";
static const char busy[] = "busy";

static void ask_and_answer(struct exchange *x)
{
    struct c2c_request *request;

    x->dialer = exchange_dial(x, exchange_url(x), 1);
    exchange_ask(x->dialer, 7, "how are you?");
    request = exchange_question(x);
    assert_true(c2c_view_eq_str(c2c_request_body(request), "how are you?"));
    exchange_answer(request, "well");
    exchange_expect(x, 7, "well");
    exchange_connect(x->dialer); /* Told a little later. */
}

static void a_question_is_answered(void **state)
{
    struct exchange *x = *state;

    exchange_listen(x, exchange_ipc(x), (struct c2c_provider_options){0});
    assert_string_equal(exchange_url(x), exchange_ipc(x));
    assert_null(c2c_provider_url(x->provider, 1));
    ask_and_answer(x);
}

static void the_port_that_was_free_is_told(void **state)
{
    struct exchange *x = *state;

    exchange_listen(x, any_port, (struct c2c_provider_options){0});
    assert_string_not_equal(exchange_url(x), any_port);
    ask_and_answer(x);
}

static void websockets_and_tls_carry_it_too(void **state)
{
    struct exchange *x = *state;
    const struct c2c_provider_options options = {.tls_cert = C2C_TEST_CERT};
    static const char *const urls[] = {"ws://127.0.0.1:0/sync",
                                       "tls+tcp://127.0.0.1:0",
                                       "wss://127.0.0.1:0/sync"};

    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        exchange_listen(x, urls[i], options);
        ask_and_answer(x);
        c2c_dialer_close(x->dialer);
        x->dialer = NULL;
        c2c_provider_close(x->provider);
        x->provider = NULL;
    }
}

static void a_request_says_where_it_comes_from(void **state)
{
    struct exchange *x = *state;
    struct c2c_address address;
    struct c2c_request *request;
    char text[C2C_ADDRESS_TEXT];

    exchange_listen(x, any_port, (struct c2c_provider_options){0});
    assert_ok(c2c_provider_listen(x->provider, exchange_ipc(x)));
    for (size_t i = 0; i < 2; i++) {
        struct c2c_dialer *dialer =
            exchange_dial(x, c2c_provider_url(x->provider, i), 1);

        exchange_ask(dialer, i, "?");
        request = exchange_question(x);
        address = c2c_request_address(request);
        c2c_address_text(&address, text);
        assert_string_equal(text, i == 0 ? "127.0.0.1" : "local");
        exchange_answer(request, "!");
        exchange_expect(x, i, "!");
        c2c_dialer_close(dialer);
    }
}

/* Answers whatever comes until the box is closed. */
static void *echo(void *arg)
{
    struct c2c_mailbox *box = arg;
    struct c2c_request *request;

    while ((request = c2c_mailbox_take(box, UINT64_MAX)) != NULL) {
        char text[32];
        struct c2c_view body = c2c_request_body(request);

        assert_true(body.n < sizeof text);
        memcpy(text, body.p, body.n);
        c2c_request_reply(request, c2c_view_of(text, body.n));
    }
    return NULL;
}

static void ask_numbered(struct c2c_dialer *dialer, uint64_t tag)
{
    char text[32];

    (void)snprintf(text, sizeof text, "question %d", (int)tag);
    exchange_ask(dialer, tag, text);
}

/* Every outcome has its own question's text; ask the next one at each.  NNG may
 * count what was sent so late that a question is refused: it is asked again. */
static void count_answers(struct exchange *x, bool seen[QUESTIONS])
{
    uint64_t asked = AT_ONCE;
    size_t answered = 0;

    while (answered < QUESTIONS) {
        struct c2c_outcome *outcome = exchange_outcome(x);
        uint64_t tag = c2c_outcome_tag(outcome);
        char text[32];

        assert_ok(c2c_outcome_err(outcome));
        assert_true(tag < asked && !seen[tag]);
        if (c2c_view_eq_str(c2c_outcome_body(outcome), busy)) {
            ask_numbered(x->dialer, tag);
        } else {
            seen[tag] = true;
            answered++;
            (void)snprintf(text, sizeof text, "question %d", (int)tag);
            assert_true(c2c_view_eq_str(c2c_outcome_body(outcome), text));
            if (asked < QUESTIONS) {
                ask_numbered(x->dialer, asked++);
            }
        }
        c2c_outcome_free(outcome);
    }
}

static void many_questions_at_once_find_their_answers(void **state)
{
    struct exchange *x = *state;
    bool seen[QUESTIONS] = {false};
    pthread_t threads[3];

    exchange_listen(x, any_port,
                    (struct c2c_provider_options){.max_open = 32,
                                                  .max_bytes = 1 << 21,
                                                  .busy = c2c_view_str(busy)});
    x->dialer = exchange_dial(x, exchange_url(x), AT_ONCE);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, echo, x->questions),
                         0);
    }
    for (uint64_t tag = 0; tag < AT_ONCE; tag++) {
        ask_numbered(x->dialer, tag);
    }
    count_answers(x, seen);
    c2c_mailbox_close(x->questions);
    for (size_t i = 0; i < 3; i++) {
        (void)pthread_join(threads[i], NULL);
    }
}

static void answers_may_come_in_any_order(void **state)
{
    struct exchange *x = *state;
    struct c2c_request *held[3];

    exchange_listen(x, exchange_ipc(x), (struct c2c_provider_options){0});
    x->dialer = exchange_dial(x, exchange_url(x), 3);
    for (uint64_t tag = 0; tag < 3; tag++) {
        ask_numbered(x->dialer, tag);
        held[tag] = exchange_question(x);
    }
    assert_err(c2c_dialer_ask(x->dialer, 3, c2c_view_str("4th"), 1000),
               C2C_E_BUSY);
    for (int i = 2; i >= 0; i--) {
        exchange_answer(held[i], i == 0 ? "first" : "later");
        exchange_expect(x, (uint64_t)i, i == 0 ? "first" : "later");
    }
    ask_numbered(x->dialer, 4); /* A place is free again. */
    c2c_request_drop(exchange_question(x));
}

static void
a_lost_connection_is_an_error_and_nothing_is_sent_twice(void **state)
{
    struct exchange *x = *state;
    struct c2c_request *request;

    exchange_listen(x, exchange_ipc(x), (struct c2c_provider_options){0});
    x->dialer = exchange_dial(x, exchange_url(x), 2);
    exchange_ask(x->dialer, 1, "one");
    request = exchange_question(x);
    c2c_provider_close(x->provider);
    exchange_expect_err(x, C2C_E_UNREACHABLE);
    exchange_answer(request, "too late"); /* Harmless. */
    exchange_listen(x, exchange_ipc(x), (struct c2c_provider_options){0});
    exchange_ask(x->dialer, 2, "two");
    request = exchange_question(x);
    assert_true(c2c_view_eq_str(c2c_request_body(request), "two"));
    exchange_answer(request, "2");
    exchange_expect(x, 2, "2");
    assert_null(c2c_mailbox_take(x->questions, 0));
}

static void nobody_there_is_not_the_same_as_no_answer(void **state)
{
    struct exchange *x = *state;

    x->dialer = exchange_dial(x, exchange_ipc(x), 1);
    assert_ok(c2c_dialer_ask(x->dialer, 1, c2c_view_str("?"), 20));
    exchange_expect_err(x, C2C_E_UNREACHABLE);
    assert_false(c2c_dialer_connected(x->dialer));
    exchange_listen(x, exchange_ipc(x), (struct c2c_provider_options){0});
    exchange_connect(x->dialer);
    exchange_ask(x->dialer, 2, "are you there?");
    exchange_answer(exchange_question(x), "yes");
    exchange_expect(x, 2, "yes");
    assert_ok(c2c_dialer_ask(x->dialer, 3, c2c_view_str("?"), 3000));
    c2c_request_drop(exchange_question(x));
    exchange_expect_err(x, C2C_E_TIMEOUT);
}

static void closing_ends_what_is_under_way(void **state)
{
    struct exchange *x = *state;

    exchange_listen(x, exchange_ipc(x), (struct c2c_provider_options){0});
    for (size_t round = 0; round < 20; round++) {
        x->dialer = exchange_dial(x, exchange_url(x), AT_ONCE);
        for (uint64_t tag = 0; tag < AT_ONCE; tag++) {
            exchange_ask(x->dialer, tag, "?");
        }
        if (round % 2 == 0) {
            c2c_request_drop(exchange_question(x));
        }
        c2c_dialer_close(x->dialer);
        x->dialer = NULL;
        for (size_t i = 0; i < AT_ONCE; i++) {
            exchange_expect_err(x, C2C_E_STOPPING);
        }
        assert_null(c2c_mailbox_take(x->outcomes, 0));
    }
}

static void bad_urls_are_told_at_once(void **state)
{
    struct exchange *x = *state;
    const struct c2c_dialer_options dialing = {.questions = 1};
    struct c2c_dialer *dialer = NULL;

    exchange_listen(x, exchange_ipc(x), (struct c2c_provider_options){0});
    assert_err(c2c_provider_listen(x->provider, "pigeon://coop"), C2C_E_INVAL);
    assert_err(c2c_provider_listen(x->provider, "7420"), C2C_E_INVAL);
    assert_err(c2c_provider_listen(x->provider, exchange_ipc(x)), C2C_E_IN_USE);
    assert_err(c2c_dialer_open("pigeon://coop", &dialing, &dialer),
               C2C_E_INVAL);
    assert_null(dialer);
    assert_null(c2c_provider_url(x->provider, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define X(F) cmocka_unit_test_setup_teardown(F, exchange_begin, exchange_end)
        X(a_question_is_answered),
        X(the_port_that_was_free_is_told),
        X(websockets_and_tls_carry_it_too),
        X(a_request_says_where_it_comes_from),
        X(many_questions_at_once_find_their_answers),
        X(answers_may_come_in_any_order),
        X(a_lost_connection_is_an_error_and_nothing_is_sent_twice),
        X(nobody_there_is_not_the_same_as_no_answer),
        X(closing_ends_what_is_under_way),
        X(bad_urls_are_told_at_once),
#undef X
    };

    return cmocka_run_group_tests_name("asking", tests, NULL, NULL);
}
