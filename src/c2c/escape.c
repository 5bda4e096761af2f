#include "c2c/escape.h"

#include <string.h>

enum c2c_err c2c_escape_plain(struct c2c_view text, struct c2c_buf *out)
{
    static const char special[] = "\t\n\r\\";
    static const char *const written[] = {"\\t", "\\n", "\\r", "\\\\"};
    enum c2c_err err = C2C_E_OK;
    size_t from = 0;

    for (size_t i = 0; i < text.n && err == C2C_E_OK; i++) {
        const char *at =
            text.p[i] == 0 ? NULL : strchr(special, (char)text.p[i]);

        if (at == NULL) {
            continue;
        }
        err = c2c_buf_put(out, text.p + from, i - from);
        if (err == C2C_E_OK) {
            err = c2c_buf_put(out, written[at - special], 2);
        }
        from = i + 1;
    }
    return err == C2C_E_OK && from < text.n
               ? c2c_buf_put(out, text.p + from, text.n - from)
               : err;
}

/* Bytes of the control character at @i; 0 if another one stands there. */
static size_t control_at(struct c2c_view text, size_t i)
{
    const uint8_t *p = text.p + i;
    size_t n = text.n - i;

    if (p[0] < 0x20 || p[0] == 0x7f) {
        return 1;
    }
    if (n >= 2 && p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
        return 2; /* C1. */
    }
    /* U+202A to U+202E turn round what follows, to the end of the line. */
    return n >= 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xaa &&
                   p[2] <= 0xae
               ? 3
               : 0;
}

enum c2c_err c2c_escape_screen(struct c2c_view text, bool lines,
                               struct c2c_buf *out)
{
    enum c2c_err err = C2C_E_OK;
    size_t from = 0;
    size_t i = 0;

    while (i < text.n && err == C2C_E_OK) {
        size_t n = control_at(text, i);

        if (n == 0 || (lines && text.p[i] == '\n')) {
            i++;
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
