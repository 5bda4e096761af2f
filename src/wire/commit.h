/* A commit on its way between nodes: a head, and how to get from an earlier
 * state of the city to the one it signs.
 *
 * [head, keysets, opening|nil, base|nil, form, puts, removed].  Applying it to
 * the base must give the roots that the head signs; the receiver recomputes
 * them (sync/apply.h), so nothing here is believed. */

#ifndef C2C_WIRE_COMMIT_H
#define C2C_WIRE_COMMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "base/view.h"
#include "record/record.h"
#include "trust/head.h"
#include "wire/message.h"

/* What the puts and removals are.  Only a delta has a base or removals, only a
 * delta or full state has puts, and records and slots of the network audience
 * stand only beside its opening: else C2C_E_MALFORMED. */
enum c2c_commit_form {
    C2C_COMMIT_DELTA = 0, /* Changes since the base (or since a cursor). */
    C2C_COMMIT_FULL = 1,  /* All records of the audiences that are given. */
    C2C_COMMIT_HEAD = 2,  /* None: too large, to be fetched with `range`. */
    C2C_COMMIT_STAGED = 3 /* Sent before, by `push-part`. */
};

struct c2c_commit {
    struct c2c_view head;         /* Signed object (trust/head.h). */
    struct c2c_list_view keysets; /* Those after the base's; may be empty. */
    bool has_opening;             /* The network audience is given too. */
    struct c2c_net_opening opening;
    bool has_base;
    uint64_t base_epoch;
    uint64_t base_rev;
    enum c2c_commit_form form;
    struct c2c_list_view puts;    /* Of struct c2c_put; ascending by slot, as
                                     who takes them over checks. */
    struct c2c_list_view removed; /* Of struct c2c_slot, ascending. */
};

/* A record and its audience: [audience, bytes]. */
struct c2c_put {
    enum c2c_audience audience; /* Public or network. */
    struct c2c_view bytes;
};

/* A record's place in the state: [audience, type, key].  Slots are ordered by
 * audience, type, key. */
struct c2c_slot {
    enum c2c_audience audience;
    struct c2c_view type;
    struct c2c_uuid key;
};

int c2c_slot_cmp(const struct c2c_slot *a, const struct c2c_slot *b);

enum c2c_err c2c_commit_encode(const struct c2c_commit *commit,
                               struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_commit_decode(struct c2c_view bytes,
                               struct c2c_commit *ret_commit) C2C_MUST_CHECK;

/* Lists.  _next() gives C2C_E_NOT_FOUND at the end; since a decoder has been
 * over the list, other errors are the caller's own. */
enum c2c_err
c2c_list_put_commit(struct c2c_list_buf *list,
                    const struct c2c_commit *commit) C2C_MUST_CHECK;
enum c2c_err c2c_list_next_commit(struct c2c_list_view *list,
                                  struct c2c_commit *ret_commit) C2C_MUST_CHECK;
enum c2c_err c2c_list_put_put(struct c2c_list_buf *list,
                              const struct c2c_put *put) C2C_MUST_CHECK;
enum c2c_err c2c_list_next_put(struct c2c_list_view *list,
                               struct c2c_put *ret_put) C2C_MUST_CHECK;
enum c2c_err c2c_list_put_slot(struct c2c_list_buf *list,
                               const struct c2c_slot *slot) C2C_MUST_CHECK;
enum c2c_err c2c_list_next_slot(struct c2c_list_view *list,
                                struct c2c_slot *ret_slot) C2C_MUST_CHECK;

#endif /* C2C_WIRE_COMMIT_H */
