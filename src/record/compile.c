#include "record/schema_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum {
    MAX_LEVELS = 32,  /* Nesting and references; deeper is a circle. */
    MAX_NODES = 20000 /* Of one type: references can multiply. */
};

/* One schema on its way: where it stands and how deep. */
struct work {
    const struct c2c_schema_env *env;
    const struct c2c_val *file; /* Where "#/$defs" points to. */
    char path[C2C_POINTER_BYTES];
    unsigned level;
    unsigned *nodes; /* Compiled so far. */
};

static enum c2c_err compile(const struct work *w, const struct c2c_val *in,
                            struct c2c_schema *out);

static enum c2c_err bad(const struct work *w, const char *what,
                        struct c2c_view word)
{
    return c2c_diag_set(w->env->diag, C2C_E_SCHEMA, w->env->file_name,
                        "%s.json: %s: %s%s%.*s", w->env->file_name,
                        w->path[0] == '\0' ? "/" : w->path, what,
                        word.n > 0 ? ": " : "", (int)word.n,
                        word.n > 0 ? (const char *)word.p : "");
}

static struct work deeper(const struct work *w, struct c2c_view step)
{
    struct work next = *w;

    c2c_pointer_add(next.path, step);
    next.level++;
    return next;
}

static enum c2c_err copy_text(const struct work *w, const struct c2c_val *v,
                              const char **ret_text)
{
    struct c2c_view text = c2c_val_str(v);

    if (text.n == 0) {
        return bad(w, "must be text", text);
    }
    *ret_text = c2c_arena_dup(w->env->arena, text);
    return *ret_text == NULL ? C2C_E_NOMEM : C2C_E_OK;
}

/* Compile a sub-schema into the arena. */
static enum c2c_err sub(const struct work *w, const char *step,
                        const struct c2c_val *in,
                        const struct c2c_schema **ret_schema)
{
    struct work next = deeper(w, c2c_view_str(step));
    struct c2c_schema *schema =
        c2c_arena_alloc(w->env->arena, 1, sizeof *schema);
    enum c2c_err err;

    if (schema == NULL) {
        return C2C_E_NOMEM;
    }
    err = compile(&next, in, schema);
    if (err == C2C_E_OK) {
        *ret_schema = schema;
    }
    return err;
}

/* Keywords.  Each handler reads the keyword's value @v into @out. */
typedef enum c2c_err keyword_fn(const struct work *w, const struct c2c_val *v,
                                struct c2c_schema *out);

static enum c2c_err ignore(const struct work *w, const struct c2c_val *v,
                           struct c2c_schema *out)
{
    (void)w;
    (void)v;
    (void)out;
    return C2C_E_OK;
}

static enum c2c_err kw_type(const struct work *w, const struct c2c_val *v,
                            struct c2c_schema *out)
{
    static const char *const names[] = {
        [C2C_SCHEMA_OBJECT] = "object",   [C2C_SCHEMA_ARRAY] = "array",
        [C2C_SCHEMA_STRING] = "string",   [C2C_SCHEMA_INTEGER] = "integer",
        [C2C_SCHEMA_BOOLEAN] = "boolean",
    };

    for (unsigned i = C2C_SCHEMA_OBJECT; i <= C2C_SCHEMA_BOOLEAN; i++) {
        if (c2c_view_eq_str(c2c_val_str(v), names[i])) {
            out->kind = (enum c2c_schema_kind)i;
            return C2C_E_OK;
        }
    }
    return bad(w, "unknown type", c2c_val_str(v));
}

static enum c2c_err kw_properties(const struct work *w, const struct c2c_val *v,
                                  struct c2c_schema *out)
{
    size_t n = c2c_val_count(v);
    struct c2c_member *members =
        c2c_arena_alloc(w->env->arena, n + 1, sizeof *members);

    if (c2c_val_kind(v) != C2C_KIND_MAP) {
        return bad(w, "`properties` must be an object", (struct c2c_view){0});
    }
    if (members == NULL) {
        return C2C_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        struct c2c_pair pair = c2c_val_pair(v, i);
        char *name = c2c_arena_dup(w->env->arena, pair.key);
        enum c2c_err err = name == NULL ? C2C_E_NOMEM : C2C_E_OK;

        if (err == C2C_E_OK) {
            err = sub(w, name, pair.val, &members[i].schema);
        }
        if (err != C2C_E_OK) {
            return err;
        }
        members[i].name = name;
    }
    out->members = members;
    out->n_members = n;
    return C2C_E_OK;
}

static enum c2c_err kw_names(const struct work *w, const struct c2c_val *v,
                             struct c2c_schema *out)
{
    out->names = c2c_format_find(c2c_val_text(v, "format"));
    return out->names != NULL && c2c_val_count(v) == 1
               ? C2C_E_OK
               : bad(w, "`propertyNames` takes a known format only",
                     (struct c2c_view){0});
}

static enum c2c_err kw_additional(const struct work *w, const struct c2c_val *v,
                                  struct c2c_schema *out)
{
    return sub(w, "additionalProperties", v, &out->additional);
}

static enum c2c_err kw_items(const struct work *w, const struct c2c_val *v,
                             struct c2c_schema *out)
{
    return sub(w, "items", v, &out->items);
}

static enum c2c_err kw_enum(const struct work *w, const struct c2c_val *v,
                            struct c2c_schema *out)
{
    if (c2c_val_kind(v) != C2C_KIND_ARRAY || c2c_val_count(v) == 0) {
        return bad(w, "`enum` must be a list of texts", (struct c2c_view){0});
    }
    for (size_t i = 0; i < c2c_val_count(v); i++) {
        if (c2c_val_kind(c2c_val_at(v, i)) != C2C_KIND_STR) {
            return bad(w, "`enum` must be a list of texts",
                       (struct c2c_view){0});
        }
    }
    out->choices = v;
    return C2C_E_OK;
}

static enum c2c_err kw_const(const struct work *w, const struct c2c_val *v,
                             struct c2c_schema *out)
{
    out->constant = v;
    return c2c_val_kind(v) == C2C_KIND_STR
               ? C2C_E_OK
               : bad(w, "`const` must be text", (struct c2c_view){0});
}

static enum c2c_err size(const struct work *w, const struct c2c_val *v,
                         uint64_t *ret_size)
{
    if (c2c_val_kind(v) != C2C_KIND_INT || c2c_val_int(v) < 0) {
        return bad(w, "a size must be a number from 0", (struct c2c_view){0});
    }
    *ret_size = (uint64_t)c2c_val_int(v);
    return C2C_E_OK;
}

static enum c2c_err kw_min_size(const struct work *w, const struct c2c_val *v,
                                struct c2c_schema *out)
{
    return size(w, v, &out->min_size);
}

static enum c2c_err kw_max_size(const struct work *w, const struct c2c_val *v,
                                struct c2c_schema *out)
{
    return size(w, v, &out->max_size);
}

static enum c2c_err kw_minimum(const struct work *w, const struct c2c_val *v,
                               struct c2c_schema *out)
{
    out->minimum = c2c_val_int(v);
    return c2c_val_kind(v) == C2C_KIND_INT
               ? C2C_E_OK
               : bad(w, "`minimum` must be an integer", (struct c2c_view){0});
}

static enum c2c_err kw_maximum(const struct work *w, const struct c2c_val *v,
                               struct c2c_schema *out)
{
    out->maximum = c2c_val_int(v);
    return c2c_val_kind(v) == C2C_KIND_INT
               ? C2C_E_OK
               : bad(w, "`maximum` must be an integer", (struct c2c_view){0});
}

static enum c2c_err kw_unique(const struct work *w, const struct c2c_val *v,
                              struct c2c_schema *out)
{
    out->unique = c2c_val_bool(v);
    return c2c_val_kind(v) == C2C_KIND_BOOL
               ? C2C_E_OK
               : bad(w, "`uniqueItems` must be true or false",
                     (struct c2c_view){0});
}

static enum c2c_err kw_pattern(const struct work *w, const struct c2c_val *v,
                               struct c2c_schema *out)
{
    struct c2c_view text = c2c_val_str(v);
    regex_t *regex = c2c_arena_alloc(w->env->arena, 1, sizeof *regex);
    enum c2c_err err = copy_text(w, v, &out->pattern);

    if (err != C2C_E_OK) {
        return err;
    }
    if (regex == NULL) {
        return C2C_E_NOMEM;
    }
    /* The common part of ECMA and POSIX: anchored, no backslash. */
    if (text.p[0] != '^' || text.p[text.n - 1] != '$' ||
        memchr(text.p, '\\', text.n) != NULL ||
        regcomp(regex, out->pattern, REG_EXTENDED | REG_NOSUB) != 0) {
        return bad(w, "bad pattern", text);
    }
    out->regex = regex;
    err = w->env->keep(w->env->keep_ctx, regex);
    return err == C2C_E_TOO_BIG ? bad(w, "too many patterns", text) : err;
}

static enum c2c_err kw_format(const struct work *w, const struct c2c_val *v,
                              struct c2c_schema *out)
{
    out->format = c2c_format_find(c2c_val_str(v));
    return out->format != NULL ? C2C_E_OK
                               : bad(w, "unknown format", c2c_val_str(v));
}

static enum c2c_err kw_label(const struct work *w, const struct c2c_val *v,
                             struct c2c_schema *out)
{
    (void)w;
    out->label = v;
    return C2C_E_OK;
}

static enum c2c_err kw_help(const struct work *w, const struct c2c_val *v,
                            struct c2c_schema *out)
{
    (void)w;
    out->help = v;
    return C2C_E_OK;
}

static enum c2c_err kw_choice_labels(const struct work *w,
                                     const struct c2c_val *v,
                                     struct c2c_schema *out)
{
    (void)w;
    out->choice_labels = v;
    return C2C_E_OK;
}

static enum c2c_err kw_heading(const struct work *w, const struct c2c_val *v,
                               struct c2c_schema *out)
{
    return copy_text(w, v, &out->heading);
}

static enum c2c_err kw_item_of(const struct work *w, const struct c2c_val *v,
                               struct c2c_schema *out)
{
    return copy_text(w, v, &out->item_of);
}

static enum c2c_err kw_facet(const struct work *w, const struct c2c_val *v,
                             struct c2c_schema *out)
{
    return copy_text(w, v, &out->facet);
}

static enum c2c_err kw_vocab(const struct work *w, const struct c2c_val *v,
                             struct c2c_schema *out)
{
    return copy_text(w, v, &out->vocab);
}

static enum c2c_err kw_ref_types(const struct work *w, const struct c2c_val *v,
                                 struct c2c_schema *out)
{
    size_t n = c2c_val_count(v);
    const char **types = c2c_arena_alloc(w->env->arena, n + 1, sizeof *types);
    enum c2c_err err = C2C_E_OK;

    if (c2c_val_kind(v) != C2C_KIND_ARRAY || n == 0) {
        return bad(w, "`x-ref` must be a list of types", (struct c2c_view){0});
    }
    if (types == NULL) {
        return C2C_E_NOMEM;
    }
    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        err = copy_text(w, c2c_val_at(v, i), &types[i]);
    }
    out->refs = types;
    out->n_refs = n;
    return err;
}

static enum c2c_err kw_search(const struct work *w, const struct c2c_val *v,
                              struct c2c_schema *out)
{
    int64_t weight = c2c_val_int(v);

    if (weight < 1 || weight > 4) {
        return bad(w, "`x-search` is 1 to 4", (struct c2c_view){0});
    }
    out->search = (unsigned)weight;
    return C2C_E_OK;
}

static enum c2c_err kw_i18n(const struct work *w, const struct c2c_val *v,
                            struct c2c_schema *out)
{
    (void)w;
    out->i18n = c2c_val_bool(v);
    return C2C_E_OK;
}

static enum c2c_err kw_markdown(const struct work *w, const struct c2c_val *v,
                                struct c2c_schema *out)
{
    (void)w;
    out->markdown = c2c_val_bool(v);
    return C2C_E_OK;
}

static enum c2c_err kw_personal(const struct work *w, const struct c2c_val *v,
                                struct c2c_schema *out)
{
    (void)w;
    out->personal = c2c_val_bool(v);
    return C2C_E_OK;
}

/* Where a keyword may stand. */
enum where {
    ANYWHERE,
    TOP_ONLY
};

/* The kinds of values a keyword says something about. */
enum {
    OBJ = 1 << C2C_SCHEMA_OBJECT,
    ARR = 1 << C2C_SCHEMA_ARRAY,
    STR = 1 << C2C_SCHEMA_STRING,
    INT = 1 << C2C_SCHEMA_INTEGER,
    ALL = OBJ | ARR | STR | INT | 1 << C2C_SCHEMA_BOOLEAN
};

static const struct {
    const char *name;
    keyword_fn *read; /* `$ref`, `required` and `if` are read elsewhere. */
    enum where where;
    unsigned kinds;
} keywords[] = {
    {"$schema", ignore, TOP_ONLY, ALL},
    {"$id", ignore, TOP_ONLY, ALL},
    {"$defs", ignore, TOP_ONLY, ALL},
    {"$ref", ignore, ANYWHERE, ALL},
    {"type", kw_type, ANYWHERE, ALL},
    {"properties", kw_properties, ANYWHERE, OBJ},
    {"required", ignore, ANYWHERE, OBJ},
    {"propertyNames", kw_names, ANYWHERE, OBJ},
    {"additionalProperties", kw_additional, ANYWHERE, OBJ},
    {"items", kw_items, ANYWHERE, ARR},
    {"enum", kw_enum, ANYWHERE, STR},
    {"const", kw_const, ANYWHERE, STR},
    {"default", ignore, ANYWHERE, ALL},
    {"minLength", kw_min_size, ANYWHERE, STR},
    {"maxLength", kw_max_size, ANYWHERE, STR},
    {"minItems", kw_min_size, ANYWHERE, ARR},
    {"maxItems", kw_max_size, ANYWHERE, ARR},
    {"minProperties", kw_min_size, ANYWHERE, OBJ},
    {"maxProperties", kw_max_size, ANYWHERE, OBJ},
    {"minimum", kw_minimum, ANYWHERE, INT},
    {"maximum", kw_maximum, ANYWHERE, INT},
    {"uniqueItems", kw_unique, ANYWHERE, ARR},
    {"pattern", kw_pattern, ANYWHERE, STR},
    {"format", kw_format, ANYWHERE, STR},
    {"title", ignore, ANYWHERE, ALL},
    {"description", ignore, ANYWHERE, ALL},
    {"examples", ignore, ANYWHERE, ALL},
    {"if", ignore, TOP_ONLY, OBJ},
    {"then", ignore, TOP_ONLY, OBJ},
    {"x-label", kw_label, ANYWHERE, ALL},
    {"x-help", kw_help, ANYWHERE, ALL},
    {"x-heading", kw_heading, ANYWHERE, ALL},
    {"x-enum-label", kw_choice_labels, ANYWHERE, STR},
    {"x-item-of", kw_item_of, ANYWHERE, ALL},
    {"x-i18n", kw_i18n, ANYWHERE, OBJ},
    {"x-markdown", kw_markdown, ANYWHERE, ALL},
    {"x-vocab", kw_vocab, ANYWHERE, ALL},
    {"x-ref", kw_ref_types, ANYWHERE, ALL},
    {"x-facet", kw_facet, ANYWHERE, ALL},
    {"x-search", kw_search, ANYWHERE, ALL},
    {"x-role", ignore, ANYWHERE, ALL},
    {"x-personal", kw_personal, ANYWHERE, ALL},
    {"x-export", ignore, ANYWHERE, ALL},
    {"x-title", ignore, TOP_ONLY, ALL},
    {"x-columns", ignore, TOP_ONLY, ALL},
    {"x-audience", ignore, TOP_ONLY, ALL},
    {"x-validity-days", ignore, TOP_ONLY, ALL},
    {"x-expires", ignore, TOP_ONLY, ALL},
    {"x-one-per-city", ignore, TOP_ONLY, ALL},
    {"x-author", ignore, TOP_ONLY, ALL},
    {"x-signable", ignore, TOP_ONLY, ALL},
    {"x-since", ignore, TOP_ONLY, ALL},
};

static enum c2c_err read_keyword(const struct work *w, struct c2c_pair pair,
                                 struct c2c_schema *out)
{
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (!c2c_view_eq_str(pair.key, keywords[i].name)) {
            continue;
        }
        if (keywords[i].where == TOP_ONLY && w->level > 0) {
            return bad(w, "this keyword stands at the top only", pair.key);
        }
        return keywords[i].read(w, pair.val, out);
    }
    return bad(w, "unknown keyword", pair.key);
}

/* A keyword that says nothing about this kind of value is a mistake, and so is
 * what c2c_schema_nonsense() finds. */
static enum c2c_err check_sense(const struct work *w, const struct c2c_val *in,
                                const struct c2c_schema *s)
{
    const char *nonsense = c2c_schema_nonsense(in, s);

    for (size_t i = 0; i < c2c_val_count(in); i++) {
        struct c2c_view name = c2c_val_pair(in, i).key;

        for (size_t k = 0; k < sizeof keywords / sizeof keywords[0]; k++) {
            if (c2c_view_eq_str(name, keywords[k].name) &&
                (keywords[k].kinds & 1U << s->kind) == 0) {
                return bad(w, "this keyword does not fit the type", name);
            }
        }
    }
    return nonsense == NULL ? C2C_E_OK : bad(w, nonsense, (struct c2c_view){0});
}

/* Mark the members that `required` names. */
static enum c2c_err mark_required(const struct work *w,
                                  const struct c2c_val *names,
                                  struct c2c_schema *out)
{
    struct c2c_member *members;

    if (c2c_val_count(names) == 0) {
        return C2C_E_OK;
    }
    members =
        c2c_arena_alloc(w->env->arena, out->n_members + 1, sizeof *members);
    if (members == NULL) {
        return C2C_E_NOMEM;
    }
    for (size_t i = 0; i < out->n_members; i++) {
        members[i] = out->members[i];
    }
    for (size_t i = 0; i < c2c_val_count(names); i++) {
        struct c2c_view name = c2c_val_str(c2c_val_at(names, i));
        bool known = false;

        for (size_t j = 0; j < out->n_members; j++) {
            if (c2c_view_eq_str(name, members[j].name)) {
                members[j].required = true;
                known = true;
            }
        }
        if (!known) {
            return bad(w, "`required` names no property", name);
        }
    }
    out->members = members;
    return C2C_E_OK;
}

/* Is @names a list of one text or more, all of them members of @s? */
static bool name_members(const struct c2c_val *names,
                         const struct c2c_schema *s)
{
    for (size_t i = 0; i < c2c_val_count(names); i++) {
        if (c2c_schema_member(s, c2c_val_str(c2c_val_at(names, i))) == NULL) {
            return false;
        }
    }
    return c2c_val_kind(names) == C2C_KIND_ARRAY && c2c_val_count(names) > 0;
}

/* {properties: {P: {const: V}}, required: [P]} / {required: [...]}. */
static enum c2c_err read_condition(const struct work *w,
                                   const struct c2c_val *in,
                                   struct c2c_schema *out)
{
    const struct c2c_val *when = c2c_val_get(in, "if");
    const struct c2c_val *then = c2c_val_get(in, "then");
    const struct c2c_val *needs = c2c_val_get(when, "required");
    const struct c2c_val *members = c2c_val_get(when, "properties");
    struct c2c_pair pair = c2c_val_pair(members, 0);
    struct c2c_condition *condition;

    if (when == NULL && then == NULL) {
        return C2C_E_OK;
    }
    if (c2c_val_count(when) != 2 || c2c_val_count(then) != 1 ||
        c2c_val_count(members) != 1 || c2c_val_count(pair.val) != 1 ||
        c2c_val_text(pair.val, "const").n == 0 || c2c_val_count(needs) != 1 ||
        !c2c_view_eq(c2c_val_str(c2c_val_at(needs, 0)), pair.key) ||
        !name_members(needs, out) ||
        !name_members(c2c_val_get(then, "required"), out)) {
        return bad(w, "`if` and `then` have another shape than allowed",
                   (struct c2c_view){0});
    }
    condition = c2c_arena_alloc(w->env->arena, 1, sizeof *condition);
    if (condition == NULL) {
        return C2C_E_NOMEM;
    }
    condition->name = c2c_arena_dup(w->env->arena, pair.key);
    condition->value = c2c_val_text(pair.val, "const");
    condition->required = c2c_val_get(then, "required");
    if (condition->name == NULL) {
        return C2C_E_NOMEM;
    }
    out->conditions = condition;
    out->n_conditions = 1;
    return C2C_E_OK;
}

/* Begin from what `$ref` points to. */
static enum c2c_err follow(const struct work *w, struct c2c_view ref,
                           struct c2c_schema *out)
{
    const struct c2c_view own = c2c_view_str("#/$defs/");
    const struct c2c_view shared = c2c_view_str("common.json#/$defs/");
    struct work next = deeper(w, c2c_view_str("$ref"));
    const struct c2c_val *target;
    struct c2c_view name = ref;

    if (c2c_view_starts(ref, shared)) {
        next.file = w->env->common;
        name.p += shared.n;
        name.n -= shared.n;
    } else if (c2c_view_starts(ref, own)) {
        name.p += own.n;
        name.n -= own.n;
    } else {
        return bad(w, "`$ref` may not point there", ref);
    }
    target = c2c_val_find(c2c_val_get(next.file, "$defs"), name);
    if (target == NULL) {
        return bad(w, "`$ref` points to nothing", ref);
    }
    return compile(&next, target, out);
}

static enum c2c_err compile(const struct work *w, const struct c2c_val *in,
                            struct c2c_schema *out)
{
    struct c2c_view ref = c2c_val_text(in, "$ref");
    enum c2c_err err = C2C_E_OK;

    if (w->level > MAX_LEVELS) {
        return bad(w, "goes round in a circle", ref);
    }
    if (++*w->nodes > MAX_NODES) {
        return bad(w, "the schema is too large", ref);
    }
    if (c2c_val_kind(in) != C2C_KIND_MAP) {
        return bad(w, "a schema must be an object", ref);
    }
    if (ref.n > 0) {
        err = follow(w, ref, out);
    } else if (c2c_val_get(in, "type") == NULL) {
        return bad(w, "`type` is missing", ref);
    } else {
        *out = (struct c2c_schema){.max_size = UINT64_MAX,
                                   .minimum = INT64_MIN,
                                   .maximum = INT64_MAX};
    }
    for (size_t i = 0; i < c2c_val_count(in) && err == C2C_E_OK; i++) {
        err = read_keyword(w, c2c_val_pair(in, i), out);
    }
    if (err == C2C_E_OK) {
        err = check_sense(w, in, out);
    }
    if (err == C2C_E_OK) {
        err = mark_required(w, c2c_val_get(in, "required"), out);
    }
    if (err == C2C_E_OK && w->level == 0) {
        err = read_condition(w, in, out);
    }
    return err;
}

enum c2c_err c2c_schema_compile(const struct c2c_schema_env *env,
                                const struct c2c_schema **ret_schema)
{
    unsigned nodes = 0;
    struct work w = {.env = env, .file = env->file, .nodes = &nodes};
    struct c2c_schema *schema = c2c_arena_alloc(env->arena, 1, sizeof *schema);
    enum c2c_err err;

    if (schema == NULL) {
        return C2C_E_NOMEM;
    }
    err = compile(&w, env->file, schema);
    if (err == C2C_E_OK && schema->kind != C2C_SCHEMA_OBJECT) {
        err = bad(&w, "the body must be an object", (struct c2c_view){0});
    }
    if (err == C2C_E_OK) {
        *ret_schema = schema;
    }
    return err;
}

const struct c2c_member *c2c_schema_member(const struct c2c_schema *schema,
                                           struct c2c_view name)
{
    for (size_t i = 0; i < schema->n_members; i++) {
        if (c2c_view_eq_str(name, schema->members[i].name)) {
            return &schema->members[i];
        }
    }
    return NULL;
}

const struct c2c_schema *c2c_schema_path(const struct c2c_schema *schema,
                                         const char *path)
{
    while (schema != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        const struct c2c_member *member;

        while (schema->kind == C2C_SCHEMA_ARRAY && schema->items != NULL) {
            schema = schema->items;
        }
        member = c2c_schema_member(schema, c2c_view_of(path, n));
        schema = member != NULL ? member->schema : schema->additional;
        path += n;
        path += *path == '.' ? 1 : 0;
    }
    return schema;
}
