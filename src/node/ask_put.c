/* put: records of this city, all or none. */

#include <stdio.h>
#include <string.h>

#include "codec/limits.h"
#include "node/ask_put.h"
#include "node/city.h"
#include "node/node_priv.h"
#include "node/present.h"
#include "record/problem.h"

enum {
    PROBLEMS_TOLD = 1000, /* Of all records together. */
    WARNINGS_TOLD = 1000
};

/* What is wrong with the records of one request. */
struct findings {
    struct c2c_ask *ask;
    struct c2c_problems *of_one; /* Room for one record's. */
    struct c2c_val *problems;
    struct c2c_val *warnings;
    size_t n_problems;
    size_t n_records; /* That have problems. */
    enum c2c_err code;
    size_t item; /* The record being looked at. */
};

static void add_problem(struct findings *f, const char *path,
                        const char *reason, const char *allowed)
{
    struct c2c_doc *doc = f->ask->doc;
    struct c2c_val *map;

    if (f->n_problems++ >= PROBLEMS_TOLD) {
        return;
    }
    map = c2c_doc_map(doc);
    c2c_doc_set_int(doc, map, "item", (int64_t)f->item);
    c2c_doc_set_cstr(doc, map, "path", path);
    c2c_doc_set_cstr(doc, map, "reason", reason);
    c2c_doc_set_cstr(doc, map, "allowed", allowed);
    c2c_doc_push(doc, f->problems, map);
}

/* A record that is not even a draft. */
static void add_refusal(struct findings *f, const struct c2c_diag *diag)
{
    char path[sizeof diag->thing + 1];
    char reason[sizeof diag->message + sizeof diag->hint + 2];

    (void)snprintf(path, sizeof path, "/%s", diag->thing);
    (void)snprintf(reason, sizeof reason, "%s%s%s", diag->message,
                   diag->hint[0] == '\0' ? "" : "; ", diag->hint);
    f->code = f->n_records == 0 ? diag->code : C2C_E_SCHEMA;
    add_problem(f, path, reason, "");
    f->n_records++;
}

static void add_schema_problems(struct findings *f)
{
    const struct c2c_problems *ps = f->of_one;

    for (size_t i = 0; i < ps->n; i++) {
        char path[sizeof ps->at[i].path + sizeof "/body"];

        (void)snprintf(path, sizeof path, "/body%s", ps->at[i].path);
        add_problem(f, path, ps->at[i].reason, ps->at[i].allowed);
    }
    f->n_problems += ps->total - ps->n;
    f->code = C2C_E_SCHEMA;
    f->n_records++;
}

static enum c2c_err warn_unknown(void *ctx, const char *path,
                                 struct c2c_view nearest)
{
    struct findings *f = ctx;
    struct c2c_doc *doc = f->ask->doc;
    struct c2c_val *map;

    if (c2c_val_count(f->warnings) == WARNINGS_TOLD) {
        return C2C_E_OK; /* The answer must fit when all is saved. */
    }
    map = c2c_doc_map(doc);
    c2c_doc_set_int(doc, map, "item", (int64_t)f->item);
    c2c_doc_set(doc, map, "path", c2c_doc_fmt(doc, "/body%s", path));
    c2c_doc_set(doc, map, "message",
                nearest.n > 0
                    ? c2c_doc_fmt(doc,
                                  "is not a field of this type; did you mean "
                                  "'%.*s'?",
                                  (int)nearest.n, (const char *)nearest.p)
                    : c2c_doc_cstr(doc, "is not a field of this type; it is "
                                        "kept as it stands"));
    c2c_doc_push(doc, f->warnings, map);
    return c2c_doc_err(doc);
}

static enum c2c_err may_write(struct c2c_ask *ask, const struct c2c_type *type,
                              struct c2c_diag *diag)
{
    if (!c2c_type_lga_only(type) ||
        ask->node->identity.keyset.kind == C2C_LGA) {
        return C2C_E_OK;
    }
    (void)c2c_diag_set(diag, C2C_E_DENIED, "type",
                       "only an association of local governments publishes %s "
                       "records",
                       c2c_type_name(type));
    c2c_diag_hint(diag, "`c2c types` lists what a city publishes");
    return C2C_E_DENIED;
}

static enum c2c_err check_one(struct findings *f, const struct c2c_val *input,
                              struct c2c_draft *draft)
{
    struct c2c_diag diag = {.code = C2C_E_OK};
    enum c2c_err err = c2c_draft_read(f->ask->types, input, draft, &diag);

    if (err == C2C_E_OK) {
        err = may_write(f->ask, draft->type, &diag);
    }
    if (err == C2C_E_NOMEM) {
        return err;
    }
    if (err != C2C_E_OK) {
        add_refusal(f, &diag);
        return C2C_E_OK;
    }
    memset(f->of_one, 0, sizeof *f->of_one);
    err = c2c_type_check(draft->type, draft->body, f->of_one);
    if (err == C2C_E_SCHEMA) {
        add_schema_problems(f);
        err = C2C_E_OK;
    }
    return err == C2C_E_OK ? c2c_type_unknown_fields(draft->type, draft->body,
                                                     warn_unknown, f)
                           : err;
}

static enum c2c_err refuse(struct findings *f, size_t n)
{
    struct c2c_ask *ask = f->ask;

    c2c_doc_set(ask->doc, ask->result, "problems", f->problems);
    (void)c2c_diag_set(ask->diag, f->code, NULL,
                       "%zu problem%s in %zu of %zu record%s: nothing was "
                       "saved",
                       f->n_problems, f->n_problems == 1 ? "" : "s",
                       f->n_records, n, n == 1 ? "" : "s");
    c2c_diag_hint(ask->diag, "mend what is named and try again; `c2c "
                             "schema TYPE` shows what is allowed");
    return f->code;
}

/* Read and check all records; every problem of every one is told. */
static enum c2c_err check_all(struct findings *f, const struct c2c_val *records,
                              struct c2c_draft *drafts)
{
    size_t n = c2c_val_count(records);
    enum c2c_err err = C2C_E_OK;

    for (f->item = 0; f->item < n && err == C2C_E_OK; f->item++) {
        err = check_one(f, c2c_val_at(records, f->item), &drafts[f->item]);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    return f->n_records > 0 ? refuse(f, n) : C2C_E_OK;
}

static const char *state_name(const struct c2c_draft *draft, bool waiting)
{
    if (waiting) {
        return "waiting";
    }
    if (draft->state == C2C_DRAFT_SAME) {
        return "same";
    }
    if (draft->final_audience == C2C_AUDIENCE_LOCAL) {
        return "local";
    }
    return draft->state == C2C_DRAFT_NEW ? "new" : "changed";
}

enum c2c_err c2c_put_item(struct c2c_ask *ask, const struct c2c_draft *draft,
                          struct c2c_val **ret_item)
{
    struct c2c_val *item = c2c_doc_map(ask->doc);
    struct c2c_row row = {.type = c2c_view_str(c2c_type_name(draft->type)),
                          .key = draft->final_key,
                          .slug = c2c_view_str(draft->final_slug)};
    const struct c2c_city_card *self;
    const struct c2c_val *ref = NULL;
    char key[C2C_UUID_TEXT];
    enum c2c_err err = c2c_city_self(ask, &self);

    if (err == C2C_E_OK) {
        row.city = self->no;
        err = c2c_present_ref(ask, &row, &ref);
    }
    c2c_uuid_format(&draft->final_key, key);
    c2c_doc_set(ask->doc, item, "ref", ref);
    c2c_doc_set_cstr(ask->doc, item, "key", key);
    *ret_item = item;
    return err;
}

/* Hand the drafts to the writer; a failure tells which record it was. */
enum c2c_err c2c_put_run(struct c2c_ask *ask, struct c2c_job *job)
{
    c2c_writer_run(ask->node->writer, job);
    if (job->err != C2C_E_OK) {
        *ask->diag = job->diag;
        if (job->at < job->n) {
            c2c_doc_set_int(ask->doc, ask->result, "item", (int64_t)job->at);
        }
        return job->err;
    }
    if (job->n == 0) {
        return C2C_E_OK; /* Nothing of ours has changed. */
    }
    c2c_doc_set_int(ask->doc, ask->result, "epoch", (int64_t)job->result.epoch);
    c2c_doc_set_int(ask->doc, ask->result, "rev", (int64_t)job->result.rev);
    return C2C_E_OK;
}

static enum c2c_err answer(struct c2c_ask *ask, const struct c2c_job *job)
{
    struct c2c_val *items = c2c_doc_array(ask->doc);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < job->n && err == C2C_E_OK; i++) {
        struct c2c_val *item = NULL;

        err = c2c_put_item(ask, &job->drafts[i], &item);
        c2c_doc_set_cstr(ask->doc, item, "state",
                         state_name(&job->drafts[i], job->waiting));
        c2c_doc_push(ask->doc, items, item);
    }
    c2c_doc_set(ask->doc, ask->result, "items", items);
    return err;
}

static enum c2c_err take_records(struct c2c_ask *ask, struct c2c_job *job,
                                 const struct c2c_val **ret_records)
{
    const struct c2c_val *records = c2c_val_get(ask->args, "records");

    job->n = c2c_val_count(records);
    if (c2c_val_kind(records) != C2C_KIND_ARRAY || job->n == 0) {
        (void)c2c_diag_set(ask->diag, C2C_E_INVAL, "records",
                           "there is no record to put");
        return C2C_E_INVAL;
    }
    if (job->n > C2C_MAX_PUT_RECORDS) {
        (void)c2c_diag_set(ask->diag, C2C_E_TOO_BIG, "records",
                           "%zu records are more than the %d of one commit",
                           job->n, C2C_MAX_PUT_RECORDS);
        c2c_diag_hint(ask->diag, "put them in several files");
        return C2C_E_TOO_BIG;
    }
    job->drafts = c2c_arena_alloc(ask->arena, job->n, sizeof *job->drafts);
    *ret_records = records;
    return job->drafts == NULL ? C2C_E_NOMEM
                               : c2c_ask_flag(ask, "dry_run", &job->dry_run);
}

enum c2c_err c2c_ask_put(struct c2c_ask *ask)
{
    struct findings findings = {.ask = ask,
                                .problems = c2c_doc_array(ask->doc),
                                .warnings = c2c_doc_array(ask->doc)};
    const struct c2c_val *records = NULL;
    struct c2c_job job = {.err = C2C_E_OK};
    enum c2c_err err = take_records(ask, &job, &records);

    findings.of_one = c2c_arena_alloc(ask->arena, 1, sizeof *findings.of_one);
    if (err == C2C_E_OK && findings.of_one == NULL) {
        err = C2C_E_NOMEM;
    }
    if (err == C2C_E_OK) {
        err = check_all(&findings, records, job.drafts);
    }
    if (err == C2C_E_OK) {
        err = c2c_put_run(ask, &job);
    }
    if (err == C2C_E_OK) {
        err = c2c_ask_set_cut_off(ask);
    }
    if (err == C2C_E_OK) {
        err = answer(ask, &job);
        c2c_doc_set(ask->doc, ask->result, "warnings", findings.warnings);
    }
    return err;
}
