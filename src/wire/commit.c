#include "wire/commit.h"

#include <string.h>

#include "wire/list_priv.h"

enum {
    COMMIT_ELEMENTS = 7,
    BASE_ELEMENTS = 2,
    OPENING_ELEMENTS = 5,
    PUT_ELEMENTS = 2,
    SLOT_ELEMENTS = 3
};

int c2c_slot_cmp(const struct c2c_slot *a, const struct c2c_slot *b)
{
    int order;

    if (a->audience != b->audience) {
        return a->audience < b->audience ? -1 : 1;
    }
    order = c2c_view_cmp(a->type, b->type);
    return order != 0 ? order : c2c_uuid_cmp(&a->key, &b->key);
}

static enum c2c_audience read_audience(struct c2c_reader *r)
{
    return (enum c2c_audience)c2c_reader_uint(r, C2C_AUDIENCE_NETWORK);
}

void c2c_slot_read(struct c2c_reader *r, struct c2c_slot *ret_slot)
{
    c2c_reader_array_of(r, SLOT_ELEMENTS);
    ret_slot->audience = read_audience(r);
    ret_slot->type = c2c_reader_str(r, C2C_MAX_TYPE_BYTES);
    c2c_uuid_read(r, &ret_slot->key);
    if (r->err == C2C_E_OK && !c2c_record_type_valid(ret_slot->type)) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

void c2c_slot_pack(struct c2c_pack *p, const struct c2c_slot *slot)
{
    c2c_pack_array(p, SLOT_ELEMENTS);
    c2c_pack_uint(p, slot->audience);
    c2c_pack_str(p, slot->type);
    c2c_uuid_pack(p, &slot->key);
}

static void slot_item(struct c2c_reader *r, void *item)
{
    c2c_slot_read(r, item);
}

void c2c_slot_follows(struct c2c_reader *r, struct c2c_slot_run *run,
                      const struct c2c_slot *slot)
{
    if (r->err != C2C_E_OK) {
        return;
    }
    if (run->any && c2c_slot_cmp(&run->last, slot) >= 0) {
        c2c_reader_fail(r, C2C_E_NONCANON);
    }
    run->last = *slot;
    run->any = true;
}

static void ascending_item(struct c2c_reader *r, void *item)
{
    struct c2c_slot slot;

    c2c_slot_read(r, &slot);
    c2c_slot_follows(r, item, &slot);
}

struct c2c_list_view c2c_slots_read(struct c2c_reader *r,
                                    struct c2c_slot_run *run)
{
    return c2c_list_read(r, C2C_MAX_LIST_ITEMS, ascending_item, run);
}

bool c2c_slot_run_has_network(const struct c2c_slot_run *run)
{
    return run->any && run->last.audience == C2C_AUDIENCE_NETWORK;
}

void c2c_wire_put_item(struct c2c_reader *r, void *item)
{
    struct c2c_put *put = item;

    c2c_reader_array_of(r, PUT_ELEMENTS);
    put->audience = read_audience(r);
    put->bytes = c2c_reader_bin(r, C2C_MAX_RECORD_BYTES);
}

static void put_pack(struct c2c_pack *p, const struct c2c_put *put)
{
    c2c_pack_array(p, PUT_ELEMENTS);
    c2c_pack_uint(p, put->audience);
    c2c_pack_bin(p, put->bytes.p, put->bytes.n);
}

void c2c_opening_read(struct c2c_reader *r, bool *ret_has,
                      struct c2c_net_opening *ret_opening)
{
    *ret_has = !c2c_reader_nil(r);
    if (*ret_has) {
        c2c_reader_object(r, C2C_NET_VERSION, OPENING_ELEMENTS);
        c2c_hash_read(r, &ret_opening->blind);
        c2c_hash_read(r, &ret_opening->sum.root);
        ret_opening->sum.count = c2c_reader_uint(r, C2C_MAX_CITY_RECORDS);
        ret_opening->sum.bytes = c2c_reader_uint(r, INT64_MAX);
    }
}

void c2c_opening_pack(struct c2c_pack *p, bool has,
                      const struct c2c_net_opening *opening)
{
    if (!has) {
        c2c_pack_nil(p);
        return;
    }
    c2c_pack_array(p, OPENING_ELEMENTS);
    c2c_pack_uint(p, C2C_NET_VERSION);
    c2c_hash_pack(p, &opening->blind);
    c2c_hash_pack(p, &opening->sum.root);
    c2c_pack_uint(p, opening->sum.count);
    c2c_pack_uint(p, opening->sum.bytes);
}

static void read_base(struct c2c_reader *r, struct c2c_commit *commit)
{
    commit->has_base = !c2c_reader_nil(r);
    if (commit->has_base) {
        c2c_reader_array_of(r, BASE_ELEMENTS);
        c2c_version_read(r, &commit->base_epoch, &commit->base_rev);
    }
    if (r->err == C2C_E_OK && commit->has_base && commit->base_epoch == 0) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

struct put_run {
    struct c2c_put put;
    bool network; /* One of them is of the network audience. */
};

static void run_put_item(struct c2c_reader *r, void *item)
{
    struct put_run *run = item;

    c2c_wire_put_item(r, &run->put);
    run->network = run->network || run->put.audience == C2C_AUDIENCE_NETWORK;
}

/* What each form may carry. */
static void check_form(struct c2c_reader *r, const struct c2c_commit *commit)
{
    bool delta = commit->form == C2C_COMMIT_DELTA;
    bool full = commit->form == C2C_COMMIT_FULL;

    if ((commit->has_base && !delta) || (commit->removed.n > 0 && !delta) ||
        (commit->puts.n > 0 && !delta && !full)) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

void c2c_commit_read(struct c2c_reader *r, struct c2c_commit *ret_commit)
{
    struct c2c_slot_run removed = {.any = false};
    struct put_run puts = {.network = false};
    struct c2c_view keyset;

    memset(ret_commit, 0, sizeof *ret_commit);
    c2c_reader_array_of(r, COMMIT_ELEMENTS);
    ret_commit->head = c2c_reader_bin(r, C2C_MAX_HEAD_BYTES);
    ret_commit->keysets =
        c2c_list_read(r, C2C_MAX_LIST_ITEMS, c2c_wire_keyset_item, &keyset);
    c2c_opening_read(r, &ret_commit->has_opening, &ret_commit->opening);
    read_base(r, ret_commit);
    ret_commit->form =
        (enum c2c_commit_form)c2c_reader_uint(r, C2C_COMMIT_STAGED);
    ret_commit->puts =
        c2c_list_read(r, C2C_MAX_LIST_ITEMS, run_put_item, &puts);
    ret_commit->removed = c2c_slots_read(r, &removed);
    check_form(r, ret_commit);
    if (!ret_commit->has_opening &&
        (puts.network || c2c_slot_run_has_network(&removed))) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

void c2c_commit_pack(struct c2c_pack *p, const struct c2c_commit *commit)
{
    c2c_pack_array(p, COMMIT_ELEMENTS);
    c2c_pack_bin(p, commit->head.p, commit->head.n);
    c2c_list_pack(p, commit->keysets);
    c2c_opening_pack(p, commit->has_opening, &commit->opening);
    if (commit->has_base) {
        c2c_pack_array(p, BASE_ELEMENTS);
        c2c_pack_uint(p, commit->base_epoch);
        c2c_pack_uint(p, commit->base_rev);
    } else {
        c2c_pack_nil(p);
    }
    c2c_pack_uint(p, commit->form);
    c2c_list_pack(p, commit->puts);
    c2c_list_pack(p, commit->removed);
}

void c2c_wire_commit_item(struct c2c_reader *r, void *item)
{
    c2c_commit_read(r, item);
}

enum c2c_err c2c_commit_encode(const struct c2c_commit *commit,
                               struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_commit_pack(&p, commit);
    return p.err;
}

enum c2c_err c2c_commit_decode(struct c2c_view bytes,
                               struct c2c_commit *ret_commit)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_commit commit;
    enum c2c_err err;

    c2c_commit_read(&r, &commit);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_commit = commit;
    }
    return err;
}

enum c2c_err c2c_list_put_commit(struct c2c_list_buf *list,
                                 const struct c2c_commit *commit)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    c2c_commit_pack(&p, commit);
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_commit(struct c2c_list_view *list,
                                  struct c2c_commit *ret_commit)
{
    return c2c_list_next(list, c2c_wire_commit_item, ret_commit);
}

enum c2c_err c2c_list_put_put(struct c2c_list_buf *list,
                              const struct c2c_put *put)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    put_pack(&p, put);
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_put(struct c2c_list_view *list,
                               struct c2c_put *ret_put)
{
    return c2c_list_next(list, c2c_wire_put_item, ret_put);
}

enum c2c_err c2c_list_put_slot(struct c2c_list_buf *list,
                               const struct c2c_slot *slot)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    c2c_slot_pack(&p, slot);
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_slot(struct c2c_list_view *list,
                                struct c2c_slot *ret_slot)
{
    return c2c_list_next(list, slot_item, ret_slot);
}
