/* verify: is everything that is held what its city signed? */

#include <stdio.h>

#include "base/timefmt.h"
#include "node/ask_list.h"
#include "node/city.h"
#include "node/standing.h"

struct verifying {
    struct c2c_ask *ask;
    struct c2c_val *items;
    int64_t checked;
    int64_t bad; /* Of the city that is being checked. */
    bool ok;
};

static void add_item(struct verifying *v, const struct c2c_val *ref, bool good,
                     const struct c2c_val *message)
{
    struct c2c_doc *doc = v->ask->doc;
    struct c2c_val *item = c2c_doc_map(doc);

    c2c_doc_set(doc, item, "ref", ref);
    c2c_doc_set_cstr(doc, item, "state", good ? "ok" : "fail");
    c2c_doc_set(doc, item, "message", message);
    c2c_doc_push(doc, v->items, item);
    v->ok = v->ok && good;
}

static enum c2c_err see_row(void *ctx, const struct c2c_row *row, bool intact)
{
    struct verifying *v = ctx;
    const struct c2c_val *ref = NULL;
    struct c2c_taken taken;
    enum c2c_err err = C2C_E_OK;

    v->checked++;
    if (intact) {
        return C2C_E_OK;
    }
    v->bad++;
    err = c2c_present_take(v->ask, row, false, &taken);
    if (err == C2C_E_OK) {
        err = c2c_present_ref(v->ask, &taken.row, &ref);
    }
    if (err == C2C_E_OK) {
        add_item(v, ref, false,
                 c2c_doc_cstr(v->ask->doc,
                              "its bytes are not those that were signed"));
    }
    return err;
}

/* "7 records as signed on 2026-11-24T08:00:00Z (revision 1.3)" */
static enum c2c_err add_city_item(struct verifying *v,
                                  const struct c2c_city_card *city,
                                  enum c2c_err verdict, int64_t n)
{
    struct c2c_doc *doc = v->ask->doc;
    const struct c2c_val *name = c2c_doc_str(doc, city->handle);
    char time[C2C_TIME_TEXT];
    struct c2c_head head;
    enum c2c_err err;

    if (verdict != C2C_E_OK) {
        add_item(v, name, false,
                 c2c_doc_fmt(doc, "the state as a whole: %s",
                             c2c_strerror(verdict)));
        return C2C_E_OK;
    }
    err = c2c_cities_head(v->ask->store, city->no, &head, NULL, NULL);
    if (err != C2C_E_OK) {
        return err;
    }
    c2c_time_format(head.time_s, time);
    if (v->bad == 0) {
        add_item(v, name, true,
                 c2c_doc_fmt(doc,
                             "%lld record%s as signed on %s (revision "
                             "%lld.%lld)",
                             (long long)n, n == 1 ? "" : "s", time,
                             (long long)head.epoch, (long long)head.rev));
    }
    return C2C_E_OK;
}

static enum c2c_err verify_city(void *ctx, c2c_city_no no,
                                const struct c2c_hash *id)
{
    struct verifying *v = ctx;
    const struct c2c_filter all = {.city = no, .limit = INT64_MAX};
    const struct c2c_city_card *city;
    enum c2c_err verdict = C2C_E_OK;
    int64_t before = v->checked;
    enum c2c_err err = c2c_city_get(v->ask, no, &city);

    (void)id;
    v->bad = 0;
    if (err == C2C_E_OK) {
        err = c2c_records_list(v->ask->store, &all, see_row, v);
    }
    if (err == C2C_E_OK) {
        err = c2c_standing_check(v->ask->store, no, &verdict);
    }
    return err == C2C_E_OK
               ? add_city_item(v, city, verdict, v->checked - before)
               : err;
}

/* One record: its bytes, and the state it stands in. */
static enum c2c_err verify_one(struct verifying *v, struct c2c_view text)
{
    struct c2c_doc *doc = v->ask->doc;
    const struct c2c_val *ref = NULL;
    struct c2c_taken taken;
    struct c2c_val *record;
    const struct c2c_val *verified;
    struct c2c_head head = {.rev = 0};
    char time[C2C_TIME_TEXT];
    enum c2c_err err = c2c_present_find(v->ask, text, &taken);

    if (err == C2C_E_OK) {
        err = c2c_present_record(v->ask, &taken, &record);
    }
    if (err == C2C_E_OK) {
        err = c2c_cities_head(v->ask->store, taken.row.city, &head, NULL, NULL);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    v->checked = 1;
    ref = c2c_val_get(record, "ref");
    verified = c2c_val_get(record, "verified");
    if (!c2c_val_bool(verified)) {
        add_item(v, ref, false, verified);
        return C2C_E_OK;
    }
    c2c_time_format(head.time_s, time);
    add_item(v, ref, true,
             c2c_doc_fmt(doc,
                         "is in the state that its city signed on %s "
                         "(revision %lld.%lld, keyset %lld)",
                         time, (long long)head.epoch, (long long)head.rev,
                         (long long)head.epoch));
    return C2C_E_OK;
}

enum c2c_err c2c_ask_verify(struct c2c_ask *ask)
{
    struct verifying v = {.ask = ask,
                          .items = c2c_doc_array(ask->doc),
                          .ok = true};
    struct c2c_view ref = {NULL, 0};
    enum c2c_err err = c2c_ask_text(ask, "ref", ref, &ref);

    if (err == C2C_E_OK && ref.n > 0) {
        err = verify_one(&v, ref);
    } else if (err == C2C_E_OK) {
        err = c2c_cities_each(ask->store, ref, verify_city, &v);
    }
    c2c_doc_set(ask->doc, ask->result, "items", v.items);
    c2c_doc_set_int(ask->doc, ask->result, "checked", v.checked);
    c2c_doc_set_bool(ask->doc, ask->result, "ok", v.ok);
    return err;
}
