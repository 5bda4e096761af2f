#include "c2c/vouch.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "c2c/prove.h"
#include "c2c/remote.h"
#include "c2c/trust.h"
#include "codec/limits.h"
#include "record/derive.h"
#include "record/ref.h"

enum {
    NAME_BYTES = 4096,
    ID_PREFIX_MIN = 8,
    ID_SHOWN = 16,
    GEONAMES_DIGITS = 10
};

const char c2c_vouch_nobody[] = "no trusted LGA";

struct vouch {
    struct c2c_prover prover;
    struct c2c_trust trust;
    struct c2c_evidence record;
    struct c2c_evidence profile;
    const struct c2c_val *profile_body; /* NULL: none is proved. */
    const struct c2c_trusted *by;       /* Who admits the city. */
};

/* Is @city among the memberships of @lga? */
static enum c2c_err check_member(struct vouch *v, const struct c2c_hash *lga,
                                 const struct c2c_hash *city)
{
    struct c2c_memberships found = {.n = 0};
    char hex[C2C_HASH_HEX];
    enum c2c_err err;

    c2c_hash_hex(city, hex);
    err = c2c_prove_memberships(&v->prover, lga, "member", hex, &found);
    for (size_t i = 0; i < found.n && err == C2C_E_OK; i++) {
        if (c2c_hash_eq(&found.at[i].city, city)) {
            return C2C_E_OK;
        }
    }
    return err == C2C_E_OK ? C2C_E_NOT_VERIFIED : err;
}

/* Through an association that @lga lists. */
static enum c2c_err check_within(struct vouch *v, const struct c2c_hash *lga,
                                 const struct c2c_hash *city)
{
    struct c2c_memberships found = {.n = 0};
    enum c2c_err verdict = C2C_E_NOT_VERIFIED;
    enum c2c_err err =
        c2c_prove_memberships(&v->prover, lga, "kind", "lga", &found);

    for (size_t i = 0; i < found.n && err == C2C_E_OK; i++) {
        verdict = found.at[i].lga ? check_member(v, &found.at[i].city, city)
                                  : verdict;
        if (verdict != C2C_E_NOT_VERIFIED) {
            return verdict;
        }
    }
    return err == C2C_E_OK ? verdict : err;
}

/* As the roster of a node that trusts the same associations: PROTOCOL
 * "Membership". */
static enum c2c_err check_admitted(struct vouch *v, const struct c2c_hash *city)
{
    enum c2c_err err = C2C_E_NOT_VERIFIED;

    for (size_t i = 0; i < v->trust.n && err == C2C_E_NOT_VERIFIED; i++) {
        v->by = &v->trust.at[i];
        err = c2c_hash_eq(&v->by->lga, city)
                  ? C2C_E_OK
                  : check_member(v, &v->by->lga, city);
    }
    for (size_t i = 0; i < v->trust.n && err == C2C_E_NOT_VERIFIED; i++) {
        v->by = &v->trust.at[i];
        err = check_within(v, &v->by->lga, city);
    }
    return err == C2C_E_NOT_VERIFIED
               ? c2c_prove_not(&v->prover, "no trusted LGA is known to list "
                                           "the city")
               : err;
}

/* @text folded, without blanks, hyphens and dots: as nodes compare names. */
static enum c2c_err tighten(struct c2c_view text, struct c2c_buf *out)
{
    enum c2c_err err = c2c_text_fold(text, out);
    size_t n = 0;

    for (size_t i = 0; i < out->n && err == C2C_E_OK; i++) {
        if (out->p[i] != ' ' && out->p[i] != '-' && out->p[i] != '.') {
            out->p[n++] = out->p[i];
        }
    }
    out->n = n;
    return err;
}

static bool same_name(struct c2c_view a, struct c2c_view b)
{
    struct c2c_buf x;
    struct c2c_buf y;
    bool same;

    c2c_buf_init(&x, NAME_BYTES);
    c2c_buf_init(&y, NAME_BYTES);
    same = tighten(a, &x) == C2C_E_OK && tighten(b, &y) == C2C_E_OK &&
           x.n > 0 && !c2c_text_is_id(c2c_buf_view(&x)) &&
           c2c_view_eq(c2c_buf_view(&x), c2c_buf_view(&y));
    c2c_buf_fini(&x);
    c2c_buf_fini(&y);
    return same;
}

static bool is_id(struct c2c_view name, const struct c2c_hash *city)
{
    char hex[C2C_HASH_HEX];

    c2c_hash_hex(city, hex);
    return name.n >= ID_PREFIX_MIN && c2c_view_starts(c2c_view_str(hex), name);
}

/* Does the city's own profile call it @name? */
static bool calls_itself(const struct vouch *v, struct c2c_view name)
{
    static const char *const members[] = {"name", "local_label", "acronym",
                                          "unlocode"};
    int64_t geonames = c2c_val_int(c2c_val_get(v->profile_body, "geonames"));
    char number[32];

    (void)snprintf(number, sizeof number, "%lld", (long long)geonames);
    if (geonames > 0 && name.n <= GEONAMES_DIGITS &&
        c2c_view_eq_str(name, number)) {
        return true;
    }
    if (same_name(v->profile.proved.record.slug, name)) {
        return true;
    }
    for (size_t m = 0; m < sizeof members / sizeof members[0]; m++) {
        const struct c2c_val *names = c2c_val_get(v->profile_body, members[m]);

        if (same_name(c2c_val_str(names), name)) {
            return true;
        }
        for (size_t i = 0;
             c2c_val_kind(names) == C2C_KIND_MAP && i < c2c_val_count(names);
             i++) {
            if (same_name(c2c_val_str(c2c_val_pair(names, i).val), name)) {
                return true;
            }
        }
    }
    return false;
}

static enum c2c_err read_profile(struct vouch *v, const struct c2c_hash *city)
{
    struct c2c_run *run = v->prover.run;
    enum c2c_err err = c2c_prove_profile(&v->prover, city, &v->profile);

    if (err == C2C_E_OK) {
        err = c2c_doc_decode(run->doc, v->profile.proved.record.body,
                             C2C_MAX_DEPTH, &v->profile_body);
    }
    return err == C2C_E_NOT_VERIFIED ? C2C_E_OK : err; /* It has no name. */
}

/* Does @text name the record, whosever it is? */
static bool names_record(const struct vouch *v, struct c2c_view text,
                         struct c2c_ref *ret_ref)
{
    const struct c2c_record *r = &v->record.proved.record;

    return c2c_ref_parse(text, ret_ref) == C2C_E_OK &&
           c2c_view_eq(ret_ref->type, r->type) &&
           (ret_ref->has_key ? c2c_uuid_eq(&ret_ref->key, &r->key)
                             : c2c_view_eq(ret_ref->name, r->slug));
}

static bool names_city(const struct vouch *v, struct c2c_view name)
{
    return is_id(name, &v->record.proved.city) || calls_itself(v, name);
}

/* Is the record the one that was asked for? */
static enum c2c_err check_asked(struct vouch *v, const char *asked)
{
    const struct c2c_hash *city = &v->record.proved.city;
    struct c2c_ref ref;

    if (!names_record(v, c2c_view_str(asked), &ref)) {
        return c2c_prove_not(&v->prover, "the node shows another record");
    }
    if (ref.city.n == 0) { /* The node's own: it has proved who it is. */
        return c2c_hash_eq(c2c_remote_id(v->prover.run->remote), city)
                   ? C2C_E_OK
                   : c2c_prove_not(&v->prover, "the node shows another city's");
    }
    return names_city(v, ref.city)
               ? C2C_E_OK
               : c2c_prove_not(&v->prover,
                               "the city's own profile does not call it so");
}

static void set_time(struct c2c_run *run, struct c2c_val *map, const char *name,
                     uint64_t s)
{
    char text[C2C_TIME_TEXT];

    c2c_time_format(s, text);
    c2c_doc_set_cstr(run->doc, map, name, text);
}

static struct c2c_val *vouched(const struct vouch *v)
{
    struct c2c_run *run = v->prover.run;
    const struct c2c_proved *p = &v->record.proved;
    struct c2c_val *map = c2c_doc_map(run->doc);
    char hex[C2C_HASH_HEX];

    c2c_hash_hex(&v->by->lga, hex);
    c2c_doc_set_str(
        run->doc, map, "city_name",
        v->profile_body == NULL
            ? v->profile.proved.record.slug
            : c2c_derive_title(c2c_types_find(c2c_run_types(run),
                                              v->profile.proved.record.type),
                               v->profile_body, c2c_run_lang(run)));
    c2c_doc_set_cstr(run->doc, map, "lga", hex);
    c2c_doc_set_str(run->doc, map, "lga_name", v->by->comment);
    set_time(run, map, "signed", p->head.time_s);
    set_time(run, map, "expires", p->head.expires_s);
    return map;
}

static void set_fresh(struct c2c_run *run, struct c2c_val *map,
                      const struct c2c_type *type, const struct c2c_val *body,
                      uint64_t updated_s)
{
    struct c2c_fresh fresh = c2c_derive_fresh(type, body, updated_s);
    struct c2c_val *said = c2c_doc_map(run->doc);
    uint64_t now_s = c2c_clock_system.now_ms(c2c_clock_system.ctx) / 1000;

    set_time(run, said, "verified_at", fresh.verified_s);
    c2c_doc_set_bool(run->doc, said, "stale",
                     fresh.stale_from_s > 0 && now_s >= fresh.stale_from_s);
    c2c_doc_set(run->doc, map, "fresh", said);
}

/* The reference that the node gives, if it is one of this record; else one with
 * the beginning of the city's id. */
static const struct c2c_val *shown_ref(const struct vouch *v,
                                       struct c2c_view said)
{
    struct c2c_doc *doc = v->prover.run->doc;
    const struct c2c_record *r = &v->record.proved.record;
    char hex[C2C_HASH_HEX];
    char key[C2C_UUID_TEXT];
    struct c2c_view name = r->slug;
    struct c2c_ref ref;

    if (names_record(v, said, &ref) && ref.city.n > 0 &&
        names_city(v, ref.city)) {
        return c2c_doc_str(doc, said);
    }
    c2c_hash_hex(&v->record.proved.city, hex);
    c2c_uuid_format(&r->key, key);
    if (name.n == 0) {
        name = c2c_view_str(key);
    }
    return c2c_doc_fmt(doc, "%.*s/%.*s/%.*s", ID_SHOWN, hex, (int)r->type.n,
                       (const char *)r->type.p, (int)name.n,
                       (const char *)name.p);
}

/* RECORD of what is proved, and nothing that only the node says. */
static enum c2c_err rebuild(const struct vouch *v, struct c2c_view said,
                            struct c2c_val **ret_record)
{
    struct c2c_run *run = v->prover.run;
    const struct c2c_proved *p = &v->record.proved;
    const struct c2c_record *r = &p->record;
    const struct c2c_type *type = c2c_types_find(c2c_run_types(run), r->type);
    struct c2c_val *map = c2c_doc_map(run->doc);
    const struct c2c_val *body = NULL;
    char text[C2C_HASH_HEX];
    enum c2c_err err = c2c_doc_decode(run->doc, r->body, C2C_MAX_DEPTH, &body);

    c2c_doc_set(run->doc, map, "ref", shown_ref(v, said));
    c2c_doc_set_str(run->doc, map, "type", r->type);
    c2c_uuid_format(&r->key, text);
    c2c_doc_set_cstr(run->doc, map, "key", text);
    if (r->slug.n > 0) {
        c2c_doc_set_str(run->doc, map, "slug", r->slug);
    }
    c2c_doc_set_cstr(run->doc, map, "audience", "public");
    set_time(run, map, "created", r->created_s);
    set_time(run, map, "updated", r->updated_s);
    c2c_doc_set(run->doc, map, "body", body);
    c2c_doc_set_str(run->doc, map, "title",
                    c2c_derive_title(type, body, c2c_run_lang(run)));
    set_fresh(run, map, type, body, r->updated_s);
    c2c_hash_hex(&p->city, text);
    c2c_doc_set_cstr(run->doc, map, "city", text);
    c2c_doc_set_int(run->doc, map, "epoch", (int64_t)p->head.epoch);
    c2c_doc_set_int(run->doc, map, "rev", (int64_t)p->head.rev);
    c2c_doc_set_bool(run->doc, map, "verified", true);
    c2c_doc_set(run->doc, map, "vouched", vouched(v));
    *ret_record = map;
    return err;
}

static enum c2c_err vouch(struct vouch *v, const char *asked,
                          const struct c2c_val *record,
                          struct c2c_val **ret_record)
{
    struct c2c_hash city;
    enum c2c_err err =
        c2c_hash_parse(c2c_val_text(record, "city"), &city) == C2C_E_OK
            ? c2c_prove_record(&v->prover, &city, c2c_val_text(record, "type"),
                               c2c_val_text(record, "key"), &v->record)
            : c2c_prove_not(&v->prover, "the node does not say whose it is");

    if (err == C2C_E_OK) {
        err = check_admitted(v, &city);
    }
    if (err == C2C_E_OK) {
        err = read_profile(v, &city);
    }
    if (err == C2C_E_OK) {
        err = check_asked(v, asked);
    }
    return err == C2C_E_OK ? rebuild(v, c2c_val_text(record, "ref"), ret_record)
                           : err;
}

/* A copy of what the node says, but that somebody vouches for it: that is ours
 * to say. */
static struct c2c_val *copy_said(struct c2c_run *run,
                                 const struct c2c_val *said)
{
    struct c2c_val *copy;

    if (c2c_val_kind(said) != C2C_KIND_MAP) {
        return c2c_doc_copy(run->doc, said);
    }
    copy = c2c_doc_map(run->doc);
    for (size_t i = 0; i < c2c_val_count(said); i++) {
        struct c2c_pair pair = c2c_val_pair(said, i);

        if (!c2c_view_eq_str(pair.key, "vouched")) {
            c2c_doc_add(run->doc, copy, pair.key,
                        c2c_doc_copy(run->doc, pair.val));
        }
    }
    return copy;
}

/* What the node says, with the reason why it is not believed. */
static void doubt(struct c2c_run *run, const struct c2c_val *record,
                  const char *why, struct c2c_val **ret_record)
{
    struct c2c_val *copy = copy_said(run, record);

    c2c_doc_set_cstr(run->doc, copy, "verified", why);
    *ret_record = copy;
}

enum c2c_err c2c_vouch_record(struct c2c_run *run, const char *asked,
                              const struct c2c_val *record,
                              struct c2c_val **ret_record)
{
    struct vouch v = {.prover = {.run = run}};
    enum c2c_err err = c2c_trust_read(run, &v.trust);

    if (err == C2C_E_OK && v.trust.n == 0) {
        doubt(run, record, c2c_vouch_nobody, ret_record);
    } else if (err == C2C_E_OK) {
        err = vouch(&v, asked, record, ret_record);
        if (err == C2C_E_NOT_VERIFIED) {
            doubt(run, record, v.prover.why, ret_record);
            err = C2C_E_OK;
        }
    }
    c2c_trust_fini(&v.trust);
    return err == C2C_E_OK ? c2c_run_built(run) : err;
}

/* In each item of a list of records, too. */
static struct c2c_val *doubt_items(struct c2c_run *run,
                                   const struct c2c_val *items, const char *why)
{
    struct c2c_val *list = c2c_doc_array(run->doc);

    for (size_t i = 0; i < c2c_val_count(items); i++) {
        const struct c2c_val *item = c2c_val_at(items, i);
        struct c2c_val *copy = copy_said(run, item);

        if (c2c_val_get(item, "verified") != NULL) {
            c2c_doc_set_cstr(run->doc, copy, "verified", why);
        }
        c2c_doc_push(run->doc, list, copy);
    }
    return list;
}

const struct c2c_val *c2c_vouch_disclaim(struct c2c_run *run,
                                         const struct c2c_val *doc)
{
    static const char why[] = "only the node says so";
    struct c2c_val *copy = copy_said(run, doc);
    const struct c2c_val *items = c2c_val_get(doc, "items");

    if (items != NULL) {
        c2c_doc_set(run->doc, copy, "items", doubt_items(run, items, why));
    }
    c2c_doc_set_cstr(run->doc, copy, "verified", why);
    if (!run->disclaimed) {
        run->disclaimed = true;
        c2c_out_talk(&run->out,
                     "Not verified: only %s says so. `c2c show REF` checks one "
                     "record.",
                     run->node);
    }
    return copy;
}
