/* Feeds that wait for a change: peers' requests that are answered later.
 *
 * A worker leaves one here when there is nothing new; when something is, or its
 * time is over, it goes back to the workers.  Any thread. */

#ifndef C2C_NODE_FEEDS_H
#define C2C_NODE_FEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

struct c2c_feeds;
struct c2c_visit;

/* Owns @visit from here on. */
typedef void c2c_feeds_fn(void *ctx, struct c2c_visit *visit);

enum c2c_err c2c_feeds_new(c2c_feeds_fn *fn, void *ctx, size_t max,
                           struct c2c_feeds **ret_feeds) C2C_MUST_CHECK;

/* Drops what still waits. */
void c2c_feeds_free(struct c2c_feeds *feeds);

/* Until when a visit waits, and since when. */
struct c2c_feeds_wish {
    bool stranger; /* Half of the places are for cities alone. */
    uint64_t generation;
    uint64_t until_s;
};

/* Keep @visit until a change after @wish->generation, or @wish->until_s.
 * C2C_E_BUSY when too many wait: it stays the caller's. */
enum c2c_err c2c_feeds_wait(struct c2c_feeds *feeds, struct c2c_visit *visit,
                            const struct c2c_feeds_wish *wish) C2C_MUST_CHECK;

/* Changes so far: read before looking for one. */
uint64_t c2c_feeds_generation(struct c2c_feeds *feeds);

/* Something has changed. */
void c2c_feeds_wake(struct c2c_feeds *feeds);

/* What has waited long enough. */
void c2c_feeds_tick(struct c2c_feeds *feeds, uint64_t now_s);

/* Nobody waits for the connection @pipe any more. */
void c2c_feeds_gone(struct c2c_feeds *feeds, uint32_t pipe);

#endif /* C2C_NODE_FEEDS_H */
