/* JSON in and out, through jansson, without loss.
 *
 * In: duplicate keys, floats, integers beyond int64, U+0000, ill-formed UTF-8
 * and more than C2C_JSON_DEPTH levels are errors that name the place; members
 * keep the order of the text until they are encoded.  A byte order mark at the
 * beginning is passed over.  Out: keys in bytewise order, UTF-8 as it is. */

#ifndef C2C_CODEC_JSON_H
#define C2C_CODEC_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/doc.h"

enum {
    C2C_JSON_DEPTH = 31
};

struct c2c_json_error {
    unsigned line;   /* From 1; 0 if the place is given by @path. */
    unsigned column; /* From 1, in characters. */
    char path[256];  /* JSON Pointer (RFC 6901) of the value, or "". */
    char reason[256];
};

/* Read one JSON text; only white space may follow.  Values belong to @doc.
 * C2C_E_BAD_JSON fills @err (never NULL). */
enum c2c_err c2c_json_parse(struct c2c_doc *doc, struct c2c_view text,
                            struct c2c_json_error *err,
                            const struct c2c_val **ret_val) C2C_MUST_CHECK;

/* Reads texts that follow one another (JSON Lines or pretty-printed). */
struct c2c_json_stream {
    struct c2c_view rest; /* Not yet read, up to the first zero byte. */
    bool zero;            /* Is there one? */
    unsigned line;        /* Line of the first byte of @rest, from 1. */
    unsigned column;      /* Characters before it in that line. */
};

struct c2c_json_stream c2c_json_stream_over(struct c2c_view text);

/* The next value, its first line in @ret_line; C2C_E_NOT_FOUND at the end.
 * Places in @err count from the beginning of the stream.  After C2C_E_BAD_JSON
 * @s stands at the first byte of the bad value, and stays there. */
enum c2c_err
c2c_json_stream_next(struct c2c_json_stream *s, struct c2c_doc *doc,
                     struct c2c_json_error *err, unsigned *ret_line,
                     const struct c2c_val **ret_val) C2C_MUST_CHECK;

enum c2c_json_style {
    C2C_JSON_COMPACT, /* One line. */
    C2C_JSON_PRETTY   /* Two spaces. */
};

/* Append @val as JSON, without a final newline.  bin becomes lower-case
 * hexadecimal text. */
enum c2c_err c2c_json_print(const struct c2c_val *val,
                            enum c2c_json_style style,
                            struct c2c_buf *out) C2C_MUST_CHECK;

#endif /* C2C_CODEC_JSON_H */
