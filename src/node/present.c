#include "node/present.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "codec/limits.h"
#include "node/city.h"
#include "node/draft.h"
#include "node/standing.h"
#include "record/derive.h"
#include "record/lang.h"

enum {
    ID_SHOWN = 16,     /* Digits of a city's id. */
    PARTIES_SHOWN = 3, /* In the name of a tie. */
    TITLE_MAX = 2048,
    MAX_NEAR = 10000 /* Records looked at for "did you mean". */
};

static struct c2c_view keep(struct c2c_ask *ask, struct c2c_view text)
{
    return c2c_val_str(c2c_doc_str(ask->doc, text));
}

enum c2c_err c2c_present_take_into(struct c2c_ask *ask, struct c2c_doc *doc,
                                   const struct c2c_row *row, bool intact,
                                   struct c2c_taken *ret_taken)
{
    struct c2c_taken taken = {.row = *row, .intact = intact};
    struct c2c_record record = {0};
    enum c2c_err err;

    taken.row.type = c2c_val_str(c2c_doc_str(doc, row->type));
    taken.row.slug = c2c_val_str(c2c_doc_str(doc, row->slug));
    taken.row.bytes = c2c_val_bin(c2c_doc_bin(doc, row->bytes));
    taken.type = c2c_types_find(ask->types, taken.row.type);
    err = c2c_doc_err(doc);
    if (err == C2C_E_OK && intact) {
        err = c2c_record_decode(taken.row.bytes, &record);
        taken.created_s = record.created_s;
    }
    if (err == C2C_E_OK && intact) {
        err = c2c_doc_decode(doc, record.body, C2C_MAX_DEPTH, &taken.body);
    }
    if (err != C2C_E_OK) {
        return c2c_ask_failed(ask, err);
    }
    *ret_taken = taken;
    return C2C_E_OK;
}

enum c2c_err c2c_present_take(struct c2c_ask *ask, const struct c2c_row *row,
                              bool intact, struct c2c_taken *ret_taken)
{
    return c2c_present_take_into(ask, ask->doc, row, intact, ret_taken);
}

enum c2c_err c2c_present_ref(struct c2c_ask *ask, const struct c2c_row *row,
                             const struct c2c_val **ret_ref)
{
    const struct c2c_city_card *city;
    char key[C2C_UUID_TEXT];
    struct c2c_view name = row->slug;
    enum c2c_err err = c2c_city_get(ask, row->city, &city);

    if (err != C2C_E_OK) {
        return err;
    }
    if (name.n == 0) {
        c2c_uuid_format(&row->key, key);
        name = c2c_view_str(key);
    }
    *ret_ref = c2c_doc_fmt(ask->doc, "%.*s/%.*s/%.*s", (int)city->handle.n,
                           (const char *)city->handle.p, (int)row->type.n,
                           (const char *)row->type.p, (int)name.n,
                           (const char *)name.p);
    return c2c_doc_err(ask->doc);
}

struct c2c_val *c2c_present_fresh(struct c2c_ask *ask,
                                  const struct c2c_taken *taken,
                                  bool *ret_stale)
{
    struct c2c_fresh fresh =
        c2c_derive_fresh(taken->type, taken->body, taken->row.updated_s);
    struct c2c_val *map = c2c_doc_map(ask->doc);
    bool stale = fresh.stale_from_s > 0 && ask->now_s >= fresh.stale_from_s;

    c2c_ask_set_time(ask, map, "verified_at", fresh.verified_s);
    c2c_doc_set_bool(ask->doc, map, "stale", stale);
    if (ret_stale != NULL) {
        *ret_stale = stale;
    }
    return map;
}

/* true, or why not. */
static enum c2c_err set_verified(struct c2c_ask *ask,
                                 const struct c2c_taken *taken,
                                 struct c2c_val *map)
{
    enum c2c_err verdict = C2C_E_OK;
    enum c2c_err err = C2C_E_OK;

    if (taken->row.audience == C2C_AUDIENCE_LOCAL) {
        c2c_doc_set_cstr(ask->doc, map, "verified", "a draft is not signed");
        return C2C_E_OK;
    }
    if (!taken->intact) {
        c2c_doc_set_cstr(ask->doc, map, "verified",
                         "the stored bytes are not those that were signed");
        return C2C_E_OK;
    }
    err = c2c_standing_of(ask->standing, ask->store, taken->row.city, &verdict);
    if (verdict == C2C_E_OK) {
        c2c_doc_set_bool(ask->doc, map, "verified", true);
    } else {
        c2c_doc_set_cstr(ask->doc, map, "verified", c2c_strerror(verdict));
    }
    return err;
}

static void set_envelope(struct c2c_ask *ask, const struct c2c_taken *taken,
                         struct c2c_val *map)
{
    char key[C2C_UUID_TEXT];

    c2c_uuid_format(&taken->row.key, key);
    c2c_doc_set_str(ask->doc, map, "type", taken->row.type);
    c2c_doc_set_cstr(ask->doc, map, "key", key);
    if (taken->row.slug.n > 0) {
        c2c_doc_set_str(ask->doc, map, "slug", taken->row.slug);
    }
    c2c_doc_set_cstr(ask->doc, map, "audience",
                     c2c_audience_name(taken->row.audience));
    c2c_ask_set_time(ask, map, "created", taken->created_s);
    c2c_ask_set_time(ask, map, "updated", taken->row.updated_s);
    if (taken->body != NULL) {
        c2c_doc_set(ask->doc, map, "body", taken->body);
    }
}

static enum c2c_err set_signed(struct c2c_ask *ask,
                               const struct c2c_taken *taken,
                               struct c2c_val *map)
{
    const struct c2c_city_card *city;
    char id[C2C_HASH_HEX];
    struct c2c_head head;
    enum c2c_err err = c2c_city_get(ask, taken->row.city, &city);

    if (err != C2C_E_OK) {
        return err;
    }
    c2c_hash_hex(&city->id, id);
    c2c_doc_set_cstr(ask->doc, map, "city", id);
    c2c_doc_set_int(ask->doc, map, "rev", (int64_t)taken->row.rev);
    err = c2c_cities_head(ask->store, taken->row.city, &head, NULL, NULL);
    if (err == C2C_E_OK) {
        c2c_doc_set_int(ask->doc, map, "epoch", (int64_t)head.epoch);
        err = set_verified(ask, taken, map);
    }
    return err;
}

/* A party's name as it stands in the record, else as this node knows its city.
 */
static struct c2c_view party_name(struct c2c_ask *ask,
                                  const struct c2c_val *party)
{
    struct c2c_view name = c2c_lang_pick(c2c_val_get(party, "name"), ask->lang);
    struct c2c_view id = c2c_val_text(party, "city");
    const struct c2c_city_card *city;
    struct c2c_hash hash;
    c2c_city_no no;

    if (name.n > 0 || id.n == 0) {
        return name;
    }
    if (c2c_hash_parse(id, &hash) == C2C_E_OK &&
        c2c_cities_find(ask->store, &hash, &no) == C2C_E_OK &&
        c2c_city_get(ask, no, &city) == C2C_E_OK) {
        return city->title;
    }
    return id.n > ID_SHOWN ? c2c_view_of(id.p, ID_SHOWN) : id;
}

struct c2c_view c2c_present_title(struct c2c_ask *ask,
                                  const struct c2c_type *type,
                                  const struct c2c_val *body)
{
    struct c2c_view title = c2c_derive_title(type, body, ask->lang);
    const struct c2c_val *parties = c2c_val_get(body, "parties");
    size_t n = c2c_val_count(parties);
    enum c2c_err err = C2C_E_OK; /* Of a name too long: what fits is told. */
    struct c2c_buf text;

    if (title.n > 0 || n == 0) {
        return title;
    }
    c2c_buf_init(&text, TITLE_MAX);
    for (size_t i = 0; i < n && i <= PARTIES_SHOWN && err == C2C_E_OK; i++) {
        struct c2c_view name = i == PARTIES_SHOWN
                                   ? c2c_view_str("\u2026")
                                   : party_name(ask, c2c_val_at(parties, i));

        if (name.n > 0) {
            err = c2c_buf_fmt(&text, "%s%.*s", text.n > 0 ? " \u2013 " : "",
                              (int)name.n, (const char *)name.p);
        }
    }
    title = keep(ask, c2c_buf_view(&text));
    c2c_buf_fini(&text);
    return title;
}

enum c2c_err c2c_present_record(struct c2c_ask *ask,
                                const struct c2c_taken *taken,
                                struct c2c_val **ret_record)
{
    struct c2c_val *map = c2c_doc_map(ask->doc);
    const struct c2c_val *ref = NULL;
    enum c2c_err err = c2c_present_ref(ask, &taken->row, &ref);

    if (err == C2C_E_OK) {
        c2c_doc_set(ask->doc, map, "ref", ref);
        set_envelope(ask, taken, map);
        c2c_doc_set_str(ask->doc, map, "title",
                        c2c_present_title(ask, taken->type, taken->body));
        c2c_doc_set(ask->doc, map, "fresh",
                    c2c_present_fresh(ask, taken, NULL));
        err = set_signed(ask, taken, map);
    }
    if (err == C2C_E_OK) {
        err = c2c_doc_err(ask->doc);
    }
    *ret_record = map;
    return err == C2C_E_OK ? err : c2c_ask_failed(ask, err);
}

static enum c2c_err malformed(struct c2c_ask *ask, const char *thing)
{
    (void)c2c_diag_set(ask->diag, C2C_E_USAGE, thing,
                       "is not a reference: one is TYPE/NAME or "
                       "CITY/TYPE/NAME");
    c2c_diag_hint(ask->diag,
                  "such as office/ctseo: TYPE and NAME are a-z, 0-9 and "
                  "hyphens; `c2c list TYPE` and `c2c find WORDS` print "
                  "references");
    return C2C_E_USAGE;
}

/* The names of the records that could have been meant. */
struct nearest {
    struct c2c_ask *ask;
    struct c2c_near near;
};

static enum c2c_err offer(void *ctx, const struct c2c_row *row, bool intact)
{
    struct nearest *n = ctx;

    (void)intact;
    c2c_near_offer(&n->near, keep(n->ask, row->slug));
    return C2C_E_OK;
}

static enum c2c_err not_found(struct c2c_ask *ask, const char *thing,
                              const struct c2c_ref *ref,
                              const struct c2c_city_card *city)
{
    const struct c2c_filter filter = {.city = city->no,
                                      .type = ref->type,
                                      .limit = MAX_NEAR};
    struct nearest n = {.ask = ask};
    const struct c2c_city_card *self;
    enum c2c_err err;

    c2c_near_init(&n.near, ref->name);
    err = c2c_records_list(ask->store, &filter, offer, &n);
    if (err == C2C_E_OK) {
        err = c2c_city_self(ask, &self);
    }
    if (err != C2C_E_OK) {
        return c2c_ask_failed(ask, err);
    }
    (void)c2c_diag_set(ask->diag, C2C_E_NOT_FOUND, thing,
                       "%.*s has no %.*s '%.*s'", (int)city->title.n,
                       (const char *)city->title.p, (int)ref->type.n,
                       (const char *)ref->type.p, (int)ref->name.n,
                       (const char *)ref->name.p);
    if (n.near.n > 0) {
        bool own = self->no == city->no;

        c2c_diag_hint(ask->diag, "did you mean %.*s%s%.*s/%.*s?",
                      own ? 0 : (int)city->handle.n,
                      own ? "" : (const char *)city->handle.p, own ? "" : "/",
                      (int)ref->type.n, (const char *)ref->type.p,
                      (int)n.near.best[0].n, (const char *)n.near.best[0].p);
    } else {
        c2c_diag_hint(ask->diag, "`c2c list %.*s` shows what there is",
                      (int)ref->type.n, (const char *)ref->type.p);
    }
    return C2C_E_NOT_FOUND;
}

enum c2c_err c2c_present_find(struct c2c_ask *ask, struct c2c_view text,
                              struct c2c_taken *ret_taken)
{
    const struct c2c_city_card *city;
    struct c2c_row row = {0};
    struct c2c_ref ref;
    char thing[256];
    enum c2c_err err;

    (void)snprintf(thing, sizeof thing, "%.*s",
                   text.n < 200 ? (int)text.n : 200,
                   text.n == 0 ? "" : (const char *)text.p);
    if (c2c_ref_parse(text, &ref) != C2C_E_OK) {
        return malformed(ask, thing);
    }
    err = c2c_city_find(ask, ref.city, &city);
    if (err != C2C_E_OK) {
        return err;
    }
    err = ref.has_key
              ? c2c_records_get(ask->store, city->no, ref.type, &ref.key, &row)
              : c2c_records_by_slug(ask->store, city->no, ref.type, ref.name,
                                    &row);
    if (err == C2C_E_NOT_FOUND) {
        return c2c_types_find(ask->types, ref.type) == NULL
                   ? c2c_draft_no_type(ask->types, ref.type, err, thing,
                                       ask->diag)
                   : not_found(ask, thing, &ref, city);
    }
    if (err != C2C_E_OK && (err != C2C_E_CORRUPT || row.id == 0)) {
        return c2c_ask_failed(ask, err);
    }
    return c2c_present_take(ask, &row, err == C2C_E_OK, ret_taken);
}
