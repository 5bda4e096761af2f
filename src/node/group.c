#include "node/group.h"

#include "base/log.h"
#include "codec/limits.h"
#include "node/adopt.h"
#include "store/waiting.h"

static enum c2c_err not_current(struct c2c_job *job, const char *what)
{
    (void)c2c_diag_set(&job->diag, C2C_E_NOT_CURRENT, "store",
                       "this store was restored and may be older than what was "
                       "published: nothing can be %s now",
                       what);
    c2c_diag_hint(&job->diag, "`c2c status` tells how to go on");
    return C2C_E_NOT_CURRENT;
}

/* Keep what cannot be signed now. */
static enum c2c_err keep_waiting(struct c2c_group *g, struct c2c_job *job)
{
    struct c2c_store *store = g->env->store;
    struct c2c_buf input;
    enum c2c_err err;

    for (size_t i = 0; i < job->n; i++) {
        if (job->drafts[i].remove) {
            job->at = i;
            return not_current(job, "removed");
        }
    }
    /* Find out keys and what is wrong, then take it back and keep the drafts.
     */
    c2c_buf_init(&input, C2C_MAX_CONTROL_BYTES);
    err = c2c_commit_apply(g->env, job->drafts, job->n, &job->diag, &job->at,
                           &job->result);
    if (err == C2C_E_OK) {
        err = c2c_store_undo(store);
    }
    if (err == C2C_E_OK) {
        err = c2c_store_savepoint(store);
    }
    if (err == C2C_E_OK) {
        err = c2c_adopt_encode(job->drafts, job->n, &input);
    }
    if (err == C2C_E_OK) {
        err = c2c_waiting_add(store, c2c_buf_view(&input));
    }
    if (err != C2C_E_OK && job->diag.code == C2C_E_OK) {
        (void)c2c_diag_set(&job->diag, err, "store", "cannot be kept: %s",
                           c2c_strerror(err));
    }
    c2c_buf_fini(&input);
    job->waiting = err == C2C_E_OK;
    return err;
}

/* When SQLite has taken back the whole transaction, its reason is the job's:
 * the others fail for it too.  (A refused job may have met it on the way, while
 * looking for names near a wrong one.) */
static enum c2c_err take_back(struct c2c_group *g, const struct c2c_job *job)
{
    enum c2c_err err = c2c_store_undo(g->env->store);

    return err != C2C_E_OK &&
                   (job->err == C2C_E_DISK_FULL || job->err == C2C_E_CORRUPT)
               ? job->err
               : err;
}

static enum c2c_err prepare(struct c2c_group *g, struct c2c_job *job)
{
    enum c2c_err err = job->prepare(job->ctx, g, job);

    if (err != C2C_E_OK && job->diag.code == C2C_E_OK) {
        (void)c2c_diag_set(&job->diag, err, "store", "%s: %s",
                           c2c_strerror(err), c2c_store_detail(g->env->store));
    }
    /* What waits is kept as drafts alone. */
    return err == C2C_E_OK && g->restored && !job->dry_run && job->n > 0
               ? not_current(job, "decided")
               : err;
}

enum c2c_err c2c_job_run(struct c2c_job *job, struct c2c_group *g)
{
    enum c2c_err err = c2c_store_savepoint(g->env->store);

    g->env->now_ms = g->clock->now_ms(g->clock->ctx);
    if (err == C2C_E_OK && job->prepare != NULL) {
        err = prepare(g, job);
    }
    if (err == C2C_E_OK && (job->prepare == NULL || job->n > 0)) {
        err = g->restored && !job->dry_run
                  ? keep_waiting(g, job)
                  : c2c_commit_apply(g->env, job->drafts, job->n, &job->diag,
                                     &job->at, &job->result);
    }
    job->err = err;
    if (err == C2C_E_OK && !job->dry_run) {
        g->erased = g->erased || job->result.erased;
        g->removed = g->removed || job->result.removed;
        g->changed = g->changed || (job->result.changed && !job->waiting);
        return c2c_store_release(g->env->store);
    }
    return take_back(g, job);
}

void c2c_job_fail(struct c2c_job *job, const struct c2c_group *group,
                  enum c2c_err err)
{
    if (job->err != C2C_E_OK && job->diag.code != C2C_E_OK) {
        return; /* It had failed by itself. */
    }
    job->err = err;
    job->waiting = false;
    (void)c2c_diag_set(&job->diag, err, "store", "could not be saved: %s (%s)",
                       c2c_strerror(err), c2c_store_detail(group->env->store));
    c2c_diag_hint(&job->diag,
                  err == C2C_E_DISK_FULL
                      ? "make room on the disk and ask again: nothing was "
                        "changed"
                      : "nothing was changed; `c2c doctor` may know more");
}

enum c2c_err c2c_group_run(struct c2c_group *group,
                           const struct c2c_task *const *steps, size_t n)
{
    struct c2c_store *store = group->env->store;
    enum c2c_err err = c2c_store_begin(store);

    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        err = steps[i]->run(steps[i]->ctx, group);
    }
    if (err == C2C_E_OK) {
        err = c2c_store_commit(store);
    }
    if (err != C2C_E_OK) {
        c2c_store_rollback(store);
        c2c_log(C2C_LOG_ERR, "writer", "group taken back steps=%zu err=%s", n,
                c2c_errname(err));
    }
    return err;
}
