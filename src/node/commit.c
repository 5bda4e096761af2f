#include "node/commit.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/near.h"
#include "base/timefmt.h"
#include "codec/limits.h"
#include "node/facets.h"
#include "node/newest.h"
#include "record/derive.h"
#include "record/ref.h"
#include "store/records.h"

enum {
    MAX_TOUCHED = 64, /* Different (audience, type) trees of one commit. */
    CHANGES_MAX = 16 << 20
};

/* A commit on its way. */
struct work {
    const struct c2c_commit_env *env;
    struct c2c_diag *diag;
    struct c2c_buf changes; /* For the log. */
    struct c2c_newest newest;
    size_t n_touched;
    struct {
        enum c2c_audience audience;
        struct c2c_view type;
    } touched[MAX_TOUCHED];
    struct c2c_commit_result result;
};

static enum c2c_err store_failed(struct work *w, enum c2c_err err)
{
    (void)c2c_diag_set(w->diag, err, "store", "%s: %s", c2c_strerror(err),
                       c2c_store_detail(w->env->store));
    if (err == C2C_E_DISK_FULL) {
        c2c_diag_hint(w->diag, "make room on the disk and ask again: nothing "
                               "was changed");
    } else if (err == C2C_E_CORRUPT) {
        c2c_diag_hint(w->diag, "`c2c doctor` tells what to type");
    }
    return err;
}

/* Before the tree is changed: what is signed anew must be what was signed, but
 * for the changes. */
static enum c2c_err touch(struct work *w, enum c2c_audience audience,
                          const struct c2c_type *type)
{
    struct c2c_view name = c2c_view_str(c2c_type_name(type));
    enum c2c_err err;

    if (audience == C2C_AUDIENCE_LOCAL) {
        return C2C_E_OK; /* In no tree. */
    }
    for (size_t i = 0; i < w->n_touched; i++) {
        if (w->touched[i].audience == audience &&
            c2c_view_eq(w->touched[i].type, name)) {
            return C2C_E_OK;
        }
    }
    if (w->n_touched == MAX_TOUCHED) {
        return C2C_E_TOO_BIG;
    }
    err = c2c_records_check_tree(w->env->store, w->env->city, audience, name);
    if (err != C2C_E_OK) {
        return store_failed(w, err);
    }
    w->touched[w->n_touched].audience = audience;
    w->touched[w->n_touched++].type = name;
    return C2C_E_OK;
}

static enum c2c_err take_first(void *ctx, const struct c2c_row *row,
                               bool intact)
{
    struct c2c_uuid *key = ctx;

    (void)intact;
    *key = row->key;
    return C2C_E_OK;
}

static enum c2c_err find_only(struct work *w, struct c2c_draft *d,
                              struct c2c_row *ret_row)
{
    const struct c2c_filter filter = {.city = w->env->city,
                                      .type =
                                          c2c_view_str(c2c_type_name(d->type)),
                                      .limit = 1};
    struct c2c_uuid key = {{0}};
    enum c2c_err err =
        c2c_records_list(w->env->store, &filter, take_first, &key);

    return err == C2C_E_OK ? c2c_records_get(w->env->store, w->env->city,
                                             filter.type, &key, ret_row)
                           : err;
}

static enum c2c_err second_one(struct work *w, const struct c2c_draft *d)
{
    const char *type = c2c_type_name(d->type);

    (void)c2c_diag_set(w->diag, C2C_E_EXISTS, type,
                       "this city has a record of type %s already, and can "
                       "have only one",
                       type);
    c2c_diag_hint(w->diag, "leave the key out to change that one");
    return C2C_E_EXISTS;
}

/* The stored version of a draft: by key, by slug, or the only one there may be.
 */
static enum c2c_err find_old(struct work *w, struct c2c_draft *d,
                             struct c2c_row *ret_row)
{
    struct c2c_view type = c2c_view_str(c2c_type_name(d->type));
    struct c2c_store *store = w->env->store;
    enum c2c_err err = C2C_E_NOT_FOUND;

    if (d->has_key) {
        err = c2c_records_get(store, w->env->city, type, &d->key, ret_row);
    }
    if (c2c_type_one_per_city(d->type) && err == C2C_E_NOT_FOUND) {
        err = find_only(w, d, ret_row);
        return d->has_key && err == C2C_E_OK ? second_one(w, d) : err;
    }
    if (d->has_key) {
        return err;
    }
    if (d->slug.n > 0) {
        err = c2c_records_by_slug(store, w->env->city, type, d->slug, ret_row);
    }
    return err;
}

/* What was stored before, as far as a new version needs it. */
struct before {
    bool exists;
    enum c2c_audience audience;
    struct c2c_uuid key;
    uint64_t rev;
    uint64_t created_s;
    uint64_t updated_s;
    struct c2c_buf bytes; /* Copy of the record. */
    struct c2c_record record;
};

static enum c2c_err load_before(struct work *w, struct c2c_draft *d,
                                struct before *b)
{
    struct c2c_row row = {0};
    enum c2c_err err = find_old(w, d, &row);

    if (err == C2C_E_NOT_FOUND) {
        return C2C_E_OK;
    }
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&b->bytes, row.bytes.p, row.bytes.n);
    }
    if (err == C2C_E_OK) {
        err = c2c_record_decode(c2c_buf_view(&b->bytes), &b->record);
    }
    if (err == C2C_E_CORRUPT && row.id != 0) {
        /* A damaged version is replaced by the new one. */
        b->exists = true;
        b->audience = row.audience;
        b->key = row.key;
        b->rev = row.rev;
        c2c_buf_clear(&b->bytes);
        return C2C_E_OK;
    }
    if (err != C2C_E_OK) {
        return w->diag->code == C2C_E_OK ? store_failed(w, err) : err;
    }
    b->exists = true;
    b->audience = row.audience;
    b->key = row.key;
    b->rev = row.rev;
    b->created_s = b->record.created_s;
    b->updated_s = b->record.updated_s;
    return C2C_E_OK;
}

/* Has somebody else changed it since the author looked? */
static enum c2c_err check_rev(struct work *w, const struct c2c_draft *d,
                              const struct before *b)
{
    if (d->if_rev == 0 || (b->exists && b->rev == d->if_rev)) {
        return C2C_E_OK;
    }
    (void)c2c_diag_set(w->diag, C2C_E_CONFLICT, c2c_type_name(d->type),
                       "the record was %s meanwhile",
                       b->exists ? "changed" : "removed");
    c2c_diag_hint(w->diag, "look at the newest version and change that");
    return C2C_E_CONFLICT;
}

/* Fill the envelope of the new version. */
static void envelope(const struct work *w, const struct c2c_draft *d,
                     const struct before *b, struct c2c_record *r)
{
    uint64_t now_s = w->env->now_ms / 1000;

    r->type = c2c_view_str(c2c_type_name(d->type));
    r->key = b->exists    ? b->key
             : d->has_key ? d->key
                          : c2c_uuid_v7(w->env->now_ms, w->env->rng);
    r->slug = d->slug.n > 0 ? d->slug : b->record.slug;
    r->created_s = now_s;
    if (b->exists && b->created_s > 0) {
        r->created_s = b->created_s;
    } else if (d->has_created && d->created_s <= now_s) {
        r->created_s = d->created_s;
    }
    r->updated_s = now_s > b->updated_s ? now_s : b->updated_s;
    w->env->rng->fill(w->env->rng->ctx, r->nonce.b, sizeof r->nonce.b);
}

static bool unchanged(const struct before *b, const struct c2c_record *r,
                      enum c2c_audience audience)
{
    return b->exists && b->bytes.n > 0 && b->audience == audience &&
           c2c_view_eq(b->record.slug, r->slug) &&
           c2c_view_eq(b->record.body, r->body);
}

static enum c2c_err note_change(struct work *w, const struct c2c_record *r,
                                enum c2c_audience audience, bool removed)
{
    const struct c2c_change change = {.removed = removed,
                                      .type = r->type,
                                      .key = r->key};

    w->result.changed = true;
    return audience == C2C_AUDIENCE_LOCAL
               ? C2C_E_OK
               : c2c_change_put(&change, &w->changes);
}

static void remember(struct c2c_draft *d, const struct c2c_record *r,
                     enum c2c_audience audience)
{
    d->final_key = r->key;
    d->final_audience = audience;
    (void)snprintf(d->final_slug, sizeof d->final_slug, "%.*s", (int)r->slug.n,
                   r->slug.n > 0 ? (const char *)r->slug.p : "");
}

static enum c2c_err too_big(struct work *w, const struct c2c_draft *d)
{
    (void)c2c_diag_set(w->diag, C2C_E_TOO_BIG, c2c_type_name(d->type),
                       "the record is larger than %d bytes",
                       C2C_MAX_RECORD_BYTES);
    c2c_diag_hint(w->diag, "shorten it, or split it into several records");
    return C2C_E_TOO_BIG;
}

/* Encode, derive and store the new version. */
static enum c2c_err write_record(struct work *w, struct c2c_draft *d,
                                 const struct c2c_record *r,
                                 enum c2c_audience audience)
{
    struct c2c_row_put put = {.city = w->env->city,
                              .audience = audience,
                              .record = r,
                              .rev = w->newest.head.rev + 1};
    struct c2c_facets facets;
    struct c2c_buf bytes;
    enum c2c_err err;

    c2c_facets_init(&facets);
    c2c_buf_init(&bytes, (size_t)2 * C2C_MAX_RECORD_BYTES);
    err = c2c_record_encode(r, &bytes);
    if (err == C2C_E_TOO_BIG) {
        err = too_big(w, d);
        goto out;
    }
    if (err == C2C_E_OK) {
        err = c2c_facets_derive(w->env->types, d->type, r->slug, d->body,
                                &facets);
    }
    put.bytes = c2c_buf_view(&bytes);
    put.leaf = c2c_record_hash(put.bytes);
    put.facets = facets.at;
    put.n_facets = facets.n;
    if (err == C2C_E_OK) {
        err = c2c_records_put(w->env->store, &put);
    }
    if (err != C2C_E_OK) {
        err = store_failed(w, err);
    }
out:
    c2c_buf_fini(&bytes);
    c2c_facets_fini(&facets);
    return err;
}

/* A slug names one record of a type. */
static enum c2c_err check_slug(struct work *w, const struct c2c_draft *d,
                               const struct c2c_record *r)
{
    struct c2c_row row = {0};
    enum c2c_err err = r->slug.n == 0
                           ? C2C_E_NOT_FOUND
                           : c2c_records_by_slug(w->env->store, w->env->city,
                                                 r->type, r->slug, &row);

    if (err == C2C_E_NOT_FOUND ||
        (row.id != 0 && c2c_uuid_eq(&row.key, &r->key))) {
        return C2C_E_OK;
    }
    if (err != C2C_E_OK && row.id == 0) {
        return store_failed(w, err);
    }
    return c2c_diag_set(w->diag, C2C_E_EXISTS, d->final_slug,
                        "another %s has the slug '%s'", c2c_type_name(d->type),
                        d->final_slug);
}

/* The version in another audience goes: to those who see no other it is a
 * removal. */
static enum c2c_err leave_audience(struct work *w, struct c2c_draft *d,
                                   const struct before *b)
{
    struct c2c_row row;
    enum c2c_err err = touch(w, b->audience, d->type);

    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_records_in_slot(w->env->store, w->env->city, b->audience,
                              c2c_view_str(c2c_type_name(d->type)), &b->key,
                              &row);
    if (err == C2C_E_OK || err == C2C_E_CORRUPT) {
        err = c2c_records_remove(w->env->store, &row, w->newest.head.rev + 1,
                                 w->env->now_ms / 1000);
    }
    return err == C2C_E_OK ? err : store_failed(w, err);
}

static enum c2c_err encode_body(struct work *w, const struct c2c_draft *d,
                                struct c2c_buf *out)
{
    struct c2c_doc *doc = NULL;
    enum c2c_err err = c2c_doc_new(&doc);

    if (err == C2C_E_OK) {
        err = c2c_doc_encode(doc, d->body, out);
        err = err == C2C_E_TOO_BIG ? too_big(w, d) : err;
    }
    c2c_doc_free(doc);
    return err;
}

/* A record that is new, or another than before. */
static enum c2c_err put_change(struct work *w, struct c2c_draft *d,
                               struct before *b, struct c2c_record *r,
                               enum c2c_audience audience)
{
    /* What leaves for `local` is a removal to everybody else. */
    bool gone = audience == C2C_AUDIENCE_LOCAL && b->exists;
    enum c2c_err err;

    d->state = b->exists ? C2C_DRAFT_CHANGED : C2C_DRAFT_NEW;
    w->result.erased = w->result.erased || b->exists;
    err = check_slug(w, d, r);
    if (err == C2C_E_OK && b->exists && b->audience != audience) {
        err = leave_audience(w, d, b);
    }
    if (err == C2C_E_OK) {
        err = touch(w, audience, d->type);
    }
    if (err == C2C_E_OK) {
        err = write_record(w, d, r, audience);
    }
    return err == C2C_E_OK
               ? note_change(w, r, gone ? b->audience : audience, gone)
               : err;
}

static enum c2c_err put_one(struct work *w, struct c2c_draft *d)
{
    struct before b = {.exists = false};
    struct c2c_record r = {0};
    struct c2c_buf body;
    enum c2c_audience audience = c2c_type_audience(d->type);
    enum c2c_err err;

    c2c_buf_init(&b.bytes, C2C_MAX_RECORD_BYTES);
    c2c_buf_init(&body, (size_t)8 * C2C_MAX_RECORD_BYTES);
    err = load_before(w, d, &b);
    if (err == C2C_E_OK) {
        err = check_rev(w, d, &b);
    }
    if (err == C2C_E_OK) {
        err = encode_body(w, d, &body);
    }
    if (err == C2C_E_OK) {
        r.body = c2c_buf_view(&body);
        envelope(w, d, &b, &r);
        audience = d->has_audience ? d->audience
                   : b.exists      ? b.audience
                                   : audience;
        remember(d, &r, audience);
        if (unchanged(&b, &r, audience)) {
            d->state = C2C_DRAFT_SAME;
        } else {
            err = put_change(w, d, &b, &r, audience);
        }
    }
    if (err == C2C_E_NOMEM && w->diag->code == C2C_E_OK) {
        (void)c2c_diag_set(w->diag, err, "", "out of memory");
    }
    c2c_buf_fini(&body);
    c2c_buf_fini(&b.bytes);
    return err;
}

static enum c2c_err remove_one(struct work *w, struct c2c_draft *d)
{
    struct c2c_record r = {0};
    struct c2c_row row = {0};
    enum c2c_err err = find_old(w, d, &row);

    if (err != C2C_E_OK && (err != C2C_E_CORRUPT || row.id == 0)) {
        return err == C2C_E_NOT_FOUND
                   ? c2c_diag_set(w->diag, err, c2c_type_name(d->type),
                                  "it is gone already")
               : w->diag->code == C2C_E_OK ? store_failed(w, err)
                                           : err;
    }
    r.type = c2c_view_str(c2c_type_name(d->type));
    r.key = row.key;
    r.slug = row.slug;
    remember(d, &r, row.audience);
    d->state = C2C_DRAFT_REMOVED;
    w->result.erased = true;
    w->result.removed = true;
    err = note_change(w, &r, row.audience, true);
    if (err == C2C_E_OK) {
        err = touch(w, row.audience, d->type);
    }
    if (err == C2C_E_OK) {
        err = c2c_records_remove(w->env->store, &row, w->newest.head.rev + 1,
                                 w->env->now_ms / 1000);
    }
    return err == C2C_E_OK ? err : store_failed(w, err);
}

/* References to our own records must lead somewhere. */
struct nearest {
    struct c2c_near near;
    struct c2c_arena names;
};

static enum c2c_err offer_row(void *ctx, const struct c2c_row *row, bool intact)
{
    struct nearest *n = ctx;
    const char *copy = c2c_arena_dup(&n->names, row->slug);

    (void)intact;
    c2c_near_offer(&n->near, c2c_view_str(copy));
    return C2C_E_OK;
}

static enum c2c_err dangling(struct work *w, const char *path,
                             const struct c2c_ref *ref, struct c2c_view text)
{
    const struct c2c_filter filter = {.city = w->env->city,
                                      .type = ref->type,
                                      .limit = 10000};
    struct nearest n;
    char place[sizeof w->diag->thing];
    enum c2c_err err;

    c2c_arena_init(&n.names);
    c2c_near_init(&n.near, ref->name);
    (void)snprintf(place, sizeof place, "/body%s", path);
    (void)c2c_diag_set(w->diag, C2C_E_NOT_FOUND, place,
                       "there is no record '%.*s'", (int)text.n,
                       (const char *)text.p);
    err = c2c_records_list(w->env->store, &filter, offer_row, &n);
    if (err != C2C_E_OK) {
        (void)store_failed(w, err); /* That is the news. */
    } else if (n.near.n > 0) {
        c2c_diag_hint(w->diag, "did you mean '%.*s/%.*s'?", (int)ref->type.n,
                      (const char *)ref->type.p, (int)n.near.best[0].n,
                      (const char *)n.near.best[0].p);
    } else {
        c2c_diag_hint(w->diag, "`c2c list %.*s` shows what there is",
                      (int)ref->type.n, (const char *)ref->type.p);
    }
    c2c_arena_fini(&n.names);
    return err == C2C_E_OK ? C2C_E_NOT_FOUND : err;
}

static enum c2c_err check_ref(void *ctx, const char *path, struct c2c_view text)
{
    struct work *w = ctx;
    struct c2c_row row = {0};
    struct c2c_ref ref;
    enum c2c_err err;

    if (c2c_ref_parse(text, &ref) != C2C_E_OK || ref.city.n > 0) {
        return C2C_E_OK; /* The schema has spoken; others' we cannot know. */
    }
    err = ref.has_key ? c2c_records_get(w->env->store, w->env->city, ref.type,
                                        &ref.key, &row)
                      : c2c_records_by_slug(w->env->store, w->env->city,
                                            ref.type, ref.name, &row);
    if (err == C2C_E_NOT_FOUND) {
        return dangling(w, path, &ref, text);
    }
    /* A damaged record is there.  After any other failure SQLite may have
     * taken the transaction back: then nothing more may be written. */
    return err == C2C_E_OK || (err == C2C_E_CORRUPT && row.id != 0)
               ? C2C_E_OK
               : store_failed(w, err);
}

/* Recompute the trees that were touched and sign. */
static enum c2c_err sign_state(struct work *w)
{
    struct c2c_head next;
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < w->n_touched && err == C2C_E_OK; i++) {
        err = c2c_records_retree(w->env->store, w->env->city,
                                 w->touched[i].audience, w->touched[i].type);
    }
    if (err == C2C_E_OK) {
        err = c2c_newest_sign(w->env, &w->newest, c2c_buf_view(&w->changes),
                              w->diag, &next);
    }
    if (err == C2C_E_OK) {
        w->result.epoch = next.epoch;
        w->result.rev = next.rev;
    } else if (w->diag->code == C2C_E_OK) {
        err = store_failed(w, err);
    }
    return err;
}

static enum c2c_err begin(struct work *w)
{
    enum c2c_err err = c2c_newest_load(w->env, &w->newest);

    if (err != C2C_E_OK) {
        return store_failed(w, err);
    }
    w->result.epoch = w->newest.head.epoch;
    w->result.rev = w->newest.head.rev;
    return C2C_E_OK;
}

static enum c2c_err apply(struct work *w, struct c2c_draft *drafts, size_t n,
                          size_t *ret_at)
{
    enum c2c_err err = begin(w);

    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        *ret_at = i;
        err = drafts[i].remove ? remove_one(w, &drafts[i])
                               : put_one(w, &drafts[i]);
    }
    /* After all of them, so that records of one commit may refer to others. */
    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        if (!drafts[i].remove && drafts[i].state != C2C_DRAFT_SAME) {
            *ret_at = i;
            err = c2c_derive_refs(drafts[i].type, drafts[i].body, check_ref, w);
        }
    }
    if (err == C2C_E_OK && (w->changes.n > 0 || !w->newest.there)) {
        err = sign_state(w);
    }
    return err;
}

enum c2c_err c2c_commit_apply(const struct c2c_commit_env *env,
                              struct c2c_draft *drafts, size_t n,
                              struct c2c_diag *diag, size_t *ret_at,
                              struct c2c_commit_result *ret_result)
{
    struct work *w = c2c_calloc(1, sizeof *w);
    enum c2c_err err;

    diag->code = C2C_E_OK;
    if (w == NULL) {
        return c2c_diag_set(diag, C2C_E_NOMEM, "", "out of memory");
    }
    w->env = env;
    w->diag = diag;
    c2c_buf_init(&w->changes, CHANGES_MAX);
    err = apply(w, drafts, n, ret_at);
    if (err == C2C_E_OK) {
        *ret_result = w->result;
    } else if (diag->code == C2C_E_OK) {
        (void)c2c_diag_set(diag, err, "", "%s", c2c_strerror(err));
    }
    c2c_buf_fini(&w->changes);
    c2c_free(w);
    return err;
}
