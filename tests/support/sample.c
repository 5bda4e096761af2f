#include "sample.h"

#include "base/timefmt.h"
#include "codec/doc.h"
#include "codec/limits.h"
#include "test.h"

static struct c2c_val *value(struct prop *p, struct c2c_doc *doc,
                             unsigned depth);

static struct c2c_val *text(struct prop *p, struct c2c_doc *doc)
{
    static const char *const words[] = {
        "",      "a",      "杭州",
        "Xi’an", "\n\"\\", "a text that needs more than 31 bytes"};

    return c2c_doc_cstr(doc,
                        words[prop_below(p, sizeof words / sizeof words[0])]);
}

static struct c2c_val *container(struct prop *p, struct c2c_doc *doc,
                                 unsigned depth, bool is_map)
{
    struct c2c_val *v = is_map ? c2c_doc_map(doc) : c2c_doc_array(doc);
    uint64_t n = prop_below(p, 16) == 0 ? prop_below(p, 40) : prop_below(p, 4);

    for (uint64_t i = 0; i < n; i++) {
        if (is_map) {
            const struct c2c_val *key =
                c2c_doc_fmt(doc, "%llx",
                            (unsigned long long)(prop_u64(p) >> 40));

            c2c_doc_set_view(doc, v, c2c_val_str(key), value(p, doc, depth));
        } else {
            c2c_doc_push(doc, v, value(p, doc, depth));
        }
    }
    return v;
}

static struct c2c_val *value(struct prop *p, struct c2c_doc *doc,
                             unsigned depth)
{
    switch (prop_below(p, depth > 0 ? 6 : 4)) {
    case 0:
        return c2c_doc_nil(doc);
    case 1:
        return c2c_doc_bool(doc, prop_below(p, 2) == 0);
    case 2:
        return c2c_doc_int(doc, (int64_t)(prop_u64(p) >> prop_below(p, 64)));
    case 3:
        return text(p, doc);
    case 4:
        return container(p, doc, depth - 1, false);
    default:
        return container(p, doc, depth - 1, true);
    }
}

void sample_record(struct prop *p, struct c2c_view type,
                   const struct c2c_uuid *key, struct c2c_buf *out)
{
    struct c2c_record r = {.type = type,
                           .key = *key,
                           .created_s = prop_below(p, C2C_TIME_MAX_S + 1),
                           .updated_s = prop_below(p, C2C_TIME_MAX_S + 1)};
    struct c2c_doc *doc;
    struct c2c_buf body;

    prop_fill(p, r.nonce.b, sizeof r.nonce.b);
    if (prop_below(p, 2) == 0) {
        r.slug = c2c_view_str("a-slug");
    }
    c2c_buf_init(&body, C2C_MAX_RECORD_BYTES);
    assert_ok(c2c_doc_new(&doc));
    assert_ok(c2c_doc_encode(
        doc,
        container(p, doc, (unsigned)prop_below(p, C2C_MAX_DEPTH - 1), true),
        &body));
    r.body = c2c_buf_view(&body);
    assert_ok(c2c_record_encode(&r, out));
    c2c_doc_free(doc);
    c2c_buf_fini(&body);
}

void sample_flip(struct prop *p, void *bytes, size_t n)
{
    uint8_t *b = bytes;

    b[prop_below(p, n)] ^= (uint8_t)(1u << prop_below(p, 8));
}
