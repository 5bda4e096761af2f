/* Two sides of sessions and somebody between them who reads, changes, holds
 * back, repeats and invents frames, as the input says.  Only requests and
 * replies that the other side made are taken, each once, and the responder's
 * table keeps its limits. */

#include <string.h>

#include "fuzz.h"
#include "talk.h"

enum {
    STEPS = 64
};

/* What one side has made and the other may take, once. */
struct made {
    uint8_t b[4096];
    size_t n;
    bool fresh;
};

struct run {
    struct talk talk;
    struct made request;
    struct made answer;
    struct c2c_view input;
};

static uint8_t next(struct run *run)
{
    if (run->input.n == 0) {
        return 0;
    }
    run->input.n--;
    return *run->input.p++;
}

static void keep(struct made *made, const struct c2c_buf *bytes)
{
    require(bytes->n <= sizeof made->b);
    if (bytes->n > 0) {
        memcpy(made->b, bytes->p, bytes->n);
    }
    made->n = bytes->n;
    made->fresh = bytes->n > 0;
}

/* @bytes were taken for what the other side made. */
static void must_be(struct made *made, const struct c2c_buf *bytes)
{
    require(made->fresh &&
            c2c_view_eq(c2c_buf_view(bytes), c2c_view_of(made->b, made->n)));
    made->fresh = false;
}

static void deliver(struct run *run)
{
    struct c2c_responder_counts counts;

    talk_deliver(&run->talk);
    if (run->talk.taken.what == C2C_TAKEN_REQUEST) {
        must_be(&run->request, &run->talk.frame);
    }
    counts = c2c_responder_count(run->talk.responder);
    require(counts.handshakes <= 6 && counts.strangers <= 4 &&
            counts.cities <= 2);
}

static void give_back(struct run *run, enum c2c_err err)
{
    talk_return(&run->talk, err);
    if (run->talk.step.event == C2C_STEP_REPLY ||
        run->talk.step.event == C2C_STEP_LEARNT) {
        must_be(&run->answer, &run->talk.reply);
    }
    if (run->talk.step.send) {
        keep(&run->request, &run->talk.frame);
    }
}

static void answer(struct run *run)
{
    if (run->talk.taken.what == C2C_TAKEN_REQUEST &&
        talk_answer(&run->talk, "answer") == C2C_E_OK) {
        keep(&run->answer, &run->talk.reply);
    }
}

static void invent(struct run *run, struct c2c_buf *bytes)
{
    size_t n = next(run);

    n = n < run->input.n ? n : run->input.n;
    c2c_buf_clear(bytes);
    require(c2c_buf_put(bytes, run->input.p, n) == C2C_E_OK);
    run->input = c2c_view_of(run->input.p + n, run->input.n - n);
}

static void change(struct run *run, struct c2c_buf *bytes)
{
    size_t at = next(run);

    if (bytes->n > 0) {
        bytes->p[at % bytes->n] ^= next(run);
    }
}

static void cut(struct run *run, struct c2c_buf *bytes)
{
    size_t n = next(run);

    bytes->n = n < bytes->n ? n : bytes->n;
}

static void pass_time(struct run *run)
{
    uint64_t s = (uint64_t)next(run) * next(run);
    struct c2c_step step;

    run->talk.now.mono_ms += s * 1000;
    run->talk.now.unix_s += s;
    c2c_responder_tick(run->talk.responder, &run->talk.now);
    c2c_initiator_tick(run->talk.initiator, &run->talk.now, &step);
}

static void ask(struct run *run)
{
    if (talk_ask(&run->talk, next(run), "question") == C2C_E_OK) {
        keep(&run->request, &run->talk.frame);
    }
}

static void step(struct run *run)
{
    struct talk *t = &run->talk;

    switch (next(run) % 13) {
    case 0:
        require(talk_shake(t) == C2C_E_OK);
        break;
    case 1:
        deliver(run);
        break;
    case 2:
        give_back(run, C2C_E_OK);
        break;
    case 3:
        ask(run);
        break;
    case 4:
        answer(run);
        break;
    case 5:
        change(run, &t->frame);
        break;
    case 6:
        change(run, &t->reply);
        break;
    case 7:
        invent(run, &t->frame);
        break;
    case 8:
        invent(run, &t->reply);
        break;
    case 9:
        cut(run, next(run) % 2 == 0 ? &t->frame : &t->reply);
        break;
    case 10:
        pass_time(run);
        break;
    case 11:
        give_back(run, C2C_E_UNREACHABLE);
        break;
    case 12:
    default:
        t->from.b[15] = next(run);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run run;

    run.request.fresh = false;
    run.answer.fresh = false;
    run.input = c2c_view_of(data, size);
    talk_begin(&run.talk);
    switch (next(&run) % 3) {
    case 1: /* A first contact. */
        run.talk.city.n_known = 0;
        break;
    case 2: /* A city that is not known. */
        run.talk.hub.n_known = 0;
        break;
    default:
        break;
    }
    for (size_t i = 0; i < STEPS && run.input.n > 0; i++) {
        step(&run);
    }
    talk_end(&run.talk);
    return 0;
}
