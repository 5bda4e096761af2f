/* Two nodes that talk in a session over real sockets. */

#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/random.h"
#include "exchange.h"
#include "node/link.h"
#include "node/sessions.h"
#include "party.h"
#include "wire/frame.h"
#include "wire/vector.h"

enum {
    WORKERS = 2,
    AT_ONCE = 8,
    QUESTIONS = 200,
    ROOM = 1 << 20
};

struct fixture {
    struct exchange *x;
    struct party hub;
    struct party city;
    struct c2c_sessions *sessions;
    struct c2c_link *link;
    pthread_t workers[WORKERS];
    bool working;
    uint8_t busy[8];
    struct c2c_step step;
    struct c2c_buf content;
};

static struct fixture fixture;

/* The hub's side. */

static void answer_keysets(struct fixture *f, struct c2c_view args,
                           struct c2c_buf *content)
{
    struct c2c_keysets_request request;
    struct c2c_keysets_reply reply;
    struct c2c_list_buf list;
    struct c2c_buf body;

    assert_ok(c2c_keysets_request_decode(args, &request));
    c2c_list_init(&list, ROOM);
    c2c_buf_init(&body, ROOM);
    party_list(&f->hub, request.from, &list);
    reply.keysets = c2c_list_of(&list);
    assert_ok(c2c_keysets_reply_encode(&reply, &body));
    assert_ok(c2c_msg_reply_encode(c2c_buf_view(&body), content));
    c2c_buf_fini(&body);
    c2c_list_fini(&list);
}

/* Keysets for who asks for them; else who asks, and the question again. */
static void answer(struct fixture *f, const struct c2c_sessions_worker *worker,
                   const struct c2c_frame_taken *taken,
                   struct c2c_view question, struct c2c_buf *reply)
{
    struct c2c_msg_request asked;
    struct c2c_buf content;

    c2c_buf_init(&content, ROOM);
    if (c2c_msg_request_decode(question, &asked) == C2C_E_OK) {
        answer_keysets(f, asked.args, &content);
    } else {
        assert_ok(c2c_buf_put(&content, taken->asking.proved ? "+" : "-", 1));
        assert_ok(c2c_buf_put(&content, question.p, question.n));
    }
    (void)!c2c_sessions_answer(f->sessions, worker, &taken->asking,
                               c2c_buf_view(&content), true, reply);
    c2c_buf_fini(&content);
}

static void serve(struct fixture *f, struct c2c_body_zip *zip,
                  struct c2c_request *request)
{
    const struct c2c_sessions_worker worker = {
        zip, &f->hub.keyring, {c2c_clock_mono_ms(), party_now_s}};
    struct c2c_address address = c2c_request_address(request);
    struct c2c_frame_taken taken;
    struct c2c_buf content;
    struct c2c_buf reply;

    c2c_buf_init(&content, ROOM);
    c2c_buf_init(&reply, ROOM);
    c2c_sessions_take(f->sessions, &worker, &address, c2c_request_body(request),
                      &content, &reply, &taken);
    if (taken.what == C2C_TAKEN_REQUEST) {
        answer(f, &worker, &taken, c2c_buf_view(&content), &reply);
    }
    c2c_request_reply(request, c2c_buf_view(&reply));
    c2c_buf_fini(&content);
    c2c_buf_fini(&reply);
}

static void *work(void *arg)
{
    struct fixture *f = arg;
    struct c2c_body_zip *zip;
    struct c2c_request *request;

    assert_ok(c2c_body_zip_new(&zip));
    while ((request = c2c_mailbox_take(f->x->questions, UINT64_MAX)) != NULL) {
        serve(f, zip, request);
    }
    c2c_body_zip_free(zip);
    return NULL;
}

static void start_workers(struct fixture *f)
{
    f->working = true;
    for (size_t i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_create(&f->workers[i], NULL, work, f), 0);
    }
}

static void stop_workers(struct fixture *f)
{
    if (f->working) {
        c2c_mailbox_close(f->x->questions);
        for (size_t i = 0; i < WORKERS; i++) {
            (void)pthread_join(f->workers[i], NULL);
        }
        f->working = false;
    }
}

static void listen_on(struct fixture *f, const char *url, size_t max_open)
{
    struct c2c_buf busy = {.p = f->busy, .cap = 8, .max = 8};

    assert_ok(c2c_frame_refuse(C2C_E_BUSY, &busy));
    exchange_listen(f->x, url,
                    (struct c2c_provider_options){.max_open = max_open,
                                                  .max_bytes = 2 << 20,
                                                  .busy = c2c_buf_view(&busy)});
}

/* The city's side. */

static void take_outcome(void *ctx, struct c2c_outcome *outcome)
{
    struct exchange *x = ctx;

    assert_ok(c2c_mailbox_put(x->outcomes, outcome)); /* Tests leave room. */
}

static void dial(struct fixture *f, const char *url)
{
    const struct c2c_link_options options = {.url = url,
                                             .pin = &f->hub.city,
                                             .self = f->city.self,
                                             .rng = &c2c_rng_system,
                                             .max_questions = AT_ONCE,
                                             .fn = take_outcome,
                                             .ctx = f->x};

    assert_ok(c2c_link_open(&options, &f->link));
}

static struct c2c_moment now(void)
{
    return (struct c2c_moment){c2c_clock_mono_ms(), party_now_s};
}

static void take(struct fixture *f)
{
    struct c2c_moment at = now();

    c2c_buf_clear(&f->content);
    c2c_link_take(f->link, &f->city.keyring, &at, exchange_outcome(f->x),
                  &f->content, &f->step);
}

static void shake(struct fixture *f)
{
    struct c2c_moment at = now();

    assert_ok(c2c_link_begin(f->link, &at));
    take(f);
}

static enum c2c_err ask(struct fixture *f, uint64_t tag, const char *text,
                        bool bulk)
{
    struct c2c_moment at = now();
    const struct c2c_question question = {.tag = tag,
                                          .deadline_ms =
                                              at.mono_ms + EXCHANGE_PATIENCE_MS,
                                          .content = c2c_view_str(text)};

    return c2c_link_ask(f->link, &at, &question, bulk);
}

static void expect_reply(struct fixture *f, uint64_t tag, const char *text)
{
    take(f);
    assert_ok(f->step.err);
    assert_int_equal(f->step.event, C2C_STEP_REPLY);
    assert_int_equal(f->step.tag, tag);
    assert_true(c2c_view_eq_str(c2c_buf_view(&f->content), text));
}

static int begin(void **state)
{
    struct fixture *f = &fixture;

    *f = (struct fixture){.link = NULL};
    (void)exchange_begin((void **)&f->x);
    party_init(&f->hub, 'h', &c2c_rng_system);
    party_init(&f->city, 'c', &c2c_rng_system);
    party_meet(&f->hub, &f->city, 1);
    party_meet(&f->city, &f->hub, 1);
    assert_ok(c2c_sessions_new(&f->hub.self, &c2c_rng_system, &f->sessions));
    c2c_buf_init(&f->content, ROOM);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    void *x = f->x;

    c2c_link_close(f->link);
    stop_workers(f);
    (void)exchange_end(&x);
    c2c_sessions_free(f->sessions);
    party_fini(&f->hub);
    party_fini(&f->city);
    c2c_buf_fini(&f->content);
    return 0;
}

static void two_nodes_talk(void **state)
{
    struct fixture *f = *state;

    listen_on(f, "tcp://127.0.0.1:0", 32);
    start_workers(f);
    dial(f, exchange_url(f->x));
    assert_err(ask(f, 1, "too early", false), C2C_E_NO_SESSION);
    shake(f);
    assert_int_equal(f->step.event, C2C_STEP_READY);
    assert_ok(ask(f, 1, "first", false));
    expect_reply(f, 1, "+first");
    assert_ok(ask(f, 2, "bulk", true));
    expect_reply(f, 2, "+bulk");
    assert_int_equal(c2c_sessions_count(f->sessions).cities, 1);
}

static void many_questions_share_a_session(void **state)
{
    struct fixture *f = *state;
    bool seen[QUESTIONS] = {false};
    size_t asked = AT_ONCE;

    listen_on(f, exchange_ipc(f->x), 32);
    start_workers(f);
    dial(f, exchange_url(f->x));
    shake(f);
    assert_ok(ask(f, 0, "?", false));
    expect_reply(f, 0, "+?");
    for (size_t tag = 0; tag < AT_ONCE; tag++) {
        assert_ok(ask(f, tag, "?", tag % 2 == 1));
    }
    assert_err(ask(f, AT_ONCE, "?", false), C2C_E_BUSY);
    for (size_t i = 0; i < QUESTIONS; i++) {
        take(f);
        assert_int_equal(f->step.event, C2C_STEP_REPLY);
        assert_true(f->step.tag < asked && !seen[f->step.tag]);
        seen[f->step.tag] = true;
        if (asked < QUESTIONS) {
            assert_ok(ask(f, asked, "?", asked % 2 == 1));
            asked++;
        }
    }
}

static void a_first_contact_brings_the_keysets(void **state)
{
    struct fixture *f = *state;

    f->city.n_known = 0;
    listen_on(f, exchange_ipc(f->x), 32);
    start_workers(f);
    dial(f, exchange_url(f->x));
    shake(f);
    assert_int_equal(f->step.event, C2C_STEP_NOTHING);
    take(f);
    assert_int_equal(f->step.event, C2C_STEP_LEARNT);
    shake(f);
    assert_int_equal(f->step.event, C2C_STEP_READY);
    assert_ok(ask(f, 1, "?", false));
    expect_reply(f, 1, "+?");
}

/* One question is asked and answered over a new session. */
static void meet(struct fixture *f)
{
    listen_on(f, exchange_ipc(f->x), 32);
    dial(f, exchange_url(f->x));
    start_workers(f);
    shake(f);
    assert_ok(ask(f, 1, "?", false));
    expect_reply(f, 1, "+?");
}

static void a_session_outlives_its_connection(void **state)
{
    struct fixture *f = *state;

    meet(f);
    c2c_provider_close(f->x->provider);
    listen_on(f, exchange_ipc(f->x), 32);
    do { /* The first ones may be lost with the connection. */
        assert_ok(ask(f, 2, "still there", false));
        take(f);
    } while (f->step.event == C2C_STEP_FAILED &&
             f->step.err == C2C_E_UNREACHABLE);
    assert_int_equal(f->step.event, C2C_STEP_REPLY);
    assert_int_equal(c2c_sessions_count(f->sessions).cities, 1);
}

static void a_hub_that_forgot_is_asked_anew(void **state)
{
    struct fixture *f = *state;

    meet(f);
    {
        const struct c2c_moment late = {now().mono_ms + C2C_SEAL_LIFE_MS,
                                        party_now_s};

        c2c_sessions_tick(f->sessions, &late); /* As a restart would. */
    }
    assert_ok(ask(f, 2, "?", false));
    take(f);
    assert_int_equal(f->step.event, C2C_STEP_LOST);
    assert_err(f->step.err, C2C_E_NO_SESSION);
    assert_false(c2c_link_is_open(f->link));
    shake(f);
    assert_ok(ask(f, 3, "?", false));
    expect_reply(f, 3, "+?");
}

static void a_busy_hub_says_so(void **state)
{
    struct fixture *f = *state;
    struct c2c_body_zip *zip;
    struct c2c_request *held;

    assert_ok(c2c_body_zip_new(&zip));
    listen_on(f, exchange_ipc(f->x), 1);
    dial(f, exchange_url(f->x));
    assert_ok(c2c_link_begin(f->link, &(struct c2c_moment){0, party_now_s}));
    serve(f, zip, exchange_question(f->x));
    take(f);
    assert_ok(ask(f, 1, "?", false));
    serve(f, zip, exchange_question(f->x));
    expect_reply(f, 1, "+?");
    assert_ok(ask(f, 2, "?", false));
    held = exchange_question(f->x);
    assert_ok(ask(f, 3, "?", false));
    take(f);
    assert_int_equal(f->step.event, C2C_STEP_FAILED);
    assert_int_equal(f->step.tag, 3);
    assert_err(f->step.err, C2C_E_BUSY);
    serve(f, zip, held);
    expect_reply(f, 2, "+?");
    c2c_body_zip_free(zip);
}

static void closing_ends_what_is_under_way(void **state)
{
    struct fixture *f = *state;

    listen_on(f, exchange_ipc(f->x), 32);
    for (size_t round = 0; round < 10; round++) {
        struct c2c_moment at = now();

        dial(f, exchange_url(f->x));
        assert_ok(c2c_link_begin(f->link, &at));
        c2c_request_drop(exchange_question(f->x));
        c2c_link_close(f->link);
        f->link = NULL;
        exchange_expect_err(f->x, C2C_E_STOPPING);
    }
}

static void silence_ends_in_time(void **state)
{
    struct fixture *f = *state;
    struct c2c_moment at = now();

    listen_on(f, exchange_ipc(f->x), 32);
    dial(f, exchange_url(f->x));
    assert_ok(c2c_link_begin(f->link, &at));
    c2c_request_drop(exchange_question(f->x));
    at.mono_ms += 60000;
    c2c_link_tick(f->link, &at, &f->step);
    assert_int_equal(f->step.event, C2C_STEP_LOST);
    assert_err(f->step.err, C2C_E_TIMEOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define X(F) cmocka_unit_test_setup_teardown(F, begin, end)
        X(two_nodes_talk),
        X(many_questions_share_a_session),
        X(a_first_contact_brings_the_keysets),
        X(a_session_outlives_its_connection),
        X(a_hub_that_forgot_is_asked_anew),
        X(a_busy_hub_says_so),
        X(closing_ends_what_is_under_way),
        X(silence_ends_in_time),
#undef X
    };

    assert_ok(c2c_crypto_init());
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
