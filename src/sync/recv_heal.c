/* Healing: a delta did not give the signed root, so the city's leaves are
 * compared with ours, page by page, and what is missing is fetched. */

#include <string.h>

#include "sync/engine_priv.h"

enum {
    SLOTS_MAX = 8 << 20,  /* Bytes of slots; more is fetched as a range. */
    PUTS_MAX = 32 << 20,  /* Bytes of records, likewise. */
    ASK_BYTES = 64 << 10, /* Slots of one request. */
    RESTARTS_MAX = 3      /* The city may change meanwhile. */
};

void c2c_heal_fini(struct heal *h)
{
    c2c_buf_fini(&h->head);
    c2c_list_fini(&h->missing);
    c2c_list_fini(&h->extra);
    c2c_list_fini(&h->puts);
    memset(h, 0, sizeof *h);
}

static void begin(struct heal *h, const struct c2c_hash *city)
{
    unsigned restarts = h->active ? h->restarts + 1 : 0;

    c2c_heal_fini(h);
    h->active = true;
    h->restarts = restarts;
    h->city = *city;
    c2c_buf_init(&h->head, C2C_MAX_HEAD_BYTES);
    c2c_list_init(&h->missing, SLOTS_MAX);
    c2c_list_init(&h->extra, SLOTS_MAX);
    c2c_list_init(&h->puts, PUTS_MAX);
}

enum c2c_err c2c_heal_start(struct peer *p, const struct c2c_hash *city)
{
    if (!p->heal.active) {
        begin(&p->heal, city);
        return C2C_E_OK;
    }
    if (c2c_hash_eq(&p->heal.city, city)) {
        return C2C_E_OK;
    }
    /* One at a time; the next attempt at this one brings it here again. */
    return c2c_todo_add(&p->pull, city, NULL);
}

/* Fetch all of it instead, in one piece. */
static enum c2c_err give_up(struct peer *p)
{
    struct c2c_hash city = p->heal.city;

    c2c_heal_fini(&p->heal);
    return c2c_todo_add(&p->fetch, &city, NULL);
}

static enum c2c_err ask_leaves(struct c2c_engine *e, struct peer *p)
{
    const struct c2c_leaves_request request = {.city = p->heal.city,
                                               .has_after = p->heal.has_after,
                                               .after = p->heal.after};
    struct c2c_buf args;
    enum c2c_err err;

    c2c_buf_init(&args, 512);
    err = c2c_leaves_request_encode(&request, &args);
    if (err == C2C_E_OK) {
        err = c2c_peer_ask(e, p, SLOT_MAIN, C2C_MSG_LEAVES, c2c_buf_view(&args),
                           0);
    }
    c2c_buf_fini(&args);
    return err;
}

static enum c2c_err ask_records(struct c2c_engine *e, struct peer *p)
{
    struct c2c_records_request request = {.city = p->heal.city};
    struct c2c_list_view rest = p->heal.rest;
    struct c2c_list_buf slots;
    struct c2c_slot slot;
    struct c2c_buf args;
    enum c2c_err err = C2C_E_OK;

    c2c_list_init(&slots, ASK_BYTES);
    c2c_buf_init(&args, (size_t)2 * ASK_BYTES);
    while (err == C2C_E_OK && rest.n > 0) {
        err = c2c_list_next_slot(&rest, &slot);
        if (err == C2C_E_OK) {
            err = c2c_list_put_slot(&slots, &slot);
        }
    }
    request.slots = c2c_list_of(&slots);
    if (err == C2C_E_OK || err == C2C_E_TOO_BIG) {
        err = c2c_records_request_encode(&request, &args);
    }
    if (err == C2C_E_OK) {
        err = c2c_peer_ask(e, p, SLOT_MAIN, C2C_MSG_RECORDS,
                           c2c_buf_view(&args), 0);
    }
    c2c_list_fini(&slots);
    c2c_buf_fini(&args);
    return err;
}

/* Everything is here: the leaves say which state it must give. */
static enum c2c_err finish(struct c2c_engine *e, struct peer *p)
{
    struct heal *h = &p->heal;
    const struct c2c_commit commit = {.head = c2c_buf_view(&h->head),
                                      .has_opening = h->has_opening,
                                      .opening = h->opening,
                                      .form = C2C_COMMIT_DELTA,
                                      .puts = c2c_list_of(&h->puts),
                                      .removed = c2c_list_of(&h->extra)};
    struct c2c_hash city = h->city;
    enum c2c_err taken;
    enum c2c_err err = c2c_peer_take(e, p, &commit, NULL, &taken);

    if (err == C2C_E_OK && taken == C2C_E_BAD_ROOT) {
        /* It has changed between leaves and records. */
        if (h->restarts == RESTARTS_MAX) {
            return give_up(p);
        }
        begin(h, &city);
        return C2C_E_OK;
    }
    c2c_heal_fini(h);
    return err;
}

enum c2c_err c2c_peer_ask_heal(struct c2c_engine *e, struct peer *p)
{
    if (!p->heal.listed) {
        return ask_leaves(e, p);
    }
    return p->heal.rest.n > 0 ? ask_records(e, p) : finish(e, p);
}

/* Comparing a page of leaves with our rows in the same stretch. */
struct page {
    struct heal *heal;
    struct c2c_list_view leaves; /* Not yet met. */
    struct c2c_leaf next;
    bool has_next;
    bool last; /* No page follows: our rows behind it are extra. */
};

static enum c2c_err next_leaf(struct page *page)
{
    enum c2c_err err;

    if (page->has_next) {
        return C2C_E_OK;
    }
    err = c2c_list_next_leaf(&page->leaves, &page->next);
    page->has_next = err == C2C_E_OK;
    return err;
}

/* Leaves before @slot (NULL: all) are missing here. */
static enum c2c_err miss_until(struct page *page, const struct c2c_slot *slot)
{
    enum c2c_err err;

    while ((err = next_leaf(page)) == C2C_E_OK &&
           (slot == NULL || c2c_slot_cmp(&page->next.slot, slot) < 0)) {
        err = c2c_list_put_slot(&page->heal->missing, &page->next.slot);
        if (err != C2C_E_OK) {
            return err;
        }
        page->has_next = false;
    }
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

/* Stops with C2C_E_NOT_FOUND at the end of the page. */
static enum c2c_err compare_row(void *ctx, const struct c2c_replica_row *row)
{
    struct page *page = ctx;
    enum c2c_err err;

    if (row->slot.audience == C2C_AUDIENCE_NETWORK &&
        !page->heal->has_opening) {
        return C2C_E_OK; /* Not compared, so neither missing nor extra. */
    }
    err = miss_until(page, &row->slot);
    if (err != C2C_E_OK) {
        return err;
    }
    if (!page->has_next && !page->last) {
        return C2C_E_NOT_FOUND;
    }
    if (page->has_next && c2c_slot_cmp(&page->next.slot, &row->slot) == 0) {
        page->has_next = false;
        return c2c_hash_eq(&page->next.hash, &row->leaf)
                   ? C2C_E_OK
                   : c2c_list_put_slot(&page->heal->missing, &row->slot);
    }
    return c2c_list_put_slot(&page->heal->extra, &row->slot);
}

static enum c2c_err compare(struct c2c_engine *e, struct heal *h,
                            const struct c2c_leaves_reply *reply)
{
    const struct c2c_rows_query query = {.city = h->city,
                                         .network = true,
                                         .has_after = h->has_after,
                                         .after = h->after};
    struct page page = {.heal = h,
                        .leaves = reply->leaves,
                        .last = !reply->more};
    enum c2c_err err =
        e->options.replica->ops->rows(e->options.replica->ctx, &query,
                                      compare_row, &page);

    if (err == C2C_E_OK || err == C2C_E_NOT_FOUND) {
        err = miss_until(&page, NULL);
    }
    return err;
}

/* Where the next page begins. */
static enum c2c_err note_after(struct heal *h, struct c2c_list_view leaves)
{
    while (leaves.n > 0) {
        struct c2c_leaf leaf;
        enum c2c_err err = c2c_list_next_leaf(&leaves, &leaf);

        if (err != C2C_E_OK) {
            return err;
        }
        if (leaves.n == 0) {
            memcpy(h->after_type, leaf.slot.type.p, leaf.slot.type.n);
            h->after = leaf.slot;
            h->after.type = c2c_view_of(h->after_type, leaf.slot.type.n);
            h->has_after = true;
        }
    }
    return C2C_E_OK;
}

static enum c2c_err first_page(struct heal *h,
                               const struct c2c_leaves_reply *reply)
{
    h->has_opening = reply->has_opening;
    h->opening = reply->opening;
    return c2c_buf_put(&h->head, reply->head.p, reply->head.n);
}

/* Pages ascend, and none but the last is empty: else it would never end. */
static bool goes_on(const struct heal *h, const struct c2c_leaves_reply *reply)
{
    struct c2c_list_view leaves = reply->leaves;
    struct c2c_leaf first;

    if (c2c_list_next_leaf(&leaves, &first) != C2C_E_OK) {
        return !reply->more;
    }
    return !h->has_after || c2c_slot_cmp(&h->after, &first.slot) < 0;
}

enum c2c_err c2c_recv_leaves(struct c2c_engine *e, struct peer *p,
                             unsigned slot, struct c2c_view body)
{
    struct heal *h = &p->heal;
    struct c2c_leaves_reply reply;
    bool had = h->has_after;
    enum c2c_err err = c2c_leaves_reply_decode(body, &reply);

    (void)slot;
    if (err != C2C_E_OK || !h->active) {
        return err;
    }
    if (!had) {
        err = first_page(h, &reply);
    } else if (!c2c_view_eq(reply.head, c2c_buf_view(&h->head))) {
        struct c2c_hash city = h->city;

        if (h->restarts == RESTARTS_MAX) {
            return give_up(p);
        }
        begin(h, &city);
        return C2C_E_OK;
    }
    if (err == C2C_E_OK && !goes_on(h, &reply)) {
        return C2C_E_MALFORMED;
    }
    if (err == C2C_E_OK) {
        err = compare(e, h, &reply);
    }
    if (err == C2C_E_OK) {
        err = note_after(h, reply.leaves);
    }
    if (err == C2C_E_TOO_BIG) {
        return give_up(p);
    }
    if (err == C2C_E_OK && !reply.more) {
        h->listed = true;
        h->rest = c2c_list_of(&h->missing);
    }
    return err;
}

/* Answers come in the order of the question; what was left out is gone. */
static enum c2c_err skip_to(struct heal *h, const struct c2c_slot *got)
{
    struct c2c_slot wanted;
    enum c2c_err err;

    do {
        err = c2c_list_next_slot(&h->rest, &wanted);
    } while (err == C2C_E_OK && c2c_slot_cmp(&wanted, got) != 0);
    return err == C2C_E_NOT_FOUND ? C2C_E_MALFORMED : err;
}

static enum c2c_err take_record(struct heal *h, const struct c2c_put *put)
{
    struct c2c_record record;
    enum c2c_err err = c2c_record_decode(put->bytes, &record);

    if (err == C2C_E_OK) {
        const struct c2c_slot got = {put->audience, record.type, record.key};

        err = skip_to(h, &got);
    }
    return err;
}

enum c2c_err c2c_recv_records(struct c2c_engine *e, struct peer *p,
                              unsigned slot, struct c2c_view body)
{
    struct heal *h = &p->heal;
    struct c2c_records_reply reply;
    enum c2c_err err = c2c_records_reply_decode(body, &reply);

    (void)e;
    (void)slot;
    if (err != C2C_E_OK || !h->active) {
        return err;
    }
    if (reply.puts.n == 0) {
        h->rest.n = 0; /* None of them is there: the state has changed. */
    }
    while (err == C2C_E_OK && reply.puts.n > 0) {
        struct c2c_put put;

        err = c2c_list_next_put(&reply.puts, &put);
        if (err == C2C_E_OK) {
            err = take_record(h, &put);
        }
        if (err == C2C_E_OK) {
            err = c2c_list_put_put(&h->puts, &put);
            if (err == C2C_E_TOO_BIG) {
                return give_up(p);
            }
        }
    }
    return err;
}
