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

/* Finish what waits and end the thread; later tasks are refused. */
void c2c_writer_drain(struct c2c_writer *writer);

/* The same, and close the store. */
void c2c_writer_close(struct c2c_writer *writer);

enum c2c_writer_state c2c_writer_state(const struct c2c_writer *writer);

/* Have @step done in a group; its done() is called on the writer's thread.
 * Never waits; any thread.  C2C_E_BUSY, C2C_E_STOPPING, C2C_E_NOMEM: it will
 * not be. */
enum c2c_err c2c_writer_post(struct c2c_writer *writer,
                             const struct c2c_task *step) C2C_MUST_CHECK;

/* Who else lives on the writer's thread (the federation); all zeros: nobody. */
struct c2c_writer_guest {
    uint64_t (*wait_ms)(void *ctx); /* Until its tick has to run. */
    struct c2c_task tick;

    /* After every group, before its steps are done: durable, or taken back for
     * @err.  @own_changed: the city's own state has changed. */
    void (*durable)(void *ctx, enum c2c_err err, bool own_changed);
    void *ctx;
};

/* From a step only. */
void c2c_writer_receive(struct c2c_writer *writer,
                        const struct c2c_writer_guest *guest);

/* Do a job; returns when it is durable or has failed (job->err).  Any thread.
 */
void c2c_writer_run(struct c2c_writer *writer, struct c2c_job *job);

#endif /* C2C_NODE_WRITER_H */
