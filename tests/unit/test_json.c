#include "codec/json.h"

#include <string.h>

#include "oom.h"
#include "test.h"

static struct c2c_doc *doc;
static struct c2c_buf out;
static struct c2c_json_error why;

static int begin(void **state)
{
    (void)state;
    assert_ok(c2c_doc_new(&doc));
    c2c_buf_init(&out, 1 << 20);
    memset(&why, 0xff, sizeof why);
    return 0;
}

static int end(void **state)
{
    (void)state;
    c2c_doc_free(doc);
    c2c_buf_fini(&out);
    return 0;
}

static const struct c2c_val *parsed(const char *text, size_t n)
{
    const struct c2c_val *val = NULL;
    enum c2c_err err = c2c_json_parse(doc, c2c_view_of(text, n), &why, &val);

    if (err != C2C_E_OK) {
        fail_msg("%.*s: %u:%u %s %s", (int)n, text, why.line, why.column,
                 why.path, why.reason);
    }
    return val;
}

static void assert_prints(const struct c2c_val *val, enum c2c_json_style style,
                          const char *text)
{
    c2c_buf_clear(&out);
    assert_ok(c2c_json_print(val, style, &out));
    assert_ok(c2c_buf_put(&out, "", 1));
    assert_string_equal((const char *)out.p, text);
}

static void values_come_back_as_they_were(void **state)
{
    static const char *const texts[] = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "\"\"",
        "\"Xi'an\"",
        "\"杭州\"",
        "\"🏮\"",
        "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\"",
        "[]",
        "{}",
        "[[],{}]",
        "{\"\":1,\"a\":[null,true],\"b\":{\"c\":\"d\"}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_prints(parsed(texts[i], strlen(texts[i])), C2C_JSON_COMPACT,
                      texts[i]);
    }
}

static void other_spellings_become_ours(void **state)
{
    static const struct {
        const char *in;
        const char *out;
    } pairs[] = {
        {" { \"b\" : 1 ,\r\n\t\"a\" : [ ] } \n", "{\"a\":[],\"b\":1}"},
        {"\"\\u676d\\u5dde\"", "\"杭州\""},
        {"\"\\ud83c\\udfee\"", "\"🏮\""},
        {"\"\\/\"", "\"/\""},
        {"-0", "0"},
        {"\xef\xbb\xbf{}", "{}"},                 /* A byte order mark. */
        {"\"\xef\xbb\xbf\"", "\"\xef\xbb\xbf\""}, /* Not at the beginning. */
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_prints(parsed(pairs[i].in, strlen(pairs[i].in)),
                      C2C_JSON_COMPACT, pairs[i].out);
    }
}

static void members_keep_their_order_until_encoded(void **state)
{
    const struct c2c_val *v = parsed("{\"b\":1,\"a\":2}", 13);

    (void)state;
    assert_true(c2c_view_eq_str(c2c_val_pair(v, 0).key, "b"));
    assert_true(c2c_view_eq_str(c2c_val_pair(v, 1).key, "a"));
}

#define TEXT(S)                             \
    {                                       \
        (const uint8_t *)(S), sizeof(S) - 1 \
    }

/* What is wrong, where, and a part of what is said about it. */
static const struct {
    struct c2c_view text;
    unsigned line;
    unsigned column;
    const char *path;
    const char *reason;
} bad[] = {
    {TEXT(""), 1, 1, "", "ends too early"},
    {TEXT(" \n "), 2, 1, "", "ends too early"},
    {TEXT("\xef\xbb\xbf"), 1, 1, "", "ends too early"},
    {TEXT("{"), 1, 1, "", "ends too early"},
    {TEXT("\"abc"), 1, 4, "", "ends too early"},
    {TEXT("[1,]"), 1, 4, "", "unexpected token near ']'"},
    {TEXT("{\"a\":1,}"), 1, 8, "", "near '}'"},
    {TEXT("{\"a\" 1}"), 1, 6, "", "':' expected near '1'"},
    {TEXT("{a:1}"), 1, 2, "", "string or '}' expected near 'a'"},
    {TEXT("{'a':1}"), 1, 2, "", "string or '}' expected"},
    {TEXT("[1,\n2,\n  oops]"), 3, 6, "", "invalid token near 'oops'"},
    {TEXT("[\"杭州\" 1]"), 1, 7, "", "']' expected near '1'"},
    {TEXT("[1] x"), 1, 5, "", "end of file expected"},
    {TEXT("// no\n1"), 1, 1, "", "invalid token near '/'"},
    {TEXT("nul"), 1, 3, "", "invalid token near 'nul'"},
    {TEXT("NaN"), 1, 3, "", "invalid token"},
    {TEXT("01"), 1, 1, "", "invalid token"},
    {TEXT("+1"), 1, 1, "", "invalid token"},
    {TEXT("1."), 1, 2, "", "invalid token"},
    {TEXT("\"a\nb\""), 1, 2, "", "unexpected newline"},
    {TEXT("\"\t\""), 1, 1, "", "control character 0x9"},
    {TEXT("\"\\x\""), 1, 3, "", "invalid escape"},
    {TEXT("{\"a\":1,\n \"a\":2}"), 2, 4, "", "stands twice"},
    {TEXT("{\"a\":{\"b\":1,\"b\":1}}"), 1, 15, "", "stands twice"},
    {TEXT("9223372036854775808"), 1, 19, "", "too large"},
    {TEXT("[0,\n -9223372036854775809]"), 2, 21, "", "too large"},
    {TEXT("1e999"), 1, 5, "", "too large"},
    {TEXT("\"a\\u0000\""), 1, 9, "", "U+0000"},
    {TEXT("{\"a\\u0000\":1}"), 1, 10, "", "U+0000"},
    {TEXT("\"a\0b\""), 1, 3, "", "U+0000"},
    {TEXT("\"\\ud800\""), 1, 8, "", "invalid Unicode '\\uD800'"},
    {TEXT("\"\\udc00\\ud800\""), 1, 14, "", "invalid Unicode '\\uDC00'"},
    {TEXT("\"\\ud800x\""), 1, 9, "", "invalid Unicode"},
    {TEXT("[0,\n \"\xff\"]"), 2, 2, "", "not valid UTF-8"},
    {TEXT("\"\xc0\x80\""), 1, 1, "", "not valid UTF-8"},
    {TEXT("\"\xed\xa0\x80\""), 1, 1, "", "not valid UTF-8"},
    {TEXT("1.5"), 0, 0, "", "no integer"},
    {TEXT("[0, 1.0]"), 0, 0, "/1", "no integer"},
    {TEXT("1e2"), 0, 0, "", "no integer"},
    {TEXT("{\"a\":[{\"b/c\":{\"~\":0.1}}]}"), 0, 0, "/a/0/b~1c/~0",
     "no integer"},
    {TEXT("{\"a\":[{}],\"b\":[0,1.5]}"), 0, 0, "/b/1", "no integer"},
};

static void what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct c2c_val *val = NULL;
        bool as_told;

        memset(&why, 0xff, sizeof why);
        assert_err(c2c_json_parse(doc, bad[i].text, &why, &val),
                   C2C_E_BAD_JSON);
        as_told = why.line == bad[i].line && why.column == bad[i].column &&
                  strcmp(why.path, bad[i].path) == 0 &&
                  strstr(why.reason, bad[i].reason) != NULL;
        if (!as_told) {
            fail_msg("%.*s: %u:%u '%s' %s", (int)bad[i].text.n,
                     (const char *)bad[i].text.p, why.line, why.column,
                     why.path, why.reason);
        }
        assert_null(val);
        assert_ok(c2c_doc_err(doc));
    }
}

/* "[[[...]]]" of @levels. */
static enum c2c_err parse_nested(size_t levels)
{
    static char text[20000];
    const struct c2c_val *val;

    assert_true(2 * levels <= sizeof text);
    memset(text, '[', levels);
    memset(text + levels, ']', levels);
    return c2c_json_parse(doc, c2c_view_of(text, 2 * levels), &why, &val);
}

static void deep_nesting_is_refused_without_a_deep_stack(void **state)
{
    static const size_t deep[] = {C2C_JSON_DEPTH + 1, 2000, 2048, 2049, 10000};

    (void)state;
    assert_ok(parse_nested(C2C_JSON_DEPTH));
    for (size_t i = 0; i < sizeof deep / sizeof deep[0]; i++) {
        assert_err(parse_nested(deep[i]), C2C_E_BAD_JSON);
        assert_string_equal(why.reason, "is nested too deeply");
    }
}

static void a_long_path_is_cut_not_overrun(void **state)
{
    const struct c2c_val *val;

    (void)state;
    c2c_buf_clear(&out);
    for (unsigned i = 0; i < 5; i++) {
        assert_ok(c2c_buf_fmt(&out, "{\"%0*d~\":", 60 + (int)i, 0));
    }
    assert_ok(c2c_buf_fmt(&out, "1.5}}}}}"));
    assert_err(c2c_json_parse(doc, c2c_buf_view(&out), &why, &val),
               C2C_E_BAD_JSON);
    assert_in_range(strlen(why.path), 250, sizeof why.path - 1);
}

static void pretty_text_is_indented_by_two(void **state)
{
    (void)state;
    assert_prints(parsed("{\"b\":[1,{}],\"a\":[]}", 19), C2C_JSON_PRETTY,
                  "{\n  \"a\": [],\n  \"b\": [\n    1,\n    {}\n  ]\n}");
}

static void bytes_become_hexadecimal_text(void **state)
{
    struct c2c_val *array = c2c_doc_array(doc);

    (void)state;
    c2c_doc_push(doc, array, c2c_doc_bin(doc, c2c_view_of("\x00\xab", 2)));
    c2c_doc_push(doc, array, c2c_doc_bin(doc, (struct c2c_view){NULL, 0}));
    assert_prints(array, C2C_JSON_COMPACT, "[\"00ab\",\"\"]");
}

/* Peers may send it; it must not end a key early and hide the one after. */
static void u0000_from_peers_is_escaped(void **state)
{
    const struct c2c_val *v;

    (void)state;
    assert_ok(c2c_doc_decode(doc,
                             c2c_view_of("\x82\xa2k\0\x01\xa3k\0b\xa1\0", 11),
                             8, &v));
    assert_prints(v, C2C_JSON_COMPACT,
                  "{\"k\\u0000\":1,\"k\\u0000b\":\"\\u0000\"}");
}

static void nothing_prints_as_null(void **state)
{
    (void)state;
    assert_prints(NULL, C2C_JSON_COMPACT, "null");
}

static void the_limit_of_the_buffer_is_reported(void **state)
{
    struct c2c_buf small;

    (void)state;
    c2c_buf_init(&small, 6);
    assert_err(c2c_json_print(parsed("[1,2,3]", 7), C2C_JSON_COMPACT, &small),
               C2C_E_TOO_BIG);
    c2c_buf_fini(&small);
}

static void an_object_of_many_members_takes_no_square_of_time(void **state)
{
    const struct c2c_val *v;
    struct c2c_buf text;

    (void)state;
    c2c_buf_init(&text, 1 << 24);
    assert_ok(c2c_buf_fmt(&text, "{\"a\":0"));
    for (unsigned i = 0; i < 100000; i++) {
        assert_ok(c2c_buf_fmt(&text, ",\"%u\":%u", i, i));
    }
    assert_ok(c2c_buf_put(&text, "}", 1));
    assert_ok(c2c_json_parse(doc, c2c_buf_view(&text), &why, &v));
    assert_int_equal(c2c_val_count(v), 100001);
    c2c_buf_fini(&text);
}

static enum c2c_err there_and_back(void *arg)
{
    struct c2c_json_error err_at;
    const struct c2c_val *val;
    struct c2c_doc *d = NULL;
    struct c2c_buf b;
    enum c2c_err err = c2c_doc_new(&d);

    (void)arg;
    c2c_buf_init(&b, 4096);
    if (err == C2C_E_OK) {
        err = c2c_json_parse(d, c2c_view_str("{\"a\":[1,\"x\"],\"b\":{}}"),
                             &err_at, &val);
    }
    if (err == C2C_E_OK) {
        struct c2c_val *map = c2c_doc_copy(d, val);

        c2c_doc_set(d, map, "c", c2c_doc_bin(d, c2c_view_str("xyz")));
        err = c2c_json_print(map, C2C_JSON_PRETTY, &b);
    }
    c2c_doc_free(d);
    c2c_buf_fini(&b);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(there_and_back, NULL);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_come_back_as_they_were),
        TEST(other_spellings_become_ours),
        TEST(members_keep_their_order_until_encoded),
        TEST(what_is_wrong_is_told_with_its_place),
        TEST(deep_nesting_is_refused_without_a_deep_stack),
        TEST(a_long_path_is_cut_not_overrun),
        TEST(pretty_text_is_indented_by_two),
        TEST(bytes_become_hexadecimal_text),
        TEST(u0000_from_peers_is_escaped),
        TEST(nothing_prints_as_null),
        TEST(the_limit_of_the_buffer_is_reported),
        TEST(an_object_of_many_members_takes_no_square_of_time),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("codec/json", tests, NULL, NULL);
}
