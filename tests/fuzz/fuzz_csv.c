/* Any text as a table: the rows written out with every field quoted read as the
 * same rows. */

#include <string.h>

#include "base/text.h"
#include "c2c/csv.h"
#include "fuzz.h"

static void put_row(struct c2c_buf *out, const struct c2c_csv_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        require(c2c_buf_put(out, i > 0 ? ",\"" : "\"", i > 0 ? 2 : 1) ==
                C2C_E_OK);
        for (size_t k = 0; k < row->field[i].n; k++) {
            const uint8_t *p = &row->field[i].p[k];

            require(c2c_buf_put(out, *p == '"' ? "\"\"" : (const char *)p,
                                *p == '"' ? 2 : 1) == C2C_E_OK);
        }
        require(c2c_buf_put(out, "\"", 1) == C2C_E_OK);
    }
    require(c2c_buf_put(out, "\n", 1) == C2C_E_OK);
}

/* Read all rows; @out gets them quoted. */
static enum c2c_err rewrite(struct c2c_view text, char delimiter,
                            struct c2c_buf *out)
{
    static struct c2c_csv_row row;
    struct c2c_csv csv;
    enum c2c_err err;
    unsigned line = 0;

    c2c_csv_init(&csv, text, delimiter);
    while ((err = c2c_csv_next(&csv, &row)) == C2C_E_OK) {
        require(row.n >= 1 && row.n <= C2C_CSV_FIELDS_MAX && row.line > line);
        line = row.line;
        for (size_t i = 0; i < row.n; i++) {
            require(c2c_text_valid(row.field[i]));
        }
        put_row(out, &row);
    }
    require(err == C2C_E_NOT_FOUND || err == C2C_E_MALFORMED);
    if (err == C2C_E_MALFORMED) {
        require(csv.reason != NULL && csv.error_line > line);
    }
    c2c_csv_fini(&csv);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_buf once;
    struct c2c_buf twice;

    c2c_buf_init(&once, 1u << 26);
    c2c_buf_init(&twice, 1u << 26);
    (void)rewrite(c2c_view_of(data, size), 0, &once);
    require(rewrite(c2c_buf_view(&once), ',', &twice) == C2C_E_NOT_FOUND);
    require(c2c_view_eq(c2c_buf_view(&once), c2c_buf_view(&twice)));
    c2c_buf_fini(&once);
    c2c_buf_fini(&twice);
    return 0;
}
