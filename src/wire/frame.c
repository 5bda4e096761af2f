#include "wire/frame.h"

#include <string.h>

enum {
    START_BYTES = 2, /* Version and kind. */
    LENGTH_BYTES = 2,
    CODE_BYTES = 2,
    MARK = 0x80 /* The bit that versions lack and session ids have. */
};

/* The handshake messages without and with the largest payload.  Nothing is said
 * in the first, which everybody can read. */
static const struct {
    size_t min;
    size_t max;
} handshake[] = {
    [C2C_FRAME_FIRST] = {C2C_NOISE_FIRST_BYTES, C2C_NOISE_FIRST_BYTES},
    [C2C_FRAME_SECOND] = {C2C_NOISE_SECOND_BYTES,
                          C2C_NOISE_SECOND_BYTES + C2C_MAX_BINDING_BYTES},
    [C2C_FRAME_THIRD] = {C2C_NOISE_THIRD_BYTES,
                         C2C_NOISE_THIRD_BYTES + C2C_MAX_BINDING_BYTES},
};

struct c2c_view c2c_frame_prologue(void)
{
    return c2c_view_str("c2c sync 1");
}

static unsigned get_u16(const uint8_t *p)
{
    return (unsigned)p[0] | (unsigned)p[1] << 8;
}

static enum c2c_err put_u16(size_t value, struct c2c_buf *out)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8)};

    return c2c_buf_put(out, bytes, sizeof bytes);
}

static enum c2c_err take_handshake(struct c2c_view bytes, struct c2c_frame *f)
{
    if (bytes.n < handshake[f->kind].min) {
        return C2C_E_MALFORMED;
    }
    if (bytes.n > handshake[f->kind].max) {
        return C2C_E_TOO_BIG;
    }
    f->handshake = bytes;
    return C2C_E_OK;
}

static enum c2c_err take_sealed(struct c2c_view bytes, struct c2c_frame *f)
{
    f->sealed = bytes;
    return c2c_seal_peek(bytes, &f->id, &f->counter);
}

static enum c2c_err decode_second(struct c2c_view rest, struct c2c_frame *f)
{
    if (rest.n < sizeof f->id.b || (rest.p[0] & MARK) == 0) {
        return C2C_E_MALFORMED;
    }
    memcpy(f->id.b, rest.p, sizeof f->id.b);
    return take_handshake(c2c_view_of(rest.p + sizeof f->id.b,
                                      rest.n - sizeof f->id.b),
                          f);
}

static enum c2c_err decode_third(struct c2c_view rest, struct c2c_frame *f)
{
    size_t n;
    enum c2c_err err;

    if (rest.n < LENGTH_BYTES) {
        return C2C_E_MALFORMED;
    }
    n = get_u16(rest.p);
    rest = c2c_view_of(rest.p + LENGTH_BYTES, rest.n - LENGTH_BYTES);
    if (n > rest.n) {
        return C2C_E_MALFORMED;
    }
    err = take_handshake(c2c_view_of(rest.p, n), f);
    if (err == C2C_E_OK) {
        err = take_sealed(c2c_view_of(rest.p + n, rest.n - n), f);
    }
    if (err == C2C_E_OK && f->counter != 0) {
        err = C2C_E_MALFORMED;
    }
    return err;
}

static enum c2c_err decode_refusal(struct c2c_view rest, struct c2c_frame *f)
{
    unsigned code;

    if (rest.n != CODE_BYTES) {
        return C2C_E_MALFORMED;
    }
    code = get_u16(rest.p);
    if (code == C2C_E_OK) {
        return C2C_E_MALFORMED;
    }
    f->refusal = c2c_err_from_number(code);
    return C2C_E_OK;
}

static enum c2c_err decode(struct c2c_view bytes, struct c2c_frame *f)
{
    struct c2c_view rest;

    if (bytes.n > 0 && (bytes.p[0] & MARK) != 0) {
        f->kind = C2C_FRAME_SEALED;
        return take_sealed(bytes, f);
    }
    if (bytes.n < START_BYTES) {
        return C2C_E_MALFORMED;
    }
    rest = c2c_view_of(bytes.p + START_BYTES, bytes.n - START_BYTES);
    if (bytes.p[1] == C2C_FRAME_REFUSAL) { /* The same in every version. */
        f->kind = C2C_FRAME_REFUSAL;
        return decode_refusal(rest, f);
    }
    if (bytes.p[0] != C2C_FRAME_VERSION) {
        return C2C_E_UNSUPPORTED;
    }
    switch (bytes.p[1]) {
    case C2C_FRAME_FIRST:
        f->kind = C2C_FRAME_FIRST;
        return take_handshake(rest, f);
    case C2C_FRAME_SECOND:
        f->kind = C2C_FRAME_SECOND;
        return decode_second(rest, f);
    case C2C_FRAME_THIRD:
        f->kind = C2C_FRAME_THIRD;
        return decode_third(rest, f);
    default:
        return C2C_E_UNSUPPORTED;
    }
}

enum c2c_err c2c_frame_decode(struct c2c_view bytes,
                              struct c2c_frame *ret_frame)
{
    struct c2c_frame f = {.refusal = C2C_E_OK};
    enum c2c_err err = decode(bytes, &f);

    if (err == C2C_E_OK) {
        *ret_frame = f;
    }
    return err;
}

static enum c2c_err put_view(struct c2c_view bytes, struct c2c_buf *out)
{
    return c2c_buf_put(out, bytes.p, bytes.n);
}

/* What stands between the kind and the handshake message. */
static enum c2c_err put_middle(const struct c2c_frame *f, struct c2c_buf *out)
{
    switch (f->kind) {
    case C2C_FRAME_SECOND:
        return c2c_buf_put(out, f->id.b, sizeof f->id.b);
    case C2C_FRAME_THIRD:
        return put_u16(f->handshake.n, out);
    case C2C_FRAME_REFUSAL:
        return put_u16((size_t)f->refusal, out);
    case C2C_FRAME_SEALED:
    case C2C_FRAME_FIRST:
    default:
        return C2C_E_OK;
    }
}

static enum c2c_err encode(const struct c2c_frame *f, struct c2c_buf *out)
{
    const uint8_t start[START_BYTES] = {C2C_FRAME_VERSION, (uint8_t)f->kind};
    enum c2c_err err = C2C_E_OK;

    if (f->kind != C2C_FRAME_SEALED) {
        err = c2c_buf_put(out, start, sizeof start);
    }
    if (err == C2C_E_OK) {
        err = put_middle(f, out);
    }
    if (err == C2C_E_OK) {
        err = put_view(f->handshake, out);
    }
    if (err == C2C_E_OK) {
        err = put_view(f->sealed, out);
    }
    return err;
}

enum c2c_err c2c_frame_encode(const struct c2c_frame *frame,
                              struct c2c_buf *out)
{
    struct c2c_frame again;
    size_t before = out->n;
    enum c2c_err err = encode(frame, out);

    if (err == C2C_E_OK) {
        struct c2c_view made = c2c_view_of(out->p + before, out->n - before);

        /* Our own mistake shall not look like the peer's. */
        if (c2c_frame_decode(made, &again) != C2C_E_OK ||
            again.kind != frame->kind ||
            again.handshake.n != frame->handshake.n ||
            again.sealed.n != frame->sealed.n) {
            err = C2C_E_INVAL;
        }
    }
    if (err != C2C_E_OK) {
        out->n = before;
    }
    return err;
}

enum c2c_err c2c_frame_refuse(enum c2c_err why, struct c2c_buf *out)
{
    const struct c2c_frame refusal = {.kind = C2C_FRAME_REFUSAL,
                                      .refusal = why};

    return c2c_frame_encode(&refusal, out);
}
