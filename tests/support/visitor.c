#include "visitor.h"

#include <string.h>

#include "codec/limits.h"
#include "crypto/random.h"
#include "sync/collect.h"
#include "test.h"
#include "wire/push.h"

enum {
    PATIENCE_MS = 60000,
    QUESTIONS = 4
};

static void take_outcome(void *ctx, struct c2c_outcome *outcome)
{
    struct visitor *v = ctx;

    assert_ok(c2c_mailbox_put(v->outcomes, outcome));
}

static enum c2c_err newest(void *ctx, const struct c2c_hash *city,
                           struct c2c_keyset *ret_keyset)
{
    const struct visitor *v = ctx;

    if (!c2c_hash_eq(city, &v->pair->hub.identity.city)) {
        return C2C_E_NOT_FOUND;
    }
    *ret_keyset = v->pair->hub.identity.keyset;
    return C2C_E_OK;
}

static struct c2c_step step(struct visitor *v)
{
    const struct c2c_keyring keyring = {newest, v};
    const struct c2c_moment now = c2c_clock_moment(&v->pair->clock);
    struct c2c_outcome *outcome = c2c_mailbox_take(v->outcomes, PATIENCE_MS);
    struct c2c_step s;

    assert_non_null(outcome);
    v->frame_bytes = c2c_outcome_body(outcome).n;
    c2c_buf_clear(&v->content);
    c2c_link_take(v->link, &keyring, &now, outcome, &v->content, &s);
    return s;
}

static void prove(struct visitor *v, const struct author *author,
                  uint64_t now_s)
{
    const struct c2c_noise_pub pub = c2c_noise_key_pub(v->key);
    struct c2c_binding binding = {.city = author->id,
                                  .keyset = author->keyset.hash,
                                  .expires_s = now_s + 3600};

    assert_ok(c2c_binding_sign(&binding, &pub, author->key, &v->proof));
}

void visitor_dial(struct visitor *v, struct pair *pair,
                  const struct author *author)
{
    const struct c2c_moment now = c2c_clock_moment(&pair->clock);
    struct c2c_link_options options = {.url = pair->hub_url,
                                       .pin = &pair->hub.identity.city,
                                       .rng = &c2c_rng_system,
                                       .max_questions = QUESTIONS,
                                       .fn = take_outcome,
                                       .ctx = v};

    memset(v, 0, sizeof *v);
    v->pair = pair;
    c2c_buf_init(&v->proof, C2C_MAX_BINDING_BYTES);
    c2c_buf_init(&v->content, C2C_MAX_REPLY_BYTES);
    assert_ok(c2c_mailbox_new(2 * QUESTIONS, &v->outcomes));
    assert_ok(c2c_noise_key_new(&c2c_rng_system, &v->key));
    if (author != NULL) {
        prove(v, author, now.unix_s);
    }
    options.self.key = v->key;
    options.self.proof = c2c_buf_view(&v->proof);
    assert_ok(c2c_link_open(&options, &v->link));
    assert_ok(c2c_link_begin(v->link, &now));
    assert_int_equal(step(v).event, C2C_STEP_READY);
}

void visitor_leave(struct visitor *v)
{
    struct c2c_outcome *outcome;

    c2c_link_close(v->link);
    while ((outcome = c2c_mailbox_take(v->outcomes, 0)) != NULL) {
        c2c_outcome_free(outcome);
    }
    c2c_mailbox_free(v->outcomes);
    c2c_noise_key_free(v->key);
    c2c_buf_fini(&v->proof);
    c2c_buf_fini(&v->content);
}

struct c2c_msg_reply visitor_ask(struct visitor *v, enum c2c_msg_kind kind,
                                 struct c2c_view args)
{
    const struct c2c_moment now = c2c_clock_moment(&v->pair->clock);
    struct c2c_question question = {.deadline_ms = now.mono_ms + PATIENCE_MS};
    struct c2c_msg_reply reply;
    struct c2c_buf content;
    struct c2c_step s;

    c2c_buf_init(&content, C2C_MAX_REQUEST_BYTES);
    assert_ok(
        c2c_msg_request_encode(kind, C2C_MAX_REPLY_BYTES, args, &content));
    question.content = c2c_buf_view(&content);
    assert_ok(c2c_link_ask(v->link, &now, &question, false));
    c2c_buf_fini(&content);
    s = step(v);
    assert_ok(s.err);
    assert_int_equal(s.event, C2C_STEP_REPLY);
    assert_ok(c2c_msg_reply_decode(c2c_buf_view(&v->content), &reply));
    return reply;
}

struct c2c_msg_reply visitor_push(struct visitor *v,
                                  const struct author *author,
                                  const struct c2c_replica *replica)
{
    const struct c2c_collect_since nothing = {.epoch = 0};
    struct c2c_msg_reply reply;
    struct c2c_collected c;
    struct c2c_held held;
    struct c2c_buf args;

    c2c_buf_init(&args, C2C_MAX_REQUEST_BYTES);
    assert_ok(replica->ops->held(replica->ctx, &author->id, &held));
    assert_ok(c2c_collect(replica, &author->id, &held, &nothing, false,
                          C2C_MAX_REQUEST_BYTES / 2, &c));
    assert_ok(c2c_commit_encode(&c.commit, &args));
    reply = visitor_ask(v, C2C_MSG_PUSH, c2c_buf_view(&args));
    c2c_collected_fini(&c);
    c2c_buf_fini(&args);
    return reply;
}
