#include "record/schema.h"

#include <string.h>

#include "base/text.h"
#include "record/lang.h"
#include "record/schema_priv.h"

enum c2c_schema_kind c2c_schema_kind(const struct c2c_schema *s)
{
    return s == NULL ? C2C_SCHEMA_ANY : s->kind;
}

size_t c2c_schema_count(const struct c2c_schema *s)
{
    return s == NULL ? 0 : s->n_members;
}

const char *c2c_schema_name(const struct c2c_schema *s, size_t i)
{
    return i < c2c_schema_count(s) ? s->members[i].name : NULL;
}

const struct c2c_schema *c2c_schema_at(const struct c2c_schema *s, size_t i)
{
    return i < c2c_schema_count(s) ? s->members[i].schema : NULL;
}

bool c2c_schema_required(const struct c2c_schema *s, size_t i)
{
    return i < c2c_schema_count(s) && s->members[i].required;
}

const struct c2c_schema *c2c_schema_get(const struct c2c_schema *s,
                                        struct c2c_view name)
{
    const struct c2c_member *m = s == NULL ? NULL : c2c_schema_member(s, name);

    return m == NULL ? NULL : m->schema;
}

const struct c2c_schema *c2c_schema_items(const struct c2c_schema *s)
{
    return s == NULL ? NULL : s->items;
}

const struct c2c_schema *c2c_schema_values(const struct c2c_schema *s)
{
    return s == NULL ? NULL : s->additional;
}

struct c2c_view c2c_schema_label(const struct c2c_schema *s,
                                 struct c2c_view lang)
{
    return c2c_lang_pick(s == NULL ? NULL : s->label, lang);
}

struct c2c_view c2c_schema_help(const struct c2c_schema *s,
                                struct c2c_view lang)
{
    return c2c_lang_pick(s == NULL ? NULL : s->help, lang);
}

struct c2c_view c2c_schema_heading(const struct c2c_schema *s)
{
    return c2c_view_str(s == NULL ? NULL : s->heading);
}

struct c2c_view c2c_schema_item_of(const struct c2c_schema *s)
{
    return c2c_view_str(s == NULL ? NULL : s->item_of);
}

size_t c2c_schema_enum_count(const struct c2c_schema *s)
{
    if (s == NULL) {
        return 0;
    }
    return s->constant != NULL ? 1 : c2c_val_count(s->choices);
}

struct c2c_view c2c_schema_enum(const struct c2c_schema *s, size_t i)
{
    if (s == NULL || s->constant != NULL) {
        return c2c_val_str(s == NULL || i > 0 ? NULL : s->constant);
    }
    return c2c_val_str(c2c_val_at(s->choices, i));
}

struct c2c_view c2c_schema_enum_label(const struct c2c_schema *s, size_t i,
                                      struct c2c_view lang)
{
    const struct c2c_val *labels = s == NULL ? NULL : s->choice_labels;

    return c2c_lang_pick(c2c_val_find(labels, c2c_schema_enum(s, i)), lang);
}

const char *c2c_schema_format(const struct c2c_schema *s)
{
    return s == NULL || s->format == NULL ? NULL : s->format->name;
}

const char *c2c_schema_vocab(const struct c2c_schema *s)
{
    return s == NULL ? NULL : s->vocab;
}

bool c2c_schema_has_pattern(const struct c2c_schema *s)
{
    return s != NULL && s->regex != NULL;
}

const char *c2c_schema_facet(const struct c2c_schema *s)
{
    return s == NULL ? NULL : s->facet;
}

size_t c2c_schema_ref_count(const struct c2c_schema *s)
{
    return s == NULL ? 0 : s->n_refs;
}

const char *c2c_schema_ref(const struct c2c_schema *s, size_t i)
{
    return i < c2c_schema_ref_count(s) ? s->refs[i] : NULL;
}

bool c2c_schema_i18n(const struct c2c_schema *s)
{
    return s != NULL && s->i18n;
}

bool c2c_schema_markdown(const struct c2c_schema *s)
{
    return s != NULL && s->markdown;
}

void c2c_pointer_add(char path[C2C_POINTER_BYTES], struct c2c_view step)
{
    size_t n = strlen(path);

    if (n + 1 < C2C_POINTER_BYTES) {
        path[n++] = '/';
    }
    for (size_t i = 0; i < step.n && n + 2 < C2C_POINTER_BYTES; i++) {
        if (step.p[i] == '~' || step.p[i] == '/') { /* Section 3. */
            path[n++] = '~';
            path[n++] = step.p[i] == '~' ? '0' : '1';
        } else {
            path[n++] = (char)step.p[i];
        }
    }
    path[n] = '\0';
    c2c_text_repair(path);
}
