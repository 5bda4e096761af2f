#include "wire/body.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/limits.h"
#include "oom.h"
#include "test.h"

enum {
    ROOM = 1 << 20
};

struct fixture {
    struct c2c_body_zip *zip;
    struct c2c_buf body;
    struct c2c_buf content;
    uint8_t noise[8192]; /* Does not compress. */
    uint8_t text[8192];  /* Does. */
};

static struct fixture fixture;

static int begin(void **state)
{
    struct fixture *f = &fixture;
    uint32_t x = 1;

    assert_ok(c2c_body_zip_new(&f->zip));
    c2c_buf_init(&f->body, ROOM);
    c2c_buf_init(&f->content, ROOM);
    for (size_t i = 0; i < sizeof f->noise; i++) {
        x = x * 1664525 + 1013904223;
        f->noise[i] = (uint8_t)(x >> 24);
        f->text[i] = (uint8_t)("city to city "[i % 13]);
    }
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;

    c2c_body_zip_free(f->zip);
    c2c_buf_fini(&f->body);
    c2c_buf_fini(&f->content);
    return 0;
}

static void encode(struct fixture *f, const uint8_t *p, size_t n, bool padded)
{
    c2c_buf_clear(&f->body);
    assert_ok(c2c_body_encode(f->zip, c2c_view_of(p, n), padded, &f->body));
}

static enum c2c_err decode(struct fixture *f, size_t max)
{
    c2c_buf_clear(&f->content);
    return c2c_body_decode(f->zip, c2c_buf_view(&f->body), max, &f->content);
}

/* There and back, with a limit that just suffices and with one that does not.
 */
static void assert_comes_back(struct fixture *f, const uint8_t *p, size_t n)
{
    assert_ok(decode(f, n));
    assert_true(c2c_view_eq(c2c_buf_view(&f->content), c2c_view_of(p, n)));
    if (n > 0) {
        assert_err(decode(f, n - 1), C2C_E_TOO_BIG);
        assert_int_equal(f->content.n, 0);
    }
}

static void every_size_comes_back(void **state)
{
    static const size_t sizes[] = {0,   1,   2,   250, 251,  252, 255, 256,
                                   506, 507, 508, 511, 512,  513, 514, 763,
                                   764, 767, 768, 769, 1024, 8192};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t n = sizes[i];

        encode(f, f->noise, n, false);
        assert_int_equal(f->body.n, n + 1);
        assert_comes_back(f, f->noise, n);
        encode(f, f->noise, n, true);
        assert_int_equal(f->body.n % 256, 0);
        assert_in_range(f->body.n, n + 5, n + 5 + 255);
        assert_comes_back(f, f->noise, n);
        encode(f, f->text, n, false);
        assert_comes_back(f, f->text, n);
        encode(f, f->text, n, true);
        assert_int_equal(f->body.n % 256, 0);
        assert_comes_back(f, f->text, n);
    }
}

static void only_long_bodies_are_compressed(void **state)
{
    struct fixture *f = *state;

    encode(f, f->text, 512, false);
    assert_int_equal(f->body.p[0], 0);
    assert_int_equal(f->body.n, 513);
    encode(f, f->text, 513, false);
    assert_int_equal(f->body.p[0], C2C_BODY_ZSTD);
    assert_in_range(f->body.n, 10, 100);
    encode(f, f->text, 513, true);
    assert_int_equal(f->body.p[0], C2C_BODY_ZSTD | C2C_BODY_PADDED);
    assert_int_equal(f->body.n, 256);
    encode(f, f->noise, 8192, false);
    assert_int_equal(f->body.p[0], 0); /* It would only grow. */
}

static void a_padded_body_tells_its_size_in_steps(void **state)
{
    struct fixture *f = *state;

    for (size_t n = 0; n <= 512; n++) {
        encode(f, f->noise, n, true);
        assert_int_equal(f->body.n, n <= 251 ? 256 : n <= 507 ? 512 : 768);
    }
}

static void padding_is_exact(void **state)
{
    struct fixture *f = *state;

    encode(f, f->noise, 100, true);
    f->body.p[105] = 1; /* The first byte of padding. */
    assert_err(decode(f, ROOM), C2C_E_NONCANON);
    f->body.p[105] = 0;
    f->body.p[255] = 1;
    assert_err(decode(f, ROOM), C2C_E_NONCANON);
    f->body.p[255] = 0;
    f->body.p[1] = 252; /* More than there is. */
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
    memset(f->body.p + 1, 0xff, 4);
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
    memcpy(f->body.p + 1, "\x64\0\0\0", 4);
    assert_ok(decode(f, ROOM));
    /* A step more than needed, and a length off the steps. */
    for (size_t i = 0; i < 256; i++) {
        assert_ok(c2c_buf_put(&f->body, "", 1));
        assert_err(decode(f, ROOM), C2C_E_NONCANON);
    }
    for (size_t n = 0; n < 256; n++) {
        f->body.n = n;
        assert_err(decode(f, ROOM), n < 105 ? C2C_E_MALFORMED : C2C_E_NONCANON);
    }
}

static void other_forms_are_not_supported(void **state)
{
    struct fixture *f = *state;

    encode(f, f->noise, 100, false);
    for (unsigned form = 4; form < 256; form++) {
        f->body.p[0] = (uint8_t)form;
        assert_err(decode(f, ROOM), C2C_E_UNSUPPORTED);
    }
    f->body.n = 0;
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
}

static void no_beginning_of_a_compressed_body_passes(void **state)
{
    struct fixture *f = *state;
    size_t whole;

    encode(f, f->text, 4000, false);
    whole = f->body.n;
    for (size_t n = 0; n < whole; n++) {
        f->body.n = n;
        assert_err(decode(f, ROOM), C2C_E_MALFORMED);
        assert_int_equal(f->content.n, 0);
    }
    f->body.n = whole;
    assert_ok(c2c_buf_put(&f->body, "", 1)); /* Something after the frame. */
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
}

/* A frame of one run: all that a zip bomb needs.  RFC 8878: magic, descriptor
 * (single segment, size in 4 bytes), size, last block of kind RLE. */
static void put_run(struct fixture *f, uint32_t claimed, uint32_t run)
{
    uint32_t block = 1 | 1 << 1 | run << 3;
    const uint8_t bytes[] = {C2C_BODY_ZSTD,
                             0x28,
                             0xb5,
                             0x2f,
                             0xfd,
                             0xa0,
                             (uint8_t)claimed,
                             (uint8_t)(claimed >> 8),
                             (uint8_t)(claimed >> 16),
                             (uint8_t)(claimed >> 24),
                             (uint8_t)block,
                             (uint8_t)(block >> 8),
                             (uint8_t)(block >> 16),
                             'a'};

    c2c_buf_clear(&f->body);
    assert_ok(c2c_buf_put(&f->body, bytes, sizeof bytes));
}

/* Allocations while decoding; the test fails if there is any. */
static void *no_alloc(void *ctx, size_t size)
{
    (void)size;
    (*(unsigned *)ctx)++;
    return NULL;
}

static void no_free(void *ctx, void *p)
{
    (void)ctx;
    (void)p;
}

static void a_bomb_is_refused_before_memory_is_asked_for(void **state)
{
    struct fixture *f = *state;
    unsigned calls = 0;
    const struct c2c_mem_ops ops = {no_alloc, no_free, &calls};

    put_run(f, 100000, 100000);
    assert_ok(decode(f, 100000));
    assert_int_equal(f->content.n, 100000);
    assert_err(decode(f, 99999), C2C_E_TOO_BIG);
    put_run(f, UINT32_MAX, 100000);
    c2c_buf_fini(&f->content);
    c2c_mem_set_ops(&ops);
    assert_err(decode(f, 99999), C2C_E_TOO_BIG);
    c2c_mem_set_ops(NULL);
    assert_int_equal(calls, 0);
}

static void a_frame_holds_what_it_claims(void **state)
{
    struct fixture *f = *state;

    put_run(f, 100000, 99999);
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
    put_run(f, 99999, 100000);
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
    put_run(f, 512, 512); /* Too short to be compressed. */
    assert_err(decode(f, ROOM), C2C_E_NONCANON);
    put_run(f, 513, 513);
    assert_ok(decode(f, ROOM));
}

static void other_frames_of_zstd_are_refused(void **state)
{
    /* A skippable frame; a frame that does not tell its size. */
    static const uint8_t skip[] = {1, 0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 'x'};
    static const uint8_t unknown[] = {1,    0x28, 0xb5, 0x2f, 0xfd, 0x00,
                                      0x58, 0x03, 0x20, 0x00, 'a'};
    struct fixture *f = *state;

    assert_ok(c2c_buf_put(&f->body, skip, sizeof skip));
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
    c2c_buf_clear(&f->body);
    assert_ok(c2c_buf_put(&f->body, unknown, sizeof unknown));
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
}

/* What expands to nothing would otherwise hide behind a frame. */
static void nothing_hides_behind_a_frame(void **state)
{
    static const uint8_t skip[] = {0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 'x'};
    static const uint8_t empty[] = {0x28, 0xb5, 0x2f, 0xfd, 0x20,
                                    0x00, 0x01, 0x00, 0x00};
    struct fixture *f = *state;

    put_run(f, 1000, 1000);
    assert_ok(c2c_buf_put(&f->body, skip, sizeof skip));
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
    put_run(f, 1000, 1000);
    assert_ok(c2c_buf_put(&f->body, empty, sizeof empty));
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
    put_run(f, 1000, 1000);
    assert_ok(decode(f, ROOM));
}

static void a_compressor_serves_again_after_a_refusal(void **state)
{
    struct fixture *f = *state;

    put_run(f, 100000, 99999);
    assert_err(decode(f, ROOM), C2C_E_MALFORMED);
    encode(f, f->text, 8192, true);
    assert_comes_back(f, f->text, 8192);
}

static void without_room_nothing_is_written(void **state)
{
    struct fixture *f = *state;
    struct c2c_buf small;

    c2c_buf_init(&small, 255);
    assert_err(c2c_body_encode(f->zip, c2c_view_of(f->noise, 1), true, &small),
               C2C_E_TOO_BIG);
    assert_int_equal(small.n, 0);
    encode(f, f->noise, 256, false);
    assert_err(c2c_body_decode(f->zip, c2c_buf_view(&f->body), ROOM, &small),
               C2C_E_TOO_BIG);
    assert_int_equal(small.n, 0);
    c2c_buf_fini(&small);
}

static enum c2c_err there_and_back(void *arg)
{
    struct fixture *f = arg;
    struct c2c_body_zip *zip = NULL;
    struct c2c_buf body;
    struct c2c_buf content;
    enum c2c_err err = c2c_body_zip_new(&zip);

    c2c_buf_init(&body, ROOM);
    c2c_buf_init(&content, ROOM);
    if (err == C2C_E_OK) {
        err = c2c_body_encode(zip, c2c_view_of(f->text, 2000), true, &body);
    }
    if (err == C2C_E_OK) {
        err = c2c_body_decode(zip, c2c_buf_view(&body), ROOM, &content);
    }
    c2c_buf_fini(&body);
    c2c_buf_fini(&content);
    c2c_body_zip_free(zip);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    oom_sweep(there_and_back, *state);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_size_comes_back),
        TEST(only_long_bodies_are_compressed),
        TEST(a_padded_body_tells_its_size_in_steps),
        TEST(padding_is_exact),
        TEST(other_forms_are_not_supported),
        TEST(no_beginning_of_a_compressed_body_passes),
        TEST(a_bomb_is_refused_before_memory_is_asked_for),
        TEST(a_frame_holds_what_it_claims),
        TEST(other_frames_of_zstd_are_refused),
        TEST(nothing_hides_behind_a_frame),
        TEST(a_compressor_serves_again_after_a_refusal),
        TEST(without_room_nothing_is_written),
        TEST(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("wire/body", tests, NULL, NULL);
}
