#include "node/facets.h"

#include <string.h>

#include "base/text.h"
#include "record/derive.h"
#include "record/schema.h"

void c2c_facets_init(struct c2c_facets *facets)
{
    c2c_arena_init(&facets->arena);
    facets->n = 0;
}

void c2c_facets_fini(struct c2c_facets *facets)
{
    c2c_arena_fini(&facets->arena);
    facets->n = 0;
}

static enum c2c_err add(struct c2c_facets *facets, const char *name,
                        struct c2c_view value)
{
    char *copy;

    if (value.n == 0 || facets->n == C2C_FACETS_MAX) {
        return C2C_E_OK;
    }
    copy = c2c_arena_dup(&facets->arena, value);
    if (copy == NULL) {
        return C2C_E_NOMEM;
    }
    facets->at[facets->n++] =
        (struct c2c_facet){name, c2c_view_of(copy, value.n)};
    return C2C_E_OK;
}

enum c2c_err c2c_facets_tighten(struct c2c_view name, struct c2c_buf *out)
{
    size_t from = out->n;
    enum c2c_err err = c2c_text_fold(name, out);
    size_t kept = from;

    for (size_t i = from; i < out->n; i++) {
        if (out->p[i] != ' ' && out->p[i] != '-' && out->p[i] != '.') {
            out->p[kept++] = out->p[i];
        }
    }
    out->n = kept;
    return err;
}

static enum c2c_err add_city_name(struct c2c_facets *facets,
                                  struct c2c_view name)
{
    struct c2c_buf tight;
    enum c2c_err err;

    c2c_buf_init(&tight, 4096);
    err = c2c_facets_tighten(name, &tight);
    if (err == C2C_E_OK) {
        err = add(facets, C2C_FACET_CITY, c2c_buf_view(&tight));
    }
    c2c_buf_fini(&tight);
    return err == C2C_E_NOMEM ? err : C2C_E_OK;
}

static enum c2c_err add_city_names(struct c2c_facets *facets,
                                   const struct c2c_val *names)
{
    enum c2c_err err = C2C_E_OK;

    if (c2c_val_kind(names) == C2C_KIND_STR) {
        return add_city_name(facets, c2c_val_str(names));
    }
    for (size_t i = 0; i < c2c_val_count(names) && err == C2C_E_OK; i++) {
        err = add_city_name(facets, c2c_val_str(c2c_val_pair(names, i).val));
    }
    return err;
}

static enum c2c_err add_facet(void *ctx, const char *name,
                              struct c2c_view value)
{
    return add(ctx, name, value);
}

enum c2c_err c2c_facets_derive(const struct c2c_types *types,
                               const struct c2c_type *type,
                               struct c2c_view slug, const struct c2c_val *body,
                               struct c2c_facets *facets)
{
    enum c2c_err err = c2c_derive_facets(types, type, body, add_facet, facets);

    /* Profiles: the types of which a city has one. */
    if (err != C2C_E_OK || !c2c_type_one_per_city(type)) {
        return err;
    }
    err = add_city_names(facets, c2c_val_get(body, "name"));
    if (err == C2C_E_OK) {
        err = add_city_names(facets, c2c_val_get(body, "local_label"));
    }
    if (err == C2C_E_OK) {
        err = add_city_names(facets, c2c_val_get(body, "acronym"));
    }
    return err == C2C_E_OK ? add_city_name(facets, slug) : err;
}

/* Looking for a facet in a schema. */
struct search {
    const struct c2c_types *types;
    struct c2c_facet facet;
    struct c2c_view lang;
    struct c2c_facet_meaning *meaning; /* Or NULL: */
    struct c2c_buf *names;             /* the names of all of them. */
    enum c2c_err err;
};

static bool has_name(const struct c2c_buf *names, const char *name)
{
    struct c2c_view rest = c2c_buf_view(names);
    size_t n = strlen(name);

    for (size_t i = 0; i + n <= rest.n; i++) {
        if (memcmp(rest.p + i, name, n) == 0 &&
            (i == 0 || rest.p[i - 1] == ' ') &&
            (i + n == rest.n || rest.p[i + n] == ',')) {
            return true;
        }
    }
    return false;
}

static void see_name(struct search *search, const char *facet)
{
    if (search->err == C2C_E_OK && !has_name(search->names, facet)) {
        search->err = c2c_buf_fmt(search->names, "%s%s",
                                  search->names->n > 0 ? ", " : "", facet);
    }
}

static void mean_vocab(struct search *search, const struct c2c_vocab *vocab)
{
    struct c2c_facet_meaning *m = search->meaning;
    size_t found;
    enum c2c_err err = c2c_vocab_find(vocab, search->facet.value, &found);

    m->vocab = c2c_vocab_name(vocab);
    if (err == C2C_E_OK) {
        m->code = c2c_view_str(c2c_vocab_code(vocab, found));
    } else if (err == C2C_E_NOMEM) {
        search->err = err;
    }
    for (size_t i = 0; i < c2c_vocab_count(vocab); i++) {
        c2c_near_offer(&m->near, c2c_view_str(c2c_vocab_code(vocab, i)));
        c2c_near_offer(&m->near, c2c_vocab_label(vocab, i, search->lang));
    }
}

static void mean_choice(struct search *search, const struct c2c_schema *s)
{
    const struct c2c_view value = search->facet.value;
    struct c2c_facet_meaning *m = search->meaning;

    for (size_t i = 0; i < c2c_schema_enum_count(s); i++) {
        struct c2c_view code = c2c_schema_enum(s, i);
        struct c2c_view label = c2c_schema_enum_label(s, i, search->lang);

        if (c2c_view_eq(code, value) ||
            (c2c_view_eq(label, value) && m->code.n == 0)) {
            m->code = code;
        }
        c2c_near_offer(&m->near, code);
    }
}

static void mean_form(struct search *search, const struct c2c_schema *s)
{
    if (c2c_schema_pattern_fits(s, search->facet.value)) {
        search->meaning->code = search->facet.value;
    }
}

/* Several schemas may fill one facet: what one of them takes is good. */
static void see_facet(struct search *search, const struct c2c_schema *s)
{
    const char *facet = c2c_schema_facet(s);
    const char *name = c2c_schema_vocab(s);
    const struct c2c_vocab *vocab = NULL;

    if (facet == NULL) {
        return;
    }
    if (search->meaning == NULL) {
        see_name(search, facet);
        return;
    }
    if (strcmp(facet, search->facet.name) != 0) {
        return;
    }
    if (name != NULL) {
        vocab = c2c_vocabs_find(search->types, c2c_view_str(name));
    }
    search->meaning->known = true;
    if (vocab != NULL) {
        mean_vocab(search, vocab);
    } else if (c2c_schema_enum_count(s) > 0) {
        mean_choice(search, s);
    } else if (c2c_schema_has_pattern(s)) {
        mean_form(search, s);
    } else {
        search->meaning->open = true;
    }
}

static void see_schema(struct search *search, const struct c2c_schema *s)
{
    if (s == NULL) {
        return;
    }
    see_facet(search, s);
    for (size_t i = 0; i < c2c_schema_count(s); i++) {
        see_schema(search, c2c_schema_at(s, i));
    }
    see_schema(search, c2c_schema_items(s));
    see_schema(search, c2c_schema_values(s));
}

enum c2c_err c2c_facets_mean(const struct c2c_types *types,
                             const struct c2c_type *type,
                             struct c2c_facet facet, struct c2c_view lang,
                             struct c2c_facet_meaning *ret)
{
    struct c2c_facet_meaning meaning = {.known = false};
    struct search search = {.types = types,
                            .facet = facet,
                            .lang = lang,
                            .meaning = &meaning};

    c2c_near_init(&meaning.near, facet.value);
    for (size_t i = 0; i < c2c_types_count(types); i++) {
        if (type == NULL || type == c2c_types_at(types, i)) {
            see_schema(&search, c2c_type_body(c2c_types_at(types, i)));
        }
    }
    if (search.err == C2C_E_OK) {
        *ret = meaning;
    }
    return search.err;
}

enum c2c_err c2c_facets_names(const struct c2c_type *type, struct c2c_buf *out)
{
    struct search search = {.names = out};

    see_schema(&search, c2c_type_body(type));
    return search.err;
}
