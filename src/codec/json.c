#include "codec/json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/text.h"

/* Where a conversion stands: the JSON Pointer so far. */
struct place {
    struct c2c_doc *doc;
    struct c2c_json_error *err;
    size_t n; /* Bytes of err->path in use. */
    unsigned depth;
};

/* Add one step to the path; it is cut when it does not fit. */
static void enter(struct place *at, const char *step)
{
    char *path = at->err->path;
    size_t cap = sizeof at->err->path;

    if (at->n + 1 < cap) {
        path[at->n++] = '/';
    }
    for (; *step != '\0' && at->n + 2 < cap; step++) {
        if (*step == '~' || *step == '/') { /* RFC 6901 section 3. */
            path[at->n++] = '~';
            path[at->n++] = *step == '~' ? '0' : '1';
        } else {
            path[at->n++] = *step;
        }
    }
    path[at->n] = '\0';
}

static void leave(struct place *at, size_t n)
{
    at->n = n;
    at->err->path[n] = '\0';
}

static struct c2c_val *refuse(struct place *at, const char *reason)
{
    at->err->line = 0;
    at->err->column = 0;
    (void)snprintf(at->err->reason, sizeof at->err->reason, "%s", reason);
    return NULL;
}

static struct c2c_val *convert(struct place *at, json_t *in);

static struct c2c_val *convert_array(struct place *at, json_t *in)
{
    struct c2c_val *array = c2c_doc_array(at->doc);
    size_t n = at->n;
    size_t i;
    json_t *item;

    json_array_foreach(in, i, item)
    {
        struct c2c_val *val;
        char step[24];

        (void)snprintf(step, sizeof step, "%zu", i);
        enter(at, step);
        val = convert(at, item);
        if (val == NULL) {
            return NULL;
        }
        c2c_doc_push(at->doc, array, val);
        leave(at, n);
    }
    return array;
}

static struct c2c_val *convert_object(struct place *at, json_t *in)
{
    struct c2c_val *map = c2c_doc_map(at->doc);
    size_t n = at->n;
    const char *key;
    json_t *item;

    json_object_foreach(in, key, item)
    {
        struct c2c_val *val;

        enter(at, key);
        val = convert(at, item);
        if (val == NULL) {
            return NULL;
        }
        /* jansson has refused a key that comes twice. */
        c2c_doc_add(at->doc, map, c2c_view_str(key), val);
        leave(at, n);
    }
    return map;
}

static struct c2c_val *convert_container(struct place *at, json_t *in)
{
    struct c2c_val *val;

    if (at->depth == C2C_JSON_DEPTH) {
        return refuse(at, "is nested too deeply");
    }
    at->depth++;
    val = json_is_array(in) ? convert_array(at, in) : convert_object(at, in);
    at->depth--;
    return val;
}

/* NULL with at->err filled, or after out of memory (doc's error). */
static struct c2c_val *convert(struct place *at, json_t *in)
{
    switch (json_typeof(in)) {
    case JSON_NULL:
        return c2c_doc_nil(at->doc);
    case JSON_TRUE:
    case JSON_FALSE:
        return c2c_doc_bool(at->doc, json_is_true(in));
    case JSON_INTEGER:
        return c2c_doc_int(at->doc, json_integer_value(in));
    case JSON_STRING:
        return c2c_doc_str(at->doc, c2c_view_of(json_string_value(in),
                                                json_string_length(in)));
    case JSON_REAL:
        return refuse(at, "is a number but no integer: write it as text, "
                          "such as \"1.5\"");
    case JSON_ARRAY:
    case JSON_OBJECT:
        return convert_container(at, in);
    }
    return refuse(at, "is no JSON value");
}

/* jansson's texts in plainer words; the others are plain enough. */
static const struct {
    enum json_error_code code;
    const char *reason;
} reasons[] = {
    {json_error_duplicate_key, "the same key stands twice (duplicate key)"},
    {json_error_invalid_utf8, "is not valid UTF-8 text"},
    {json_error_numeric_overflow,
     "the number is too large: integers have at most 64 bits"},
    {json_error_null_character, "text must not contain the character U+0000"},
    {json_error_null_byte_in_key, "text must not contain the character U+0000"},
    {json_error_stack_overflow, "is nested too deeply"},
    {json_error_premature_end_of_input, "the text ends too early"},
};

static void explain(const json_error_t *from, struct c2c_json_error *err)
{
    const char *reason = from->text;

    err->line = from->line > 0 ? (unsigned)from->line : 1;
    err->column = from->column > 0 ? (unsigned)from->column : 1;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].code == json_error_code(from)) {
            reason = reasons[i].reason;
        }
    }
    (void)snprintf(err->reason, sizeof err->reason, "%s", reason);
    c2c_text_repair(err->reason); /* It may quote what was read. */
}

static void locate(struct c2c_view before, struct c2c_json_error *err)
{
    err->line = 1;
    err->column = 1;
    for (size_t i = 0; i < before.n; i++) {
        bool starts = (before.p[i] & 0xc0) != 0x80;

        err->line += before.p[i] == '\n' ? 1 : 0;
        err->column = before.p[i] == '\n' ? 1 : err->column + (starts ? 1 : 0);
    }
}

/* jansson passes over zero bytes in some places: it never sees them. */
static struct c2c_view until_zero(struct c2c_view text)
{
    const uint8_t *zero = text.n == 0 ? NULL : memchr(text.p, 0, text.n);

    return zero == NULL ? text : c2c_view_of(text.p, (size_t)(zero - text.p));
}

static enum c2c_err refuse_zero(struct c2c_view before,
                                struct c2c_json_error *err)
{
    memset(err, 0, sizeof *err);
    locate(before, err);
    (void)snprintf(err->reason, sizeof err->reason,
                   "text must not contain the character U+0000");
    return C2C_E_BAD_JSON;
}

/* jansson refuses NULL, even when no byte of it counts. */
static const char *text_of(struct c2c_view s)
{
    return s.n == 0 ? "" : (const char *)s.p;
}

/* Where a value is read from. */
struct source {
    struct c2c_view text;
    bool zero;    /* A zero byte follows: what is wrong if it ends too early. */
    size_t flags; /* Jansson's. */
};

/* Read the value with which @source begins. */
static enum c2c_err load(struct c2c_doc *doc, const struct source *source,
                         struct c2c_json_error *err, size_t *ret_used,
                         const struct c2c_val **ret_val)
{
    struct place at = {.doc = doc, .err = err};
    json_error_t why;
    json_t *root =
        json_loadb(text_of(source->text), source->text.n,
                   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | source->flags,
                   &why);
    const struct c2c_val *val;

    memset(err, 0, sizeof *err);
    if (root == NULL) {
        enum json_error_code code = json_error_code(&why);

        if (source->zero && code == json_error_premature_end_of_input) {
            return refuse_zero(source->text, err);
        }
        explain(&why, err);
        return code == json_error_out_of_memory ? C2C_E_NOMEM : C2C_E_BAD_JSON;
    }
    val = convert(&at, root);
    c2c_text_repair(err->path); /* It may have been cut. */
    json_decref(root);
    if (val == NULL || c2c_doc_err(doc) != C2C_E_OK) {
        return c2c_doc_err(doc) != C2C_E_OK ? c2c_doc_err(doc) : C2C_E_BAD_JSON;
    }
    *ret_used = (size_t)why.position;
    *ret_val = val;
    return C2C_E_OK;
}

enum c2c_err c2c_json_parse(struct c2c_doc *doc, struct c2c_view text,
                            struct c2c_json_error *err,
                            const struct c2c_val **ret_val)
{
    struct c2c_view whole = c2c_text_unmarked(text);
    struct c2c_view clean = until_zero(whole);
    const struct source source = {clean, clean.n < whole.n, 0};
    const struct c2c_val *val;
    size_t used;
    enum c2c_err result = load(doc, &source, err, &used, &val);

    if (result == C2C_E_OK && source.zero) {
        return refuse_zero(clean, err);
    }
    if (result == C2C_E_OK) {
        *ret_val = val;
    }
    return result;
}

struct c2c_json_stream c2c_json_stream_over(struct c2c_view text)
{
    struct c2c_view whole = c2c_text_unmarked(text);
    struct c2c_view clean = until_zero(whole);

    return (struct c2c_json_stream){.rest = clean,
                                    .zero = clean.n < whole.n,
                                    .line = 1};
}

/* Go forward @n bytes, counting lines and the characters of the last one. */
static void advance(struct c2c_json_stream *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s->rest.p[i] == '\n') {
            s->line++;
            s->column = 0;
        } else {
            s->column += (s->rest.p[i] & 0xc0) != 0x80 ? 1 : 0;
        }
    }
    s->rest.p += n;
    s->rest.n -= n;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

enum c2c_err c2c_json_stream_next(struct c2c_json_stream *s,
                                  struct c2c_doc *doc,
                                  struct c2c_json_error *err,
                                  unsigned *ret_line,
                                  const struct c2c_val **ret_val)
{
    enum c2c_err result;
    size_t used = 0;
    unsigned line;

    while (s->rest.n > 0 && is_blank(s->rest.p[0])) {
        advance(s, 1);
    }
    if (s->rest.n == 0 && !s->zero) {
        return C2C_E_NOT_FOUND;
    }
    line = s->line;
    result =
        load(doc, &(struct source){s->rest, s->zero, JSON_DISABLE_EOF_CHECK},
             err, &used, ret_val);
    if (result != C2C_E_OK) {
        err->column += err->line == 1 ? s->column : 0;
        err->line += err->line > 0 ? line - 1 : 0;
        return result;
    }
    advance(s, used < s->rest.n ? used : s->rest.n);
    *ret_line = line;
    return C2C_E_OK;
}

static json_t *to_json(const struct c2c_val *val);

static json_t *array_to_json(const struct c2c_val *val)
{
    json_t *array = json_array();

    for (size_t i = 0; i < c2c_val_count(val); i++) {
        if (json_array_append_new(array, to_json(c2c_val_at(val, i))) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *map_to_json(const struct c2c_val *val)
{
    json_t *object = json_object();

    for (size_t i = 0; i < c2c_val_count(val); i++) {
        struct c2c_pair pair = c2c_val_pair(val, i);

        if (json_object_setn_new(object, text_of(pair.key), pair.key.n,
                                 to_json(pair.val)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *bin_to_json(struct c2c_view bytes)
{
    char *hex = c2c_calloc(1, 2 * bytes.n + 1);
    json_t *text;

    if (hex == NULL) {
        return NULL;
    }
    c2c_hex_encode(bytes, hex);
    text = json_string(hex);
    c2c_free(hex);
    return text;
}

static json_t *to_json(const struct c2c_val *val)
{
    struct c2c_view s = c2c_val_str(val);

    switch (c2c_val_kind(val)) {
    case C2C_KIND_BOOL:
        return json_boolean(c2c_val_bool(val));
    case C2C_KIND_INT:
        return json_integer(c2c_val_int(val));
    case C2C_KIND_STR:
        return json_stringn(text_of(s), s.n);
    case C2C_KIND_BIN:
        return bin_to_json(c2c_val_bin(val));
    case C2C_KIND_ARRAY:
        return array_to_json(val);
    case C2C_KIND_MAP:
        return map_to_json(val);
    case C2C_KIND_NONE:
    case C2C_KIND_NIL:
        break;
    }
    return json_null();
}

struct sink {
    struct c2c_buf *out;
    enum c2c_err err;
};

/* What steers a terminal is written as \uXXXX too, which means the same.
 * Jansson does it for the ASCII controls; it cuts no character in two. */
static int write_text(const char *bytes, size_t n, void *data)
{
    struct sink *sink = data;
    struct c2c_view text = c2c_view_of(bytes, n);
    size_t from = 0;
    size_t i = 0;

    while (i < n && sink->err == C2C_E_OK) {
        uint32_t point = 0;
        size_t len = c2c_text_steers(text, i, &point);

        if (len == 0 || point < 0x20) { /* Newlines between members. */
            i++;
            continue;
        }
        sink->err = c2c_buf_put(sink->out, bytes + from, i - from);
        if (sink->err == C2C_E_OK) {
            sink->err = c2c_buf_fmt(sink->out, "\\u%04x", (unsigned)point);
        }
        i += len;
        from = i;
    }
    if (sink->err == C2C_E_OK) {
        sink->err = c2c_buf_put(sink->out, bytes + from, n - from);
    }
    return sink->err == C2C_E_OK ? 0 : -1;
}

enum c2c_err c2c_json_print(const struct c2c_val *val,
                            enum c2c_json_style style, struct c2c_buf *out)
{
    size_t flags = JSON_ENCODE_ANY | JSON_SORT_KEYS |
                   (style == C2C_JSON_PRETTY ? JSON_INDENT(2) : JSON_COMPACT);
    struct sink sink = {.out = out, .err = C2C_E_OK};
    json_t *root = to_json(val);
    int failed;

    if (root == NULL) {
        return C2C_E_NOMEM;
    }
    failed = json_dump_callback(root, write_text, &sink, flags);
    json_decref(root);
    if (sink.err != C2C_E_OK) {
        return sink.err;
    }
    return failed == 0 ? C2C_E_OK : C2C_E_NOMEM;
}
