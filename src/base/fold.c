#include <stdlib.h>
#include <utf8proc.h>

#include "base/mem.h"
#include "base/script.h"
#include "base/text.h"

struct pair {
    int32_t from;
    int32_t to;
};

static const struct pair han[] = {
#include "base/hanfold.inc"
};

/* Letters that stay apart under Unicode normalisation but not for people who
 * search: Latin letters with strokes, variants of Arabic letters. */
static const struct pair letters[] = {
    {0x00f8, 'o'},    {0x0111, 'd'},    {0x0131, 'i'},    {0x0142, 'l'},
    {0x0629, 0x0647}, {0x0649, 0x064a}, {0x0671, 0x0627}, {0x06a9, 0x0643},
    {0x06c1, 0x0647}, {0x06cc, 0x064a}, {0x06d5, 0x0647},
};

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

static int by_from(const void *key, const void *item)
{
    const int32_t *point = key;
    const struct pair *pair = item;

    return (*point > pair->from) - (*point < pair->from);
}

static int32_t replace(const struct pair *table, size_t n, int32_t point)
{
    const struct pair *found =
        bsearch(&point, table, n, sizeof table[0], by_from);

    return found == NULL ? point : found->to;
}

static int32_t unify(int32_t point)
{
    if (point < 0x80) {
        return point;
    }
    if (point < 0x0700) {
        return replace(letters, COUNT(letters), point);
    }
    return point >= 0x2e80 ? replace(han, COUNT(han), point) : point;
}

/* Copy @text without apostrophes and their look-alikes. */
static enum c2c_err without_joiners(struct c2c_view text, struct c2c_buf *out)
{
    while (text.n > 0) {
        utf8proc_int32_t point;
        utf8proc_ssize_t n =
            utf8proc_iterate(text.p, (utf8proc_ssize_t)text.n, &point);
        enum c2c_err err = C2C_E_OK;

        if (n <= 0) {
            return C2C_E_MALFORMED;
        }
        if (c2c_script_class(point) != C2C_SCRIPT_JOINER) {
            err = c2c_buf_put(out, text.p, (size_t)n);
        }
        if (err != C2C_E_OK) {
            return err;
        }
        text.p += n;
        text.n -= (size_t)n;
    }
    return C2C_E_OK;
}

/* Drop marks and tatweel, unify letters; the new length. */
static size_t simplify(int32_t *points, size_t n)
{
    bool dropping = false; /* The last letter's script ignores marks. */
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (c2c_script_is_mark(points[i])) {
            if (dropping) {
                continue;
            }
        } else {
            dropping = c2c_script_drops_marks(points[i]);
        }
        if (points[i] != 0x0640) { /* Tatweel. */
            points[kept++] = unify(points[i]);
        }
    }
    return kept;
}

static enum c2c_err put_points(const int32_t *points, size_t n,
                               struct c2c_buf *out)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t len = utf8proc_encode_char(points[i], bytes);

        err = c2c_buf_put(out, bytes, (size_t)len);
    }
    return err;
}

static enum c2c_err fold_any(struct c2c_view text, struct c2c_buf *out)
{
    const utf8proc_option_t options = UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
                                      UTF8PROC_CASEFOLD | UTF8PROC_IGNORE |
                                      UTF8PROC_STABLE;
    utf8proc_ssize_t n =
        utf8proc_decompose(text.p, (utf8proc_ssize_t)text.n, NULL, 0, options);
    int32_t *points;
    enum c2c_err err;

    if (n < 0) {
        return C2C_E_MALFORMED;
    }
    points = c2c_calloc((size_t)n + 1, sizeof *points);
    if (points == NULL) {
        return C2C_E_NOMEM;
    }
    n = utf8proc_decompose(text.p, (utf8proc_ssize_t)text.n, points, n,
                           options);
    n = n < 0 ? 0 : (utf8proc_ssize_t)simplify(points, (size_t)n);
    n = utf8proc_normalize_utf32(points, n, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    err = put_points(points, n < 0 ? 0 : (size_t)n, out);
    c2c_free(points);
    return err;
}

enum c2c_err c2c_text_fold(struct c2c_view text, struct c2c_buf *out)
{
    struct c2c_buf plain;
    enum c2c_err err;

    if (!c2c_text_valid(text)) {
        return C2C_E_MALFORMED;
    }
    c2c_buf_init(&plain, text.n);
    err = without_joiners(text, &plain);
    if (err == C2C_E_OK && plain.n > 0) {
        err = fold_any(c2c_buf_view(&plain), out);
    }
    c2c_buf_fini(&plain);
    return err;
}
