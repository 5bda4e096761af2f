/* list and log. */

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/label.h"
#include "c2c/run.h"
#include "c2c/table.h"
#include "record/derive.h"

enum {
    COLUMNS_MAX = 16,  /* Of one type. */
    CHANGES_SHOWN = 5, /* Of one revision. */
    LIMIT_MAX = 10000
};

/* Columns of --plain that every record has; the type's own follow. */
static const struct c2c_column common_plain[] = {
    {"REF", "ref", C2C_CELL_TEXT, NULL},
    {"TITLE", "title", C2C_CELL_TEXT, NULL},
    {"AUDIENCE", "audience", C2C_CELL_TEXT, NULL},
    {"UPDATED", "updated", C2C_CELL_TEXT, NULL},
    {"CONFIRMED", "fresh.verified_at", C2C_CELL_TEXT, NULL},
    {"STALE", "fresh.stale", C2C_CELL_TEXT, NULL},
};

/* What columns own: heads and paths. */
struct columns {
    size_t n;
    struct c2c_column at[COLUMNS_MAX];
    char *owned[2 * COLUMNS_MAX];
    size_t n_owned;
    bool people; /* For them a record without a title has one. */
};

static void columns_fini(struct columns *c)
{
    for (size_t i = 0; i < c->n_owned; i++) {
        c2c_free(c->owned[i]);
    }
}

static const char *own(struct columns *c, char *text)
{
    if (text != NULL) {
        c->owned[c->n_owned++] = text;
    }
    return text;
}

/* Heads look alike, those of the type and those of every list. */
static void capitals(char *head)
{
    for (; *head != '\0'; head++) {
        if (*head >= 'a' && *head <= 'z') {
            *head = (char)(*head - 'a' + 'A');
        }
    }
}

/* The column for the dotted @path in a body of @type. */
static enum c2c_err add_column(struct columns *c, const struct c2c_type *type,
                               const char *path, struct c2c_view lang)
{
    const struct c2c_schema *schema =
        c2c_value_schema(c2c_type_body(type), path);
    struct c2c_view label = c2c_schema_label(schema, lang);
    bool is_title =
        c2c_type_title(type) != NULL && strcmp(path, c2c_type_title(type)) == 0;
    size_t n = strlen(path) + sizeof "body.title";
    char *full = c2c_calloc(1, n);
    char *head =
        label.n > 0 ? c2c_view_dup(label) : c2c_view_dup(c2c_view_str(path));

    if (full == NULL || head == NULL || c->n == COLUMNS_MAX) {
        c2c_free(full);
        c2c_free(head);
        return c->n == COLUMNS_MAX ? C2C_E_OK : C2C_E_NOMEM;
    }
    (void)snprintf(full, n, "%s%s", c->people && is_title ? "" : "body.",
                   c->people && is_title ? "title" : path);
    capitals(head);
    c->at[c->n++] =
        (struct c2c_column){.head = own(c, head),
                            .path = own(c, full),
                            .cell = C2C_CELL_LONG,
                            .schema = c->people && is_title ? NULL : schema};
    return C2C_E_OK;
}

static void add_fixed(struct columns *c, const struct c2c_column *column,
                      struct c2c_view lang)
{
    c->at[c->n] = *column;
    c->at[c->n++].head = (const char *)c2c_label(column->head, lang).p;
}

static enum c2c_err add_own(struct columns *c, const struct c2c_type *type,
                            struct c2c_view lang)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_type_column_count(type) && err == C2C_E_OK;
         i++) {
        err = add_column(c, type, c2c_type_column(type, i), lang);
    }
    return err;
}

static enum c2c_err print_records(struct c2c_run *run,
                                  const struct c2c_type *type,
                                  const struct c2c_val *doc, const char *empty)
{
    static const struct c2c_column ref = {"REF", "ref", C2C_CELL_TEXT, NULL};
    static const struct c2c_column fresh = {"CONFIRMED", "fresh",
                                            C2C_CELL_FRESH, NULL};
    const struct c2c_view lang = c2c_run_lang(run);
    struct columns table = {.people = true};
    struct columns plain = {.people = false};
    enum c2c_err err;

    add_fixed(&table, &ref, lang);
    err = add_own(&table, type, lang);
    if (table.n < COLUMNS_MAX) {
        add_fixed(&table, &fresh, lang);
    }
    for (size_t i = 0; i < sizeof common_plain / sizeof common_plain[0]; i++) {
        add_fixed(&plain, &common_plain[i], lang);
    }
    if (err == C2C_E_OK) {
        err = add_own(&plain, type, lang);
    }
    if (err == C2C_E_OK) {
        const struct c2c_list list = {.columns = table.at,
                                      .n_columns = table.n,
                                      .plain = plain.at,
                                      .n_plain = plain.n,
                                      .empty = empty};

        err = c2c_list_print(run, &list, doc);
    } else {
        err = c2c_run_nomem(run);
    }
    columns_fini(&table);
    columns_fini(&plain);
    return err;
}

/* Options that say what to look for, by the facet's name. */
static enum c2c_err add_where(struct c2c_run *run, struct c2c_val *where,
                              const struct c2c_setting *setting)
{
    static const char *const facets[] = {"topic", "purpose", "country",
                                         "form",  "status",  "kind"};
    const char *equals;

    for (size_t i = 0; i < sizeof facets / sizeof facets[0]; i++) {
        if (strcmp(setting->option->name, facets[i]) == 0) {
            c2c_doc_set_cstr(run->doc, where, facets[i], setting->text);
        }
    }
    if (strcmp(setting->option->name, "where") != 0) {
        return C2C_E_OK;
    }
    equals = strchr(setting->text, '=');
    if (equals == NULL || equals == setting->text) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, setting->text,
                           "--where takes FACET=VALUE");
        c2c_diag_hint(&run->diag, "such as --where form=sister; `c2c schema "
                                  "TYPE` names the facets");
        return C2C_E_USAGE;
    }
    c2c_doc_set_view(run->doc, where,
                     c2c_view_of(setting->text,
                                 (size_t)(equals - setting->text)),
                     c2c_doc_cstr(run->doc, equals + 1));
    return C2C_E_OK;
}

static enum c2c_err page_args(struct c2c_run *run, struct c2c_val *args)
{
    static const uint64_t range[2] = {1, LIMIT_MAX};
    const char *cursor = c2c_cmdline_text(&run->line, "cursor");
    const char *city = c2c_cmdline_text(&run->line, "city");
    uint64_t limit = 0;
    enum c2c_err err;

    err = c2c_cmdline_number(&run->line, "limit", range, 0, &run->diag, &limit);
    if (limit > 0) {
        c2c_doc_set_int(run->doc, args, "limit", (int64_t)limit);
    }
    if (cursor != NULL) {
        c2c_doc_set_cstr(run->doc, args, "cursor", cursor);
    }
    if (city != NULL) {
        c2c_doc_set_cstr(run->doc, args, "city", city);
    }
    return err;
}

static enum c2c_err ask(struct c2c_run *run, const char *name,
                        struct c2c_val *args, const struct c2c_val **ret_doc)
{
    return c2c_cmdline_has(&run->line, "all")
               ? c2c_call_all(run, name, args, ret_doc)
               : c2c_call(run, name, args, ret_doc);
}

static void tell_more(struct c2c_run *run, const struct c2c_val *doc)
{
    struct c2c_view next = c2c_val_text(doc, "next");

    if (next.n > 0) {
        c2c_out_talk(&run->out, "There are more: add --all or --cursor %.*s",
                     (int)next.n, (const char *)next.p);
    }
}

static const char *empty_hint(struct c2c_run *run, const struct c2c_val *where,
                              char *text, size_t n)
{
    const char *type = run->line.args[0];

    if (c2c_val_count(where) > 0 ||
        c2c_cmdline_text(&run->line, "city") != NULL) {
        (void)snprintf(text, n,
                       "No %s like that; try `c2c list %s` or `c2c find "
                       "WORDS`.",
                       type, type);
    } else if (run->node != NULL) {
        (void)snprintf(text, n, "No %s yet; try `c2c find WORDS`.", type);
    } else {
        (void)snprintf(text, n, "No %s yet; `c2c new %s` begins one.", type,
                       type);
    }
    return text;
}

enum c2c_err c2c_cmd_list(struct c2c_run *run)
{
    const struct c2c_type *type = c2c_run_type(run, c2c_run_arg(run, 0));
    struct c2c_val *args = c2c_doc_map(run->doc);
    struct c2c_val *where = c2c_doc_map(run->doc);
    const struct c2c_val *doc;
    char empty[256];
    enum c2c_err err = C2C_E_OK;

    if (type == NULL) {
        return run->diag.code;
    }
    for (size_t i = 0; i < run->line.n_settings && err == C2C_E_OK; i++) {
        err = add_where(run, where, &run->line.settings[i]);
    }
    if (err == C2C_E_OK) {
        err = page_args(run, args);
    }
    c2c_doc_set_cstr(run->doc, args, "type", c2c_type_name(type));
    c2c_doc_set(run->doc, args, "where", where);
    if (err == C2C_E_OK) {
        err = ask(run, "list", args, &doc);
    }
    if (err == C2C_E_OK) {
        err = print_records(run, type, doc,
                            empty_hint(run, where, empty, sizeof empty));
        tell_more(run, doc);
    }
    return err;
}

/* The changes of one revision as texts; on a screen only the first. */
static struct c2c_val *change_texts(struct c2c_run *run,
                                    const struct c2c_val *item)
{
    const struct c2c_val *changes = c2c_val_get(item, "changes");
    int64_t all = c2c_val_int(c2c_val_get(item, "changed"));
    struct c2c_val *texts = c2c_doc_array(run->doc);
    size_t n = c2c_val_count(changes);

    if (run->out.form == C2C_FORM_HUMAN && n > CHANGES_SHOWN) {
        n = CHANGES_SHOWN;
    }
    for (size_t i = 0; i < n; i++) {
        struct c2c_view verb = c2c_val_text(c2c_val_at(changes, i), "verb");
        struct c2c_view ref = c2c_val_text(c2c_val_at(changes, i), "ref");

        c2c_doc_push(run->doc, texts,
                     c2c_doc_fmt(run->doc, "%.*s %.*s", (int)verb.n,
                                 (const char *)verb.p, (int)ref.n,
                                 (const char *)ref.p));
    }
    if (all > (int64_t)n) {
        c2c_doc_push(run->doc, texts,
                     c2c_doc_fmt(run->doc, "and %lld more",
                                 (long long)(all - (int64_t)n)));
    }
    return texts;
}

/* Add "changed" and "revision" as text, for tables. */
static struct c2c_val *revisions(struct c2c_run *run, const struct c2c_val *doc)
{
    const struct c2c_val *items = c2c_val_get(doc, "items");
    struct c2c_val *shown = c2c_doc_array(run->doc);
    struct c2c_val *copy = c2c_doc_copy(run->doc, doc);

    for (size_t i = 0; i < c2c_val_count(items); i++) {
        const struct c2c_val *item = c2c_val_at(items, i);
        struct c2c_val *row = c2c_doc_copy(run->doc, item);

        c2c_doc_set(run->doc, row, "changed", change_texts(run, item));
        c2c_doc_set(
            run->doc, row, "revision",
            c2c_doc_fmt(run->doc, "%lld.%lld",
                        (long long)c2c_val_int(c2c_val_get(item, "epoch")),
                        (long long)c2c_val_int(c2c_val_get(item, "rev"))));
        c2c_doc_push(run->doc, shown, row);
    }
    c2c_doc_set(run->doc, copy, "items", shown);
    return copy;
}

enum c2c_err c2c_cmd_log(struct c2c_run *run)
{
    static const struct c2c_column columns[] = {
        {"REVISION", "revision", C2C_CELL_TEXT, NULL},
        {"TIME", "time", C2C_CELL_TIME, NULL},
        {"CHANGED", "changed", C2C_CELL_LONG, NULL},
    };
    static const struct c2c_column plain[] = {
        {"EPOCH", "epoch", C2C_CELL_TEXT, NULL},
        {"REV", "rev", C2C_CELL_TEXT, NULL},
        {"TIME", "time", C2C_CELL_TEXT, NULL},
        {"CITY", "city", C2C_CELL_TEXT, NULL},
        {"CHANGED", "changed", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {
        .columns = columns,
        .n_columns = sizeof columns / sizeof columns[0],
        .plain = plain,
        .n_plain = sizeof plain / sizeof plain[0],
        .empty = "Nothing has been published yet; `c2c new office` begins.",
    };
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *shown;
    const struct c2c_val *doc;
    enum c2c_err err = page_args(run, args);

    if (err == C2C_E_OK) {
        err = ask(run, "log", args, &doc);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    shown = c2c_out_is_json(&run->out) ? doc : revisions(run, doc);
    err = c2c_run_built(run);
    if (err == C2C_E_OK) {
        err = c2c_list_print(run, &list, shown);
    }
    tell_more(run, doc);
    return err;
}
