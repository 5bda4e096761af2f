#include "memrep_priv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void *must(void *p)
{
    assert(p != NULL);
    return p;
}

void *copy_of(const void *p, size_t n, size_t size)
{
    void *copy = must(calloc(n + 1, size));

    if (n > 0) {
        memcpy(copy, p, n * size);
    }
    return copy;
}

struct blob *blob_new(struct c2c_view bytes)
{
    struct blob *b = must(malloc(sizeof *b + bytes.n));

    b->refs = 1;
    b->n = bytes.n;
    if (bytes.n > 0) {
        memcpy(b->p, bytes.p, bytes.n);
    }
    return b;
}

struct blob *blob_ref(struct blob *b)
{
    if (b != NULL) {
        b->refs++;
    }
    return b;
}

void blob_drop(struct blob *b)
{
    if (b != NULL && --b->refs == 0) {
        free(b);
    }
}

struct c2c_view blob_view(const struct blob *b)
{
    return c2c_view_of(b->p, b->n);
}

/* Rows. */

struct c2c_slot slot_of(const struct row *row)
{
    return (struct c2c_slot){row->audience, c2c_view_of(row->type, row->type_n),
                             row->key};
}

/* Where @slot is or belongs. */
size_t rows_find(const struct rows *rows, const struct c2c_slot *slot,
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
struct row *rows_place(struct rows *rows, const struct c2c_slot *slot)
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

bool rows_remove(struct rows *rows, const struct c2c_slot *slot)
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

struct rows rows_copy(const struct rows *rows)
{
    struct rows copy = {rows->n, rows->n + 1,
                        copy_of(rows->at, rows->n, sizeof *rows->at)};

    for (size_t i = 0; i < copy.n; i++) {
        (void)blob_ref(copy.at[i].bytes);
    }
    return copy;
}

void rows_fini(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        blob_drop(rows->at[i].bytes);
    }
    free(rows->at);
    *rows = (struct rows){0, 0, NULL};
}

/* Cities. */

struct city *city_copy(const struct city *c)
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

void city_drop(struct city *c)
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

size_t find_city(const struct state *s, const struct c2c_hash *id,
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

const struct city *city_of(const struct memrep *m, const struct c2c_hash *id)
{
    bool found;
    size_t i = find_city(&m->now, id, &found);

    return found ? m->now.city[i] : NULL;
}

/* For writing: not shared with another state; NULL: not known. */
struct city *own_city(struct memrep *m, const struct c2c_hash *id)
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

struct city *add_city(struct memrep *m, const struct c2c_hash *id)
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

void stage_drop(struct stage *s)
{
    if (--s->refs == 0) {
        rows_fini(&s->puts);
        free(s);
    }
}

struct stage *find_stage(const struct state *s, const struct c2c_hash *owner,
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

struct stage *own_stage(struct state *s, const struct c2c_hash *owner,
                        const struct c2c_hash *content)
{
    for (size_t i = 0; i < s->n_stages; i++) {
        struct stage *old = s->stage[i];

        if (old == NULL || old != find_stage(s, owner, content)) {
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

void drop_stages(struct state *s, const struct c2c_hash *owner)
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

struct state state_copy(const struct state *s)
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

void state_fini(struct state *s)
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

void state_replace(struct state *to, const struct state *from)
{
    struct state copy = state_copy(from);

    state_fini(to);
    *to = copy;
}
