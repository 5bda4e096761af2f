#include "node/join.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "codec/limits.h"
#include "crypto/digest.h"
#include "record/problem.h"
#include "store/joins.h"
#include "store/records.h"
#include "trust/keyset.h"
#include "trust/membership.h"

enum {
    SLUG = 61,    /* With the NUL. */
    ID_HEX = 16,  /* Of an id, where there is no name. */
    TAIL_HEX = 8, /* Of an id, behind a name that another member has. */
    DATE = 10     /* "2026-11-24" of a time. */
};

struct c2c_hash c2c_join_token(struct c2c_view token)
{
    return c2c_digest_of(C2C_DIGEST_INVITE, token);
}

/* Looking for the membership records of one city. */
struct search {
    const struct c2c_hash *city;
    c2c_join_fn *fn;
    void *ctx;
};

static enum c2c_err see_membership(void *ctx, const struct c2c_row *row,
                                   bool intact)
{
    const struct search *s = ctx;
    struct c2c_join_record member = {.key = row->key};
    struct c2c_membership m;
    struct c2c_record record;

    if (!intact || row->audience == C2C_AUDIENCE_LOCAL ||
        c2c_membership_read(row->bytes, &m) != C2C_E_OK ||
        !c2c_hash_eq(&m.city, s->city) ||
        c2c_record_decode(row->bytes, &record) != C2C_E_OK) {
        return C2C_E_OK;
    }
    member.since_s = record.created_s;
    return s->fn(s->ctx, &member);
}

enum c2c_err c2c_join_memberships(const struct c2c_join_env *env,
                                  const struct c2c_hash *city, c2c_join_fn *fn,
                                  void *ctx)
{
    struct search s = {city, fn, ctx};
    struct c2c_filter filter = {.type = c2c_view_str(c2c_membership_type),
                                .n_facets = 1,
                                .limit = INT64_MAX};
    char hex[C2C_HASH_HEX];
    enum c2c_err err =
        c2c_cities_find(env->store, &env->identity->city, &filter.city);

    c2c_hash_hex(city, hex);
    filter.facet[0] = (struct c2c_facet){"member", c2c_view_str(hex)};
    return err == C2C_E_OK
               ? c2c_records_list(env->store, &filter, see_membership, &s)
               : err;
}

struct first {
    bool found;
    struct c2c_join_record member;
};

static enum c2c_err take_first(void *ctx, const struct c2c_join_record *member)
{
    struct first *first = ctx;

    first->member = first->found ? first->member : *member;
    first->found = true;
    return C2C_E_OK;
}

enum c2c_err c2c_join_member(const struct c2c_join_env *env,
                             const struct c2c_hash *city,
                             struct c2c_join_record *ret_member)
{
    struct first first = {.found = false};
    enum c2c_err err = c2c_join_memberships(env, city, take_first, &first);

    if (err == C2C_E_OK && !first.found) {
        err = C2C_E_NOT_FOUND;
    }
    if (err == C2C_E_OK) {
        *ret_member = first.member;
    }
    return err;
}

/* Every keyset follows from the one before, the first is the asker's id. */
static enum c2c_err check_keysets(const struct c2c_hash *asker,
                                  struct c2c_list_view keysets)
{
    struct c2c_keyset keyset = {.n = 0};
    struct c2c_view bytes;
    bool first = true;
    enum c2c_err err = C2C_E_OK;

    if (keysets.n == 0 || keysets.items.n > C2C_JOIN_KEYSETS_BYTES) {
        return C2C_E_BAD_KEYSET;
    }
    while (err == C2C_E_OK) {
        err = c2c_list_next_keyset(&keysets, &bytes);
        if (err == C2C_E_NOT_FOUND) {
            return C2C_E_OK;
        }
        if (err == C2C_E_OK) {
            struct c2c_keyset previous = keyset;

            err = first ? c2c_keyset_decode_first(bytes, &keyset)
                        : c2c_keyset_decode_next(bytes, &previous, &keyset);
        }
        if (err == C2C_E_OK && first && !c2c_hash_eq(&keyset.hash, asker)) {
            err = C2C_E_BAD_KEYSET;
        }
        first = false;
    }
    return err == C2C_E_NOMEM ? err : C2C_E_BAD_KEYSET;
}

/* Is there room for this one? */
static enum c2c_err make_room(const struct c2c_join_env *env,
                              const struct c2c_hash *asker,
                              const struct c2c_join_request *request)
{
    uint64_t size =
        request->keysets.items.n + request->name.n + request->note.n;
    uint64_t before_s =
        env->now_s > C2C_JOIN_LIFE_S ? env->now_s - C2C_JOIN_LIFE_S : 0;
    uint64_t count = 0;
    uint64_t bytes = 0;
    enum c2c_err err = c2c_joins_expire(env->store, before_s);

    if (err == C2C_E_OK) {
        err = c2c_invites_expire(env->store, before_s);
    }
    if (err == C2C_E_OK) {
        err = c2c_joins_sum(env->store, asker, &count, &bytes);
    }
    /* Those that wait keep their place: else a crowd of made-up cities would
     * drive them out. */
    return err == C2C_E_OK && (count >= C2C_JOIN_PENDING_MAX ||
                               bytes + size > C2C_JOIN_PENDING_BYTES)
               ? C2C_E_BUSY
               : err;
}

static enum c2c_err queue(const struct c2c_join_env *env,
                          const struct c2c_hash *asker,
                          const struct c2c_join_request *request,
                          struct c2c_join_reply *reply)
{
    struct c2c_joining joining = {.city = *asker,
                                  .keysets = request->keysets.items,
                                  .n_keysets = request->keysets.n,
                                  .name = request->name,
                                  .note = request->note,
                                  .since_s = env->now_s,
                                  .asked_s = env->now_s};
    struct c2c_joining before;
    enum c2c_err err = c2c_joins_get(env->store, asker, &before);

    if (err == C2C_E_OK && before.state != C2C_JOINING_PENDING) {
        *reply = (struct c2c_join_reply){C2C_JOIN_DENIED, before.since_s};
        return C2C_E_OK;
    }
    if (err == C2C_E_OK) {
        joining.since_s = before.since_s;
    }
    if (err == C2C_E_OK || err == C2C_E_NOT_FOUND) {
        err = make_room(env, asker, request);
    }
    if (err == C2C_E_OK) {
        err = c2c_joins_put(env->store, &joining);
    }
    if (err == C2C_E_OK) {
        *reply = (struct c2c_join_reply){C2C_JOIN_PENDING, joining.since_s};
    }
    return err;
}

/* Use the request's invitation up; a token that is not good admits nobody. */
static enum c2c_err use_invitation(const struct c2c_join_env *env,
                                   const struct c2c_hash *asker,
                                   const struct c2c_join_request *request,
                                   bool *ret_admit)
{
    struct c2c_hash token = c2c_join_token(request->token);
    enum c2c_err err =
        request->token.n == 0
            ? C2C_E_NOT_FOUND
            : c2c_invites_take(env->store, &token, asker, env->now_s);

    *ret_admit = err == C2C_E_OK;
    if (err == C2C_E_OK) {
        err = c2c_joins_remove(env->store, asker);
    }
    return err == C2C_E_NOT_FOUND || err == C2C_E_EXPIRED || err == C2C_E_EXISTS
               ? C2C_E_OK
               : err;
}

enum c2c_err c2c_join_answer(const struct c2c_join_env *env,
                             const struct c2c_hash *asker,
                             const struct c2c_join_request *request,
                             struct c2c_join_reply *ret_reply, bool *ret_admit)
{
    struct c2c_join_reply reply = {C2C_JOIN_MEMBER, env->now_s};
    struct c2c_join_record member;
    bool admit = false;
    enum c2c_err err;

    if (env->identity->keyset.kind != C2C_LGA ||
        !c2c_hash_eq(&request->lga, &env->identity->city)) {
        return C2C_E_NOT_FOUND;
    }
    err = check_keysets(asker, request->keysets);
    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_join_member(env, asker, &member);
    if (err == C2C_E_OK) {
        reply.since_s = member.since_s;
    } else if (err == C2C_E_NOT_FOUND) {
        err = use_invitation(env, asker, request, &admit);
        if (err == C2C_E_OK && !admit) {
            err = queue(env, asker, request, &reply);
        }
    }
    if (err == C2C_E_OK) {
        *ret_reply = reply;
        *ret_admit = admit;
    }
    return err;
}

static enum c2c_err slug_is_free(const struct c2c_join_env *env, const char *s,
                                 bool *ret_free)
{
    struct c2c_row row = {0};
    c2c_city_no no = 0;
    enum c2c_err err = c2c_cities_find(env->store, &env->identity->city, &no);

    if (err == C2C_E_OK) {
        err = c2c_records_by_slug(env->store, no,
                                  c2c_view_str(c2c_membership_type),
                                  c2c_view_str(s), &row);
    }
    *ret_free = err == C2C_E_NOT_FOUND;
    return err == C2C_E_NOT_FOUND || (err == C2C_E_CORRUPT && row.id != 0)
               ? C2C_E_OK
               : err;
}

/* "oulu", "oulu-6f1c22a0" if that is another member's, "6f1c22a0d3b94e51" if
 * there is no name or it reads as an id; empty if the record has to do without.
 */
static enum c2c_err choose_slug(const struct c2c_join_env *env,
                                const struct c2c_hash *city,
                                struct c2c_view name, char out[SLUG])
{
    char hex[C2C_HASH_HEX];
    char word[SLUG];
    bool is_free = false;
    enum c2c_err err = C2C_E_OK;

    c2c_hash_hex(city, hex);
    c2c_text_slug(name, word);
    (void)snprintf(out, SLUG, "%s", word);
    if (word[0] != '\0' && !c2c_text_is_id(c2c_view_str(word))) {
        err = slug_is_free(env, out, &is_free);
        if (err == C2C_E_OK && !is_free) {
            (void)snprintf(out, SLUG, "%.*s-%.*s", SLUG - 2 - TAIL_HEX, word,
                           TAIL_HEX, hex);
        }
    } else {
        (void)snprintf(out, SLUG, "%.*s", ID_HEX, hex);
    }
    if (err == C2C_E_OK && !is_free) {
        err = slug_is_free(env, out, &is_free);
    }
    if (!is_free) {
        out[0] = '\0';
    }
    return err;
}

static struct c2c_val *make_body(const struct c2c_join_env *env,
                                 const struct c2c_hash *city,
                                 struct c2c_view name, struct c2c_view kind,
                                 struct c2c_doc *doc)
{
    struct c2c_val *body = c2c_doc_map(doc);
    struct c2c_val *names = c2c_doc_map(doc);
    char hex[C2C_HASH_HEX];
    char today[C2C_TIME_TEXT];

    c2c_hash_hex(city, hex);
    c2c_time_format(env->now_s, today);
    today[DATE] = '\0';
    c2c_doc_set_cstr(doc, body, "city", hex);
    if (name.n > 0) {
        /* In a language that the request does not tell. */
        c2c_doc_set_str(doc, names, "und", name);
        c2c_doc_set(doc, body, "name", names);
    }
    if (kind.n > 0) {
        c2c_doc_set_str(doc, body, "kind", kind);
    }
    c2c_doc_set_cstr(doc, body, "from", today);
    return body;
}

enum c2c_err c2c_join_draft(const struct c2c_join_env *env,
                            const struct c2c_hash *city, struct c2c_view name,
                            struct c2c_view kind, struct c2c_doc *doc,
                            struct c2c_draft *ret_draft)
{
    const struct c2c_type *type =
        c2c_types_find(env->types, c2c_view_str(c2c_membership_type));
    struct c2c_draft draft = {.type = type};
    struct c2c_problems problems = {.n = 0};
    char clean[C2C_MAX_NAME_BYTES + 1];
    char slug[SLUG];
    enum c2c_err err;

    (void)snprintf(clean, sizeof clean, "%.*s",
                   name.n < sizeof clean ? (int)name.n : C2C_MAX_NAME_BYTES,
                   name.n == 0 ? "" : (const char *)name.p);
    c2c_text_line(clean);
    if (clean[strspn(clean, " ")] == '\0') {
        clean[0] = '\0'; /* Nobody could see it: as if there were none. */
    }
    err = choose_slug(env, city, c2c_view_str(clean), slug);
    draft.body = make_body(env, city, c2c_view_str(clean), kind, doc);
    draft.slug = c2c_val_str(c2c_doc_cstr(doc, slug));
    if (err == C2C_E_OK) {
        err = c2c_doc_err(doc);
    }
    if (err == C2C_E_OK) {
        err = c2c_type_check(type, draft.body, &problems);
    }
    if (err == C2C_E_OK) {
        *ret_draft = draft;
    }
    return err;
}
