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

static int32_t replace(const struct pair *table, size_t n, int32_t point)
{
    while (n > 1) { /* The last one that is not larger. */
        size_t half = n / 2;

        table += table[half].from <= point ? half : 0;
        n -= half;
    }
    return table->from == point ? table->to : point;
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
        if (!c2c_script_is_joiner(point)) {
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

static int combining_class(int32_t point)
{
    return utf8proc_get_property(point)->combining_class;
}

/* Bring a mark that is about to be kept into canonical order with the @kept
 * ones before it, which may have met only now. */
static void insert_mark(int32_t *points, size_t kept, int32_t mark)
{
    int class = combining_class(mark);

    while (class > 0 && kept > 0 && combining_class(points[kept - 1]) > class) {
        points[kept] = points[kept - 1];
        kept--;
    }
    points[kept] = mark;
}

/* Drop marks, tatweel and what decomposes to apostrophes (U+2033, U+0149);
 * unify letters; the new length. */
static size_t simplify(int32_t *points, size_t n)
{
    bool dropping = false; /* The last letter's script ignores marks. */
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (points[i] == 0x0640 || c2c_script_is_joiner(points[i])) {
            continue; /* Tatweel or apostrophe: as if it were not there. */
        }
        if (!c2c_script_is_mark(points[i])) {
            dropping = c2c_script_drops_marks(points[i]);
            points[kept++] = unify(points[i]);
        } else if (!dropping) {
            insert_mark(points, kept++, points[i]);
        }
    }
    return kept;
}

static enum c2c_err put_points(const int32_t *points, size_t n,
                               struct c2c_buf *out)
{
    utf8proc_uint8_t bytes[256];
    size_t used = 0;
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        used += (size_t)utf8proc_encode_char(points[i], bytes + used);
        if (used > sizeof bytes - 4) {
            err = c2c_buf_put(out, bytes, used);
            used = 0;
        }
    }
    return err == C2C_E_OK ? c2c_buf_put(out, bytes, used) : err;
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

/* The first character of valid @text if it needs no normalisation: ASCII or a
 * common Chinese character; else -1. */
static int32_t plain_point(struct c2c_view text, size_t *ret_n)
{
    const uint8_t *p = text.p;
    int32_t point;

    if (p[0] < 0x80) {
        *ret_n = 1;
        return p[0];
    }
    if (text.n < 3 || p[0] < 0xe4 || p[0] > 0xe9) {
        return -1;
    }
    *ret_n = 3;
    point = (p[0] & 0x0f) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    return c2c_script_is_han(point) ? point : -1;
}

static int32_t fold_plain_point(int32_t point)
{
    return point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : unify(point);
}

enum {
    PLAIN_MAX = 256
};

/* Most words quickly: fold @text, which is valid, into @points if it has only
 * plain characters and not too many of them. */
static bool fold_plain(struct c2c_view text, int32_t points[PLAIN_MAX],
                       size_t *ret_n)
{
    size_t n = 0;

    while (text.n > 0 && n < PLAIN_MAX) {
        size_t len;
        int32_t point = plain_point(text, &len);

        if (point < 0) {
            return false;
        }
        if (!c2c_script_is_joiner(point)) {
            points[n++] = fold_plain_point(point);
        }
        text.p += len;
        text.n -= len;
    }
    *ret_n = n;
    return text.n == 0;
}

enum c2c_err c2c_text_fold(struct c2c_view text, struct c2c_buf *out)
{
    int32_t points[PLAIN_MAX];
    struct c2c_buf plain;
    size_t n = 0;
    enum c2c_err err;

    if (!c2c_text_valid(text)) {
        return C2C_E_MALFORMED;
    }
    if (fold_plain(text, points, &n)) {
        return put_points(points, n, out);
    }
    c2c_buf_init(&plain, text.n);
    err = without_joiners(text, &plain);
    if (err == C2C_E_OK && plain.n > 0) {
        err = fold_any(c2c_buf_view(&plain), out);
    }
    c2c_buf_fini(&plain);
    return err;
}
