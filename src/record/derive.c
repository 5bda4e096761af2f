#include "record/derive.h"

#include <stdio.h>
#include <string.h>

#include "base/timefmt.h"
#include "record/lang.h"
#include "record/types_priv.h"

/* Called for every scalar of a body with the schema it stands under; for texts
 * by language @s is the map's schema. */
typedef enum c2c_err visit_fn(void *ctx, const struct c2c_schema *s,
                              const struct c2c_val *v, const char *path);

struct walk {
    visit_fn *fn;
    void *ctx;
    char path[C2C_POINTER_BYTES];
};

static struct walk step(const struct walk *w, struct c2c_view name)
{
    struct walk next = *w;

    c2c_pointer_add(next.path, name);
    return next;
}

static enum c2c_err walk(const struct walk *w, const struct c2c_schema *s,
                         const struct c2c_val *v);

static enum c2c_err walk_array(const struct walk *w, const struct c2c_schema *s,
                               const struct c2c_val *v)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_val_count(v) && err == C2C_E_OK; i++) {
        char index[24];
        struct walk next;

        (void)snprintf(index, sizeof index, "%zu", i);
        next = step(w, c2c_view_str(index));
        err = walk(&next, s->items, c2c_val_at(v, i));
    }
    return err;
}

static enum c2c_err walk_map(const struct walk *w, const struct c2c_schema *s,
                             const struct c2c_val *v)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_val_count(v) && err == C2C_E_OK; i++) {
        struct c2c_pair pair = c2c_val_pair(v, i);
        const struct c2c_member *member = c2c_schema_member(s, pair.key);
        struct walk next = step(w, pair.key);

        if (s->i18n) {
            err = w->fn(w->ctx, s, pair.val, next.path);
        } else if (member != NULL) {
            err = walk(&next, member->schema, pair.val);
        } else if (s->additional != NULL) {
            err = walk(&next, s->additional, pair.val);
        }
    }
    return err;
}

/* Bodies may not fit their schema: kinds that differ are passed over. */
static enum c2c_err walk(const struct walk *w, const struct c2c_schema *s,
                         const struct c2c_val *v)
{
    if (s == NULL) {
        return C2C_E_OK;
    }
    switch (c2c_val_kind(v)) {
    case C2C_KIND_ARRAY:
        return s->kind == C2C_SCHEMA_ARRAY ? walk_array(w, s, v) : C2C_E_OK;
    case C2C_KIND_MAP:
        return s->kind == C2C_SCHEMA_OBJECT ? walk_map(w, s, v) : C2C_E_OK;
    case C2C_KIND_BOOL:
    case C2C_KIND_INT:
    case C2C_KIND_STR:
        return w->fn(w->ctx, s, v, w->path);
    case C2C_KIND_NIL:
    case C2C_KIND_BIN:
    case C2C_KIND_NONE:
        break;
    }
    return C2C_E_OK;
}

static enum c2c_err walk_body(const struct c2c_type *type,
                              const struct c2c_val *body, visit_fn *fn,
                              void *ctx)
{
    struct walk w = {.fn = fn, .ctx = ctx};

    return type == NULL ? C2C_E_OK : walk(&w, type->body, body);
}

const struct c2c_val *c2c_derive_at(const struct c2c_val *body,
                                    const char *path)
{
    while (body != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");

        body = c2c_val_find(body, c2c_view_of(path, n));
        path += n;
        path += *path == '.' ? 1 : 0;
    }
    return body;
}

struct c2c_view c2c_derive_title(const struct c2c_type *type,
                                 const struct c2c_val *body,
                                 struct c2c_view lang)
{
    if (type == NULL || type->title == NULL) {
        return (struct c2c_view){NULL, 0};
    }
    return c2c_lang_pick(c2c_derive_at(body, type->title), lang);
}

struct facets {
    const struct c2c_types *types;
    c2c_facet_fn *fn;
    void *ctx;
};

static enum c2c_err visit_facet(void *ctx, const struct c2c_schema *s,
                                const struct c2c_val *v, const char *path)
{
    const struct facets *f = ctx;
    struct c2c_view text = c2c_val_str(v);
    const struct c2c_vocab *vocab;
    char number[24];
    size_t found;

    (void)path;
    if (s->facet == NULL) {
        return C2C_E_OK;
    }
    if (c2c_val_kind(v) != C2C_KIND_STR) {
        (void)snprintf(number, sizeof number, "%lld",
                       c2c_val_kind(v) == C2C_KIND_BOOL
                           ? (long long)c2c_val_bool(v)
                           : (long long)c2c_val_int(v));
        return f->fn(f->ctx, s->facet, c2c_view_str(number));
    }
    vocab = s->vocab == NULL
                ? NULL
                : c2c_vocabs_find(f->types, c2c_view_str(s->vocab));
    if (vocab != NULL) {
        enum c2c_err err = c2c_vocab_find(vocab, text, &found);

        if (err == C2C_E_OK) {
            text = c2c_view_str(c2c_vocab_code(vocab, found));
        } else if (err == C2C_E_NOMEM) {
            return err;
        }
    }
    return f->fn(f->ctx, s->facet, text);
}

enum c2c_err c2c_derive_facets(const struct c2c_types *types,
                               const struct c2c_type *type,
                               const struct c2c_val *body, c2c_facet_fn *fn,
                               void *ctx)
{
    struct facets f = {types, fn, ctx};

    return walk_body(type, body, visit_facet, &f);
}

struct search {
    unsigned weight;
    struct c2c_buf *out;
};

static enum c2c_err visit_search(void *ctx, const struct c2c_schema *s,
                                 const struct c2c_val *v, const char *path)
{
    const struct search *search = ctx;
    struct c2c_view text = c2c_val_str(v);
    enum c2c_err err;

    (void)path;
    if (s->search != search->weight || text.n == 0) {
        return C2C_E_OK;
    }
    err = c2c_buf_put(search->out, text.p, text.n);
    return err == C2C_E_OK ? c2c_buf_put(search->out, "\n", 1) : err;
}

enum c2c_err c2c_derive_search(const struct c2c_type *type,
                               const struct c2c_val *body, unsigned weight,
                               struct c2c_buf *out)
{
    struct search search = {weight, out};

    return walk_body(type, body, visit_search, &search);
}

struct refs {
    c2c_ref_fn *fn;
    void *ctx;
};

static enum c2c_err visit_ref(void *ctx, const struct c2c_schema *s,
                              const struct c2c_val *v, const char *path)
{
    const struct refs *refs = ctx;

    return s->n_refs == 0 || c2c_val_kind(v) != C2C_KIND_STR
               ? C2C_E_OK
               : refs->fn(refs->ctx, path, c2c_val_str(v));
}

enum c2c_err c2c_derive_refs(const struct c2c_type *type,
                             const struct c2c_val *body, c2c_ref_fn *fn,
                             void *ctx)
{
    struct refs refs = {fn, ctx};

    return walk_body(type, body, visit_ref, &refs);
}

struct c2c_fresh c2c_derive_fresh(const struct c2c_type *type,
                                  const struct c2c_val *body,
                                  uint64_t updated_s)
{
    struct c2c_fresh fresh = {.verified_s = updated_s};
    uint64_t verified;

    if (c2c_time_parse(c2c_val_text(body, "verified_at"), &verified) ==
            C2C_E_OK &&
        verified < updated_s) {
        fresh.verified_s = verified;
    }
    if (type != NULL && type->validity_days > 0) {
        fresh.stale_from_s =
            fresh.verified_s + (uint64_t)type->validity_days * 86400;
    }
    return fresh;
}
