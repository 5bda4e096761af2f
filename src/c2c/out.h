/* Where everything that a command says goes: data to standard output in one of
 * five forms, talk to standard error.
 *
 * A command hands over the node's document; the form decides what becomes of
 * it, so that no form can lag behind another.  Writing errors stick and are
 * reported once, by c2c_out_close(). */

#ifndef C2C_C2C_OUT_H
#define C2C_C2C_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/doc.h"

enum c2c_form {
    C2C_FORM_HUMAN,
    C2C_FORM_JSON,   /* One document. */
    C2C_FORM_JSONL,  /* One item a line. */
    C2C_FORM_PLAIN,  /* Tab-separated columns, one item a line. */
    C2C_FORM_RECORDS /* Records as `put` takes them, one a line. */
};

enum c2c_style {
    C2C_STYLE_NONE,
    C2C_STYLE_BOLD,
    C2C_STYLE_DIM,
    C2C_STYLE_GOOD,
    C2C_STYLE_WARN,
    C2C_STYLE_BAD
};

struct c2c_out {
    FILE *to;   /* Data. */
    FILE *talk; /* Messages. */
    enum c2c_form form;
    size_t columns; /* Width of the terminal; 0: none, so nothing is cut. */
    bool colors;
    bool talk_colors;
    bool watched; /* Messages go to a terminal. */
    bool quiet;   /* No talk but errors. */
    enum c2c_err err;
    int code; /* errno of the first failed write. */
};

/* Is the form one that machines read (talk would disturb)? */
bool c2c_out_is_json(const struct c2c_out *out);

/* Write data as it stands. */
void c2c_out_write(struct c2c_out *out, struct c2c_view text);
void c2c_out_print(struct c2c_out *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Data for a person: control characters become spaces.  The colour of @style
 * only where colours are wanted. */
void c2c_out_screen(struct c2c_out *out, enum c2c_style style,
                    struct c2c_view text);

/* One document as --json or --jsonl has it (in other forms: as --json). */
void c2c_out_doc(struct c2c_out *out, const struct c2c_val *doc);

/* One value on a line of its own. */
void c2c_out_line(struct c2c_out *out, const struct c2c_val *val);

/* One line of --plain. */
void c2c_out_plain(struct c2c_out *out, const struct c2c_view *fields,
                   size_t n);

/* Hand on what was written: what is said first is read first, where both go to
 * one place. */
void c2c_out_flush(struct c2c_out *out);

/* Talk: a line on standard error, unless quiet or a machine reads. */
void c2c_out_talk(struct c2c_out *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Flush.  C2C_E_IO if anything could not be written. */
enum c2c_err c2c_out_close(struct c2c_out *out) C2C_MUST_CHECK;

/* The escape sequence that begins @style, and the one that ends any. */
const char *c2c_style_begin(enum c2c_style style);
extern const char c2c_style_end[];

#endif /* C2C_C2C_OUT_H */
