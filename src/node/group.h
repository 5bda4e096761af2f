/* Steps that are made durable together: one transaction, one fsync.
 *
 * A step runs inside the transaction, in a savepoint of its own where it may be
 * refused, so that one that is refused leaves the others alone.  When the
 * transaction fails, all of it is taken back and every step is told why.
 * Nothing is answered before it is durable. */

#ifndef C2C_NODE_GROUP_H
#define C2C_NODE_GROUP_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/err.h"
#include "node/commit.h"

struct c2c_group {
    struct c2c_commit_env *env; /* Its time is set for every job. */
    const struct c2c_clock *clock;
    bool restored; /* Keep the drafts; sign nothing. */
    bool erased;   /* Set when bytes have to leave the disk, ... */
    bool removed;  /* ... and the step's end is not told before. */
    bool changed;  /* Set when our own state has changed. */
};

struct c2c_task {
    /* An error ends the whole group. */
    enum c2c_err (*run)(void *ctx, struct c2c_group *group);

    /* The group is durable, or (@err) all of it was taken back. */
    void (*done)(void *ctx, enum c2c_err err);
    void *ctx;
};

/* Run @steps in order and make them durable; does not call done(). */
enum c2c_err c2c_group_run(struct c2c_group *group,
                           const struct c2c_task *const *steps,
                           size_t n) C2C_MUST_CHECK;

struct c2c_job;

/* A commit of our own as a step: see node/commit.h. */
struct c2c_job {
    /* Called first, in the job's savepoint: writes what goes with the commit,
     * and may set the drafts; without drafts nothing is signed.  Fills the
     * job's diag.  NULL: nothing. */
    enum c2c_err (*prepare)(void *ctx, struct c2c_group *group,
                            struct c2c_job *job);
    void *ctx;
    struct c2c_draft *drafts; /* Borrowed until the job is done. */
    size_t n;
    bool dry_run; /* Say what would happen, change nothing. */

    /* Results. */
    enum c2c_err err;
    struct c2c_diag diag;
    size_t at; /* The draft the diag is about. */
    struct c2c_commit_result result;
    bool waiting; /* Kept, not signed. */
};

enum c2c_err c2c_job_run(struct c2c_job *job,
                         struct c2c_group *group) C2C_MUST_CHECK;

/* Give a job that had succeeded the reason for which its group was taken
 * back. */
void c2c_job_fail(struct c2c_job *job, const struct c2c_group *group,
                  enum c2c_err err);

#endif /* C2C_NODE_GROUP_H */
