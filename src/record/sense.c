/* What a schema says beside its keywords' own shapes: see schema_priv.h. */

#include <string.h>

#include "record/schema_priv.h"

static bool among(struct c2c_view word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (c2c_view_eq_str(word, words[i])) {
            return true;
        }
    }
    return false;
}

/* {tag: text}, one or more. */
static bool is_text_by_language(const struct c2c_val *v)
{
    const struct c2c_format *tag = c2c_format_find(c2c_view_str("bcp47"));

    for (size_t i = 0; i < c2c_val_count(v); i++) {
        struct c2c_pair pair = c2c_val_pair(v, i);

        if (!tag->check(pair.key) || c2c_val_str(pair.val).n == 0) {
            return false;
        }
    }
    return c2c_val_kind(v) == C2C_KIND_MAP && c2c_val_count(v) > 0;
}

static bool is_choice(const struct c2c_schema *s, struct c2c_view word)
{
    for (size_t i = 0; i < c2c_val_count(s->choices); i++) {
        if (c2c_view_eq(c2c_val_str(c2c_val_at(s->choices, i)), word)) {
            return true;
        }
    }
    return s->constant != NULL && c2c_view_eq(c2c_val_str(s->constant), word);
}

/* {value: {tag: text}}. */
static bool labels_choices(const struct c2c_val *v, const struct c2c_schema *s)
{
    for (size_t i = 0; i < c2c_val_count(v); i++) {
        struct c2c_pair pair = c2c_val_pair(v, i);

        if (!is_choice(s, pair.key) || !is_text_by_language(pair.val)) {
            return false;
        }
    }
    return c2c_val_kind(v) == C2C_KIND_MAP;
}

static bool is_role(struct c2c_view word)
{
    static const char *const roles[] = {"due", "start", "end", "expires",
                                        "place"};

    return among(word, roles, sizeof roles / sizeof roles[0]);
}

/* {format: name there}. */
static bool is_export(const struct c2c_val *v)
{
    static const char *const to[] = {"vcf", "ics", "jsonld", "geojson", "csv"};

    for (size_t i = 0; i < c2c_val_count(v); i++) {
        struct c2c_pair pair = c2c_val_pair(v, i);

        if (!among(pair.key, to, sizeof to / sizeof to[0]) ||
            c2c_val_str(pair.val).n == 0) {
            return false;
        }
    }
    return c2c_val_kind(v) == C2C_KIND_MAP && c2c_val_count(v) > 0;
}

/* Only these can be compared (record/check.c). */
static bool is_comparable(const struct c2c_schema *items)
{
    return items != NULL && (items->kind == C2C_SCHEMA_STRING ||
                             items->kind == C2C_SCHEMA_INTEGER);
}

const char *c2c_schema_nonsense(const struct c2c_val *in,
                                const struct c2c_schema *s)
{
    const struct c2c_val *required = c2c_val_get(in, "required");
    const struct c2c_val *label = c2c_val_get(in, "x-label");
    const struct c2c_val *help = c2c_val_get(in, "x-help");
    const struct c2c_val *choices = c2c_val_get(in, "x-enum-label");
    const struct c2c_val *role = c2c_val_get(in, "x-role");
    const struct c2c_val *to = c2c_val_get(in, "x-export");

    if (s->min_size > s->max_size || s->minimum > s->maximum) {
        return "the least is more than the most";
    }
    if (s->unique && !is_comparable(s->items)) {
        return "`uniqueItems` is for lists of texts or of numbers";
    }
    if (required != NULL && c2c_val_kind(required) != C2C_KIND_ARRAY) {
        return "`required` must be a list of names";
    }
    if ((label != NULL && !is_text_by_language(label)) ||
        (help != NULL && !is_text_by_language(help))) {
        return "`x-label` and `x-help` are texts by language";
    }
    if (choices != NULL && !labels_choices(choices, s)) {
        return "`x-enum-label` gives each allowed value texts by language";
    }
    if (role != NULL && !is_role(c2c_val_str(role))) {
        return "`x-role` is due, start, end, expires or place";
    }
    if (to != NULL && !is_export(to)) {
        return "`x-export` gives vcf, ics, jsonld, geojson or csv a name";
    }
    return NULL;
}
