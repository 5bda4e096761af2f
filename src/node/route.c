#include "node/route.h"

#include <string.h>

#include "base/near.h"
#include "node/ask_list.h"
#include "record/ref.h"

enum {
    RECORDS_MAX = 1000 /* Of one type and city that are looked at. */
};

static enum c2c_err collect(void *ctx, const struct c2c_taken *taken)
{
    struct c2c_bunch *bunch = ctx;

    bunch->bytes += taken->row.bytes.n;
    if (bunch->bounded && bunch->bytes > C2C_ROUTE_BYTES) {
        return C2C_E_TOO_BIG;
    }
    if (taken->intact && taken->row.audience != C2C_AUDIENCE_LOCAL &&
        bunch->n < bunch->room) {
        bunch->at[bunch->n++] = *taken;
    }
    return C2C_E_OK;
}

static enum c2c_err read_all(struct c2c_route *r, const char *type,
                             struct c2c_bunch *bunch)
{
    const struct c2c_filter filter = {.city = r->city->no,
                                      .type = c2c_view_str(type),
                                      .limit = RECORDS_MAX};
    uint64_t n = 0;
    enum c2c_err err = c2c_records_count(r->ask->store, &filter, &n);

    if (err != C2C_E_OK || n == 0) {
        return err;
    }
    bunch->bounded = r->ask->visitor != NULL;
    bunch->room = n < RECORDS_MAX ? (size_t)n : RECORDS_MAX;
    bunch->at = c2c_arena_alloc(r->ask->arena, bunch->room, sizeof *bunch->at);
    return bunch->at == NULL ? C2C_E_NOMEM
                             : c2c_filter_each(r->ask, &filter, collect, bunch);
}

static void note(struct c2c_route *r, const struct c2c_val *text)
{
    c2c_doc_push(r->ask->doc, r->notes, text);
}

static const struct c2c_vocab *vocab_of(const struct c2c_route *r,
                                        const char *name)
{
    return c2c_vocabs_find(r->ask->types, c2c_view_str(name));
}

/* The code that @word stands for in the vocabulary, or NULL. */
static const char *code_of(struct c2c_route *r, const char *vocab_name,
                           struct c2c_view word)
{
    const struct c2c_vocab *vocab = vocab_of(r, vocab_name);
    size_t found;
    enum c2c_err err = vocab == NULL || word.n == 0
                           ? C2C_E_NOT_FOUND
                           : c2c_vocab_find(vocab, word, &found);

    if (err == C2C_E_NOMEM) {
        r->err = err;
    }
    return err == C2C_E_OK ? c2c_vocab_code(vocab, found) : NULL;
}

/* Is @code among the words of @list, which may be labels or aliases? */
static bool lists(struct c2c_route *r, const char *vocab_name,
                  const struct c2c_val *list, const char *code)
{
    for (size_t i = 0; i < c2c_val_count(list); i++) {
        struct c2c_view word = c2c_val_str(c2c_val_at(list, i));
        const char *meant;

        if (c2c_view_eq_str(word, code)) {
            return true;
        }
        meant = code_of(r, vocab_name, word);
        if (meant != NULL && strcmp(meant, code) == 0) {
            return true;
        }
    }
    return false;
}

static void offer_vocab(const struct c2c_vocab *vocab, struct c2c_view lang,
                        struct c2c_near *near)
{
    for (size_t i = 0; i < c2c_vocab_count(vocab); i++) {
        c2c_near_offer(near, c2c_view_str(c2c_vocab_code(vocab, i)));
        c2c_near_offer(near, c2c_vocab_label(vocab, i, lang));
    }
}

static enum c2c_err unknown_word(struct c2c_route *r)
{
    struct c2c_ask *ask = r->ask;
    struct c2c_near near;

    c2c_near_init(&near, r->word);
    offer_vocab(vocab_of(r, "purposes"), ask->lang, &near);
    offer_vocab(vocab_of(r, "topics"), ask->lang, &near);
    (void)c2c_diag_set(ask->diag, C2C_E_NOT_FOUND, "--for",
                       "'%.*s' is neither a purpose nor a topic",
                       r->word.n < 200 ? (int)r->word.n : 200,
                       (const char *)r->word.p);
    if (near.n > 0) {
        c2c_diag_hint(ask->diag,
                      "did you mean '%.*s'? `c2c vocab purposes` and `c2c "
                      "vocab topics` list them",
                      (int)near.best[0].n, (const char *)near.best[0].p);
    } else {
        c2c_diag_hint(ask->diag, "`c2c vocab purposes` and `c2c vocab topics` "
                                 "list them");
    }
    return C2C_E_NOT_FOUND;
}

static void choose(struct c2c_route *r, const struct c2c_taken *office)
{
    if (r->n_chosen < C2C_ROUTE_OFFICES) {
        r->chosen[r->n_chosen++] = office;
    }
}

/* Offices whose scope lists @code under @member, which is the vocabulary's name
 * too. */
static void choose_by(struct c2c_route *r, const char *member, const char *code)
{
    for (size_t i = 0; i < r->offices.n && code != NULL; i++) {
        const struct c2c_val *scope =
            c2c_val_get(r->offices.at[i].body, "scope");

        if (lists(r, member, c2c_val_get(scope, member), code)) {
            choose(r, &r->offices.at[i]);
        }
    }
}

static void choose_general(struct c2c_route *r)
{
    for (size_t i = 0; i < r->offices.n; i++) {
        const struct c2c_val *scope =
            c2c_val_get(r->offices.at[i].body, "scope");

        if (c2c_val_bool(c2c_val_get(scope, "general"))) {
            choose(r, &r->offices.at[i]);
        }
    }
    if (r->n_chosen == 0) {
        choose_by(r, "purposes", "general");
    }
}

static void choose_all(struct c2c_route *r)
{
    for (size_t i = 0; i < r->offices.n; i++) {
        choose(r, &r->offices.at[i]);
    }
}

/* The general office, or all; a note says why. */
static void fall_back(struct c2c_route *r)
{
    struct c2c_doc *doc = r->ask->doc;
    bool general;

    r->matched = "general";
    choose_general(r);
    general = r->n_chosen > 0;
    if (!general) {
        choose_all(r);
    }
    if (r->offices.n == 0) {
        note(r, c2c_doc_fmt(doc, "%.*s has not published an office yet",
                            (int)r->city->title.n,
                            (const char *)r->city->title.p));
    } else if (r->word.n > 0) {
        note(r, c2c_doc_fmt(doc, "no office is named for '%.*s': %s",
                            (int)r->word.n, (const char *)r->word.p,
                            general ? "this is the general office"
                                    : "these are all its offices"));
    } else if (!general) {
        note(r, c2c_doc_cstr(doc, "no office is marked as general: these are "
                                  "all its offices"));
    }
}

static void choose_offices(struct c2c_route *r)
{
    r->matched = "purpose";
    choose_by(r, "purposes", r->purpose);
    if (r->n_chosen == 0) {
        r->matched = "topic";
        choose_by(r, "topics", r->topic);
    }
    if (r->n_chosen == 0) {
        fall_back(r);
    }
}

bool c2c_route_means(const struct c2c_route *r, struct c2c_view text,
                     const struct c2c_taken *target)
{
    struct c2c_ref ref;

    return c2c_ref_parse(text, &ref) == C2C_E_OK &&
           (ref.city.n == 0 || c2c_view_eq(ref.city, r->city->handle)) &&
           c2c_view_eq(ref.type, target->row.type) &&
           (ref.has_key ? c2c_uuid_eq(&ref.key, &target->row.key)
                        : c2c_view_eq(ref.name, target->row.slug));
}

bool c2c_route_is_for(struct c2c_route *r, const struct c2c_taken *procedure)
{
    const struct c2c_val *purposes = c2c_val_get(procedure->body, "for");

    if (r->word.n == 0) {
        return true;
    }
    return r->purpose != NULL && lists(r, "purposes", purposes, r->purpose);
}

static enum c2c_err read_question(struct c2c_route *r)
{
    const struct c2c_view none = {NULL, 0};
    enum c2c_err err = c2c_ask_text(r->ask, "for", none, &r->word);

    if (err == C2C_E_OK) {
        err = c2c_city_named(r->ask, &r->city);
    }
    r->purpose = code_of(r, "purposes", r->word);
    r->topic = code_of(r, "topics", r->word);
    if (err == C2C_E_OK) {
        err = r->err;
    }
    if (err == C2C_E_OK && r->word.n > 0 && r->purpose == NULL &&
        r->topic == NULL) {
        err = unknown_word(r);
    }
    return err;
}

enum c2c_err c2c_route_find(struct c2c_ask *ask, struct c2c_route *route)
{
    const struct {
        const char *type;
        struct c2c_bunch *bunch;
    } parts[] = {{"office", &route->offices},
                 {"contact", &route->contacts},
                 {"holder", &route->holders},
                 {"procedure", &route->procedures}};
    enum c2c_err err;

    route->ask = ask;
    route->notes = c2c_doc_array(ask->doc);
    err = read_question(route);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && err == C2C_E_OK;
         i++) {
        err = read_all(route, parts[i].type, parts[i].bunch);
    }
    if (err == C2C_E_OK) {
        choose_offices(route);
        err = route->err;
    }
    return err;
}
