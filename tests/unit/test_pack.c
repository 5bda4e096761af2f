#include "codec/pack.h"

#include <string.h>

#include "codec/reader.h"
#include "oom.h"
#include "test.h"

static struct c2c_buf out;

static int begin(void **state)
{
    (void)state;
    c2c_buf_init(&out, 1 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    c2c_buf_fini(&out);
    return 0;
}

static void assert_wrote(const char *bytes, size_t n)
{
    assert_int_equal(out.n, n);
    assert_memory_equal(out.p, bytes, n);
    c2c_buf_clear(&out);
}
#define WROTE(BYTES) assert_wrote((BYTES), sizeof(BYTES) - 1)

static void every_kind_is_written_in_its_shortest_form(void **state)
{
    struct c2c_pack p = c2c_pack_to(&out);

    (void)state;
    c2c_pack_map(&p, 3);
    c2c_pack_cstr(&p, "a");
    c2c_pack_array(&p, 3);
    c2c_pack_nil(&p);
    c2c_pack_bool(&p, true);
    c2c_pack_bool(&p, false);
    c2c_pack_cstr(&p, "b");
    c2c_pack_bin(&p, "\xff", 1);
    c2c_pack_cstr(&p, "c");
    c2c_pack_raw(&p, c2c_view_of("\x90", 1));
    assert_ok(p.err);
    WROTE("\x83\xa1"
          "a\x93\xc0\xc3\xc2\xa1"
          "b\xc4\x01\xff\xa1"
          "c\x90");
}

static void integers_are_as_short_as_they_can_be(void **state)
{
    static const int64_t values[] = {
        0,         1,      127,    128,        255,
        256,       65535,  65536,  UINT32_MAX, UINT32_MAX + 1LL,
        INT64_MAX, -1,     -32,    -33,        -128,
        -129,      -32768, -32769, INT32_MIN,  INT32_MIN - 1LL,
        INT64_MIN,
    };
    static const size_t bytes[] = {1, 1, 1, 2, 2, 3, 3, 5, 5, 9, 9,
                                   1, 1, 2, 2, 3, 3, 5, 5, 9, 9};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct c2c_pack p = c2c_pack_to(&out);
        struct c2c_reader r;

        c2c_pack_int(&p, values[i]);
        assert_ok(p.err);
        assert_int_equal(out.n, bytes[i]);
        r = c2c_reader_over(c2c_buf_view(&out));
        assert_true(c2c_reader_int(&r) == values[i]);
        assert_ok(c2c_reader_finish(&r));
        c2c_buf_clear(&out);
    }
}

static void unsigned_values_end_at_int64_max(void **state)
{
    struct c2c_pack p = c2c_pack_to(&out);

    (void)state;
    c2c_pack_uint(&p, INT64_MAX);
    assert_ok(p.err);
    WROTE("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff");
    c2c_pack_uint(&p, (uint64_t)INT64_MAX + 1);
    assert_err(p.err, C2C_E_TOO_BIG);
    assert_int_equal(out.n, 0);
}

static void ill_formed_text_is_not_written(void **state)
{
    struct c2c_pack p = c2c_pack_to(&out);

    (void)state;
    c2c_pack_cstr(&p, "\xed\xa0\x80");
    assert_err(p.err, C2C_E_MALFORMED);
    assert_int_equal(out.n, 0);
}

static void nothing_is_written_after_an_error(void **state)
{
    struct c2c_pack p = c2c_pack_to(&out);

    (void)state;
    c2c_pack_cstr(&p, "\xff");
    c2c_pack_array(&p, 1);
    c2c_pack_map(&p, 1);
    c2c_pack_nil(&p);
    c2c_pack_bool(&p, true);
    c2c_pack_int(&p, 1);
    c2c_pack_uint(&p, UINT64_MAX);
    c2c_pack_cstr(&p, "a");
    c2c_pack_bin(&p, "a", 1);
    c2c_pack_raw(&p, c2c_view_str("a"));
    assert_err(p.err, C2C_E_MALFORMED);
    assert_int_equal(out.n, 0);
}

static void the_limit_of_the_buffer_is_reported(void **state)
{
    struct c2c_buf small;
    struct c2c_pack p;

    (void)state;
    c2c_buf_init(&small, 4);
    p = c2c_pack_to(&small);
    c2c_pack_cstr(&p, "abcd");
    assert_err(p.err, C2C_E_TOO_BIG);
    c2c_buf_fini(&small);
}

static void empty_content_may_be_null(void **state)
{
    struct c2c_pack p = c2c_pack_to(&out);

    (void)state;
    c2c_pack_str(&p, (struct c2c_view){NULL, 0});
    c2c_pack_bin(&p, NULL, 0);
    c2c_pack_raw(&p, (struct c2c_view){NULL, 0});
    assert_ok(p.err);
    WROTE("\xa0\xc4\x00");
}

static void long_content_is_canonical(void **state)
{
    static char text[65536];
    static const size_t lengths[] = {31, 32, 255, 256, 65535, 65536};

    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct c2c_pack p = c2c_pack_to(&out);

        c2c_pack_array(&p, 2);
        c2c_pack_str(&p, c2c_view_of(text, lengths[i]));
        c2c_pack_bin(&p, text, lengths[i]);
        assert_ok(p.err);
        assert_ok(c2c_canon_check(c2c_buf_view(&out), 1));
        c2c_buf_clear(&out);
    }
}

static enum c2c_err pack_much(void *arg)
{
    struct c2c_buf b;
    struct c2c_pack p;

    (void)arg;
    c2c_buf_init(&b, 4096);
    p = c2c_pack_to(&b);
    for (int i = 0; i < 100; i++) {
        c2c_pack_cstr(&p, "some text");
    }
    c2c_buf_fini(&b);
    return p.err;
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(pack_much, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            every_kind_is_written_in_its_shortest_form, begin, end),
        cmocka_unit_test_setup_teardown(integers_are_as_short_as_they_can_be,
                                        begin, end),
        cmocka_unit_test_setup_teardown(unsigned_values_end_at_int64_max, begin,
                                        end),
        cmocka_unit_test_setup_teardown(ill_formed_text_is_not_written, begin,
                                        end),
        cmocka_unit_test_setup_teardown(nothing_is_written_after_an_error,
                                        begin, end),
        cmocka_unit_test(the_limit_of_the_buffer_is_reported),
        cmocka_unit_test_setup_teardown(empty_content_may_be_null, begin, end),
        cmocka_unit_test_setup_teardown(long_content_is_canonical, begin, end),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("codec/pack", tests, NULL, NULL);
}
