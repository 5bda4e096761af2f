#include "c2c/column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "base/text.h"
#include "c2c/report.h"
#include "c2c/value.h"

enum {
    LABEL_MAX = 1024,
    MAP_MAX = 200,  /* Members of a --map beside the columns of a file. */
    SEPARATOR = ';' /* Between several values of one cell. */
};

/* Members of a record beside its body. */
static const char *const envelope[] = {"slug", "key", "audience"};

static bool same_folded(struct c2c_view a, struct c2c_view b)
{
    struct c2c_buf x;
    struct c2c_buf y;
    bool same;

    c2c_buf_init(&x, LABEL_MAX);
    c2c_buf_init(&y, LABEL_MAX);
    same = c2c_text_fold(a, &x) == C2C_E_OK &&
           c2c_text_fold(b, &y) == C2C_E_OK &&
           c2c_view_eq(c2c_buf_view(&x), c2c_buf_view(&y));
    c2c_buf_fini(&x);
    c2c_buf_fini(&y);
    return same;
}

/* A property called @word, by name or by label in the user's language or in
 * English. */
static const struct c2c_schema *property(const struct c2c_fields *fields,
                                         const struct c2c_schema *s,
                                         struct c2c_view word,
                                         const char **ret_name)
{
    const struct c2c_view english = c2c_view_str("en");

    for (size_t i = 0; i < c2c_schema_count(s); i++) {
        const struct c2c_schema *p = c2c_schema_at(s, i);

        if (c2c_view_eq_str(word, c2c_schema_name(s, i)) ||
            same_folded(word, c2c_schema_label(p, fields->words->lang)) ||
            same_folded(word, c2c_schema_label(p, english))) {
            *ret_name = c2c_schema_name(s, i);
            return p;
        }
    }
    return NULL;
}

static bool is_number(struct c2c_view text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') {
            return false;
        }
    }
    return text.n > 0 && text.n < 3;
}

static bool add_step(const struct c2c_fields *fields, struct c2c_field *f,
                     struct c2c_view step)
{
    if (f->n == C2C_FIELD_DEPTH) {
        return false;
    }
    f->step[f->n] = c2c_arena_dup(fields->arena, step);
    return f->step[f->n++] != NULL;
}

/* Take one step of a path; false if it leads nowhere. */
static bool take_step(const struct c2c_fields *fields, struct c2c_field *f,
                      struct c2c_view step)
{
    const struct c2c_schema *s = f->schema;
    const char *name = NULL;

    if (c2c_schema_i18n(s)) { /* A language. */
        f->schema = NULL;
        return add_step(fields, f, step);
    }
    if (c2c_schema_kind(s) == C2C_SCHEMA_ARRAY) {
        f->schema = c2c_schema_items(s);
        if (is_number(step)) {
            return add_step(fields, f, step);
        }
        return add_step(fields, f, c2c_view_str("0")) &&
               take_step(fields, f, step);
    }
    f->schema = property(fields, s, step, &name);
    if (f->schema == NULL && c2c_schema_values(s) != NULL) {
        f->schema = c2c_schema_values(s);
        return add_step(fields, f, step);
    }
    return f->schema != NULL && add_step(fields, f, c2c_view_str(name));
}

/* Does the part of a path that begins here stand in, or behind, brackets? */
static bool is_bracket(struct c2c_view path)
{
    return path.n > 0 && (path.p[0] == ']' || path.p[-1] == ']');
}

/* "scope.purposes", "name.zh-Hans", "name:zh-Hans", "Office hours"; also, as
 * `c2c schema` has them, "parties[].name" and "parties[1].name". */
static bool follow(const struct c2c_fields *fields, struct c2c_field *f,
                   struct c2c_view path)
{
    bool found = true;

    f->n = 0;
    f->schema = c2c_type_body(fields->type);
    if (!add_step(fields, f, c2c_view_str("body"))) {
        return false;
    }
    while (path.n > 0 && found) {
        size_t n = 0;

        while (n < path.n && strchr(".:[]", path.p[n]) == NULL) {
            n++;
        }
        /* Nothing stands in "[]" and between "]" and ".". */
        found = n == 0 && f->n > 1 && is_bracket(path)
                    ? true
                    : take_step(fields, f, c2c_view_of(path.p, n));
        n += n < path.n ? 1 : 0;
        path = c2c_view_of(path.p + n, path.n - n);
    }
    if (found && c2c_schema_i18n(f->schema)) {
        found = add_step(fields, f, fields->words->lang);
        f->schema = NULL;
    }
    return found && f->n > 1;
}

/* Does the field take text or a list of texts? */
static bool takes_cells(const struct c2c_field *f)
{
    enum c2c_schema_kind kind = c2c_schema_kind(f->schema);

    if (f->schema != NULL && kind == C2C_SCHEMA_ARRAY) {
        kind = c2c_schema_kind(c2c_schema_items(f->schema));
    }
    return f->schema == NULL || kind != C2C_SCHEMA_OBJECT;
}

/* A group of fields was named: which of them? */
static enum c2c_err is_group(struct c2c_run *run, const struct c2c_field *f,
                             struct c2c_view path)
{
    const struct c2c_schema *s = f->schema;

    while (c2c_schema_kind(s) == C2C_SCHEMA_ARRAY) {
        s = c2c_schema_items(s);
    }
    (void)c2c_diag_set(&run->diag, C2C_E_SCHEMA, f->name,
                       "'%.*s' is a group of fields", (int)path.n,
                       (const char *)path.p);
    c2c_diag_hint(&run->diag, "name one of them, such as %.*s.%s", (int)path.n,
                  (const char *)path.p,
                  c2c_schema_count(s) > 0 ? c2c_schema_name(s, 0) : "FIELD");
    return C2C_E_SCHEMA;
}

static enum c2c_err no_field(struct c2c_run *run,
                             const struct c2c_fields *fields,
                             const struct c2c_field *f, struct c2c_view path)
{
    const struct c2c_schema *body = c2c_type_body(fields->type);
    const char *type = c2c_type_name(fields->type);
    bool mapped = !c2c_view_eq_str(path, f->name);
    struct c2c_near near;

    if (f->schema != NULL && f->n > 1 && !takes_cells(f)) {
        return is_group(run, f, path);
    }
    c2c_near_init(&near, path);
    for (size_t i = 0; i < c2c_schema_count(body); i++) {
        c2c_near_offer(&near, c2c_view_str(c2c_schema_name(body, i)));
        c2c_near_offer(&near, c2c_schema_label(c2c_schema_at(body, i),
                                               fields->words->lang));
    }
    if (mapped) {
        (void)c2c_diag_set(&run->diag, C2C_E_SCHEMA, f->name,
                           "is mapped to '%.*s', which is no field of %s",
                           (int)path.n, (const char *)path.p, type);
    } else {
        (void)c2c_diag_set(&run->diag, C2C_E_SCHEMA, f->name,
                           "the column is no field of %s", type);
    }
    if (near.n > 0) {
        c2c_diag_hint(&run->diag,
                      "did you mean '%.*s'? --map FILE with {\"%s\": null} "
                      "leaves it out",
                      (int)near.best[0].n, (const char *)near.best[0].p,
                      f->name);
    } else {
        c2c_diag_hint(&run->diag,
                      "`c2c schema %s` lists the fields; --map FILE with "
                      "{\"%s\": null} leaves it out",
                      type, f->name);
    }
    return C2C_E_SCHEMA;
}

static bool is_envelope(struct c2c_view path, const char **ret_name)
{
    for (size_t i = 0; i < sizeof envelope / sizeof envelope[0]; i++) {
        if (c2c_view_eq_str(path, envelope[i])) {
            *ret_name = envelope[i];
            return true;
        }
    }
    return false;
}

static bool same_place(const struct c2c_field *a, const struct c2c_field *b)
{
    bool same = !a->skip && !b->skip && a->n == b->n;

    for (size_t i = 0; i < a->n && same; i++) {
        same = strcmp(a->step[i], b->step[i]) == 0;
    }
    return same;
}

static enum c2c_err read_column(struct c2c_run *run, struct c2c_fields *fields,
                                struct c2c_view name,
                                const struct c2c_val *mapped)
{
    struct c2c_field *f = &fields->at[fields->n];
    struct c2c_view path = mapped == NULL ? name : c2c_val_str(mapped);
    const char *member;

    *f = (struct c2c_field){0}; /* A bad column may have begun it. */
    f->name = c2c_arena_dup(fields->arena, name);
    if (f->name == NULL) {
        return c2c_run_nomem(run);
    }
    if ((mapped != NULL && c2c_val_kind(mapped) == C2C_KIND_NIL) ||
        (mapped == NULL && name.n == 0)) {
        f->skip = true;
    } else if (mapped != NULL && c2c_val_kind(mapped) != C2C_KIND_STR) {
        return c2c_diag_set(&run->diag, C2C_E_SCHEMA, f->name,
                            "is mapped to what is neither a path in quotes nor "
                            "null");
    } else if (is_envelope(path, &member)) {
        f->step[f->n++] = member;
    } else if (!follow(fields, f, path) || !takes_cells(f)) {
        return no_field(run, fields, f, path);
    }
    for (size_t i = 0; i < fields->n; i++) {
        if (same_place(f, &fields->at[i])) {
            return c2c_diag_set(&run->diag, C2C_E_SCHEMA, f->name,
                                "the columns '%s' and '%s' are the same field",
                                fields->at[i].name, f->name);
        }
    }
    fields->n++;
    return C2C_E_OK;
}

static struct c2c_view trim(struct c2c_view text)
{
    while (text.n > 0 && text.p[0] == ' ') {
        text.p++;
        text.n--;
    }
    while (text.n > 0 && text.p[text.n - 1] == ' ') {
        text.n--;
    }
    return text;
}

/* Say which column of which file it was. */
static void place_column(struct c2c_run *run, const char *file, unsigned line)
{
    char thing[sizeof run->diag.thing];

    (void)snprintf(thing, sizeof thing, "%.120s:%u: %.100s", file, line,
                   run->diag.thing);
    (void)snprintf(run->diag.thing, sizeof run->diag.thing, "%s", thing);
}

/* People are told every bad column, programs the first one. */
struct bad_columns {
    size_t n;
    struct c2c_diag last; /* Not told yet. */
};

static enum c2c_err next_bad(struct c2c_run *run, struct bad_columns *bad)
{
    if (c2c_out_is_json(&run->out)) {
        return C2C_E_SCHEMA;
    }
    if (bad->n > 0) {
        c2c_report(&run->out, &bad->last, NULL);
    }
    bad->last = run->diag;
    bad->n++;
    return C2C_E_OK;
}

static enum c2c_err all_read(struct c2c_run *run, const char *file,
                             const struct bad_columns *bad)
{
    if (bad->n == 0) {
        return C2C_E_OK;
    }
    if (bad->n > 1) {
        c2c_report(&run->out, &bad->last, NULL);
        return c2c_diag_set(&run->diag, C2C_E_SCHEMA, file,
                            "%zu columns are no fields: nothing was saved",
                            bad->n);
    }
    run->diag = bad->last;
    return C2C_E_SCHEMA;
}

/* "=PATH" in a map: no column has it. */
static bool is_constant(struct c2c_view name)
{
    return name.n > 1 && name.p[0] == '=';
}

/* A map may serve several files; a column that none has is likely mistyped. */
static void tell_unused(struct c2c_run *run, const char *file,
                        const struct c2c_csv_row *row,
                        const struct c2c_val *map)
{
    for (size_t m = 0; m < c2c_val_count(map); m++) {
        struct c2c_view name = c2c_val_pair(map, m).key;
        bool used = is_constant(name);

        for (size_t i = 0; i < row->n && !used; i++) {
            used = c2c_view_eq(trim(row->field[i]), name);
        }
        if (!used) {
            c2c_out_talk(&run->out,
                         "note: --map names '%.*s', but %s has no such column",
                         (int)name.n, (const char *)name.p, file);
        }
    }
}

/* The constants of @map behind the columns. */
static enum c2c_err read_constants(struct c2c_run *run, const char *file,
                                   const struct c2c_val *map,
                                   struct c2c_fields *fields,
                                   struct bad_columns *bad)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t m = 0; m < c2c_val_count(map) && err == C2C_E_OK; m++) {
        struct c2c_pair pair = c2c_val_pair(map, m);
        struct c2c_view path;

        if (!is_constant(pair.key)) {
            continue;
        }
        path = c2c_view_of(pair.key.p + 1, pair.key.n - 1);
        err = read_column(run, fields, pair.key, c2c_doc_str(run->doc, path));
        if (err == C2C_E_OK && c2c_val_str(pair.val).n == 0) {
            err = c2c_diag_set(&run->diag, C2C_E_SCHEMA,
                               fields->at[--fields->n].name,
                               "is no text in quotes, which every row would "
                               "have there");
        }
        if (err == C2C_E_OK) {
            fields->at[fields->n - 1].constant = c2c_val_str(pair.val);
        } else if (err == C2C_E_SCHEMA) {
            place_column(run, file, 1);
            err = next_bad(run, bad);
        }
    }
    return err;
}

static enum c2c_err read_columns(struct c2c_run *run, const char *file,
                                 const struct c2c_csv_row *row,
                                 const struct c2c_val *map,
                                 struct c2c_fields *fields,
                                 struct bad_columns *bad)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < row->n && err == C2C_E_OK; i++) {
        struct c2c_view name = trim(row->field[i]);

        err = read_column(run, fields, name, c2c_val_find(map, name));
        if (err == C2C_E_SCHEMA) {
            place_column(run, file, row->line);
            err = next_bad(run, bad);
        }
    }
    fields->n_columns = fields->n;
    return err;
}

enum c2c_err c2c_fields_read(struct c2c_run *run, const char *file,
                             const struct c2c_csv_row *row,
                             const struct c2c_val *map,
                             struct c2c_fields *fields)
{
    struct bad_columns bad = {0};
    size_t most = row->n + c2c_val_count(map);
    enum c2c_err err;

    if (most > C2C_CSV_FIELDS_MAX + (size_t)MAP_MAX) {
        return c2c_diag_set(&run->diag, C2C_E_TOO_BIG, file,
                            "--map names more than %d columns", MAP_MAX);
    }
    fields->at = c2c_arena_alloc(fields->arena, most, sizeof *fields->at);
    if (fields->at == NULL) {
        return c2c_run_nomem(run);
    }
    err = read_columns(run, file, row, map, fields, &bad);
    if (err == C2C_E_OK) {
        err = read_constants(run, file, map, fields, &bad);
    }
    tell_unused(run, file, row, map);
    return err == C2C_E_OK ? all_read(run, file, &bad) : err;
}

/* A code by its label, in any of the languages we know of. */
static struct c2c_view code_of(const struct c2c_fields *fields,
                               const struct c2c_schema *s, struct c2c_view text)
{
    const char *vocab_name = c2c_schema_vocab(s);
    const struct c2c_vocab *vocab =
        vocab_name == NULL
            ? NULL
            : c2c_vocabs_find(fields->words->types, c2c_view_str(vocab_name));
    size_t found;

    if (vocab != NULL && c2c_vocab_find(vocab, text, &found) == C2C_E_OK) {
        return c2c_view_str(c2c_vocab_code(vocab, found));
    }
    for (size_t i = 0; i < c2c_schema_enum_count(s); i++) {
        if (same_folded(text, c2c_schema_enum(s, i)) ||
            same_folded(text,
                        c2c_schema_enum_label(s, i, fields->words->lang)) ||
            same_folded(text,
                        c2c_schema_enum_label(s, i, c2c_view_str("en")))) {
            return c2c_schema_enum(s, i);
        }
    }
    return text;
}

/* What is no number stays text, for the schema to refuse. */
static struct c2c_val *number(struct c2c_run *run, struct c2c_view text)
{
    char copy[24];
    char *end = NULL;
    long long value;

    (void)snprintf(copy, sizeof copy, "%.*s", text.n < 20 ? (int)text.n : 20,
                   (const char *)text.p);
    value = strtoll(copy, &end, 10);
    return *end == '\0' && text.n < 19 ? c2c_doc_int(run->doc, value)
                                       : c2c_doc_str(run->doc, text);
}

static struct c2c_val *truth(struct c2c_run *run, struct c2c_view text)
{
    static const char *const yes[] = {"true", "yes", "1", "x"};
    static const char *const no[] = {"false", "no", "0"};

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (same_folded(text, c2c_view_str(yes[i]))) {
            return c2c_doc_bool(run->doc, true);
        }
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        if (same_folded(text, c2c_view_str(no[i]))) {
            return c2c_doc_bool(run->doc, false);
        }
    }
    return c2c_doc_str(run->doc, text);
}

static struct c2c_val *scalar(struct c2c_run *run,
                              const struct c2c_fields *fields,
                              const struct c2c_schema *s, struct c2c_view text)
{
    if (s != NULL && c2c_schema_kind(s) == C2C_SCHEMA_INTEGER) {
        return number(run, text);
    }
    if (s != NULL && c2c_schema_kind(s) == C2C_SCHEMA_BOOLEAN) {
        return truth(run, text);
    }
    return c2c_doc_str(run->doc, code_of(fields, s, text));
}

static struct c2c_val *cell(struct c2c_run *run,
                            const struct c2c_fields *fields,
                            const struct c2c_schema *s, struct c2c_view text)
{
    struct c2c_val *list;

    if (s == NULL || c2c_schema_kind(s) != C2C_SCHEMA_ARRAY) {
        return scalar(run, fields, s, text);
    }
    list = c2c_doc_array(run->doc);
    while (text.n > 0) {
        struct c2c_view one;
        size_t n = 0;

        while (n < text.n && text.p[n] != SEPARATOR) {
            n++;
        }
        one = trim(c2c_view_of(text.p, n));
        if (one.n > 0) {
            c2c_doc_push(run->doc, list,
                         scalar(run, fields, c2c_schema_items(s), one));
        }
        n += n < text.n ? 1 : 0;
        text = c2c_view_of(text.p + n, text.n - n);
    }
    return list;
}

/* A row being made into a record: which fields are still to be placed. */
struct making {
    struct c2c_run *run;
    const struct c2c_fields *fields;
    const struct c2c_csv_row *row;
    bool *done;
};

static bool shares(const struct c2c_field *a, const struct c2c_field *b,
                   size_t depth)
{
    for (size_t i = 0; i < depth; i++) {
        if (i >= b->n || strcmp(a->step[i], b->step[i]) != 0) {
            return false;
        }
    }
    return true;
}

static struct c2c_view text_of(const struct making *m, size_t i)
{
    return i < m->fields->n_columns ? trim(m->row->field[i])
                                    : m->fields->at[i].constant;
}

/* Is field @i to be placed behind the first @depth steps of @f? */
static bool belongs(const struct making *m, const struct c2c_field *f,
                    size_t depth, size_t i)
{
    const struct c2c_field *g = &m->fields->at[i];

    return !m->done[i] && depth < g->n && shares(f, g, depth);
}

/* The entry of a list with the smallest number that is not placed yet: from its
 * field @ret_i.  False if there is none. */
static bool next_entry(const struct making *m, const struct c2c_field *f,
                       size_t depth, size_t *ret_i)
{
    long best = 0;
    bool found = false;

    for (size_t i = 0; i < m->fields->n; i++) {
        if (belongs(m, f, depth, i)) {
            long number = strtol(m->fields->at[i].step[depth], NULL, 10);

            if (!found || number < best) {
                *ret_i = i;
                best = number;
                found = true;
            }
        }
    }
    return found;
}

/* The value at the first @depth steps of field @first: a map (or array) of all
 * fields that share them. */
static struct c2c_val *make(struct making *m, size_t first, size_t depth)
{
    const struct c2c_field *f = &m->fields->at[first];
    bool array = depth < f->n && is_number(c2c_view_str(f->step[depth]));
    struct c2c_val *value;
    size_t i = first;

    if (depth == f->n) {
        m->done[first] = true;
        return cell(m->run, m->fields, f->schema, text_of(m, first));
    }
    if (array) {
        value = c2c_doc_array(m->run->doc);
        while (next_entry(m, f, depth, &i)) {
            c2c_doc_push(m->run->doc, value, make(m, i, depth + 1));
        }
        return value;
    }
    value = c2c_doc_map(m->run->doc);
    for (; i < m->fields->n; i++) {
        if (belongs(m, f, depth, i)) {
            c2c_doc_set(m->run->doc, value, m->fields->at[i].step[depth],
                        make(m, i, depth + 1));
        }
    }
    return value;
}

struct c2c_val *c2c_fields_record(struct c2c_run *run,
                                  const struct c2c_fields *fields,
                                  const struct c2c_csv_row *row)
{
    bool done[C2C_CSV_FIELDS_MAX + MAP_MAX] = {false};
    struct making m = {run, fields, row, done};
    struct c2c_val *record = c2c_doc_map(run->doc);

    c2c_doc_set_cstr(run->doc, record, "type", c2c_type_name(fields->type));
    c2c_doc_set(run->doc, record, "body", c2c_doc_map(run->doc));
    for (size_t i = 0; i < fields->n; i++) {
        done[i] =
            fields->at[i].skip || (i < fields->n_columns &&
                                   (i >= row->n || trim(row->field[i]).n == 0));
    }
    for (size_t i = 0; i < fields->n; i++) {
        if (!done[i]) {
            c2c_doc_set(run->doc, record, fields->at[i].step[0],
                        make(&m, i, 1));
        }
    }
    return record;
}

/* Do the steps begin with those of @pointer, or the other way round? */
static bool leads_to(const struct c2c_field *f, const char *pointer)
{
    for (size_t i = 0; i < f->n && *pointer == '/'; i++) {
        size_t n = strcspn(pointer + 1, "/");

        if (strlen(f->step[i]) != n ||
            strncmp(f->step[i], pointer + 1, n) != 0) {
            return false;
        }
        pointer += n + 1;
    }
    return true;
}

const char *c2c_fields_name(const struct c2c_fields *fields,
                            const char *pointer)
{
    if (strcmp(pointer, "/body") == 0) {
        return NULL;
    }
    for (size_t i = 0; i < fields->n && pointer[0] != '\0'; i++) {
        if (!fields->at[i].skip && leads_to(&fields->at[i], pointer)) {
            return fields->at[i].name;
        }
    }
    return NULL;
}
