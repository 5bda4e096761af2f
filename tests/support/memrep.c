#include "memrep.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "memrep_priv.h"

/* Reading. */

static enum c2c_err op_instance(void *ctx, struct c2c_uuid *ret_instance)
{
    *ret_instance = ((struct memrep *)ctx)->instance;
    return C2C_E_OK;
}

static enum c2c_err op_seq(void *ctx, uint64_t *ret_seq)
{
    *ret_seq = ((struct memrep *)ctx)->now.seq;
    return C2C_E_OK;
}

static enum c2c_err op_held(void *ctx, const struct c2c_hash *city,
                            struct c2c_held *ret_held)
{
    const struct city *c = city_of(ctx, city);

    if (c == NULL) {
        return C2C_E_NOT_FOUND;
    }
    *ret_held = c->held;
    return C2C_E_OK;
}

static int by_seq(const void *a, const void *b)
{
    const struct city *const *x = a;
    const struct city *const *y = b;

    return ((*x)->held.seq > (*y)->held.seq) -
           ((*x)->held.seq < (*y)->held.seq);
}

static enum c2c_err op_changed(void *ctx, uint64_t seq, c2c_held_fn *fn,
                               void *fn_ctx)
{
    const struct memrep *m = ctx;
    struct city **sorted = must(calloc(m->now.n_cities + 1, sizeof *sorted));
    enum c2c_err err = C2C_E_OK;
    size_t n = 0;

    for (size_t i = 0; i < m->now.n_cities; i++) {
        if (m->now.city[i]->held.seq > seq) {
            sorted[n++] = m->now.city[i];
        }
    }
    qsort(sorted, n, sizeof *sorted, by_seq);
    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        err = fn(fn_ctx, &sorted[i]->id, &sorted[i]->held);
    }
    free(sorted);
    return err;
}

static enum c2c_err op_cities(void *ctx, const struct c2c_hash *first,
                              c2c_held_fn *fn, void *fn_ctx)
{
    const struct memrep *m = ctx;
    enum c2c_err err = C2C_E_OK;
    bool found;

    for (size_t i = find_city(&m->now, first, &found);
         i < m->now.n_cities && err == C2C_E_OK; i++) {
        err = fn(fn_ctx, &m->now.city[i]->id, &m->now.city[i]->held);
    }
    return err;
}

static enum c2c_err op_head(void *ctx, const struct c2c_hash *city,
                            struct c2c_buf *out)
{
    const struct city *c = city_of(ctx, city);

    return c == NULL || c->head == NULL
               ? C2C_E_NOT_FOUND
               : c2c_buf_put(out, c->head->p, c->head->n);
}

static enum c2c_err op_keysets(void *ctx, const struct c2c_hash *city,
                               uint64_t from, c2c_bytes_fn *fn, void *fn_ctx)
{
    const struct city *c = city_of(ctx, city);
    enum c2c_err err = C2C_E_OK;

    for (uint64_t n = from; c != NULL && n <= c->n_keysets && err == C2C_E_OK;
         n++) {
        err = fn(fn_ctx, blob_view(c->keyset[n - 1]));
    }
    return err;
}

static enum c2c_err op_keyset(void *ctx, const struct c2c_hash *city,
                              struct c2c_keyset *ret_newest)
{
    const struct city *c = city_of(ctx, city);

    if (c == NULL) {
        return C2C_E_NOT_FOUND;
    }
    *ret_newest = c->newest;
    return C2C_E_OK;
}

static bool is_wanted(const struct c2c_rows_query *query, const struct row *row)
{
    struct c2c_slot slot = slot_of(row);

    return (query->network || row->audience == C2C_AUDIENCE_PUBLIC) &&
           (query->since_rev == 0 || row->rev > query->since_rev) &&
           row->seq > query->since_seq &&
           (query->type.n == 0 || c2c_view_eq(query->type, slot.type)) &&
           (!query->has_after || c2c_slot_cmp(&query->after, &slot) < 0);
}

static enum c2c_err op_rows(void *ctx, const struct c2c_rows_query *query,
                            c2c_rows_fn *fn, void *fn_ctx)
{
    const struct city *c = city_of(ctx, &query->city);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; c != NULL && i < c->rows.n && err == C2C_E_OK; i++) {
        const struct row *row = &c->rows.at[i];

        if (is_wanted(query, row)) {
            const struct c2c_replica_row out = {slot_of(row), row->leaf,
                                                blob_view(row->bytes)};

            err = fn(fn_ctx, &out);
        }
    }
    return err;
}

static enum c2c_err op_row(void *ctx, const struct c2c_hash *city,
                           const struct c2c_slot *slot, struct c2c_buf *out)
{
    const struct city *c = city_of(ctx, city);
    bool found = false;
    size_t i = c == NULL ? 0 : rows_find(&c->rows, slot, &found);

    return found ? c2c_buf_put(out, c->rows.at[i].bytes->p,
                               c->rows.at[i].bytes->n)
                 : C2C_E_NOT_FOUND;
}

static enum c2c_err op_gone(void *ctx, const struct c2c_rows_query *query,
                            c2c_slots_fn *fn, void *fn_ctx)
{
    const struct city *c = city_of(ctx, &query->city);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; c != NULL && i < c->gone.n && err == C2C_E_OK; i++) {
        if (is_wanted(query, &c->gone.at[i])) {
            struct c2c_slot slot = slot_of(&c->gone.at[i]);

            err = fn(fn_ctx, &slot);
        }
    }
    return err;
}

/* Writing. */

static enum c2c_err op_begin(void *ctx)
{
    struct memrep *m = ctx;

    assert(!m->nested);
    m->nested = true;
    m->before = state_copy(&m->now);
    m->next_seq = m->now.seq + 1;
    return C2C_E_OK;
}

static enum c2c_err op_keep(void *ctx)
{
    struct memrep *m = ctx;

    assert(m->nested);
    m->nested = false;
    state_fini(&m->before);
    return C2C_E_OK;
}

static enum c2c_err op_undo(void *ctx)
{
    struct memrep *m = ctx;

    assert(m->nested);
    m->nested = false;
    state_fini(&m->now);
    m->now = m->before;
    memset(&m->before, 0, sizeof m->before);
    return C2C_E_OK;
}

static enum c2c_err write_allowed(struct memrep *m)
{
    if (m->writes_left > 0 && --m->writes_left == 0) {
        m->failing = true;
    }
    return m->failing ? C2C_E_STORE : C2C_E_OK;
}

static enum c2c_err op_put_keyset(void *ctx, const struct c2c_hash *city,
                                  const struct c2c_keyset *keyset,
                                  struct c2c_view bytes)
{
    struct memrep *m = ctx;
    struct city *c = own_city(m, city);

    assert(m->nested);
    if (write_allowed(m) != C2C_E_OK) {
        return C2C_E_STORE;
    }
    c = c == NULL ? add_city(m, city) : c;
    assert(keyset->n == c->n_keysets + 1);
    c->keyset =
        must(realloc(c->keyset, (c->n_keysets + 1) * sizeof *c->keyset));
    c->keyset[c->n_keysets++] = blob_new(bytes);
    c->newest = *keyset;
    c->held.kind = keyset->kind;
    c->held.keyset_seq = m->next_seq;
    c->held.seq = m->next_seq;
    m->now.seq = m->next_seq;
    return C2C_E_OK;
}

static enum c2c_err op_put_row(void *ctx, const struct c2c_hash *city,
                               enum c2c_audience audience,
                               const struct c2c_record *record,
                               struct c2c_view bytes, uint64_t rev)
{
    const struct c2c_slot slot = {audience, record->type, record->key};
    struct memrep *m = ctx;
    struct city *c = own_city(m, city);
    struct row *row;

    assert(m->nested);
    if (write_allowed(m) != C2C_E_OK) {
        return C2C_E_STORE;
    }
    assert(c != NULL);
    (void)rows_remove(&c->gone, &slot);
    row = rows_place(&c->rows, &slot);
    row->bytes = blob_new(bytes);
    row->leaf = c2c_record_hash(bytes);
    row->rev = rev;
    row->seq = m->next_seq;
    return C2C_E_OK;
}

static enum c2c_err op_remove_row(void *ctx, const struct c2c_hash *city,
                                  const struct c2c_slot *slot, uint64_t rev,
                                  uint64_t now_s)
{
    struct memrep *m = ctx;
    struct city *c = own_city(m, city);
    struct row *gone;

    (void)now_s;
    assert(m->nested);
    if (write_allowed(m) != C2C_E_OK) {
        return C2C_E_STORE;
    }
    if (c == NULL || !rows_remove(&c->rows, slot)) {
        return C2C_E_NOT_FOUND;
    }
    gone = rows_place(&c->gone, slot);
    gone->rev = rev;
    gone->seq = m->next_seq;
    return C2C_E_OK;
}

/* One type's tree, from row @i on; returns where the next type begins. */
static size_t sum_type(const struct rows *rows, size_t i,
                       struct c2c_dir_entry *ret_entry)
{
    struct c2c_slot first = slot_of(&rows->at[i]);
    struct c2c_merkle_acc acc;

    c2c_merkle_acc_init(&acc, &c2c_tree_hasher);
    *ret_entry = (struct c2c_dir_entry){.type = first.type};
    while (i < rows->n && rows->at[i].audience == first.audience) {
        struct c2c_slot slot = slot_of(&rows->at[i]);

        if (!c2c_view_eq(slot.type, first.type)) {
            break;
        }
        c2c_merkle_acc_add(&acc, &rows->at[i].leaf);
        ret_entry->count++;
        ret_entry->bytes += rows->at[i].bytes->n;
        i++;
    }
    ret_entry->root = c2c_merkle_acc_root(&acc);
    return i;
}

static enum c2c_err op_sum(void *ctx, const struct c2c_hash *city,
                           enum c2c_audience audience,
                           struct c2c_dir_sum *ret_sum)
{
    const struct city *c = city_of(ctx, city);
    struct c2c_dir_entry entry[64];
    size_t n = 0;
    size_t i = 0;

    while (c != NULL && i < c->rows.n) {
        if (c->rows.at[i].audience != audience) {
            i++;
        } else if (n == sizeof entry / sizeof entry[0]) {
            return C2C_E_TOO_BIG;
        } else {
            i = sum_type(&c->rows, i, &entry[n++]);
        }
    }
    return c2c_dir_sum(city, audience, entry, n, ret_sum);
}

/* Revisions of an earlier epoch come before all of this one. */
static void rows_age(struct rows *rows, uint64_t seq)
{
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->at[i].seq < seq) {
            rows->at[i].rev = 0;
        }
    }
}

static enum c2c_err op_put_head(void *ctx, const struct c2c_hash *city,
                                const struct c2c_head *head,
                                struct c2c_view bytes,
                                const struct c2c_net_opening *opening,
                                bool floor)
{
    struct memrep *m = ctx;
    struct city *c = own_city(m, city);

    assert(m->nested);
    if (write_allowed(m) != C2C_E_OK) {
        return C2C_E_STORE;
    }
    assert(c != NULL && c->newest.n >= head->epoch);
    if (c->held.has_head && c->held.head.epoch != head->epoch) {
        rows_age(&c->rows, m->next_seq);
        rows_age(&c->gone, m->next_seq);
        c->held.floor_rev = 0;
    }
    blob_drop(c->head);
    c->head = blob_new(bytes);
    c->held.has_head = true;
    c->held.head = *head;
    c->held.has_opening = opening != NULL;
    if (opening != NULL) {
        c->held.opening = *opening;
    }
    c->held.seq = m->next_seq;
    m->now.seq = m->next_seq;
    if (floor) {
        c->held.floor_rev = head->rev;
        c->held.floor_seq = m->next_seq;
        rows_fini(&c->gone);
    }
    if (m->watch != NULL) {
        const struct c2c_replica replica = memrep_replica(m);

        m->watch(m->watch_ctx, &replica, city);
    }
    return C2C_E_OK;
}

static enum c2c_err op_forget(void *ctx, const struct c2c_hash *city)
{
    struct memrep *m = ctx;
    bool found;
    size_t i = find_city(&m->now, city, &found);

    assert(m->nested);
    if (found) {
        city_drop(m->now.city[i]);
        m->now.n_cities--;
        memmove(&m->now.city[i], &m->now.city[i + 1],
                (m->now.n_cities - i) * sizeof *m->now.city);
    }
    return C2C_E_OK;
}

static enum c2c_err op_stage(void *ctx, const struct c2c_hash *owner,
                             const struct c2c_hash *content,
                             const struct c2c_put *put)
{
    struct memrep *m = ctx;
    struct stage *s;
    struct c2c_record record;
    struct c2c_slot slot;
    struct row *row;
    bool found;
    size_t i;
    enum c2c_err err = c2c_record_decode(put->bytes, &record);

    if (err != C2C_E_OK || write_allowed(m) != C2C_E_OK) {
        return err != C2C_E_OK ? err : C2C_E_STORE;
    }
    slot = (struct c2c_slot){put->audience, record.type, record.key};
    s = own_stage(&m->now, owner, content);
    i = rows_find(&s->puts, &slot, &found);
    s->bytes -= found ? s->puts.at[i].bytes->n : 0;
    row = rows_place(&s->puts, &slot);
    row->bytes = blob_new(put->bytes);
    s->bytes += put->bytes.n;
    return C2C_E_OK;
}

static enum c2c_err op_staged(void *ctx, const struct c2c_hash *owner,
                              const struct c2c_hash *content,
                              uint64_t *ret_bytes, uint64_t *ret_count)
{
    const struct memrep *m = ctx;
    const struct stage *s = find_stage(&m->now, owner, content);

    *ret_bytes = s == NULL ? 0 : s->bytes;
    *ret_count = s == NULL ? 0 : s->puts.n;
    return C2C_E_OK;
}

static enum c2c_err op_each_staged(
    void *ctx, const struct c2c_hash *owner, const struct c2c_hash *content,
    enum c2c_err (*fn)(void *fn_ctx, const struct c2c_put *), void *fn_ctx)
{
    const struct memrep *m = ctx;
    const struct stage *s = find_stage(&m->now, owner, content);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; s != NULL && i < s->puts.n && err == C2C_E_OK; i++) {
        const struct c2c_put put = {s->puts.at[i].audience,
                                    blob_view(s->puts.at[i].bytes)};

        err = fn(fn_ctx, &put);
    }
    return err;
}

static enum c2c_err op_unstage(void *ctx, const struct c2c_hash *owner)
{
    drop_stages(&((struct memrep *)ctx)->now, owner);
    return C2C_E_OK;
}

static struct cursor *find_cursor(struct memrep *m, struct c2c_view peer)
{
    for (size_t i = 0; i < m->now.n_cursors; i++) {
        if (c2c_view_eq(blob_view(m->now.cursor[i].peer), peer)) {
            return &m->now.cursor[i];
        }
    }
    return NULL;
}

static enum c2c_err op_cursor(void *ctx, struct c2c_view peer,
                              struct c2c_buf *out)
{
    const struct cursor *cursor = find_cursor(ctx, peer);

    return cursor == NULL
               ? C2C_E_OK
               : c2c_buf_put(out, cursor->bytes->p, cursor->bytes->n);
}

static enum c2c_err op_put_cursor(void *ctx, struct c2c_view peer,
                                  struct c2c_view bytes)
{
    struct memrep *m = ctx;
    struct state *s = &m->now;
    struct cursor *cursor = find_cursor(m, peer);

    if (write_allowed(m) != C2C_E_OK) {
        return C2C_E_STORE;
    }
    if (cursor == NULL) {
        s->cursor =
            must(realloc(s->cursor, (s->n_cursors + 1) * sizeof *s->cursor));
        cursor = &s->cursor[s->n_cursors++];
        cursor->peer = blob_new(peer);
    } else {
        blob_drop(cursor->bytes);
    }
    cursor->bytes = blob_new(bytes);
    return C2C_E_OK;
}

struct c2c_replica memrep_replica(struct memrep *m)
{
    static const struct c2c_replica_ops ops = {
        .instance = op_instance,
        .seq = op_seq,
        .held = op_held,
        .changed = op_changed,
        .cities = op_cities,
        .head = op_head,
        .keysets = op_keysets,
        .keyset = op_keyset,
        .rows = op_rows,
        .row = op_row,
        .gone = op_gone,
        .begin = op_begin,
        .keep = op_keep,
        .undo = op_undo,
        .put_keyset = op_put_keyset,
        .put_row = op_put_row,
        .remove_row = op_remove_row,
        .sum = op_sum,
        .put_head = op_put_head,
        .forget = op_forget,
        .stage = op_stage,
        .staged = op_staged,
        .each_staged = op_each_staged,
        .unstage = op_unstage,
        .cursor = op_cursor,
        .put_cursor = op_put_cursor,
    };

    return (struct c2c_replica){&ops, m};
}

static struct c2c_uuid instance_of(uint64_t n)
{
    struct c2c_uuid id = {{0x70}};

    memcpy(id.b + 8, &n, sizeof n);
    return id;
}

struct memrep *memrep_new(uint64_t instance)
{
    struct memrep *m = must(calloc(1, sizeof *m));

    m->instance = instance_of(instance);
    return m;
}

void memrep_free(struct memrep *m)
{
    if (m != NULL) {
        state_fini(&m->durable);
        state_fini(&m->now);
        state_fini(&m->before);
        free(m);
    }
}

void memrep_commit(struct memrep *m)
{
    assert(!m->nested);
    state_replace(&m->durable, &m->now);
}

void memrep_rollback(struct memrep *m)
{
    assert(!m->nested);
    state_replace(&m->now, &m->durable);
    m->failing = false;
}

void memrep_crash(struct memrep *m)
{
    memrep_rollback(m);
    drop_stages(&m->now, NULL);
}

struct memrep *memrep_restored(const struct memrep *m, uint64_t instance)
{
    struct memrep *copy = memrep_new(instance);

    copy->durable = state_copy(&m->durable);
    memrep_crash(copy);
    return copy;
}

void memrep_forget_deletions(struct memrep *m, const struct c2c_hash *city,
                             uint64_t rev)
{
    struct city *c = own_city(m, city);
    size_t kept = 0;

    if (c == NULL || rev <= c->held.floor_rev) {
        return;
    }
    c->held.floor_rev = rev;
    for (size_t i = 0; i < c->gone.n; i++) {
        const struct row *gone = &c->gone.at[i];

        if (gone->rev > rev) {
            c->gone.at[kept++] = *gone;
        } else if (gone->seq > c->held.floor_seq) {
            c->held.floor_seq = gone->seq;
        }
    }
    c->gone.n = kept;
}

void memrep_fail_at(struct memrep *m, unsigned n)
{
    m->writes_left = n;
    m->failing = false;
}

uint64_t memrep_staged_bytes(const struct memrep *m)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < m->now.n_stages; i++) {
        bytes += m->now.stage[i]->bytes;
    }
    return bytes;
}

void memrep_watch(struct memrep *m, memrep_head_fn *fn, void *ctx)
{
    m->watch = fn;
    m->watch_ctx = ctx;
}
