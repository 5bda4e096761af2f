/* find: full text with filters. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "node/ask_list.h"
#include "node/city.h"
#include "record/derive.h"
#include "record/format.h"
#include "store/fulltext.h"
#include "store/store.h"

enum {
    LIMIT_DEFAULT = 20,
    LIMIT_MAX = 10000,
    LOOKS = 20000, /* Hits looked at for one page of a visitor. */
    PAGE = 1000,   /* Hits read at once where all have to be ranked. */
    NEAR_KM = 300
};

static const double PI = 3.14159265358979323846;
static const double EARTH_KM = 6371.0;

/* Where something lies, degrees. */
struct place {
    double lat;
    double lon;
};

/* What a hit's city has to be like; facets of the record are the store's. */
struct wanted {
    struct c2c_view country;
    struct c2c_view lang;
    bool near;
    struct place at;
    double km;
    bool fresh;
};

struct finding {
    struct c2c_ask *ask;
    struct wanted wanted;
    struct c2c_val *items;
    uint64_t limit;
    uint64_t seen;  /* Hits read at once that were looked at. */
    uint64_t looks; /* All that were looked at. */
    uint64_t n;     /* Hits taken. */
    int64_t next;   /* Position of the first hit that did not fit. */
    int64_t offset; /* Of this page's first hit. */
    bool more;
};

static double number(struct c2c_view text)
{
    char copy[32];

    (void)snprintf(copy, sizeof copy, "%.*s",
                   text.n < sizeof copy ? (int)text.n : 0,
                   text.n == 0 ? "" : (const char *)text.p);
    return strtod(copy, NULL);
}

static bool place_of(const struct c2c_city_card *city, struct place *ret_place)
{
    const struct c2c_val *location = c2c_val_get(city->profile, "location");

    if (location == NULL) {
        return false;
    }
    ret_place->lat = number(c2c_val_text(location, "lat"));
    ret_place->lon = number(c2c_val_text(location, "lon"));
    return true;
}

/* Along the great circle (haversine formula). */
static double distance_km(struct place a, struct place b)
{
    double lat = (b.lat - a.lat) * PI / 360;
    double lon = (b.lon - a.lon) * PI / 360;
    double h = sin(lat) * sin(lat) + cos(a.lat * PI / 180) *
                                         cos(b.lat * PI / 180) * sin(lon) *
                                         sin(lon);

    return 2 * EARTH_KM * asin(sqrt(h > 1 ? 1 : h));
}

static bool same_word(struct c2c_view a, struct c2c_view b)
{
    bool same = a.n == b.n;

    for (size_t i = 0; i < a.n && same; i++) {
        same = (a.p[i] | 0x20) == (b.p[i] | 0x20);
    }
    return same;
}

/* Is @tag the wanted language or a kind of it (RFC 4647 basic filtering)? */
static bool tag_fits(struct c2c_view tag, struct c2c_view wanted)
{
    return tag.n >= wanted.n &&
           same_word(c2c_view_of(tag.p, wanted.n), wanted) &&
           (tag.n == wanted.n || tag.p[wanted.n] == '-');
}

static bool speaks(const struct c2c_val *languages, struct c2c_view wanted)
{
    for (size_t i = 0; i < c2c_val_count(languages); i++) {
        const struct c2c_val *language = c2c_val_at(languages, i);
        struct c2c_view tag = c2c_val_kind(language) == C2C_KIND_STR
                                  ? c2c_val_str(language)
                                  : c2c_val_text(language, "tag");

        if (tag_fits(tag, wanted)) {
            return true;
        }
    }
    return false;
}

static bool fits(const struct finding *f, const struct c2c_taken *taken,
                 const struct c2c_city_card *city, bool stale)
{
    const struct wanted *w = &f->wanted;
    struct place place;

    if (w->fresh && stale) {
        return false;
    }
    if (w->country.n > 0 &&
        !same_word(c2c_val_text(city->profile, "country"), w->country)) {
        return false;
    }
    if (w->lang.n > 0 &&
        !speaks(c2c_val_get(taken->body, "languages"), w->lang) &&
        !speaks(c2c_val_get(city->profile, "languages"), w->lang)) {
        return false;
    }
    return !w->near ||
           (place_of(city, &place) && distance_km(place, w->at) <= w->km);
}

/* The hit at hand is the first of the next page. */
static void end_page(struct finding *f)
{
    f->more = true;
    f->next = f->offset + (int64_t)f->seen - 1;
}

static enum c2c_err add_item(struct finding *f, const struct c2c_taken *taken,
                             const struct c2c_city_card *city,
                             const struct c2c_val *fresh,
                             struct c2c_view snippet)
{
    struct c2c_doc *doc = f->ask->doc;
    struct c2c_val *item = c2c_doc_map(doc);
    const struct c2c_val *ref = NULL;
    char id[C2C_HASH_HEX];
    bool fits = true;
    enum c2c_err err = c2c_present_ref(f->ask, &taken->row, &ref);

    c2c_hash_hex(&city->id, id);
    c2c_doc_set(doc, item, "ref", ref);
    c2c_doc_set_str(doc, item, "type", taken->row.type);
    c2c_doc_set_cstr(doc, item, "city", id);
    c2c_doc_set_str(doc, item, "city_name", city->title);
    c2c_doc_set_str(doc, item, "title",
                    c2c_present_title(f->ask, taken->type, taken->body));
    c2c_doc_set_str(doc, item, "snippet", snippet);
    c2c_ask_set_time(f->ask, item, "updated", taken->row.updated_s);
    c2c_doc_set(doc, item, "verified_at", c2c_val_get(fresh, "verified_at"));
    c2c_doc_set(doc, item, "stale", c2c_val_get(fresh, "stale"));
    if (err == C2C_E_OK) {
        err = c2c_ask_fits(f->ask, item, &fits);
    }
    if (err != C2C_E_OK || !fits) {
        end_page(f);
        return err == C2C_E_OK && f->n == 0 ? C2C_E_TOO_BIG : err;
    }
    f->n++;
    c2c_doc_push(doc, f->items, item);
    return C2C_E_OK;
}

/* It fits: into the answer. */
static enum c2c_err keep_hit(struct finding *f, const struct c2c_hit *hit,
                             const struct c2c_city_card *city)
{
    struct c2c_view snippet =
        c2c_val_str(c2c_doc_str(f->ask->doc, hit->snippet));
    struct c2c_taken taken;
    enum c2c_err err = c2c_present_take(f->ask, &hit->row, true, &taken);

    return err == C2C_E_OK
               ? add_item(f, &taken, city,
                          c2c_present_fresh(f->ask, &taken, NULL), snippet)
               : err;
}

/* Whatever does not fit is forgotten: there may be any number of it. */
static enum c2c_err look_at(struct finding *f, const struct c2c_hit *hit,
                            const struct c2c_city_card *city, bool *ret_fits)
{
    struct c2c_doc *doc = NULL;
    struct c2c_fresh fresh;
    struct c2c_taken taken;
    enum c2c_err err = c2c_doc_new(&doc);

    if (err == C2C_E_OK) {
        err = c2c_present_take_into(f->ask, doc, &hit->row, true, &taken);
    }
    if (err == C2C_E_OK) {
        fresh = c2c_derive_fresh(taken.type, taken.body, taken.row.updated_s);
        *ret_fits =
            fits(f, &taken, city,
                 fresh.stale_from_s > 0 && f->ask->now_s >= fresh.stale_from_s);
    }
    c2c_doc_free(doc);
    return err;
}

static enum c2c_err take_hit(void *ctx, const struct c2c_hit *hit)
{
    struct finding *f = ctx;
    const struct c2c_city_card *city;
    bool fit = false;
    enum c2c_err err;

    f->seen++;
    f->looks++;
    if (f->ask->visitor != NULL && f->looks > LOOKS) {
        end_page(f);
        return C2C_E_OK;
    }
    if (!hit->intact) {
        return C2C_E_OK;
    }
    err = c2c_city_get(f->ask, hit->row.city, &city);
    if (err == C2C_E_OK) {
        err = look_at(f, hit, city, &fit);
    }
    if (err != C2C_E_OK || !fit) {
        return err;
    }
    if (f->n == f->limit) {
        end_page(f);
        return C2C_E_OK;
    }
    return keep_hit(f, hit, city);
}

static enum c2c_err bad_near(struct c2c_ask *ask, struct c2c_view text)
{
    (void)c2c_diag_set(ask->diag, C2C_E_INVAL, "near",
                       "'%.*s' is neither CITY, CITY,KM nor LAT,LON,KM",
                       (int)text.n, (const char *)text.p);
    c2c_diag_hint(ask->diag, "such as --near Hangzhou,500");
    return C2C_E_INVAL;
}

/* "CITY", "CITY,KM" or "LAT,LON,KM". */
static enum c2c_err read_near(struct c2c_ask *ask, struct c2c_view text,
                              struct wanted *w)
{
    const struct c2c_city_card *city;
    char *copy = c2c_arena_dup(ask->arena, text);
    char *comma = copy == NULL ? NULL : strrchr(copy, ',');
    char *end = NULL;
    enum c2c_err err;

    if (copy == NULL) {
        return C2C_E_NOMEM;
    }
    w->near = true;
    w->km = NEAR_KM;
    if (comma != NULL) {
        w->km = strtod(comma + 1, &end);
        if (end == comma + 1 || *end != '\0' || !(w->km > 0)) {
            return bad_near(ask, text);
        }
        *comma = '\0';
    }
    comma = strchr(copy, ',');
    if (comma != NULL) {
        w->at.lat = strtod(copy, &end);
        if (end != comma) {
            return bad_near(ask, text);
        }
        w->at.lon = strtod(comma + 1, &end);
        return *end == '\0' && end != comma + 1 ? C2C_E_OK
                                                : bad_near(ask, text);
    }
    err = c2c_city_find(ask, c2c_view_str(copy), &city);
    if (err == C2C_E_OK && !place_of(city, &w->at)) {
        err = c2c_diag_set(ask->diag, C2C_E_NOT_FOUND, "near",
                           "the profile of %.*s does not say where it lies",
                           (int)city->title.n, (const char *)city->title.p);
    }
    return err;
}

static enum c2c_err no_language(struct c2c_ask *ask,
                                const struct c2c_vocab *languages,
                                struct c2c_view text)
{
    struct c2c_near near;

    c2c_near_init(&near, text);
    for (size_t i = 0; i < c2c_vocab_count(languages); i++) {
        c2c_near_offer(&near, c2c_vocab_label(languages, i, ask->lang));
    }
    (void)c2c_diag_set(ask->diag, C2C_E_NOT_FOUND, "lang-of",
                       "there is no language '%.*s'",
                       text.n < 200 ? (int)text.n : 200, (const char *)text.p);
    if (near.n > 0) {
        c2c_diag_hint(ask->diag,
                      "did you mean '%.*s'? Others by their tag, such as su",
                      (int)near.best[0].n, (const char *)near.best[0].p);
    } else {
        c2c_diag_hint(ask->diag, "`c2c vocab languages` lists the common ones; "
                                 "others by their tag (BCP 47), such as su");
    }
    return C2C_E_NOT_FOUND;
}

/* A language of the vocabulary, or the tag of another: of two or three letters,
 * for the longer ones of BCP 47 name nothing yet. */
static enum c2c_err read_lang(struct c2c_ask *ask, struct wanted *w)
{
    const struct c2c_vocab *languages =
        c2c_vocabs_find(ask->types, c2c_view_str("languages"));
    const struct c2c_format *tags = c2c_format_find(c2c_view_str("bcp47"));
    struct c2c_view text = {NULL, 0};
    enum c2c_err err = c2c_ask_text(ask, "lang_of", text, &text);
    size_t i = 0;

    if (err != C2C_E_OK || text.n == 0) {
        return err;
    }
    w->lang = text;
    err = c2c_vocab_find(languages, text, &i);
    if (err == C2C_E_OK) {
        w->lang = c2c_view_str(c2c_vocab_code(languages, i));
        return err;
    }
    while (i < text.n && text.p[i] != '-') {
        i++;
    }
    if (err == C2C_E_NOMEM || (i <= 3 && tags != NULL && tags->check(text))) {
        return err == C2C_E_NOMEM ? err : C2C_E_OK;
    }
    return no_language(ask, languages, text);
}

static enum c2c_err read_wanted(struct c2c_ask *ask, struct wanted *w)
{
    const struct c2c_view none = {NULL, 0};
    struct c2c_view near = none;
    enum c2c_err err = c2c_ask_text(ask, "country", none, &w->country);

    if (err == C2C_E_OK && w->country.n > 0) {
        err = c2c_filter_word(ask, NULL, "country", w->country, &w->country);
    }
    if (err == C2C_E_OK) {
        err = read_lang(ask, w);
    }
    if (err == C2C_E_OK) {
        err = c2c_ask_flag(ask, "fresh", &w->fresh);
    }
    if (err == C2C_E_OK) {
        err = c2c_ask_text(ask, "near", none, &near);
    }
    return err == C2C_E_OK && near.n > 0 ? read_near(ask, near, w) : err;
}

static enum c2c_err read_find(struct c2c_ask *ask, struct c2c_find *find)
{
    static const char *const facets[] = {"topic", "sdg"};
    const struct c2c_view none = {NULL, 0};
    enum c2c_err err = c2c_ask_text(ask, "words", none, &find->words);

    if (err == C2C_E_OK) {
        err = c2c_ask_text(ask, "type", none, &find->filter.type);
    }
    for (size_t i = 0; i < sizeof facets / sizeof facets[0] && err == C2C_E_OK;
         i++) {
        struct c2c_view value = none;

        err = c2c_ask_text(ask, facets[i], none, &value);
        if (err == C2C_E_OK && value.n > 0) {
            err = c2c_filter_add(ask, NULL, facets[i], value, &find->filter);
        }
    }
    return err == C2C_E_OK ? c2c_ask_cursor(ask, &find->filter.after) : err;
}

/* Until enough hits fit, at first as if all did.  Then page by page where all
 * have to be ranked, else in one go, since every page would pass over those
 * before it once more. */
static enum c2c_err run(struct finding *f, struct c2c_find *find,
                        uint64_t *ret_total)
{
    uint64_t limit = f->limit + 1; /* One more tells that there is more. */
    enum c2c_err err = C2C_E_OK;

    find->enough = &f->more;
    do {
        f->seen = 0;
        f->offset = find->filter.after;
        find->filter.limit = limit;
        err = c2c_fulltext_find(f->ask->store, find, take_hit, f, ret_total);
        find->filter.after += (int64_t)f->seen;
        limit = *ret_total > C2C_FULLTEXT_RANKED ? INT64_MAX : PAGE;
    } while (err == C2C_E_OK && !f->more && f->seen == find->filter.limit);
    return err;
}

enum c2c_err c2c_ask_find(struct c2c_ask *ask)
{
    struct finding f = {.ask = ask, .items = c2c_doc_array(ask->doc)};
    struct c2c_find find = {.words = {NULL, 0}};
    uint64_t total = 0;
    enum c2c_err err =
        c2c_ask_uint(ask, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &f.limit);

    if (err == C2C_E_OK) {
        err = read_find(ask, &find);
    }
    if (err == C2C_E_OK) {
        err = read_wanted(ask, &f.wanted);
    }
    if (err == C2C_E_OK) {
        err = run(&f, &find, &total);
        if (err == C2C_E_CORRUPT && ask->diag->code == C2C_E_OK) {
            (void)c2c_diag_set(ask->diag, err, "text.db",
                               "the index of words is damaged: %s",
                               c2c_store_detail(ask->store));
            c2c_diag_hint(ask->diag, "stop the node, remove DIR/text.db and "
                                     "start it again: it is made anew");
        }
    }
    if (err == C2C_E_OK) {
        c2c_ask_finish_list(ask, f.items, f.more, f.next);
        c2c_doc_set_int(ask->doc, ask->result, "total", (int64_t)total);
    }
    return err;
}
