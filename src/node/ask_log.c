/* log: the revisions seen, never old contents. */

#include "node/ask.h"
#include "node/city.h"
#include "node/present.h"
#include "store/records.h"

enum {
    LIMIT_DEFAULT = 50,
    LIMIT_MAX = 10000,
    CHANGES_TOLD = 1000 /* Of one revision; the rest is counted. */
};

struct page {
    struct c2c_ask *ask;
    struct c2c_val *items;
    uint64_t limit;
    uint64_t n;
    int64_t last;
    bool more;
};

/* What a visitor is told of a revision follows from the records that it may see
 * now: which of them have their present version from there.  Any more, and it
 * would learn of others, or of earlier audiences. */
static enum c2c_err is_told(struct c2c_ask *ask,
                            const struct c2c_revision *revision,
                            const struct c2c_row *row, bool *ret_told)
{
    struct c2c_head head;
    enum c2c_err err =
        c2c_cities_head(ask->store, revision->city, &head, NULL, NULL);

    *ret_told = err == C2C_E_OK && head.epoch == revision->epoch &&
                row->rev == revision->rev;
    return err;
}

/* By its slug as long as it is there, else by its key; NULL: not told. */
static enum c2c_err name_record(struct c2c_ask *ask,
                                const struct c2c_revision *revision,
                                const struct c2c_change *change,
                                const struct c2c_val **ret_ref)
{
    bool told = true;
    struct c2c_row row = {.rev = 0};
    enum c2c_err err = c2c_records_get(ask->store, revision->city, change->type,
                                       &change->key, &row);

    if (err == C2C_E_NOT_FOUND || err == C2C_E_CORRUPT) {
        row = (struct c2c_row){.city = revision->city,
                               .type = change->type,
                               .key = change->key};
        told = ask->visitor == NULL;
        err = C2C_E_OK;
    } else if (err == C2C_E_OK && ask->visitor != NULL) {
        err = is_told(ask, revision, &row, &told);
        told = told && !change->removed;
    }
    *ret_ref = NULL;
    return err == C2C_E_OK && told ? c2c_present_ref(ask, &row, ret_ref) : err;
}

static enum c2c_err add_change(struct page *page,
                               const struct c2c_revision *revision,
                               const struct c2c_change *change,
                               struct c2c_val *changes, int64_t *n)
{
    struct c2c_doc *doc = page->ask->doc;
    struct c2c_val *map = c2c_doc_map(doc);
    const struct c2c_val *ref = NULL;
    enum c2c_err err = C2C_E_OK;

    if (*n < CHANGES_TOLD || page->ask->visitor != NULL) {
        err = name_record(page->ask, revision, change, &ref);
    }
    if (page->ask->visitor != NULL && ref == NULL) {
        return err;
    }
    if ((*n)++ < CHANGES_TOLD) {
        c2c_doc_set_cstr(doc, map, "verb", change->removed ? "removed" : "put");
        c2c_doc_set(doc, map, "ref", ref);
        c2c_doc_push(doc, changes, map);
    }
    return err;
}

static enum c2c_err add_changes(struct page *page,
                                const struct c2c_revision *revision,
                                struct c2c_val *item)
{
    struct c2c_doc *doc = page->ask->doc;
    struct c2c_view rest = c2c_val_bin(c2c_doc_bin(doc, revision->changes));
    struct c2c_val *changes = c2c_doc_array(doc);
    struct c2c_change change;
    int64_t n = 0;
    enum c2c_err err;

    while ((err = c2c_change_next(&rest, &change)) == C2C_E_OK) {
        err = add_change(page, revision, &change, changes, &n);
        if (err != C2C_E_OK) {
            return err;
        }
    }
    c2c_doc_set(doc, item, "changes", changes);
    c2c_doc_set_int(doc, item, "changed", n);
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

static enum c2c_err add_revision(void *ctx, const struct c2c_revision *revision)
{
    struct page *page = ctx;
    struct c2c_doc *doc = page->ask->doc;
    struct c2c_val *item = c2c_doc_map(doc);
    const struct c2c_city_card *city;
    char id[C2C_HASH_HEX];
    bool fits = true;
    enum c2c_err err;

    page->more = page->more || page->n == page->limit;
    if (page->more) {
        return C2C_E_OK;
    }
    c2c_doc_set_int(doc, item, "epoch", (int64_t)revision->epoch);
    c2c_doc_set_int(doc, item, "rev", (int64_t)revision->rev);
    c2c_ask_set_time(page->ask, item, "time", revision->time_s);
    err = add_changes(page, revision, item);
    if (err == C2C_E_OK) {
        err = c2c_city_get(page->ask, revision->city, &city);
    }
    if (err == C2C_E_OK) {
        c2c_hash_hex(&city->id, id);
        c2c_doc_set_cstr(doc, item, "city", id);
        err = c2c_ask_fits(page->ask, item, &fits);
    }
    if (err != C2C_E_OK || !fits) {
        page->more = true;
        return err == C2C_E_OK && page->n == 0 ? C2C_E_TOO_BIG : err;
    }
    page->n++;
    page->last = revision->id;
    c2c_doc_push(doc, page->items, item);
    return C2C_E_OK;
}

enum c2c_err c2c_ask_log(struct c2c_ask *ask)
{
    struct page page = {.ask = ask, .items = c2c_doc_array(ask->doc)};
    const struct c2c_city_card *city;
    c2c_city_no no = 0;
    int64_t before = 0;
    enum c2c_err err =
        c2c_ask_uint(ask, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &page.limit);

    if (err == C2C_E_OK) {
        err = c2c_ask_cursor(ask, &before);
    }
    if (err == C2C_E_OK && c2c_val_get(ask->args, "city") != NULL) {
        err = c2c_city_named(ask, &city);
        no = err == C2C_E_OK ? city->no : 0;
    }
    if (err == C2C_E_OK) {
        err = c2c_cities_log(ask->store, no, before, page.limit + 1,
                             add_revision, &page);
    }
    if (err == C2C_E_OK) {
        c2c_ask_finish_list(ask, page.items, page.more, page.last);
    }
    return err;
}
