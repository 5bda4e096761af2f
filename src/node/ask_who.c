/* who: whom to contact in a city, for what, who decides, how it goes on. */

#include <string.h>

#include "node/route.h"
#include "record/derive.h"

/* An answer on its way. */
struct answering {
    struct c2c_route route;
    uint64_t oldest_s; /* Of what is told; 0: nothing yet. */
    bool stale;        /* Some of it is. */
};

static const struct c2c_taken *find_meant(const struct answering *a,
                                          const struct c2c_bunch *records,
                                          struct c2c_view text)
{
    for (size_t i = 0; i < records->n && text.n > 0; i++) {
        if (c2c_route_means(&a->route, text, &records->at[i])) {
            return &records->at[i];
        }
    }
    return NULL;
}

static void see_fresh(struct answering *a, const struct c2c_taken *taken)
{
    struct c2c_fresh fresh =
        c2c_derive_fresh(taken->type, taken->body, taken->row.updated_s);

    if (a->oldest_s == 0 || fresh.verified_s < a->oldest_s) {
        a->oldest_s = fresh.verified_s;
    }
    a->stale = a->stale || (fresh.stale_from_s > 0 &&
                            a->route.ask->now_s >= fresh.stale_from_s);
}

/* {"ref", "name"/"title", "fresh"} and so on of any record. */
static enum c2c_err begin(struct answering *a, const struct c2c_taken *taken,
                          const char *title, struct c2c_val **ret_map)
{
    struct c2c_ask *ask = a->route.ask;
    struct c2c_val *map = c2c_doc_map(ask->doc);
    const struct c2c_val *ref = NULL;
    enum c2c_err err = c2c_present_ref(ask, &taken->row, &ref);

    c2c_doc_set(ask->doc, map, "ref", ref);
    c2c_doc_set_str(ask->doc, map, title,
                    c2c_derive_title(taken->type, taken->body, ask->lang));
    c2c_doc_set(ask->doc, map, "fresh", c2c_present_fresh(ask, taken, NULL));
    *ret_map = map;
    return err;
}

static void copy(struct answering *a, const struct c2c_val *from,
                 const char *name, struct c2c_val *to)
{
    const struct c2c_val *v = c2c_val_get(from, name);

    if (v != NULL) {
        c2c_doc_set(a->route.ask->doc, to, name, v);
    }
}

/* Who holds the post: what the asker may see. */
static void set_holders(struct answering *a, const struct c2c_taken *contact,
                        struct c2c_val *map)
{
    struct c2c_doc *doc = a->route.ask->doc;
    struct c2c_val *names = c2c_doc_array(doc);

    for (size_t i = 0; i < a->route.holders.n; i++) {
        const struct c2c_taken *h = &a->route.holders.at[i];

        if (c2c_route_means(&a->route, c2c_val_text(h->body, "contact"),
                            contact)) {
            c2c_doc_push(doc, names,
                         c2c_doc_str(doc,
                                     c2c_derive_title(h->type, h->body,
                                                      a->route.ask->lang)));
        }
    }
    if (c2c_val_count(names) > 0) {
        c2c_doc_set(doc, map, "holders", names);
    }
}

static enum c2c_err put_contact(struct answering *a,
                                const struct c2c_taken *contact,
                                struct c2c_val *list)
{
    static const char *const of_post[] = {"email", "phone", "fax"};
    const struct c2c_val *post = c2c_val_get(contact->body, "post");
    struct c2c_val *map = NULL;
    enum c2c_err err = begin(a, contact, "title", &map);

    for (size_t i = 0; i < sizeof of_post / sizeof of_post[0]; i++) {
        copy(a, post, of_post[i], map);
    }
    copy(a, contact->body, "kind", map);
    copy(a, contact->body, "deputy", map);
    copy(a, contact->body, "languages", map);
    set_holders(a, contact, map);
    see_fresh(a, contact);
    c2c_doc_push(a->route.ask->doc, list, map);
    return err;
}

static int by_rank(const void *a, const void *b)
{
    const struct c2c_val *const *x = a;
    const struct c2c_val *const *y = b;
    int64_t p = c2c_val_int(c2c_val_get(*x, "rank"));
    int64_t q = c2c_val_int(c2c_val_get(*y, "rank"));

    p = p == 0 ? INT64_MAX : p; /* Unranked ones are last. */
    q = q == 0 ? INT64_MAX : q;
    return (p > q) - (p < q);
}

/* The channels, best first; equal ranks keep their order. */
static enum c2c_err set_channels(struct answering *a,
                                 const struct c2c_val *body,
                                 struct c2c_val *map)
{
    const struct c2c_val *channels = c2c_val_get(body, "channels");
    size_t n = c2c_val_count(channels);
    const struct c2c_val **sorted = /* NOLINTNEXTLINE(bugprone-sizeof-*) */
        c2c_arena_alloc(a->route.ask->arena, n + 1, sizeof *sorted);
    struct c2c_val *list = c2c_doc_array(a->route.ask->doc);

    if (sorted == NULL) {
        return C2C_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = i;

        sorted[i] = c2c_val_at(channels, i);
        while (at > 0 && by_rank(&sorted[at], &sorted[at - 1]) < 0) {
            const struct c2c_val *swap = sorted[at];

            sorted[at] = sorted[at - 1];
            sorted[at - 1] = swap;
            at--;
        }
    }
    for (size_t i = 0; i < n; i++) {
        c2c_doc_push(a->route.ask->doc, list, sorted[i]);
    }
    c2c_doc_set(a->route.ask->doc, map, "channels", list);
    return C2C_E_OK;
}

static enum c2c_err put_office(struct answering *a,
                               const struct c2c_taken *office,
                               struct c2c_val *list)
{
    static const char *const copied[] = {
        "kind",    "scope",  "must_go_through", "hours",
        "address", "parent", "languages"};
    struct c2c_val *contacts = c2c_doc_array(a->route.ask->doc);
    struct c2c_val *map = NULL;
    enum c2c_err err = begin(a, office, "name", &map);

    c2c_doc_set(a->route.ask->doc, map, "languages",
                c2c_doc_array(a->route.ask->doc));
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
        copy(a, office->body, copied[i], map);
    }
    if (err == C2C_E_OK) {
        err = set_channels(a, office->body, map);
    }
    for (size_t i = 0; i < a->route.contacts.n && err == C2C_E_OK; i++) {
        const struct c2c_taken *c = &a->route.contacts.at[i];

        if (c2c_route_means(&a->route, c2c_val_text(c->body, "office"),
                            office)) {
            err = put_contact(a, c, contacts);
        }
    }
    c2c_doc_set(a->route.ask->doc, map, "contacts", contacts);
    see_fresh(a, office);
    c2c_doc_push(a->route.ask->doc, list, map);
    return err;
}

/* {"kind", "text", "office", "name"}: who takes the decision. */
static enum c2c_err put_authority(struct answering *a,
                                  const struct c2c_taken *office,
                                  struct c2c_val *list)
{
    struct c2c_doc *doc = a->route.ask->doc;
    const struct c2c_val *authority =
        c2c_val_get(office->body, "decision_authority");
    const struct c2c_taken *decider =
        find_meant(a, &a->route.offices, c2c_val_text(authority, "office"));
    const struct c2c_val *ref = NULL;
    struct c2c_val *map;
    enum c2c_err err;

    if (authority == NULL) {
        return C2C_E_OK;
    }
    map = c2c_doc_map(doc);
    copy(a, authority, "kind", map);
    copy(a, authority, "text", map);
    err = c2c_present_ref(a->route.ask, &office->row, &ref);
    c2c_doc_set(doc, map, "said_by", ref);
    if (decider != NULL && err == C2C_E_OK) {
        err = c2c_present_ref(a->route.ask, &decider->row, &ref);
        c2c_doc_set(doc, map, "office", ref);
        c2c_doc_set_str(doc, map, "name",
                        c2c_derive_title(decider->type, decider->body,
                                         a->route.ask->lang));
    }
    c2c_doc_push(doc, list, map);
    return err;
}

static enum c2c_err set_authorities(struct answering *a)
{
    struct c2c_val *list = c2c_doc_array(a->route.ask->doc);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < a->route.n_chosen && err == C2C_E_OK; i++) {
        err = put_authority(a, a->route.chosen[i], list);
    }
    /* The offices asked for do not say: what the others say of the city. */
    for (size_t i = 0;
         i < a->route.offices.n && err == C2C_E_OK && c2c_val_count(list) == 0;
         i++) {
        err = put_authority(a, &a->route.offices.at[i], list);
    }
    c2c_doc_set(a->route.ask->doc, a->route.ask->result, "decision_authority",
                list);
    return err;
}

static enum c2c_err set_procedures(struct answering *a)
{
    static const char *const copied[] = {"for", "steps", "office",
                                         "accepts_letters_in", "links"};
    struct c2c_val *list = c2c_doc_array(a->route.ask->doc);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < a->route.procedures.n && err == C2C_E_OK; i++) {
        const struct c2c_taken *p = &a->route.procedures.at[i];
        struct c2c_val *map = NULL;

        if (c2c_route_is_for(&a->route, p)) {
            err = begin(a, p, "title", &map);
            for (size_t c = 0; c < sizeof copied / sizeof copied[0]; c++) {
                copy(a, p->body, copied[c], map);
            }
            see_fresh(a, p);
            c2c_doc_push(a->route.ask->doc, list, map);
        }
    }
    c2c_doc_set(a->route.ask->doc, a->route.ask->result, "procedures", list);
    return err == C2C_E_OK ? a->route.err : err;
}

static void set_city(struct answering *a)
{
    static const char *const copied[] = {"country", "timezone", "languages",
                                         "highest_official"};
    struct c2c_doc *doc = a->route.ask->doc;
    struct c2c_val *map = c2c_doc_map(doc);
    char id[C2C_HASH_HEX];

    c2c_hash_hex(&a->route.city->id, id);
    c2c_doc_set_cstr(doc, map, "id", id);
    c2c_doc_set_str(doc, map, "handle", a->route.city->handle);
    c2c_doc_set_str(doc, map, "name", a->route.city->title);
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
        copy(a, a->route.city->profile, copied[i], map);
    }
    c2c_doc_set(doc, a->route.ask->result, "city", map);
}

static enum c2c_err answer(struct answering *a)
{
    struct c2c_doc *doc = a->route.ask->doc;
    struct c2c_val *result = a->route.ask->result;
    struct c2c_val *offices = c2c_doc_array(doc);
    enum c2c_err err = C2C_E_OK;

    set_city(a);
    c2c_doc_set(doc, result, "for",
                a->route.word.n == 0 ? c2c_doc_nil(doc)
                : a->route.purpose != NULL &&
                        strcmp(a->route.matched, "topic") != 0
                    ? c2c_doc_cstr(doc, a->route.purpose)
                : a->route.topic != NULL ? c2c_doc_cstr(doc, a->route.topic)
                                         : c2c_doc_str(doc, a->route.word));
    c2c_doc_set_cstr(doc, result, "matched", a->route.matched);
    for (size_t i = 0; i < a->route.n_chosen && err == C2C_E_OK; i++) {
        err = put_office(a, a->route.chosen[i], offices);
    }
    c2c_doc_set(doc, result, "offices", offices);
    if (err == C2C_E_OK) {
        err = set_authorities(a);
    }
    if (err == C2C_E_OK) {
        err = set_procedures(a);
    }
    return err;
}

static void set_fresh(struct answering *a)
{
    struct c2c_val *fresh = c2c_doc_map(a->route.ask->doc);

    if (a->oldest_s > 0) {
        c2c_ask_set_time(a->route.ask, fresh, "verified_at", a->oldest_s);
    } else {
        c2c_doc_set(a->route.ask->doc, fresh, "verified_at",
                    c2c_doc_nil(a->route.ask->doc));
    }
    c2c_doc_set_bool(a->route.ask->doc, fresh, "stale", a->stale);
    c2c_doc_set(a->route.ask->doc, a->route.ask->result, "fresh", fresh);
    c2c_doc_set(a->route.ask->doc, a->route.ask->result, "notes",
                a->route.notes);
}

enum c2c_err c2c_ask_who(struct c2c_ask *ask)
{
    struct answering a = {.oldest_s = 0};
    enum c2c_err err = c2c_route_find(ask, &a.route);

    if (err == C2C_E_OK) {
        err = answer(&a);
    }
    if (err == C2C_E_OK) {
        set_fresh(&a);
    }
    return err;
}
