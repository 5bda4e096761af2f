/* changes, leaves, records, range: fetching states of cities. */

#ifndef C2C_WIRE_CHANGES_H
#define C2C_WIRE_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "wire/commit.h"
#include "wire/message.h"

/* changes: [[[city, epoch, rev, time, network]...]], ascending by city.  Who
 * holds nothing says so with zeros and false. */
struct c2c_since {
    struct c2c_hash city;
    uint64_t epoch; /* 0: nothing held. */
    uint64_t rev;
    uint64_t time_s; /* Of the head: a refreshed one is newer. */
    bool network;    /* The network audience of that revision is held. */
};

/* Each answered city is a commit: a delta, the full state when there is no
 * delta (another epoch, below the provider's floor, network records not held
 * yet), or the head alone when that is too large.  The first @answered of the
 * asked are answered; a city that is unknown or unchanged gives no commit,
 * so there are no more commits than answers.
 * [answered, commits] */
struct c2c_changes_request {
    struct c2c_list_view since; /* Of struct c2c_since. */
};
struct c2c_changes_reply {
    uint64_t answered;
    struct c2c_list_view commits;
};

/* leaves: [city, after|nil].  Slots and leaf hashes of one state, ascending. */
struct c2c_leaves_request {
    struct c2c_hash city;
    bool has_after;
    struct c2c_slot after;
};

/* [audience, type, key, leaf] */
struct c2c_leaf {
    struct c2c_slot slot;
    struct c2c_hash hash;
};

/* [head, opening|nil, more, leaves].  Another head than in the page before:
 * begin again.  With @more there is a leaf at least. */
struct c2c_leaves_reply {
    struct c2c_view head;
    bool has_opening; /* The network audience is included. */
    struct c2c_net_opening opening;
    bool more;
    struct c2c_list_view leaves;
};

/* records: [city, slots] and [puts]; slots ascend; what is gone is left out. */
struct c2c_records_request {
    struct c2c_hash city;
    struct c2c_list_view slots;
};
struct c2c_records_reply {
    struct c2c_list_view puts;
};

/* range: [scope, first, last, cursor|nil].  Whole states, city after city in
 * ascending order of ids from @first to @last. */
struct c2c_range_cursor {
    struct c2c_hash city;
    bool has_slot; /* Continue inside @city, after @slot; else after @city. */
    struct c2c_slot slot;
};
struct c2c_range_request {
    struct c2c_list_view scope; /* Hashes; see wire/feed.h. */
    struct c2c_hash first;
    struct c2c_hash last;
    bool has_cursor;
    struct c2c_range_cursor cursor;
};

/* A piece of one city's state: [begins, ends, commit].  The commit has form
 * FULL and the puts of this piece; keysets stand in the first one alone.  When
 * a city's head changes between its pieces it begins again. */
struct c2c_part {
    bool begins;
    bool ends;
    struct c2c_commit commit;
};

/* [cursor|nil, parts]; without a cursor it was the last, with one there is a
 * part at least. */
struct c2c_range_reply {
    bool has_cursor;
    struct c2c_range_cursor cursor;
    struct c2c_list_view parts;
};

enum c2c_err c2c_list_put_since(struct c2c_list_buf *list,
                                const struct c2c_since *since) C2C_MUST_CHECK;
enum c2c_err c2c_list_next_since(struct c2c_list_view *list,
                                 struct c2c_since *ret_since) C2C_MUST_CHECK;
enum c2c_err c2c_list_put_leaf(struct c2c_list_buf *list,
                               const struct c2c_leaf *leaf) C2C_MUST_CHECK;
enum c2c_err c2c_list_next_leaf(struct c2c_list_view *list,
                                struct c2c_leaf *ret_leaf) C2C_MUST_CHECK;
enum c2c_err c2c_list_put_part(struct c2c_list_buf *list,
                               const struct c2c_part *part) C2C_MUST_CHECK;
enum c2c_err c2c_list_next_part(struct c2c_list_view *list,
                                struct c2c_part *ret_part) C2C_MUST_CHECK;

enum c2c_err c2c_changes_request_encode(const struct c2c_changes_request *m,
                                        struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_changes_request_decode(struct c2c_view bytes,
                           struct c2c_changes_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_changes_reply_encode(const struct c2c_changes_reply *m,
                                      struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_changes_reply_decode(struct c2c_view bytes,
                         struct c2c_changes_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_leaves_request_encode(const struct c2c_leaves_request *m,
                                       struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_leaves_request_decode(struct c2c_view bytes,
                          struct c2c_leaves_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_leaves_reply_encode(const struct c2c_leaves_reply *m,
                                     struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_leaves_reply_decode(struct c2c_view bytes,
                        struct c2c_leaves_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_records_request_encode(const struct c2c_records_request *m,
                                        struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_records_request_decode(struct c2c_view bytes,
                           struct c2c_records_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_records_reply_encode(const struct c2c_records_reply *m,
                                      struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_records_reply_decode(struct c2c_view bytes,
                         struct c2c_records_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_range_request_encode(const struct c2c_range_request *m,
                                      struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_range_request_decode(struct c2c_view bytes,
                         struct c2c_range_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_range_reply_encode(const struct c2c_range_reply *m,
                                    struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_range_reply_decode(struct c2c_view bytes,
                       struct c2c_range_reply *ret_m) C2C_MUST_CHECK;

#endif /* C2C_WIRE_CHANGES_H */
