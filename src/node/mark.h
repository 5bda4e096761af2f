/* DIR/signed: the newest revision of this city that this machine has signed or
 * stored, kept beside the store.  A store that is older than the mark has been
 * put back, by whatever means: a copied file, a lost write-ahead log.  If it
 * signed on, the city would contradict what it published.
 *
 * The mark moves once a group, after the commit is durable, and is not made
 * durable itself: it may lag behind the store, which hides something but never
 * raises a false alarm, and costs a commit nothing. */

#ifndef C2C_NODE_MARK_H
#define C2C_NODE_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "trust/head.h"

struct c2c_mark {
    const char *dir; /* Borrowed. */
    uint64_t epoch;  /* 0: nothing was signed here, as far as is known. */
    uint64_t rev;
    bool stuck; /* It could not be moved; told once. */
};

/* A mark that is missing or cannot be read stops nobody. */
void c2c_mark_read(struct c2c_mark *mark, const char *dir);

/* Is the store with @head an older copy?  If so, the log is told. */
bool c2c_mark_is_after(const struct c2c_mark *mark,
                       const struct c2c_head *head);

/* Move it forward to @head: in place, also where there is no room. */
void c2c_mark_follow(struct c2c_mark *mark, const struct c2c_head *head);

/* Put it at @head, also back, durably. */
enum c2c_err c2c_mark_set(struct c2c_mark *mark,
                          const struct c2c_head *head) C2C_MUST_CHECK;

#endif /* C2C_NODE_MARK_H */
