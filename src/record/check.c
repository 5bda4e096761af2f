/* The validator: see c2c_type_check() in types.h. */

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/text.h"
#include "record/types.h"
#include "record/types_priv.h"

enum {
    PATTERN_MAX = 200 /* Longer text never reaches regexec(). */
};

/* A value on its way. */
struct at {
    const struct c2c_type *type;
    struct c2c_problems *problems;
    enum c2c_err *err; /* Out of memory: nothing is known of the body. */
    char path[C2C_POINTER_BYTES];
};

static void check_value(const struct at *at, const struct c2c_schema *s,
                        const struct c2c_val *v);

static struct at step_into(const struct at *at, struct c2c_view step)
{
    struct at next = *at;

    c2c_pointer_add(next.path, step);
    return next;
}

static struct at step_index(const struct at *at, size_t i)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%zu", i);
    return step_into(at, c2c_view_str(text));
}

/* "a, b, c" of at most what fits. */
struct list {
    char text[500];
    size_t n;
};

static void list_add(struct list *l, struct c2c_view word)
{
    if (l->n + word.n + 3 < sizeof l->text) {
        l->n += (size_t)snprintf(l->text + l->n, sizeof l->text - l->n,
                                 "%s%.*s", l->n > 0 ? ", " : "", (int)word.n,
                                 (const char *)word.p);
    }
}

static const char *const kind_words[] = {
    [C2C_SCHEMA_ANY] = "anything",
    [C2C_SCHEMA_OBJECT] = "an object {...}",
    [C2C_SCHEMA_ARRAY] = "a list [...]",
    [C2C_SCHEMA_STRING] = "text",
    [C2C_SCHEMA_INTEGER] = "a whole number",
    [C2C_SCHEMA_BOOLEAN] = "true or false",
};

static const char *kind_name(enum c2c_kind kind)
{
    switch (kind) {
    case C2C_KIND_NIL:
        return "null";
    case C2C_KIND_BOOL:
        return "true or false";
    case C2C_KIND_INT:
        return "a number";
    case C2C_KIND_STR:
        return "text";
    case C2C_KIND_BIN:
        return "bytes";
    case C2C_KIND_ARRAY:
        return "a list";
    case C2C_KIND_MAP:
        return "an object";
    case C2C_KIND_NONE:
        break;
    }
    return "nothing";
}

static bool kind_fits(enum c2c_schema_kind want, enum c2c_kind is)
{
    switch (want) {
    case C2C_SCHEMA_OBJECT:
        return is == C2C_KIND_MAP;
    case C2C_SCHEMA_ARRAY:
        return is == C2C_KIND_ARRAY;
    case C2C_SCHEMA_STRING:
        return is == C2C_KIND_STR;
    case C2C_SCHEMA_INTEGER:
        return is == C2C_KIND_INT;
    case C2C_SCHEMA_BOOLEAN:
        return is == C2C_KIND_BOOL;
    case C2C_SCHEMA_ANY:
        return true;
    }
    return false;
}

static void check_size(const struct at *at, const struct c2c_schema *s,
                       uint64_t n, const char *what)
{
    if (n < s->min_size) {
        c2c_problem_add(at->problems, at->path, NULL,
                        s->min_size == 1
                            ? "must not be empty"
                            : "needs at least %llu %s and has %llu",
                        (unsigned long long)s->min_size, what,
                        (unsigned long long)n);
    }
    if (n > s->max_size) {
        c2c_problem_add(at->problems, at->path, NULL,
                        "has %llu %s, at most %llu allowed",
                        (unsigned long long)n, what,
                        (unsigned long long)s->max_size);
    }
}

static void add_near(struct list *allowed, const struct c2c_near *near)
{
    for (size_t i = 0; i < near->n; i++) {
        list_add(allowed, near->best[i]);
    }
}

static bool is_near(const struct c2c_near *near, struct c2c_view name)
{
    for (size_t i = 0; i < near->n; i++) {
        if (c2c_view_eq(near->best[i], name)) {
            return true;
        }
    }
    return false;
}

static void check_choice(const struct at *at, const struct c2c_schema *s,
                         struct c2c_view text)
{
    struct list allowed = {.n = 0};
    struct c2c_near near;

    if (s->choices == NULL) {
        return;
    }
    c2c_near_init(&near, text);
    for (size_t i = 0; i < c2c_val_count(s->choices); i++) {
        struct c2c_view choice = c2c_val_str(c2c_val_at(s->choices, i));

        if (c2c_view_eq(choice, text)) {
            return;
        }
        c2c_near_offer(&near, choice);
        list_add(&allowed, choice);
    }
    if (near.n > 0) {
        c2c_problem_add(at->problems, at->path, allowed.text,
                        "'%.*s' is not allowed here; did you mean '%.*s'?",
                        (int)text.n, (const char *)text.p, (int)near.best[0].n,
                        (const char *)near.best[0].p);
    } else {
        c2c_problem_add(at->problems, at->path, allowed.text,
                        "'%.*s' is not allowed here", (int)text.n,
                        (const char *)text.p);
    }
}

/* The codes that are near, then the others. */
static void not_in_vocab(const struct at *at, const struct c2c_vocab *vocab,
                         struct c2c_view text)
{
    struct list allowed = {.n = 0};
    struct c2c_near near;

    c2c_near_init(&near, text);
    for (size_t i = 0; i < c2c_vocab_count(vocab); i++) {
        c2c_near_offer(&near, c2c_view_str(c2c_vocab_code(vocab, i)));
    }
    add_near(&allowed, &near);
    for (size_t i = 0; i < c2c_vocab_count(vocab); i++) {
        struct c2c_view code = c2c_view_str(c2c_vocab_code(vocab, i));

        if (!is_near(&near, code)) {
            list_add(&allowed, code);
        }
    }
    c2c_problem_add(at->problems, at->path, allowed.text,
                    "'%.*s' is not in the vocabulary '%s'%s%.*s%s", (int)text.n,
                    (const char *)text.p, c2c_vocab_name(vocab),
                    near.n > 0 ? "; did you mean '" : "",
                    near.n > 0 ? (int)near.best[0].n : 0,
                    near.n > 0 ? (const char *)near.best[0].p : "",
                    near.n > 0 ? "'?" : "");
}

/* The word must be a code; an alias or a label is told its code. */
static void check_vocab(const struct at *at, const struct c2c_schema *s,
                        struct c2c_view text)
{
    const struct c2c_vocab *vocab =
        s->vocab == NULL
            ? NULL
            : c2c_vocabs_find(at->type->types, c2c_view_str(s->vocab));
    const char *code;
    enum c2c_err err;
    size_t found;

    if (vocab == NULL) {
        return;
    }
    err = c2c_vocab_find(vocab, text, &found);
    if (err == C2C_E_NOMEM) {
        *at->err = err;
    } else if (err != C2C_E_OK) {
        not_in_vocab(at, vocab, text);
    } else {
        code = c2c_vocab_code(vocab, found);
        if (!c2c_view_eq_str(text, code)) {
            c2c_problem_add(at->problems, at->path, code,
                            "'%.*s' is written '%s'", (int)text.n,
                            (const char *)text.p, code);
        }
    }
}

bool c2c_schema_pattern_fits(const struct c2c_schema *s, struct c2c_view text)
{
    char z[PATTERN_MAX + 1];

    if (text.n > PATTERN_MAX ||
        memchr(text.n > 0 ? text.p : (const uint8_t *)"", '\0', text.n) !=
            NULL) {
        return false;
    }
    if (text.n > 0) {
        memcpy(z, text.p, text.n);
    }
    z[text.n] = '\0';
    return regexec(s->regex, z, 0, NULL, 0) == 0;
}

static void check_format(const struct at *at, const struct c2c_format *format,
                         struct c2c_view text)
{
    if (format != NULL && !format->check(text)) {
        char example[120];
        size_t shown = text.n > 100 ? 100 : text.n;

        while (shown < text.n && (text.p[shown] & 0xc0) == 0x80) {
            shown--; /* Whole characters. */
        }
        (void)snprintf(example, sizeof example, "for example %s",
                       format->example);
        c2c_problem_add(at->problems, at->path, example, "'%.*s' is not %s",
                        (int)shown, (const char *)text.p, format->what);
    }
}

static void check_string(const struct at *at, const struct c2c_schema *s,
                         struct c2c_view text)
{
    check_size(at, s, c2c_text_count(text), "characters");
    check_choice(at, s, text);
    check_vocab(at, s, text);
    check_format(at, s->format, text);
    if (s->constant != NULL && !c2c_view_eq(c2c_val_str(s->constant), text)) {
        struct list allowed = {.n = 0};

        list_add(&allowed, c2c_val_str(s->constant));
        c2c_problem_add(at->problems, at->path, allowed.text, "must be '%s'",
                        allowed.text);
    }
    if (s->regex != NULL && !c2c_schema_pattern_fits(s, text)) {
        c2c_problem_add(at->problems, at->path, s->pattern,
                        "does not have the form asked for");
    }
}

static void check_integer(const struct at *at, const struct c2c_schema *s,
                          int64_t value)
{
    if (value < s->minimum) {
        c2c_problem_add(at->problems, at->path, NULL,
                        "%lld is too small, at least %lld", (long long)value,
                        (long long)s->minimum);
    }
    if (value > s->maximum) {
        c2c_problem_add(at->problems, at->path, NULL,
                        "%lld is too large, at most %lld", (long long)value,
                        (long long)s->maximum);
    }
}

/* Items of `uniqueItems` lists are texts or numbers. */
static bool same(const struct c2c_val *a, const struct c2c_val *b)
{
    return c2c_val_kind(a) == c2c_val_kind(b) &&
           (c2c_val_kind(a) == C2C_KIND_STR ||
            c2c_val_kind(a) == C2C_KIND_INT) &&
           c2c_val_int(a) == c2c_val_int(b) &&
           c2c_view_eq(c2c_val_str(a), c2c_val_str(b));
}

static void check_array(const struct at *at, const struct c2c_schema *s,
                        const struct c2c_val *v)
{
    size_t n = c2c_val_count(v);
    /* Each with each: not for more than there may be. */
    bool compare = s->unique && n <= s->max_size;

    check_size(at, s, n, "entries");
    for (size_t i = 0; i < n; i++) {
        struct at next = step_index(at, i);

        if (s->items != NULL) {
            check_value(&next, s->items, c2c_val_at(v, i));
        }
        for (size_t j = 0; compare && j < i; j++) {
            if (same(c2c_val_at(v, i), c2c_val_at(v, j))) {
                c2c_problem_add(at->problems, at->path, NULL,
                                "entries %zu and %zu are the same", j, i);
            }
        }
    }
}

static void check_required(const struct at *at, const char *name,
                           const struct c2c_val *v)
{
    if (c2c_val_get(v, name) == NULL) {
        c2c_problem_add(at->problems, at->path, NULL, "'%s' is missing", name);
    }
}

static void check_conditions(const struct at *at, const struct c2c_schema *s,
                             const struct c2c_val *v)
{
    for (size_t i = 0; i < s->n_conditions; i++) {
        const struct c2c_condition *c = &s->conditions[i];

        if (!c2c_view_eq(c2c_val_text(v, c->name), c->value)) {
            continue;
        }
        for (size_t j = 0; j < c2c_val_count(c->required); j++) {
            struct c2c_view name = c2c_val_str(c2c_val_at(c->required, j));

            if (c2c_val_find(v, name) == NULL) {
                c2c_problem_add(at->problems, at->path, NULL,
                                "'%.*s' is missing: '%s' is '%.*s'",
                                (int)name.n, (const char *)name.p, c->name,
                                (int)c->value.n, (const char *)c->value.p);
            }
        }
    }
}

static void check_object(const struct at *at, const struct c2c_schema *s,
                         const struct c2c_val *v)
{
    size_t n = c2c_val_count(v);

    check_size(at, s, n, "members");
    for (size_t i = 0; i < s->n_members; i++) {
        if (s->members[i].required) {
            check_required(at, s->members[i].name, v);
        }
    }
    check_conditions(at, s, v);
    for (size_t i = 0; i < n; i++) {
        struct c2c_pair pair = c2c_val_pair(v, i);
        const struct c2c_member *member = c2c_schema_member(s, pair.key);
        struct at next = step_into(at, pair.key);

        if (s->names != NULL) {
            check_format(&next, s->names, pair.key);
        }
        if (member != NULL) {
            check_value(&next, member->schema, pair.val);
        } else if (s->additional != NULL) {
            check_value(&next, s->additional, pair.val);
        }
    }
}

static void check_value(const struct at *at, const struct c2c_schema *s,
                        const struct c2c_val *v)
{
    if (!kind_fits(s->kind, c2c_val_kind(v))) {
        c2c_problem_add(at->problems, at->path,
                        s->i18n ? "for example {\"en\": \"...\"}" : NULL,
                        "must be %s, not %s",
                        s->i18n ? "text by language" : kind_words[s->kind],
                        kind_name(c2c_val_kind(v)));
        return;
    }
    switch (s->kind) {
    case C2C_SCHEMA_OBJECT:
        check_object(at, s, v);
        break;
    case C2C_SCHEMA_ARRAY:
        check_array(at, s, v);
        break;
    case C2C_SCHEMA_STRING:
        check_string(at, s, c2c_val_str(v));
        break;
    case C2C_SCHEMA_INTEGER:
        check_integer(at, s, c2c_val_int(v));
        break;
    case C2C_SCHEMA_BOOLEAN:
    case C2C_SCHEMA_ANY:
        break;
    }
}

enum c2c_err c2c_type_check(const struct c2c_type *type,
                            const struct c2c_val *body,
                            struct c2c_problems *problems)
{
    enum c2c_err err = C2C_E_OK;
    struct at at = {.type = type, .problems = problems, .err = &err};

    problems->n = 0;
    problems->total = 0;
    check_value(&at, type->body, body);
    if (err != C2C_E_OK) {
        return err;
    }
    return problems->total == 0 ? C2C_E_OK : C2C_E_SCHEMA;
}

static enum c2c_err find_unknown(const struct at *at,
                                 const struct c2c_schema *s,
                                 const struct c2c_val *v, c2c_unknown_fn *fn,
                                 void *ctx)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; s->kind == C2C_SCHEMA_ARRAY && s->items != NULL &&
                       i < c2c_val_count(v) && err == C2C_E_OK;
         i++) {
        struct at next = step_index(at, i);

        err = find_unknown(&next, s->items, c2c_val_at(v, i), fn, ctx);
    }
    for (size_t i = 0; s->kind == C2C_SCHEMA_OBJECT && s->n_members > 0 &&
                       i < c2c_val_count(v) && err == C2C_E_OK;
         i++) {
        struct c2c_pair pair = c2c_val_pair(v, i);
        const struct c2c_member *member = c2c_schema_member(s, pair.key);
        struct at next = step_into(at, pair.key);
        struct c2c_near near;

        if (member != NULL) {
            err = find_unknown(&next, member->schema, pair.val, fn, ctx);
            continue;
        }
        c2c_near_init(&near, pair.key);
        for (size_t j = 0; j < s->n_members; j++) {
            c2c_near_offer(&near, c2c_view_str(s->members[j].name));
        }
        err = fn(ctx, next.path,
                 near.n > 0 ? near.best[0] : (struct c2c_view){NULL, 0});
    }
    return err;
}

enum c2c_err c2c_type_unknown_fields(const struct c2c_type *type,
                                     const struct c2c_val *body,
                                     c2c_unknown_fn *fn, void *ctx)
{
    struct at at = {.type = type};

    return find_unknown(&at, type->body, body, fn, ctx);
}
