#include "node/link.h"

#include "base/mem.h"
#include "codec/limits.h"

enum {
    HANDSHAKE_MS = 15000,
    FRAME_BYTES = C2C_MAX_REPLY_BYTES + 4096, /* A reply, sealed and padded. */
    SPARE = 4 /* Places for questions that ended here before they did in NNG. */
};

struct c2c_link {
    char *url;
    struct c2c_dialer_options dialing;
    struct c2c_initiator *initiator;
    struct c2c_dialer *main;
    struct c2c_dialer *bulk; /* Once it is needed. */
    struct c2c_buf frame;    /* Scratch. */
};

static enum c2c_err open_parts(struct c2c_link *link,
                               const struct c2c_link_options *options)
{
    const struct c2c_initiator_options initiating = {
        .self = options->self,
        .rng = options->rng,
        .pin = options->pin,
        .handshake_ms = HANDSHAKE_MS,
        .max_questions = options->max_questions,
        .max_reply = C2C_MAX_REPLY_BYTES};
    enum c2c_err err = c2c_initiator_new(&initiating, &link->initiator);

    link->dialing.max_message = FRAME_BYTES;
    link->dialing.questions = 2 * options->max_questions + SPARE;
    link->dialing.fn = options->fn;
    link->dialing.ctx = options->ctx;
    return err == C2C_E_OK
               ? c2c_dialer_open(link->url, &link->dialing, &link->main)
               : err;
}

enum c2c_err c2c_link_open(const struct c2c_link_options *options,
                           struct c2c_link **ret_link)
{
    struct c2c_link *link = c2c_calloc(1, sizeof *link);
    enum c2c_err err = C2C_E_NOMEM;

    if (link == NULL) {
        return err;
    }
    c2c_buf_init(&link->frame, C2C_MAX_REQUEST_BYTES);
    link->url = c2c_view_dup(c2c_view_str(options->url));
    if (link->url != NULL) {
        err = open_parts(link, options);
    }
    if (err != C2C_E_OK) {
        c2c_link_close(link);
        return err;
    }
    *ret_link = link;
    return C2C_E_OK;
}

void c2c_link_close(struct c2c_link *link)
{
    if (link != NULL) {
        c2c_dialer_close(link->main);
        c2c_dialer_close(link->bulk);
        c2c_initiator_free(link->initiator);
        c2c_buf_fini(&link->frame);
        c2c_free(link->url);
        c2c_free(link);
    }
}

bool c2c_link_show(struct c2c_link *link, const struct c2c_credentials *self)
{
    return c2c_initiator_identify(link->initiator, self);
}

bool c2c_link_is_open(const struct c2c_link *link)
{
    return c2c_initiator_is_open(link->initiator);
}

/* Send link->frame. */
static enum c2c_err send(struct c2c_link *link, struct c2c_dialer *dialer,
                         uint64_t ticket, uint64_t timeout_ms)
{
    return c2c_dialer_ask(dialer, ticket, c2c_buf_view(&link->frame),
                          timeout_ms);
}

enum c2c_err c2c_link_begin(struct c2c_link *link, const struct c2c_moment *now)
{
    uint64_t ticket;
    enum c2c_err err;

    c2c_buf_clear(&link->frame);
    err = c2c_initiator_begin(link->initiator, now, &link->frame, &ticket);
    return err == C2C_E_OK ? send(link, link->main, ticket, HANDSHAKE_MS) : err;
}

static enum c2c_err choose(struct c2c_link *link, bool bulk,
                           struct c2c_dialer **ret_dialer)
{
    enum c2c_err err = C2C_E_OK;

    if (bulk && link->bulk == NULL) {
        err = c2c_dialer_open(link->url, &link->dialing, &link->bulk);
    }
    *ret_dialer = bulk ? link->bulk : link->main;
    return err;
}

enum c2c_err c2c_link_ask(struct c2c_link *link, const struct c2c_moment *now,
                          const struct c2c_question *question, bool bulk)
{
    struct c2c_dialer *dialer;
    struct c2c_step step;
    uint64_t ticket;
    uint64_t left_ms = question->deadline_ms > now->mono_ms
                           ? question->deadline_ms - now->mono_ms
                           : 1;
    enum c2c_err err = choose(link, bulk, &dialer);

    c2c_buf_clear(&link->frame);
    if (err == C2C_E_OK) {
        err = c2c_initiator_ask(link->initiator, now, question, &link->frame,
                                &ticket);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    err = send(link, dialer, ticket, left_ms);
    if (err != C2C_E_OK) { /* It is not under way after all. */
        c2c_initiator_take(link->initiator, NULL, now, ticket, err,
                           (struct c2c_view){NULL, 0}, NULL, NULL, &step);
    }
    return err;
}

void c2c_link_take(struct c2c_link *link, const struct c2c_keyring *keyring,
                   const struct c2c_moment *now, struct c2c_outcome *outcome,
                   struct c2c_buf *content, struct c2c_step *ret_step)
{
    struct c2c_step step;
    enum c2c_err err;

    c2c_buf_clear(&link->frame);
    c2c_initiator_take(link->initiator, keyring, now, c2c_outcome_tag(outcome),
                       c2c_outcome_err(outcome), c2c_outcome_body(outcome),
                       content, &link->frame, &step);
    if (step.send) {
        err = send(link, link->main, step.ticket, HANDSHAKE_MS);
        if (err != C2C_E_OK) {
            c2c_initiator_take(link->initiator, keyring, now, step.ticket, err,
                               (struct c2c_view){NULL, 0}, content,
                               &link->frame, &step);
        }
    }
    c2c_outcome_free(outcome);
    *ret_step = step;
}

void c2c_link_tick(struct c2c_link *link, const struct c2c_moment *now,
                   struct c2c_step *ret_step)
{
    c2c_initiator_tick(link->initiator, now, ret_step);
}
