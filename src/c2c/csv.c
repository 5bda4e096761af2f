#include "c2c/csv.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static char find_delimiter(struct c2c_view text)
{
    const char candidates[] = {',', ';', '\t', '|'};
    size_t count[sizeof candidates] = {0};
    bool quoted = false;
    size_t best = 0;

    for (size_t i = 0; i < text.n && (quoted || text.p[i] != '\n'); i++) {
        quoted = text.p[i] == '"' ? !quoted : quoted;
        for (size_t c = 0; c < sizeof candidates && !quoted; c++) {
            count[c] += text.p[i] == (uint8_t)candidates[c] ? 1 : 0;
        }
    }
    for (size_t c = 1; c < sizeof candidates; c++) {
        best = count[c] > count[best] ? c : best;
    }
    return candidates[best];
}

void c2c_csv_init(struct c2c_csv *csv, struct c2c_view text, char delimiter)
{
    text = c2c_text_unmarked(text);
    memset(csv, 0, sizeof *csv);
    csv->rest = text;
    csv->line = 1;
    csv->delimiter = (char)(delimiter != 0 ? delimiter : find_delimiter(text));
    c2c_buf_init(&csv->text, C2C_CSV_ROW_BYTES);
}

void c2c_csv_fini(struct c2c_csv *csv)
{
    c2c_buf_fini(&csv->text);
}

static enum c2c_err refuse(struct c2c_csv *csv, unsigned line,
                           const char *reason)
{
    csv->reason = reason;
    csv->error_line = line;
    return C2C_E_MALFORMED;
}

static void skip(struct c2c_csv *csv, size_t n)
{
    csv->rest.p += n;
    csv->rest.n -= n;
}

/* Bytes of the line end that comes next: 0 if something else does. */
static size_t line_end(const struct c2c_csv *csv)
{
    if (csv->rest.n >= 1 && csv->rest.p[0] == '\n') {
        return 1;
    }
    if (csv->rest.n >= 2 && csv->rest.p[0] == '\r' && csv->rest.p[1] == '\n') {
        return 2;
    }
    return 0;
}

static bool field_ends(const struct c2c_csv *csv)
{
    return csv->rest.n == 0 || csv->rest.p[0] == (uint8_t)csv->delimiter ||
           line_end(csv) > 0;
}

static enum c2c_err keep(struct c2c_csv *csv, size_t n)
{
    enum c2c_err err = c2c_buf_put(&csv->text, csv->rest.p, n);

    if (err == C2C_E_TOO_BIG) {
        return refuse(csv, csv->line, "the row is longer than 1 MiB");
    }
    skip(csv, n);
    return err;
}

static enum c2c_err read_quoted(struct c2c_csv *csv)
{
    unsigned opened = csv->line;

    skip(csv, 1);
    for (;;) {
        enum c2c_err err;
        size_t n = 0;

        while (n < csv->rest.n && csv->rest.p[n] != '"') {
            csv->line += csv->rest.p[n] == '\n' ? 1 : 0;
            n++;
        }
        if (n == csv->rest.n) {
            return refuse(csv, opened, "a quoted field is not closed");
        }
        err = keep(csv, n);
        if (err != C2C_E_OK) {
            return err;
        }
        skip(csv, 1);
        if (csv->rest.n == 0 || csv->rest.p[0] != '"') {
            break;
        }
        err = keep(csv, 1); /* A doubled quote is one. */
        if (err != C2C_E_OK) {
            return err;
        }
    }
    return field_ends(csv)
               ? C2C_E_OK
               : refuse(csv, csv->line, "there is text after a closing quote");
}

static enum c2c_err read_plain(struct c2c_csv *csv)
{
    const struct c2c_view start = csv->rest;
    size_t n = 0;

    while (!field_ends(csv)) {
        if (csv->rest.p[0] == '"') {
            return refuse(csv, csv->line,
                          "a field with a quote inside must be quoted as a "
                          "whole, its quotes doubled");
        }
        skip(csv, 1);
        n++;
    }
    csv->rest = start;
    return keep(csv, n);
}

/* Read fields until the line ends; @ends gets where each ends in csv->text. */
static enum c2c_err read_fields(struct c2c_csv *csv, size_t *ends,
                                size_t *ret_n)
{
    size_t n = 0;

    for (;;) {
        enum c2c_err err;

        if (n == C2C_CSV_FIELDS_MAX) {
            return refuse(csv, csv->line, "the row has more than 1000 fields");
        }
        err = csv->rest.n > 0 && csv->rest.p[0] == '"' ? read_quoted(csv)
                                                       : read_plain(csv);
        if (err != C2C_E_OK) {
            return err;
        }
        ends[n++] = csv->text.n;
        if (csv->rest.n == 0 || line_end(csv) > 0) {
            break;
        }
        skip(csv, 1); /* The delimiter. */
    }
    *ret_n = n;
    return C2C_E_OK;
}

static bool is_text(struct c2c_view field)
{
    return c2c_text_valid(field) &&
           (field.n == 0 || memchr(field.p, 0, field.n) == NULL);
}

/* Lay the fields over the row's text. */
static enum c2c_err cut(struct c2c_csv *csv, const size_t *ends, size_t n,
                        struct c2c_csv_row *row)
{
    size_t from = 0;

    for (size_t i = 0; i < n; i++) {
        row->field[i] = ends[i] > from
                            ? c2c_view_of(csv->text.p + from, ends[i] - from)
                            : (struct c2c_view){NULL, 0};
        if (!is_text(row->field[i])) {
            return refuse(csv, row->line,
                          "is not UTF-8 text: save the file as UTF-8");
        }
        from = ends[i];
    }
    row->n = n;
    return C2C_E_OK;
}

enum c2c_err c2c_csv_next(struct c2c_csv *csv, struct c2c_csv_row *row)
{
    size_t ends[C2C_CSV_FIELDS_MAX];
    enum c2c_err err;
    size_t n = 0;

    while (line_end(csv) > 0) {
        skip(csv, line_end(csv));
        csv->line++;
    }
    if (csv->rest.n == 0) {
        return C2C_E_NOT_FOUND;
    }
    c2c_buf_clear(&csv->text);
    row->line = csv->line;
    err = read_fields(csv, ends, &n);
    if (err != C2C_E_OK) {
        return err;
    }
    skip(csv, line_end(csv));
    csv->line++;
    return cut(csv, ends, n, row);
}
