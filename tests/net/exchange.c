#include "exchange.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

static struct exchange exchange;

int exchange_begin(void **state)
{
    struct exchange *x = &exchange;

    *x = (struct exchange){.provider = NULL};
    folder_make("net", x->folder);
    assert_ok(c2c_mailbox_new(EXCHANGE_BOX, &x->questions));
    assert_ok(c2c_mailbox_new(EXCHANGE_BOX, &x->outcomes));
    assert_ok(c2c_mailbox_new(EXCHANGE_BOX, &x->gone));
    *state = x;
    return 0;
}

int exchange_end(void **state)
{
    struct exchange *x = *state;
    void *letter;

    c2c_dialer_close(x->dialer);
    c2c_provider_close(x->provider);
    while ((letter = c2c_mailbox_take(x->questions, 0)) != NULL) {
        c2c_request_drop(letter);
    }
    while ((letter = c2c_mailbox_take(x->outcomes, 0)) != NULL) {
        c2c_outcome_free(letter);
    }
    while (c2c_mailbox_take(x->gone, 0) != NULL) {
    }
    c2c_mailbox_free(x->questions);
    c2c_mailbox_free(x->outcomes);
    c2c_mailbox_free(x->gone);
    folder_remove(x->folder);
    return 0;
}

const char *exchange_ipc(struct exchange *x)
{
    static char url[FOLDER_NAME + 16];

    (void)snprintf(url, sizeof url, "ipc://%s/socket", x->folder);
    return url;
}

static void take_question(void *ctx, struct c2c_request *request)
{
    struct exchange *x = ctx;

    if (c2c_mailbox_put(x->questions, request) != C2C_E_OK) {
        c2c_request_drop(request);
    }
}

static void take_gone(void *ctx, uint32_t pipe)
{
    struct exchange *x = ctx;

    /* Tests leave room. */
    assert_ok(c2c_mailbox_put(x->gone, (void *)(uintptr_t)pipe));
}

static void take_outcome(void *ctx, struct c2c_outcome *outcome)
{
    struct exchange *x = ctx;

    if (c2c_mailbox_put(x->outcomes, outcome) != C2C_E_OK) {
        c2c_outcome_free(outcome);
    }
}

void exchange_listen(struct exchange *x, const char *url,
                     struct c2c_provider_options options)
{
    options.max_message = EXCHANGE_MESSAGE;
    options.fn = take_question;
    options.gone = take_gone;
    options.ctx = x;
    assert_ok(c2c_provider_open(&options, &x->provider));
    assert_ok(c2c_provider_listen(x->provider, url));
}

const char *exchange_url(const struct exchange *x)
{
    return c2c_provider_url(x->provider, 0);
}

struct c2c_dialer *exchange_dial(struct exchange *x, const char *url,
                                 size_t questions)
{
    const struct c2c_dialer_options options = {.max_message = 4 << 20,
                                               .questions = questions,
                                               .fn = take_outcome,
                                               .ctx = x};
    struct c2c_dialer *dialer;

    assert_ok(c2c_dialer_open(url, &options, &dialer));
    return dialer;
}

void exchange_connect(const struct c2c_dialer *dialer)
{
    uint64_t until_ms = c2c_clock_mono_ms() + EXCHANGE_PATIENCE_MS;

    while (!c2c_dialer_connected(dialer)) {
        assert_true(c2c_clock_mono_ms() < until_ms);
        (void)sched_yield();
    }
}

void exchange_ask(struct c2c_dialer *dialer, uint64_t tag, const char *text)
{
    assert_ok(
        c2c_dialer_ask(dialer, tag, c2c_view_str(text), EXCHANGE_PATIENCE_MS));
}

struct c2c_request *exchange_question(struct exchange *x)
{
    struct c2c_request *request =
        c2c_mailbox_take(x->questions, EXCHANGE_PATIENCE_MS);

    assert_non_null(request);
    return request;
}

struct c2c_outcome *exchange_outcome(struct exchange *x)
{
    struct c2c_outcome *outcome =
        c2c_mailbox_take(x->outcomes, EXCHANGE_PATIENCE_MS);

    assert_non_null(outcome);
    return outcome;
}

void exchange_answer(struct c2c_request *request, const char *text)
{
    c2c_request_reply(request, c2c_view_str(text));
}

void exchange_expect(struct exchange *x, uint64_t tag, const char *text)
{
    struct c2c_outcome *outcome = exchange_outcome(x);

    assert_ok(c2c_outcome_err(outcome));
    assert_int_equal(c2c_outcome_tag(outcome), tag);
    assert_true(c2c_view_eq_str(c2c_outcome_body(outcome), text));
    c2c_outcome_free(outcome);
}

void exchange_expect_err(struct exchange *x, enum c2c_err err)
{
    struct c2c_outcome *outcome = exchange_outcome(x);

    assert_err(c2c_outcome_err(outcome), err);
    assert_int_equal(c2c_outcome_body(outcome).n, 0);
    c2c_outcome_free(outcome);
}

void exchange_wait(struct exchange *x,
                   bool (*is)(const struct c2c_provider_counts *counts,
                              uint64_t n),
                   uint64_t n)
{
    uint64_t until_ms = c2c_clock_mono_ms() + EXCHANGE_PATIENCE_MS;
    struct c2c_provider_counts counts;

    do {
        assert_true(c2c_clock_mono_ms() < until_ms);
        (void)sched_yield();
        c2c_provider_count(x->provider, &counts);
    } while (!is(&counts, n));
}
