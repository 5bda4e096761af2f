#include "codec/reader.h"

#include <string.h>

#include "codec/limits.h"
#include "test.h"

#define READER(BYTES) c2c_reader_over(c2c_view_of((BYTES), sizeof(BYTES) - 1))

static void a_decoder_is_a_straight_line(void **state)
{
    struct c2c_reader r = READER("\x95\x07\xa2hi\xc4\x02\x01\x02\xc3\xc0");
    uint8_t two[2];

    (void)state;
    c2c_reader_array_of(&r, 5);
    assert_int_equal(c2c_reader_uint(&r, 10), 7);
    assert_true(c2c_view_eq_str(c2c_reader_str(&r, 2), "hi"));
    c2c_reader_bin_of(&r, two, sizeof two);
    assert_memory_equal(two, "\x01\x02", 2);
    assert_true(c2c_reader_bool(&r));
    assert_true(c2c_reader_nil(&r));
    assert_ok(c2c_reader_finish(&r));
}

static void the_first_error_stays(void **state)
{
    struct c2c_reader r = READER("\xa1x\xcc\x01\x05");

    (void)state;
    assert_int_equal(c2c_reader_int(&r), 0); /* Text: MALFORMED. */
    assert_int_equal(c2c_reader_str(&r, 9).n, 0);
    assert_int_equal(c2c_reader_int(&r), 0); /* Would be NONCANON. */
    assert_int_equal(c2c_reader_array(&r, 9), 0);
    assert_int_equal(c2c_reader_map(&r, 9), 0);
    assert_int_equal(c2c_reader_bin(&r, 9).n, 0);
    assert_int_equal(c2c_reader_any(&r, 9).n, 0);
    assert_false(c2c_reader_bool(&r));
    assert_false(c2c_reader_nil(&r));
    assert_int_equal(c2c_reader_peek(&r), C2C_KIND_NONE);
    c2c_reader_fail(&r, C2C_E_TOO_BIG);
    assert_err(c2c_reader_finish(&r), C2C_E_MALFORMED);
}

static void bytes_left_over_are_an_error(void **state)
{
    struct c2c_reader r = READER("\x01\x02");

    (void)state;
    assert_int_equal(c2c_reader_int(&r), 1);
    assert_err(c2c_reader_finish(&r), C2C_E_MALFORMED);
    assert_int_equal(c2c_reader_int(&r), 2);
    assert_ok(c2c_reader_finish(&r));
}

static void every_first_byte_has_its_kind(void **state)
{
    static const struct {
        unsigned from;
        unsigned to;
        enum c2c_kind kind;
    } ranges[] = {
        {0x00, 0x7f, C2C_KIND_INT},   {0x80, 0x8f, C2C_KIND_MAP},
        {0x90, 0x9f, C2C_KIND_ARRAY}, {0xa0, 0xbf, C2C_KIND_STR},
        {0xc0, 0xc0, C2C_KIND_NIL},   {0xc1, 0xc1, C2C_KIND_NONE},
        {0xc2, 0xc3, C2C_KIND_BOOL},  {0xc4, 0xc6, C2C_KIND_BIN},
        {0xc7, 0xcb, C2C_KIND_NONE},  {0xcc, 0xd3, C2C_KIND_INT},
        {0xd4, 0xd8, C2C_KIND_NONE},  {0xd9, 0xdb, C2C_KIND_STR},
        {0xdc, 0xdd, C2C_KIND_ARRAY}, {0xde, 0xdf, C2C_KIND_MAP},
        {0xe0, 0xff, C2C_KIND_INT},
    };
    unsigned next = 0;

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        assert_int_equal(ranges[i].from, next);
        for (; next <= ranges[i].to; next++) {
            uint8_t tag = (uint8_t)next;
            struct c2c_reader r = c2c_reader_over(c2c_view_of(&tag, 1));

            assert_int_equal(c2c_reader_peek(&r), ranges[i].kind);
        }
    }
    assert_int_equal(next, 0x100);
}

static void nothing_has_no_kind(void **state)
{
    struct c2c_reader r = c2c_reader_over((struct c2c_view){NULL, 0});

    (void)state;
    assert_int_equal(c2c_reader_peek(&r), C2C_KIND_NONE);
    assert_int_equal(c2c_reader_any(&r, 8).n, 0);
    assert_err(c2c_reader_finish(&r), C2C_E_MALFORMED);
}

/* Each typed read of something else. */
static void another_kind_is_malformed(void **state)
{
    static const char *const values[] = {"\xc0",     "\xc3", "\x01", "\xa0",
                                         "\xc4\x00", "\x90", "\x80", "\xca"};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct c2c_view v = c2c_view_of(values[i], i == 4 ? 2 : 1);

        for (unsigned read = 1; read <= 6; read++) {
            struct c2c_reader r = c2c_reader_over(v);

            switch (read) {
            case 1:
                (void)c2c_reader_bool(&r);
                break;
            case 2:
                (void)c2c_reader_int(&r);
                break;
            case 3:
                (void)c2c_reader_str(&r, 9);
                break;
            case 4:
                (void)c2c_reader_bin(&r, 9);
                break;
            case 5:
                (void)c2c_reader_array(&r, 9);
                break;
            default:
                (void)c2c_reader_map(&r, 9);
                break;
            }
            assert_err(c2c_reader_finish(&r),
                       read == i ? C2C_E_OK : C2C_E_MALFORMED);
        }
    }
}

static void nil_is_read_only_if_it_comes(void **state)
{
    struct c2c_reader r = READER("\x05\xc0");

    (void)state;
    assert_false(c2c_reader_nil(&r));
    assert_int_equal(c2c_reader_int(&r), 5);
    assert_true(c2c_reader_nil(&r));
    assert_false(c2c_reader_nil(&r)); /* The end is no nil, and no error. */
    assert_ok(c2c_reader_finish(&r));
}

static void limits_of_the_caller_hold(void **state)
{
    struct c2c_reader r = READER("\x0a");

    (void)state;
    assert_int_equal(c2c_reader_uint(&r, 10), 10);
    r = READER("\x0b");
    (void)c2c_reader_uint(&r, 10);
    assert_err(c2c_reader_finish(&r), C2C_E_TOO_BIG);
    r = READER("\xff");
    (void)c2c_reader_uint(&r, 10);
    assert_err(c2c_reader_finish(&r), C2C_E_MALFORMED); /* Negative. */
    r = READER("\xa3xyz");
    (void)c2c_reader_str(&r, 2);
    assert_err(c2c_reader_finish(&r), C2C_E_TOO_BIG);
    r = READER("\xc4\x03xyz");
    (void)c2c_reader_bin(&r, 2);
    assert_err(c2c_reader_finish(&r), C2C_E_TOO_BIG);
    r = READER("\x93\x01\x02\x03");
    (void)c2c_reader_array(&r, 2);
    assert_err(c2c_reader_finish(&r), C2C_E_TOO_BIG);
    r = READER("\x81\xa0\x02");
    (void)c2c_reader_map(&r, 0);
    assert_err(c2c_reader_finish(&r), C2C_E_TOO_BIG);
}

static void an_exact_length_is_exact(void **state)
{
    uint8_t out[3] = {9, 9, 9};
    struct c2c_reader r = READER("\xc4\x02\x01\x02");

    (void)state;
    c2c_reader_bin_of(&r, out, 3);
    assert_err(c2c_reader_finish(&r), C2C_E_MALFORMED);
    assert_memory_equal(out, "\x09\x09\x09", 3);
    r = READER("\x92\x01\x02");
    c2c_reader_array_of(&r, 3);
    assert_err(c2c_reader_finish(&r), C2C_E_MALFORMED);
    r = READER("\xc4\x00");
    c2c_reader_bin_of(&r, out, 0);
    assert_ok(c2c_reader_finish(&r));
}

/* A claimed count is compared with what is there before anything else. */
static void a_claimed_count_is_not_believed(void **state)
{
    struct c2c_reader r = READER("\xdd\xff\xff\xff\xff\x01");

    (void)state;
    assert_int_equal(c2c_reader_array(&r, SIZE_MAX), 0);
    assert_err(c2c_reader_finish(&r), C2C_E_MALFORMED);
    r = READER("\xdf\x00\x01\x00\x00\xa0\x01");
    assert_int_equal(c2c_reader_map(&r, SIZE_MAX), 0);
    assert_err(c2c_reader_finish(&r), C2C_E_MALFORMED);
    r = READER("\x82\xa0\x01"); /* Two pairs need four bytes. */
    assert_int_equal(c2c_reader_map(&r, SIZE_MAX), 0);
    assert_err(c2c_reader_finish(&r), C2C_E_MALFORMED);
    r = READER("\xdb\xff\xff\xff\xff\x01");
    assert_int_equal(c2c_reader_str(&r, SIZE_MAX).n, 0);
    assert_err(c2c_reader_finish(&r), C2C_E_MALFORMED);
}

static void any_value_gives_its_own_bytes(void **state)
{
    struct c2c_reader r = READER("\x82\xa1"
                                 "a\x91\x01\xa1"
                                 "b\xc0\x07");
    struct c2c_view v = c2c_reader_any(&r, 2);

    (void)state;
    assert_int_equal(v.n, 8);
    assert_int_equal(v.p[0], 0x82);
    assert_int_equal(c2c_reader_int(&r), 7);
    assert_ok(c2c_reader_finish(&r));
}

static void depth_counts_levels(void **state)
{
    uint8_t nested[100];

    (void)state;
    for (unsigned levels = 0; levels <= 9; levels++) {
        memset(nested, 0x91, levels);
        nested[levels] = 0x01;
        for (unsigned depth = 0; depth <= 9; depth++) {
            assert_err(c2c_canon_check(c2c_view_of(nested, levels + 1), depth),
                       levels <= depth ? C2C_E_OK : C2C_E_TOO_BIG);
        }
    }
    /* Whatever the caller allows, the reader's own bound ends it. */
    memset(nested, 0x91, sizeof nested);
    assert_err(c2c_canon_check(c2c_view_of(nested, sizeof nested), UINT32_MAX),
               C2C_E_TOO_BIG);
}

/* Forms of 64 KiB and more, too large for proto/vectors. */
static void lengths_of_32_bits_begin_at_65536(void **state)
{
    static uint8_t big[5 + 131072];
    static const uint8_t tags[] = {0xdb, 0xc6, 0xdd};

    (void)state;
    for (size_t i = 0; i < sizeof tags; i++) {
        big[0] = tags[i];
        memcpy(big + 1, "\x00\x01\x00\x00", 4);
        assert_ok(c2c_canon_check(c2c_view_of(big, 5 + 65536), 1));
        assert_err(c2c_canon_check(c2c_view_of(big, 5 + 65535), 1),
                   C2C_E_MALFORMED);
        memcpy(big + 1, "\x00\x00\xff\xff", 4);
        assert_err(c2c_canon_check(c2c_view_of(big, 5 + 65535), 1),
                   C2C_E_NONCANON);
        big[2] = tags[i] == 0xdb ? 0xda : tags[i] == 0xc6 ? 0xc5 : 0xdc;
        assert_ok(c2c_canon_check(c2c_view_of(big + 2, 3 + 65535), 1));
    }
}

static void a_large_map_is_checked_key_by_key(void **state)
{
    static uint8_t big[5 + 65536 * 4];

    (void)state;
    memcpy(big, "\xdf\x00\x01\x00\x00", 5);
    for (size_t i = 0; i < 65536; i++) {
        uint8_t *pair = big + 5 + 4 * i;

        /* Keys of two ASCII characters: after 16,384 they begin anew. */
        pair[0] = 0xa2;
        pair[1] = (uint8_t)(i >> 7 & 0x7f);
        pair[2] = (uint8_t)(i & 0x7f);
        pair[3] = 0xc0;
    }
    assert_err(c2c_canon_check(c2c_view_of(big, sizeof big), 1),
               C2C_E_NONCANON);
    memcpy(big, "\xde\x40\x00", 3); /* 16,384 of them are in order. */
    memmove(big + 3, big + 5, 16384 * 4);
    assert_ok(c2c_canon_check(c2c_view_of(big, 3 + 16384 * 4), 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decoder_is_a_straight_line),
        cmocka_unit_test(the_first_error_stays),
        cmocka_unit_test(bytes_left_over_are_an_error),
        cmocka_unit_test(every_first_byte_has_its_kind),
        cmocka_unit_test(nothing_has_no_kind),
        cmocka_unit_test(another_kind_is_malformed),
        cmocka_unit_test(nil_is_read_only_if_it_comes),
        cmocka_unit_test(limits_of_the_caller_hold),
        cmocka_unit_test(an_exact_length_is_exact),
        cmocka_unit_test(a_claimed_count_is_not_believed),
        cmocka_unit_test(any_value_gives_its_own_bytes),
        cmocka_unit_test(depth_counts_levels),
        cmocka_unit_test(lengths_of_32_bits_begin_at_65536),
        cmocka_unit_test(a_large_map_is_checked_key_by_key),
    };
    return cmocka_run_group_tests_name("codec/reader", tests, NULL, NULL);
}
