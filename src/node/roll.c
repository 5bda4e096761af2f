#include "node/roll.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/text.h"
#include "codec/limits.h"
#include "node/city.h"
#include "node/facets.h"
#include "record/derive.h"
#include "trust/keyset.h"
#include "trust/membership.h"
#include "wire/message.h"

enum {
    PREFIX_MIN = 8, /* Of an id. */
    MAX_FOUND = 16, /* Cities of one name that are told. */
    MAX_NAME = 1024,
    SHORT_HEX = 16 /* Of an id, where there is no name. */
};

bool c2c_roll_is_lga(const struct c2c_joining *joining)
{
    struct c2c_list_view list = {joining->keysets, joining->n_keysets};
    struct c2c_view bytes;
    struct c2c_keyset keyset;

    return list.n > 0 && c2c_list_next_keyset(&list, &bytes) == C2C_E_OK &&
           c2c_keyset_peek(bytes, &keyset) == C2C_E_OK &&
           keyset.kind == C2C_LGA;
}

/* Members one after another. */
struct walk {
    struct c2c_ask *ask;
    c2c_roll_fn *fn;
    void *ctx;
};

static struct c2c_view short_id(struct c2c_ask *ask,
                                const struct c2c_hash *city)
{
    char hex[C2C_HASH_HEX];

    c2c_hash_hex(city, hex);
    return c2c_val_str(c2c_doc_str(ask->doc, c2c_view_of(hex, SHORT_HEX)));
}

/* The name in the record, else the city's own, else the id. */
static enum c2c_err name_member(struct c2c_ask *ask, struct c2c_rolled *m)
{
    const struct c2c_city_card *card;
    c2c_city_no no = 0;
    enum c2c_err err = C2C_E_OK;

    m->name = c2c_derive_title(m->taken.type, m->taken.body, ask->lang);
    if (m->name.n == 0) {
        err = c2c_cities_find(ask->store, &m->city, &no);
        if (err == C2C_E_OK) {
            err = c2c_city_get(ask, no, &card);
            m->name = err == C2C_E_OK ? card->title : m->name;
        } else if (err == C2C_E_NOT_FOUND) {
            err = C2C_E_OK;
            m->name = short_id(ask, &m->city);
        }
    }
    return err;
}

static enum c2c_err see_row(void *ctx, const struct c2c_row *row, bool intact)
{
    const struct walk *walk = ctx;
    struct c2c_membership membership;
    struct c2c_rolled m;
    enum c2c_err err;

    if (!intact || row->audience == C2C_AUDIENCE_LOCAL ||
        c2c_membership_read(row->bytes, &membership) != C2C_E_OK) {
        return C2C_E_OK; /* No membership. */
    }
    m.city = membership.city;
    err = c2c_present_take(walk->ask, row, intact, &m.taken);
    if (err == C2C_E_OK) {
        err = name_member(walk->ask, &m);
    }
    return err == C2C_E_OK ? walk->fn(walk->ctx, &m) : err;
}

enum c2c_err c2c_roll_members(struct c2c_ask *ask, int64_t after,
                              const bool *enough, c2c_roll_fn *fn, void *ctx)
{
    struct walk walk = {ask, fn, ctx};
    struct c2c_filter filter = {.type = c2c_view_str(c2c_membership_type),
                                .after = after,
                                .limit = INT64_MAX,
                                .enough = enough};
    enum c2c_err err = c2c_cities_find(ask->store, ask->self, &filter.city);

    return err == C2C_E_OK
               ? c2c_records_list(ask->store, &filter, see_row, &walk)
               : err;
}

/* Looking for one city: those found so far. */
struct hunt {
    struct c2c_ask *ask;
    struct c2c_view wanted;
    struct c2c_buf tight; /* The wanted name as c2c_facets_tighten() has it. */
    bool is_id;           /* It is none: names are not looked at. */
    struct c2c_near near;
    size_t n;
    struct {
        struct c2c_hash id;
        struct c2c_view name;
    } found[MAX_FOUND];
};

static bool is_digits(struct c2c_view text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\0' ||
            strchr("0123456789abcdef", text.p[i]) == NULL) {
            return false;
        }
    }
    return text.n >= PREFIX_MIN && text.n < C2C_HASH_HEX;
}

static void take(struct hunt *hunt, const struct c2c_hash *id,
                 struct c2c_view name)
{
    for (size_t i = 0; i < hunt->n; i++) {
        if (c2c_hash_eq(&hunt->found[i].id, id)) {
            return;
        }
    }
    if (hunt->n < MAX_FOUND) {
        hunt->found[hunt->n].id = *id;
        hunt->found[hunt->n++].name =
            c2c_val_str(c2c_doc_str(hunt->ask->doc, name));
    }
}

static enum c2c_err same_name(const struct hunt *hunt, struct c2c_view name,
                              bool *same)
{
    struct c2c_buf tight;
    enum c2c_err err;

    c2c_buf_init(&tight, (size_t)4 * MAX_NAME);
    err = name.n > MAX_NAME ? C2C_E_OK : c2c_facets_tighten(name, &tight);
    *same = *same ||
            (err == C2C_E_OK && tight.n > 0 && !hunt->is_id &&
             c2c_view_eq(c2c_buf_view(&tight), c2c_buf_view(&hunt->tight)));
    c2c_buf_fini(&tight);
    return err == C2C_E_NOMEM ? err : C2C_E_OK; /* Else it is no name. */
}

static bool same_id(const struct hunt *hunt, const struct c2c_hash *id)
{
    char hex[C2C_HASH_HEX];

    c2c_hash_hex(id, hex);
    return is_digits(hunt->wanted) &&
           c2c_view_starts(c2c_view_str(hex), hunt->wanted);
}

static enum c2c_err see_joining(void *ctx, const struct c2c_joining *j)
{
    struct hunt *hunt = ctx;
    bool same = same_id(hunt, &j->city);
    enum c2c_err err = same_name(hunt, j->name, &same);

    if (err == C2C_E_OK && same) {
        take(hunt, &j->city, j->name);
    } else if (err == C2C_E_OK) {
        c2c_near_offer(&hunt->near,
                       c2c_val_str(c2c_doc_str(hunt->ask->doc, j->name)));
    }
    return err;
}

static enum c2c_err see_member(void *ctx, const struct c2c_rolled *m)
{
    struct hunt *hunt = ctx;
    const struct c2c_val *names = c2c_val_get(m->taken.body, "name");
    bool same = same_id(hunt, &m->city) ||
                (!hunt->is_id && c2c_view_eq(hunt->wanted, m->taken.row.slug));
    enum c2c_err err = same_name(hunt, m->name, &same);

    for (size_t i = 0; i < c2c_val_count(names) && err == C2C_E_OK; i++) {
        err = same_name(hunt, c2c_val_str(c2c_val_pair(names, i).val), &same);
    }
    if (err == C2C_E_OK && same) {
        take(hunt, &m->city, m->name);
    } else if (err == C2C_E_OK) {
        c2c_near_offer(&hunt->near, m->name);
    }
    return err;
}

/* A city that is held, though it is not on the roll. */
static enum c2c_err see_held(struct hunt *hunt)
{
    const struct c2c_city_card *card = NULL;
    struct c2c_hash id;
    const struct c2c_view unknown = {NULL, 0};
    enum c2c_err err = c2c_city_find(hunt->ask, hunt->wanted, &card);

    if (err == C2C_E_OK) {
        take(hunt, &card->id, card->title);
    } else if (err == C2C_E_NOT_FOUND) {
        hunt->ask->diag->code = C2C_E_OK;
        err = C2C_E_OK;
        if (c2c_hash_parse(hunt->wanted, &id) == C2C_E_OK) {
            take(hunt, &id, unknown);
        }
    }
    return err;
}

static enum c2c_err not_found(struct hunt *hunt)
{
    struct c2c_diag *diag = hunt->ask->diag;

    (void)c2c_diag_set(diag, C2C_E_NOT_FOUND, "city",
                       "no member and no city that has asked is called '%.*s'",
                       hunt->wanted.n < 200 ? (int)hunt->wanted.n : 200,
                       (const char *)hunt->wanted.p);
    if (hunt->near.n > 0) {
        c2c_diag_hint(diag, "did you mean '%.*s'?", (int)hunt->near.best[0].n,
                      (const char *)hunt->near.best[0].p);
    } else {
        c2c_diag_hint(diag, "`c2c members list` shows them");
    }
    return C2C_E_NOT_FOUND;
}

static enum c2c_err ambiguous(struct hunt *hunt)
{
    struct c2c_ask *ask = hunt->ask;
    struct c2c_val *candidates = c2c_doc_array(ask->doc);

    for (size_t i = 0; i < hunt->n; i++) {
        c2c_doc_push(ask->doc, candidates,
                     c2c_doc_str(ask->doc, short_id(ask, &hunt->found[i].id)));
    }
    c2c_doc_set(ask->doc, ask->result, "candidates", candidates);
    (void)c2c_diag_set(ask->diag, C2C_E_AMBIGUOUS, "city",
                       "%zu cities are called '%.*s'", hunt->n,
                       hunt->wanted.n < 200 ? (int)hunt->wanted.n : 200,
                       (const char *)hunt->wanted.p);
    c2c_diag_hint(ask->diag, "name one by the beginning of its id");
    return C2C_E_AMBIGUOUS;
}

static void label(struct c2c_roll_city *city)
{
    char hex[C2C_HASH_HEX];

    c2c_hash_hex(&city->id, hex);
    if (city->name.n > 0) {
        (void)snprintf(city->label, sizeof city->label, "%.*s (%.*s)",
                       city->name.n < 200 ? (int)city->name.n : 200,
                       (const char *)city->name.p, SHORT_HEX, hex);
    } else {
        (void)snprintf(city->label, sizeof city->label, "%.*s", SHORT_HEX, hex);
    }
    c2c_text_line(city->label);
}

static enum c2c_err hunt_for(struct hunt *hunt)
{
    enum c2c_err err = c2c_facets_tighten(hunt->wanted, &hunt->tight);

    if (err == C2C_E_TOO_BIG) {
        return not_found(hunt);
    }
    hunt->is_id = c2c_text_is_id(c2c_buf_view(&hunt->tight));
    if (err == C2C_E_OK) {
        err = c2c_joins_each(hunt->ask->store, see_joining, hunt);
    }
    if (err == C2C_E_OK) {
        err = c2c_roll_members(hunt->ask, 0, NULL, see_member, hunt);
    }
    if (err == C2C_E_OK && hunt->n == 0) {
        err = see_held(hunt);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    return hunt->n == 0   ? not_found(hunt)
           : hunt->n == 1 ? C2C_E_OK
                          : ambiguous(hunt);
}

enum c2c_err c2c_roll_find(struct c2c_ask *ask, struct c2c_roll_city *ret_city)
{
    struct hunt hunt = {.ask = ask};
    enum c2c_err err = c2c_ask_text(ask, "city", hunt.wanted, &hunt.wanted);

    if (err == C2C_E_OK && (hunt.wanted.n == 0 || hunt.wanted.n > MAX_NAME)) {
        return c2c_diag_set(ask->diag, C2C_E_INVAL, "city", "no city is named");
    }
    if (err != C2C_E_OK) {
        return err;
    }
    c2c_buf_init(&hunt.tight, (size_t)4 * MAX_NAME);
    c2c_near_init(&hunt.near, hunt.wanted);
    err = hunt_for(&hunt);
    if (err == C2C_E_OK) {
        ret_city->id = hunt.found[0].id;
        ret_city->name = hunt.found[0].name;
        label(ret_city);
    }
    c2c_buf_fini(&hunt.tight);
    return err;
}
