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
LAW(what_is_accepted_encodes_to_itself, 10 * CASES)
LAW(json_loses_nothing, CASES)
LAW(a_stream_gives_its_values_in_order, CASES)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_decoding_undoes_encoding),
        cmocka_unit_test(check_a_value_has_one_encoding),
        cmocka_unit_test(check_what_is_accepted_encodes_to_itself),
        cmocka_unit_test(check_json_loses_nothing),
        cmocka_unit_test(check_a_stream_gives_its_values_in_order),
    };
    return cmocka_run_group_tests_name("prop/codec", tests, NULL, NULL);
}
