#include "node/sessions.h"

#include <pthread.h>

#include "base/mem.h"
#include "codec/limits.h"
#include "wire/frame.h"

struct c2c_sessions {
    pthread_mutex_t lock;
    struct c2c_responder *responder;
};

/* 7,000 cities with two sessions each; some 700 bytes a session. */
static const struct c2c_responder_options limits = {
    .handshake_ms = 10000,
    .max_handshakes = 1024,
    .max_handshakes_per_address = 32,
    .max_strangers = 4096,
    .max_strangers_per_address = 256,
    .max_cities = 16384,
    .max_per_city = 8,
};

enum c2c_err c2c_sessions_new(const struct c2c_credentials *self,
                              const struct c2c_rng *rng,
                              struct c2c_sessions **ret_sessions)
{
    struct c2c_responder_options options = limits;
    struct c2c_sessions *s = c2c_calloc(1, sizeof *s);
    enum c2c_err err = C2C_E_NOMEM;

    options.self = *self;
    options.rng = rng;
    if (s != NULL) {
        err = c2c_responder_new(&options, &s->responder);
    }
    if (err != C2C_E_OK) {
        c2c_free(s);
        return err;
    }
    (void)pthread_mutex_init(&s->lock, NULL); /* Never fails on Linux. */
    *ret_sessions = s;
    return C2C_E_OK;
}

void c2c_sessions_free(struct c2c_sessions *s)
{
    if (s != NULL) {
        c2c_responder_free(s->responder);
        (void)pthread_mutex_destroy(&s->lock);
        c2c_free(s);
    }
}

void c2c_sessions_show(struct c2c_sessions *s,
                       const struct c2c_credentials *self)
{
    (void)pthread_mutex_lock(&s->lock);
    c2c_responder_identify(s->responder, self);
    (void)pthread_mutex_unlock(&s->lock);
}

/* Make @frame the refusal for @why. */
static void refuse(enum c2c_err why, struct c2c_buf *frame)
{
    c2c_buf_clear(frame);
    if (c2c_frame_refuse(why, frame) != C2C_E_OK) {
        c2c_buf_clear(frame);
    }
}

/* NOLINTNEXTLINE(readability-function-size): each parameter is one thing. */
void c2c_sessions_take(struct c2c_sessions *s,
                       const struct c2c_sessions_worker *worker,
                       const struct c2c_address *address, struct c2c_view frame,
                       struct c2c_buf *content, struct c2c_buf *reply,
                       struct c2c_frame_taken *ret_taken)
{
    struct c2c_frame_taken taken;
    struct c2c_buf body;
    enum c2c_err err;

    c2c_buf_init(&body, C2C_MAX_REQUEST_BYTES);
    (void)pthread_mutex_lock(&s->lock);
    c2c_responder_take(s->responder, worker->keyring, &worker->now, address,
                       frame, &body, reply, &taken);
    (void)pthread_mutex_unlock(&s->lock);
    if (taken.what == C2C_TAKEN_REQUEST) {
        err = c2c_body_decode(worker->zip, c2c_buf_view(&body),
                              C2C_MAX_REQUEST_BYTES, content);
        if (err != C2C_E_OK) {
            taken =
                (struct c2c_frame_taken){.what = C2C_TAKEN_REFUSED, .err = err};
            refuse(err, reply);
        }
    }
    c2c_buf_fini(&body);
    *ret_taken = taken;
}

enum c2c_err c2c_sessions_answer(struct c2c_sessions *s,
                                 const struct c2c_sessions_worker *worker,
                                 const struct c2c_asking *asking,
                                 struct c2c_view content, bool padded,
                                 struct c2c_buf *frame)
{
    struct c2c_buf body;
    enum c2c_err err;

    c2c_buf_init(&body, C2C_MAX_REPLY_BYTES + C2C_MAX_PADDING_BYTES);
    err = c2c_body_encode(worker->zip, content, padded, &body);
    if (err == C2C_E_OK) {
        (void)pthread_mutex_lock(&s->lock);
        err = c2c_responder_seal(s->responder, &worker->now, asking,
                                 c2c_buf_view(&body), frame);
        (void)pthread_mutex_unlock(&s->lock);
    }
    if (err != C2C_E_OK) {
        refuse(err, frame);
    }
    c2c_buf_fini(&body);
    return err;
}

enum c2c_err c2c_sessions_prove(struct c2c_sessions *s,
                                const struct c2c_sessions_worker *worker,
                                struct c2c_list_view keysets,
                                struct c2c_asking *asking)
{
    struct c2c_keyset keyset;
    struct c2c_peer peer;
    enum c2c_err err;

    (void)pthread_mutex_lock(&s->lock);
    err = c2c_responder_peer(s->responder, asking, &peer);
    (void)pthread_mutex_unlock(&s->lock);
    if (err == C2C_E_OK) { /* A chain is long: others need not wait for it. */
        err = c2c_peer_learn(&peer, worker->keyring, keysets,
                             worker->now.unix_s, &keyset);
    }
    if (err == C2C_E_OK) {
        asking->proved = true;
        asking->claimed = false;
    }
    return err;
}

void c2c_sessions_doubt(struct c2c_sessions *s, const struct c2c_hash *city)
{
    (void)pthread_mutex_lock(&s->lock);
    c2c_responder_doubt(s->responder, city);
    (void)pthread_mutex_unlock(&s->lock);
}

void c2c_sessions_tick(struct c2c_sessions *s, const struct c2c_moment *now)
{
    (void)pthread_mutex_lock(&s->lock);
    c2c_responder_tick(s->responder, now);
    (void)pthread_mutex_unlock(&s->lock);
}

struct c2c_responder_counts c2c_sessions_count(struct c2c_sessions *s)
{
    struct c2c_responder_counts counts;

    (void)pthread_mutex_lock(&s->lock);
    counts = c2c_responder_count(s->responder);
    (void)pthread_mutex_unlock(&s->lock);
    return counts;
}
