#include "codec/doc.h"

#include "base/mem.h"
#include "codec/limits.h"
#include "oom.h"
#include "test.h"

static struct c2c_doc *doc;
static struct c2c_buf out;

static int begin(void **state)
{
    (void)state;
    assert_ok(c2c_doc_new(&doc));
    c2c_buf_init(&out, 1 << 24);
    return 0;
}

static int end(void **state)
{
    (void)state;
    c2c_doc_free(doc);
    c2c_buf_fini(&out);
    return 0;
}

static void assert_encodes(const struct c2c_val *val, const char *bytes,
                           size_t n)
{
    c2c_buf_clear(&out);
    assert_ok(c2c_doc_encode(doc, val, &out));
    assert_int_equal(out.n, n);
    assert_memory_equal(out.p, bytes, n);
}
#define ENCODES(VAL, BYTES) assert_encodes((VAL), (BYTES), sizeof(BYTES) - 1)

static const struct c2c_val *decoded(const char *bytes, size_t n)
{
    const struct c2c_val *val;

    assert_ok(c2c_doc_decode(doc, c2c_view_of(bytes, n), C2C_MAX_DEPTH, &val));
    return val;
}
#define DECODED(BYTES) decoded((BYTES), sizeof(BYTES) - 1)

static void a_decoded_tree_is_read_by_kind(void **state)
{
    const struct c2c_val *v = DECODED("\x85\xa1"
                                      "a\x92\x05\xd0\x80\xa1"
                                      "b\xc3\xa1"
                                      "c\xc4\x02hi\xa1"
                                      "d\xc0\xa1"
                                      "e\xa3xyz");

    (void)state;
    assert_int_equal(c2c_val_kind(v), C2C_KIND_MAP);
    assert_int_equal(c2c_val_count(v), 5);
    assert_int_equal(c2c_val_count(c2c_val_get(v, "a")), 2);
    assert_int_equal(c2c_val_int(c2c_val_at(c2c_val_get(v, "a"), 0)), 5);
    assert_int_equal(c2c_val_int(c2c_val_at(c2c_val_get(v, "a"), 1)), -128);
    assert_true(c2c_val_bool(c2c_val_get(v, "b")));
    assert_true(c2c_view_eq_str(c2c_val_bin(c2c_val_get(v, "c")), "hi"));
    assert_int_equal(c2c_val_kind(c2c_val_get(v, "d")), C2C_KIND_NIL);
    assert_true(c2c_view_eq_str(c2c_val_text(v, "e"), "xyz"));
    assert_true(c2c_view_eq_str(c2c_val_pair(v, 1).key, "b"));
    assert_true(c2c_val_find(v, c2c_view_str("e")) == c2c_val_get(v, "e"));
}

static void int64_is_kept_to_its_ends(void **state)
{
    (void)state;
    assert_true(c2c_val_int(DECODED("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff")) ==
                INT64_MAX);
    assert_true(c2c_val_int(DECODED("\xd3\x80\0\0\0\0\0\0\0")) == INT64_MIN);
    assert_true(c2c_val_int(c2c_doc_int(doc, INT64_MIN)) == INT64_MIN);
    assert_true(c2c_val_int(c2c_doc_int(doc, INT64_MAX)) == INT64_MAX);
}

/* Every reader on every kind, and on nothing. */
static void reading_the_wrong_kind_gives_nothing(void **state)
{
    const struct c2c_val *values[] = {
        NULL,
        c2c_doc_nil(doc),
        c2c_doc_bool(doc, true),
        c2c_doc_int(doc, 7),
        c2c_doc_cstr(doc, "text"),
        c2c_doc_bin(doc, c2c_view_str("bytes")),
        DECODED("\x91\x01"),
        DECODED("\x81\xa1k\x01"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const struct c2c_val *v = values[i];
        enum c2c_kind kind = c2c_val_kind(v);

        assert_int_equal(kind, i);
        assert_int_equal(c2c_val_bool(v), kind == C2C_KIND_BOOL);
        assert_int_equal(c2c_val_int(v), kind == C2C_KIND_INT ? 7 : 0);
        assert_int_equal(c2c_val_str(v).n, kind == C2C_KIND_STR ? 4 : 0);
        assert_int_equal(c2c_val_bin(v).n, kind == C2C_KIND_BIN ? 5 : 0);
        assert_int_equal(c2c_val_count(v), kind >= C2C_KIND_ARRAY);
        assert_int_equal(c2c_val_at(v, 0) != NULL, kind == C2C_KIND_ARRAY);
        assert_null(c2c_val_at(v, 1));
        assert_int_equal(c2c_val_pair(v, 0).val != NULL, kind == C2C_KIND_MAP);
        assert_null(c2c_val_pair(v, 1).val);
        assert_int_equal(c2c_val_get(v, "k") != NULL, kind == C2C_KIND_MAP);
        assert_null(c2c_val_get(v, "other"));
        assert_int_equal(c2c_val_text(v, "k").n, 0);
    }
}

static void keys_are_sorted_when_encoding(void **state)
{
    struct c2c_val *map = c2c_doc_map(doc);

    (void)state;
    c2c_doc_set_int(doc, map, "b", 1);
    c2c_doc_set_bool(doc, map, "", false);
    c2c_doc_set_cstr(doc, map, "aa", "x");
    c2c_doc_set(doc, map, "a", c2c_doc_nil(doc));
    c2c_doc_set_str(doc, map, "\xc3\xa9", c2c_view_str("y"));
    ENCODES(map, "\x85\xa0\xc2\xa1"
                 "a\xc0\xa2"
                 "aa\xa1x\xa1"
                 "b\x01\xa2\xc3\xa9\xa1y");
}

static void a_member_set_again_is_replaced(void **state)
{
    struct c2c_val *map = c2c_doc_map(doc);

    (void)state;
    c2c_doc_set_int(doc, map, "a", 1);
    c2c_doc_set_int(doc, map, "b", 2);
    c2c_doc_set_cstr(doc, map, "a", "new");
    ENCODES(map, "\x82\xa1"
                 "a\xa3new\xa1"
                 "b\x02");
}

static void a_key_added_twice_is_refused(void **state)
{
    struct c2c_val *map = c2c_doc_map(doc);

    (void)state;
    c2c_doc_add(doc, map, c2c_view_str("a"), c2c_doc_int(doc, 1));
    c2c_doc_add(doc, map, c2c_view_str("b"), c2c_doc_int(doc, 2));
    c2c_doc_add(doc, map, c2c_view_str("a"), c2c_doc_int(doc, 3));
    assert_ok(c2c_buf_put(&out, "kept", 4));
    assert_err(c2c_doc_encode(doc, map, &out), C2C_E_MALFORMED);
    assert_int_equal(out.n, 4); /* As before. */
    assert_ok(c2c_doc_err(doc));
}

static void arrays_and_maps_grow(void **state)
{
    struct c2c_val *array = c2c_doc_array(doc);
    struct c2c_val *map = c2c_doc_map(doc);
    const struct c2c_val *v;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        c2c_doc_push(doc, array, c2c_doc_int(doc, i));
        c2c_doc_set_view(doc, map, c2c_val_str(c2c_doc_fmt(doc, "%04d", i)),
                         c2c_doc_int(doc, i));
    }
    c2c_doc_set(doc, map, "list", array);
    assert_ok(c2c_doc_encode(doc, map, &out));
    assert_ok(c2c_doc_decode(doc, c2c_buf_view(&out), 2, &v));
    assert_int_equal(c2c_val_count(v), 1001);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(c2c_val_int(c2c_val_pair(v, i).val), i);
        assert_int_equal(c2c_val_int(c2c_val_at(c2c_val_get(v, "list"), i)), i);
    }
}

static void strings_are_copied(void **state)
{
    char text[] = "before";
    struct c2c_val *array = c2c_doc_array(doc);

    (void)state;
    c2c_doc_push(doc, array, c2c_doc_cstr(doc, text));
    c2c_doc_push(doc, array, c2c_doc_bin(doc, c2c_view_of(text, 2)));
    text[0] = 'X';
    ENCODES(array, "\x92\xa6"
                   "before\xc4\x02"
                   "be");
}

static void a_copy_outlives_its_source(void **state)
{
    static const char bytes[] = "\x83\xa1"
                                "a\x93\xc0\xc3\xff\xa1"
                                "b\xc4\x01\xff\xa1"
                                "c\x81\xa0\xa1x";
    struct c2c_doc *other;
    struct c2c_val *copy;
    char *source = c2c_view_dup(c2c_view_of(bytes, sizeof bytes - 1));
    const struct c2c_val *v;

    (void)state;
    assert_ok(c2c_doc_new(&other));
    assert_ok(
        c2c_doc_decode(other, c2c_view_of(source, sizeof bytes - 1), 8, &v));
    copy = c2c_doc_copy(doc, v);
    c2c_doc_free(other);
    source[1] = '?';
    ENCODES(copy, "\x83\xa1"
                  "a\x93\xc0\xc3\xff\xa1"
                  "b\xc4\x01\xff\xa1"
                  "c\x81\xa0\xa1x");
    c2c_doc_set_int(doc, copy, "d", 1); /* Copies can be changed. */
    assert_int_equal(c2c_val_count(copy), 4);
    c2c_free(source);
}

static void the_first_error_of_building_is_told_at_the_end(void **state)
{
    struct c2c_val *map = c2c_doc_map(doc);

    (void)state;
    c2c_doc_set_cstr(doc, map, "a", "\xff");
    assert_err(c2c_doc_err(doc), C2C_E_MALFORMED);
    assert_null(c2c_doc_nil(doc));
    assert_null(c2c_doc_array(doc));
    assert_null(c2c_doc_bin(doc, c2c_view_str("x")));
    c2c_doc_set_int(doc, map, "b", 1);
    c2c_doc_push(doc, NULL, c2c_doc_int(doc, 1));
    assert_int_equal(c2c_val_count(map), 0);
    assert_err(c2c_doc_encode(doc, map, &out), C2C_E_MALFORMED);
    assert_int_equal(out.n, 0);
}

/* A copy of what somebody else sent, taken for a map or an array. */
static void what_is_no_map_takes_no_members(void **state)
{
    const char *words = "eight bytes and more";

    for (unsigned i = 0; i < 3; i++) {
        struct c2c_val *text = c2c_doc_copy(doc, c2c_doc_cstr(doc, words));

        if (i == 0) {
            c2c_doc_set_cstr(doc, text, "key", "value");
        } else if (i == 1) {
            c2c_doc_add(doc, text, c2c_view_str("key"), c2c_doc_nil(doc));
        } else {
            c2c_doc_push(doc, text, c2c_doc_nil(doc));
        }
        assert_err(c2c_doc_err(doc), C2C_E_MALFORMED);
        assert_true(c2c_view_eq_str(c2c_val_str(text), words));
        (void)end(state);
        (void)begin(state);
    }
}

static void an_ill_formed_key_is_an_error(void **state)
{
    struct c2c_val *map = c2c_doc_map(doc);

    (void)state;
    c2c_doc_set_int(doc, map, "\xc0\x80", 1);
    assert_err(c2c_doc_err(doc), C2C_E_MALFORMED);
}

static void formatted_text_is_checked_too(void **state)
{
    (void)state;
    assert_true(
        c2c_view_eq_str(c2c_val_str(c2c_doc_fmt(doc, "%s %d", "number", 7)),
                        "number 7"));
    assert_null(c2c_doc_fmt(doc, "%s", "\xff"));
    assert_err(c2c_doc_err(doc), C2C_E_MALFORMED);
}

static void a_refused_input_leaves_the_document_usable(void **state)
{
    const struct c2c_val *val = NULL;

    (void)state;
    assert_err(c2c_doc_decode(doc, c2c_view_of("\xcc\x01", 2), 8, &val),
               C2C_E_NONCANON);
    assert_null(val);
    assert_ok(c2c_doc_err(doc));
    assert_int_equal(c2c_val_int(DECODED("\x01")), 1);
}

/* PROTOCOL and msgpack-c agree up to 31 levels: its stack has 32. */
static void thirty_one_levels_decode(void **state)
{
    char nested[32];
    const struct c2c_val *v;

    (void)state;
    for (size_t i = 0; i < 30; i++) {
        nested[i] = '\x91';
    }
    nested[30] = '\x90';
    assert_ok(c2c_doc_decode(doc, c2c_view_of(nested, 31), 31, &v));
    for (unsigned level = 1; level < 31; level++) {
        assert_int_equal(c2c_val_count(v), 1);
        v = c2c_val_at(v, 0);
    }
    assert_int_equal(c2c_val_count(v), 0);
    assert_ok(c2c_doc_encode(doc, v, &out));
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    c2c_doc_free(NULL);
}

static enum c2c_err build(void *arg)
{
    struct c2c_doc *d = NULL;
    struct c2c_buf b;
    struct c2c_val *map;
    enum c2c_err err;

    (void)arg;
    c2c_buf_init(&b, 4096);
    err = c2c_doc_new(&d);
    if (err == C2C_E_OK) {
        map = c2c_doc_map(d);
        c2c_doc_set(d, map, "b", c2c_doc_fmt(d, "%d", 1));
        c2c_doc_set(d, map, "a", c2c_doc_map(d));
        c2c_doc_set(d, map, "c", c2c_doc_copy(d, map));
        err = c2c_doc_encode(d, map, &b);
    }
    c2c_doc_free(d);
    c2c_buf_fini(&b);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(build, NULL);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_decoded_tree_is_read_by_kind),
        TEST(int64_is_kept_to_its_ends),
        TEST(reading_the_wrong_kind_gives_nothing),
        TEST(keys_are_sorted_when_encoding),
        TEST(a_member_set_again_is_replaced),
        TEST(a_key_added_twice_is_refused),
        TEST(arrays_and_maps_grow),
        TEST(strings_are_copied),
        TEST(a_copy_outlives_its_source),
        TEST(the_first_error_of_building_is_told_at_the_end),
        TEST(what_is_no_map_takes_no_members),
        TEST(an_ill_formed_key_is_an_error),
        TEST(formatted_text_is_checked_too),
        TEST(a_refused_input_leaves_the_document_usable),
        TEST(thirty_one_levels_decode),
        cmocka_unit_test(freeing_nothing_is_fine),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("codec/doc", tests, NULL, NULL);
}
