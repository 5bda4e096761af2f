/* Jobs that are made durable together: one transaction, one fsync.
 *
 * Each job is a savepoint of its own, so that one that is refused leaves the
 * others alone.  When the transaction fails, all of it is taken back and every
 * job gets the reason.  Nothing is answered before it is durable. */

#ifndef C2C_NODE_GROUP_H
#define C2C_NODE_GROUP_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/err.h"
#include "node/commit.h"

struct c2c_job {
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

struct c2c_group {
    struct c2c_commit_env *env; /* Its time is set for every job. */
    const struct c2c_clock *clock;
    bool restored; /* Keep the drafts; sign nothing. */
    bool erased;   /* Set when bytes have to leave the disk. */
};

/* Do @jobs in order.  C2C_E_OK when those without an error are durable, else
 * nothing is. */
enum c2c_err c2c_group_run(struct c2c_group *group, struct c2c_job *const *jobs,
                           size_t n) C2C_MUST_CHECK;

#endif /* C2C_NODE_GROUP_H */
