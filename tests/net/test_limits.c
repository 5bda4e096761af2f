/* What one connection can make a provider hold, and how many there may be. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "exchange.h"
#include "net/pipes_priv.h"

enum {
    MAX_OPEN = 32,
    MORE = 8,
    REPLY = 64 * 1024,
    MAX_BYTES = 4 * REPLY,
    SLOW = 40 /* Questions of the slow reader. */
};

static const struct c2c_provider_options limits = {
    .max_open = MAX_OPEN, .busy = {(const uint8_t *)"b", 1}};

/* Ask until the question is neither refused, because NNG has not yet counted
 * a reply that has arrived, nor lost with its connection. */
static void ask_until_heard(struct exchange *x, struct c2c_dialer *dialer)
{
    struct c2c_request *request = NULL;

    for (uint64_t tag = 0; request == NULL; tag++) {
        struct c2c_outcome *outcome = NULL;

        exchange_ask(dialer, tag, "at last");
        while (request == NULL && outcome == NULL) {
            request = c2c_mailbox_take(x->questions, 1);
            outcome = c2c_mailbox_take(x->outcomes, 0);
        }
        if (request != NULL) {
            exchange_answer(request, "!");
            exchange_expect(x, tag, "!");
        } else {
            assert_true(c2c_outcome_err(outcome) == C2C_E_UNREACHABLE ||
                        c2c_view_eq_str(c2c_outcome_body(outcome), "b"));
            c2c_outcome_free(outcome);
        }
    }
}

static void too_many_questions_are_refused(void **state)
{
    struct exchange *x = *state;
    struct c2c_request *held[MAX_OPEN];

    exchange_listen(x, "tcp://127.0.0.1:0", limits);
    x->dialer = exchange_dial(x, exchange_url(x), MAX_OPEN + MORE);
    for (uint64_t tag = 0; tag < MAX_OPEN; tag++) {
        exchange_ask(x->dialer, tag, "?");
        held[tag] = exchange_question(x);
    }
    for (uint64_t tag = MAX_OPEN; tag < MAX_OPEN + MORE; tag++) {
        exchange_ask(x->dialer, tag, "?");
        exchange_expect(x, tag, "b");
    }
    assert_null(c2c_mailbox_take(x->questions, 0));
    exchange_answer(held[0], "!");
    exchange_expect(x, 0, "!");
    ask_until_heard(x, x->dialer);
    for (size_t i = 1; i < MAX_OPEN; i++) {
        c2c_request_drop(held[i]);
    }
    ask_until_heard(x, x->dialer); /* Dropped ones are open no more. */
}

static void large_questions_are_refused_while_others_are_open(void **state)
{
    struct exchange *x = *state;
    struct c2c_provider_options options = limits;
    struct c2c_request *held[2];
    static char text[REPLY + 1];

    options.max_bytes = 2 * REPLY;
    memset(text, 'x', REPLY);
    exchange_listen(x, exchange_ipc(x), options);
    x->dialer = exchange_dial(x, exchange_url(x), 4);
    for (uint64_t tag = 0; tag < 2; tag++) {
        exchange_ask(x->dialer, tag, text);
        held[tag] = exchange_question(x);
    }
    exchange_ask(x->dialer, 2, text);
    exchange_expect(x, 2, "b");
    c2c_request_drop(held[0]);
    c2c_request_drop(held[1]);
    exchange_ask(x->dialer, 3, text);
    c2c_request_drop(exchange_question(x));
}

/* A client of NNG's ipc that does not read. */
static int connect_slow(struct exchange *x)
{
    static const uint8_t hello[] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    uint8_t theirs[sizeof hello];
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)snprintf(to.sun_path, sizeof to.sun_path, "%.90s/socket", x->folder);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(write(fd, hello, sizeof hello), sizeof hello);
    assert_int_equal(recv(fd, theirs, sizeof theirs, MSG_WAITALL),
                     sizeof theirs);
    return fd;
}

static void ask_raw(int fd, uint8_t number)
{
    const uint8_t frame[] = {1, 0, 0,    0, 0, 0,      0,
                             0, 5, 0x80, 0, 0, number, '?'};

    assert_int_equal(write(fd, frame, sizeof frame), sizeof frame);
}

/* The length of the next reply, without the number of its question. */
static size_t read_raw(int fd)
{
    uint8_t head[13];
    static uint8_t body[REPLY];
    size_t n = 0;

    assert_int_equal(recv(fd, head, sizeof head, MSG_WAITALL), sizeof head);
    for (size_t i = 1; i < 9; i++) {
        n = n << 8 | head[i];
    }
    n -= 4;
    assert_true(n <= sizeof body);
    assert_int_equal(recv(fd, body, n, MSG_WAITALL), n);
    return n;
}

static bool refused(const struct c2c_provider_counts *counts, uint64_t n)
{
    return counts->refused >= n;
}

/* Large answers to SLOW questions of @fd, in step: how many were let in. */
static size_t answer_slow(struct exchange *x, int fd)
{
    static uint8_t reply[REPLY];
    struct c2c_provider_counts counts = {.refused = 0};
    size_t in = 0;

    for (unsigned i = 0; i < SLOW; i++) {
        struct c2c_request *request = NULL;
        uint64_t before = counts.refused;

        ask_raw(fd, (uint8_t)i);
        while (request == NULL && counts.refused == before) {
            request = c2c_mailbox_take(x->questions, 1);
            c2c_provider_count(x->provider, &counts);
        }
        if (request != NULL) {
            c2c_request_reply(request, c2c_view_of(reply, sizeof reply));
            in++;
        }
        c2c_provider_count(x->provider, &counts);
    }
    return in;
}

static void a_slow_reader_cannot_pin_memory(void **state)
{
    struct exchange *x = *state;
    struct c2c_provider_options options = limits;
    size_t large = 0;
    size_t in;
    int fd;

    options.max_bytes = MAX_BYTES;
    exchange_listen(x, exchange_ipc(x), options);
    fd = connect_slow(x);
    in = answer_slow(x, fd);
    exchange_wait(x, refused, SLOW - in);
    for (size_t i = 0; i < SLOW; i++) { /* Every question has its answer. */
        large += read_raw(fd) == REPLY ? 1 : 0;
    }
    /* What the system's buffer took, some 200 KiB, and twice our limit. */
    assert_in_range(large, 4, 14);
    assert_in_range(in, large, SLOW - 1);
    ask_raw(fd, 99); /* Who reads is served again. */
    exchange_answer(exchange_question(x), "!");
    assert_int_equal(read_raw(fd), 1);
    (void)close(fd);
}

static bool refused_pipes(const struct c2c_provider_counts *counts, uint64_t n)
{
    return counts->refused_pipes >= n;
}

static bool pipes_are(const struct c2c_provider_counts *counts, uint64_t n)
{
    return counts->pipes == n;
}

/* Two are let in, the third not before one of them has gone. */
static void two_at_most(struct exchange *x)
{
    struct c2c_dialer *dialer[3];

    for (size_t i = 0; i < 2; i++) {
        dialer[i] = exchange_dial(x, exchange_url(x), 1);
        exchange_wait(x, pipes_are, i + 1);
    }
    dialer[2] = exchange_dial(x, exchange_url(x), 1);
    exchange_wait(x, refused_pipes, 1);
    c2c_dialer_close(dialer[0]);
    ask_until_heard(x, dialer[2]);
    exchange_wait(x, pipes_are, 2);
    c2c_dialer_close(dialer[1]);
    c2c_dialer_close(dialer[2]);
    exchange_wait(x, pipes_are, 0);
}

static void connections_are_capped(void **state)
{
    struct exchange *x = *state;

    exchange_listen(x, exchange_ipc(x),
                    (struct c2c_provider_options){.max_pipes = 2});
    two_at_most(x);
}

static void connections_of_one_address_are_capped(void **state)
{
    struct exchange *x = *state;

    exchange_listen(x, "tcp://127.0.0.1:0",
                    (struct c2c_provider_options){.max_per_address = 2});
    two_at_most(x);
}

static void the_owner_hears_which_connection_has_gone(void **state)
{
    struct exchange *x = *state;
    struct c2c_request *request;

    exchange_listen(x, exchange_ipc(x), (struct c2c_provider_options){0});
    x->dialer = exchange_dial(x, exchange_url(x), 1);
    exchange_ask(x->dialer, 1, "wait for it");
    request = exchange_question(x);
    assert_null(c2c_mailbox_take(x->gone, 0));
    c2c_dialer_close(x->dialer);
    x->dialer = NULL;
    assert_int_equal((uintptr_t)c2c_mailbox_take(x->gone, EXCHANGE_PATIENCE_MS),
                     c2c_request_pipe(request));
    exchange_answer(request, "nobody hears it");
}

static void a_message_over_the_limit_ends_the_connection(void **state)
{
    struct exchange *x = *state;
    char *text = c2c_calloc(1, EXCHANGE_MESSAGE + 1);

    assert_non_null(text);
    memset(text, 'x', EXCHANGE_MESSAGE);
    exchange_listen(x, exchange_ipc(x), (struct c2c_provider_options){0});
    x->dialer = exchange_dial(x, exchange_url(x), 1);
    exchange_ask(x->dialer, 1, text); /* 4 bytes of NNG's own are over. */
    exchange_expect_err(x, C2C_E_UNREACHABLE);
    assert_null(c2c_mailbox_take(x->questions, 0));
    c2c_free(text);
}

static void what_nng_does_not_count_needs_consent(void **state)
{
    struct exchange *x = *state;
    struct c2c_provider_options options = limits;

    exchange_listen(x, exchange_ipc(x), options);
    assert_err(c2c_provider_listen(x->provider, "ws://127.0.0.1:0/"),
               C2C_E_UNSUPPORTED);
    c2c_provider_close(x->provider);
    options.uncounted = true;
    exchange_listen(x, "ws://127.0.0.1:0/", options);
}

static void numbers_of_a_pipe_follow_what_nng_says(void **state)
{
    const struct c2c_address from = {{0}};
    struct c2c_pipes pipes;
    struct c2c_pipe *pipe;

    (void)state;
    assert_ok(c2c_pipes_init(&pipes, 2, 0));
    assert_ok(c2c_pipes_add(&pipes, 5, &from));
    assert_ok(c2c_pipes_add(&pipes, 7, &from)); /* Same bucket. */
    assert_err(c2c_pipes_add(&pipes, 9, &from), C2C_E_BUSY);
    pipe = c2c_pipes_find(&pipes, 5);
    c2c_pipe_ask(pipe, 100);
    assert_int_equal(c2c_pipe_open(pipe), 1);
    c2c_pipe_sent(pipe, 1); /* Sent before it was said to be given. */
    c2c_pipe_done(pipe, 100);
    c2c_pipe_give(pipe, 30);
    assert_int_equal(c2c_pipe_open(pipe), 1);
    assert_int_equal(pipe->unsent_bytes, 30);
    c2c_pipe_sent(pipe, 1);
    assert_int_equal(c2c_pipe_open(pipe), 0);
    assert_int_equal(pipe->unsent_bytes, 0);
    for (size_t i = 0; i < C2C_PIPE_QUEUE - C2C_PIPE_SPARE; i++) {
        assert_true(c2c_pipe_has_room(pipe));
        c2c_pipe_give(pipe, i);
    }
    assert_false(c2c_pipe_has_room(pipe));
    c2c_pipe_sent(pipe, UINT64_MAX);
    assert_int_equal(pipe->unsent_bytes, 0);
    assert_true(c2c_pipes_remove(&pipes, 5));
    assert_false(c2c_pipes_remove(&pipes, 5));
    assert_ok(c2c_pipes_add(&pipes, 9, &from));
    assert_non_null(c2c_pipes_find(&pipes, 7));
    c2c_pipes_fini(&pipes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define X(F) cmocka_unit_test_setup_teardown(F, exchange_begin, exchange_end)
        cmocka_unit_test(numbers_of_a_pipe_follow_what_nng_says),
        X(too_many_questions_are_refused),
        X(large_questions_are_refused_while_others_are_open),
        X(a_slow_reader_cannot_pin_memory),
        X(connections_are_capped),
        X(connections_of_one_address_are_capped),
        X(the_owner_hears_which_connection_has_gone),
        X(a_message_over_the_limit_ends_the_connection),
        X(what_nng_does_not_count_needs_consent),
#undef X
    };

    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
