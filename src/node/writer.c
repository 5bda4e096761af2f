#include "node/writer.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/limits.h"
#include "crypto/random.h"
#include "node/newest.h"
#include "node/writer_priv.h"
#include "record/derive.h"

enum {
    QUEUE = 4096,
    GROUP_MAX = 256,
    RETRY_MS = 1000, /* For what a reader or the disk kept from being done. */
    WIPE_SHARE = 10, /* Wiping takes a tenth of the time at most, ... */
    WIPE_MAX_MS = 60000, /* ... but waits no longer than this. */
    DAY_S = 86400
};

/* A step on its way. */
struct letter {
    struct c2c_task step;
    bool owned; /* From c2c_writer_post(): freed once it is done. */
};

enum c2c_writer_state c2c_writer_state(const struct c2c_writer *writer)
{
    return writer->state; /* Set before the thread starts. */
}

/* Full text of one record: see store/fulltext.h. */
static enum c2c_err text_of(void *ctx, const struct c2c_row *row,
                            struct c2c_buf text[C2C_FULLTEXT_WEIGHTS])
{
    const struct c2c_writer *w = ctx;
    const struct c2c_type *type = c2c_types_find(w->options.types, row->type);
    struct c2c_record record;
    struct c2c_doc *doc = NULL;
    const struct c2c_val *body;
    enum c2c_err err = c2c_record_decode(row->bytes, &record);

    if (err == C2C_E_OK) {
        err = c2c_doc_new(&doc);
    }
    if (err == C2C_E_OK) {
        err = c2c_doc_decode(doc, record.body, C2C_MAX_DEPTH, &body);
    }
    for (unsigned i = 0; i < C2C_FULLTEXT_WEIGHTS && err == C2C_E_OK; i++) {
        err = c2c_derive_search(type, body, i + 1, &text[i]);
    }
    c2c_doc_free(doc);
    return err;
}

/* Erased bytes leave the full text and the log.  That takes the longer the more
 * records there are: changes that come one after another are wiped together. */
static void wipe(struct c2c_writer *w)
{
    uint64_t start = c2c_clock_mono_ms();
    enum c2c_err err = c2c_fulltext_wipe(w->text);
    uint64_t end;
    uint64_t wait;

    if (err == C2C_E_OK) {
        err = c2c_store_checkpoint(w->store);
    }
    w->wipe = err != C2C_E_OK;
    end = c2c_clock_mono_ms();
    wait = w->wipe ? RETRY_MS : (end - start) * WIPE_SHARE;
    w->wipe_at_ms = end + (wait < WIPE_MAX_MS ? wait : WIPE_MAX_MS);
}

static uint64_t wipe_wait_ms(const struct c2c_writer *w)
{
    uint64_t now = c2c_clock_mono_ms();

    if (!w->wipe) {
        return UINT64_MAX;
    }
    return w->wipe_at_ms > now ? w->wipe_at_ms - now : 0;
}

/* Search and erasure follow the durable commit; they are made up for later if
 * they fail now. */
static void follow_up(struct c2c_writer *w, bool wipe_now)
{
    enum c2c_err err = c2c_fulltext_catch_up(w->text, w->store);
    bool was_behind = w->behind;

    w->behind = err != C2C_E_OK;
    if (w->behind && !was_behind) { /* Told once, tried again and again. */
        c2c_log(C2C_LOG_WARN, "writer", "full text is behind err=%s",
                c2c_errname(err));
    }
    w->wipe = w->wipe || c2c_fulltext_has_erased(w->text);
    if (w->wipe && (wipe_now || wipe_wait_ms(w) == 0)) {
        wipe(w);
    }
}

/* Note outside the store how far it is, by our own commits or by a hub that had
 * a newer state.  In a restored one the mark tells how far the lost one was. */
static void move_mark(struct c2c_writer *w)
{
    struct c2c_head head;

    if (w->state == C2C_WRITER_READY &&
        c2c_writer_own_head(w, &head) == C2C_E_OK) {
        c2c_mark_follow(&w->mark, &head);
    }
}

/* Tell the end of steps that were posted (@owned), or of jobs. */
static void finish(struct letter **letters, size_t n, bool owned,
                   enum c2c_err err)
{
    for (size_t i = 0; i < n; i++) {
        if (letters[i] == NULL || letters[i]->owned != owned) {
            continue;
        }
        letters[i]->step.done(letters[i]->step.ctx, err);
        if (owned) { /* Else its owner has gone on. */
            c2c_free(letters[i]);
        }
        letters[i] = NULL;
    }
}

/* Peers are told as soon as it is durable; who waits for a job is to find what
 * was written, too. */
static void do_group(struct c2c_writer *w, struct letter **letters, size_t n)
{
    struct c2c_group group = {.env = &w->env,
                              .clock = w->options.clock,
                              .restored = w->state == C2C_WRITER_RESTORED};
    const struct c2c_task *steps[1 + GROUP_MAX]; /* The guest's too. */
    enum c2c_err err;

    for (size_t i = 0; i < n; i++) {
        steps[i] = &letters[i]->step;
    }
    err = c2c_group_run(&group, steps, n);
    w->group = &group;
    if (err == C2C_E_OK) {
        move_mark(w);
    }
    if (w->guest.durable != NULL) { /* Before anybody is told. */
        w->guest.durable(w->guest.ctx, err, group.changed);
    }
    finish(letters, n, true, err);
    if (err == C2C_E_OK) {
        w->wipe = w->wipe || group.erased;
        follow_up(w, group.removed);
    }
    finish(letters, n, false, err);
    w->group = NULL;
}

/* Refresh the head in time, with jitter so that not all cities do it at once.
 */
static void plan_refresh(struct c2c_writer *w)
{
    uint64_t period = (uint64_t)w->options.config->refresh_days * DAY_S;
    struct c2c_head head;
    uint16_t jitter;

    w->refresh_at_s = c2c_writer_now_ms(w) / 1000 + period;
    if (c2c_writer_own_head(w, &head) != C2C_E_OK) {
        return;
    }
    c2c_rng_system.fill(c2c_rng_system.ctx, &jitter, sizeof jitter);
    w->refresh_at_s = head.time_s + period - jitter % (period / 8);
}

static void refresh(struct c2c_writer *w)
{
    enum c2c_err err = c2c_store_begin(w->store);

    w->env.now_ms = c2c_writer_now_ms(w);
    if (err == C2C_E_OK) {
        err = c2c_newest_refresh(&w->env);
    }
    if (err == C2C_E_OK) {
        err = c2c_records_forget(w->store, w->env.now_ms / 1000);
    }
    if (err == C2C_E_OK) {
        err = c2c_store_commit(w->store);
    }
    c2c_store_rollback(w->store);
    plan_refresh(w);
    if (err == C2C_E_OK) {
        move_mark(w); /* It may have begun an epoch. */
        c2c_log(C2C_LOG_INFO, "writer", "head signed anew");
    } else {
        c2c_log(C2C_LOG_WARN, "writer",
                "head not signed anew, again in an hour err=%s",
                c2c_errname(err));
        w->refresh_at_s = c2c_writer_now_ms(w) / 1000 + 3600; /* Try again. */
    }
}

/* Until a head has to be signed anew. */
static uint64_t refresh_ms(const struct c2c_writer *w)
{
    uint64_t now_s = c2c_writer_now_ms(w) / 1000;

    if (w->state != C2C_WRITER_READY) {
        return UINT64_MAX;
    }
    /* An hour at most: the clock may be set meanwhile. */
    if (w->refresh_at_s <= now_s) {
        return 0;
    }
    return (w->refresh_at_s - now_s > 3600 ? 3600 : w->refresh_at_s - now_s) *
           1000;
}

static uint64_t wait_ms(const struct c2c_writer *w)
{
    uint64_t wait = refresh_ms(w);
    uint64_t guest =
        w->guest.wait_ms == NULL ? UINT64_MAX : w->guest.wait_ms(w->guest.ctx);

    if (w->behind && wait > RETRY_MS) {
        wait = RETRY_MS;
    }
    if (wait > wipe_wait_ms(w)) {
        wait = wipe_wait_ms(w);
    }
    return wait < guest ? wait : guest;
}

static bool guest_is_due(const struct c2c_writer *w)
{
    return w->guest.wait_ms != NULL && w->guest.wait_ms(w->guest.ctx) == 0;
}

/* The guest's time has come: a step of its own. */
static void wake_guest(struct c2c_writer *w)
{
    struct letter letter = {.step = w->guest.tick};
    struct letter *letters[] = {&letter};

    do_group(w, letters, 1);
}

/* Nobody has sent anything for a while. */
static void do_chores(struct c2c_writer *w)
{
    if (guest_is_due(w)) {
        wake_guest(w);
    } else if (w->state == C2C_WRITER_READY &&
               c2c_writer_now_ms(w) / 1000 >= w->refresh_at_s) {
        refresh(w);
    } else if (w->wipe || w->behind) {
        follow_up(w, false);
    }
}

static void *run(void *arg)
{
    struct c2c_writer *w = arg;
    struct letter *letters[1 + GROUP_MAX];

    for (;;) {
        struct letter *letter = c2c_mailbox_take(w->jobs, wait_ms(w));
        struct letter tick = {.step = w->guest.tick};
        size_t n = 0;

        while (letter != NULL) {
            letters[++n] = letter;
            letter = n < GROUP_MAX ? c2c_mailbox_take(w->jobs, 0) : NULL;
        }
        if (n > 0 && guest_is_due(w)) {
            letters[0] = &tick; /* However much is sent. */
            do_group(w, letters, n + 1);
        } else if (n > 0) {
            do_group(w, letters + 1, n);
        } else if (c2c_mailbox_closed(w->jobs)) {
            follow_up(w, true); /* Nothing waits for the next start. */
            return NULL;
        } else {
            do_chores(w);
        }
    }
}

/* A job and the box in which its caller waits. */
struct waiter {
    struct c2c_writer *writer;
    struct c2c_job *job;
    struct c2c_mailbox *done;
};

static enum c2c_err run_waiter(void *ctx, struct c2c_group *group)
{
    struct waiter *waiter = ctx;

    return c2c_job_run(waiter->job, group);
}

static void wake_waiter(void *ctx, enum c2c_err err)
{
    struct waiter *waiter = ctx;
    enum c2c_err put;

    if (err != C2C_E_OK) {
        c2c_job_fail(waiter->job, waiter->writer->group, err);
    }
    /* The box has room for exactly this one: it cannot be refused. */
    put = c2c_mailbox_put(waiter->done, waiter->job);
    assert(put == C2C_E_OK);
    (void)put;
}

void c2c_writer_run(struct c2c_writer *writer, struct c2c_job *job)
{
    struct waiter waiter = {.writer = writer, .job = job};
    struct letter letter = {.step = {run_waiter, wake_waiter, &waiter}};
    enum c2c_err err = c2c_mailbox_new(1, &waiter.done);

    job->diag.code = C2C_E_OK;
    if (err == C2C_E_OK) {
        err = c2c_mailbox_put(writer->jobs, &letter);
    }
    if (err == C2C_E_OK) {
        (void)c2c_mailbox_take(waiter.done, UINT64_MAX);
    } else {
        job->err =
            c2c_diag_set(&job->diag, err, "node", "%s", c2c_strerror(err));
    }
    c2c_mailbox_free(waiter.done);
}

enum c2c_err c2c_writer_post(struct c2c_writer *writer,
                             const struct c2c_task *step)
{
    struct letter *letter = c2c_calloc(1, sizeof *letter);
    enum c2c_err err = C2C_E_NOMEM;

    if (letter != NULL) {
        letter->step = *step;
        letter->owned = true;
        err = c2c_mailbox_put(writer->jobs, letter);
    }
    if (err != C2C_E_OK) {
        c2c_free(letter);
    }
    return err;
}

void c2c_writer_receive(struct c2c_writer *writer,
                        const struct c2c_writer_guest *guest)
{
    writer->guest = *guest;
}

static enum c2c_err start(struct c2c_writer *w, struct c2c_diag *diag)
{
    enum c2c_err err = c2c_writer_open_store(w, diag);

    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_fulltext_open(w->options.dir, text_of, w, &w->text);
    if (err == C2C_E_OK &&
        c2c_fulltext_catch_up(w->text, w->store) == C2C_E_CORRUPT) {
        err = c2c_fulltext_renew(w->text, w->options.dir);
    }
    if (err == C2C_E_OK) {
        move_mark(w);
        w->wipe = true;
        follow_up(w, true);
        plan_refresh(w);
        err = c2c_mailbox_new(QUEUE, &w->jobs);
    }
    if (err == C2C_E_OK && pthread_create(&w->thread, NULL, run, w) != 0) {
        err = C2C_E_NOMEM;
    }
    w->started = err == C2C_E_OK;
    if (err != C2C_E_OK) {
        return c2c_diag_set(diag, err, "text.db", "cannot start writing: %s",
                            c2c_strerror(err));
    }
    return C2C_E_OK;
}

enum c2c_err c2c_writer_open(const struct c2c_writer_options *options,
                             struct c2c_diag *diag,
                             struct c2c_writer **ret_writer)
{
    struct c2c_writer *w = c2c_calloc(1, sizeof *w);
    enum c2c_err err;

    diag->code = C2C_E_OK;
    if (w == NULL) {
        return c2c_diag_set(diag, C2C_E_NOMEM, "", "out of memory");
    }
    w->options = *options;
    w->env.types = options->types;
    w->env.identity = options->identity;
    w->env.expire_s = (uint64_t)options->config->expire_days * DAY_S;
    w->env.rng = &c2c_rng_system;
    err = start(w, diag);
    if (err != C2C_E_OK) {
        c2c_writer_close(w);
        return err;
    }
    *ret_writer = w;
    return C2C_E_OK;
}

void c2c_writer_drain(struct c2c_writer *writer)
{
    if (writer != NULL && writer->started) {
        c2c_mailbox_close(writer->jobs);
        (void)pthread_join(writer->thread, NULL);
        writer->started = false;
    }
}

void c2c_writer_close(struct c2c_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    c2c_writer_drain(writer);
    c2c_mailbox_free(writer->jobs);
    c2c_fulltext_close(writer->text);
    c2c_store_close(writer->store);
    c2c_free(writer);
}
