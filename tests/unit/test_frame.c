#include "wire/frame.h"

#include <string.h>

#include "oom.h"
#include "test.h"

enum {
    ROOM = 1 << 16,
    SEALED = C2C_SEAL_MIN_BYTES + 5
};

/* One frame of every kind. */
struct fixture {
    uint8_t message[512];
    uint8_t sealed[SEALED];
    struct c2c_frame frames[5];
    struct c2c_buf out;
};

static struct fixture fixture;

static int begin(void **state)
{
    struct fixture *f = &fixture;
    struct c2c_view sealed = c2c_view_of(f->sealed, SEALED);

    *f = (struct fixture){.sealed = {0x80, 1, 2, 3}};
    memset(f->message, 'm', sizeof f->message);
    f->frames[0] = (struct c2c_frame){.kind = C2C_FRAME_SEALED};
    f->frames[0].sealed = sealed;
    f->frames[1] = (struct c2c_frame){.kind = C2C_FRAME_FIRST};
    f->frames[1].handshake = c2c_view_of(f->message, C2C_NOISE_FIRST_BYTES);
    f->frames[2] = (struct c2c_frame){.kind = C2C_FRAME_SECOND};
    memcpy(f->frames[2].id.b, f->sealed, sizeof f->frames[2].id.b);
    f->frames[2].handshake =
        c2c_view_of(f->message, C2C_NOISE_SECOND_BYTES + 150);
    f->frames[3] = (struct c2c_frame){.kind = C2C_FRAME_THIRD};
    f->frames[3].handshake =
        c2c_view_of(f->message, C2C_NOISE_THIRD_BYTES + 150);
    f->frames[3].sealed = sealed;
    f->frames[4] = (struct c2c_frame){.kind = C2C_FRAME_REFUSAL,
                                      .refusal = C2C_E_NOT_FOUND};
    c2c_buf_init(&f->out, ROOM);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;

    c2c_buf_fini(&f->out);
    return 0;
}

static void encode(struct fixture *f, size_t kind)
{
    c2c_buf_clear(&f->out);
    assert_ok(c2c_frame_encode(&f->frames[kind], &f->out));
}

static enum c2c_err decode(struct fixture *f, struct c2c_frame *ret_frame)
{
    return c2c_frame_decode(c2c_buf_view(&f->out), ret_frame);
}

static void every_kind_comes_back(void **state)
{
    struct fixture *f = *state;

    for (size_t kind = 0; kind < 5; kind++) {
        const struct c2c_frame *sent = &f->frames[kind];
        bool has_id = kind != C2C_FRAME_FIRST && kind != C2C_FRAME_REFUSAL;
        struct c2c_frame got;

        encode(f, kind);
        assert_ok(decode(f, &got));
        assert_int_equal(got.kind, sent->kind);
        assert_true(c2c_view_eq(got.handshake, sent->handshake));
        assert_true(c2c_view_eq(got.sealed, sent->sealed));
        assert_int_equal(got.refusal, sent->refusal);
        assert_int_equal(got.counter, 0);
        assert_int_equal(got.id.b[0], has_id ? 0x80 : 0);
        assert_int_equal(got.id.b[3], has_id ? 3 : 0);
    }
}

static void frames_are_as_written_down(void **state)
{
    struct fixture *f = *state;

    encode(f, C2C_FRAME_SEALED);
    assert_true(c2c_view_eq(c2c_buf_view(&f->out), f->frames[0].sealed));
    encode(f, C2C_FRAME_FIRST);
    assert_int_equal(f->out.n, 34);
    assert_memory_equal(f->out.p, "\x01\x01mmm", 5);
    encode(f, C2C_FRAME_SECOND);
    assert_int_equal(f->out.n, 2 + 16 + 96 + 150);
    assert_memory_equal(f->out.p, "\x01\x02\x80\x01\x02\x03", 6);
    encode(f, C2C_FRAME_THIRD);
    assert_int_equal(f->out.n, 2 + 2 + 64 + 150 + SEALED);
    assert_memory_equal(f->out.p, "\x01\x03\xd6\x00mmm", 7);
    encode(f, C2C_FRAME_REFUSAL);
    assert_int_equal(f->out.n, 4);
    assert_memory_equal(f->out.p, "\x01\x04\x07\x00", 4);
    assert_true(c2c_view_eq_str(c2c_frame_prologue(), "c2c sync 1"));
    assert_int_equal(C2C_FRAME_VERSION, 1); /* As the prologue says. */
}

static void the_counter_is_little_endian(void **state)
{
    struct fixture *f = *state;
    struct c2c_frame got;

    memcpy(f->sealed + 16, "\x01\x02\0\0\0\0\0\x80", 8);
    encode(f, C2C_FRAME_SEALED);
    assert_ok(decode(f, &got));
    assert_true(got.counter == UINT64_C(0x8000000000000201));
}

/* Where the shortest frame of each kind ends. */
static void no_beginning_of_a_frame_passes(void **state)
{
    static const size_t shortest[] = {C2C_SEAL_MIN_BYTES, 2 + 32, 2 + 16 + 96,
                                      2 + 2 + 64 + 150 + C2C_SEAL_MIN_BYTES, 4};
    struct fixture *f = *state;

    for (size_t kind = 0; kind < 5; kind++) {
        encode(f, kind);
        for (size_t n = 0; n < f->out.n; n++) {
            struct c2c_frame got = {.counter = 77};
            enum c2c_err err = c2c_frame_decode(c2c_view_of(f->out.p, n), &got);

            assert_err(err, n < shortest[kind] ? C2C_E_MALFORMED : C2C_E_OK);
            assert_true(err == C2C_E_OK || got.counter == 77);
        }
    }
}

static void nothing_follows_a_frame(void **state)
{
    struct fixture *f = *state;
    struct c2c_frame got;

    encode(f, C2C_FRAME_FIRST);
    assert_ok(c2c_buf_put(&f->out, "", 1));
    assert_err(decode(f, &got), C2C_E_TOO_BIG);
    encode(f, C2C_FRAME_REFUSAL);
    assert_ok(c2c_buf_put(&f->out, "", 1));
    assert_err(decode(f, &got), C2C_E_MALFORMED);
}

static void handshake_messages_have_their_limits(void **state)
{
    static const size_t most[] = {0, 32, 96 + C2C_MAX_BINDING_BYTES,
                                  64 + C2C_MAX_BINDING_BYTES};
    struct fixture *f = *state;
    struct c2c_frame got;

    for (size_t kind = 1; kind <= 3; kind++) {
        f->frames[kind].handshake = c2c_view_of(f->message, most[kind]);
        encode(f, kind);
        f->frames[kind].handshake.n++;
        c2c_buf_clear(&f->out);
        assert_err(c2c_frame_encode(&f->frames[kind], &f->out), C2C_E_INVAL);
        assert_int_equal(f->out.n, 0);
        f->frames[kind].handshake.n = kind == 3 ? 63 : 31;
        assert_err(c2c_frame_encode(&f->frames[kind], &f->out), C2C_E_INVAL);
    }
    f->frames[2].handshake.n = most[2];
    encode(f, 2);
    assert_ok(c2c_buf_put(&f->out, "", 1));
    assert_err(decode(f, &got), C2C_E_TOO_BIG);
}

static void other_versions_and_kinds_are_not_supported(void **state)
{
    struct fixture *f = *state;
    struct c2c_frame got;

    for (unsigned version = 0; version < 256; version++) {
        enum c2c_err want = version == 1    ? C2C_E_OK
                            : version < 128 ? C2C_E_UNSUPPORTED
                                            : C2C_E_MALFORMED;

        encode(f, C2C_FRAME_FIRST);
        f->out.p[0] = (uint8_t)version;
        assert_err(decode(f, &got), want); /* Too short to be sealed. */
    }
    for (unsigned kind = 0; kind < 256; kind++) {
        if (kind < 1 || kind > 4) {
            encode(f, C2C_FRAME_FIRST);
            f->out.p[1] = (uint8_t)kind;
            assert_err(decode(f, &got), C2C_E_UNSUPPORTED);
        }
    }
}

static void a_refusal_is_understood_in_every_version(void **state)
{
    struct fixture *f = *state;
    struct c2c_frame got;

    for (unsigned version = 0; version < 128; version++) {
        encode(f, C2C_FRAME_REFUSAL);
        f->out.p[0] = (uint8_t)version;
        assert_ok(decode(f, &got));
        assert_int_equal(got.refusal, C2C_E_NOT_FOUND);
    }
    f->out.p[2] = 0; /* A refusal for no reason. */
    assert_err(decode(f, &got), C2C_E_MALFORMED);
    f->out.p[3] = 0x70; /* A reason of some later version. */
    assert_ok(decode(f, &got));
    assert_int_equal(got.refusal, C2C_E_UNSUPPORTED);
}

static void ids_without_their_mark_are_refused(void **state)
{
    struct fixture *f = *state;
    struct c2c_frame got;

    encode(f, C2C_FRAME_SECOND);
    f->out.p[2] &= 0x7f;
    assert_err(decode(f, &got), C2C_E_MALFORMED);
    encode(f, C2C_FRAME_THIRD);
    f->out.p[2 + 2 + 64 + 150] &= 0x7f;
    assert_err(decode(f, &got), C2C_E_MALFORMED);
}

static void the_first_request_is_the_first(void **state)
{
    struct fixture *f = *state;

    f->sealed[16] = 1;
    assert_err(c2c_frame_encode(&f->frames[3], &f->out), C2C_E_INVAL);
    assert_int_equal(f->out.n, 0);
}

static void an_unfit_frame_is_not_written(void **state)
{
    struct fixture *f = *state;
    struct c2c_frame bad = {.kind = C2C_FRAME_REFUSAL};

    assert_err(c2c_frame_encode(&bad, &f->out), C2C_E_INVAL);
    bad = f->frames[0];
    bad.handshake = c2c_view_of(f->message, 32); /* It has none. */
    assert_err(c2c_frame_encode(&bad, &f->out), C2C_E_INVAL);
    bad = f->frames[1];
    bad.kind = (enum c2c_frame_kind)5;
    assert_err(c2c_frame_encode(&bad, &f->out), C2C_E_INVAL);
    bad = f->frames[2];
    bad.id.b[0] = 0; /* No mark. */
    assert_err(c2c_frame_encode(&bad, &f->out), C2C_E_INVAL);
    assert_int_equal(f->out.n, 0);
}

static enum c2c_err encode_third(void *arg)
{
    struct fixture *f = arg;
    struct c2c_buf out;
    enum c2c_err err;

    c2c_buf_init(&out, ROOM);
    err = c2c_frame_encode(&f->frames[3], &out);
    c2c_buf_fini(&out);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    oom_sweep(encode_third, *state);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_kind_comes_back),
        TEST(frames_are_as_written_down),
        TEST(the_counter_is_little_endian),
        TEST(no_beginning_of_a_frame_passes),
        TEST(nothing_follows_a_frame),
        TEST(handshake_messages_have_their_limits),
        TEST(other_versions_and_kinds_are_not_supported),
        TEST(a_refusal_is_understood_in_every_version),
        TEST(ids_without_their_mark_are_refused),
        TEST(the_first_request_is_the_first),
        TEST(an_unfit_frame_is_not_written),
        TEST(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("wire/frame", tests, NULL, NULL);
}
