#include "sample_message.h"

#include <stdlib.h>
#include <string.h>

#include "base/timefmt.h"
#include "codec/limits.h"
#include "codec/pack.h"
#include "recode.h"
#include "test.h"
#include "wire/changes.h"
#include "wire/feed.h"
#include "wire/push.h"
#include "wire/vector.h"

enum {
    LIST_MAX = 1 << 20,
    BYTES_MAX = 300,
    ITEMS = 20
};

static bool coin(struct prop *p)
{
    return prop_below(p, 2) == 0;
}

/* Mostly small, of every width. */
static uint64_t number(struct prop *p, uint64_t max)
{
    uint64_t n = prop_u64(p) >> prop_below(p, 64);

    return max == UINT64_MAX ? n : n % (max + 1);
}

static struct c2c_hash hash(struct prop *p)
{
    struct c2c_hash h = {{0}};

    prop_fill(p, h.b, sizeof h.b);
    return h;
}

static struct c2c_uuid uuid(struct prop *p)
{
    struct c2c_uuid u = {{0}};

    prop_fill(p, u.b, sizeof u.b);
    return u;
}

/* Memory that lives until sample_message() returns: views point to it. */
struct scratch {
    struct prop *p;
    uint8_t bytes[1 << 16];
    size_t n;
};

static uint8_t *room(struct scratch *s, size_t n)
{
    s->n = s->n + n > sizeof s->bytes ? 0 : s->n;
    s->n += n;
    return s->bytes + s->n - n;
}

static struct c2c_view bytes(struct scratch *s)
{
    size_t n = prop_below(s->p, BYTES_MAX);
    uint8_t *at = room(s, n);

    prop_fill(s->p, at, n);
    return c2c_view_of(at, n);
}

/* @n small letters. */
static struct c2c_view letters(struct scratch *s, size_t n)
{
    uint8_t *at = room(s, n);

    for (size_t i = 0; i < n; i++) {
        at[i] = (uint8_t)('a' + prop_below(s->p, 3));
    }
    return c2c_view_of(at, n);
}

/* Few types, so that keys decide as well. */
static struct c2c_slot slot(struct scratch *s, bool network)
{
    return (struct c2c_slot){network && coin(s->p) ? C2C_AUDIENCE_NETWORK
                                                   : C2C_AUDIENCE_PUBLIC,
                             letters(s, 1 + prop_below(s->p, 3)), uuid(s->p)};
}

static int by_slot(const void *a, const void *b)
{
    return c2c_slot_cmp(a, b);
}

static int by_hash(const void *a, const void *b)
{
    return c2c_hash_cmp(a, b);
}

static size_t slots(struct scratch *s, bool network, struct c2c_slot *at)
{
    size_t n = prop_below(s->p, ITEMS);

    memset(at, 0, ITEMS * sizeof at[0]);
    for (size_t i = 0; i < n; i++) {
        at[i] = slot(s, network);
    }
    qsort(at, n, sizeof at[0], by_slot);
    return n;
}

static size_t hashes(struct scratch *s, struct c2c_hash *at)
{
    size_t n = prop_below(s->p, ITEMS);

    memset(at, 0, ITEMS * sizeof at[0]);
    for (size_t i = 0; i < n; i++) {
        at[i] = hash(s->p);
    }
    qsort(at, n, sizeof at[0], by_hash);
    return n;
}

static struct c2c_list_view list_slots(struct scratch *s, bool network,
                                       struct c2c_list_buf *list)
{
    struct c2c_slot at[ITEMS];
    size_t n = slots(s, network, at);

    for (size_t i = 0; i < n; i++) {
        assert_ok(c2c_list_put_slot(list, &at[i]));
    }
    return c2c_list_of(list);
}

static struct c2c_list_view list_ids(struct scratch *s,
                                     struct c2c_list_buf *list)
{
    struct c2c_hash at[ITEMS];
    size_t n = hashes(s, at);

    for (size_t i = 0; i < n; i++) {
        assert_ok(c2c_list_put_hash(list, &at[i]));
    }
    return c2c_list_of(list);
}

static struct c2c_list_view list_bins(struct scratch *s,
                                      struct c2c_list_buf *list)
{
    for (size_t n = prop_below(s->p, ITEMS); n > 0; n--) {
        assert_ok(c2c_list_put_bin(list, bytes(s)));
    }
    return c2c_list_of(list);
}

static struct c2c_list_view list_puts(struct scratch *s, bool network,
                                      struct c2c_list_buf *list)
{
    for (size_t n = prop_below(s->p, ITEMS); n > 0; n--) {
        const struct c2c_put put = {network && coin(s->p) ? C2C_AUDIENCE_NETWORK
                                                          : C2C_AUDIENCE_PUBLIC,
                                    bytes(s)};

        assert_ok(c2c_list_put_put(list, &put));
    }
    return c2c_list_of(list);
}

/* Zeros, or neither of the two. */
static struct c2c_version version(struct prop *p)
{
    if (coin(p)) {
        return (struct c2c_version){0, 0, 0};
    }
    return (struct c2c_version){1 + number(p, INT64_MAX - 1),
                                1 + number(p, INT64_MAX - 1),
                                number(p, C2C_TIME_MAX_S)};
}

static struct c2c_net_opening opening(struct prop *p)
{
    return (struct c2c_net_opening){hash(p),
                                    {.root = hash(p),
                                     .count = number(p, C2C_MAX_CITY_RECORDS),
                                     .bytes = number(p, INT64_MAX)}};
}

/* The lists of a commit. */
struct lists {
    struct c2c_list_buf keysets;
    struct c2c_list_buf puts;
    struct c2c_list_buf removed;
};

static struct c2c_commit commit(struct scratch *s, enum c2c_commit_form form,
                                struct lists *lists)
{
    struct c2c_commit c = {.head = bytes(s),
                           .has_opening = coin(s->p),
                           .opening = opening(s->p),
                           .has_base = form == C2C_COMMIT_DELTA && coin(s->p),
                           .base_epoch = 1 + number(s->p, INT64_MAX - 1),
                           .base_rev = 1 + number(s->p, INT64_MAX - 1),
                           .form = form};

    c2c_list_init(&lists->keysets, LIST_MAX);
    c2c_list_init(&lists->puts, LIST_MAX);
    c2c_list_init(&lists->removed, LIST_MAX);
    c.keysets = list_bins(s, &lists->keysets);
    if (form == C2C_COMMIT_DELTA || form == C2C_COMMIT_FULL) {
        c.puts = list_puts(s, c.has_opening, &lists->puts);
    }
    if (form == C2C_COMMIT_DELTA) {
        c.removed = list_slots(s, c.has_opening, &lists->removed);
    }
    return c;
}

static void drop(struct lists *lists)
{
    c2c_list_fini(&lists->keysets);
    c2c_list_fini(&lists->puts);
    c2c_list_fini(&lists->removed);
}

static enum c2c_commit_form form(struct prop *p)
{
    return (enum c2c_commit_form)prop_below(p, C2C_COMMIT_STAGED + 1);
}

static struct c2c_list_view list_commits(struct scratch *s, size_t least,
                                         struct c2c_list_buf *list)
{
    for (size_t n = least + prop_below(s->p, 3); n > 0; n--) {
        struct lists lists;
        struct c2c_commit c = commit(s, form(s->p), &lists);

        assert_ok(c2c_list_put_commit(list, &c));
        drop(&lists);
    }
    return c2c_list_of(list);
}

static struct c2c_cursor cursor(struct prop *p)
{
    return (struct c2c_cursor){uuid(p), hash(p), coin(p), number(p, INT64_MAX)};
}

static struct c2c_stored stored(struct prop *p)
{
    struct c2c_version v = version(p);
    struct c2c_stored m = {.epoch = v.epoch, .rev = v.rev, .time_s = v.time_s};

    if (v.epoch > 0) {
        m.content = hash(p);
    }
    return m;
}

/* One for each message: write it to @out; @list is for its list. */
typedef enum c2c_err make_fn(struct scratch *s, struct c2c_list_buf *list,
                             struct c2c_buf *out);

static enum c2c_err envelope_request(struct scratch *s,
                                     struct c2c_list_buf *list,
                                     struct c2c_buf *out)
{
    (void)list;
    return c2c_msg_request_encode((enum c2c_msg_kind)(
                                      1 + prop_below(s->p, C2C_MSG_PING)),
                                  number(s->p, INT64_MAX),
                                  c2c_view_str("\x91\xc0"), out);
}

static enum c2c_err envelope_reply(struct scratch *s, struct c2c_list_buf *list,
                                   struct c2c_buf *out)
{
    char reason[65] = {0};
    struct c2c_view text = letters(s, prop_below(s->p, 64));

    (void)list;
    if (coin(s->p)) {
        return c2c_msg_reply_encode(c2c_view_str("\x91\xc0"), out);
    }
    memcpy(reason, text.p, text.n);
    return c2c_msg_refusal_encode((enum c2c_err)(1 + prop_below(s->p, 22)),
                                  reason,
                                  coin(s->p) ? c2c_view_str("\x91\x07")
                                             : (struct c2c_view){NULL, 0},
                                  out);
}

static enum c2c_err hello_request(struct scratch *s, struct c2c_list_buf *list,
                                  struct c2c_buf *out)
{
    const struct c2c_hello_request m = {uuid(s->p),
                                        (unsigned)prop_below(s->p, 4)};

    (void)list;
    return c2c_hello_request_encode(&m, out);
}

static enum c2c_err hello_reply(struct scratch *s, struct c2c_list_buf *list,
                                struct c2c_buf *out)
{
    const struct c2c_hello_reply m = {.instance = uuid(s->p),
                                      .roles = (unsigned)prop_below(s->p, 4),
                                      .seq = number(s->p, INT64_MAX),
                                      .time_s = number(s->p, C2C_TIME_MAX_S),
                                      .max_message = number(s->p, INT64_MAX),
                                      .max_wait_s =
                                          prop_below(s->p, C2C_MAX_WAIT_S + 1),
                                      .lgas = list_ids(s, list)};

    return c2c_hello_reply_encode(&m, out);
}

static enum c2c_err feed_request(struct scratch *s, struct c2c_list_buf *list,
                                 struct c2c_buf *out)
{
    const struct c2c_feed_request m = {.scope = list_ids(s, list),
                                       .has_cursor = coin(s->p),
                                       .cursor = cursor(s->p),
                                       .wait_s =
                                           prop_below(s->p,
                                                      C2C_MAX_WAIT_S + 1)};

    return c2c_feed_request_encode(&m, out);
}

static enum c2c_err feed_reply(struct scratch *s, struct c2c_list_buf *list,
                               struct c2c_buf *out)
{
    bool more = coin(s->p);
    const struct c2c_feed_reply m = {.cursor = cursor(s->p),
                                     .more = more,
                                     .commits =
                                         list_commits(s, more ? 1 : 0, list)};

    return c2c_feed_reply_encode(&m, out);
}

static enum c2c_err vector_request(struct scratch *s, struct c2c_list_buf *list,
                                   struct c2c_buf *out)
{
    struct c2c_vector_request m = {.lga = hash(s->p),
                                   .members = hash(s->p),
                                   .times = coin(s->p)};

    for (size_t n = prop_below(s->p, ITEMS); n > 0; n--) {
        struct c2c_version v = version(s->p);

        assert_ok(c2c_list_put_version(list, &v, m.times));
    }
    m.versions = c2c_list_of(list);
    return c2c_vector_request_encode(&m, out);
}

static void differences(struct scratch *s, struct c2c_list_buf *list)
{
    uint64_t index = 0;

    c2c_list_init(list, LIST_MAX);
    for (size_t n = prop_below(s->p, ITEMS); n > 0; n--) {
        struct c2c_difference d = {index += 1 + prop_below(s->p, 300),
                                   version(s->p)};

        assert_ok(c2c_list_put_difference(list, &d));
    }
}

static enum c2c_err vector_reply(struct scratch *s, struct c2c_list_buf *list,
                                 struct c2c_buf *out)
{
    struct c2c_list_buf older;
    struct c2c_vector_reply m = {.digest = hash(s->p)};
    enum c2c_err err;

    differences(s, list);
    differences(s, &older);
    m.newer = c2c_list_of(list);
    m.older = c2c_list_of(&older);
    err = c2c_vector_reply_encode(&m, out);
    c2c_list_fini(&older);
    return err;
}

static enum c2c_err changes_request(struct scratch *s,
                                    struct c2c_list_buf *list,
                                    struct c2c_buf *out)
{
    struct c2c_hash at[ITEMS];
    size_t n = hashes(s, at);
    struct c2c_changes_request m;

    for (size_t i = 0; i < n; i++) {
        struct c2c_version v = version(s->p);
        const struct c2c_since since = {at[i], v.epoch, v.rev, v.time_s,
                                        v.epoch > 0 && coin(s->p)};

        assert_ok(c2c_list_put_since(list, &since));
    }
    m.since = c2c_list_of(list);
    return c2c_changes_request_encode(&m, out);
}

static enum c2c_err changes_reply(struct scratch *s, struct c2c_list_buf *list,
                                  struct c2c_buf *out)
{
    struct c2c_changes_reply m = {.commits = list_commits(s, 0, list)};

    m.answered = m.commits.n + prop_below(s->p, 1000);
    return c2c_changes_reply_encode(&m, out);
}

static enum c2c_err leaves_request(struct scratch *s, struct c2c_list_buf *list,
                                   struct c2c_buf *out)
{
    const struct c2c_leaves_request m = {hash(s->p), coin(s->p), slot(s, true)};

    (void)list;
    return c2c_leaves_request_encode(&m, out);
}

static enum c2c_err leaves_reply(struct scratch *s, struct c2c_list_buf *list,
                                 struct c2c_buf *out)
{
    struct c2c_leaves_reply m = {.head = bytes(s),
                                 .has_opening = coin(s->p),
                                 .opening = opening(s->p)};
    struct c2c_slot at[ITEMS];
    size_t n = slots(s, m.has_opening, at);

    for (size_t i = 0; i < n; i++) {
        const struct c2c_leaf leaf = {at[i], hash(s->p)};

        assert_ok(c2c_list_put_leaf(list, &leaf));
    }
    m.more = n > 0 && coin(s->p);
    m.leaves = c2c_list_of(list);
    return c2c_leaves_reply_encode(&m, out);
}

static enum c2c_err records_request(struct scratch *s,
                                    struct c2c_list_buf *list,
                                    struct c2c_buf *out)
{
    const struct c2c_records_request m = {hash(s->p),
                                          list_slots(s, true, list)};

    return c2c_records_request_encode(&m, out);
}

static enum c2c_err records_reply(struct scratch *s, struct c2c_list_buf *list,
                                  struct c2c_buf *out)
{
    const struct c2c_records_reply m = {list_puts(s, true, list)};

    return c2c_records_reply_encode(&m, out);
}

static struct c2c_range_cursor range_cursor(struct scratch *s)
{
    return (struct c2c_range_cursor){hash(s->p), coin(s->p), slot(s, true)};
}

static enum c2c_err range_request(struct scratch *s, struct c2c_list_buf *list,
                                  struct c2c_buf *out)
{
    const struct c2c_range_request m = {list_ids(s, list), hash(s->p),
                                        hash(s->p), coin(s->p),
                                        range_cursor(s)};

    return c2c_range_request_encode(&m, out);
}

static enum c2c_err range_reply(struct scratch *s, struct c2c_list_buf *list,
                                struct c2c_buf *out)
{
    struct c2c_range_reply m = {.cursor = range_cursor(s)};

    for (size_t n = prop_below(s->p, 3); n > 0; n--) {
        struct lists lists;
        struct c2c_part part = {coin(s->p), coin(s->p),
                                commit(s, C2C_COMMIT_FULL, &lists)};

        if (!part.begins) {
            part.commit.keysets = (struct c2c_list_view){{NULL, 0}, 0};
        }
        assert_ok(c2c_list_put_part(list, &part));
        drop(&lists);
    }
    m.parts = c2c_list_of(list);
    m.has_cursor = m.parts.n > 0 && coin(s->p);
    return c2c_range_reply_encode(&m, out);
}

static enum c2c_err push_request(struct scratch *s, struct c2c_list_buf *list,
                                 struct c2c_buf *out)
{
    struct lists lists;
    struct c2c_commit m = commit(s, form(s->p), &lists);
    enum c2c_err err = c2c_commit_encode(&m, out);

    (void)list;
    drop(&lists);
    return err;
}

static enum c2c_err push_reply(struct scratch *s, struct c2c_list_buf *list,
                               struct c2c_buf *out)
{
    const struct c2c_stored m = stored(s->p);

    (void)list;
    return c2c_stored_encode(&m, out);
}

static enum c2c_err push_part_request(struct scratch *s,
                                      struct c2c_list_buf *list,
                                      struct c2c_buf *out)
{
    const struct c2c_push_part_request m = {hash(s->p), hash(s->p),
                                            number(s->p, INT64_MAX),
                                            list_puts(s, true, list)};

    return c2c_push_part_request_encode(&m, out);
}

static enum c2c_err push_part_reply(struct scratch *s,
                                    struct c2c_list_buf *list,
                                    struct c2c_buf *out)
{
    const struct c2c_push_part_reply m = {number(s->p, INT64_MAX)};

    (void)list;
    return c2c_push_part_reply_encode(&m, out);
}

static enum c2c_err keysets_request(struct scratch *s,
                                    struct c2c_list_buf *list,
                                    struct c2c_buf *out)
{
    const struct c2c_keysets_request m = {hash(s->p),
                                          1 + number(s->p, INT64_MAX - 1)};

    (void)list;
    return c2c_keysets_request_encode(&m, out);
}

static enum c2c_err keysets_reply(struct scratch *s, struct c2c_list_buf *list,
                                  struct c2c_buf *out)
{
    const struct c2c_keysets_reply m = {list_bins(s, list)};

    return c2c_keysets_reply_encode(&m, out);
}

static enum c2c_err heads_request(struct scratch *s, struct c2c_list_buf *list,
                                  struct c2c_buf *out)
{
    const struct c2c_heads_request m = {list_ids(s, list)};

    return c2c_heads_request_encode(&m, out);
}

static enum c2c_err heads_reply(struct scratch *s, struct c2c_list_buf *list,
                                struct c2c_buf *out)
{
    const struct c2c_heads_reply m = {list_bins(s, list)};

    return c2c_heads_reply_encode(&m, out);
}

static enum c2c_err query_request(struct scratch *s, struct c2c_list_buf *list,
                                  struct c2c_buf *out)
{
    const struct c2c_query_request m = {letters(s, prop_below(s->p, 41)),
                                        c2c_view_str("\x81\xa1"
                                                     "a\x01")};

    (void)list;
    return c2c_query_request_encode(&m, out);
}

static enum c2c_err query_reply(struct scratch *s, struct c2c_list_buf *list,
                                struct c2c_buf *out)
{
    const struct c2c_query_reply m = {(enum c2c_err)prop_below(s->p, 22),
                                      c2c_view_str("\x80")};

    (void)list;
    return c2c_query_reply_encode(&m, out);
}

static enum c2c_err join_request(struct scratch *s, struct c2c_list_buf *list,
                                 struct c2c_buf *out)
{
    const struct c2c_join_request m = {hash(s->p), list_bins(s, list),
                                       letters(s, prop_below(s->p, 201)),
                                       letters(s, prop_below(s->p, 2001)),
                                       letters(s, prop_below(s->p, 201))};

    return c2c_join_request_encode(&m, out);
}

static enum c2c_err join_reply(struct scratch *s, struct c2c_list_buf *list,
                               struct c2c_buf *out)
{
    const struct c2c_join_reply m = {(enum c2c_join_state)prop_below(s->p, 3),
                                     number(s->p, C2C_TIME_MAX_S)};

    (void)list;
    return c2c_join_reply_encode(&m, out);
}

static enum c2c_err status_request(struct scratch *s, struct c2c_list_buf *list,
                                   struct c2c_buf *out)
{
    const struct c2c_status_request m = {hash(s->p)};

    (void)list;
    return c2c_status_request_encode(&m, out);
}

static enum c2c_err status_reply(struct scratch *s, struct c2c_list_buf *list,
                                 struct c2c_buf *out)
{
    struct c2c_status_reply m = {.held = stored(s->p),
                                 .membership =
                                     (enum c2c_join_state)prop_below(s->p, 3)};

    for (size_t n = prop_below(s->p, ITEMS); n > 0; n--) {
        const struct c2c_holder holder = {hash(s->p), coin(s->p),
                                          number(s->p, C2C_TIME_MAX_S)};

        assert_ok(c2c_list_put_holder(list, &holder));
    }
    m.holders = c2c_list_of(list);
    return c2c_status_reply_encode(&m, out);
}

static enum c2c_err ping_request(struct scratch *s, struct c2c_list_buf *list,
                                 struct c2c_buf *out)
{
    (void)s;
    (void)list;
    return c2c_ping_request_encode(out);
}

static enum c2c_err ping_reply(struct scratch *s, struct c2c_list_buf *list,
                               struct c2c_buf *out)
{
    const struct c2c_ping_reply m = {number(s->p, C2C_TIME_MAX_S)};

    (void)list;
    return c2c_ping_reply_encode(&m, out);
}

static enum c2c_err cursor_alone(struct scratch *s, struct c2c_list_buf *list,
                                 struct c2c_buf *out)
{
    const struct c2c_cursor m = cursor(s->p);

    (void)list;
    return c2c_cursor_encode(&m, out);
}

/* In the order of recodes[]. */
static make_fn *const makers[] = {
    envelope_request, envelope_reply, hello_request,     hello_reply,
    feed_request,     feed_reply,     vector_request,    vector_reply,
    changes_request,  changes_reply,  leaves_request,    leaves_reply,
    records_request,  records_reply,  range_request,     range_reply,
    push_request,     push_reply,     push_part_request, push_part_reply,
    keysets_request,  keysets_reply,  heads_request,     heads_reply,
    query_request,    query_reply,    join_request,      join_reply,
    status_request,   status_reply,   ping_request,      ping_reply,
    cursor_alone,
};

void sample_message(struct prop *p, size_t which, struct c2c_buf *out)
{
    struct scratch s = {.p = p};
    struct c2c_list_buf list;

    assert_int_equal(sizeof makers / sizeof makers[0], n_recodes);
    c2c_list_init(&list, LIST_MAX);
    assert_ok(makers[which](&s, &list, out));
    c2c_list_fini(&list);
}
