#include "c2c/out.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "c2c/escape.h"
#include "codec/json.h"

enum {
    /* The longest text of one write; a document of the node fits. */
    TEXT_MAX = 256 << 20,
    TALK_MAX = 4096 /* One line of talk. */
};

const char c2c_style_end[] = "\033[0m";

const char *c2c_style_begin(enum c2c_style style)
{
    switch (style) {
    case C2C_STYLE_BOLD:
        return "\033[1m";
    case C2C_STYLE_DIM:
        return "\033[2m";
    case C2C_STYLE_GOOD:
        return "\033[32m";
    case C2C_STYLE_WARN:
        return "\033[33m";
    case C2C_STYLE_BAD:
        return "\033[1;31m";
    case C2C_STYLE_NONE:
        break;
    }
    return "";
}

bool c2c_out_is_json(const struct c2c_out *out)
{
    return out->form == C2C_FORM_JSON || out->form == C2C_FORM_JSONL;
}

static void fail(struct c2c_out *out, enum c2c_err err, int code)
{
    if (out->err == C2C_E_OK) {
        out->err = err;
        out->code = code;
    }
}

void c2c_out_write(struct c2c_out *out, struct c2c_view text)
{
    if (text.n > 0 && out->err == C2C_E_OK &&
        fwrite(text.p, 1, text.n, out->to) != text.n) {
        fail(out, C2C_E_IO, errno);
    }
}

void c2c_out_print(struct c2c_out *out, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (out->err == C2C_E_OK && vfprintf(out->to, fmt, ap) < 0) {
        fail(out, C2C_E_IO, errno);
    }
    va_end(ap);
}

void c2c_out_screen(struct c2c_out *out, enum c2c_style style,
                    struct c2c_view text)
{
    bool colored = out->colors && style != C2C_STYLE_NONE && text.n > 0;
    struct c2c_buf safe;
    enum c2c_err err;

    c2c_buf_init(&safe, TEXT_MAX);
    err = c2c_escape_screen(text, true, &safe);
    if (err != C2C_E_OK) {
        fail(out, err, 0);
    }
    if (colored) {
        c2c_out_print(out, "%s", c2c_style_begin(style));
    }
    c2c_out_write(out, c2c_buf_view(&safe));
    if (colored) {
        c2c_out_print(out, "%s", c2c_style_end);
    }
    c2c_buf_fini(&safe);
}

static void print_json(struct c2c_out *out, const struct c2c_val *val,
                       enum c2c_json_style style)
{
    struct c2c_buf text;
    enum c2c_err err;

    c2c_buf_init(&text, TEXT_MAX);
    err = c2c_json_print(val, style, &text);
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&text, "\n", 1);
    }
    if (err != C2C_E_OK) {
        fail(out, err, 0);
    }
    c2c_out_write(out, c2c_buf_view(&text));
    c2c_buf_fini(&text);
}

void c2c_out_doc(struct c2c_out *out, const struct c2c_val *doc)
{
    print_json(out, doc,
               out->form == C2C_FORM_JSONL ? C2C_JSON_COMPACT
                                           : C2C_JSON_PRETTY);
}

void c2c_out_line(struct c2c_out *out, const struct c2c_val *val)
{
    print_json(out, val, C2C_JSON_COMPACT);
}

void c2c_out_plain(struct c2c_out *out, const struct c2c_view *fields, size_t n)
{
    struct c2c_buf line;
    enum c2c_err err = C2C_E_OK;

    c2c_buf_init(&line, TEXT_MAX);
    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        err = i == 0 ? C2C_E_OK : c2c_buf_put(&line, "\t", 1);
        if (err == C2C_E_OK) {
            err = c2c_escape_plain(fields[i], &line);
        }
    }
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&line, "\n", 1);
    }
    if (err != C2C_E_OK) {
        fail(out, err, 0);
    }
    c2c_out_write(out, c2c_buf_view(&line));
    c2c_buf_fini(&line);
}

void c2c_out_flush(struct c2c_out *out)
{
    if (fflush(out->to) != 0) {
        fail(out, C2C_E_IO, errno);
    }
}

void c2c_out_talk(struct c2c_out *out, const char *fmt, ...)
{
    char line[TALK_MAX];
    struct c2c_buf safe;
    va_list ap;

    if (out->quiet || c2c_out_is_json(out)) {
        return;
    }
    c2c_out_flush(out);
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap); /* Cut if too long. */
    va_end(ap);
    c2c_buf_init(&safe, sizeof line);
    if (c2c_escape_screen(c2c_view_str(line), true, &safe) == C2C_E_OK) {
        /* Nobody could be told if this fails. */
        (void)fprintf(out->talk, "%.*s", (int)safe.n,
                      safe.n == 0 ? "" : (const char *)safe.p);
        (void)fputc('\n', out->talk);
    }
    c2c_buf_fini(&safe);
}

enum c2c_err c2c_out_close(struct c2c_out *out)
{
    c2c_out_flush(out);
    if (out->err == C2C_E_IO && out->code == EPIPE) {
        /* The reader has gone: end as if the signal had come (a library may
         * have switched it off). */
        (void)signal(SIGPIPE, SIG_DFL);
        (void)raise(SIGPIPE);
    }
    return out->err;
}
