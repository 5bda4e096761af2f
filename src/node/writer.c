#include "node/writer.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "crypto/random.h"
#include "node/adopt.h"
#include "node/mailbox.h"
#include "node/mark.h"
#include "node/newest.h"
#include "record/derive.h"
#include "store/fulltext.h"

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

struct c2c_writer {
    struct c2c_writer_options options;
    struct c2c_store *store;
    struct c2c_fulltext *text;
    struct c2c_commit_env env;
    enum c2c_writer_state state;
    uint64_t refresh_at_s;
    bool wipe;           /* Erased bytes may still be on the disk ... */
    uint64_t wipe_at_ms; /* ... until then. */
    bool behind;         /* The full text is. */
    struct c2c_mark mark;
    struct c2c_writer_guest guest;
    const struct c2c_group *group; /* While its steps are told. */
    struct c2c_mailbox *jobs;
    pthread_t thread;
    bool started;
};

enum c2c_writer_state c2c_writer_state(const struct c2c_writer *writer)
{
    return writer->state; /* Set before the thread starts. */
}

static uint64_t now_ms(const struct c2c_writer *w)
{
    return w->options.clock->now_ms(w->options.clock->ctx);
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

static enum c2c_err own_head(const struct c2c_writer *w,
                             struct c2c_head *ret_head)
{
    return c2c_cities_head(w->store, w->env.city, ret_head, NULL, NULL);
}

/* Note outside the store how far it is, by our own commits or by a hub that had
 * a newer state.  In a restored one the mark tells how far the lost one was. */
static void move_mark(struct c2c_writer *w)
{
    struct c2c_head head;

    if (w->state == C2C_WRITER_READY && own_head(w, &head) == C2C_E_OK) {
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

    w->refresh_at_s = now_ms(w) / 1000 + period;
    if (own_head(w, &head) != C2C_E_OK) {
        return;
    }
    c2c_rng_system.fill(c2c_rng_system.ctx, &jitter, sizeof jitter);
    w->refresh_at_s = head.time_s + period - jitter % (period / 8);
}

static void refresh(struct c2c_writer *w)
{
    enum c2c_err err = c2c_store_begin(w->store);

    w->env.now_ms = now_ms(w);
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
        w->refresh_at_s = now_ms(w) / 1000 + 3600; /* Try again. */
    }
}

/* Until a head has to be signed anew. */
static uint64_t refresh_ms(const struct c2c_writer *w)
{
    uint64_t now_s = now_ms(w) / 1000;

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
               now_ms(w) / 1000 >= w->refresh_at_s) {
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

/* The first profile, DIR/city.json. */
static enum c2c_err read_profile(struct c2c_writer *w, struct c2c_doc *doc,
                                 struct c2c_buf *text, struct c2c_draft *draft,
                                 struct c2c_diag *diag)
{
    char *path = c2c_path_join(w->options.dir, "city.json");
    const struct c2c_val *input;
    struct c2c_json_error why;
    struct c2c_problems problems;
    enum c2c_err err = path == NULL ? C2C_E_NOMEM : c2c_file_read(path, text);

    if (err == C2C_E_OK) {
        err = c2c_json_parse(doc, c2c_buf_view(text), &why, &input);
    }
    if (err != C2C_E_OK) {
        (void)c2c_diag_set(diag, err, "city.json",
                           "cannot use the first profile %s: %s",
                           path == NULL ? "city.json" : path,
                           err == C2C_E_BAD_JSON ? why.reason
                                                 : c2c_strerror(err));
    } else {
        err = c2c_draft_read(w->options.types, input, draft, diag);
    }
    if (err == C2C_E_OK) {
        err = c2c_type_check(draft->type, draft->body, &problems);
        if (err == C2C_E_NOMEM) {
            (void)c2c_diag_set(diag, err, "city.json", "out of memory");
        } else if (err != C2C_E_OK) {
            (void)c2c_diag_set(diag, err, "city.json", "%s: %s: %s", path,
                               problems.at[0].path, problems.at[0].reason);
        }
    }
    c2c_free(path);
    return err;
}

/* DIR/instance; @ret_known is false when there is none.  One that cannot be
 * understood matches no store. */
static enum c2c_err read_instance(const struct c2c_writer *w,
                                  struct c2c_diag *diag, bool *ret_known,
                                  struct c2c_uuid *ret_instance)
{
    static const struct c2c_uuid none;
    enum c2c_err err = c2c_identity_instance(w->options.dir, ret_instance);

    *ret_known = err != C2C_E_NOT_FOUND;
    if (err == C2C_E_MALFORMED || err == C2C_E_TOO_BIG) {
        *ret_instance = none;
        err = C2C_E_OK;
    }
    return err == C2C_E_OK || err == C2C_E_NOT_FOUND
               ? C2C_E_OK
               : c2c_diag_set(diag, err, "instance",
                              "cannot read %s/instance: %s", w->options.dir,
                              c2c_strerror(err));
}

/* Everything a new city starts with, in one transaction. */
static enum c2c_err write_first(struct c2c_writer *w,
                                const struct c2c_uuid *instance,
                                struct c2c_draft *draft, struct c2c_diag *diag)
{
    struct c2c_identity *id = w->options.identity;
    struct c2c_commit_result result;
    size_t at = 0;
    enum c2c_err err = c2c_identity_set_instance(w->options.dir, instance);

    err = err == C2C_E_OK ? c2c_store_begin(w->store) : err;
    if (err == C2C_E_OK) {
        err = c2c_store_set_instance(w->store, instance);
    }
    if (err == C2C_E_OK) {
        err = c2c_cities_add(w->store, &id->keyset,
                             c2c_buf_view(&id->keyset_file), &w->env.city);
    }
    if (err == C2C_E_OK) {
        w->env.now_ms = now_ms(w);
        err = c2c_commit_apply(&w->env, draft, 1, diag, &at, &result);
    }
    if (err == C2C_E_OK) {
        err = c2c_store_commit(w->store);
    }
    c2c_store_rollback(w->store);
    return err;
}

static enum c2c_err first_state(struct c2c_writer *w, struct c2c_diag *diag)
{
    struct c2c_draft draft;
    struct c2c_doc *doc = NULL;
    struct c2c_buf text;
    struct c2c_uuid instance;
    bool known = false;
    enum c2c_err err;

    c2c_buf_init(&text, C2C_MAX_RECORD_BYTES);
    err = read_instance(w, diag, &known, &instance);
    if (err == C2C_E_OK && !known) {
        instance = c2c_uuid_v7(now_ms(w), &c2c_rng_system);
    }
    if (err == C2C_E_OK) {
        err = c2c_doc_new(&doc);
    }
    if (err == C2C_E_OK) {
        err = read_profile(w, doc, &text, &draft, diag);
    }
    if (err == C2C_E_OK) {
        err = write_first(w, &instance, &draft, diag);
    }
    c2c_doc_free(doc);
    c2c_buf_fini(&text);
    return err;
}

/* The operator vouches for the restored store: it begins a new run of history.
 * DIR/instance comes last: until then the store counts as restored, and this
 * can be done again. */
static enum c2c_err adopt(struct c2c_writer *w, struct c2c_diag *diag)
{
    struct c2c_uuid instance = c2c_uuid_v7(now_ms(w), &c2c_rng_system);
    struct c2c_diag why = {.code = C2C_E_OK};
    struct c2c_head head;
    enum c2c_err err = c2c_store_begin(w->store);

    if (err == C2C_E_OK) {
        err = c2c_store_set_instance(w->store, &instance);
    }
    if (err == C2C_E_OK) {
        w->env.now_ms = now_ms(w);
        err = c2c_adopt_waiting(&w->env, w->options.dir, &why);
    }
    if (err == C2C_E_OK) {
        err = c2c_store_commit(w->store);
    }
    c2c_store_rollback(w->store);
    if (err == C2C_E_OK) {
        err = own_head(w, &head);
    }
    if (err == C2C_E_OK) {
        err = c2c_mark_set(&w->mark, &head); /* The old one counts no more. */
    }
    if (err == C2C_E_OK) {
        err = c2c_identity_set_instance(w->options.dir, &instance);
    }
    if (err != C2C_E_OK) {
        return c2c_diag_set(diag, err, "store", "cannot adopt the store: %s",
                            why.code == C2C_E_OK ? c2c_strerror(err)
                                                 : why.message);
    }
    w->state = C2C_WRITER_READY;
    return C2C_E_OK;
}

/* Has this machine signed more than the store knows?  Then it is an older copy:
 * it gets an instance of its own, as a backup has, so that it stays a restored
 * store and peers that followed its feed begin anew. */
static bool is_older_copy(struct c2c_writer *w, const struct c2c_head *head)
{
    struct c2c_uuid instance = c2c_uuid_v7(now_ms(w), &c2c_rng_system);

    if (!c2c_mark_is_after(&w->mark, head)) {
        return false;
    }
    if (c2c_store_set_instance(w->store, &instance) != C2C_E_OK) {
        c2c_log(C2C_LOG_WARN, "writer", "the older copy keeps its instance");
    }
    return true;
}

static enum c2c_err check_instance(struct c2c_writer *w,
                                   const struct c2c_head *head,
                                   struct c2c_diag *diag)
{
    struct c2c_uuid ours;
    struct c2c_uuid stored;
    bool have = false;
    enum c2c_err err = read_instance(w, diag, &have, &ours);

    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_store_instance(w->store, &stored);
    if (err != C2C_E_OK) {
        return c2c_diag_set(diag, err, "store", "the store has no instance: %s",
                            c2c_store_detail(w->store));
    }
    w->state = have && c2c_uuid_eq(&ours, &stored) && !is_older_copy(w, head)
                   ? C2C_WRITER_READY
                   : C2C_WRITER_RESTORED;
    if (w->state == C2C_WRITER_RESTORED && w->options.adopt) {
        return adopt(w, diag);
    }
    if (w->state == C2C_WRITER_RESTORED) {
        c2c_log(C2C_LOG_WARN, "writer",
                "the store was restored and may be older than what was "
                "published: nothing is signed until it is adopted");
    }
    return C2C_E_OK;
}

static enum c2c_err store_unusable(struct c2c_writer *w, enum c2c_err err,
                                   const char *detail, struct c2c_diag *diag)
{
    char *path = c2c_path_join(w->options.dir, "store.db");

    (void)c2c_diag_set(diag, err, path, "cannot open the store %s: %s%s%s",
                       path == NULL ? "" : path, c2c_strerror(err),
                       detail[0] != '\0' ? ": " : "", detail);
    if (err == C2C_E_NOT_FOUND) {
        c2c_diag_hint(diag, "it was here before: put it back, or restore a "
                            "backup (c2cd(8), RESTORE)");
    } else if (err == C2C_E_CORRUPT) {
        c2c_diag_hint(diag, "it is damaged: restore a backup");
    }
    c2c_free(path);
    return err;
}

/* The store does not know our city: it is new, or somebody else's.  Beginning
 * again at revision 1 in that one would contradict what the city published. */
static enum c2c_err begin_city(struct c2c_writer *w, struct c2c_diag *diag)
{
    struct c2c_uuid instance;
    enum c2c_err err = c2c_store_instance(w->store, &instance);

    if (err == C2C_E_NOT_FOUND) {
        return first_state(w, diag);
    }
    if (err == C2C_E_OK) {
        err = c2c_diag_set(diag, C2C_E_CONFLICT, w->options.dir,
                           "%s/store.db is the store of another city",
                           w->options.dir);
        c2c_diag_hint(diag, "put this city's own store back, or a backup of "
                            "it");
    }
    return err;
}

static enum c2c_err open_store(struct c2c_writer *w, struct c2c_diag *diag)
{
    char detail[512] = "";
    struct c2c_uuid instance;
    struct c2c_head head;
    bool known = false;
    enum c2c_err err = read_instance(w, diag, &known, &instance);

    if (err != C2C_E_OK) {
        return err;
    }
    c2c_mark_read(&w->mark, w->options.dir);
    /* Where something was signed, a store that is gone is not made anew. */
    err = c2c_store_open(w->options.dir,
                         known || w->mark.epoch > 0 ? C2C_STORE_WRITE
                                                    : C2C_STORE_CREATE,
                         &w->store, detail);
    if (err != C2C_E_OK) {
        return store_unusable(w, err, detail, diag);
    }
    w->env.store = w->store;
    err = c2c_cities_find(w->store, &w->options.identity->city, &w->env.city);
    if (err == C2C_E_OK) {
        err = own_head(w, &head);
    }
    if (err == C2C_E_NOT_FOUND) {
        err = begin_city(w, diag);
    } else if (err == C2C_E_OK) {
        err = check_instance(w, &head, diag);
    }
    if (err != C2C_E_OK && diag->code == C2C_E_OK) {
        err = store_unusable(w, err, c2c_store_detail(w->store), diag);
    }
    return err;
}

static enum c2c_err start(struct c2c_writer *w, struct c2c_diag *diag)
{
    enum c2c_err err = open_store(w, diag);

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
