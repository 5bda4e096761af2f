#include "c2c/table.h"

#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "c2c/card.h"
#include "c2c/escape.h"
#include "c2c/fit.h"
#include "c2c/width.h"
#include "record/derive.h"

enum {
    CELL_MAX = 1 << 20,
    GAP = 2 /* Between two columns. */
};

/* Members of a record that `put` reads. */
static const char *const record_members[] = {"type",     "key",     "slug",
                                             "audience", "created", "updated",
                                             "body"};

void c2c_list_record(struct c2c_run *run, const struct c2c_val *record)
{
    struct c2c_val *copy = c2c_doc_map(run->doc);

    for (size_t i = 0; i < sizeof record_members / sizeof record_members[0];
         i++) {
        const struct c2c_val *member = c2c_val_get(record, record_members[i]);

        if (member != NULL && c2c_val_kind(member) != C2C_KIND_NIL) {
            c2c_doc_set(run->doc, copy, record_members[i], member);
        }
    }
    c2c_out_line(&run->out, copy);
}

/* "2026-11-23T08:30:00Z" as day or as "2026-11-23 08:30". */
static enum c2c_err put_time(struct c2c_view time, size_t n,
                             struct c2c_buf *out)
{
    size_t from = out->n;
    enum c2c_err err = c2c_buf_put(out, time.p, time.n < n ? time.n : n);

    if (err == C2C_E_OK && out->n - from > 10 && out->p[from + 10] == 'T') {
        out->p[from + 10] = ' ';
    }
    return err;
}

static enum c2c_err put_fresh(const struct c2c_val *fresh, struct c2c_buf *out)
{
    enum c2c_err err = put_time(c2c_val_text(fresh, "verified_at"), 10, out);

    if (err == C2C_E_OK && c2c_val_bool(c2c_val_get(fresh, "stale"))) {
        err = c2c_buf_fmt(out, " (stale)");
    }
    return err;
}

static enum c2c_err put_cell(const struct c2c_words *words,
                             const struct c2c_column *column,
                             const struct c2c_val *item, struct c2c_buf *out)
{
    const struct c2c_val *val = c2c_derive_at(item, column->path);

    if (words->people && column->cell == C2C_CELL_DATE) {
        return put_time(c2c_val_str(val), 10, out);
    }
    if (words->people && column->cell == C2C_CELL_TIME) {
        return put_time(c2c_val_str(val), 16, out);
    }
    if (words->people && column->cell == C2C_CELL_FRESH) {
        return put_fresh(val, out);
    }
    return c2c_value_put(words, column->schema, val, out);
}

static const char *color_of(const struct c2c_column *column, const char *text)
{
    if (column->cell == C2C_CELL_FRESH && strstr(text, "stale") != NULL) {
        return c2c_style_begin(C2C_STYLE_WARN);
    }
    if (column->cell != C2C_CELL_STATE) {
        return NULL;
    }
    return c2c_style_begin(strcmp(text, "ok") == 0     ? C2C_STYLE_GOOD
                           : strcmp(text, "fail") == 0 ? C2C_STYLE_BAD
                                                       : C2C_STYLE_WARN);
}

static enum c2c_err fill_cell(struct libscols_line *line, size_t i,
                              const struct c2c_column *column,
                              const struct c2c_buf *raw)
{
    struct c2c_buf safe;
    enum c2c_err err;

    c2c_buf_init(&safe, CELL_MAX);
    err = c2c_escape_screen(c2c_buf_view(raw), false, &safe);
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&safe, "", 1);
    }
    if (err == C2C_E_OK &&
        (scols_line_set_data(line, i, (const char *)safe.p) != 0 ||
         scols_cell_set_color(scols_line_get_cell(line, i),
                              color_of(column, (const char *)safe.p)) != 0)) {
        err = C2C_E_NOMEM;
    }
    c2c_buf_fini(&safe);
    return err;
}

static enum c2c_err add_line(struct libscols_table *table,
                             const struct c2c_list *list,
                             const struct c2c_words *words,
                             const struct c2c_val *item)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    enum c2c_err err = line == NULL ? C2C_E_NOMEM : C2C_E_OK;
    struct c2c_buf raw;

    c2c_buf_init(&raw, CELL_MAX);
    for (size_t i = 0; i < list->n_columns && err == C2C_E_OK; i++) {
        c2c_buf_clear(&raw);
        err = put_cell(words, &list->columns[i], item, &raw);
        if (err == C2C_E_OK) {
            err = fill_cell(line, i, &list->columns[i], &raw);
        }
    }
    c2c_buf_fini(&raw);
    return err;
}

static enum c2c_err add_columns(struct libscols_table *table,
                                const struct c2c_list *list)
{
    for (size_t i = 0; i < list->n_columns; i++) {
        const struct c2c_column *column = &list->columns[i];
        int flags = column->cell == C2C_CELL_LONG    ? SCOLS_FL_TRUNC
                    : column->cell == C2C_CELL_RIGHT ? SCOLS_FL_RIGHT
                                                     : 0;
        struct libscols_column *made =
            scols_table_new_column(table, column->head, 0, flags);

        if (made == NULL ||
            scols_cell_set_color(scols_column_get_header(made),
                                 c2c_style_begin(C2C_STYLE_BOLD)) != 0) {
            return C2C_E_NOMEM;
        }
    }
    return C2C_E_OK;
}

static void set_terminal(struct libscols_table *table,
                         const struct c2c_out *out)
{
    /* None of these can fail for a table. */
    (void)scols_table_enable_colors(table, out->colors ? 1 : 0);
    (void)scols_table_set_column_separator(table, "  ");
    (void)scols_table_set_termforce(table, out->columns > 0
                                               ? SCOLS_TERMFORCE_ALWAYS
                                               : SCOLS_TERMFORCE_NEVER);
    if (out->columns > 0) {
        (void)scols_table_set_termwidth(table, out->columns);
    }
}

/* The cell's text in @width columns, the last of them "…" if it was cut. */
static enum c2c_err cut_cell(struct libscols_cell *cell, size_t width)
{
    const char *data = scols_cell_get_data(cell);
    struct c2c_view rest = c2c_view_str(data == NULL ? "" : data);
    struct c2c_view line;
    struct c2c_buf text;
    enum c2c_err err;

    if (c2c_width(rest) <= width || width < 2) {
        return C2C_E_OK;
    }
    line = c2c_width_line(&rest, width - 1);
    c2c_buf_init(&text, CELL_MAX);
    err = c2c_buf_fmt(&text, "%.*s\u2026", (int)line.n, (const char *)line.p);
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&text, "", 1);
    }
    if (err == C2C_E_OK &&
        scols_cell_set_data(cell, (const char *)text.p) != 0) {
        err = C2C_E_NOMEM;
    }
    c2c_buf_fini(&text);
    return err;
}

static size_t cell_width(struct libscols_cell *cell)
{
    const char *data = scols_cell_get_data(cell);

    return data == NULL ? 0 : c2c_width(c2c_view_str(data));
}

/* What column @i is wide if nothing is cut. */
static size_t column_width(struct libscols_table *table, size_t i)
{
    size_t n = scols_table_get_nlines(table);
    size_t widest =
        cell_width(scols_column_get_header(scols_table_get_column(table, i)));

    for (size_t l = 0; l < n; l++) {
        size_t width =
            cell_width(scols_line_get_cell(scols_table_get_line(table, l), i));

        widest = width > widest ? width : widest;
    }
    return widest;
}

static enum c2c_err cut_column(struct libscols_table *table, size_t i,
                               const struct c2c_fit *fit)
{
    struct libscols_column *column = scols_table_get_column(table, i);
    size_t n = scols_table_get_nlines(table);
    enum c2c_err err;

    if (fit->out) {
        return scols_column_set_flags(column, SCOLS_FL_HIDDEN) == 0
                   ? C2C_E_OK
                   : C2C_E_NOMEM;
    }
    err = cut_cell(scols_column_get_header(column), fit->width);
    for (size_t l = 0; l < n && err == C2C_E_OK; l++) {
        err = cut_cell(scols_line_get_cell(scols_table_get_line(table, l), i),
                       fit->width);
    }
    return err;
}

/* On a terminal: lines that do not run over its edge, if that is possible. */
static enum c2c_err fit_table(struct libscols_table *table,
                              const struct c2c_list *list, size_t columns,
                              bool *ret_fits)
{
    struct c2c_fit *fits = c2c_calloc(list->n_columns, sizeof *fits);
    enum c2c_err err = fits == NULL ? C2C_E_NOMEM : C2C_E_OK;

    for (size_t i = 0; i < list->n_columns && err == C2C_E_OK; i++) {
        fits[i].width = column_width(table, i);
        fits[i].elastic = list->columns[i].cell == C2C_CELL_LONG;
    }
    if (err == C2C_E_OK) {
        *ret_fits = c2c_fit(fits, list->n_columns, GAP, columns);
    }
    for (size_t i = 0; i < list->n_columns && err == C2C_E_OK; i++) {
        if (fits[i].elastic) {
            err = cut_column(table, i, &fits[i]);
        }
    }
    c2c_free(fits);
    return err;
}

/* Lines without the blanks that fill the last column. */
static void write_lines(struct c2c_out *out, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        size_t used = n;

        while (used > 0 && text[used - 1] == ' ') {
            used--;
        }
        c2c_out_write(out, c2c_view_of(text, used));
        c2c_out_write(out, c2c_view_str("\n"));
        text += n + (text[n] == '\n' ? 1 : 0);
    }
}

static size_t widest_head(const struct c2c_list *list)
{
    size_t widest = 0;

    for (size_t i = 1; i < list->n_columns; i++) {
        size_t width = c2c_width(c2c_view_str(list->columns[i].head));

        widest = width > widest ? width : widest;
    }
    return widest;
}

/* Where no table fits: the cells of an item under one another, the first of
 * them as its heading. */
static enum c2c_err print_stacked(struct c2c_run *run,
                                  const struct c2c_list *list,
                                  const struct c2c_words *words,
                                  const struct c2c_val *items)
{
    struct c2c_card card = {.out = &run->out,
                            .words = words,
                            .labels = widest_head(list)};
    enum c2c_err err = C2C_E_OK;
    struct c2c_buf cell;

    c2c_buf_init(&cell, CELL_MAX);
    for (size_t i = 0; i < c2c_val_count(items); i++) {
        for (size_t c = 0; c < list->n_columns && err == C2C_E_OK; c++) {
            c2c_buf_clear(&cell);
            err =
                put_cell(words, &list->columns[c], c2c_val_at(items, i), &cell);
            if (err == C2C_E_OK && c == 0) {
                c2c_card_heading(&card, c2c_buf_view(&cell), false);
                card.indent = 2;
            } else if (err == C2C_E_OK) {
                c2c_card_field(&card, list->columns[c].head,
                               c2c_buf_view(&cell));
            }
        }
        card.indent = 0;
    }
    c2c_buf_fini(&cell);
    return err;
}

static enum c2c_err print_table(struct c2c_run *run,
                                const struct c2c_list *list,
                                const struct c2c_words *words,
                                const struct c2c_val *items)
{
    struct libscols_table *table = scols_new_table();
    char *text = NULL;
    bool fits = true;
    enum c2c_err err = C2C_E_NOMEM;

    if (table == NULL) {
        goto out;
    }
    set_terminal(table, &run->out);
    err = add_columns(table, list);
    for (size_t i = 0; i < c2c_val_count(items) && err == C2C_E_OK; i++) {
        err = add_line(table, list, words, c2c_val_at(items, i));
    }
    if (err == C2C_E_OK && run->out.columns > 0) {
        err = fit_table(table, list, run->out.columns, &fits);
    }
    if (err == C2C_E_OK && !fits) {
        err = print_stacked(run, list, words, items);
        goto out;
    }
    if (err == C2C_E_OK && scols_print_table_to_string(table, &text) != 0) {
        err = C2C_E_NOMEM;
    }
    if (err == C2C_E_OK && text != NULL) {
        write_lines(&run->out, text);
    }
out:
    c2c_free_foreign(text); /* libsmartcols' memory. */
    scols_unref_table(table);
    return err == C2C_E_OK ? err : c2c_run_nomem(run);
}

static enum c2c_err print_plain(struct c2c_run *run,
                                const struct c2c_list *list,
                                const struct c2c_words *words,
                                const struct c2c_val *items)
{
    struct c2c_view *fields = c2c_calloc(list->n_plain, sizeof *fields);
    size_t *ends = c2c_calloc(list->n_plain, sizeof *ends);
    enum c2c_err err = fields == NULL || ends == NULL ? C2C_E_NOMEM : C2C_E_OK;
    struct c2c_buf row;

    c2c_buf_init(&row, (size_t)CELL_MAX * 64);
    for (size_t i = 0; i < c2c_val_count(items) && err == C2C_E_OK; i++) {
        c2c_buf_clear(&row);
        for (size_t c = 0; c < list->n_plain && err == C2C_E_OK; c++) {
            err = put_cell(words, &list->plain[c], c2c_val_at(items, i), &row);
            ends[c] = row.n;
        }
        for (size_t c = 0; c < list->n_plain && err == C2C_E_OK; c++) {
            size_t from = c == 0 ? 0 : ends[c - 1];

            fields[c] =
                c2c_view_of(row.n == 0 ? NULL : row.p + from, ends[c] - from);
        }
        if (err == C2C_E_OK) {
            c2c_out_plain(&run->out, fields, list->n_plain);
        }
    }
    c2c_buf_fini(&row);
    c2c_free(fields);
    c2c_free(ends);
    return err == C2C_E_OK ? err : c2c_run_nomem(run);
}

enum c2c_err c2c_list_print(struct c2c_run *run, const struct c2c_list *list,
                            const struct c2c_val *doc)
{
    const struct c2c_val *items = c2c_val_get(doc, "items");
    struct c2c_words words = {.types = c2c_run_types(run),
                              .lang = c2c_run_lang(run),
                              .people = run->out.form == C2C_FORM_HUMAN};
    enum c2c_err err = C2C_E_OK;

    if (words.types == NULL) {
        return run->diag.code;
    }
    if (c2c_val_count(items) == 0 && list->empty != NULL) {
        c2c_out_talk(&run->out, "%s", list->empty);
    }
    switch (run->out.form) {
    case C2C_FORM_JSON:
        c2c_out_doc(&run->out, doc);
        break;
    case C2C_FORM_JSONL:
    case C2C_FORM_RECORDS:
        for (size_t i = 0; i < c2c_val_count(items); i++) {
            if (run->out.form == C2C_FORM_RECORDS) {
                c2c_list_record(run, c2c_val_at(items, i));
            } else {
                c2c_out_line(&run->out, c2c_val_at(items, i));
            }
        }
        break;
    case C2C_FORM_PLAIN:
        err = print_plain(run, list, &words, items);
        break;
    case C2C_FORM_HUMAN:
        if (c2c_val_count(items) > 0) {
            err = print_table(run, list, &words, items);
        }
        break;
    }
    return err == C2C_E_OK ? c2c_run_built(run) : err;
}

enum c2c_err c2c_list_refs(struct c2c_run *run, const struct c2c_list *list,
                           const struct c2c_val *doc)
{
    const struct c2c_val *items = c2c_val_get(doc, "items");

    if (run->out.form != C2C_FORM_HUMAN) {
        return c2c_list_print(run, list, doc);
    }
    for (size_t i = 0; i < c2c_val_count(items); i++) {
        c2c_out_screen(&run->out, C2C_STYLE_NONE,
                       c2c_val_text(c2c_val_at(items, i), "ref"));
        c2c_out_write(&run->out, c2c_view_str("\n"));
    }
    return C2C_E_OK;
}
