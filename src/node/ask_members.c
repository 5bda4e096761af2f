/* members, approve, deny, revoke: who belongs to this association. */

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "node/ask_put.h"
#include "node/city.h"
#include "node/facets.h"
#include "node/join.h"
#include "node/node_priv.h"
#include "node/present.h"
#include "node/roll.h"
#include "store/joins.h"
#include "trust/membership.h"

/* Pages go through requests first, then through members, whose row ids are
 * moved beyond every possible number of requests. */
#define MEMBERS_FROM (INT64_C(1) << 40)

enum {
    LIMIT_DEFAULT = 100,
    LIMIT_MAX = 10000
};

static const char *const state_names[] = {"pending", "denied", "revoked",
                                          "member"};

enum {
    STATE_MEMBER = 3, /* Those before are of enum c2c_joining_state. */
    STATES = 4
};

enum c2c_err c2c_ask_lga(struct c2c_ask *ask)
{
    if (ask->node->identity.keyset.kind == C2C_LGA) {
        return C2C_E_OK;
    }
    (void)c2c_diag_set(ask->diag, C2C_E_DENIED, "members",
                       "this is the node of a city: only an association of "
                       "local governments has members");
    c2c_diag_hint(ask->diag, "`c2c join URL` asks an association to admit this "
                             "city; `c2c init --lga` makes a node for one");
    return C2C_E_DENIED;
}

/* A page of the list of members. */
struct page {
    struct c2c_ask *ask;
    struct c2c_val *items;
    int state;     /* Only these; -1: all. */
    int64_t after; /* The cursor. */
    int64_t at;    /* Requests seen. */
    uint64_t limit;
    bool more;
    int64_t last;
};

/* Room for the thing whose place is @place?  Notes that there is more. */
static bool has_room(struct page *page, int64_t place)
{
    if (c2c_val_count(page->items) == page->limit) {
        page->more = true;
        return false;
    }
    page->last = place;
    return true;
}

static enum c2c_err add_joining(void *ctx, const struct c2c_joining *j)
{
    struct page *page = ctx;
    struct c2c_ask *ask = page->ask;
    struct c2c_val *item;

    if (++page->at <= page->after || page->more ||
        (page->state >= 0 && page->state != (int)j->state) ||
        !has_room(page, page->at)) {
        return C2C_E_OK;
    }
    item = c2c_doc_map(ask->doc);
    c2c_ask_set_hash(ask, item, "city", &j->city);
    c2c_doc_set_str(ask->doc, item, "name", j->name);
    c2c_doc_set_cstr(ask->doc, item, "state", state_names[j->state]);
    c2c_ask_set_time(ask, item, "since", j->since_s);
    c2c_doc_set(ask->doc, item, "kind",
                c2c_roll_is_lga(j) ? c2c_doc_cstr(ask->doc, "lga")
                                   : c2c_doc_nil(ask->doc));
    c2c_doc_set_str(ask->doc, item, "note", j->note);
    c2c_doc_set(ask->doc, item, "ref", c2c_doc_nil(ask->doc));
    c2c_doc_push(ask->doc, page->items, item);
    return c2c_doc_err(ask->doc);
}

static enum c2c_err add_member(void *ctx, const struct c2c_rolled *m)
{
    struct page *page = ctx;
    struct c2c_ask *ask = page->ask;
    const struct c2c_val *ref = NULL;
    struct c2c_view kind;
    struct c2c_val *item;
    enum c2c_err err;

    if (!has_room(page, MEMBERS_FROM + m->taken.row.id)) {
        return C2C_E_OK;
    }
    item = c2c_doc_map(ask->doc);
    kind = c2c_val_text(m->taken.body, "kind");
    err = c2c_present_ref(ask, &m->taken.row, &ref);
    c2c_ask_set_hash(ask, item, "city", &m->city);
    c2c_doc_set_str(ask->doc, item, "name", m->name);
    c2c_doc_set_cstr(ask->doc, item, "state", state_names[STATE_MEMBER]);
    c2c_ask_set_time(ask, item, "since", m->taken.created_s);
    c2c_doc_set(ask->doc, item, "kind",
                kind.n > 0 ? c2c_doc_str(ask->doc, kind)
                           : c2c_doc_nil(ask->doc));
    c2c_doc_set(ask->doc, item, "ref", ref);
    c2c_doc_push(ask->doc, page->items, item);
    return err == C2C_E_OK ? c2c_doc_err(ask->doc) : err;
}

static enum c2c_err take_state(struct c2c_ask *ask, int *ret_state)
{
    struct c2c_view name = {NULL, 0};
    enum c2c_err err = c2c_ask_text(ask, "state", name, &name);

    *ret_state = -1;
    if (err != C2C_E_OK || name.n == 0) {
        return err;
    }
    for (int i = 0; i < STATES; i++) {
        if (c2c_view_eq_str(name, state_names[i])) {
            *ret_state = i;
            return C2C_E_OK;
        }
    }
    (void)c2c_diag_set(ask->diag, C2C_E_INVAL, "state",
                       "'%.*s' is not a state of membership",
                       name.n < 100 ? (int)name.n : 100, (const char *)name.p);
    c2c_diag_hint(ask->diag, "member, pending, denied or revoked");
    return C2C_E_INVAL;
}

enum c2c_err c2c_ask_members(struct c2c_ask *ask)
{
    struct page page = {.ask = ask, .items = c2c_doc_array(ask->doc)};
    enum c2c_err err = c2c_ask_lga(ask);

    if (err == C2C_E_OK) {
        err = take_state(ask, &page.state);
    }
    if (err == C2C_E_OK) {
        err = c2c_ask_uint(ask, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT,
                           &page.limit);
    }
    if (err == C2C_E_OK) {
        err = c2c_ask_cursor(ask, &page.after);
    }
    if (err == C2C_E_OK && page.state != STATE_MEMBER &&
        page.after < MEMBERS_FROM) {
        err = c2c_joins_each(ask->store, add_joining, &page);
    }
    if (err == C2C_E_OK && !page.more &&
        (page.state < 0 || page.state == STATE_MEMBER)) {
        int64_t after =
            page.after > MEMBERS_FROM ? page.after - MEMBERS_FROM : 0;

        err = c2c_roll_members(ask, after, &page.more, add_member, &page);
    }
    if (err == C2C_E_OK) {
        c2c_ask_finish_list(ask, page.items, page.more, page.last);
    }
    return err;
}

/* A decision about one city, made on the writer's thread. */
struct decision {
    struct c2c_ask *ask;
    struct c2c_roll_city city;
    struct c2c_view kind;
    struct c2c_draft draft; /* Of whom it admits. */

    /* Of what it removes. */
    const struct c2c_type *type;
    struct c2c_draft *removal;
    size_t n;
    size_t cap;
};

static struct c2c_join_env env_of(const struct c2c_group *group)
{
    return (struct c2c_join_env){.store = group->env->store,
                                 .types = group->env->types,
                                 .identity = group->env->identity,
                                 .now_s = group->env->now_ms / 1000};
}

static enum c2c_err found_or_not(enum c2c_err err)
{
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

static enum c2c_err admit(void *ctx, struct c2c_group *group,
                          struct c2c_job *job)
{
    struct decision *d = ctx;
    struct c2c_join_env env = env_of(group);
    struct c2c_join_record member;
    enum c2c_err err = c2c_join_member(&env, &d->city.id, &member);

    if (err == C2C_E_OK) {
        (void)c2c_diag_set(&job->diag, C2C_E_EXISTS, d->city.label,
                           "is a member already");
        c2c_diag_hint(&job->diag, "`c2c members list` shows since when");
        return C2C_E_EXISTS;
    }
    err = found_or_not(err);
    if (err == C2C_E_OK) {
        err = found_or_not(c2c_joins_remove(env.store, &d->city.id));
    }
    if (err == C2C_E_OK) {
        err = c2c_join_draft(&env, &d->city.id, d->city.name, d->kind,
                             d->ask->doc, &d->draft);
    }
    if (err == C2C_E_SCHEMA) {
        (void)c2c_diag_set(&job->diag, err, "kind",
                           "'%.*s' is no kind of membership",
                           d->kind.n < 100 ? (int)d->kind.n : 100,
                           d->kind.n == 0 ? "" : (const char *)d->kind.p);
        c2c_diag_hint(&job->diag, "full, associate, observer, or lga for an "
                                  "association whose members are admitted too");
    }
    job->drafts = &d->draft;
    job->n = err == C2C_E_OK ? 1 : 0;
    return err;
}

static enum c2c_err refuse(void *ctx, struct c2c_group *group,
                           struct c2c_job *job)
{
    const struct decision *d = ctx;
    struct c2c_join_env env = env_of(group);
    struct c2c_join_record member;
    enum c2c_err err = c2c_join_member(&env, &d->city.id, &member);

    if (err == C2C_E_OK) {
        (void)c2c_diag_set(&job->diag, C2C_E_CONFLICT, d->city.label,
                           "is a member");
        c2c_diag_hint(&job->diag, "`c2c members revoke` ends a membership");
        return C2C_E_CONFLICT;
    }
    err = found_or_not(err);
    if (err == C2C_E_OK) {
        err = c2c_joins_deny(env.store, &d->city.id);
    }
    return err == C2C_E_NOT_FOUND ? c2c_diag_set(&job->diag, err, d->city.label,
                                                 "has not asked to join")
                                  : err;
}

static enum c2c_err add_removal(void *ctx, const struct c2c_join_record *member)
{
    struct decision *d = ctx;
    void *removals = d->removal;
    enum c2c_err err = c2c_grow(&removals, d->n, &d->cap, sizeof d->removal[0]);

    d->removal = removals;
    if (err == C2C_E_OK) {
        d->removal[d->n++] = (struct c2c_draft){.type = d->type,
                                                .remove = true,
                                                .has_key = true,
                                                .key = member->key};
    }
    return err;
}

static enum c2c_err expel(void *ctx, struct c2c_group *group,
                          struct c2c_job *job)
{
    struct decision *d = ctx;
    struct c2c_join_env env = env_of(group);
    struct c2c_joining joining = {.city = d->city.id,
                                  .name = d->city.name,
                                  .since_s = env.now_s,
                                  .asked_s = env.now_s,
                                  .state = C2C_JOINING_REVOKED};
    enum c2c_err err;

    d->type = c2c_types_find(env.types, c2c_view_str(c2c_membership_type));
    err = c2c_join_memberships(&env, &d->city.id, add_removal, d);
    if (err == C2C_E_OK && d->n == 0) {
        (void)c2c_diag_set(&job->diag, C2C_E_NOT_FOUND, d->city.label,
                           "is no member");
        c2c_diag_hint(&job->diag, "`c2c members list` shows who is");
        return C2C_E_NOT_FOUND;
    }
    if (err == C2C_E_OK) {
        err = c2c_joins_put(env.store, &joining);
    }
    job->drafts = d->removal;
    job->n = err == C2C_E_OK ? d->n : 0;
    return err;
}

/* Decide about the city that is named; answers {city, name, state}. */
static enum c2c_err decide(struct decision *d,
                           enum c2c_err (*how)(void *ctx,
                                               struct c2c_group *group,
                                               struct c2c_job *job),
                           const char *state, struct c2c_job *job)
{
    struct c2c_ask *ask = d->ask;
    enum c2c_err err = c2c_ask_lga(ask);

    job->prepare = how;
    job->ctx = d;
    if (err == C2C_E_OK) {
        err = c2c_ask_flag(ask, "dry_run", &job->dry_run);
    }
    if (err == C2C_E_OK) {
        err = c2c_roll_find(ask, &d->city);
    }
    if (err == C2C_E_OK) {
        err = c2c_put_run(ask, job);
    }
    if (err == C2C_E_OK) {
        c2c_ask_set_hash(ask, ask->result, "city", &d->city.id);
        c2c_doc_set_str(ask->doc, ask->result, "name", d->city.name);
        c2c_doc_set_cstr(ask->doc, ask->result, "state", state);
    }
    return err;
}

enum c2c_err c2c_ask_approve(struct c2c_ask *ask)
{
    struct decision d = {.ask = ask};
    struct c2c_job job = {.err = C2C_E_OK};
    struct c2c_val *item = NULL;
    enum c2c_err err = c2c_ask_text(ask, "kind", d.kind, &d.kind);

    if (err == C2C_E_OK) {
        err = decide(&d, admit, "member", &job);
    }
    if (err == C2C_E_OK) {
        err = c2c_put_item(ask, &d.draft, &item);
    }
    if (err == C2C_E_OK) {
        c2c_doc_set(ask->doc, ask->result, "kind",
                    d.kind.n > 0 ? c2c_doc_str(ask->doc, d.kind)
                                 : c2c_doc_nil(ask->doc));
        c2c_doc_set(ask->doc, ask->result, "ref", c2c_val_get(item, "ref"));
    }
    return err;
}

enum c2c_err c2c_ask_deny(struct c2c_ask *ask)
{
    struct decision d = {.ask = ask};
    struct c2c_job job = {.err = C2C_E_OK};

    return decide(&d, refuse, "denied", &job);
}

enum c2c_err c2c_ask_revoke(struct c2c_ask *ask)
{
    struct decision d = {.ask = ask};
    struct c2c_job job = {.err = C2C_E_OK};
    enum c2c_err err = decide(&d, expel, "revoked", &job);

    c2c_free(d.removal);
    return err;
}
