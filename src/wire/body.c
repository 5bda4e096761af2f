#include "wire/body.h"

#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/mem.h"
#include "codec/limits.h"

enum {
    LEVEL = 3, /* zstd's own choice between time and size. */
    FORM_BYTES = 1,
    LENGTH_BYTES = 4,
    ALL_FORMS = C2C_BODY_ZSTD | C2C_BODY_PADDED
};

struct c2c_body_zip {
    ZSTD_CCtx *compress;
    ZSTD_DCtx *expand;
};

enum c2c_err c2c_body_zip_new(struct c2c_body_zip **ret_zip)
{
    struct c2c_body_zip *zip = c2c_calloc(1, sizeof *zip);

    if (zip == NULL) {
        return C2C_E_NOMEM;
    }
    zip->compress = ZSTD_createCCtx();
    zip->expand = ZSTD_createDCtx();
    if (zip->compress == NULL || zip->expand == NULL) {
        c2c_body_zip_free(zip);
        return C2C_E_NOMEM;
    }
    *ret_zip = zip;
    return C2C_E_OK;
}

void c2c_body_zip_free(struct c2c_body_zip *zip)
{
    if (zip != NULL) {
        (void)ZSTD_freeCCtx(zip->compress);
        (void)ZSTD_freeDCtx(zip->expand);
        c2c_free(zip);
    }
}

/* Bytes before the content. */
static size_t header_bytes(bool padded)
{
    return FORM_BYTES + (padded ? LENGTH_BYTES : 0);
}

/* A body's whole size. */
static size_t whole_bytes(size_t content, bool padded)
{
    size_t n = header_bytes(padded) + content;

    return padded ? (n + C2C_MAX_PADDING_BYTES - 1) / C2C_MAX_PADDING_BYTES *
                        C2C_MAX_PADDING_BYTES
                  : n;
}

/* Fill in what surrounds @n bytes of content, which are in place. */
static void frame(uint8_t *body, unsigned form, size_t n)
{
    bool padded = (form & C2C_BODY_PADDED) != 0;
    size_t at = header_bytes(padded);

    body[0] = (uint8_t)form;
    for (size_t i = 0; padded && i < LENGTH_BYTES; i++) {
        body[FORM_BYTES + i] = (uint8_t)(n >> (8 * i));
    }
    memset(body + at + n, 0, whole_bytes(n, padded) - at - n);
}

/* Compress to @to if that makes @content shorter; the bytes written, 0 if it
 * does not. */
static size_t squeeze(struct c2c_body_zip *zip, struct c2c_view content,
                      uint8_t *to)
{
    size_t n;

    if (content.n <= C2C_MAX_PLAIN_BODY_BYTES) {
        return 0;
    }
    n = ZSTD_compressCCtx(zip->compress, to, content.n - 1, content.p,
                          content.n, LEVEL);
    /* It does not fit, or memory ran out: then it goes as it is. */
    return ZSTD_isError(n) ? 0 : n;
}

enum c2c_err c2c_body_encode(struct c2c_body_zip *zip, struct c2c_view content,
                             bool padded, struct c2c_buf *out)
{
    unsigned form = padded ? C2C_BODY_PADDED : 0;
    size_t at = header_bytes(padded);
    size_t n;
    uint8_t *room;
    enum c2c_err err;

    if (content.n > UINT32_MAX - 2 * C2C_MAX_PADDING_BYTES) {
        return C2C_E_TOO_BIG;
    }
    err = c2c_buf_room(out, whole_bytes(content.n, padded), &room);
    if (err != C2C_E_OK) {
        return err;
    }
    n = squeeze(zip, content, room + at);
    if (n > 0) {
        form |= C2C_BODY_ZSTD;
    } else if (content.n > 0) {
        n = content.n;
        memcpy(room + at, content.p, n);
    }
    frame(room, form, n);
    out->n += whole_bytes(n, padded);
    return C2C_E_OK;
}

/* The content inside the padding of @body, whose form says it has some. */
static enum c2c_err unpad(struct c2c_view body, struct c2c_view *ret_content)
{
    size_t at = header_bytes(true);
    uint32_t n = 0;

    if (body.n < at) {
        return C2C_E_MALFORMED;
    }
    for (size_t i = 0; i < LENGTH_BYTES; i++) {
        n |= (uint32_t)body.p[FORM_BYTES + i] << (8 * i);
    }
    if (n > body.n - at) {
        return C2C_E_MALFORMED;
    }
    if (whole_bytes(n, true) != body.n) {
        return C2C_E_NONCANON;
    }
    for (size_t i = at + n; i < body.n; i++) {
        if (body.p[i] != 0) {
            return C2C_E_NONCANON;
        }
    }
    *ret_content = c2c_view_of(body.p + at, n);
    return C2C_E_OK;
}

/* How long @zipped claims to be when expanded: one frame, nothing after it. */
static enum c2c_err claimed_bytes(struct c2c_view zipped, size_t max,
                                  size_t *ret_n)
{
    static const uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd};
    unsigned long long n;

    /* Neither skippable frames nor older formats that a library may know. */
    if (!c2c_view_starts(zipped, c2c_view_of(magic, sizeof magic))) {
        return C2C_E_MALFORMED;
    }
    n = ZSTD_getFrameContentSize(zipped.p, zipped.n);
    if (n == ZSTD_CONTENTSIZE_UNKNOWN || n == ZSTD_CONTENTSIZE_ERROR ||
        ZSTD_findFrameCompressedSize(zipped.p, zipped.n) != zipped.n) {
        return C2C_E_MALFORMED;
    }
    if (n > max) {
        return C2C_E_TOO_BIG;
    }
    if (n <= C2C_MAX_PLAIN_BODY_BYTES || n <= zipped.n) {
        return C2C_E_NONCANON;
    }
    *ret_n = (size_t)n;
    return C2C_E_OK;
}

static enum c2c_err expand(struct c2c_body_zip *zip, struct c2c_view zipped,
                           size_t max, struct c2c_buf *out)
{
    uint8_t *room;
    size_t n;
    size_t got;
    enum c2c_err err = claimed_bytes(zipped, max, &n);

    if (err == C2C_E_OK) {
        err = c2c_buf_room(out, n, &room);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    got = ZSTD_decompressDCtx(zip->expand, room, n, zipped.p, zipped.n);
    if (ZSTD_isError(got)) {
        return ZSTD_getErrorCode(got) == ZSTD_error_memory_allocation
                   ? C2C_E_NOMEM
                   : C2C_E_MALFORMED;
    }
    if (got != n) {
        return C2C_E_MALFORMED;
    }
    out->n += n;
    return C2C_E_OK;
}

enum c2c_err c2c_body_decode(struct c2c_body_zip *zip, struct c2c_view body,
                             size_t max, struct c2c_buf *out)
{
    struct c2c_view content;
    enum c2c_err err = C2C_E_OK;

    if (body.n < FORM_BYTES) {
        return C2C_E_MALFORMED;
    }
    if ((body.p[0] & ~(unsigned)ALL_FORMS) != 0) {
        return C2C_E_UNSUPPORTED;
    }
    content = c2c_view_of(body.p + FORM_BYTES, body.n - FORM_BYTES);
    if ((body.p[0] & C2C_BODY_PADDED) != 0) {
        err = unpad(body, &content);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if ((body.p[0] & C2C_BODY_ZSTD) != 0) {
        return expand(zip, content, max, out);
    }
    return content.n > max ? C2C_E_TOO_BIG
                           : c2c_buf_put(out, content.p, content.n);
}
