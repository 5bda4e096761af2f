#include "wire/changes.h"

#include "base/timefmt.h"
#include "wire/list_priv.h"

enum {
    SINCE_ELEMENTS = 5,
    CHANGES_REQUEST_ELEMENTS = 1,
    CHANGES_REPLY_ELEMENTS = 2,
    LEAF_ELEMENTS = 4,
    LEAVES_REQUEST_ELEMENTS = 2,
    LEAVES_REPLY_ELEMENTS = 4,
    RECORDS_REQUEST_ELEMENTS = 2,
    RECORDS_REPLY_ELEMENTS = 1,
    CURSOR_ELEMENTS = 2,
    RANGE_REQUEST_ELEMENTS = 4,
    PART_ELEMENTS = 3,
    RANGE_REPLY_ELEMENTS = 2
};

static void since_item(struct c2c_reader *r, void *item)
{
    struct c2c_since *since = item;

    c2c_reader_array_of(r, SINCE_ELEMENTS);
    c2c_hash_read(r, &since->city);
    c2c_version_read(r, &since->epoch, &since->rev);
    since->time_s = c2c_reader_uint(r, C2C_TIME_MAX_S);
    since->network = c2c_reader_bool(r);
    if (r->err == C2C_E_OK && since->epoch == 0 &&
        (since->time_s > 0 || since->network)) {
        c2c_reader_fail(r, C2C_E_MALFORMED); /* Nothing is held. */
    }
}

static void ascending_since_item(struct c2c_reader *r, void *item)
{
    struct c2c_since since = {.epoch = 0};

    since_item(r, &since);
    c2c_hash_follows(r, item, &since.city);
}

enum c2c_err c2c_list_put_since(struct c2c_list_buf *list,
                                const struct c2c_since *since)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    c2c_pack_array(&p, SINCE_ELEMENTS);
    c2c_hash_pack(&p, &since->city);
    c2c_pack_uint(&p, since->epoch);
    c2c_pack_uint(&p, since->rev);
    c2c_pack_uint(&p, since->time_s);
    c2c_pack_bool(&p, since->network);
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_since(struct c2c_list_view *list,
                                 struct c2c_since *ret_since)
{
    return c2c_list_next(list, since_item, ret_since);
}

enum c2c_err c2c_changes_request_encode(const struct c2c_changes_request *m,
                                        struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, CHANGES_REQUEST_ELEMENTS);
    c2c_list_pack(&p, m->since);
    return p.err;
}

enum c2c_err c2c_changes_request_decode(struct c2c_view bytes,
                                        struct c2c_changes_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_hash_run run = {.any = false};
    struct c2c_changes_request m;
    enum c2c_err err;

    c2c_reader_array_of(&r, CHANGES_REQUEST_ELEMENTS);
    m.since = c2c_list_read(&r, C2C_MAX_LIST_ITEMS, ascending_since_item, &run);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_changes_reply_encode(const struct c2c_changes_reply *m,
                                      struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, CHANGES_REPLY_ELEMENTS);
    c2c_pack_uint(&p, m->answered);
    c2c_list_pack(&p, m->commits);
    return p.err;
}

enum c2c_err c2c_changes_reply_decode(struct c2c_view bytes,
                                      struct c2c_changes_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_changes_reply m;
    struct c2c_commit commit;
    enum c2c_err err;

    c2c_reader_array_of(&r, CHANGES_REPLY_ELEMENTS);
    m.answered = c2c_reader_uint(&r, C2C_MAX_LIST_ITEMS);
    m.commits =
        c2c_list_read(&r, C2C_MAX_LIST_ITEMS, c2c_wire_commit_item, &commit);
    if (m.commits.n > m.answered) {
        c2c_reader_fail(&r, C2C_E_MALFORMED); /* A commit has been asked for. */
    }
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

static void read_maybe_slot(struct c2c_reader *r, bool *ret_has,
                            struct c2c_slot *ret_slot)
{
    *ret_has = !c2c_reader_nil(r);
    if (*ret_has) {
        c2c_slot_read(r, ret_slot);
    }
}

static void pack_maybe_slot(struct c2c_pack *p, bool has,
                            const struct c2c_slot *slot)
{
    if (has) {
        c2c_slot_pack(p, slot);
    } else {
        c2c_pack_nil(p);
    }
}

enum c2c_err c2c_leaves_request_encode(const struct c2c_leaves_request *m,
                                       struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, LEAVES_REQUEST_ELEMENTS);
    c2c_hash_pack(&p, &m->city);
    pack_maybe_slot(&p, m->has_after, &m->after);
    return p.err;
}

enum c2c_err c2c_leaves_request_decode(struct c2c_view bytes,
                                       struct c2c_leaves_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_leaves_request m = {.has_after = false};
    enum c2c_err err;

    c2c_reader_array_of(&r, LEAVES_REQUEST_ELEMENTS);
    c2c_hash_read(&r, &m.city);
    read_maybe_slot(&r, &m.has_after, &m.after);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

static void leaf_item(struct c2c_reader *r, void *item)
{
    struct c2c_leaf *leaf = item;

    c2c_reader_array_of(r, LEAF_ELEMENTS);
    leaf->slot.audience =
        (enum c2c_audience)c2c_reader_uint(r, C2C_AUDIENCE_NETWORK);
    leaf->slot.type = c2c_reader_str(r, C2C_MAX_TYPE_BYTES);
    c2c_uuid_read(r, &leaf->slot.key);
    c2c_hash_read(r, &leaf->hash);
    if (r->err == C2C_E_OK && !c2c_record_type_valid(leaf->slot.type)) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

enum c2c_err c2c_list_put_leaf(struct c2c_list_buf *list,
                               const struct c2c_leaf *leaf)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    c2c_pack_array(&p, LEAF_ELEMENTS);
    c2c_pack_uint(&p, leaf->slot.audience);
    c2c_pack_str(&p, leaf->slot.type);
    c2c_uuid_pack(&p, &leaf->slot.key);
    c2c_hash_pack(&p, &leaf->hash);
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_leaf(struct c2c_list_view *list,
                                struct c2c_leaf *ret_leaf)
{
    return c2c_list_next(list, leaf_item, ret_leaf);
}

/* Leaves must ascend: the reader of a page merges it with what it has. */
static void ascending_leaf_item(struct c2c_reader *r, void *item)
{
    struct c2c_leaf leaf;

    leaf_item(r, &leaf);
    c2c_slot_follows(r, item, &leaf.slot);
}

enum c2c_err c2c_leaves_reply_encode(const struct c2c_leaves_reply *m,
                                     struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, LEAVES_REPLY_ELEMENTS);
    c2c_pack_bin(&p, m->head.p, m->head.n);
    c2c_opening_pack(&p, m->has_opening, &m->opening);
    c2c_pack_bool(&p, m->more);
    c2c_list_pack(&p, m->leaves);
    return p.err;
}

enum c2c_err c2c_leaves_reply_decode(struct c2c_view bytes,
                                     struct c2c_leaves_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_leaves_reply m = {.has_opening = false};
    struct c2c_slot_run run = {.any = false};
    enum c2c_err err;

    c2c_reader_array_of(&r, LEAVES_REPLY_ELEMENTS);
    m.head = c2c_reader_bin(&r, C2C_MAX_HEAD_BYTES);
    c2c_opening_read(&r, &m.has_opening, &m.opening);
    m.more = c2c_reader_bool(&r);
    m.leaves = c2c_list_read(&r, C2C_MAX_LIST_ITEMS, ascending_leaf_item, &run);
    if ((m.more && m.leaves.n == 0) ||
        (!m.has_opening && c2c_slot_run_has_network(&run))) {
        c2c_reader_fail(&r, C2C_E_MALFORMED);
    }
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_records_request_encode(const struct c2c_records_request *m,
                                        struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, RECORDS_REQUEST_ELEMENTS);
    c2c_hash_pack(&p, &m->city);
    c2c_list_pack(&p, m->slots);
    return p.err;
}

enum c2c_err c2c_records_request_decode(struct c2c_view bytes,
                                        struct c2c_records_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_slot_run run = {.any = false};
    struct c2c_records_request m;
    enum c2c_err err;

    c2c_reader_array_of(&r, RECORDS_REQUEST_ELEMENTS);
    c2c_hash_read(&r, &m.city);
    m.slots = c2c_slots_read(&r, &run);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_records_reply_encode(const struct c2c_records_reply *m,
                                      struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, RECORDS_REPLY_ELEMENTS);
    c2c_list_pack(&p, m->puts);
    return p.err;
}

enum c2c_err c2c_records_reply_decode(struct c2c_view bytes,
                                      struct c2c_records_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_records_reply m;
    struct c2c_put put;
    enum c2c_err err;

    c2c_reader_array_of(&r, RECORDS_REPLY_ELEMENTS);
    m.puts = c2c_list_read(&r, C2C_MAX_LIST_ITEMS, c2c_wire_put_item, &put);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

static void cursor_pack(struct c2c_pack *p, bool has,
                        const struct c2c_range_cursor *cursor)
{
    if (!has) {
        c2c_pack_nil(p);
        return;
    }
    c2c_pack_array(p, CURSOR_ELEMENTS);
    c2c_hash_pack(p, &cursor->city);
    pack_maybe_slot(p, cursor->has_slot, &cursor->slot);
}

static void cursor_read(struct c2c_reader *r, bool *ret_has,
                        struct c2c_range_cursor *cursor)
{
    *ret_has = !c2c_reader_nil(r);
    if (*ret_has) {
        c2c_reader_array_of(r, CURSOR_ELEMENTS);
        c2c_hash_read(r, &cursor->city);
        read_maybe_slot(r, &cursor->has_slot, &cursor->slot);
    }
}

enum c2c_err c2c_range_request_encode(const struct c2c_range_request *m,
                                      struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, RANGE_REQUEST_ELEMENTS);
    c2c_list_pack(&p, m->scope);
    c2c_hash_pack(&p, &m->first);
    c2c_hash_pack(&p, &m->last);
    cursor_pack(&p, m->has_cursor, &m->cursor);
    return p.err;
}

enum c2c_err c2c_range_request_decode(struct c2c_view bytes,
                                      struct c2c_range_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_range_request m = {.has_cursor = false};
    enum c2c_err err;

    c2c_reader_array_of(&r, RANGE_REQUEST_ELEMENTS);
    m.scope = c2c_ids_read(&r, C2C_MAX_SCOPE_IDS);
    c2c_hash_read(&r, &m.first);
    c2c_hash_read(&r, &m.last);
    cursor_read(&r, &m.has_cursor, &m.cursor);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

static void part_item(struct c2c_reader *r, void *item)
{
    struct c2c_part *part = item;

    c2c_reader_array_of(r, PART_ELEMENTS);
    part->begins = c2c_reader_bool(r);
    part->ends = c2c_reader_bool(r);
    c2c_commit_read(r, &part->commit);
    if (part->commit.form != C2C_COMMIT_FULL ||
        (part->commit.keysets.n > 0 && !part->begins)) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

enum c2c_err c2c_list_put_part(struct c2c_list_buf *list,
                               const struct c2c_part *part)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    c2c_pack_array(&p, PART_ELEMENTS);
    c2c_pack_bool(&p, part->begins);
    c2c_pack_bool(&p, part->ends);
    c2c_commit_pack(&p, &part->commit);
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_part(struct c2c_list_view *list,
                                struct c2c_part *ret_part)
{
    return c2c_list_next(list, part_item, ret_part);
}

enum c2c_err c2c_range_reply_encode(const struct c2c_range_reply *m,
                                    struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, RANGE_REPLY_ELEMENTS);
    cursor_pack(&p, m->has_cursor, &m->cursor);
    c2c_list_pack(&p, m->parts);
    return p.err;
}

enum c2c_err c2c_range_reply_decode(struct c2c_view bytes,
                                    struct c2c_range_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_range_reply m = {.has_cursor = false};
    struct c2c_part part;
    enum c2c_err err;

    c2c_reader_array_of(&r, RANGE_REPLY_ELEMENTS);
    cursor_read(&r, &m.has_cursor, &m.cursor);
    m.parts = c2c_list_read(&r, C2C_MAX_LIST_ITEMS, part_item, &part);
    if (m.has_cursor && m.parts.n == 0) {
        c2c_reader_fail(&r, C2C_E_MALFORMED); /* It would lead nowhere. */
    }
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}
