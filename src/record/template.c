#include "record/template.h"

#include <string.h>

#include "codec/json.h"
#include "record/lang.h"
#include "record/types_priv.h"

enum {
    WRAP = 76 /* Columns of a comment line. */
};

struct writer {
    struct c2c_buf *out;
    const struct c2c_types *types;
    struct c2c_view lang;
    enum c2c_err err;
};

static void put(struct writer *w, struct c2c_view text)
{
    if (w->err == C2C_E_OK) {
        w->err = c2c_buf_put(w->out, text.p, text.n);
    }
}

static void puts_(struct writer *w, const char *text)
{
    put(w, c2c_view_str(text));
}

/* @text as a JSON string: names may hold anything. */
static void quoted(struct writer *w, struct c2c_view text)
{
    puts_(w, "\"");
    for (size_t i = 0; i < text.n && w->err == C2C_E_OK; i++) {
        if (text.p[i] < 0x20) {
            w->err = c2c_buf_fmt(w->out, "\\u%04x", text.p[i]);
        } else {
            puts_(w, text.p[i] == '"' || text.p[i] == '\\' ? "\\" : "");
            put(w, c2c_view_of(text.p + i, 1));
        }
    }
    puts_(w, "\"");
}

static void indent(struct writer *w, unsigned depth)
{
    while (depth-- > 0) {
        puts_(w, "  ");
    }
}

/* A comment, wrapped at spaces; line breaks stay. */
static void comment(struct writer *w, unsigned depth, struct c2c_view text)
{
    while (text.n > 0) {
        size_t n = 0;
        size_t cut = 0;

        while (n < text.n && n < WRAP && text.p[n] != '\n') {
            cut = text.p[n] == ' ' ? n : cut;
            n++;
        }
        if (n < text.n && text.p[n] != '\n' && cut > 0) {
            n = cut;
        } else {
            while (n < text.n && (text.p[n] & 0xc0) == 0x80) {
                n++; /* Not inside a character. */
            }
        }
        indent(w, depth);
        puts_(w, "// ");
        put(w, c2c_view_of(text.p, n));
        puts_(w, "\n");
        while (n < text.n && (text.p[n] == ' ' || text.p[n] == '\n')) {
            n++;
        }
        text.p += n;
        text.n -= n;
    }
}

/* Label, heading, help: what the field is. */
static void explain(struct writer *w, unsigned depth,
                    const struct c2c_schema *s, bool required)
{
    struct c2c_view label = c2c_lang_pick(s->label, w->lang);
    struct c2c_buf line;

    c2c_buf_init(&line, 4096);
    if (s->heading != NULL && w->err == C2C_E_OK) {
        w->err = c2c_buf_fmt(&line, "%s", s->heading);
    } else if (label.n > 0 && w->err == C2C_E_OK) {
        w->err = c2c_buf_put(&line, label.p, label.n);
    }
    if (required && w->err == C2C_E_OK) {
        w->err = c2c_buf_fmt(&line, "%s(required)", line.n > 0 ? " " : "");
    }
    comment(w, depth, c2c_buf_view(&line));
    comment(w, depth, c2c_lang_pick(s->help, w->lang));
    c2c_buf_fini(&line);
}

static void list_choices(struct c2c_buf *line, const struct c2c_schema *s,
                         struct writer *w)
{
    for (size_t i = 0; i < c2c_val_count(s->choices) && w->err == C2C_E_OK;
         i++) {
        struct c2c_view v = c2c_val_str(c2c_val_at(s->choices, i));

        w->err =
            c2c_buf_fmt(line, "%s%.*s", i > 0 ? ", " : "one of: ", (int)v.n,
                        (const char *)v.p);
    }
}

static void list_vocab(struct c2c_buf *line, const struct c2c_schema *s,
                       struct writer *w)
{
    const struct c2c_vocab *vocab =
        c2c_vocabs_find(w->types, c2c_view_str(s->vocab));

    for (size_t i = 0;
         vocab != NULL && i < c2c_vocab_count(vocab) && w->err == C2C_E_OK;
         i++) {
        w->err =
            c2c_buf_fmt(line, "%s%s",
                        i > 0 ? ", " : "one of: ", c2c_vocab_code(vocab, i));
    }
}

/* "a reference contact/SLUG, or CITY/contact/SLUG of another city" */
static void list_refs(struct c2c_buf *line, const struct c2c_schema *s,
                      struct writer *w)
{
    for (size_t i = 0; i < s->n_refs && w->err == C2C_E_OK; i++) {
        w->err = c2c_buf_fmt(line, "%s%s/SLUG", i > 0 ? " or " : "a reference ",
                             s->refs[i]);
    }
    if (w->err == C2C_E_OK) {
        w->err =
            c2c_buf_fmt(line, ", CITY/%s/SLUG for another city's", s->refs[0]);
    }
}

/* What may stand there. */
static void put_allowed(struct writer *w, const struct c2c_schema *s,
                        struct c2c_buf *line)
{
    if (s->choices != NULL) {
        list_choices(line, s, w);
    } else if (s->vocab != NULL) {
        list_vocab(line, s, w);
    } else if (s->n_refs > 0) {
        list_refs(line, s, w);
    } else if (s->format != NULL && w->err == C2C_E_OK) {
        w->err = c2c_buf_fmt(line, "%s, for example %s", s->format->what,
                             s->format->example);
    }
}

static void allowed(struct writer *w, unsigned depth,
                    const struct c2c_schema *s)
{
    struct c2c_buf line;

    c2c_buf_init(&line, 16384);
    put_allowed(w, s, &line);
    comment(w, depth, c2c_buf_view(&line));
    c2c_buf_fini(&line);
}

static const struct c2c_schema *innermost(const struct c2c_schema *s)
{
    while (s->kind == C2C_SCHEMA_ARRAY && s->items != NULL) {
        s = s->items;
    }
    return s;
}

/* "- kind (required): Kind. one of: ..." */
static void part(struct writer *w, unsigned depth, unsigned level,
                 const struct c2c_member *m)
{
    struct c2c_view label = c2c_lang_pick(m->schema->label, w->lang);
    struct c2c_view help = c2c_lang_pick(m->schema->help, w->lang);
    struct c2c_buf line;
    struct c2c_buf may;

    c2c_buf_init(&line, 32768);
    c2c_buf_init(&may, 16384);
    put_allowed(w, innermost(m->schema), &may);
    if (w->err == C2C_E_OK) {
        w->err = c2c_buf_fmt(&line, "%*s- %s%s: %.*s", (int)(2 * level), "",
                             m->name, m->required ? " (required)" : "",
                             (int)label.n, (const char *)label.p);
    }
    if (w->err == C2C_E_OK && help.n > 0) {
        w->err =
            c2c_buf_fmt(&line, ". %.*s", (int)help.n, (const char *)help.p);
    }
    if (w->err == C2C_E_OK && may.n > 0) {
        w->err = c2c_buf_fmt(&line, "%s%.*s", help.n > 0 ? " " : "; ",
                             (int)may.n, (const char *)may.p);
    }
    comment(w, depth, c2c_buf_view(&line));
    c2c_buf_fini(&may);
    c2c_buf_fini(&line);
}

/* The parts of a group, and of the groups within it. */
static void parts(struct writer *w, unsigned depth, unsigned level,
                  const struct c2c_schema *s)
{
    if (s->kind != C2C_SCHEMA_OBJECT || s->i18n) {
        return;
    }
    for (size_t i = 0; i < s->n_members; i++) {
        part(w, depth, level, &s->members[i]);
        parts(w, depth, level + 1, innermost(s->members[i].schema));
    }
}

static void value(struct writer *w, unsigned depth, const struct c2c_schema *s,
                  const struct c2c_val *v);

static void text_json(struct writer *w, const struct c2c_val *v)
{
    if (w->err == C2C_E_OK) {
        w->err = c2c_json_print(v, C2C_JSON_COMPACT, w->out);
    }
}

/* Begin a member's line, as a comment when it is only an example. */
static void begin(struct writer *w, unsigned depth, bool shown,
                  const char *name)
{
    indent(w, depth);
    puts_(w, shown ? "" : "// ");
    quoted(w, c2c_view_str(name));
    puts_(w, ": ");
}

/* An empty value in one line, for fields not filled in yet. */
static void example(struct writer *w, const struct c2c_schema *s)
{
    switch (s->kind) {
    case C2C_SCHEMA_OBJECT:
        if (s->i18n) {
            puts_(w, "{");
            quoted(w, w->lang.n > 0 ? w->lang : c2c_view_str("en"));
            puts_(w, ": \"\"}");
            return;
        }
        puts_(w, "{");
        for (size_t i = 0; i < s->n_members; i++) {
            puts_(w, i > 0 ? ", " : "");
            quoted(w, c2c_view_str(s->members[i].name));
            puts_(w, ": ");
            example(w, s->members[i].schema);
        }
        puts_(w, "}");
        return;
    case C2C_SCHEMA_ARRAY:
        puts_(w, "[");
        if (s->items != NULL) {
            example(w, s->items);
        }
        puts_(w, "]");
        return;
    case C2C_SCHEMA_STRING:
        if (s->constant != NULL) {
            text_json(w, s->constant);
            return;
        }
        puts_(w, "\"\"");
        return;
    case C2C_SCHEMA_INTEGER:
    case C2C_SCHEMA_BOOLEAN:
    case C2C_SCHEMA_ANY:
        puts_(w, "null"); /* No number or answer that nobody gave. */
        return;
    }
}

static void member(struct writer *w, unsigned depth, const struct c2c_member *m,
                   const struct c2c_val *v)
{
    bool shown = v != NULL || m->required;
    const struct c2c_schema *inner = innermost(m->schema);

    puts_(w, "\n");
    explain(w, depth, m->schema, m->required);
    allowed(w, depth, inner);
    parts(w, depth, 0, inner);
    begin(w, depth, shown, m->name);
    if (v != NULL) {
        value(w, depth, m->schema, v);
    } else {
        example(w, m->schema);
    }
    puts_(w, ",\n");
}

static void body(struct writer *w, unsigned depth, const struct c2c_schema *s,
                 const struct c2c_val *v)
{
    puts_(w, "{");
    for (size_t i = 0; i < s->n_members; i++) {
        member(w, depth + 1, &s->members[i],
               c2c_val_get(v, s->members[i].name));
    }
    for (size_t i = 0; i < c2c_val_count(v); i++) {
        struct c2c_pair pair = c2c_val_pair(v, i);

        if (c2c_schema_member(s, pair.key) == NULL) { /* Kept as it is. */
            puts_(w, "\n");
            indent(w, depth + 1);
            quoted(w, pair.key);
            puts_(w, ": ");
            text_json(w, pair.val);
            puts_(w, ",\n");
        }
    }
    indent(w, depth);
    puts_(w, "}");
}

/* A filled-in value below the first level: lists an entry a line. */
static void value(struct writer *w, unsigned depth, const struct c2c_schema *s,
                  const struct c2c_val *v)
{
    size_t n = c2c_val_count(v);

    (void)s;
    if (c2c_val_kind(v) == C2C_KIND_ARRAY && n > 1) {
        puts_(w, "[\n");
        for (size_t i = 0; i < n; i++) {
            indent(w, depth + 1);
            text_json(w, c2c_val_at(v, i));
            puts_(w, i + 1 < n ? ",\n" : "\n");
        }
        indent(w, depth);
        puts_(w, "]");
    } else if (c2c_val_kind(v) == C2C_KIND_MAP && n > 1) {
        puts_(w, "{\n");
        for (size_t i = 0; i < n; i++) {
            struct c2c_pair pair = c2c_val_pair(v, i);

            indent(w, depth + 1);
            quoted(w, pair.key);
            puts_(w, ": ");
            text_json(w, pair.val);
            puts_(w, i + 1 < n ? ",\n" : "\n");
        }
        indent(w, depth);
        puts_(w, "}");
    } else {
        text_json(w, v);
    }
}

/* The envelope's own line. */
static void envelope(struct writer *w, const char *name, struct c2c_view text,
                     const char *help)
{
    if (help != NULL) {
        comment(w, 1, c2c_view_str(help));
    }
    begin(w, 1, text.n > 0, name);
    quoted(w, text);
    puts_(w, ",\n");
}

enum c2c_err c2c_template_write(const struct c2c_types *types,
                                const struct c2c_type *type,
                                const struct c2c_val *record,
                                struct c2c_view lang, struct c2c_buf *out)
{
    struct writer w = {.out = out, .types = types, .lang = lang};
    struct c2c_view audience = c2c_val_text(record, "audience");

    comment(&w, 0, c2c_type_label(type, lang));
    comment(&w, 0, c2c_type_help(type, lang));
    comment(&w, 0,
            c2c_view_str("Lines that begin with // are comments. Fields "
                         "that are commented out may stay so."));
    comment(&w, 0,
            c2c_view_str("Texts stand by language, in as many as you have: "
                         "{\"en\": \"Desk\", \"zh-Hans\": \"\u5904\"}."));
    puts_(&w, "{\n");
    envelope(&w, "type", c2c_view_str(type->name), NULL);
    if (c2c_val_text(record, "key").n > 0) {
        envelope(&w, "key", c2c_val_text(record, "key"), NULL);
    }
    envelope(&w, "slug", c2c_val_text(record, "slug"),
             "A short name for references: a-z, 0-9 and hyphens.");
    envelope(&w, "audience",
             audience.n > 0 ? audience
                            : c2c_view_str(c2c_audience_name(type->audience)),
             "public, network (members of the federation) or local (a draft).");
    puts_(&w, "  \"body\": ");
    body(&w, 1, type->body, c2c_val_get(record, "body"));
    puts_(&w, "\n}\n");
    return w.err;
}

static const struct c2c_val *filled(const struct c2c_schema *s,
                                    struct c2c_doc *doc,
                                    const struct c2c_val *v);

static const struct c2c_val *filled_map(const struct c2c_schema *s,
                                        struct c2c_doc *doc,
                                        const struct c2c_val *v)
{
    struct c2c_val *map = c2c_doc_map(doc);

    for (size_t i = 0; i < c2c_val_count(v); i++) {
        struct c2c_pair pair = c2c_val_pair(v, i);
        const struct c2c_member *m = c2c_schema_member(s, pair.key);
        const struct c2c_schema *inner = m != NULL ? m->schema : s->additional;
        const struct c2c_val *val =
            inner == NULL ? pair.val : filled(inner, doc, pair.val);

        if (val != NULL) {
            c2c_doc_add(doc, map, pair.key, val);
        }
    }
    return map;
}

static const struct c2c_val *filled_array(const struct c2c_schema *s,
                                          struct c2c_doc *doc,
                                          const struct c2c_val *v)
{
    struct c2c_val *array = c2c_doc_array(doc);
    size_t n = c2c_val_count(v);

    while (n > 0 && filled(s->items, doc, c2c_val_at(v, n - 1)) == NULL) {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        const struct c2c_val *item = c2c_val_at(v, i);
        const struct c2c_val *val = filled(s->items, doc, item);

        c2c_doc_push(doc, array, val != NULL ? val : item);
    }
    return array;
}

/* NULL if nothing is filled in. */
static const struct c2c_val *
filled(const struct c2c_schema *s, struct c2c_doc *doc, const struct c2c_val *v)
{
    const struct c2c_val *inner = v;

    switch (c2c_val_kind(v)) {
    case C2C_KIND_NIL:
        return NULL;
    case C2C_KIND_STR:
        return c2c_val_str(v).n > 0 ? v : NULL;
    case C2C_KIND_MAP:
        if (s->kind == C2C_SCHEMA_OBJECT) {
            inner = filled_map(s, doc, v);
        }
        return c2c_val_count(inner) > 0 ? inner : NULL;
    case C2C_KIND_ARRAY:
        if (s->kind == C2C_SCHEMA_ARRAY && s->items != NULL) {
            inner = filled_array(s, doc, v);
        }
        return c2c_val_count(inner) > 0 ? inner : NULL;
    case C2C_KIND_BOOL:
    case C2C_KIND_INT:
    case C2C_KIND_BIN:
    case C2C_KIND_NONE:
        break;
    }
    return v;
}

const struct c2c_val *c2c_template_filled(const struct c2c_type *type,
                                          struct c2c_doc *doc,
                                          const struct c2c_val *body)
{
    const struct c2c_val *val = c2c_val_kind(body) == C2C_KIND_MAP
                                    ? filled_map(type->body, doc, body)
                                    : body;

    return c2c_doc_err(doc) == C2C_E_OK ? val : NULL;
}

/* Skip blanks, line ends included. */
static size_t skip_blanks(struct c2c_view text, size_t i)
{
    while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t' ||
                          text.p[i] == '\r' || text.p[i] == '\n')) {
        i++;
    }
    return i;
}

static bool is_comment_line(struct c2c_view text, size_t i)
{
    while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t')) {
        i++;
    }
    return i + 1 < text.n && text.p[i] == '/' && text.p[i + 1] == '/';
}

static enum c2c_err strip_comments(struct c2c_view text, struct c2c_buf *out)
{
    enum c2c_err err = C2C_E_OK;
    size_t i = 0;

    while (i < text.n && err == C2C_E_OK) {
        size_t start = i;
        bool dropped = is_comment_line(text, i);

        while (i < text.n && text.p[i] != '\n') {
            i++;
        }
        if (!dropped) {
            err = c2c_buf_put(out, text.p + start, i - start);
        }
        if (err == C2C_E_OK && i < text.n) {
            err = c2c_buf_put(out, "\n", 1);
            i++;
        }
    }
    return err;
}

/* Blank out commas that stand before a closing bracket, outside of text. */
static void drop_commas(struct c2c_buf *b)
{
    struct c2c_view text = c2c_buf_view(b);
    bool quoted = false;

    for (size_t i = 0; i < b->n; i++) {
        if (quoted && b->p[i] == '\\') {
            i++;
        } else if (b->p[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && b->p[i] == ',') {
            size_t next = skip_blanks(text, i + 1);

            if (next < b->n && (b->p[next] == '}' || b->p[next] == ']')) {
                b->p[i] = ' ';
            }
        }
    }
}

enum c2c_err c2c_template_strip(struct c2c_view text, struct c2c_buf *out)
{
    struct c2c_buf plain;
    enum c2c_err err;

    c2c_buf_init(&plain, text.n);
    err = strip_comments(text, &plain);
    if (err == C2C_E_OK) {
        drop_commas(&plain);
        err = c2c_buf_put(out, plain.p, plain.n);
    }
    c2c_buf_fini(&plain);
    return err;
}
