/* The hubs that this node dials: links, answers, and requests that wait until
 * the group that they came from is durable. */

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "node/federation_priv.h"
#include "wire/vector.h"

static enum c2c_err newest_keyset(void *ctx, const struct c2c_hash *city,
                                  struct c2c_keyset *ret_keyset)
{
    const struct c2c_federation *f = ctx;

    return f->replica.ops->keyset(f->replica.ctx, city, ret_keyset);
}

static struct c2c_keyring keyring(struct c2c_federation *f)
{
    return (struct c2c_keyring){newest_keyset, f};
}

enum c2c_err c2c_hub_keep_letter(struct c2c_federation *f, struct hub *hub,
                                 const struct c2c_send *send)
{
    void *letters = f->letters;
    struct letter *letter;
    enum c2c_err err =
        c2c_grow(&letters, f->n_letters, &f->letters_cap, sizeof *letter);

    f->letters = letters;
    if (err != C2C_E_OK) {
        return err;
    }
    letter = &f->letters[f->n_letters];
    *letter = (struct letter){.hub = hub,
                              .tag = send->tag,
                              .bulk = send->bulk,
                              .deadline_ms = send->deadline_ms};
    c2c_buf_init(&letter->body, send->body.n);
    f->n_letters++;
    return c2c_buf_put(&letter->body, send->body.p, send->body.n);
}

void c2c_hub_drop_letters(struct c2c_federation *f, const struct hub *hub)
{
    size_t kept = 0;

    for (size_t i = 0; i < f->n_letters; i++) {
        if (hub == NULL || f->letters[i].hub == hub) {
            c2c_buf_fini(&f->letters[i].body);
        } else {
            f->letters[kept++] = f->letters[i];
        }
    }
    f->n_letters = kept;
}

/* One answer, or the lack of one, on its way to the writer. */
struct arrival {
    struct hub *hub;
    unsigned life; /* The hub's. */
    struct c2c_outcome *outcome;
};

/* Keysets of a hub that were not known: it can prove itself now. */
static enum c2c_err learn(struct c2c_federation *f, struct hub *hub,
                          const struct c2c_step *s, struct c2c_view content)
{
    const struct c2c_apply_env env = {.replica = &f->replica,
                                      .roster = f->roster,
                                      .now_s = c2c_federation_now(f) / 1000};
    struct c2c_keysets_reply reply;
    enum c2c_err err = c2c_keysets_reply_decode(content, &reply);

    if (err == C2C_E_OK) {
        err = c2c_apply_keysets(&env, &s->city, reply.keysets);
    }
    if (err != C2C_E_OK && !c2c_err_is_ours(err)) {
        c2c_federation_note(f, C2C_EV_LOST, hub->peer, 0, err);
        return C2C_E_OK;
    }
    hub->connect = true;
    return err;
}

/* What a link says, told to the engine. */
static enum c2c_err follow_step(struct c2c_federation *f, struct hub *hub,
                                const struct c2c_step *s,
                                struct c2c_view content)
{
    struct c2c_event event = {.peer = hub->peer,
                              .tag = s->tag,
                              .err = s->err,
                              .body = content};

    switch (s->event) {
    case C2C_STEP_READY:
        c2c_log(C2C_LOG_INFO, "federation", "session hub=%s", hub->url);
        event.type = C2C_EV_CONNECTED;
        break;
    case C2C_STEP_REPLY:
        event.type = C2C_EV_REPLY;
        break;
    case C2C_STEP_FAILED:
        c2c_log(C2C_LOG_DEBUG, "federation", "no reply hub=%s err=%s", hub->url,
                c2c_errname(s->err));
        event.type = C2C_EV_FAILED;
        break;
    case C2C_STEP_LOST:
        c2c_log(C2C_LOG_INFO, "federation", "session over hub=%s err=%s",
                hub->url, c2c_errname(s->err));
        c2c_hub_drop_letters(f, hub);
        event.type = C2C_EV_LOST;
        break;
    case C2C_STEP_LEARNT:
        return learn(f, hub, s, content);
    case C2C_STEP_STRANGER: /* Hubs are pinned. */
    case C2C_STEP_NOTHING:
    default:
        return C2C_E_OK;
    }
    if (!f->reset) {
        return c2c_federation_step(f, &event);
    }
    /* The engine does not know yet that a group was taken back: what it asked
     * is void, the rest it hears after that. */
    if (event.type != C2C_EV_REPLY && event.type != C2C_EV_FAILED) {
        c2c_federation_note(f, event.type, event.peer, event.tag, event.err);
    }
    return C2C_E_OK;
}

static enum c2c_err take_arrival(void *ctx, struct c2c_group *group)
{
    struct arrival *arrival = ctx;
    struct hub *hub = arrival->hub;
    struct c2c_federation *f = hub->federation;
    const struct c2c_moment now = c2c_clock_moment(f->node->clock);
    const struct c2c_keyring ring = keyring(f);
    struct c2c_buf content;
    struct c2c_step s = {.event = C2C_STEP_NOTHING};
    enum c2c_err err;

    if (arrival->life != hub->life) {
        return C2C_E_OK; /* Of a hub that was left. */
    }
    f->store_replica.erased = false;
    c2c_buf_init(&content, C2C_MAX_REPLY_BYTES);
    c2c_link_take(hub->link, &ring, &now, arrival->outcome, &content, &s);
    arrival->outcome = NULL;
    err = follow_step(f, hub, &s, c2c_buf_view(&content));
    group->erased = group->erased || f->store_replica.erased;
    c2c_buf_fini(&content);
    return err;
}

static void forget_arrival(void *ctx, enum c2c_err err)
{
    struct arrival *arrival = ctx;

    (void)err;
    c2c_outcome_free(arrival->outcome);
    c2c_free(arrival);
}

/* On NNG's threads.  What cannot be passed on ends by its deadline. */
void c2c_hub_arrived(void *ctx, struct c2c_outcome *outcome)
{
    struct hub *hub = ctx;
    struct arrival *arrival = c2c_calloc(1, sizeof *arrival);
    const struct c2c_task task = {take_arrival, forget_arrival, arrival};

    if (arrival == NULL) {
        c2c_outcome_free(outcome);
        return;
    }
    *arrival = (struct arrival){hub, hub->life, outcome};
    if (c2c_writer_post(hub->federation->node->writer, &task) != C2C_E_OK) {
        forget_arrival(arrival, C2C_E_BUSY);
    }
}

/* Only what is wholly public may be seen by its length. */
static bool is_private(struct c2c_view body)
{
    struct c2c_msg_request request;

    return c2c_msg_request_decode(body, &request) != C2C_E_OK ||
           request.kind == C2C_MSG_PUSH || request.kind == C2C_MSG_PUSH_PART ||
           request.kind == C2C_MSG_JOIN;
}

/* True: it has to wait, since the first question of a session goes alone. */
static bool send_letter(struct c2c_federation *f, const struct letter *letter)
{
    const struct c2c_moment now = c2c_clock_moment(f->node->clock);
    uint64_t today = c2c_federation_now(f);
    uint64_t left =
        letter->deadline_ms > today ? letter->deadline_ms - today : 0;
    const struct c2c_question question = {.tag = letter->tag,
                                          .deadline_ms = now.mono_ms + left,
                                          .content =
                                              c2c_buf_view(&letter->body),
                                          .padded = is_private(
                                              c2c_buf_view(&letter->body))};
    struct hub *hub = letter->hub;
    enum c2c_err err = c2c_link_ask(hub->link, &now, &question, letter->bulk);

    if (err != C2C_E_OK && err != C2C_E_BUSY) {
        c2c_federation_note(f,
                            c2c_link_is_open(hub->link) ? C2C_EV_FAILED
                                                        : C2C_EV_LOST,
                            hub->peer, letter->tag, err);
    }
    return err == C2C_E_BUSY;
}

void c2c_hub_send_letters(struct c2c_federation *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < f->n_letters; i++) {
        if (send_letter(f, &f->letters[i])) {
            f->letters[kept++] = f->letters[i];
        } else {
            c2c_buf_fini(&f->letters[i].body);
        }
    }
    f->n_letters = kept;
}

void c2c_hub_connect(struct c2c_federation *f, struct hub *hub)
{
    const struct c2c_moment now = c2c_clock_moment(f->node->clock);
    enum c2c_err err = c2c_link_begin(hub->link, &now);

    hub->connect = false;
    c2c_hub_drop_letters(f, hub);
    if (err != C2C_E_OK) {
        c2c_federation_note(f, C2C_EV_LOST, hub->peer, 0, err);
    }
}

enum c2c_err c2c_hub_tick(struct c2c_federation *f, struct hub *hub)
{
    const struct c2c_moment now = c2c_clock_moment(f->node->clock);
    const struct c2c_view nothing = {NULL, 0};
    enum c2c_err err = C2C_E_OK;
    struct c2c_step s;

    do {
        s = (struct c2c_step){.event = C2C_STEP_NOTHING};
        c2c_link_tick(hub->link, &now, &s);
        err = follow_step(f, hub, &s, nothing);
    } while (err == C2C_E_OK && s.event != C2C_STEP_NOTHING);
    return err;
}
