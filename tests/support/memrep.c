#include "memrep.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "codec/limits.h"

/* Bytes that several states share. */
struct blob {
    unsigned refs;
    size_t n;
    uint8_t p[];
};

/* A record, or (in city->gone) the place where one was. */
struct row {
    enum c2c_audience audience;
    size_t type_n;
    uint8_t type[C2C_MAX_TYPE_BYTES];
    struct c2c_uuid key;
    struct c2c_hash leaf;
    uint64_t rev;
    uint64_t seq;
    struct blob *bytes;
};

/* Ascending by slot. */
struct rows {
    size_t n;
    size_t cap;
    struct row *at;
};

/* Shared between states until it is written to. */
struct city {
    unsigned refs;
    struct c2c_hash id;
    struct c2c_held held;
    size_t n_keysets;
    struct blob **keyset;
    struct c2c_keyset newest;
    struct blob *head;
    struct rows rows;
    struct rows gone;
};

struct stage {
    unsigned refs;
    struct c2c_hash owner;
    struct c2c_hash content;
    uint64_t bytes;
    struct rows puts;
};

struct cursor {
    struct blob *peer;
    struct blob *bytes;
};

struct state {
    uint64_t seq;
    size_t n_cities;
    struct city **city; /* Ascending by id. */
    size_t n_stages;
    struct stage **stage;
    size_t n_cursors;
    struct cursor *cursor;
};

struct memrep {
    struct c2c_uuid instance;
    struct state durable;
    struct state now;
    struct state before; /* The savepoint. */
    bool nested;
    uint64_t next_seq; /* Of what is written in this savepoint. */
    unsigned writes_left;
    bool failing;
    memrep_head_fn *watch;
    void *watch_ctx;
};

static void *must(void *p)
{
    assert(p != NULL);
    return p;
}

static void *copy_of(const void *p, size_t n, size_t size)
{
    void *copy = must(calloc(n + 1, size));

    if (n > 0) {
        memcpy(copy, p, n * size);
    }
    return copy;
}

static struct blob *blob_new(struct c2c_view bytes)
{
    struct blob *b = must(malloc(sizeof *b + bytes.n));

    b->refs = 1;
    b->n = bytes.n;
    if (bytes.n > 0) {
        memcpy(b->p, bytes.p, bytes.n);
    }
    return b;
}

static struct blob *blob_ref(struct blob *b)
{
    if (b != NULL) {
        b->refs++;
    }
    return b;
}

static void blob_drop(struct blob *b)
{
    if (b != NULL && --b->refs == 0) {
        free(b);
    }
}

static struct c2c_view blob_view(const struct blob *b)
{
    return c2c_view_of(b->p, b->n);
}

/* Rows. */

static struct c2c_slot slot_of(const struct row *row)
{
    return (struct c2c_slot){row->audience, c2c_view_of(row->type, row->type_n),
                             row->key};
}

/* Where @slot is or belongs. */
static size_t rows_find(const struct rows *rows, const struct c2c_slot *slot,
                        bool *ret_found)
{
    size_t low = 0;
    size_t high = rows->n;

    *ret_found = false;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        struct c2c_slot at = slot_of(&rows->at[mid]);
        int order = c2c_slot_cmp(&at, slot);

        if (order == 0) {
            *ret_found = true;
            return mid;
        }
        if (order < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* The row of @slot, made if need be; its bytes are empty. */
static struct row *rows_place(struct rows *rows, const struct c2c_slot *slot)
{
    bool found;
    size_t i = rows_find(rows, slot, &found);
    struct row *row;

    if (!found) {
        if (rows->n == rows->cap) {
            rows->cap = rows->cap == 0 ? 4 : 2 * rows->cap;
            rows->at = must(realloc(rows->at, rows->cap * sizeof *rows->at));
        }
        memmove(&rows->at[i + 1], &rows->at[i],
                (rows->n - i) * sizeof *rows->at);
        rows->n++;
    } else {
        blob_drop(rows->at[i].bytes);
    }
    row = &rows->at[i];
    memset(row, 0, sizeof *row);
    row->audience = slot->audience;
    row->type_n = slot->type.n;
    memcpy(row->type, slot->type.p, slot->type.n);
    row->key = slot->key;
    return row;
}

static bool rows_remove(struct rows *rows, const struct c2c_slot *slot)
{
    bool found;
    size_t i = rows_find(rows, slot, &found);

    if (found) {
        blob_drop(rows->at[i].bytes);
        rows->n--;
        memmove(&rows->at[i], &rows->at[i + 1],
                (rows->n - i) * sizeof *rows->at);
    }
    return found;
}

static struct rows rows_copy(const struct rows *rows)
{
    struct rows copy = {rows->n, rows->n + 1,
                        copy_of(rows->at, rows->n, sizeof *rows->at)};

    for (size_t i = 0; i < copy.n; i++) {
        (void)blob_ref(copy.at[i].bytes);
    }
    return copy;
}

static void rows_fini(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        blob_drop(rows->at[i].bytes);
    }
    free(rows->at);
    *rows = (struct rows){0, 0, NULL};
}

/* Cities. */

static struct city *city_copy(const struct city *c)
{
    struct city *copy = copy_of(c, 1, sizeof *c);

    copy->refs = 1;
    copy->keyset = copy_of(c->keyset, c->n_keysets, sizeof *c->keyset);
    for (size_t i = 0; i < c->n_keysets; i++) {
        (void)blob_ref(copy->keyset[i]);
    }
    (void)blob_ref(copy->head);
    copy->rows = rows_copy(&c->rows);
    copy->gone = rows_copy(&c->gone);
    return copy;
}

static void city_drop(struct city *c)
{
    if (--c->refs > 0) {
        return;
    }
    for (size_t i = 0; i < c->n_keysets; i++) {
        blob_drop(c->keyset[i]);
    }
    free(c->keyset);
    blob_drop(c->head);
    rows_fini(&c->rows);
    rows_fini(&c->gone);
    free(c);
}

static size_t find_city(const struct state *s, const struct c2c_hash *id,
                        bool *ret_found)
{
    size_t low = 0;
    size_t high = s->n_cities;

    *ret_found = false;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = c2c_hash_cmp(&s->city[mid]->id, id);

        if (order == 0) {
            *ret_found = true;
            return mid;
        }
        if (order < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static const struct city *city_of(const struct memrep *m,
                                  const struct c2c_hash *id)
{
    bool found;
    size_t i = find_city(&m->now, id, &found);

    return found ? m->now.city[i] : NULL;
}

/* For writing: not shared with another state; NULL: not known. */
static struct city *own_city(struct memrep *m, const struct c2c_hash *id)
{
    bool found;
    size_t i = find_city(&m->now, id, &found);

    if (!found) {
        return NULL;
    }
    if (m->now.city[i]->refs > 1) {
        struct city *copy = city_copy(m->now.city[i]);

        city_drop(m->now.city[i]);
        m->now.city[i] = copy;
    }
    return m->now.city[i];
}

static struct city *add_city(struct memrep *m, const struct c2c_hash *id)
{
    struct state *s = &m->now;
    bool found;
    size_t i = find_city(s, id, &found);
    struct city *c = must(calloc(1, sizeof *c));

    assert(!found);
    c->refs = 1;
    c->id = *id;
    s->city = must(realloc(s->city, (s->n_cities + 1) * sizeof *s->city));
    memmove(&s->city[i + 1], &s->city[i], (s->n_cities - i) * sizeof *s->city);
    s->city[i] = c;
    s->n_cities++;
    return c;
}

/* Stages. */

static void stage_drop(struct stage *s)
{
    if (--s->refs == 0) {
        rows_fini(&s->puts);
        free(s);
    }
}

static struct stage *find_stage(const struct state *s,
                                const struct c2c_hash *owner,
                                const struct c2c_hash *content)
{
    for (size_t i = 0; i < s->n_stages; i++) {
        if (c2c_hash_eq(&s->stage[i]->owner, owner) &&
            c2c_hash_eq(&s->stage[i]->content, content)) {
            return s->stage[i];
        }
    }
    return NULL;
}

static struct stage *own_stage(struct state *s, const struct c2c_hash *owner,
                               const struct c2c_hash *content)
{
    for (size_t i = 0; i < s->n_stages; i++) {
        struct stage *old = s->stage[i];

        if (old != find_stage(s, owner, content)) {
            continue;
        }
        if (old->refs > 1) {
            s->stage[i] = copy_of(old, 1, sizeof *old);
            s->stage[i]->refs = 1;
            s->stage[i]->puts = rows_copy(&old->puts);
            stage_drop(old);
        }
        return s->stage[i];
    }
    s->stage = must(realloc(s->stage, (s->n_stages + 1) * sizeof *s->stage));
    s->stage[s->n_stages] = must(calloc(1, sizeof **s->stage));
    s->stage[s->n_stages]->refs = 1;
    s->stage[s->n_stages]->owner = *owner;
    s->stage[s->n_stages]->content = *content;
    return s->stage[s->n_stages++];
}

static void drop_stages(struct state *s, const struct c2c_hash *owner)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->n_stages; i++) {
        if (owner == NULL || c2c_hash_eq(&s->stage[i]->owner, owner)) {
            stage_drop(s->stage[i]);
        } else {
            s->stage[kept++] = s->stage[i];
        }
    }
    s->n_stages = kept;
}

/* States. */

static struct state state_copy(const struct state *s)
{
    struct state copy = *s;

    copy.city = copy_of(s->city, s->n_cities, sizeof *s->city);
    for (size_t i = 0; i < s->n_cities; i++) {
        copy.city[i]->refs++;
    }
    copy.stage = copy_of(s->stage, s->n_stages, sizeof *s->stage);
    for (size_t i = 0; i < s->n_stages; i++) {
        copy.stage[i]->refs++;
    }
    copy.cursor = copy_of(s->cursor, s->n_cursors, sizeof *s->cursor);
    for (size_t i = 0; i < s->n_cursors; i++) {
        (void)blob_ref(copy.cursor[i].peer);
        (void)blob_ref(copy.cursor[i].bytes);
    }
    return copy;
}

static void state_fini(struct state *s)
{
    for (size_t i = 0; i < s->n_cities; i++) {
        city_drop(s->city[i]);
    }
    free(s->city);
    drop_stages(s, NULL);
    free(s->stage);
    for (size_t i = 0; i < s->n_cursors; i++) {
        blob_drop(s->cursor[i].peer);
        blob_drop(s->cursor[i].bytes);
    }
    free(s->cursor);
    memset(s, 0, sizeof *s);
}

static void state_replace(struct state *to, const struct state *from)
{
    struct state copy = state_copy(from);

    state_fini(to);
    *to = copy;
}

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
