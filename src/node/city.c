#include "node/city.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/text.h"
#include "codec/limits.h"
#include "node/facets.h"
#include "record/derive.h"
#include "store/records.h"

enum {
    HANDLE_HEX = 16,
    PREFIX_MIN = 8, /* Of a city id. */
    GEONAMES_DIGITS = 10,
    MAX_FOUND = 16,   /* Cities of one name that are told. */
    MAX_NEAR = 10000, /* Profiles looked at for "did you mean". */
    MAX_NAME = 1024
};

/* Looking for cities: the ones found so far. */
struct found {
    size_t n;
    c2c_city_no no[MAX_FOUND];
    struct c2c_view id_prefix; /* Hexadecimal. */
};

static enum c2c_err take_city(void *ctx, const struct c2c_row *row, bool intact)
{
    struct found *found = ctx;

    (void)intact;
    for (size_t i = 0; i < found->n; i++) {
        if (found->no[i] == row->city) {
            return C2C_E_OK;
        }
    }
    if (found->n < MAX_FOUND) {
        found->no[found->n++] = row->city;
    }
    return C2C_E_OK;
}

static enum c2c_err take_id(void *ctx, c2c_city_no no,
                            const struct c2c_hash *city)
{
    struct found *found = ctx;
    char hex[C2C_HASH_HEX];

    c2c_hash_hex(city, hex);
    if (c2c_view_starts(c2c_view_str(hex), found->id_prefix) &&
        found->n < MAX_FOUND) {
        found->no[found->n++] = no;
    }
    return C2C_E_OK;
}

static bool all_of(struct c2c_view text, const char *set)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\0' || strchr(set, text.p[i]) == NULL) {
            return false;
        }
    }
    return text.n > 0;
}

static enum c2c_err find_by_id(struct c2c_ask *ask, struct c2c_view name,
                               struct found *found)
{
    const struct c2c_view all = {NULL, 0};

    if (name.n < PREFIX_MIN || !all_of(name, "0123456789abcdef")) {
        return C2C_E_OK;
    }
    found->id_prefix = name;
    return c2c_cities_each(ask->store, all, take_id, found);
}

static enum c2c_err find_by_facet(struct c2c_ask *ask, const char *facet,
                                  struct c2c_view value, struct found *found)
{
    const struct c2c_filter filter = {.n_facets = 1,
                                      .facet = {{facet, value}},
                                      .limit = (uint64_t)2 * MAX_FOUND};

    return found->n > 0 || value.n == 0
               ? C2C_E_OK
               : c2c_records_list(ask->store, &filter, take_city, found);
}

/* "CN HGH" and "cnhgh" are CNHGH: the folded comparison does the case.  What
 * reads as an id is nobody's name. */
static enum c2c_err find_by_name(struct c2c_ask *ask, struct c2c_view name,
                                 struct found *found)
{
    struct c2c_buf tight;
    enum c2c_err err;

    c2c_buf_init(&tight, (size_t)4 * MAX_NAME);
    err = c2c_facets_tighten(name, &tight);
    if (err == C2C_E_OK && !c2c_text_is_id(c2c_buf_view(&tight))) {
        err = find_by_facet(ask, C2C_FACET_CITY, c2c_buf_view(&tight), found);
        if (err == C2C_E_OK) {
            err = find_by_facet(ask, "unlocode", c2c_buf_view(&tight), found);
        }
    }
    c2c_buf_fini(&tight);
    return err == C2C_E_TOO_BIG ? C2C_E_OK : err; /* No name is that long. */
}

/* The body of a stored record, in ask->doc. */
static enum c2c_err body_of(struct c2c_ask *ask, const struct c2c_row *row,
                            const struct c2c_val **ret_body)
{
    struct c2c_view bytes =
        c2c_val_bin(c2c_doc_bin(ask->doc, row->bytes)); /* A copy. */
    struct c2c_record record;
    enum c2c_err err = c2c_doc_err(ask->doc);

    if (err == C2C_E_OK) {
        err = c2c_record_decode(bytes, &record);
    }
    return err == C2C_E_OK
               ? c2c_doc_decode(ask->doc, record.body, C2C_MAX_DEPTH, ret_body)
               : err;
}

/* Does another city use the slug, or is it called like that, or does it read as
 * an id?  Then who is told the slug cannot find the city by it. */
struct rivals {
    c2c_city_no city;
    bool any;
};

static enum c2c_err see_rival(void *ctx, const struct c2c_row *row, bool intact)
{
    struct rivals *rivals = ctx;

    (void)intact;
    rivals->any = rivals->any || row->city != rivals->city;
    return C2C_E_OK;
}

static enum c2c_err slug_is_unique(struct c2c_ask *ask, c2c_city_no no,
                                   struct c2c_view slug, bool *ret_unique)
{
    struct rivals rivals = {no, false};
    struct c2c_filter filter = {.n_facets = 1, .limit = 1000};
    struct c2c_buf tight;
    enum c2c_err err;

    c2c_buf_init(&tight, (size_t)4 * MAX_NAME);
    err = c2c_facets_tighten(slug, &tight);
    filter.facet[0] = (struct c2c_facet){C2C_FACET_CITY, c2c_buf_view(&tight)};
    if (err == C2C_E_OK) {
        err = c2c_records_list(ask->store, &filter, see_rival, &rivals);
    }
    *ret_unique = !rivals.any && !c2c_text_is_id(c2c_buf_view(&tight));
    c2c_buf_fini(&tight);
    return err;
}

/* The profile: the first intact record of a type of which a city has one. */
struct profile {
    struct c2c_ask *ask;
    struct c2c_city_card *card;
    struct c2c_view slug;
};

static enum c2c_err take_profile(void *ctx, const struct c2c_row *row,
                                 bool intact)
{
    struct profile *p = ctx;

    if (!intact || row->audience == C2C_AUDIENCE_LOCAL) {
        return C2C_E_OK;
    }
    p->slug = c2c_val_str(c2c_doc_str(p->ask->doc, row->slug));
    return body_of(p->ask, row, &p->card->profile);
}

static enum c2c_err find_profile(struct profile *p)
{
    const struct c2c_types *types = p->ask->types;
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_types_count(types) && err == C2C_E_OK &&
                       p->card->profile == NULL;
         i++) {
        const struct c2c_type *type = c2c_types_at(types, i);
        const struct c2c_filter filter = {.city = p->card->no,
                                          .type =
                                              c2c_view_str(c2c_type_name(type)),
                                          .limit = 1};

        if (c2c_type_one_per_city(type)) {
            p->card->type = type;
            err = c2c_records_list(p->ask->store, &filter, take_profile, p);
        }
    }
    if (p->card->profile == NULL) {
        p->card->type = NULL;
    }
    return err;
}

static enum c2c_err make_card(struct c2c_ask *ask, c2c_city_no no,
                              struct c2c_city_card *card)
{
    struct profile p = {.ask = ask, .card = card};
    char hex[C2C_HASH_HEX];
    bool unique = false;
    enum c2c_err err;

    card->no = no;
    err = c2c_cities_id(ask->store, no, &card->id);
    if (err == C2C_E_OK) {
        err = find_profile(&p);
    }
    if (err == C2C_E_OK && p.slug.n > 0) {
        err = slug_is_unique(ask, no, p.slug, &unique);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    c2c_hash_hex(&card->id, hex);
    card->handle =
        unique
            ? p.slug
            : c2c_val_str(c2c_doc_str(ask->doc, c2c_view_of(hex, HANDLE_HEX)));
    card->title = c2c_derive_title(card->type, card->profile, ask->lang);
    if (card->title.n == 0) {
        card->title = card->handle;
    }
    return c2c_doc_err(ask->doc);
}

enum c2c_err c2c_city_get(struct c2c_ask *ask, c2c_city_no no,
                          const struct c2c_city_card **ret_city)
{
    struct c2c_city_card *card;
    enum c2c_err err;

    for (size_t i = 0; i < C2C_ASK_CITIES; i++) {
        if (ask->city[i] != NULL && ask->city[i]->no == no) {
            *ret_city = ask->city[i];
            return C2C_E_OK;
        }
    }
    card = c2c_arena_alloc(ask->arena, 1, sizeof *card);
    err = card == NULL ? C2C_E_NOMEM : make_card(ask, no, card);
    if (err != C2C_E_OK) {
        return c2c_ask_failed(ask, err);
    }
    ask->city[ask->next_city++ % C2C_ASK_CITIES] = card;
    *ret_city = card;
    return C2C_E_OK;
}

enum c2c_err c2c_city_self(struct c2c_ask *ask,
                           const struct c2c_city_card **ret_city)
{
    c2c_city_no no = 0;
    enum c2c_err err = c2c_cities_find(ask->store, ask->self, &no);

    return err == C2C_E_OK ? c2c_city_get(ask, no, ret_city)
                           : c2c_ask_failed(ask, err);
}

/* Names near to the one that leads nowhere. */
struct nearest {
    struct c2c_ask *ask;
    struct c2c_near near;
};

static void offer(struct nearest *n, struct c2c_view name)
{
    c2c_near_offer(&n->near, c2c_val_str(c2c_doc_str(n->ask->doc, name)));
}

static enum c2c_err offer_profile(void *ctx, const struct c2c_row *row,
                                  bool intact)
{
    struct nearest *n = ctx;
    const struct c2c_val *body = NULL;
    const struct c2c_val *names;

    if (!intact || body_of(n->ask, row, &body) != C2C_E_OK) {
        return C2C_E_OK;
    }
    offer(n, row->slug);
    names = c2c_val_get(body, "name");
    for (size_t i = 0; i < c2c_val_count(names); i++) {
        offer(n, c2c_val_str(c2c_val_pair(names, i).val));
    }
    return C2C_E_OK;
}

static enum c2c_err not_found(struct c2c_ask *ask, struct c2c_view name)
{
    struct nearest nearest = {.ask = ask};

    c2c_near_init(&nearest.near, name);
    for (size_t i = 0; i < c2c_types_count(ask->types); i++) {
        const struct c2c_type *type = c2c_types_at(ask->types, i);
        const struct c2c_filter filter = {.type =
                                              c2c_view_str(c2c_type_name(type)),
                                          .limit = MAX_NEAR};

        if (c2c_type_one_per_city(type)) {
            enum c2c_err err =
                c2c_records_list(ask->store, &filter, offer_profile, &nearest);

            if (err != C2C_E_OK) {
                return c2c_ask_failed(ask, err);
            }
        }
    }
    (void)c2c_diag_set(ask->diag, C2C_E_NOT_FOUND, "city",
                       "this node knows no city called '%.*s'",
                       name.n < 200 ? (int)name.n : 200, (const char *)name.p);
    if (nearest.near.n > 0) {
        c2c_diag_hint(ask->diag, "did you mean '%.*s'?",
                      (int)nearest.near.best[0].n,
                      (const char *)nearest.near.best[0].p);
    } else {
        c2c_diag_hint(ask->diag, "`c2c list city` shows the cities it holds");
    }
    return C2C_E_NOT_FOUND;
}

static enum c2c_err ambiguous(struct c2c_ask *ask, struct c2c_view name,
                              const struct found *found)
{
    struct c2c_val *candidates = c2c_doc_array(ask->doc);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < found->n && err == C2C_E_OK; i++) {
        const struct c2c_city_card *card;

        err = c2c_city_get(ask, found->no[i], &card);
        if (err == C2C_E_OK) {
            c2c_doc_push(ask->doc, candidates,
                         c2c_doc_str(ask->doc, card->handle));
        }
    }
    if (err != C2C_E_OK) {
        return err;
    }
    c2c_doc_set(ask->doc, ask->result, "candidates", candidates);
    (void)c2c_diag_set(ask->diag, C2C_E_AMBIGUOUS, "city",
                       "%zu cities are called '%.*s'", found->n,
                       name.n < 200 ? (int)name.n : 200, (const char *)name.p);
    c2c_diag_hint(ask->diag,
                  "name one of the candidates, or the first 8 characters of "
                  "its id: `c2c list city --json` tells them");
    return C2C_E_AMBIGUOUS;
}

enum c2c_err c2c_city_find(struct c2c_ask *ask, struct c2c_view name,
                           const struct c2c_city_card **ret_city)
{
    struct found found = {.n = 0};
    enum c2c_err err = C2C_E_OK;

    if (name.n == 0) {
        return c2c_city_self(ask, ret_city);
    }
    if (name.n <= MAX_NAME) {
        err = find_by_id(ask, name, &found);
        if (err == C2C_E_OK && name.n <= GEONAMES_DIGITS &&
            all_of(name, "0123456789")) {
            err = find_by_facet(ask, "geonames", name, &found);
        }
        if (err == C2C_E_OK) {
            err = find_by_name(ask, name, &found);
        }
    }
    if (err != C2C_E_OK) {
        return c2c_ask_failed(ask, err);
    }
    if (found.n == 0) {
        return not_found(ask, name);
    }
    return found.n == 1 ? c2c_city_get(ask, found.no[0], ret_city)
                        : ambiguous(ask, name, &found);
}

enum c2c_err c2c_city_named(struct c2c_ask *ask,
                            const struct c2c_city_card **ret_city)
{
    struct c2c_view name = {NULL, 0};
    enum c2c_err err = c2c_ask_text(ask, "city", name, &name);

    return err == C2C_E_OK ? c2c_city_find(ask, name, ret_city) : err;
}
