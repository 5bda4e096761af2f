/* The inside of the writer: its thread (node/writer.c), and its store before
 * that runs (node/writer_store.c). */

#ifndef C2C_NODE_WRITER_PRIV_H
#define C2C_NODE_WRITER_PRIV_H

#include <pthread.h>

#include "node/mailbox.h"
#include "node/mark.h"
#include "node/writer.h"
#include "store/fulltext.h"

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

uint64_t c2c_writer_now_ms(const struct c2c_writer *w);

/* Our own newest head; C2C_E_NOT_FOUND. */
enum c2c_err c2c_writer_own_head(const struct c2c_writer *w,
                                 struct c2c_head *ret_head) C2C_MUST_CHECK;

/* Open or make the store, and find out whether it is the newest.  Fills the
 * diag. */
enum c2c_err c2c_writer_open_store(struct c2c_writer *w,
                                   struct c2c_diag *diag) C2C_MUST_CHECK;

#endif /* C2C_NODE_WRITER_PRIV_H */
