/* The durable store of a node: one SQLite file (DIR/store.db), and a
 * rebuildable one for full text (DIR/text.db, store/fulltext.h).
 *
 * A connection belongs to one thread at a time.  There is one for writing; any
 * number for reading, which see the last durable state.  Functions return what
 * went wrong; c2c_store_detail() has SQLite's words for it.  C2C_E_DISK_FULL,
 * C2C_E_CORRUPT (damaged file), C2C_E_IN_USE, C2C_E_STORE (anything else). */

#ifndef C2C_STORE_STORE_H
#define C2C_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/uuid.h"
#include "base/view.h"

struct c2c_store;

enum c2c_store_mode {
    C2C_STORE_CREATE, /* Write; make the file if it is not there. */
    C2C_STORE_WRITE,
    C2C_STORE_READ
};

/* Open DIR/store.db.  Writing brings an older schema up to date; a newer one
 * gives C2C_E_UNSUPPORTED, no file C2C_E_NOT_FOUND.  On failure @ret_detail
 * (512 bytes, may be NULL) gets the reason in words. */
enum c2c_err c2c_store_open(const char *dir, enum c2c_store_mode mode,
                            struct c2c_store **ret_store,
                            char *ret_detail) C2C_MUST_CHECK;
void c2c_store_close(struct c2c_store *store);

/* Words for the last failure.  Valid until the next call. */
const char *c2c_store_detail(const struct c2c_store *store);

/* A group of commits is one transaction: durable as a whole with commit, taken
 * back as a whole with rollback.  Inside, each job is a savepoint that is
 * released or undone; c2c_store_undo() gives C2C_E_STORE, and the detail stays,
 * when an earlier error has taken back the whole transaction. */
enum c2c_err c2c_store_begin(struct c2c_store *store) C2C_MUST_CHECK;
enum c2c_err c2c_store_commit(struct c2c_store *store) C2C_MUST_CHECK;
void c2c_store_rollback(struct c2c_store *store);
enum c2c_err c2c_store_savepoint(struct c2c_store *store) C2C_MUST_CHECK;
enum c2c_err c2c_store_release(struct c2c_store *store) C2C_MUST_CHECK;
enum c2c_err c2c_store_undo(struct c2c_store *store) C2C_MUST_CHECK;

/* A consistent view for several reads; ends with c2c_store_rollback(). */
enum c2c_err c2c_store_begin_read(struct c2c_store *store) C2C_MUST_CHECK;

/* What lists, searches and single look-ups of records, and lists of cities and
 * revisions, have in them; the rest is as if it were not there.  Trees, heads
 * and what goes by slots are not concerned. */
enum c2c_sight {
    C2C_SIGHT_ALL,     /* Drafts, too: at first. */
    C2C_SIGHT_NETWORK, /* Both audiences of the cities that are not hidden. */
    C2C_SIGHT_PUBLIC   /* Their public audience. */
};
void c2c_store_look(struct c2c_store *store, enum c2c_sight sight);

/* Which run of history this file belongs to. */
enum c2c_err c2c_store_instance(struct c2c_store *store,
                                struct c2c_uuid *ret_instance) C2C_MUST_CHECK;
enum c2c_err
c2c_store_set_instance(struct c2c_store *store,
                       const struct c2c_uuid *instance) C2C_MUST_CHECK;

/* Copy the whole store to the new file @path (mode 0600), consistently, while
 * others write; the copy has an instance of its own.  From a read connection.
 */
enum c2c_err c2c_store_backup(struct c2c_store *store,
                              const char *path) C2C_MUST_CHECK;

/* SQLite's own check of the file; C2C_E_CORRUPT with words in the detail. */
enum c2c_err c2c_store_check(struct c2c_store *store) C2C_MUST_CHECK;

/* Overwrite what the write-ahead log still holds of erased bytes.  Readers may
 * keep it from finishing: then C2C_E_IN_USE, to be tried again. */
enum c2c_err c2c_store_checkpoint(struct c2c_store *store) C2C_MUST_CHECK;

#endif /* C2C_STORE_STORE_H */
