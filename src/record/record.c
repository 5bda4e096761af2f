#include "record/record.h"

#include <string.h>

#include "base/timefmt.h"
#include "codec/limits.h"
#include "codec/pack.h"
#include "codec/reader.h"
#include "crypto/digest.h"

enum {
    ELEMENTS = 8
};

static bool is_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Lower-case letters, digits and hyphens. */
static bool is_name(struct c2c_view name, size_t max)
{
    if (name.n == 0 || name.n > max) {
        return false;
    }
    for (size_t i = 0; i < name.n; i++) {
        if (!is_lower(name.p[i]) && !is_digit(name.p[i]) && name.p[i] != '-') {
            return false;
        }
    }
    return true;
}

bool c2c_record_type_valid(struct c2c_view type)
{
    return is_name(type, C2C_MAX_TYPE_BYTES) && is_lower(type.p[0]);
}

bool c2c_record_slug_valid(struct c2c_view slug)
{
    struct c2c_uuid key;

    return is_name(slug, C2C_MAX_SLUG_BYTES) && slug.p[0] != '-' &&
           c2c_uuid_parse(slug, &key) != C2C_E_OK; /* Never taken for a key. */
}

static const char *const audience_names[] = {
    [C2C_AUDIENCE_PUBLIC] = "public",
    [C2C_AUDIENCE_NETWORK] = "network",
    [C2C_AUDIENCE_LOCAL] = "local",
};

const char *c2c_audience_name(enum c2c_audience audience)
{
    return audience_names[audience];
}

enum c2c_err c2c_audience_parse(struct c2c_view name,
                                enum c2c_audience *ret_audience)
{
    for (unsigned i = 0; i <= C2C_AUDIENCE_LOCAL; i++) {
        if (c2c_view_eq_str(name, audience_names[i])) {
            *ret_audience = (enum c2c_audience)i;
            return C2C_E_OK;
        }
    }
    return C2C_E_INVAL;
}

/* A body is a map without bin: everything in it has a JSON form. */
static enum c2c_err check_body(struct c2c_view body)
{
    struct c2c_reader r = c2c_reader_over(body);

    if (c2c_reader_peek(&r) != C2C_KIND_MAP) {
        return C2C_E_MALFORMED;
    }
    /* Canonical already: walk the values flatly. */
    while (r.rest.n > 0 && r.err == C2C_E_OK) {
        switch (c2c_reader_peek(&r)) {
        case C2C_KIND_MAP:
            (void)c2c_reader_map(&r, SIZE_MAX);
            break;
        case C2C_KIND_ARRAY:
            (void)c2c_reader_array(&r, SIZE_MAX);
            break;
        case C2C_KIND_BIN:
        case C2C_KIND_NONE:
            return C2C_E_MALFORMED;
        case C2C_KIND_NIL:
        case C2C_KIND_BOOL:
        case C2C_KIND_INT:
        case C2C_KIND_STR:
            (void)c2c_reader_any(&r, 0);
            break;
        }
    }
    return r.err;
}

enum c2c_err c2c_record_decode(struct c2c_view bytes,
                               struct c2c_record *ret_record)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_record record = {0};
    enum c2c_err err;

    if (bytes.n > C2C_MAX_RECORD_BYTES) {
        return C2C_E_TOO_BIG;
    }
    c2c_reader_object(&r, C2C_RECORD_VERSION, ELEMENTS);
    record.type = c2c_reader_str(&r, C2C_MAX_TYPE_BYTES);
    c2c_reader_bin_of(&r, record.key.b, sizeof record.key.b);
    c2c_reader_bin_of(&r, record.nonce.b, sizeof record.nonce.b);
    if (!c2c_reader_nil(&r)) {
        record.slug = c2c_reader_str(&r, C2C_MAX_SLUG_BYTES);
        if (!c2c_record_slug_valid(record.slug)) {
            c2c_reader_fail(&r, C2C_E_MALFORMED);
        }
    }
    record.created_s = c2c_reader_uint(&r, C2C_TIME_MAX_S);
    record.updated_s = c2c_reader_uint(&r, C2C_TIME_MAX_S);
    record.body = c2c_reader_any(&r, C2C_MAX_DEPTH - 1);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK && !c2c_record_type_valid(record.type)) {
        err = C2C_E_MALFORMED;
    }
    if (err == C2C_E_OK) {
        err = check_body(record.body);
    }
    if (err == C2C_E_OK) {
        *ret_record = record;
    }
    return err;
}

enum c2c_err c2c_record_encode(const struct c2c_record *record,
                               struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);
    size_t before = out->n;
    struct c2c_record again;

    c2c_pack_array(&p, ELEMENTS);
    c2c_pack_uint(&p, C2C_RECORD_VERSION);
    c2c_pack_str(&p, record->type);
    c2c_pack_bin(&p, record->key.b, sizeof record->key.b);
    c2c_pack_bin(&p, record->nonce.b, sizeof record->nonce.b);
    if (record->slug.n == 0) {
        c2c_pack_nil(&p);
    } else {
        c2c_pack_str(&p, record->slug);
    }
    c2c_pack_uint(&p, record->created_s);
    c2c_pack_uint(&p, record->updated_s);
    c2c_pack_raw(&p, record->body);
    if (p.err == C2C_E_OK) {
        /* What we make must be what everybody accepts. */
        p.err = c2c_record_decode(c2c_view_of(out->p + before, out->n - before),
                                  &again);
        if (p.err != C2C_E_OK && p.err != C2C_E_TOO_BIG) {
            p.err = C2C_E_INVAL;
        }
    }
    if (p.err != C2C_E_OK) {
        out->n = before;
    }
    return p.err;
}

struct c2c_hash c2c_record_hash(struct c2c_view bytes)
{
    static const uint8_t leaf = 0x00; /* RFC 6962 section 2.1. */
    const struct c2c_view parts[] = {{&leaf, 1}, bytes};

    return c2c_digest_parts(C2C_DIGEST_TREE, parts, 2);
}
