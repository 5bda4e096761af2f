#include "wire/initiator.h"

#include "base/mem.h"
#include "codec/limits.h"
#include "crypto/seal.h"
#include "wire/body.h"
#include "wire/frame.h"
#include "wire/vector.h"

enum {
    KEYSETS_BYTES = C2C_MAX_CITY_KEYSETS * (C2C_MAX_KEYSET_BYTES + 8)
};

enum state {
    IDLE,
    SHAKING, /* The first frame is out. */
    READY,   /* The peer is who it should be; message 3 is to be written. */
    OPENING, /* The third frame is out. */
    OPEN,
    ASKING /* As OPENING, anonymously and for keysets. */
};

/* Under way. */
struct asked {
    bool used;
    uint64_t ticket;
    uint64_t tag;
    uint64_t counter;
    uint64_t deadline_ms;
};

struct c2c_initiator {
    struct c2c_initiator_options options;
    bool pinned;
    struct c2c_hash pin;
    enum state state;
    uint64_t tickets; /* Given out. */
    struct c2c_session_id id;
    struct c2c_noise noise;
    struct c2c_seal seal;
    struct c2c_peer peer;
    bool has_learnt; /* Of an earlier handshake, for the next. */
    struct c2c_hash learnt_city;
    struct c2c_keyset learnt;
    struct c2c_body_zip *zip;
    struct asked shaking; /* The handshake's question. */
    struct asked asked[];
};

enum c2c_err c2c_initiator_new(const struct c2c_initiator_options *options,
                               struct c2c_initiator **ret_initiator)
{
    struct c2c_initiator *in =
        c2c_calloc(1,
                   sizeof *in + options->max_questions * sizeof in->asked[0]);
    enum c2c_err err;

    if (in == NULL) {
        return C2C_E_NOMEM;
    }
    err = c2c_body_zip_new(&in->zip);
    if (err != C2C_E_OK) {
        c2c_free(in);
        return err;
    }
    in->options = *options;
    if (options->pin != NULL) {
        c2c_initiator_pin(in, options->pin);
    }
    *ret_initiator = in;
    return C2C_E_OK;
}

/* Back to IDLE: wipe the keys, forget what is under way. */
static void reset(struct c2c_initiator *in)
{
    c2c_noise_fini(&in->noise);
    c2c_seal_fini(&in->seal);
    in->shaking.used = false;
    for (size_t i = 0; i < in->options.max_questions; i++) {
        in->asked[i].used = false;
    }
    in->state = IDLE;
}

void c2c_initiator_free(struct c2c_initiator *in)
{
    if (in != NULL) {
        reset(in);
        c2c_body_zip_free(in->zip);
        c2c_free(in);
    }
}

bool c2c_initiator_identify(struct c2c_initiator *in,
                            const struct c2c_credentials *self)
{
    bool shaking = in->state == SHAKING || in->state == READY;

    if (shaking) {
        reset(in);
    }
    in->options.self = *self;
    return shaking;
}

void c2c_initiator_pin(struct c2c_initiator *in, const struct c2c_hash *city)
{
    in->pinned = true;
    in->pin = *city;
}

bool c2c_initiator_is_open(const struct c2c_initiator *in)
{
    return in->state == READY || in->state == OPENING || in->state == OPEN;
}

static void use(struct c2c_initiator *in, struct asked *asked,
                uint64_t deadline_ms, uint64_t *ret_ticket)
{
    *asked = (struct asked){.used = true,
                            .ticket = in->tickets++,
                            .deadline_ms = deadline_ms};
    *ret_ticket = asked->ticket;
}

enum c2c_err c2c_initiator_begin(struct c2c_initiator *in,
                                 const struct c2c_moment *now,
                                 struct c2c_buf *frame, uint64_t *ret_ticket)
{
    struct c2c_frame first = {.kind = C2C_FRAME_FIRST};
    uint8_t room[C2C_NOISE_FIRST_BYTES];
    struct c2c_buf message = {.p = room,
                              .cap = sizeof room,
                              .max = sizeof room};
    enum c2c_err err;

    reset(in);
    c2c_noise_init(&in->noise, C2C_NOISE_INITIATOR, in->options.self.key,
                   c2c_frame_prologue(), in->options.rng);
    err = c2c_noise_write(&in->noise, (struct c2c_view){NULL, 0}, &message);
    if (err == C2C_E_OK) {
        first.handshake = c2c_buf_view(&message);
        err = c2c_frame_encode(&first, frame);
    }
    if (err == C2C_E_OK) {
        in->state = SHAKING;
        use(in, &in->shaking, now->mono_ms + in->options.handshake_ms,
            ret_ticket);
    }
    return err;
}

/* Asking. */

static struct asked *find_free(struct c2c_initiator *in)
{
    for (size_t i = 0; i < in->options.max_questions; i++) {
        if (!in->asked[i].used) {
            return &in->asked[i];
        }
    }
    return NULL;
}

static enum c2c_err may_ask(const struct c2c_initiator *in)
{
    switch (in->state) {
    case READY:
    case OPEN:
        return C2C_E_OK;
    case OPENING:
        return C2C_E_BUSY;
    case IDLE:
    case SHAKING:
    case ASKING:
    default:
        return C2C_E_NO_SESSION;
    }
}

/* Append @content as a sealed frame. */
static enum c2c_err seal(struct c2c_initiator *in, const struct c2c_moment *now,
                         struct c2c_view content, bool padded,
                         struct c2c_buf *out, uint64_t *ret_counter)
{
    struct c2c_buf body;
    enum c2c_err err;

    c2c_buf_init(&body, C2C_MAX_REQUEST_BYTES);
    err = c2c_body_encode(in->zip, content, padded, &body);
    if (err == C2C_E_OK) {
        err = c2c_seal_write(&in->seal, now->mono_ms, NULL, c2c_buf_view(&body),
                             out, ret_counter);
    }
    c2c_buf_fini(&body);
    return err;
}

/* Write message 3 with @proof and with it the session's first request. */
static enum c2c_err open_with(struct c2c_initiator *in,
                              const struct c2c_moment *now,
                              struct c2c_view proof, struct c2c_view content,
                              bool padded, struct c2c_buf *frame)
{
    struct c2c_frame third = {.kind = C2C_FRAME_THIRD};
    uint8_t room[C2C_NOISE_THIRD_BYTES + C2C_MAX_BINDING_BYTES];
    struct c2c_buf message = {.p = room,
                              .cap = sizeof room,
                              .max = sizeof room};
    struct c2c_noise_keys keys;
    struct c2c_buf sealed;
    uint64_t counter;
    enum c2c_err err = c2c_noise_write(&in->noise, proof, &message);

    c2c_buf_init(&sealed, C2C_MAX_REQUEST_BYTES);
    if (err == C2C_E_OK) {
        err = c2c_noise_split(&in->noise, &keys);
    }
    if (err == C2C_E_OK) {
        c2c_seal_init(&in->seal, &in->id, &keys, now->mono_ms);
        err = seal(in, now, content, padded, &sealed, &counter);
    }
    if (err == C2C_E_OK) {
        third.handshake = c2c_buf_view(&message);
        third.sealed = c2c_buf_view(&sealed);
        err = c2c_frame_encode(&third, frame);
    }
    c2c_buf_fini(&sealed);
    return err;
}

static enum c2c_err ask_first(struct c2c_initiator *in,
                              const struct c2c_moment *now,
                              const struct c2c_question *question,
                              struct c2c_buf *frame)
{
    enum c2c_err err = open_with(in, now, in->options.self.proof,
                                 question->content, question->padded, frame);

    if (err == C2C_E_OK) {
        in->state = OPENING;
    } else {
        reset(in); /* Message 3 is written once. */
    }
    return err;
}

enum c2c_err c2c_initiator_ask(struct c2c_initiator *in,
                               const struct c2c_moment *now,
                               const struct c2c_question *question,
                               struct c2c_buf *frame, uint64_t *ret_ticket)
{
    struct asked *asked = find_free(in);
    uint64_t counter = 0;
    enum c2c_err err = may_ask(in);

    if (err == C2C_E_OK && asked == NULL) {
        err = C2C_E_BUSY;
    }
    if (err != C2C_E_OK) {
        return err;
    }
    err = in->state == READY ? ask_first(in, now, question, frame)
                             : seal(in, now, question->content,
                                    question->padded, frame, &counter);
    if (err == C2C_E_EXPIRED || err == C2C_E_EXHAUSTED) {
        reset(in);
    }
    if (err == C2C_E_OK) {
        use(in, asked, question->deadline_ms, ret_ticket);
        asked->tag = question->tag;
        asked->counter = counter;
    }
    return err;
}

/* What comes back. */

static void lose(struct c2c_initiator *in, enum c2c_err err,
                 struct c2c_step *step)
{
    reset(in);
    step->event = C2C_STEP_LOST;
    step->err = err;
}

/* The keyring, and what an earlier handshake has taught us. */
struct both {
    const struct c2c_initiator *in;
    const struct c2c_keyring *keyring;
};

static enum c2c_err newest_of_both(void *ctx, const struct c2c_hash *city,
                                   struct c2c_keyset *ret_keyset)
{
    const struct both *both = ctx;
    const struct c2c_initiator *in = both->in;
    enum c2c_err err =
        both->keyring->newest(both->keyring->ctx, city, ret_keyset);

    if (!in->has_learnt || !c2c_hash_eq(&in->learnt_city, city)) {
        return err;
    }
    if (err == C2C_E_NOT_FOUND ||
        (err == C2C_E_OK && ret_keyset->n < in->learnt.n)) {
        *ret_keyset = in->learnt;
        err = C2C_E_OK;
    }
    return err;
}

/* Message 2: C2C_E_OK if the peer has proved to be somebody, C2C_E_NOT_FOUND if
 * its keyset is not known. */
static enum c2c_err read_second(struct c2c_initiator *in,
                                const struct c2c_keyring *keyring,
                                const struct c2c_moment *now,
                                struct c2c_view handshake)
{
    struct both both = {in, keyring};
    const struct c2c_keyring known = {newest_of_both, &both};
    uint8_t room[C2C_MAX_BINDING_BYTES];
    struct c2c_buf payload = {.p = room,
                              .cap = sizeof room,
                              .max = sizeof room};
    struct c2c_noise_pub node;
    enum c2c_err err = c2c_noise_read(&in->noise, handshake, &payload);

    if (err == C2C_E_OK) {
        node = c2c_noise_remote(&in->noise);
        err = c2c_peer_read(c2c_buf_view(&payload), &node, &in->peer);
    }
    if (err == C2C_E_OK &&
        (in->peer.anonymous ||
         (in->pinned && !c2c_hash_eq(&in->pin, &in->peer.binding.city)))) {
        err = C2C_E_NOT_VERIFIED;
    }
    return err == C2C_E_OK ? c2c_peer_check(&in->peer, &known, now->unix_s)
                           : err;
}

/* Ask the peer itself for the keysets that its proof needs.  It learns nothing
 * but that somebody asks: we stay anonymous. */
static enum c2c_err ask_keysets(struct c2c_initiator *in,
                                const struct c2c_keyring *keyring,
                                const struct c2c_moment *now,
                                struct c2c_buf *frame, struct c2c_step *step)
{
    struct c2c_keysets_request request = {.city = in->peer.binding.city,
                                          .from = 1};
    struct c2c_keyset newest;
    struct c2c_buf args;
    struct c2c_buf content;
    enum c2c_err err = keyring->newest(keyring->ctx, &request.city, &newest);

    c2c_buf_init(&args, C2C_MAX_REQUEST_BYTES);
    c2c_buf_init(&content, C2C_MAX_REQUEST_BYTES);
    if (err == C2C_E_OK) {
        request.from = newest.n + 1;
    }
    if (err == C2C_E_OK || err == C2C_E_NOT_FOUND) {
        err = c2c_keysets_request_encode(&request, &args);
    }
    if (err == C2C_E_OK) {
        err = c2c_msg_request_encode(C2C_MSG_KEYSETS, KEYSETS_BYTES,
                                     c2c_buf_view(&args), &content);
    }
    if (err == C2C_E_OK) {
        err = open_with(in, now, (struct c2c_view){NULL, 0},
                        c2c_buf_view(&content), false, frame);
    }
    if (err == C2C_E_OK) {
        in->state = ASKING;
        use(in, &in->shaking, now->mono_ms + in->options.handshake_ms,
            &step->ticket);
        step->send = true;
    }
    c2c_buf_fini(&args);
    c2c_buf_fini(&content);
    return err;
}

static void take_second(struct c2c_initiator *in,
                        const struct c2c_keyring *keyring,
                        const struct c2c_moment *now, const struct c2c_frame *f,
                        struct c2c_buf *frame, struct c2c_step *step)
{
    enum c2c_err err = f->kind == C2C_FRAME_SECOND
                           ? read_second(in, keyring, now, f->handshake)
                           : C2C_E_MALFORMED;

    in->id = f->id;
    in->shaking.used = false;
    if (err == C2C_E_NOT_FOUND) {
        err = ask_keysets(in, keyring, now, frame, step);
    } else if (err == C2C_E_OK && !in->pinned) {
        step->event = C2C_STEP_STRANGER;
        step->city = in->peer.binding.city;
        reset(in);
    } else if (err == C2C_E_OK) {
        step->event = C2C_STEP_READY;
        step->city = in->pin;
        in->state = READY;
    }
    if (err != C2C_E_OK) {
        lose(in, err, step);
    }
}

/* Open the sealed reply to @asked and append what it holds to @content. */
static enum c2c_err open_reply(struct c2c_initiator *in,
                               const struct c2c_moment *now,
                               const struct asked *asked,
                               const struct c2c_frame *f, size_t max,
                               struct c2c_buf *content)
{
    struct c2c_buf body;
    uint64_t counter;
    enum c2c_err err = C2C_E_MALFORMED;

    c2c_buf_init(&body, max + C2C_MAX_PADDING_BYTES + C2C_MAX_PLAIN_BODY_BYTES);
    if (f->kind == C2C_FRAME_SEALED) {
        err = c2c_seal_read(&in->seal, now->mono_ms, &asked->counter, f->sealed,
                            &body, &counter);
    }
    if (err == C2C_E_OK) {
        err = c2c_body_decode(in->zip, c2c_buf_view(&body), max, content);
    }
    c2c_buf_fini(&body);
    return err;
}

/* Check the proof with the keysets in @content; leave only their reply's body
 * there. */
static enum c2c_err learn(struct c2c_initiator *in,
                          const struct c2c_keyring *keyring,
                          const struct c2c_moment *now, struct c2c_buf *content)
{
    struct c2c_keysets_reply keysets;
    struct c2c_msg_reply reply;
    enum c2c_err err = c2c_msg_reply_decode(c2c_buf_view(content), &reply);

    if (err == C2C_E_OK) {
        err = reply.code;
    }
    if (err == C2C_E_OK) {
        err = c2c_keysets_reply_decode(reply.body, &keysets);
    }
    if (err == C2C_E_OK) {
        err = c2c_peer_learn(&in->peer, keyring, keysets.keysets, now->unix_s,
                             &in->learnt);
    }
    if (err == C2C_E_OK) {
        struct c2c_buf body;

        in->has_learnt = true;
        in->learnt_city = in->peer.binding.city;
        c2c_buf_init(&body, content->max);
        err = c2c_buf_put(&body, reply.body.p, reply.body.n);
        c2c_buf_fini(content);
        *content = body;
    }
    return err;
}

static void take_keysets(struct c2c_initiator *in,
                         const struct c2c_keyring *keyring,
                         const struct c2c_moment *now,
                         const struct c2c_frame *f, struct c2c_buf *content,
                         struct c2c_step *step)
{
    enum c2c_err err =
        open_reply(in, now, &in->shaking, f, KEYSETS_BYTES, content);

    if (err == C2C_E_OK) {
        err = learn(in, keyring, now, content);
    }
    if (err != C2C_E_OK) {
        c2c_buf_clear(content);
        /* A chain that is not there proves nothing, like a wrong one. */
        lose(in, err == C2C_E_NOT_FOUND ? C2C_E_NOT_VERIFIED : err, step);
        return;
    }
    step->event = C2C_STEP_LEARNT;
    step->city = in->learnt_city;
    reset(in);
}

/* NOLINTNEXTLINE(readability-function-size): each parameter is one thing. */
static void take_handshake(struct c2c_initiator *in,
                           const struct c2c_keyring *keyring,
                           const struct c2c_moment *now, struct c2c_view reply,
                           struct c2c_buf *content, struct c2c_buf *frame,
                           struct c2c_step *step)
{
    struct c2c_frame f;
    enum c2c_err err = c2c_frame_decode(reply, &f);

    if (err == C2C_E_OK && f.kind == C2C_FRAME_REFUSAL) {
        err = f.refusal;
    }
    if (err != C2C_E_OK) {
        lose(in, err, step);
    } else if (in->state == SHAKING) {
        take_second(in, keyring, now, &f, frame, step);
    } else {
        take_keysets(in, keyring, now, &f, content, step);
    }
}

/* Does the refusal mean that the session is over? */
static bool ends_session(enum c2c_err refusal)
{
    return refusal == C2C_E_NO_SESSION || refusal == C2C_E_EXPIRED ||
           refusal == C2C_E_EXHAUSTED;
}

/* NOLINTNEXTLINE(readability-function-size): each parameter is one thing. */
static void take_reply(struct c2c_initiator *in, const struct c2c_moment *now,
                       struct asked *asked, enum c2c_err err,
                       struct c2c_view reply, struct c2c_buf *content,
                       struct c2c_step *step)
{
    struct c2c_frame f = {.kind = C2C_FRAME_SEALED};
    bool over = in->state == OPENING; /* Nobody knows if it was opened. */

    if (err == C2C_E_OK) {
        err = c2c_frame_decode(reply, &f);
    }
    if (err == C2C_E_OK && f.kind == C2C_FRAME_REFUSAL) {
        err = f.refusal;
        over = over || ends_session(err);
    } else if (err == C2C_E_OK) {
        err = open_reply(in, now, asked, &f, in->options.max_reply, content);
    }
    if (err != C2C_E_OK && over) {
        lose(in, err, step);
        return;
    }
    asked->used = false;
    step->event = err == C2C_E_OK ? C2C_STEP_REPLY : C2C_STEP_FAILED;
    step->tag = asked->tag;
    step->err = err;
    in->state = OPEN;
}

static struct asked *find(struct c2c_initiator *in, uint64_t ticket)
{
    for (size_t i = 0; i < in->options.max_questions; i++) {
        if (in->asked[i].used && in->asked[i].ticket == ticket) {
            return &in->asked[i];
        }
    }
    return NULL;
}

/* NOLINTNEXTLINE(readability-function-size): each parameter is one thing. */
void c2c_initiator_take(struct c2c_initiator *in,
                        const struct c2c_keyring *keyring,
                        const struct c2c_moment *now, uint64_t ticket,
                        enum c2c_err err, struct c2c_view reply,
                        struct c2c_buf *content, struct c2c_buf *frame,
                        struct c2c_step *ret_step)
{
    struct c2c_step step = {.event = C2C_STEP_NOTHING};
    struct asked *asked = find(in, ticket);

    if (in->shaking.used && in->shaking.ticket == ticket) {
        if (err != C2C_E_OK) {
            lose(in, err, &step);
        } else {
            take_handshake(in, keyring, now, reply, content, frame, &step);
        }
    } else if (asked != NULL) {
        take_reply(in, now, asked, err, reply, content, &step);
    }
    *ret_step = step;
}

void c2c_initiator_tick(struct c2c_initiator *in, const struct c2c_moment *now,
                        struct c2c_step *ret_step)
{
    struct c2c_step step = {.event = C2C_STEP_NOTHING};
    const struct c2c_view nothing = {NULL, 0};

    if (in->shaking.used && in->shaking.deadline_ms <= now->mono_ms) {
        lose(in, C2C_E_TIMEOUT, &step);
    }
    for (size_t i = 0; i < in->options.max_questions; i++) {
        struct asked *asked = &in->asked[i];

        if (asked->used && asked->deadline_ms <= now->mono_ms) {
            take_reply(in, now, asked, C2C_E_TIMEOUT, nothing, NULL, &step);
            break;
        }
    }
    *ret_step = step;
}
