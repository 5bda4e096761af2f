#include "sync/collect.h"

#include "codec/limits.h"

static enum c2c_err add_keyset(void *ctx, struct c2c_view bytes)
{
    return c2c_list_put_bin(ctx, bytes);
}

enum c2c_err c2c_collect_keysets(const struct c2c_replica *replica,
                                 const struct c2c_hash *city, uint64_t from,
                                 struct c2c_list_buf *list)
{
    return replica->ops->keysets(replica->ctx, city, from, add_keyset, list);
}

static enum c2c_err add_row(void *ctx, const struct c2c_replica_row *row)
{
    const struct c2c_put put = {row->slot.audience, row->bytes};

    return row->bytes.n == 0 ? C2C_E_CORRUPT : c2c_list_put_put(ctx, &put);
}

static enum c2c_err add_gone(void *ctx, const struct c2c_slot *slot)
{
    return c2c_list_put_slot(ctx, slot);
}

/* Can what changed be told, rather than all there is? */
static bool can_tell(const struct c2c_held *held,
                     const struct c2c_collect_since *since, bool network)
{
    if (network && !since->network) {
        return false;
    }
    if (since->by_seq) {
        return since->seq >= held->floor_seq;
    }
    return since->epoch == held->head.epoch && since->rev >= held->floor_rev &&
           since->rev <= held->head.rev;
}

/* The head alone: the records are fetched another way. */
static void leave_out(struct c2c_collected *c)
{
    c->commit.form = C2C_COMMIT_HEAD;
    c->commit.has_base = false;
}

static enum c2c_err collect_rows(const struct c2c_replica *replica,
                                 const struct c2c_rows_query *query,
                                 size_t max_bytes,
                                 struct c2c_collected *ret_collected)
{
    struct c2c_collected *c = ret_collected;
    enum c2c_err err;

    c2c_list_init(&c->puts, max_bytes);
    err = replica->ops->rows(replica->ctx, query, add_row, &c->puts);
    c2c_list_init(&c->removed, max_bytes - c->puts.buf.n);
    if (err == C2C_E_OK && c->commit.form == C2C_COMMIT_DELTA) {
        err = replica->ops->gone(replica->ctx, query, add_gone, &c->removed);
    }
    if (err == C2C_E_TOO_BIG || err == C2C_E_CORRUPT) {
        leave_out(c);
        return C2C_E_OK;
    }
    if (err == C2C_E_OK) {
        c->commit.puts = c2c_list_of(&c->puts);
        c->commit.removed = c2c_list_of(&c->removed);
    }
    return err;
}

/* Keysets that the other side may lack: all after the epoch that it names, or
 * those that came after its position of the feed. */
static enum c2c_err add_keysets(const struct c2c_replica *replica,
                                const struct c2c_hash *city,
                                const struct c2c_held *held,
                                const struct c2c_collect_since *since,
                                struct c2c_collected *c)
{
    enum c2c_err err = C2C_E_OK;
    bool known = since->by_seq
                     ? held->keyset_seq <= since->seq
                     : since->epoch > 0 && since->epoch >= held->head.epoch;

    if (!known) {
        err = c2c_collect_keysets(replica, city, since->epoch + 1, &c->keysets);
    }
    c->lacks_keysets = err == C2C_E_TOO_BIG;
    if (c->lacks_keysets) {
        return C2C_E_OK;
    }
    c->commit.keysets = c2c_list_of(&c->keysets);
    return err;
}

/* Ask for what changed only. */
static void make_delta(const struct c2c_collect_since *since,
                       struct c2c_rows_query *query, struct c2c_commit *commit)
{
    commit->form = C2C_COMMIT_DELTA;
    if (since->by_seq) {
        query->since_seq = since->seq;
        return;
    }
    query->since_rev = since->rev;
    commit->has_base = true;
    commit->base_epoch = since->epoch;
    commit->base_rev = since->rev;
}

/* NOLINTNEXTLINE(readability-function-size): each parameter is one thing. */
enum c2c_err c2c_collect(const struct c2c_replica *replica,
                         const struct c2c_hash *city,
                         const struct c2c_held *held,
                         const struct c2c_collect_since *since, bool network,
                         size_t max_bytes, struct c2c_collected *ret_collected)
{
    struct c2c_collected *c = ret_collected;
    struct c2c_rows_query query = {.city = *city,
                                   .network = network && held->has_opening};
    enum c2c_err err;

    *c = (struct c2c_collected){.commit = {.form = C2C_COMMIT_FULL}};
    c2c_buf_init(&c->head, C2C_MAX_HEAD_BYTES);
    c2c_list_init(&c->keysets, max_bytes);
    if (can_tell(held, since, query.network)) {
        make_delta(since, &query, &c->commit);
    }
    c->commit.has_opening = query.network;
    c->commit.opening = held->opening;
    err = replica->ops->head(replica->ctx, city, &c->head);
    c->commit.head = c2c_buf_view(&c->head);
    if (err == C2C_E_OK) {
        err = add_keysets(replica, city, held, since, c);
    }
    return err == C2C_E_OK
               ? collect_rows(replica, &query,
                              max_bytes - c->commit.keysets.items.n, c)
               : err;
}

void c2c_collected_fini(struct c2c_collected *c)
{
    c2c_buf_fini(&c->head);
    c2c_list_fini(&c->keysets);
    c2c_list_fini(&c->puts);
    c2c_list_fini(&c->removed);
}
