#include "node/replica.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "codec/doc.h"
#include "codec/limits.h"
#include "node/facets.h"
#include "store/records.h"
#include "store/slots.h"
#include "store/staged.h"

enum {
    CHANGES_MAX = 1 << 20, /* Bytes of one revision's history; then no more. */
    NO_MORE_CHANGES = 2000
};

static enum c2c_err number(struct c2c_store_replica *r,
                           const struct c2c_hash *city, c2c_city_no *ret_no)
{
    enum c2c_err err = C2C_E_OK;

    if (r->last_no == 0 || !c2c_hash_eq(&r->last, city)) {
        r->last_no = 0;
        err = c2c_cities_find(r->store, city, &r->last_no);
        r->last = *city;
        if (err != C2C_E_OK) {
            r->last_no = 0;
        }
    }
    *ret_no = r->last_no;
    return err;
}

static enum c2c_err instance(void *ctx, struct c2c_uuid *ret_instance)
{
    const struct c2c_store_replica *r = ctx;

    return c2c_store_instance(r->store, ret_instance);
}

static enum c2c_err seq(void *ctx, uint64_t *ret_seq)
{
    const struct c2c_store_replica *r = ctx;

    return c2c_cities_seq(r->store, ret_seq);
}

static struct c2c_held held_of(const struct c2c_city_state *state)
{
    return (struct c2c_held){.kind = state->kind,
                             .seq = state->seq,
                             .keyset_seq = state->keyset_seq,
                             .has_head = state->has_head,
                             .head = state->head,
                             .has_opening = state->has_opening,
                             .opening = state->opening,
                             .floor_rev = state->floor_rev,
                             .floor_seq = state->floor_seq};
}

static enum c2c_err stop_at_one(void *ctx, struct c2c_view bytes)
{
    (void)ctx;
    (void)bytes;
    return C2C_E_EXISTS;
}

/* A city that was forgotten has a number, but no keysets. */
static enum c2c_err is_known(struct c2c_store_replica *r, c2c_city_no no)
{
    enum c2c_err err = c2c_cities_keysets(r->store, no, 1, stop_at_one, NULL);

    return err == C2C_E_EXISTS ? C2C_E_OK
           : err == C2C_E_OK   ? C2C_E_NOT_FOUND
                               : err;
}

static enum c2c_err held(void *ctx, const struct c2c_hash *city,
                         struct c2c_held *ret_held)
{
    struct c2c_store_replica *r = ctx;
    struct c2c_city_state state;
    c2c_city_no no;
    enum c2c_err err = number(r, city, &no);

    if (err == C2C_E_OK) {
        err = c2c_cities_state(r->store, no, &state);
    }
    if (err == C2C_E_OK && !state.has_head) {
        err = is_known(r, no);
    }
    if (err == C2C_E_OK) {
        *ret_held = held_of(&state);
    }
    return err;
}

struct each_city {
    c2c_held_fn *fn;
    void *ctx;
};

static enum c2c_err give_city(void *ctx, const struct c2c_city_state *state)
{
    const struct each_city *each = ctx;
    const struct c2c_held h = held_of(state);

    return each->fn(each->ctx, &state->city, &h);
}

static enum c2c_err changed(void *ctx, uint64_t after, c2c_held_fn *fn,
                            void *fn_ctx)
{
    const struct c2c_store_replica *r = ctx;
    struct each_city each = {fn, fn_ctx};

    return c2c_cities_changed(r->store, after, give_city, &each);
}

static enum c2c_err cities(void *ctx, const struct c2c_hash *first,
                           c2c_held_fn *fn, void *fn_ctx)
{
    const struct c2c_store_replica *r = ctx;
    struct each_city each = {fn, fn_ctx};

    return c2c_cities_from(r->store, first, give_city, &each);
}

static enum c2c_err head(void *ctx, const struct c2c_hash *city,
                         struct c2c_buf *out)
{
    struct c2c_store_replica *r = ctx;
    struct c2c_head decoded;
    c2c_city_no no;
    enum c2c_err err = number(r, city, &no);

    return err == C2C_E_OK ? c2c_cities_head(r->store, no, &decoded, NULL, out)
                           : err;
}

static enum c2c_err keysets(void *ctx, const struct c2c_hash *city,
                            uint64_t from, c2c_bytes_fn *fn, void *fn_ctx)
{
    struct c2c_store_replica *r = ctx;
    c2c_city_no no;
    enum c2c_err err = number(r, city, &no);

    return err == C2C_E_OK ? c2c_cities_keysets(r->store, no, from, fn, fn_ctx)
                           : err;
}

static enum c2c_err keyset(void *ctx, const struct c2c_hash *city,
                           struct c2c_keyset *ret_newest)
{
    struct c2c_store_replica *r = ctx;
    c2c_city_no no;
    enum c2c_err err = number(r, city, &no);

    return err == C2C_E_OK ? c2c_cities_keyset(r->store, no, ret_newest) : err;
}

static enum c2c_err query_of(struct c2c_store_replica *r,
                             const struct c2c_rows_query *query,
                             struct c2c_slots_query *ret_query)
{
    *ret_query = (struct c2c_slots_query){.network = query->network,
                                          .since_rev = query->since_rev,
                                          .since_seq = query->since_seq,
                                          .has_after = query->has_after,
                                          .type = query->type};
    if (query->has_after) {
        ret_query->after_audience = query->after.audience;
        ret_query->after_type = query->after.type;
        ret_query->after_key = query->after.key;
    }
    return number(r, &query->city, &ret_query->city);
}

struct each_row {
    c2c_rows_fn *fn;
    void *ctx;
};

static enum c2c_err give_row(void *ctx, const struct c2c_row *row, bool intact)
{
    const struct each_row *each = ctx;
    struct c2c_replica_row r = {.slot = {row->audience, row->type, row->key}};

    if (intact) {
        r.leaf = row->leaf;
        r.bytes = row->bytes;
    }
    return each->fn(each->ctx, &r);
}

static enum c2c_err rows(void *ctx, const struct c2c_rows_query *query,
                         c2c_rows_fn *fn, void *fn_ctx)
{
    struct c2c_store_replica *r = ctx;
    struct each_row each = {fn, fn_ctx};
    struct c2c_slots_query q;
    enum c2c_err err = query_of(r, query, &q);

    if (err == C2C_E_NOT_FOUND) {
        return C2C_E_OK; /* Nothing is held of it. */
    }
    return err == C2C_E_OK ? c2c_slots_each(r->store, &q, give_row, &each)
                           : err;
}

static enum c2c_err row(void *ctx, const struct c2c_hash *city,
                        const struct c2c_slot *slot, struct c2c_buf *out)
{
    struct c2c_store_replica *r = ctx;
    struct c2c_row found;
    c2c_city_no no;
    enum c2c_err err = number(r, city, &no);

    if (err == C2C_E_OK) {
        err = c2c_records_in_slot(r->store, no, slot->audience, slot->type,
                                  &slot->key, &found);
    }
    return err == C2C_E_OK ? c2c_buf_put(out, found.bytes.p, found.bytes.n)
                           : err;
}

struct each_slot {
    c2c_slots_fn *fn;
    void *ctx;
};

static enum c2c_err give_slot(void *ctx, enum c2c_audience audience,
                              struct c2c_view type, const struct c2c_uuid *key)
{
    const struct each_slot *each = ctx;
    const struct c2c_slot slot = {audience, type, *key};

    return each->fn(each->ctx, &slot);
}

static enum c2c_err gone(void *ctx, const struct c2c_rows_query *query,
                         c2c_slots_fn *fn, void *fn_ctx)
{
    struct c2c_store_replica *r = ctx;
    struct each_slot each = {fn, fn_ctx};
    struct c2c_slots_query q;
    enum c2c_err err = query_of(r, query, &q);

    if (err == C2C_E_NOT_FOUND) {
        return C2C_E_OK;
    }
    return err == C2C_E_OK ? c2c_slots_gone(r->store, &q, give_slot, &each)
                           : err;
}

static enum c2c_err begin(void *ctx)
{
    struct c2c_store_replica *r = ctx;

    c2c_buf_clear(&r->changes);
    r->n_changes = 0;
    r->n_touched = 0;
    return c2c_store_savepoint(r->store);
}

/* Make the trees anew that have changed. */
static enum c2c_err retree(struct c2c_store_replica *r)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < r->n_touched && err == C2C_E_OK; i++) {
        err = c2c_records_retree(r->store, r->touched[i].city,
                                 r->touched[i].audience,
                                 c2c_view_str(r->touched[i].type));
    }
    r->n_touched = err == C2C_E_OK ? 0 : r->n_touched;
    return err;
}

static enum c2c_err keep(void *ctx)
{
    struct c2c_store_replica *r = ctx;
    enum c2c_err err = retree(r);

    return err == C2C_E_OK ? c2c_store_release(r->store) : err;
}

static enum c2c_err undo(void *ctx)
{
    struct c2c_store_replica *r = ctx;

    r->n_touched = 0;
    r->last_no = 0; /* It may have been new. */
    return c2c_store_undo(r->store);
}

static enum c2c_err note_rekeyed(struct c2c_store_replica *r,
                                 const struct c2c_hash *city)
{
    void *array = r->rekeyed;
    enum c2c_err err =
        c2c_grow(&array, r->n_rekeyed, &r->rekeyed_cap, sizeof r->rekeyed[0]);

    r->rekeyed = array;
    if (err == C2C_E_OK) {
        r->rekeyed[r->n_rekeyed++] = *city;
    }
    return err;
}

static enum c2c_err put_keyset(void *ctx, const struct c2c_hash *city,
                               const struct c2c_keyset *k,
                               struct c2c_view bytes)
{
    struct c2c_store_replica *r = ctx;
    c2c_city_no no;
    enum c2c_err err;

    if (k->n == 1) {
        r->last_no = 0;
        return c2c_cities_add(r->store, k, bytes, &no);
    }
    err = number(r, city, &no);
    if (err == C2C_E_OK) {
        err = c2c_cities_add_keyset(r->store, no, k, bytes);
    }
    return err == C2C_E_OK ? note_rekeyed(r, city) : err;
}

static enum c2c_err touch(struct c2c_store_replica *r, c2c_city_no city,
                          enum c2c_audience audience, struct c2c_view type)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < r->n_touched; i++) {
        if (r->touched[i].city == city && r->touched[i].audience == audience &&
            c2c_view_eq_str(type, r->touched[i].type)) {
            return C2C_E_OK;
        }
    }
    if (r->n_touched == C2C_REPLICA_TOUCHED) {
        err = retree(r);
    }
    if (err == C2C_E_OK) {
        r->touched[r->n_touched].city = city;
        r->touched[r->n_touched].audience = audience;
        (void)snprintf(r->touched[r->n_touched].type, sizeof r->touched[0].type,
                       "%.*s", (int)type.n, (const char *)type.p);
        r->n_touched++;
    }
    return err;
}

/* Histories of large changes end early. */
static enum c2c_err note(struct c2c_store_replica *r, struct c2c_view type,
                         const struct c2c_uuid *key, bool removed)
{
    const struct c2c_change change = {removed, type, *key};

    return ++r->n_changes > NO_MORE_CHANGES
               ? C2C_E_OK
               : c2c_change_put(&change, &r->changes);
}

/* What is looked up by, of types that this version knows. */
static enum c2c_err derive(struct c2c_store_replica *r,
                           const struct c2c_record *record,
                           struct c2c_facets *facets)
{
    const struct c2c_type *type = c2c_types_find(r->types, record->type);
    const struct c2c_val *body;
    struct c2c_doc *doc = NULL;
    enum c2c_err err;

    if (type == NULL) {
        return C2C_E_OK;
    }
    err = c2c_doc_new(&doc);
    if (err == C2C_E_OK) {
        err = c2c_doc_decode(doc, record->body, C2C_MAX_DEPTH, &body);
    }
    if (err == C2C_E_OK) {
        err = c2c_facets_derive(r->types, type, record->slug, body, facets);
    }
    c2c_doc_free(doc);
    return err;
}

static enum c2c_err put_row(void *ctx, const struct c2c_hash *city,
                            enum c2c_audience audience,
                            const struct c2c_record *record,
                            struct c2c_view bytes, uint64_t rev)
{
    struct c2c_store_replica *r = ctx;
    struct c2c_row_put put = {.audience = audience,
                              .record = record,
                              .bytes = bytes,
                              .leaf = c2c_record_hash(bytes),
                              .rev = rev};
    struct c2c_facets facets;
    enum c2c_err err = number(r, city, &put.city);

    c2c_facets_init(&facets);
    if (err == C2C_E_OK) {
        err = derive(r, record, &facets);
    }
    put.facets = facets.at;
    put.n_facets = facets.n;
    if (err == C2C_E_OK) {
        err = c2c_records_put(r->store, &put);
    }
    if (err == C2C_E_OK) {
        err = touch(r, put.city, audience, record->type);
    }
    if (err == C2C_E_OK) {
        err = note(r, record->type, &record->key, false);
    }
    c2c_facets_fini(&facets);
    return err;
}

static enum c2c_err remove_row(void *ctx, const struct c2c_hash *city,
                               const struct c2c_slot *slot, uint64_t rev,
                               uint64_t now_s)
{
    struct c2c_store_replica *r = ctx;
    struct c2c_row found = {0};
    c2c_city_no no;
    enum c2c_err err = number(r, city, &no);

    if (err == C2C_E_OK) {
        err = c2c_records_in_slot(r->store, no, slot->audience, slot->type,
                                  &slot->key, &found);
        err = err == C2C_E_CORRUPT && found.id != 0 ? C2C_E_OK : err;
    }
    if (err == C2C_E_OK) {
        err = c2c_records_remove(r->store, &found, rev, now_s);
    }
    if (err == C2C_E_OK) {
        r->erased = true;
        err = touch(r, no, slot->audience, slot->type);
    }
    return err == C2C_E_OK ? note(r, slot->type, &slot->key, true) : err;
}

static enum c2c_err sum(void *ctx, const struct c2c_hash *city,
                        enum c2c_audience audience, struct c2c_dir_sum *ret_sum)
{
    struct c2c_store_replica *r = ctx;
    c2c_city_no no;
    enum c2c_err err = number(r, city, &no);

    if (err == C2C_E_OK) {
        err = retree(r);
    }
    return err == C2C_E_OK
               ? c2c_records_sum(r->store, no, audience, false, ret_sum)
               : err;
}

/* Contents that are new stand in the history; refreshed ones do not. */
static enum c2c_err log_revision(struct c2c_store_replica *r, c2c_city_no no,
                                 const struct c2c_head *h)
{
    const struct c2c_revision revision = {.city = no,
                                          .epoch = h->epoch,
                                          .rev = h->rev,
                                          .time_s = h->time_s,
                                          .changes = c2c_buf_view(&r->changes)};

    return r->n_changes == 0 ? C2C_E_OK
                             : c2c_cities_log_add(r->store, &revision);
}

static enum c2c_err put_head(void *ctx, const struct c2c_hash *city,
                             const struct c2c_head *h, struct c2c_view bytes,
                             const struct c2c_net_opening *opening, bool floor)
{
    struct c2c_store_replica *r = ctx;
    c2c_city_no no;
    enum c2c_err err = number(r, city, &no);

    if (err == C2C_E_OK) {
        err = c2c_cities_put_head(r->store, no, h, bytes, opening, floor);
    }
    if (err == C2C_E_OK) {
        err = log_revision(r, no, h);
    }
    r->erased = r->erased || r->n_changes > 0; /* Earlier versions. */
    c2c_buf_clear(&r->changes);
    r->n_changes = 0;
    return err;
}

static enum c2c_err forget(void *ctx, const struct c2c_hash *city)
{
    struct c2c_store_replica *r = ctx;
    c2c_city_no no;
    enum c2c_err err = number(r, city, &no);

    r->erased = true;
    return err == C2C_E_OK ? c2c_cities_forget(r->store, no, 0) : err;
}

static enum c2c_err stage(void *ctx, const struct c2c_hash *owner,
                          const struct c2c_hash *content,
                          const struct c2c_put *put)
{
    const struct c2c_store_replica *r = ctx;
    const struct c2c_staged_id id = {*owner, *content};
    struct c2c_record record;
    enum c2c_err err = c2c_record_decode(put->bytes, &record);

    return err == C2C_E_OK ? c2c_staged_put(r->store, &id, put->audience,
                                            &record, put->bytes)
                           : err;
}

static enum c2c_err staged(void *ctx, const struct c2c_hash *owner,
                           const struct c2c_hash *content, uint64_t *ret_bytes,
                           uint64_t *ret_count)
{
    const struct c2c_store_replica *r = ctx;
    const struct c2c_staged_id id = {*owner, *content};

    return c2c_staged_sum(r->store, &id, ret_bytes, ret_count);
}

struct each_staged {
    enum c2c_err (*fn)(void *ctx, const struct c2c_put *put);
    void *ctx;
};

static enum c2c_err give_staged(void *ctx, enum c2c_audience audience,
                                struct c2c_view bytes)
{
    const struct each_staged *each = ctx;
    const struct c2c_put put = {audience, bytes};

    return each->fn(each->ctx, &put);
}

static enum c2c_err each_staged(
    void *ctx, const struct c2c_hash *owner, const struct c2c_hash *content,
    enum c2c_err (*fn)(void *fn_ctx, const struct c2c_put *put), void *fn_ctx)
{
    const struct c2c_store_replica *r = ctx;
    const struct c2c_staged_id id = {*owner, *content};
    struct each_staged each = {fn, fn_ctx};

    return c2c_staged_each(r->store, &id, give_staged, &each);
}

static enum c2c_err unstage(void *ctx, const struct c2c_hash *owner)
{
    const struct c2c_store_replica *r = ctx;

    return c2c_staged_drop(r->store, owner);
}

static enum c2c_err cursor(void *ctx, struct c2c_view peer, struct c2c_buf *out)
{
    const struct c2c_store_replica *r = ctx;

    return c2c_cursor_get(r->store, peer, out);
}

static enum c2c_err put_cursor(void *ctx, struct c2c_view peer,
                               struct c2c_view bytes)
{
    const struct c2c_store_replica *r = ctx;

    return c2c_cursor_put(r->store, peer, bytes);
}

static const struct c2c_replica_ops ops = {
    .instance = instance,
    .seq = seq,
    .held = held,
    .changed = changed,
    .cities = cities,
    .head = head,
    .keysets = keysets,
    .keyset = keyset,
    .rows = rows,
    .row = row,
    .gone = gone,
    .begin = begin,
    .keep = keep,
    .undo = undo,
    .put_keyset = put_keyset,
    .put_row = put_row,
    .remove_row = remove_row,
    .sum = sum,
    .put_head = put_head,
    .forget = forget,
    .stage = stage,
    .staged = staged,
    .each_staged = each_staged,
    .unstage = unstage,
    .cursor = cursor,
    .put_cursor = put_cursor,
};

void c2c_store_replica_init(struct c2c_store_replica *r,
                            struct c2c_store *store,
                            const struct c2c_types *types)
{
    memset(r, 0, sizeof *r);
    r->store = store;
    r->types = types;
    c2c_buf_init(&r->changes, CHANGES_MAX);
}

void c2c_store_replica_fini(struct c2c_store_replica *r)
{
    c2c_buf_fini(&r->changes);
    c2c_free(r->rekeyed);
    r->rekeyed = NULL;
}

struct c2c_replica c2c_store_replica_of(struct c2c_store_replica *r)
{
    return (struct c2c_replica){&ops, r};
}
