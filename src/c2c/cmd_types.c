/* types, schema, vocab: what can be recorded.  They need no node. */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/near.h"
#include "base/timefmt.h"
#include "c2c/command.h"
#include "c2c/run.h"
#include "c2c/table.h"
#include "codec/json.h"
#include "record/schema.h"

enum {
    PATH_MAX_BYTES = 256,
    ALLOWED_MAX = 65536
};

/* {"items": @items, "next": null, "as_of": now}. */
static struct c2c_val *list_of(struct c2c_run *run, const struct c2c_val *items)
{
    struct c2c_val *doc = c2c_doc_map(run->doc);
    char now[C2C_TIME_TEXT];

    c2c_time_format(c2c_clock_system.now_ms(c2c_clock_system.ctx) / 1000, now);
    c2c_doc_set(run->doc, doc, "items", items);
    c2c_doc_set(run->doc, doc, "next", c2c_doc_nil(run->doc));
    c2c_doc_set_cstr(run->doc, doc, "as_of", now);
    return doc;
}

static struct c2c_val *type_item(struct c2c_run *run,
                                 const struct c2c_type *type)
{
    struct c2c_val *item = c2c_doc_map(run->doc);
    struct c2c_view lang = c2c_run_lang(run);
    unsigned days = c2c_type_validity_days(type);

    c2c_doc_set_cstr(run->doc, item, "type", c2c_type_name(type));
    c2c_doc_set_str(run->doc, item, "label", c2c_type_label(type, lang));
    c2c_doc_set_str(run->doc, item, "help", c2c_type_help(type, lang));
    c2c_doc_set_cstr(run->doc, item, "audience",
                     c2c_audience_name(c2c_type_audience(type)));
    c2c_doc_set(run->doc, item, "validity_days",
                days > 0 ? c2c_doc_int(run->doc, days) : c2c_doc_nil(run->doc));
    c2c_doc_set_bool(run->doc, item, "one_per_city",
                     c2c_type_one_per_city(type));
    c2c_doc_set_bool(run->doc, item, "lga_only", c2c_type_lga_only(type));
    return item;
}

enum c2c_err c2c_cmd_types(struct c2c_run *run)
{
    static const struct c2c_column columns[] = {
        {"TYPE", "type", C2C_CELL_TEXT, NULL},
        {"LABEL", "label", C2C_CELL_TEXT, NULL},
        {"AUDIENCE", "audience", C2C_CELL_TEXT, NULL},
        {"FRESH DAYS", "validity_days", C2C_CELL_RIGHT, NULL},
        {"WHAT IT IS", "help", C2C_CELL_LONG, NULL},
    };
    static const struct c2c_column plain[] = {
        {"TYPE", "type", C2C_CELL_TEXT, NULL},
        {"LABEL", "label", C2C_CELL_TEXT, NULL},
        {"AUDIENCE", "audience", C2C_CELL_TEXT, NULL},
        {"DAYS", "validity_days", C2C_CELL_TEXT, NULL},
        {"ONE", "one_per_city", C2C_CELL_TEXT, NULL},
        {"LGA", "lga_only", C2C_CELL_TEXT, NULL},
        {"HELP", "help", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.columns = columns,
                                  .n_columns =
                                      sizeof columns / sizeof columns[0],
                                  .plain = plain,
                                  .n_plain = sizeof plain / sizeof plain[0]};
    const struct c2c_types *types = c2c_run_types(run);
    struct c2c_val *items = c2c_doc_array(run->doc);
    enum c2c_err err;

    if (types == NULL) {
        return run->diag.code;
    }
    for (size_t i = 0; i < c2c_types_count(types); i++) {
        c2c_doc_push(run->doc, items, type_item(run, c2c_types_at(types, i)));
    }
    err = c2c_list_print(run, &list, list_of(run, items));
    if (err == C2C_E_OK) {
        c2c_out_talk(&run->out, "`c2c schema TYPE` lists the fields of one, "
                                "`c2c new TYPE` begins a record.");
    }
    return err;
}

/* The fields of a schema as items of a list. */
struct fields {
    struct c2c_run *run;
    struct c2c_val *items;
    struct c2c_buf allowed;
};

static const char *kind_of(const struct c2c_schema *s)
{
    const char *format = c2c_schema_format(s);

    if (c2c_schema_i18n(s)) {
        return "text by language";
    }
    if (c2c_schema_vocab(s) != NULL || c2c_schema_enum_count(s) > 0) {
        return "code";
    }
    switch (c2c_schema_kind(s)) {
    case C2C_SCHEMA_OBJECT:
        return "group";
    case C2C_SCHEMA_ARRAY:
        return "list";
    case C2C_SCHEMA_INTEGER:
        return "whole number";
    case C2C_SCHEMA_BOOLEAN:
        return "true or false";
    case C2C_SCHEMA_STRING:
    case C2C_SCHEMA_ANY:
        break;
    }
    return format != NULL ? format : "text";
}

/* Codes that may stand there, or the types that a reference may lead to. */
static struct c2c_view allowed_of(struct fields *f, const struct c2c_schema *s)
{
    const char *vocab = c2c_schema_vocab(s);
    enum c2c_err err = C2C_E_OK;

    c2c_buf_clear(&f->allowed);
    if (vocab != NULL) {
        err = c2c_buf_fmt(&f->allowed, "vocabulary %s", vocab);
    }
    for (size_t i = 0; i < c2c_schema_enum_count(s) && err == C2C_E_OK; i++) {
        struct c2c_view code = c2c_schema_enum(s, i);

        err = c2c_buf_fmt(&f->allowed, "%s%.*s", i == 0 ? "" : ", ",
                          (int)code.n, (const char *)code.p);
    }
    for (size_t i = 0; i < c2c_schema_ref_count(s) && err == C2C_E_OK; i++) {
        err = c2c_buf_fmt(&f->allowed, "%s%s", i == 0 ? "" : ", ",
                          c2c_schema_ref(s, i));
    }
    return c2c_buf_view(&f->allowed);
}

static void add_field(struct fields *f, const char *path,
                      const struct c2c_schema *s, bool required)
{
    struct c2c_doc *doc = f->run->doc;
    struct c2c_view lang = c2c_run_lang(f->run);
    struct c2c_view label = c2c_schema_heading(s);
    struct c2c_val *item = c2c_doc_map(doc);
    const char *facet = c2c_schema_facet(s);

    if (label.n == 0) {
        label = c2c_schema_label(s, lang);
    }
    c2c_doc_set_cstr(doc, item, "field", path);
    c2c_doc_set_cstr(doc, item, "kind", kind_of(s));
    c2c_doc_set_bool(doc, item, "required", required);
    c2c_doc_set_cstr(doc, item, "need", required ? "required" : "");
    c2c_doc_set_str(doc, item, "allowed", allowed_of(f, s));
    c2c_doc_set_cstr(doc, item, "facet", facet == NULL ? "" : facet);
    c2c_doc_set_str(doc, item, "label", label);
    c2c_doc_set_str(doc, item, "help", c2c_schema_help(s, lang));
    c2c_doc_push(doc, f->items, item);
}

/* The schemas of the set are never recursive (record/types.h checks). */
static void add_fields(struct fields *f, const char *prefix,
                       const struct c2c_schema *s)
{
    for (size_t i = 0; i < c2c_schema_count(s); i++) {
        const struct c2c_schema *inner = c2c_schema_at(s, i);
        char path[PATH_MAX_BYTES];

        (void)snprintf(path, sizeof path, "%s%s%s", prefix,
                       *prefix == '\0' ? "" : ".", c2c_schema_name(s, i));
        add_field(f, path, inner, c2c_schema_required(s, i));
        if (c2c_schema_kind(inner) == C2C_SCHEMA_ARRAY) {
            size_t n = strlen(path);

            (void)snprintf(path + n, sizeof path - n, "[]");
            inner = c2c_schema_items(inner);
            if (c2c_schema_kind(inner) != C2C_SCHEMA_OBJECT ||
                c2c_schema_i18n(inner)) {
                add_field(f, path, inner, false);
            }
        }
        if (!c2c_schema_i18n(inner)) {
            add_fields(f, path, inner);
        }
    }
}

static enum c2c_err print_fields(struct c2c_run *run,
                                 const struct c2c_type *type)
{
    static const struct c2c_column columns[] = {
        {"FIELD", "field", C2C_CELL_TEXT, NULL},
        {"KIND", "kind", C2C_CELL_TEXT, NULL},
        {"", "need", C2C_CELL_TEXT, NULL},
        {"LABEL", "label", C2C_CELL_LONG, NULL},
        {"ALLOWED", "allowed", C2C_CELL_LONG, NULL},
    };
    static const struct c2c_column plain[] = {
        {"FIELD", "field", C2C_CELL_TEXT, NULL},
        {"KIND", "kind", C2C_CELL_TEXT, NULL},
        {"REQUIRED", "required", C2C_CELL_TEXT, NULL},
        {"ALLOWED", "allowed", C2C_CELL_TEXT, NULL},
        {"FACET", "facet", C2C_CELL_TEXT, NULL},
        {"LABEL", "label", C2C_CELL_TEXT, NULL},
        {"HELP", "help", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.columns = columns,
                                  .n_columns =
                                      sizeof columns / sizeof columns[0],
                                  .plain = plain,
                                  .n_plain = sizeof plain / sizeof plain[0]};
    struct fields f = {.run = run, .items = c2c_doc_array(run->doc)};
    enum c2c_err err;

    c2c_buf_init(&f.allowed, ALLOWED_MAX);
    add_fields(&f, "", c2c_type_body(type));
    err = c2c_list_print(run, &list, list_of(run, f.items));
    c2c_buf_fini(&f.allowed);
    return err;
}

static enum c2c_err parse_own(struct c2c_run *run, struct c2c_view text,
                              const struct c2c_val **ret_val)
{
    struct c2c_json_error why;
    enum c2c_err err = c2c_json_parse(run->doc, text, &why, ret_val);

    return err == C2C_E_OK ? err
                           : c2c_diag_set(&run->diag, err, "built-in file",
                                          "line %u: %s", why.line, why.reason);
}

enum c2c_err c2c_cmd_schema(struct c2c_run *run)
{
    const struct c2c_type *type = c2c_run_type(run, c2c_run_arg(run, 0));
    struct c2c_view help;
    const struct c2c_val *doc;
    enum c2c_err err;

    if (type == NULL) {
        return run->diag.code;
    }
    if (c2c_out_is_json(&run->out)) {
        err = parse_own(run, c2c_type_text(type), &doc);
        if (err == C2C_E_OK) {
            c2c_out_doc(&run->out, doc);
        }
        return err;
    }
    help = c2c_type_help(type, c2c_run_lang(run));
    c2c_out_talk(&run->out, "%.*s", (int)help.n, (const char *)help.p);
    return print_fields(run, type);
}

static enum c2c_err list_vocabs(struct c2c_run *run,
                                const struct c2c_types *types)
{
    static const struct c2c_column columns[] = {
        {"VOCABULARY", "name", C2C_CELL_TEXT, NULL},
        {"ENTRIES", "entries", C2C_CELL_RIGHT, NULL},
    };
    const struct c2c_list list = {.columns = columns,
                                  .n_columns = 2,
                                  .plain = columns,
                                  .n_plain = 2};
    struct c2c_val *items = c2c_doc_array(run->doc);

    for (size_t i = 0; i < c2c_vocabs_count(types); i++) {
        const struct c2c_vocab *vocab = c2c_vocabs_at(types, i);
        struct c2c_val *item = c2c_doc_map(run->doc);

        c2c_doc_set_cstr(run->doc, item, "name", c2c_vocab_name(vocab));
        c2c_doc_set_int(run->doc, item, "entries",
                        (int64_t)c2c_vocab_count(vocab));
        c2c_doc_push(run->doc, items, item);
    }
    return c2c_list_print(run, &list, list_of(run, items));
}

static enum c2c_err no_vocab(struct c2c_run *run, const struct c2c_types *types,
                             const char *name)
{
    struct c2c_near near;

    (void)c2c_diag_set(&run->diag, C2C_E_NOT_FOUND, name,
                       "there is no such vocabulary");
    c2c_diag_hint(&run->diag, "`c2c vocab` lists them");
    c2c_near_init(&near, c2c_view_str(name));
    for (size_t i = 0; i < c2c_vocabs_count(types); i++) {
        c2c_near_offer(&near,
                       c2c_view_str(c2c_vocab_name(c2c_vocabs_at(types, i))));
    }
    if (near.n > 0) {
        c2c_diag_hint(&run->diag, "did you mean %.*s?", (int)near.best[0].n,
                      (const char *)near.best[0].p);
    }
    return C2C_E_NOT_FOUND;
}

enum c2c_err c2c_cmd_vocab(struct c2c_run *run)
{
    static const struct c2c_column columns[] = {
        {"CODE", "code", C2C_CELL_TEXT, NULL},
        {"LABEL", "label", C2C_CELL_TEXT, NULL},
        {"ALSO UNDERSTOOD", "alias", C2C_CELL_LONG, NULL},
    };
    const struct c2c_list list = {.columns = columns,
                                  .n_columns = 3,
                                  .plain = columns,
                                  .n_plain = 3};
    const struct c2c_types *types = c2c_run_types(run);
    const char *name = c2c_run_arg(run, 0);
    const struct c2c_vocab *vocab;
    const struct c2c_val *entries;
    enum c2c_err err;

    if (types == NULL) {
        return run->diag.code;
    }
    if (name == NULL) {
        return list_vocabs(run, types);
    }
    vocab = c2c_vocabs_find(types, c2c_view_str(name));
    if (vocab == NULL) {
        return no_vocab(run, types, name);
    }
    err = parse_own(run, c2c_vocab_text(vocab), &entries);
    return err == C2C_E_OK ? c2c_list_print(run, &list, list_of(run, entries))
                           : err;
}
