#include "recode.h"

#include <stdlib.h>
#include <string.h>

#include "codec/limits.h"
#include "codec/reader.h"
#include "wire/changes.h"
#include "wire/commit.h"
#include "wire/feed.h"
#include "wire/message.h"
#include "wire/push.h"
#include "wire/vector.h"

enum {
    LIST_MAX = 1 << 26,
    UNTOUCHED = 0x01 /* A value that every member may have. */
};

/* Take the first item off @from and append it to @to; C2C_E_NOT_FOUND at the
 * end. */
typedef enum c2c_err step_fn(struct c2c_list_view *from,
                             struct c2c_list_buf *to);

static enum c2c_err copy(struct c2c_list_view *list, struct c2c_list_buf *to,
                         step_fn *step)
{
    uint64_t n = list->n;
    enum c2c_err err = C2C_E_OK;

    c2c_list_init(to, LIST_MAX);
    while (err == C2C_E_OK) {
        err = step(list, to);
    }
    if (err == C2C_E_NOT_FOUND) {
        if (to->n != n || list->items.n != 0) {
            abort();
        }
        *list = c2c_list_of(to);
        return C2C_E_OK;
    }
    if (err != C2C_E_NOMEM) {
        abort();
    }
    return err;
}

#define STEP(NAME, TYPE)                                               \
    static enum c2c_err step_##NAME(struct c2c_list_view *from,        \
                                    struct c2c_list_buf *to)           \
    {                                                                  \
        TYPE item;                                                     \
        enum c2c_err err = c2c_list_next_##NAME(from, &item);          \
                                                                       \
        return err == C2C_E_OK ? c2c_list_put_##NAME(to, &item) : err; \
    }
STEP(hash, struct c2c_hash)
STEP(put, struct c2c_put)
STEP(slot, struct c2c_slot)
STEP(difference, struct c2c_difference)
STEP(since, struct c2c_since)
STEP(leaf, struct c2c_leaf)
STEP(holder, struct c2c_holder)

#define BIN_STEP(NAME)                                             \
    static enum c2c_err step_##NAME(struct c2c_list_view *from,    \
                                    struct c2c_list_buf *to)       \
    {                                                              \
        struct c2c_view item;                                      \
        enum c2c_err err = c2c_list_next_##NAME(from, &item);      \
                                                                   \
        return err == C2C_E_OK ? c2c_list_put_bin(to, item) : err; \
    }
BIN_STEP(head)
BIN_STEP(keyset)

static enum c2c_err step_version(struct c2c_list_view *from,
                                 struct c2c_list_buf *to)
{
    struct c2c_version item;
    enum c2c_err err = c2c_list_next_version(from, false, &item);

    return err == C2C_E_OK ? c2c_list_put_version(to, &item, false) : err;
}

static enum c2c_err step_timed_version(struct c2c_list_view *from,
                                       struct c2c_list_buf *to)
{
    struct c2c_version item;
    enum c2c_err err = c2c_list_next_version(from, true, &item);

    return err == C2C_E_OK ? c2c_list_put_version(to, &item, true) : err;
}

/* The lists of a commit, while it is written. */
struct lists {
    struct c2c_list_buf keysets;
    struct c2c_list_buf puts;
    struct c2c_list_buf removed;
};

static enum c2c_err copy_commit(struct c2c_commit *commit, struct lists *lists)
{
    enum c2c_err err = copy(&commit->keysets, &lists->keysets, step_keyset);

    c2c_list_init(&lists->puts, LIST_MAX);
    c2c_list_init(&lists->removed, LIST_MAX);
    if (err == C2C_E_OK) {
        err = copy(&commit->puts, &lists->puts, step_put);
    }
    if (err == C2C_E_OK) {
        err = copy(&commit->removed, &lists->removed, step_slot);
    }
    return err;
}

static void drop(struct lists *lists)
{
    c2c_list_fini(&lists->keysets);
    c2c_list_fini(&lists->puts);
    c2c_list_fini(&lists->removed);
}

static enum c2c_err step_commit(struct c2c_list_view *from,
                                struct c2c_list_buf *to)
{
    struct c2c_commit item;
    struct lists lists;
    enum c2c_err err = c2c_list_next_commit(from, &item);

    if (err != C2C_E_OK) {
        return err;
    }
    err = copy_commit(&item, &lists);
    if (err == C2C_E_OK) {
        err = c2c_list_put_commit(to, &item);
    }
    drop(&lists);
    return err;
}

static enum c2c_err step_part(struct c2c_list_view *from,
                              struct c2c_list_buf *to)
{
    struct c2c_part item;
    struct lists lists;
    enum c2c_err err = c2c_list_next_part(from, &item);

    if (err != C2C_E_OK) {
        return err;
    }
    err = copy_commit(&item.commit, &lists);
    if (err == C2C_E_OK) {
        err = c2c_list_put_part(to, &item);
    }
    drop(&lists);
    return err;
}

/* A failed decoder has not written anything. */
static void check_untouched(const void *m, size_t n)
{
    const uint8_t *bytes = m;

    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != UNTOUCHED) {
            abort();
        }
    }
}

#define DECODED(NAME)                     \
    struct c2c_##NAME m;                  \
    enum c2c_err err;                     \
                                          \
    memset(&m, UNTOUCHED, sizeof m);      \
    err = c2c_##NAME##_decode(bytes, &m); \
    if (err != C2C_E_OK) {                \
        check_untouched(&m, sizeof m);    \
        return err;                       \
    }

#define PLAIN(NAME)                                                      \
    static enum c2c_err NAME(struct c2c_view bytes, struct c2c_buf *out) \
    {                                                                    \
        DECODED(NAME)                                                    \
        return c2c_##NAME##_encode(&m, out);                             \
    }
PLAIN(hello_request)
PLAIN(leaves_request)
PLAIN(stored)
PLAIN(push_part_reply)
PLAIN(keysets_request)
PLAIN(query_request)
PLAIN(join_reply)
PLAIN(status_request)
PLAIN(ping_reply)
PLAIN(cursor)

#define LISTED(NAME, LIST, STEP_FN)                                      \
    static enum c2c_err NAME(struct c2c_view bytes, struct c2c_buf *out) \
    {                                                                    \
        struct c2c_list_buf list;                                        \
        DECODED(NAME)                                                    \
        err = copy(&m.LIST, &list, STEP_FN);                             \
        if (err == C2C_E_OK) {                                           \
            err = c2c_##NAME##_encode(&m, out);                          \
        }                                                                \
        c2c_list_fini(&list);                                            \
        return err;                                                      \
    }
LISTED(hello_reply, lgas, step_hash)
LISTED(feed_request, scope, step_hash)
LISTED(feed_reply, commits, step_commit)
LISTED(vector_request, versions, m.times ? step_timed_version : step_version)
LISTED(changes_request, since, step_since)
LISTED(changes_reply, commits, step_commit)
LISTED(leaves_reply, leaves, step_leaf)
LISTED(records_request, slots, step_slot)
LISTED(records_reply, puts, step_put)
LISTED(range_request, scope, step_hash)
LISTED(range_reply, parts, step_part)
LISTED(push_part_request, puts, step_put)
LISTED(keysets_reply, keysets, step_keyset)
LISTED(heads_request, cities, step_hash)
LISTED(heads_reply, heads, step_head)
LISTED(join_request, keysets, step_keyset)
LISTED(status_reply, holders, step_holder)

static enum c2c_err vector_reply(struct c2c_view bytes, struct c2c_buf *out)
{
    struct c2c_list_buf newer;
    struct c2c_list_buf older;
    DECODED(vector_reply)

    c2c_list_init(&older, LIST_MAX);
    err = copy(&m.newer, &newer, step_difference);
    if (err == C2C_E_OK) {
        err = copy(&m.older, &older, step_difference);
    }
    if (err == C2C_E_OK) {
        err = c2c_vector_reply_encode(&m, out);
    }
    c2c_list_fini(&newer);
    c2c_list_fini(&older);
    return err;
}

static enum c2c_err commit(struct c2c_view bytes, struct c2c_buf *out)
{
    struct lists lists;
    DECODED(commit)

    err = copy_commit(&m, &lists);
    if (err == C2C_E_OK) {
        err = c2c_commit_encode(&m, out);
    }
    drop(&lists);
    return err;
}

static enum c2c_err ping_request(struct c2c_view bytes, struct c2c_buf *out)
{
    enum c2c_err err = c2c_ping_request_decode(bytes);

    return err == C2C_E_OK ? c2c_ping_request_encode(out) : err;
}

/* A number of a later version is not kept: the bytes stand for themselves. */
static enum c2c_err query_reply(struct c2c_view bytes, struct c2c_buf *out)
{
    DECODED(query_reply)

    return m.code == C2C_E_UNSUPPORTED ? c2c_buf_put(out, bytes.p, bytes.n)
                                       : c2c_query_reply_encode(&m, out);
}

static enum c2c_err envelope_request(struct c2c_view bytes, struct c2c_buf *out)
{
    DECODED(msg_request)

    return c2c_msg_request_encode(m.kind, m.max_bytes, m.args, out);
}

static enum c2c_err refusal(const struct c2c_msg_reply *m, struct c2c_buf *out)
{
    char reason[C2C_MAX_REASON_BYTES + 1];

    memcpy(reason, m->reason.p, m->reason.n);
    reason[m->reason.n] = '\0';
    return c2c_msg_refusal_encode(m->code, reason, m->detail, out);
}

static enum c2c_err envelope_reply(struct c2c_view bytes, struct c2c_buf *out)
{
    DECODED(msg_reply)

    if (m.code == C2C_E_OK) {
        return c2c_msg_reply_encode(m.body, out);
    }
    return m.code == C2C_E_UNSUPPORTED ||
                   memchr(m.reason.p, 0, m.reason.n) != NULL
               ? c2c_buf_put(out, bytes.p, bytes.n)
               : refusal(&m, out);
}

const struct recode recodes[] = {
    {"envelope-request", envelope_request},
    {"envelope-reply", envelope_reply},
    {"hello-request", hello_request},
    {"hello-answer", hello_reply},
    {"feed-request", feed_request},
    {"feed-answer", feed_reply},
    {"vector-request", vector_request},
    {"vector-answer", vector_reply},
    {"changes-request", changes_request},
    {"changes-answer", changes_reply},
    {"leaves-request", leaves_request},
    {"leaves-answer", leaves_reply},
    {"records-request", records_request},
    {"records-answer", records_reply},
    {"range-request", range_request},
    {"range-answer", range_reply},
    {"push-request", commit},
    {"push-answer", stored},
    {"push-part-request", push_part_request},
    {"push-part-answer", push_part_reply},
    {"keysets-request", keysets_request},
    {"keysets-answer", keysets_reply},
    {"heads-request", heads_request},
    {"heads-answer", heads_reply},
    {"query-request", query_request},
    {"query-answer", query_reply},
    {"join-request", join_request},
    {"join-answer", join_reply},
    {"status-request", status_request},
    {"status-answer", status_reply},
    {"ping-request", ping_request},
    {"ping-answer", ping_reply},
    {"cursor", cursor},
};

const size_t n_recodes = sizeof recodes / sizeof recodes[0];

const struct recode *recode_find(struct c2c_view which)
{
    for (size_t i = 0; i < n_recodes; i++) {
        if (c2c_view_eq_str(which, recodes[i].which)) {
            return &recodes[i];
        }
    }
    return NULL;
}
