#include "c2c/escape.h"

#include <string.h>

#include "base/text.h"

/* What stands for the backslash or steering character @point. */
static enum c2c_err put_escaped(struct c2c_buf *out, uint32_t point)
{
    switch (point) {
    case '\t':
        return c2c_buf_put(out, "\\t", 2);
    case '\n':
        return c2c_buf_put(out, "\\n", 2);
    case '\r':
        return c2c_buf_put(out, "\\r", 2);
    case '\\':
        return c2c_buf_put(out, "\\\\", 2);
    default:
        return c2c_buf_fmt(out, "\\u%04x", (unsigned)point);
    }
}

enum c2c_err c2c_escape_plain(struct c2c_view text, struct c2c_buf *out)
{
    enum c2c_err err = C2C_E_OK;
    size_t from = 0;
    size_t i = 0;

    while (i < text.n && err == C2C_E_OK) {
        uint32_t point = '\\';
        size_t n = text.p[i] == '\\' ? 1 : c2c_text_steers(text, i, &point);

        if (n == 0) {
            i++;
            continue;
        }
        err = c2c_buf_put(out, text.p + from, i - from);
        if (err == C2C_E_OK) {
            err = put_escaped(out, point);
        }
        i += n;
        from = i;
    }
    return err == C2C_E_OK && from < text.n
               ? c2c_buf_put(out, text.p + from, text.n - from)
               : err;
}

static bool stays_in_lines(uint32_t point)
{
    return point == '\n' || (point >= 0x2066 && point <= 0x2069);
}

enum c2c_err c2c_escape_screen(struct c2c_view text, bool lines,
                               struct c2c_buf *out)
{
    enum c2c_err err = C2C_E_OK;
    size_t from = 0;
    size_t i = 0;

    while (i < text.n && err == C2C_E_OK) {
        uint32_t point = 0;
        size_t n = c2c_text_steers(text, i, &point);

        if (n == 0 || (lines && stays_in_lines(point))) {
            i += n == 0 ? 1 : n;
            continue;
        }
        err = c2c_buf_put(out, text.p + from, i - from);
        if (err == C2C_E_OK) {
            err = c2c_buf_put(out, " ", 1);
        }
        i += n;
        from = i;
    }
    return err == C2C_E_OK && from < text.n
               ? c2c_buf_put(out, text.p + from, text.n - from)
               : err;
}

static bool is_safe_in_shell(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') ||
           (c != 0 && strchr("_@%+=:,./-", (char)c) != NULL);
}

enum c2c_err c2c_escape_shell(struct c2c_view text, struct c2c_buf *out)
{
    bool safe = text.n > 0;
    enum c2c_err err;

    for (size_t i = 0; i < text.n; i++) {
        safe = safe && is_safe_in_shell(text.p[i]);
    }
    if (safe) {
        return c2c_buf_put(out, text.p, text.n);
    }
    err = c2c_buf_put(out, "'", 1);
    for (size_t i = 0; i < text.n && err == C2C_E_OK; i++) {
        err = text.p[i] == '\'' ? c2c_buf_put(out, "'\\''", 4)
                                : c2c_buf_put(out, text.p + i, 1);
    }
    return err == C2C_E_OK ? c2c_buf_put(out, "'", 1) : err;
}
