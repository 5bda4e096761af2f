#include "base/text.h"

#include <string.h>

#include "base/mem.h"

/* How many bytes well-formed sequence @p (of at most @n bytes) has, or 0.
 * Unicode 15 table 3-7. */
static size_t sequence(const uint8_t *p, size_t n)
{
    uint8_t low = 0x80;
    uint8_t high = 0xbf;
    size_t len;

    if (p[0] < 0x80) {
        return 1;
    }
    if (p[0] < 0xc2 || p[0] > 0xf4) {
        return 0;
    }
    len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (len > n) {
        return 0;
    }
    if (p[0] == 0xe0) {
        low = 0xa0; /* Not overlong. */
    } else if (p[0] == 0xed) {
        high = 0x9f; /* No surrogates. */
    } else if (p[0] == 0xf0) {
        low = 0x90;
    } else if (p[0] == 0xf4) {
        high = 0x8f; /* At most U+10FFFF. */
    }
    if (p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return 0;
        }
    }
    return len;
}

/* The number of leading ASCII bytes, eight at a time. */
static size_t ascii_run(const uint8_t *p, size_t n)
{
    size_t i = 0;

    while (n - i >= 8) {
        uint64_t eight;

        memcpy(&eight, p + i, sizeof eight);
        if ((eight & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
        i += 8;
    }
    while (i < n && p[i] < 0x80) {
        i++;
    }
    return i;
}

bool c2c_text_valid(struct c2c_view text)
{
    size_t i = 0;

    while (i < text.n) {
        size_t len;

        i += ascii_run(text.p + i, text.n - i);
        if (i == text.n) {
            break;
        }
        len = sequence(text.p + i, text.n - i);
        if (len == 0) {
            return false;
        }
        i += len;
    }
    return true;
}

/* Are the last @n bytes at @p the beginning of a longer character? */
static bool is_cut(const uint8_t *p, size_t n)
{
    size_t len = p[0] < 0xc2   ? 1
                 : p[0] < 0xe0 ? 2
                 : p[0] < 0xf0 ? 3
                 : p[0] < 0xf5 ? 4
                               : 1;

    for (size_t i = 1; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return false;
        }
    }
    return n < len;
}

void c2c_text_repair(char *text)
{
    uint8_t *p = (uint8_t *)text;
    size_t n = strlen(text);
    size_t i = 0;

    while (i < n) {
        size_t len = sequence(p + i, n - i);

        if (len == 0 && is_cut(p + i, n - i)) {
            p[i] = '\0';
            return;
        }
        if (len == 0) {
            p[i] = '?';
            len = 1;
        }
        i += len;
    }
}

void c2c_text_line(char *text)
{
    c2c_text_repair(text);
    for (char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = ' ';
        }
    }
}

size_t c2c_text_steers(struct c2c_view text, size_t i, uint32_t *ret_point)
{
    const uint8_t *p = text.p + i;
    size_t n = text.n - i;
    uint32_t point;

    if (p[0] < 0x20 || p[0] == 0x7f) {
        *ret_point = p[0];
        return 1;
    }
    if (n >= 2 && p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
        *ret_point = p[1]; /* C1. */
        return 2;
    }
    if (n < 3 || p[0] != 0xe2 || (p[1] & 0xfe) != 0x80 || p[2] >> 6 != 2) {
        return 0;
    }
    point = 0x2000 + (uint32_t)(p[1] & 0x3f) * 64 + (p[2] & 0x3f);
    if ((point >= 0x2028 && point <= 0x202e) ||
        (point >= 0x2066 && point <= 0x2069)) {
        *ret_point = point;
        return 3;
    }
    return 0;
}

struct c2c_view c2c_text_unmarked(struct c2c_view text)
{
    const struct c2c_view mark = c2c_view_str("\xef\xbb\xbf");

    return c2c_view_starts(text, mark)
               ? c2c_view_of(text.p + mark.n, text.n - mark.n)
               : text;
}

enum {
    ID_DIGITS_MIN = 8
};

bool c2c_text_is_id(struct c2c_view tight)
{
    for (size_t i = 0; i < tight.n; i++) {
        uint8_t c = tight.p[i];

        if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return tight.n >= ID_DIGITS_MIN;
}

size_t c2c_text_count(struct c2c_view text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        n += (text.p[i] & 0xc0) != 0x80 ? 1 : 0;
    }
    return n;
}

enum {
    SLUG_MAX = 60
};

/* Letters and digits as they are, everything else one hyphen between. */
static void slug_from(struct c2c_view folded, char out[SLUG_MAX + 1])
{
    size_t n = 0;
    bool gap = false;

    for (size_t i = 0; i < folded.n && n < SLUG_MAX; i++) {
        uint8_t c = folded.p[i];

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            if (gap && n + 1 >= SLUG_MAX) {
                break; /* No room for the hyphen and a letter. */
            }
            if (gap && n > 0) {
                out[n++] = '-';
            }
            out[n++] = (char)c;
            gap = false;
        } else {
            gap = true;
        }
    }
    out[n] = '\0';
}

void c2c_text_slug(struct c2c_view name, char out[61])
{
    struct c2c_buf folded;

    c2c_buf_init(&folded, 65536);
    out[0] = '\0';
    if (c2c_text_fold(name, &folded) == C2C_E_OK) {
        slug_from(c2c_buf_view(&folded), out);
    }
    c2c_buf_fini(&folded);
}
