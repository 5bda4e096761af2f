/* The writer: one thread that owns the write connection.
 *
 * Jobs that arrive together are one group (node/group.h), answered when it is
 * durable. */

#ifndef C2C_NODE_WRITER_H
#define C2C_NODE_WRITER_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/err.h"
#include "node/config.h"
#include "node/group.h"

struct c2c_writer;

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
