#include "talk.h"

#include <stdlib.h>

#include "wire/body.h"
#include "wire/vector.h"

static const struct c2c_responder_options limits = {
    .handshake_ms = TALK_HANDSHAKE_MS,
    .max_handshakes = 6,
    .max_handshakes_per_address = 3,
    .max_strangers = 4,
    .max_strangers_per_address = 2,
    .max_cities = 4,
    .max_per_city = 2,
};

void talk_dial(struct talk *t, const struct c2c_hash *pin)
{
    const struct c2c_initiator_options options = {.self = t->city.self,
                                                  .rng = &t->rng,
                                                  .pin = pin,
                                                  .handshake_ms =
                                                      TALK_HANDSHAKE_MS,
                                                  .max_questions =
                                                      TALK_QUESTIONS,
                                                  .max_reply = TALK_ROOM};

    c2c_initiator_free(t->initiator);
    if (c2c_initiator_new(&options, &t->initiator) != C2C_E_OK) {
        abort();
    }
}

void talk_begin(struct talk *t)
{
    static const uint8_t ip[4] = {192, 0, 2, 1};
    struct c2c_responder_options options = limits;

    *t = (struct talk){.now = {1000000, party_now_s}};
    t->rng = party_rng(&t->seed);
    t->from = c2c_address_v4(ip);
    party_init(&t->hub, 'h', &t->rng);
    party_init(&t->city, 'c', &t->rng);
    party_meet(&t->hub, &t->city, 1);
    party_meet(&t->city, &t->hub, 1);
    options.self = t->hub.self;
    options.rng = &t->rng;
    if (c2c_responder_new(&options, &t->responder) != C2C_E_OK ||
        c2c_body_zip_new(&t->zip) != C2C_E_OK) {
        abort();
    }
    c2c_buf_init(&t->frame, TALK_ROOM);
    c2c_buf_init(&t->plain, TALK_ROOM);
    c2c_buf_init(&t->reply, TALK_ROOM);
    c2c_buf_init(&t->content, TALK_ROOM);
    talk_dial(t, &t->hub.city);
}

void talk_end(struct talk *t)
{
    c2c_initiator_free(t->initiator);
    c2c_responder_free(t->responder);
    c2c_body_zip_free(t->zip);
    party_fini(&t->hub);
    party_fini(&t->city);
    c2c_buf_fini(&t->frame);
    c2c_buf_fini(&t->plain);
    c2c_buf_fini(&t->reply);
    c2c_buf_fini(&t->content);
}

enum c2c_err talk_shake(struct talk *t)
{
    c2c_buf_clear(&t->frame);
    return c2c_initiator_begin(t->initiator, &t->now, &t->frame, &t->ticket);
}

enum c2c_err talk_ask(struct talk *t, uint64_t tag, const char *text)
{
    const struct c2c_question question = {.tag = tag,
                                          .deadline_ms = t->now.mono_ms + 5000,
                                          .content = c2c_view_str(text)};

    c2c_buf_clear(&t->frame);
    return c2c_initiator_ask(t->initiator, &t->now, &question, &t->frame,
                             &t->ticket);
}

void talk_deliver(struct talk *t)
{
    struct c2c_buf body;

    c2c_buf_init(&body, TALK_ROOM);
    c2c_buf_clear(&t->plain);
    c2c_buf_clear(&t->reply);
    c2c_responder_take(t->responder, &t->hub.keyring, &t->now, &t->from,
                       c2c_buf_view(&t->frame), &body, &t->reply, &t->taken);
    if (t->taken.what == C2C_TAKEN_REQUEST) {
        t->taken.err =
            c2c_body_decode(t->zip, c2c_buf_view(&body), TALK_ROOM, &t->plain);
    }
    c2c_buf_fini(&body);
}

/* The hub's keysets, if they were asked for. */
static enum c2c_err answer_keysets(struct talk *t, struct c2c_buf *content)
{
    struct c2c_keysets_request request;
    struct c2c_keysets_reply reply;
    struct c2c_msg_request asked;
    struct c2c_list_buf list;
    struct c2c_buf body;
    enum c2c_err err = c2c_msg_request_decode(c2c_buf_view(&t->plain), &asked);

    if (err == C2C_E_OK) {
        err = c2c_keysets_request_decode(asked.args, &request);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    c2c_list_init(&list, TALK_ROOM);
    c2c_buf_init(&body, TALK_ROOM);
    party_list(&t->hub, request.from, &list);
    reply.keysets = c2c_list_of(&list);
    err = c2c_keysets_reply_encode(&reply, &body);
    if (err == C2C_E_OK) {
        err = c2c_msg_reply_encode(c2c_buf_view(&body), content);
    }
    c2c_buf_fini(&body);
    c2c_list_fini(&list);
    return err;
}

enum c2c_err talk_answer(struct talk *t, const char *text)
{
    return talk_answer_with(t, c2c_view_str(text));
}

enum c2c_err talk_answer_with(struct talk *t, struct c2c_view bytes)
{
    struct c2c_buf content;
    struct c2c_buf body;
    enum c2c_err err;

    c2c_buf_init(&content, TALK_ROOM);
    c2c_buf_init(&body, TALK_ROOM);
    c2c_buf_clear(&t->reply);
    if (answer_keysets(t, &content) != C2C_E_OK) {
        c2c_buf_clear(&content);
        if (c2c_buf_put(&content, bytes.p, bytes.n) != C2C_E_OK) {
            abort();
        }
    }
    err = c2c_body_encode(t->zip, c2c_buf_view(&content), true, &body);
    if (err == C2C_E_OK) {
        err = c2c_responder_seal(t->responder, &t->now, &t->taken.asking,
                                 c2c_buf_view(&body), &t->reply);
    }
    c2c_buf_fini(&content);
    c2c_buf_fini(&body);
    return err;
}

void talk_return(struct talk *t, enum c2c_err err)
{
    c2c_buf_clear(&t->frame);
    c2c_buf_clear(&t->content);
    c2c_initiator_take(t->initiator, &t->city.keyring, &t->now, t->ticket, err,
                       c2c_buf_view(&t->reply), &t->content, &t->frame,
                       &t->step);
    if (t->step.send) {
        t->ticket = t->step.ticket;
    }
}

void talk_open(struct talk *t)
{
    if (talk_shake(t) != C2C_E_OK) {
        abort();
    }
    talk_deliver(t);
    talk_return(t, C2C_E_OK);
}

void talk_exchange(struct talk *t, uint64_t tag)
{
    if (talk_ask(t, tag, "question") != C2C_E_OK) {
        abort();
    }
    talk_deliver(t);
    if (t->taken.what == C2C_TAKEN_REQUEST &&
        talk_answer(t, "answer") != C2C_E_OK) {
        abort();
    }
    talk_return(t, C2C_E_OK);
}
