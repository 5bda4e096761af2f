/* The writer: one thread that owns the write connection.
 *
 * Jobs that arrive together are one transaction, each in a savepoint of its
 * own: one fsync for all.  A job is answered only after its group is durable;
 * when a group fails, all of it is taken back and every job gets the reason. */

#ifndef C2C_NODE_WRITER_H
#define C2C_NODE_WRITER_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/err.h"
#include "node/commit.h"
#include "node/config.h"

struct c2c_writer;

struct c2c_job {
    struct c2c_draft *drafts; /* Borrowed until the job is done. */
    size_t n;
    struct c2c_view input; /* Encoding of the drafts: kept when they have to
                              wait for a signature. */
    bool dry_run;          /* Say what would happen, change nothing. */

    /* Results. */
    enum c2c_err err;
    struct c2c_diag diag;
    size_t at; /* The draft the diag is about. */
    struct c2c_commit_result result;
    bool waiting; /* Kept, not signed. */
};

/* How the store stands. */
enum c2c_writer_state {
    C2C_WRITER_READY,
    C2C_WRITER_RESTORED /* May be older than what was published. */
};

struct c2c_writer_options {
    const char *dir;
    const struct c2c_types *types;
    struct c2c_identity *identity; /* Borrowed. */
    const struct c2c_config *config;
    const struct c2c_clock *clock;
    bool adopt; /* The operator says that nothing newer was published. */
};

/* Open (or make) the store, sign the first state of a new city, catch up the
 * full text, start the thread.  Fills the diag. */
enum c2c_err c2c_writer_open(const struct c2c_writer_options *options,
                             struct c2c_diag *diag,
                             struct c2c_writer **ret_writer) C2C_MUST_CHECK;

/* Finish the jobs that wait, close the store. */
void c2c_writer_close(struct c2c_writer *writer);

enum c2c_writer_state c2c_writer_state(const struct c2c_writer *writer);

/* Do a job; returns when it is durable or has failed (job->err).  Any thread.
 */
void c2c_writer_run(struct c2c_writer *writer, struct c2c_job *job);

#endif /* C2C_NODE_WRITER_H */
