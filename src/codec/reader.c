#include "codec/reader.h"

#include <string.h>

#include "base/text.h"

enum {
    MAX_LEVELS = 64 /* No caller allows more depth than this. */
};

struct c2c_reader c2c_reader_over(struct c2c_view in)
{
    return (struct c2c_reader){.rest = in, .err = C2C_E_OK};
}

void c2c_reader_fail(struct c2c_reader *r, enum c2c_err err)
{
    if (r->err == C2C_E_OK) {
        r->err = err;
    }
}

enum c2c_kind c2c_reader_peek(const struct c2c_reader *r)
{
    uint8_t b;

    if (r->err != C2C_E_OK || r->rest.n == 0) {
        return C2C_KIND_NONE;
    }
    b = r->rest.p[0];
    if (b < 0x80 || b >= 0xe0 || (b >= 0xcc && b <= 0xd3)) {
        return C2C_KIND_INT;
    }
    if (b < 0x90 || b == 0xde || b == 0xdf) {
        return C2C_KIND_MAP;
    }
    if (b < 0xa0 || b == 0xdc || b == 0xdd) {
        return C2C_KIND_ARRAY;
    }
    if (b < 0xc0 || (b >= 0xd9 && b <= 0xdb)) {
        return C2C_KIND_STR;
    }
    if (b >= 0xc4 && b <= 0xc6) {
        return C2C_KIND_BIN;
    }
    if (b == 0xc2 || b == 0xc3) {
        return C2C_KIND_BOOL;
    }
    return b == 0xc0 ? C2C_KIND_NIL : C2C_KIND_NONE;
}

/* Take @n bytes; NULL if there are not so many left. */
static const uint8_t *take(struct c2c_reader *r, size_t n)
{
    const uint8_t *p = r->rest.p;

    if (r->err != C2C_E_OK || n > r->rest.n) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
        return NULL;
    }
    r->rest.p += n;
    r->rest.n -= n;
    return p;
}

/* A big-endian number of @width bytes. */
static uint64_t take_be(struct c2c_reader *r, size_t width)
{
    const uint8_t *p = take(r, width);
    uint64_t value = 0;

    for (size_t i = 0; p != NULL && i < width; i++) {
        value = value << 8 | p[i];
    }
    return value;
}

/* A number that is only canonical at @least and above. */
static uint64_t take_long(struct c2c_reader *r, size_t width, uint64_t least)
{
    uint64_t value = take_be(r, width);

    if (r->err == C2C_E_OK && value < least) {
        c2c_reader_fail(r, C2C_E_NONCANON);
        return 0;
    }
    return value;
}

/* The first byte, if a value of @kind comes next. */
static uint8_t take_tag(struct c2c_reader *r, enum c2c_kind kind)
{
    const uint8_t *p;

    if (r->err == C2C_E_OK && c2c_reader_peek(r) != kind) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
    p = take(r, 1);
    return p == NULL ? 0 : *p;
}

static uint64_t positive(struct c2c_reader *r, uint8_t tag)
{
    uint64_t value;

    switch (tag) {
    case 0xcc:
        return take_long(r, 1, 0x80);
    case 0xcd:
        return take_long(r, 2, 0x100);
    case 0xce:
        return take_long(r, 4, UINT64_C(0x10000));
    case 0xcf:
        value = take_long(r, 8, UINT64_C(0x100000000));
        if (value > INT64_MAX) {
            c2c_reader_fail(r, C2C_E_TOO_BIG);
            return 0;
        }
        return value;
    default:
        return tag;
    }
}

/* Two's complement of @width bytes, canonical only at @most and below. */
static int64_t take_negative(struct c2c_reader *r, size_t width, int64_t most)
{
    uint64_t raw = take_be(r, width);
    unsigned shift = (unsigned)(64 - 8 * width);
    int64_t value;

    if (r->err != C2C_E_OK) {
        return 0;
    }
    raw <<= shift;
    memcpy(&value, &raw, sizeof value);
    value /= (int64_t)1 << shift; /* Exact: the low bits are zero. */
    if (value > most) {
        c2c_reader_fail(r, C2C_E_NONCANON);
        return 0;
    }
    return value;
}

static int64_t negative(struct c2c_reader *r, uint8_t tag)
{
    switch (tag) {
    case 0xd0:
        return take_negative(r, 1, -33);
    case 0xd1:
        return take_negative(r, 2, -129);
    case 0xd2:
        return take_negative(r, 4, -32769);
    case 0xd3:
        return take_negative(r, 8, INT64_C(-2147483649));
    default:
        return (int64_t)tag - 0x100;
    }
}

int64_t c2c_reader_int(struct c2c_reader *r)
{
    uint8_t tag = take_tag(r, C2C_KIND_INT);

    if (r->err != C2C_E_OK) {
        return 0;
    }
    return tag >= 0xd0 ? negative(r, tag) : (int64_t)positive(r, tag);
}

uint64_t c2c_reader_uint(struct c2c_reader *r, uint64_t max)
{
    int64_t value = c2c_reader_int(r);

    if (r->err != C2C_E_OK) {
        return 0;
    }
    if (value < 0) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
        return 0;
    }
    if ((uint64_t)value > max) {
        c2c_reader_fail(r, C2C_E_TOO_BIG);
        return 0;
    }
    return (uint64_t)value;
}

bool c2c_reader_bool(struct c2c_reader *r)
{
    return take_tag(r, C2C_KIND_BOOL) == 0xc3;
}

bool c2c_reader_nil(struct c2c_reader *r)
{
    return c2c_reader_peek(r) == C2C_KIND_NIL && take(r, 1) != NULL;
}

/* A count or length: @fix in the tag itself, or 1, 2 or 4 bytes after it. */
static size_t length(struct c2c_reader *r, uint8_t tag, uint8_t tag8,
                     uint8_t tag16, uint64_t fix_limit)
{
    if (r->err != C2C_E_OK) {
        return 0;
    }
    if (tag8 != 0 && tag == tag8) {
        return (size_t)take_long(r, 1, fix_limit);
    }
    if (tag == tag16) {
        return (size_t)take_long(r, 2, tag8 != 0 ? 0x100 : fix_limit);
    }
    if (tag == tag16 + 1) {
        return (size_t)take_long(r, 4, UINT64_C(0x10000));
    }
    return tag & (fix_limit - 1);
}

/* A count of things that need at least @each bytes. */
static size_t bounded(struct c2c_reader *r, size_t n, size_t max, size_t each)
{
    if (r->err == C2C_E_OK && n > r->rest.n / each) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
    if (r->err == C2C_E_OK && n > max) {
        c2c_reader_fail(r, C2C_E_TOO_BIG);
    }
    return r->err == C2C_E_OK ? n : 0;
}

size_t c2c_reader_array(struct c2c_reader *r, size_t max)
{
    uint8_t tag = take_tag(r, C2C_KIND_ARRAY);

    return bounded(r, length(r, tag, 0, 0xdc, 16), max, 1);
}

size_t c2c_reader_map(struct c2c_reader *r, size_t max)
{
    uint8_t tag = take_tag(r, C2C_KIND_MAP);

    return bounded(r, length(r, tag, 0, 0xde, 16), max, 2);
}

void c2c_reader_array_of(struct c2c_reader *r, size_t n)
{
    if (c2c_reader_array(r, SIZE_MAX) != n) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

void c2c_reader_object(struct c2c_reader *r, uint64_t version, size_t n)
{
    size_t elements = c2c_reader_array(r, SIZE_MAX);

    if (c2c_reader_uint(r, INT64_MAX) != version) {
        c2c_reader_fail(r, C2C_E_UNSUPPORTED);
    }
    if (elements != n) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

/* The content of a str or bin of at most @max bytes. */
static struct c2c_view content(struct c2c_reader *r, size_t n, size_t max)
{
    struct c2c_view v = {NULL, 0};

    n = bounded(r, n, max, 1);
    if (r->err == C2C_E_OK) {
        v.p = take(r, n);
        v.n = n;
    }
    return v;
}

struct c2c_view c2c_reader_str(struct c2c_reader *r, size_t max)
{
    uint8_t tag = take_tag(r, C2C_KIND_STR);
    struct c2c_view v = content(r, length(r, tag, 0xd9, 0xda, 32), max);

    if (r->err == C2C_E_OK && !c2c_text_valid(v)) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
        return (struct c2c_view){NULL, 0};
    }
    return v;
}

struct c2c_view c2c_reader_bin(struct c2c_reader *r, size_t max)
{
    uint8_t tag = take_tag(r, C2C_KIND_BIN);

    /* bin has no short form: its 8-bit length starts at 0. */
    return content(r, length(r, tag, 0xc4, 0xc5, 0), max);
}

void c2c_reader_bin_of(struct c2c_reader *r, void *out, size_t n)
{
    struct c2c_view v = c2c_reader_bin(r, SIZE_MAX);

    if (r->err == C2C_E_OK && v.n != n) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
    if (r->err == C2C_E_OK && n > 0) {
        memcpy(out, v.p, n);
    }
}

/* A container being walked. */
struct level {
    size_t left;         /* Values still to come. */
    bool is_map;         /* Then keys and values take turns. */
    struct c2c_view key; /* The last key. */
    bool has_key;
};

/* A map's next key: text, greater than the one before. */
static void walk_key(struct c2c_reader *r, struct level *level)
{
    struct c2c_view key = c2c_reader_str(r, SIZE_MAX);

    if (r->err != C2C_E_OK) {
        return;
    }
    if (level->has_key && c2c_view_cmp(level->key, key) >= 0) {
        c2c_reader_fail(r, C2C_E_NONCANON);
    }
    level->key = key;
    level->has_key = true;
}

/* Read a value that is no container. */
static void walk_scalar(struct c2c_reader *r)
{
    switch (c2c_reader_peek(r)) {
    case C2C_KIND_NIL:
    case C2C_KIND_BOOL:
        (void)take(r, 1);
        break;
    case C2C_KIND_INT:
        (void)c2c_reader_int(r);
        break;
    case C2C_KIND_STR:
        (void)c2c_reader_str(r, SIZE_MAX);
        break;
    case C2C_KIND_BIN:
        (void)c2c_reader_bin(r, SIZE_MAX);
        break;
    case C2C_KIND_NONE:
    case C2C_KIND_ARRAY:
    case C2C_KIND_MAP:
        c2c_reader_fail(r, C2C_E_MALFORMED); /* Floats, ext, the end. */
        break;
    }
}

/* Read a container's header if one comes next. */
static bool walk_open(struct c2c_reader *r, struct level *ret_level)
{
    enum c2c_kind kind = c2c_reader_peek(r);

    if (kind != C2C_KIND_ARRAY && kind != C2C_KIND_MAP) {
        return false;
    }
    *ret_level = (struct level){.is_map = kind == C2C_KIND_MAP};
    ret_level->left = kind == C2C_KIND_MAP ? c2c_reader_map(r, SIZE_MAX)
                                           : c2c_reader_array(r, SIZE_MAX);
    return true;
}

struct c2c_view c2c_reader_any(struct c2c_reader *r, unsigned depth)
{
    struct level stack[MAX_LEVELS];
    struct c2c_view from = r->rest;
    unsigned n = 0;

    do {
        struct level opened;

        if (n > 0 && stack[n - 1].is_map) {
            walk_key(r, &stack[n - 1]);
        }
        if (n > 0) {
            stack[n - 1].left--;
        }
        if (!walk_open(r, &opened)) {
            walk_scalar(r);
        } else if (n == depth || n == MAX_LEVELS) {
            c2c_reader_fail(r, C2C_E_TOO_BIG);
        } else {
            stack[n++] = opened;
        }
        /* cppcheck-suppress uninitvar ; levels below n are filled */
        while (n > 0 && stack[n - 1].left == 0) {
            n--;
        }
    } while (n > 0 && r->err == C2C_E_OK);
    if (r->err != C2C_E_OK) {
        return (struct c2c_view){NULL, 0};
    }
    return c2c_view_of(from.p, from.n - r->rest.n);
}

enum c2c_err c2c_reader_finish(const struct c2c_reader *r)
{
    if (r->err != C2C_E_OK) {
        return r->err;
    }
    return r->rest.n == 0 ? C2C_E_OK : C2C_E_MALFORMED;
}

enum c2c_err c2c_canon_check(struct c2c_view bytes, unsigned depth)
{
    struct c2c_reader r = c2c_reader_over(bytes);

    (void)c2c_reader_any(&r, depth);
    return c2c_reader_finish(&r);
}
