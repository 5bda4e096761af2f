/* remove and confirm: changes to records that are named by reference. */

#include <stdio.h>

#include "base/timefmt.h"
#include "codec/limits.h"
#include "node/ask_list.h"
#include "node/ask_put.h"
#include "node/city.h"
#include "node/present.h"
#include "record/derive.h"
#include "record/ref.h"
#include "record/schema.h"

enum {
    REFERRERS_MAX = 100
};

/* Makes the draft of one record. */
typedef enum c2c_err draft_fn(struct c2c_ask *ask,
                              const struct c2c_taken *taken,
                              struct c2c_draft *draft);

static enum c2c_err own_record(struct c2c_ask *ask, struct c2c_view text,
                               struct c2c_taken *ret_taken)
{
    const struct c2c_city_card *self = NULL;
    const struct c2c_city_card *city;
    char thing[256];
    enum c2c_err err = c2c_present_find(ask, text, ret_taken);

    if (err == C2C_E_OK) {
        err = c2c_city_self(ask, &self);
    }
    if (err != C2C_E_OK || ret_taken->row.city == self->no) {
        return err;
    }
    (void)snprintf(thing, sizeof thing, "%.*s",
                   text.n < 200 ? (int)text.n : 200, (const char *)text.p);
    err = c2c_city_get(ask, ret_taken->row.city, &city);
    return err == C2C_E_OK
               ? c2c_diag_set(ask->diag, C2C_E_DENIED, thing,
                              "belongs to %.*s: only a city itself changes its "
                              "records",
                              (int)city->title.n, (const char *)city->title.p)
               : err;
}

static bool named_before(const struct c2c_draft *drafts, size_t n,
                         const struct c2c_taken *taken)
{
    for (size_t i = 0; i < n; i++) {
        if (drafts[i].type == taken->type &&
            c2c_uuid_eq(&drafts[i].key, &taken->row.key)) {
            return true;
        }
    }
    return false;
}

/* Drafts for all references; one that is named twice counts once. */
static enum c2c_err make_drafts(struct c2c_ask *ask, const struct c2c_val *refs,
                                draft_fn *fn, struct c2c_job *job)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_val_count(refs) && err == C2C_E_OK; i++) {
        struct c2c_taken taken;

        err = own_record(ask, c2c_val_str(c2c_val_at(refs, i)), &taken);
        if (err == C2C_E_OK && taken.type == NULL) {
            err = c2c_diag_set(ask->diag, C2C_E_UNKNOWN_TYPE, "type",
                               "this version does not know the type '%.*s'",
                               (int)taken.row.type.n,
                               (const char *)taken.row.type.p);
        }
        if (err == C2C_E_OK && !named_before(job->drafts, job->n, &taken)) {
            struct c2c_draft *d = &job->drafts[job->n];

            d->type = taken.type;
            d->has_key = true;
            d->key = taken.row.key;
            err = fn(ask, &taken, d);
            job->n += err == C2C_E_OK ? 1 : 0;
        }
    }
    return err;
}

static enum c2c_err run(struct c2c_ask *ask, draft_fn *fn, struct c2c_job *job)
{
    const struct c2c_val *refs = c2c_val_get(ask->args, "refs");
    size_t n = c2c_val_count(refs);
    enum c2c_err err = c2c_ask_flag(ask, "dry_run", &job->dry_run);

    if (err == C2C_E_OK && (n == 0 || n > C2C_MAX_PUT_RECORDS)) {
        err = c2c_diag_set(ask->diag, C2C_E_INVAL, "refs",
                           n == 0 ? "no record is named"
                                  : "too many records are named");
    }
    if (err == C2C_E_OK) {
        job->drafts = c2c_arena_alloc(ask->arena, n, sizeof *job->drafts);
        err =
            job->drafts == NULL ? C2C_E_NOMEM : make_drafts(ask, refs, fn, job);
    }
    if (err == C2C_E_OK) {
        err = c2c_put_run(ask, job);
    }
    return err == C2C_E_OK ? c2c_ask_set_cut_off(ask) : err;
}

static enum c2c_err draft_removal(struct c2c_ask *ask,
                                  const struct c2c_taken *taken,
                                  struct c2c_draft *draft)
{
    (void)ask;
    (void)taken;
    draft->remove = true;
    return C2C_E_OK;
}

/* Looking for records that refer to those that would go. */
struct referrers {
    struct c2c_ask *ask;
    const struct c2c_job *job;
    struct c2c_val *refs;
    bool hit; /* The record at hand does. */
};

static bool is_ref_to(const struct c2c_ref *ref, const struct c2c_draft *d)
{
    return c2c_view_eq_str(ref->type, c2c_type_name(d->type)) &&
           (ref->has_key ? c2c_uuid_eq(&ref->key, &d->final_key)
                         : c2c_view_eq_str(ref->name, d->final_slug));
}

static enum c2c_err see_ref(void *ctx, const char *path, struct c2c_view text)
{
    struct referrers *r = ctx;
    struct c2c_ref ref;

    (void)path;
    if (c2c_ref_parse(text, &ref) == C2C_E_OK && ref.city.n == 0) {
        for (size_t i = 0; i < r->job->n; i++) {
            r->hit = r->hit || is_ref_to(&ref, &r->job->drafts[i]);
        }
    }
    return C2C_E_OK;
}

static enum c2c_err see_referrer(void *ctx, const struct c2c_taken *taken)
{
    struct referrers *r = ctx;
    const struct c2c_val *ref = NULL;
    enum c2c_err err = C2C_E_OK;

    r->hit = false;
    if (taken->intact && taken->type != NULL &&
        !named_before(r->job->drafts, r->job->n, taken)) {
        err = c2c_derive_refs(taken->type, taken->body, see_ref, r);
    }
    if (err == C2C_E_OK && r->hit && c2c_val_count(r->refs) < REFERRERS_MAX) {
        err = c2c_present_ref(r->ask, &taken->row, &ref);
        c2c_doc_push(r->ask->doc, r->refs, ref);
    }
    return err;
}

static enum c2c_err add_referrers(struct c2c_ask *ask,
                                  const struct c2c_job *job)
{
    struct referrers r = {.ask = ask,
                          .job = job,
                          .refs = c2c_doc_array(ask->doc)};
    struct c2c_filter own = {.limit = INT64_MAX};
    const struct c2c_city_card *self;
    enum c2c_err err = c2c_city_self(ask, &self);

    if (err == C2C_E_OK) {
        own.city = self->no;
        err = c2c_filter_pass(ask, &own, see_referrer, &r);
    }
    c2c_doc_set(ask->doc, ask->result, "referrers", r.refs);
    return err;
}

enum c2c_err c2c_ask_remove(struct c2c_ask *ask)
{
    struct c2c_val *items = c2c_doc_array(ask->doc);
    struct c2c_job job = {.err = C2C_E_OK};
    enum c2c_err err = run(ask, draft_removal, &job);

    if (err == C2C_E_OK && job.dry_run) {
        err = add_referrers(ask, &job);
    }
    for (size_t i = 0; i < job.n && err == C2C_E_OK; i++) {
        struct c2c_val *item = NULL;

        err = c2c_put_item(ask, &job.drafts[i], &item);
        c2c_doc_push(ask->doc, items, item);
    }
    if (err == C2C_E_OK) {
        c2c_doc_set(ask->doc, ask->result, "items", items);
    }
    return err;
}

static enum c2c_err draft_confirmation(struct c2c_ask *ask,
                                       const struct c2c_taken *taken,
                                       struct c2c_draft *draft)
{
    struct c2c_val *body = c2c_doc_copy(ask->doc, taken->body);

    if (!taken->intact) {
        return c2c_diag_set(ask->diag, C2C_E_CORRUPT,
                            c2c_type_name(taken->type),
                            "the stored bytes are not those that were signed");
    }
    if (c2c_schema_get(c2c_type_body(taken->type),
                       c2c_view_str("verified_at")) == NULL) {
        (void)c2c_diag_set(ask->diag, C2C_E_INVAL, c2c_type_name(taken->type),
                           "a %s is not something to confirm",
                           c2c_type_name(taken->type));
        c2c_diag_hint(ask->diag,
                      "offices, contacts, holders and procedures are");
        return C2C_E_INVAL;
    }
    c2c_ask_set_time(ask, body, "verified_at", ask->now_s);
    draft->body = body;
    draft->if_rev = taken->row.rev;
    return c2c_doc_err(ask->doc);
}

enum c2c_err c2c_ask_confirm(struct c2c_ask *ask)
{
    struct c2c_val *items = c2c_doc_array(ask->doc);
    struct c2c_job job = {.err = C2C_E_OK};
    enum c2c_err err = run(ask, draft_confirmation, &job);

    for (size_t i = 0; i < job.n && err == C2C_E_OK; i++) {
        struct c2c_val *item = NULL;

        err = c2c_put_item(ask, &job.drafts[i], &item);
        c2c_ask_set_time(ask, item, "verified_at", ask->now_s);
        c2c_doc_push(ask->doc, items, item);
    }
    if (err == C2C_E_OK) {
        c2c_doc_set(ask->doc, ask->result, "items", items);
    }
    return err;
}
