#include "c2c/remote.h"

#include <poll.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/mem.h"
#include "c2c/call.h"
#include "c2c/escape.h"
#include "codec/limits.h"
#include "crypto/noise.h"
#include "crypto/random.h"
#include "net/consumer.h"
#include "wire/initiator.h"
#include "wire/push.h"

enum {
    HANDSHAKES = 4, /* Until a session is open: see wire/initiator.h. */
    FRAME_BYTES = C2C_MAX_REPLY_BYTES + 4096, /* A reply, sealed and padded. */
    FIRST_PAUSE_MS = 50,
    LONGEST_PAUSE_MS = 1000,
    TAKEN_MAX = 64 << 20
};

struct c2c_remote {
    char *url; /* Without #ID. */
    bool pinned;
    struct c2c_hash id; /* Who it is, once it is pinned. */
    uint64_t timeout_ms;
    uint64_t end_ms; /* Of the question at hand. */
    struct c2c_consumer *consumer;
    struct c2c_noise_key *key;
    struct c2c_initiator *initiator;
    uint64_t taken;       /* Bytes of all answers: they are kept. */
    struct c2c_buf frame; /* Scratch. */
};

void c2c_remote_close(struct c2c_remote *remote)
{
    if (remote != NULL) {
        c2c_consumer_close(remote->consumer);
        c2c_initiator_free(remote->initiator);
        c2c_noise_key_free(remote->key);
        c2c_buf_fini(&remote->frame);
        c2c_free(remote->url);
        c2c_free(remote);
    }
}

const struct c2c_hash *c2c_remote_id(const struct c2c_remote *remote)
{
    return &remote->id;
}

/* Only what the initiator learns itself. */
static enum c2c_err know_nobody(void *ctx, const struct c2c_hash *city,
                                struct c2c_keyset *ret_keyset)
{
    (void)ctx;
    (void)city;
    (void)ret_keyset;
    return C2C_E_NOT_FOUND;
}

static struct c2c_moment now(void)
{
    return c2c_clock_moment(&c2c_clock_system);
}

/* Send remote->frame and what follows from its answer, until something is to be
 * told.  What a reply holds is appended to @content. */
static void exchange(struct c2c_remote *remote, uint64_t ticket,
                     struct c2c_buf *content, struct c2c_step *ret_step)
{
    static const struct c2c_keyring keyring = {know_nobody, NULL};
    struct c2c_step step = {.ticket = ticket};
    struct c2c_moment moment;
    struct c2c_buf reply;
    enum c2c_err err;

    do {
        c2c_buf_init(&reply, FRAME_BYTES);
        err = c2c_clock_mono_ms() >= remote->end_ms
                  ? C2C_E_TIMEOUT
                  : c2c_consumer_call(remote->consumer,
                                      c2c_buf_view(&remote->frame), &reply);
        moment = now();
        c2c_buf_clear(&remote->frame);
        c2c_initiator_take(remote->initiator, &keyring, &moment, step.ticket,
                           err, c2c_buf_view(&reply), content, &remote->frame,
                           &step);
        c2c_buf_fini(&reply);
    } while (step.send);
    *ret_step = step;
}

static enum c2c_err shake_once(struct c2c_remote *remote,
                               struct c2c_step *ret_step)
{
    struct c2c_moment moment = now();
    struct c2c_buf content;
    uint64_t ticket = 0;
    enum c2c_err err;

    c2c_buf_init(&content, C2C_MAX_REPLY_BYTES);
    c2c_buf_clear(&remote->frame);
    err = c2c_initiator_begin(remote->initiator, &moment, &remote->frame,
                              &ticket);
    if (err == C2C_E_OK) {
        exchange(remote, ticket, &content, ret_step);
    }
    c2c_buf_fini(&content);
    return err;
}

/* Until there is a session; whoever proves to be somebody is kept to. */
static enum c2c_err shake(struct c2c_remote *remote)
{
    for (unsigned i = 0; i < HANDSHAKES; i++) {
        struct c2c_step step = {.event = C2C_STEP_NOTHING};
        enum c2c_err err = shake_once(remote, &step);

        if (err != C2C_E_OK) {
            return err;
        }
        if (step.event == C2C_STEP_READY) {
            return C2C_E_OK;
        }
        if (step.event == C2C_STEP_LOST) {
            return step.err;
        }
        if (!remote->pinned) {
            remote->id = step.city;
            remote->pinned = true;
            c2c_initiator_pin(remote->initiator, &remote->id);
        }
    }
    return C2C_E_NOT_VERIFIED;
}

static enum c2c_err dial(struct c2c_remote *remote)
{
    const struct c2c_consumer_options options = {.timeout_ms =
                                                     remote->timeout_ms,
                                                 .max_message = FRAME_BYTES};

    c2c_consumer_close(remote->consumer);
    remote->consumer = NULL;
    return c2c_consumer_open(remote->url, &options, &remote->consumer);
}

/* URL or URL#ID. */
static enum c2c_err read_url(struct c2c_remote *remote, const char *text)
{
    const char *mark = strchr(text, '#');
    size_t n = mark == NULL ? strlen(text) : (size_t)(mark - text);

    remote->url = c2c_view_dup(c2c_view_of(text, n));
    if (remote->url == NULL) {
        return C2C_E_NOMEM;
    }
    if (!c2c_address_is_url(c2c_view_str(remote->url))) {
        return C2C_E_USAGE;
    }
    remote->pinned = mark != NULL;
    return remote->pinned && c2c_hash_parse(c2c_view_str(mark + 1),
                                            &remote->id) != C2C_E_OK
               ? C2C_E_USAGE
               : C2C_E_OK;
}

static enum c2c_err begin(struct c2c_remote *remote, const char *text)
{
    struct c2c_initiator_options options = {.rng = &c2c_rng_system,
                                            .handshake_ms = remote->timeout_ms,
                                            .max_questions = 1,
                                            .max_reply = C2C_MAX_REPLY_BYTES};
    enum c2c_err err = read_url(remote, text);

    if (err == C2C_E_OK) {
        err = c2c_noise_key_new(&c2c_rng_system, &remote->key);
    }
    if (err == C2C_E_OK) {
        options.self.key = remote->key;
        options.pin = remote->pinned ? &remote->id : NULL;
        err = c2c_initiator_new(&options, &remote->initiator);
    }
    if (err == C2C_E_OK) {
        err = dial(remote);
    }
    return err == C2C_E_OK ? shake(remote) : err;
}

/* Nobody, or nobody of ours, answers at @url. */
static enum c2c_err unreachable(struct c2c_run *run, const char *url,
                                enum c2c_err err)
{
    if (err == C2C_E_UNREACHABLE) {
        (void)c2c_diag_set(&run->diag, err, url, "no node answers there");
    } else if (err == C2C_E_INVAL) {
        (void)c2c_diag_set(&run->diag, C2C_E_UNREACHABLE, url,
                           "this address leads nowhere");
    } else {
        (void)c2c_diag_set(&run->diag, C2C_E_UNREACHABLE, url,
                           "no node of c2c answers there: %s",
                           c2c_strerror(err));
    }
    c2c_diag_hint(&run->diag, "check the address; the node listens where "
                              "`c2c status` on its machine says");
    return C2C_E_UNREACHABLE;
}

/* Somebody does, who does not prove to be who is wanted. */
static enum c2c_err not_verified(struct c2c_run *run, const char *url,
                                 enum c2c_err err)
{
    if (err == C2C_E_NOT_VERIFIED) {
        (void)c2c_diag_set(&run->diag, err, url,
                           "whoever answers there does not prove to be %s",
                           strchr(url, '#') == NULL ? "anybody"
                                                    : "the one behind #");
        c2c_diag_hint(&run->diag, "compare the address and the id with what "
                                  "the association tells");
    } else {
        (void)c2c_diag_set(&run->diag, C2C_E_NOT_VERIFIED, url,
                           "what the node proves itself with is not valid now");
        c2c_diag_hint(&run->diag, "is the clock of this machine right?");
    }
    return C2C_E_NOT_VERIFIED;
}

/* Why there is no session, and what to do. */
static enum c2c_err explain(struct c2c_run *run, const char *url,
                            enum c2c_err err)
{
    switch ((int)err) {
    case C2C_E_NOMEM:
        return c2c_run_nomem(run);
    case C2C_E_USAGE:
        (void)c2c_diag_set(&run->diag, err, url,
                           "is not the address of a node");
        c2c_diag_hint(
            &run->diag,
            "such as tcp://hub.example.org:7420, with # and the id of "
            "64 digits behind it if you know it");
        return err;
    case C2C_E_TIMEOUT:
        (void)c2c_diag_set(&run->diag, err, url,
                           "the node did not answer within %llu s",
                           (unsigned long long)(run->timeout_ms / 1000));
        c2c_diag_hint(&run->diag, "wait longer with --timeout SEC");
        return err;
    case C2C_E_BUSY:
        (void)c2c_diag_set(&run->diag, err, url, "the node is busy");
        c2c_diag_hint(&run->diag, "ask again later");
        return err;
    case C2C_E_NOT_VERIFIED:
    case C2C_E_EXPIRED:
    case C2C_E_FUTURE:
        return not_verified(run, url, err);
    default:
        return unreachable(run, url, err);
    }
}

/* NULL with run->diag. */
static struct c2c_remote *open_remote(struct c2c_run *run, const char *url)
{
    struct c2c_remote *remote = c2c_calloc(1, sizeof *remote);
    enum c2c_err err;

    if (remote == NULL) {
        (void)c2c_run_nomem(run);
        return NULL;
    }
    remote->timeout_ms = run->timeout_ms;
    remote->end_ms = c2c_clock_mono_ms() + run->timeout_ms;
    c2c_buf_init(&remote->frame, C2C_MAX_REQUEST_BYTES);
    err = begin(remote, url);
    if (err != C2C_E_OK) {
        (void)explain(run, url, err);
        c2c_remote_close(remote);
        return NULL;
    }
    return remote;
}

/* Ask in the session that there is. */
static enum c2c_err ask_once(struct c2c_remote *remote, struct c2c_view request,
                             struct c2c_buf *content)
{
    const struct c2c_question question = {
        .deadline_ms = remote->end_ms,
        .content = request,
        .padded = true /* Its length would tell what is looked for. */
    };
    struct c2c_moment moment = now();
    struct c2c_step step = {.event = C2C_STEP_NOTHING};
    uint64_t ticket = 0;
    enum c2c_err err;

    c2c_buf_clear(&remote->frame);
    err = c2c_initiator_ask(remote->initiator, &moment, &question,
                            &remote->frame, &ticket);
    if (err == C2C_E_OK) {
        exchange(remote, ticket, content, &step);
        err = step.event == C2C_STEP_REPLY ? C2C_E_OK : step.err;
    }
    return err;
}

/* Is it worth a new session? */
static bool is_over(const struct c2c_remote *remote, enum c2c_err err)
{
    return err != C2C_E_OK && err != C2C_E_TIMEOUT && err != C2C_E_NOMEM &&
           !c2c_initiator_is_open(remote->initiator);
}

/* Ask until the node is not busy: the body of its reply. */
static enum c2c_err ask(struct c2c_remote *remote, struct c2c_view request,
                        struct c2c_buf *content, struct c2c_msg_reply *ret)
{
    int pause_ms = FIRST_PAUSE_MS;
    bool again = true; /* Once. */

    remote->end_ms = c2c_clock_mono_ms() + remote->timeout_ms;
    for (;;) {
        enum c2c_err err;

        c2c_buf_clear(content);
        err = ask_once(remote, request, content);
        if (again && is_over(remote, err)) {
            again = false;
            err = dial(remote);
            err = err == C2C_E_OK ? shake(remote) : err;
            err = err == C2C_E_OK ? ask_once(remote, request, content) : err;
        }
        if (err == C2C_E_OK) {
            err = c2c_msg_reply_decode(c2c_buf_view(content), ret);
        }
        if (err != C2C_E_OK || ret->code != C2C_E_BUSY ||
            c2c_clock_mono_ms() + (uint64_t)pause_ms >= remote->end_ms) {
            return err;
        }
        (void)poll(NULL, 0, pause_ms);
        pause_ms =
            pause_ms * 2 < LONGEST_PAUSE_MS ? pause_ms * 2 : LONGEST_PAUSE_MS;
    }
}

static enum c2c_err encode(struct c2c_run *run, const char *name,
                           const struct c2c_val *args, struct c2c_buf *request)
{
    struct c2c_query_request query = {.name = c2c_view_str(name)};
    struct c2c_buf map;
    struct c2c_buf message;
    enum c2c_err err;

    c2c_buf_init(&map, C2C_MAX_REQUEST_BYTES);
    c2c_buf_init(&message, C2C_MAX_REQUEST_BYTES);
    err = c2c_doc_encode(run->doc, args, &map);
    query.args = c2c_buf_view(&map);
    if (err == C2C_E_OK) {
        err = c2c_query_request_encode(&query, &message);
    }
    if (err == C2C_E_OK) {
        err = c2c_msg_request_encode(C2C_MSG_QUERY, C2C_MAX_REPLY_BYTES,
                                     c2c_buf_view(&message), request);
    }
    c2c_buf_fini(&map);
    c2c_buf_fini(&message);
    return err;
}

/* A refusal of the question as such. */
static enum c2c_err refused(struct c2c_run *run, const char *url,
                            const struct c2c_msg_reply *reply)
{
    if (reply->code == C2C_E_BUSY) {
        return explain(run, url, C2C_E_BUSY);
    }
    (void)c2c_diag_set(&run->diag, reply->code, url, "the node refuses: %.*s",
                       (int)reply->reason.n,
                       reply->reason.n == 0 ? ""
                                            : (const char *)reply->reason.p);
    if (reply->code == C2C_E_UNSUPPORTED) {
        c2c_diag_hint(&run->diag,
                      "it answers no questions of clients elsewhere");
    }
    return reply->code;
}

/* A node may be anybody's: it shall not fill this computer's memory. */
static enum c2c_err too_much(struct c2c_run *run, const char *url)
{
    (void)c2c_diag_set(&run->diag, C2C_E_TOO_BIG, url,
                       "the node has answered with more than %d MiB",
                       TAKEN_MAX >> 20);
    c2c_diag_hint(&run->diag, "ask for less at a time, with --limit N and "
                              "--cursor instead of --all");
    return C2C_E_TOO_BIG;
}

/* Ask @remote; the answer's bytes are kept with @run. */
static enum c2c_err query(struct c2c_run *run, struct c2c_remote *remote,
                          const char *name, const struct c2c_val *args,
                          const struct c2c_val **ret_doc)
{
    struct c2c_buf *content = c2c_call_keep(run, C2C_MAX_REPLY_BYTES);
    struct c2c_msg_reply reply = {.code = C2C_E_OK};
    struct c2c_query_reply answer;
    const struct c2c_val *doc = NULL;
    struct c2c_buf request;
    enum c2c_err err;

    if (content == NULL) {
        return c2c_run_nomem(run);
    }
    if (remote->taken > TAKEN_MAX) {
        return too_much(run, remote->url);
    }
    c2c_buf_init(&request, C2C_MAX_REQUEST_BYTES);
    err = encode(run, name, args, &request);
    if (err == C2C_E_OK) {
        err = ask(remote, c2c_buf_view(&request), content, &reply);
    }
    c2c_buf_fini(&request);
    remote->taken += content->n;
    if (err == C2C_E_OK && reply.code != C2C_E_OK) {
        return refused(run, remote->url, &reply);
    }
    if (err == C2C_E_OK) {
        err = c2c_query_reply_decode(reply.body, &answer);
    }
    if (err == C2C_E_OK) {
        err = c2c_doc_decode(run->doc, answer.document, C2C_MAX_CONTROL_DEPTH,
                             &doc);
    }
    if (err != C2C_E_OK) {
        return explain(run, remote->url, err);
    }
    if (answer.code != C2C_E_OK) {
        return c2c_call_refused(run, answer.code, doc);
    }
    *ret_doc = doc;
    return C2C_E_OK;
}

enum c2c_err c2c_remote_call(struct c2c_run *run, const char *name,
                             const struct c2c_val *args,
                             const struct c2c_val **ret_doc)
{
    if (run->remote == NULL) {
        run->remote = open_remote(run, run->node);
    }
    return run->remote == NULL ? run->diag.code
                               : query(run, run->remote, name, args, ret_doc);
}

/* @name for a terminal, kept with @run. */
static enum c2c_err keep_name(struct c2c_run *run, struct c2c_view name,
                              const char **ret_name)
{
    struct c2c_buf *safe = c2c_call_keep(run, C2C_MAX_REPLY_BYTES);
    enum c2c_err err =
        safe == NULL ? C2C_E_NOMEM : c2c_escape_screen(name, false, safe);

    if (err == C2C_E_OK) {
        err = c2c_buf_put(safe, "", 1);
    }
    if (err != C2C_E_OK) {
        return c2c_run_nomem(run);
    }
    *ret_name = (const char *)safe->p;
    return C2C_E_OK;
}

enum c2c_err c2c_remote_probe(struct c2c_run *run, const char *url,
                              struct c2c_hash *ret_id, const char **ret_name)
{
    struct c2c_remote *remote = open_remote(run, url);
    const struct c2c_val *doc = NULL;
    struct c2c_val *args = c2c_doc_map(run->doc);
    enum c2c_err err;

    if (remote == NULL) {
        return run->diag.code;
    }
    c2c_doc_set_cstr(run->doc, args, "lang", run->lang);
    err = query(run, remote, "status", args, &doc);
    if (err == C2C_E_OK || err == C2C_E_UNSUPPORTED) { /* Then it has none. */
        err = keep_name(run, c2c_val_text(doc, "name"), ret_name);
        *ret_id = remote->id;
    }
    c2c_remote_close(remote);
    return err;
}
