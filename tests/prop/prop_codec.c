/* Laws of the codec: a value has one encoding, every accepted byte string is
 * that encoding, and JSON loses nothing. */

#include <string.h>

#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "prop.h"
#include "test.h"

enum {
    CASES = 400,
    DEPTH = 5,
    WIDTH = 20,
    BYTES_MAX = 1 << 24
};

static struct c2c_doc *doc;
static struct c2c_buf first;
static struct c2c_buf second;

static void begin_case(void)
{
    assert_ok(c2c_doc_new(&doc));
    c2c_buf_init(&first, BYTES_MAX);
    c2c_buf_init(&second, BYTES_MAX);
}

static void end_case(void)
{
    c2c_buf_fini(&first);
    c2c_buf_fini(&second);
    c2c_doc_free(doc);
}

/* Around the places where encodings change their length. */
static int64_t random_int(struct prop *p)
{
    int64_t near = (int64_t)(UINT64_C(1) << prop_below(p, 63));
    int64_t by = (int64_t)prop_below(p, 5) - 2;

    switch (prop_below(p, 4)) {
    case 0:
        return (int64_t)prop_u64(p);
    case 1:
        return near + by < 0 ? INT64_MAX : near + by;
    case 2:
        return -near + by;
    default:
        return by;
    }
}

static size_t random_length(struct prop *p)
{
    static const size_t edges[] = {15, 16, 31, 32, 255, 256, 65535, 65536};

    return prop_below(p, 40) == 0
               ? edges[prop_below(p, sizeof edges / sizeof edges[0])]
               : prop_below(p, WIDTH);
}

static size_t put_point(struct prop *p, uint8_t *out)
{
    static const char *const points[] = {"a",
                                         "Z",
                                         "\"",
                                         "\\",
                                         "/",
                                         "\t",
                                         "\n",
                                         "\x01",
                                         "\x7f",
                                         "~",
                                         "\xc2\x80",
                                         "\u07ff",
                                         "\u0800",
                                         "\u2028",
                                         "\u676d",
                                         "\uffff",
                                         "\ufeff",
                                         "\ud7ff",
                                         "\ue000",
                                         "\u00e9",
                                         "\xf0\x90\x80\x80",
                                         "\xf4\x8f\xbf\xbf"};
    const char *point = points[prop_below(p, sizeof points / sizeof *points)];
    size_t n = strlen(point);

    memcpy(out, point, n);
    return n;
}

static struct c2c_val *random_text(struct prop *p)
{
    size_t points = random_length(p);
    uint8_t *text = c2c_calloc(1, 4 * points + 1);
    struct c2c_val *val;
    size_t n = 0;

    for (size_t i = 0; i < points; i++) {
        n += put_point(p, text + n);
    }
    val = c2c_doc_str(doc, c2c_view_of(text, n));
    c2c_free(text);
    return val;
}

static struct c2c_val *random_bytes(struct prop *p)
{
    size_t n = random_length(p);
    uint8_t *bytes = c2c_calloc(1, n + 1);
    struct c2c_val *val;

    prop_fill(p, bytes, n);
    val = c2c_doc_bin(doc, c2c_view_of(bytes, n));
    c2c_free(bytes);
    return val;
}

static struct c2c_val *random_scalar(struct prop *p, bool bin)
{
    switch (prop_below(p, bin ? 5 : 4)) {
    case 0:
        return c2c_doc_nil(doc);
    case 1:
        return c2c_doc_bool(doc, prop_below(p, 2) == 1);
    case 2:
        return c2c_doc_int(doc, random_int(p));
    case 3:
        return random_text(p);
    default:
        return random_bytes(p);
    }
}

static struct c2c_val *random_val(struct prop *p, unsigned depth, bool bin)
{
    struct c2c_val *val;
    size_t n;

    if (depth == 0 || prop_below(p, 3) == 0) {
        return random_scalar(p, bin);
    }
    n = prop_below(p, 50) == 0 ? 17 : prop_below(p, 5);
    if (prop_below(p, 2) == 0) {
        val = c2c_doc_array(doc);
        for (size_t i = 0; i < n; i++) {
            c2c_doc_push(doc, val, random_val(p, depth - 1, bin));
        }
        return val;
    }
    val = c2c_doc_map(doc);
    for (size_t i = 0; i < n; i++) {
        c2c_doc_set_view(doc, val, c2c_val_str(random_text(p)),
                         random_val(p, depth - 1, bin));
    }
    return val;
}

static void encode(const struct c2c_val *val, struct c2c_buf *out)
{
    c2c_buf_clear(out);
    assert_ok(c2c_doc_encode(doc, val, out));
}

static void assert_same(void)
{
    assert_true(c2c_view_eq(c2c_buf_view(&first), c2c_buf_view(&second)));
}

static void decoding_undoes_encoding(struct prop *p)
{
    const struct c2c_val *back;

    begin_case();
    encode(random_val(p, DEPTH, true), &first);
    assert_ok(c2c_canon_check(c2c_buf_view(&first), DEPTH));
    assert_ok(c2c_doc_decode(doc, c2c_buf_view(&first), DEPTH, &back));
    encode(back, &second);
    assert_same();
    encode(c2c_doc_copy(doc, back), &second);
    assert_same();
    end_case();
}

/* The same value with the members of its maps in another order. */
static struct c2c_val *shuffled(struct prop *p, const struct c2c_val *v)
{
    size_t n = c2c_val_count(v);
    size_t from = n == 0 ? 0 : prop_below(p, n);
    struct c2c_val *copy;

    switch ((int)c2c_val_kind(v)) {
    case C2C_KIND_ARRAY:
        copy = c2c_doc_array(doc);
        for (size_t i = 0; i < n; i++) {
            c2c_doc_push(doc, copy, shuffled(p, c2c_val_at(v, i)));
        }
        return copy;
    case C2C_KIND_MAP:
        copy = c2c_doc_map(doc);
        for (size_t i = 0; i < n; i++) {
            struct c2c_pair pair = c2c_val_pair(v, n - 1 - (from + i) % n);

            c2c_doc_add(doc, copy, pair.key, shuffled(p, pair.val));
        }
        return copy;
    default:
        return c2c_doc_copy(doc, v);
    }
}

static void a_value_has_one_encoding(struct prop *p)
{
    const struct c2c_val *val;

    begin_case();
    val = random_val(p, DEPTH, true);
    encode(val, &first);
    encode(shuffled(p, val), &second);
    assert_same();
    end_case();
}

static void put_be(struct c2c_buf *out, uint8_t tag, uint64_t n, unsigned width)
{
    uint8_t bytes[9] = {tag};

    for (unsigned i = 0; i < width; i++) {
        bytes[1 + i] = (uint8_t)(n >> 8 * (width - 1 - i));
    }
    assert_ok(c2c_buf_put(out, bytes, 1 + width));
}

/* The forms of one header: a tag that holds numbers below @fix_end itself, and
 * tags before 1, 2, 4 and 8 bytes; 0: no such form. */
struct forms {
    uint8_t fix;
    uint64_t fix_end;
    uint8_t tag[4];
};

/* @n in a form that can hold it, now and then not the shortest. */
static void put_head(struct prop *p, const struct forms *f, uint64_t n,
                     struct c2c_buf *out)
{
    bool lavish = prop_below(p, 32) == 0;

    if (n < f->fix_end && !lavish) {
        put_be(out, (uint8_t)(f->fix | n), 0, 0);
        return;
    }
    for (unsigned i = 0; i < 4; i++) {
        unsigned width = 1U << i;
        bool fits = width == 8 || n >> 8 * width == 0;
        bool last = i == 3 || f->tag[i + 1] == 0;

        if (f->tag[i] != 0 && fits && (!lavish || last || prop_below(p, 2))) {
            put_be(out, f->tag[i], n, width);
            return;
        }
    }
}

static void put_int(struct prop *p, int64_t i, struct c2c_buf *out)
{
    static const struct forms plus = {0, 0x80, {0xcc, 0xcd, 0xce, 0xcf}};
    bool lavish = prop_below(p, 32) == 0;

    if (i >= 0 && !lavish) {
        put_head(p, &plus, (uint64_t)i, out);
    } else if (i < 0 && i >= -32 && !lavish) {
        put_be(out, (uint8_t)i, 0, 0);
    } else if (i >= INT8_MIN && i <= INT8_MAX && prop_below(p, 8) > 0) {
        put_be(out, 0xd0, (uint64_t)i, 1);
    } else if (i >= INT16_MIN && i <= INT16_MAX && prop_below(p, 8) > 0) {
        put_be(out, 0xd1, (uint64_t)i, 2);
    } else if (i >= INT32_MIN && i <= INT32_MAX && prop_below(p, 8) > 0) {
        put_be(out, 0xd2, (uint64_t)i, 4);
    } else {
        put_be(out, 0xd3, (uint64_t)i, 8);
    }
}

static void put_loosely(struct prop *p, const struct c2c_val *v,
                        struct c2c_buf *out);

static void put_string(struct prop *p, struct c2c_view s, struct c2c_buf *out)
{
    static const struct forms str = {0xa0, 32, {0xd9, 0xda, 0xdb, 0}};

    put_head(p, &str, s.n, out);
    assert_ok(c2c_buf_put(out, s.p, s.n));
}

static void put_map(struct prop *p, const struct c2c_val *map,
                    struct c2c_buf *out)
{
    static const struct forms heads = {0x80, 16, {0, 0xde, 0xdf, 0}};
    size_t n = c2c_val_count(map);
    bool twice = n > 0 && prop_below(p, 32) == 0;
    size_t from = n > 0 && prop_below(p, 32) == 0 ? prop_below(p, n) : 0;

    put_head(p, &heads, n + (twice ? 1 : 0), out);
    for (size_t i = 0; i < n + (twice ? 1 : 0); i++) {
        struct c2c_pair pair =
            c2c_val_pair(map, i == n ? (from + n - 1) % n : (from + i) % n);

        put_string(p, pair.key, out);
        put_loosely(p, pair.val, out);
    }
}

/* A value of sorted maps in some valid MessagePack: often, but not always, in
 * the canonical one. */
static void put_loosely(struct prop *p, const struct c2c_val *v,
                        struct c2c_buf *out)
{
    static const struct forms bins = {0, 0, {0xc4, 0xc5, 0xc6, 0}};
    static const struct forms arrays = {0x90, 16, {0, 0xdc, 0xdd, 0}};

    switch ((int)c2c_val_kind(v)) {
    case C2C_KIND_BOOL:
        put_be(out, c2c_val_bool(v) ? 0xc3 : 0xc2, 0, 0);
        break;
    case C2C_KIND_INT:
        put_int(p, c2c_val_int(v), out);
        break;
    case C2C_KIND_STR:
        put_string(p, c2c_val_str(v), out);
        break;
    case C2C_KIND_BIN:
        put_head(p, &bins, c2c_val_bin(v).n, out);
        assert_ok(c2c_buf_put(out, c2c_val_bin(v).p, c2c_val_bin(v).n));
        break;
    case C2C_KIND_ARRAY:
        put_head(p, &arrays, c2c_val_count(v), out);
        for (size_t i = 0; i < c2c_val_count(v); i++) {
            put_loosely(p, c2c_val_at(v, i), out);
        }
        break;
    case C2C_KIND_MAP:
        put_map(p, v, out);
        break;
    default:
        put_be(out, 0xc0, 0, 0);
        break;
    }
}

/* Of all ways to write a value one is read, the one that we write. */
static void other_encodings_are_not_canonical(struct prop *p)
{
    const struct c2c_val *val;
    bool same;

    begin_case();
    encode(random_val(p, 2, true), &first);
    assert_ok(c2c_doc_decode(doc, c2c_buf_view(&first), 2, &val));
    put_loosely(p, val, &second);
    same = c2c_view_eq(c2c_buf_view(&first), c2c_buf_view(&second));
    assert_err(c2c_canon_check(c2c_buf_view(&second), 2),
               same ? C2C_E_OK : C2C_E_NONCANON);
    end_case();
}

static void spoil(struct prop *p, struct c2c_buf *bytes)
{
    static const uint8_t tags[] = {0xc0, 0xc1, 0xc4, 0xca, 0xcc, 0xcd, 0xcf,
                                   0xd0, 0xd1, 0xd3, 0xd9, 0xda, 0xdc, 0xde,
                                   0x80, 0x81, 0x90, 0x91, 0xa0, 0xa1};
    size_t at = prop_below(p, bytes->n);

    switch (prop_below(p, 4)) {
    case 0:
        bytes->p[at] = (uint8_t)prop_u64(p);
        break;
    case 1:
        bytes->p[at] = tags[prop_below(p, sizeof tags)];
        break;
    case 2:
        bytes->n = at;
        break;
    default:
        memmove(bytes->p + at, bytes->p + at + 1, bytes->n - at - 1);
        bytes->n--;
        break;
    }
}

/* Accepted means canonical: nothing that was spoiled comes back as another
 * value's bytes. */
static void what_is_accepted_encodes_to_itself(struct prop *p)
{
    const struct c2c_val *back;
    enum c2c_err checked;

    begin_case();
    encode(random_val(p, 3, true), &first);
    for (size_t i = prop_below(p, 3); i < 3 && first.n > 0; i++) {
        spoil(p, &first);
    }
    checked = c2c_canon_check(c2c_buf_view(&first), C2C_MAX_DEPTH);
    assert_err(c2c_doc_decode(doc, c2c_buf_view(&first), C2C_MAX_DEPTH, &back),
               checked);
    if (checked == C2C_E_OK) {
        encode(back, &second);
        assert_same();
    }
    end_case();
}

static void json_loses_nothing(struct prop *p)
{
    static const enum c2c_json_style styles[] = {C2C_JSON_COMPACT,
                                                 C2C_JSON_PRETTY};
    const struct c2c_val *val;

    begin_case();
    val = random_val(p, DEPTH, false);
    encode(val, &first);
    for (size_t i = 0; i < 2; i++) {
        const struct c2c_val *back;
        struct c2c_json_error why;
        struct c2c_buf text;

        c2c_buf_init(&text, BYTES_MAX);
        assert_ok(c2c_json_print(val, styles[i], &text));
        if (c2c_json_parse(doc, c2c_buf_view(&text), &why, &back) != C2C_E_OK) {
            fail_msg("%u:%u %s: %s", why.line, why.column, why.path,
                     why.reason);
        }
        assert_true(i == 1 || memchr(text.p, '\n', text.n) == NULL);
        encode(back, &second);
        assert_same();
        c2c_buf_clear(&second);
        assert_ok(c2c_json_print(shuffled(p, val), styles[i], &second));
        assert_true(c2c_view_eq(c2c_buf_view(&text), c2c_buf_view(&second)));
        c2c_buf_fini(&text);
    }
    end_case();
}

/* Values behind each other are read one by one, whatever stands between. */
static void a_stream_gives_its_values_in_order(struct prop *p)
{
    static const char *const between[] = {"\n", " ", "\r\n\t", "\n\n"};
    const struct c2c_val *vals[8];
    size_t n = prop_below(p, 8);
    struct c2c_json_stream s;
    struct c2c_json_error why;
    const struct c2c_val *back;
    struct c2c_buf text;
    unsigned line;

    begin_case();
    c2c_buf_init(&text, BYTES_MAX);
    for (size_t i = 0; i < n; i++) {
        vals[i] = random_val(p, 2, false);
        assert_ok(c2c_json_print(vals[i], C2C_JSON_PRETTY, &text));
        assert_ok(c2c_buf_fmt(&text, "%s", between[prop_below(p, 4)]));
    }
    s = c2c_json_stream_over(c2c_buf_view(&text));
    for (size_t i = 0; i < n; i++) {
        assert_ok(c2c_json_stream_next(&s, doc, &why, &line, &back));
        encode(vals[i], &first);
        encode(back, &second);
        assert_same();
    }
    assert_err(c2c_json_stream_next(&s, doc, &why, &line, &back),
               C2C_E_NOT_FOUND);
    c2c_buf_fini(&text);
    end_case();
}

#define LAW(NAME, CASES_OF_IT)                       \
    static void check_##NAME(void **state)           \
    {                                                \
        (void)state;                                 \
        prop_run("codec." #NAME, CASES_OF_IT, NAME); \
    }
LAW(decoding_undoes_encoding, CASES)
LAW(a_value_has_one_encoding, CASES)
LAW(other_encodings_are_not_canonical, 20 * CASES)
LAW(what_is_accepted_encodes_to_itself, 10 * CASES)
LAW(json_loses_nothing, CASES)
LAW(a_stream_gives_its_values_in_order, CASES)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_decoding_undoes_encoding),
        cmocka_unit_test(check_a_value_has_one_encoding),
        cmocka_unit_test(check_other_encodings_are_not_canonical),
        cmocka_unit_test(check_what_is_accepted_encodes_to_itself),
        cmocka_unit_test(check_json_loses_nothing),
        cmocka_unit_test(check_a_stream_gives_its_values_in_order),
    };
    return cmocka_run_group_tests_name("prop/codec", tests, NULL, NULL);
}
