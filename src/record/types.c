#include "record/types.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json.h"
#include "record/lang.h"
#include "record/types_priv.h"

/* A registry being made. */
struct load {
    struct c2c_types *types;
    const struct c2c_val *common;
    struct c2c_diag *diag;
};

static enum c2c_err keep_regex(void *ctx, regex_t *regex)
{
    struct c2c_types *types = ctx;

    if (types->n_regexes == sizeof types->regexes / sizeof types->regexes[0]) {
        regfree(regex);
        return C2C_E_TOO_BIG;
    }
    types->regexes[types->n_regexes++] = regex;
    return C2C_E_OK;
}

static enum c2c_err parse(const struct load *l,
                          const struct c2c_types_file *file,
                          const struct c2c_val **ret_val)
{
    struct c2c_json_error why;
    enum c2c_err err = c2c_json_parse(l->types->doc, file->text, &why, ret_val);

    if (err == C2C_E_BAD_JSON) {
        return c2c_diag_set(l->diag, C2C_E_SCHEMA, file->name,
                            "%s.json:%u:%u: %s", file->name, why.line,
                            why.column, why.reason);
    }
    return err;
}

static enum c2c_err bad(const struct load *l, const struct c2c_type *t,
                        const char *annotation, const char *what)
{
    return c2c_diag_set(l->diag, C2C_E_SCHEMA, t->name, "%s.json: /%s: %s",
                        t->name, annotation, what);
}

/* Read the annotations of a whole type. */
static enum c2c_err read_title(const struct load *l, struct c2c_type *t)
{
    struct c2c_view title = c2c_val_text(t->file, "x-title");

    if (title.n == 0) {
        return C2C_E_OK;
    }
    t->title = c2c_arena_dup(&l->types->arena, title);
    if (t->title == NULL) {
        return C2C_E_NOMEM;
    }
    return c2c_schema_path(t->body, t->title) != NULL
               ? C2C_E_OK
               : bad(l, t, "x-title", "points to no field");
}

static enum c2c_err read_columns(const struct load *l, struct c2c_type *t)
{
    const struct c2c_val *columns = c2c_val_get(t->file, "x-columns");
    size_t n = c2c_val_count(columns);

    if (n == 0) {
        return C2C_E_OK;
    }
    t->columns = c2c_arena_alloc(&l->types->arena, n, sizeof *t->columns);
    if (t->columns == NULL) {
        return C2C_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        t->columns[i] = c2c_arena_dup(&l->types->arena,
                                      c2c_val_str(c2c_val_at(columns, i)));
        if (t->columns[i] == NULL) {
            return C2C_E_NOMEM;
        }
        if (c2c_schema_path(t->body, t->columns[i]) == NULL) {
            return bad(l, t, "x-columns", "points to no field");
        }
    }
    t->n_columns = n;
    return C2C_E_OK;
}

static enum c2c_err read_annotations(const struct load *l, struct c2c_type *t)
{
    struct c2c_view audience = c2c_val_text(t->file, "x-audience");
    int64_t days = c2c_val_int(c2c_val_get(t->file, "x-validity-days"));
    enum c2c_err err = C2C_E_OK;

    if (audience.n > 0 &&
        c2c_audience_parse(audience, &t->audience) != C2C_E_OK) {
        return bad(l, t, "x-audience", "is public, network or local");
    }
    if (days < 0 || days > 36500) {
        return bad(l, t, "x-validity-days", "is a number of days");
    }
    t->validity_days = (unsigned)days;
    t->one_per_city = c2c_val_bool(c2c_val_get(t->file, "x-one-per-city"));
    t->lga_only = c2c_view_eq_str(c2c_val_text(t->file, "x-author"), "lga");
    err = read_title(l, t);
    return err == C2C_E_OK ? read_columns(l, t) : err;
}

static enum c2c_err load_type(const struct load *l,
                              const struct c2c_types_file *file,
                              struct c2c_type *t)
{
    struct c2c_schema_env env = {.arena = &l->types->arena,
                                 .common = l->common,
                                 .file_name = file->name,
                                 .diag = l->diag,
                                 .keep = keep_regex,
                                 .keep_ctx = l->types};
    enum c2c_err err;

    t->name = file->name;
    t->text = file->text;
    t->types = l->types;
    if (!c2c_record_type_valid(c2c_view_str(file->name))) {
        return bad(l, t, "", "the file's name is no type name");
    }
    err = parse(l, file, &t->file);
    if (err != C2C_E_OK) {
        return err;
    }
    env.file = t->file;
    err = c2c_schema_compile(&env, &t->body);
    return err == C2C_E_OK ? read_annotations(l, t) : err;
}

static int by_type_name(const void *a, const void *b)
{
    return strcmp(((const struct c2c_type *)a)->name,
                  ((const struct c2c_type *)b)->name);
}

static int by_vocab_name(const void *a, const void *b)
{
    return strcmp(((const struct c2c_vocab *)a)->name,
                  ((const struct c2c_vocab *)b)->name);
}

static enum c2c_err load_vocabs(const struct load *l,
                                const struct c2c_types_set *set)
{
    struct c2c_types *types = l->types;
    enum c2c_err err = C2C_E_OK;

    types->vocabs = c2c_arena_alloc(&types->arena, set->n_vocabs + 1,
                                    sizeof *types->vocabs);
    if (types->vocabs == NULL) {
        return C2C_E_NOMEM;
    }
    for (size_t i = 0; i < set->n_vocabs && err == C2C_E_OK; i++) {
        struct c2c_vocab *vocab = &types->vocabs[types->n_vocabs++];
        const struct c2c_val *file;

        vocab->name = set->vocabs[i].name;
        vocab->text = set->vocabs[i].text;
        err = parse(l, &set->vocabs[i], &file);
        if (err == C2C_E_OK) {
            err = c2c_vocab_load(&types->arena, l->diag, file, vocab);
        }
    }
    qsort(types->vocabs, types->n_vocabs, sizeof *types->vocabs, by_vocab_name);
    return err;
}

static enum c2c_err load_types(struct load *l, const struct c2c_types_set *set)
{
    struct c2c_types *types = l->types;
    enum c2c_err err = C2C_E_OK;

    types->types = c2c_arena_alloc(&types->arena, set->n_records + 1,
                                   sizeof *types->types);
    if (types->types == NULL) {
        return C2C_E_NOMEM;
    }
    for (size_t i = 0; i < set->n_records && err == C2C_E_OK; i++) {
        if (strcmp(set->records[i].name, "common") == 0) {
            err = parse(l, &set->records[i], &l->common);
        }
    }
    for (size_t i = 0; i < set->n_records && err == C2C_E_OK; i++) {
        if (strcmp(set->records[i].name, "common") != 0) {
            err =
                load_type(l, &set->records[i], &types->types[types->n_types++]);
        }
    }
    qsort(types->types, types->n_types, sizeof *types->types, by_type_name);
    return err;
}

/* Every x-vocab and x-ref of @schema names something that exists. */
static enum c2c_err check_names(const struct load *l, const struct c2c_type *t,
                                const struct c2c_schema *s)
{
    enum c2c_err err = C2C_E_OK;

    if (s == NULL) {
        return C2C_E_OK;
    }
    if (s->vocab != NULL &&
        c2c_vocabs_find(l->types, c2c_view_str(s->vocab)) == NULL) {
        return bad(l, t, s->vocab, "`x-vocab` names no vocabulary");
    }
    for (size_t i = 0; i < s->n_refs; i++) {
        if (c2c_types_find(l->types, c2c_view_str(s->refs[i])) == NULL) {
            return bad(l, t, s->refs[i], "`x-ref` names no type");
        }
    }
    for (size_t i = 0; i < s->n_members && err == C2C_E_OK; i++) {
        err = check_names(l, t, s->members[i].schema);
    }
    if (err == C2C_E_OK) {
        err = check_names(l, t, s->items);
    }
    return err == C2C_E_OK ? check_names(l, t, s->additional) : err;
}

enum c2c_err c2c_types_load(const struct c2c_types_set *set,
                            struct c2c_diag *diag, struct c2c_types **ret_types)
{
    struct load l = {.diag = diag};
    enum c2c_err err;

    l.types = c2c_calloc(1, sizeof *l.types);
    if (l.types == NULL) {
        return C2C_E_NOMEM;
    }
    c2c_arena_init(&l.types->arena);
    err = c2c_doc_new(&l.types->doc);
    if (err == C2C_E_OK) {
        err = load_types(&l, set);
    }
    if (err == C2C_E_OK) {
        err = load_vocabs(&l, set);
    }
    for (size_t i = 0; i < l.types->n_types && err == C2C_E_OK; i++) {
        err = check_names(&l, &l.types->types[i], l.types->types[i].body);
    }
    if (err != C2C_E_OK) {
        c2c_types_free(l.types);
        return err;
    }
    *ret_types = l.types;
    return C2C_E_OK;
}

void c2c_types_free(struct c2c_types *types)
{
    if (types == NULL) {
        return;
    }
    for (size_t i = 0; i < types->n_regexes; i++) {
        regfree(types->regexes[i]);
    }
    c2c_doc_free(types->doc);
    c2c_arena_fini(&types->arena);
    c2c_free(types);
}

size_t c2c_types_count(const struct c2c_types *types)
{
    return types->n_types;
}

const struct c2c_type *c2c_types_at(const struct c2c_types *types, size_t i)
{
    return i < types->n_types ? &types->types[i] : NULL;
}

const struct c2c_type *c2c_types_find(const struct c2c_types *types,
                                      struct c2c_view name)
{
    for (size_t i = 0; i < types->n_types; i++) {
        if (c2c_view_eq_str(name, types->types[i].name)) {
            return &types->types[i];
        }
    }
    return NULL;
}

size_t c2c_vocabs_count(const struct c2c_types *types)
{
    return types->n_vocabs;
}

const struct c2c_vocab *c2c_vocabs_at(const struct c2c_types *types, size_t i)
{
    return i < types->n_vocabs ? &types->vocabs[i] : NULL;
}

const struct c2c_vocab *c2c_vocabs_find(const struct c2c_types *types,
                                        struct c2c_view name)
{
    for (size_t i = 0; i < types->n_vocabs; i++) {
        if (c2c_view_eq_str(name, types->vocabs[i].name)) {
            return &types->vocabs[i];
        }
    }
    return NULL;
}

const char *c2c_type_title(const struct c2c_type *type)
{
    return type->title;
}

const char *c2c_type_name(const struct c2c_type *type)
{
    return type->name;
}

struct c2c_view c2c_type_text(const struct c2c_type *type)
{
    return type->text;
}

const struct c2c_schema *c2c_type_body(const struct c2c_type *type)
{
    return type->body;
}

enum c2c_audience c2c_type_audience(const struct c2c_type *type)
{
    return type->audience;
}

unsigned c2c_type_validity_days(const struct c2c_type *type)
{
    return type->validity_days;
}

bool c2c_type_one_per_city(const struct c2c_type *type)
{
    return type->one_per_city;
}

bool c2c_type_lga_only(const struct c2c_type *type)
{
    return type->lga_only;
}

struct c2c_view c2c_type_label(const struct c2c_type *type,
                               struct c2c_view lang)
{
    return c2c_lang_pick(c2c_val_get(type->file, "x-label"), lang);
}

struct c2c_view c2c_type_help(const struct c2c_type *type, struct c2c_view lang)
{
    return c2c_lang_pick(c2c_val_get(type->file, "x-help"), lang);
}

size_t c2c_type_column_count(const struct c2c_type *type)
{
    return type->n_columns;
}

const char *c2c_type_column(const struct c2c_type *type, size_t i)
{
    return i < type->n_columns ? type->columns[i] : NULL;
}
