#include "wire/control.h"

#include "codec/limits.h"
#include "codec/pack.h"
#include "codec/reader.h"

enum {
    ELEMENTS = 3
};

/* [v, tag, map]; the tag is packed by the caller. */
static enum c2c_err put_map(struct c2c_doc *doc, const struct c2c_val *map,
                            struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    if (map == NULL) {
        c2c_pack_map(&p, 0);
        return p.err;
    }
    return c2c_doc_encode(doc, map, out);
}

enum c2c_err c2c_control_request_encode(struct c2c_doc *doc, const char *name,
                                        const struct c2c_val *args,
                                        struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, ELEMENTS);
    c2c_pack_uint(&p, C2C_CONTROL_VERSION);
    c2c_pack_cstr(&p, name);
    return p.err == C2C_E_OK ? put_map(doc, args, out) : p.err;
}

enum c2c_err c2c_control_reply_encode(struct c2c_doc *doc, enum c2c_err code,
                                      const struct c2c_val *result,
                                      struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, ELEMENTS);
    c2c_pack_uint(&p, C2C_CONTROL_VERSION);
    c2c_pack_uint(&p, code);
    return p.err == C2C_E_OK ? put_map(doc, result, out) : p.err;
}

/* The map at the end of a message. */
static enum c2c_err take_map(struct c2c_reader *r, struct c2c_doc *doc,
                             const struct c2c_val **ret_map)
{
    struct c2c_view bytes = c2c_reader_any(r, C2C_MAX_CONTROL_DEPTH);
    enum c2c_err err = c2c_reader_finish(r);

    if (err == C2C_E_OK) {
        err = c2c_doc_decode(doc, bytes, C2C_MAX_CONTROL_DEPTH, ret_map);
    }
    if (err == C2C_E_OK && c2c_val_kind(*ret_map) != C2C_KIND_MAP) {
        err = C2C_E_MALFORMED;
    }
    return err;
}

static void begin(struct c2c_reader *r)
{
    c2c_reader_object(r, C2C_CONTROL_VERSION, ELEMENTS);
}

enum c2c_err c2c_control_request_decode(struct c2c_doc *doc,
                                        struct c2c_view bytes,
                                        struct c2c_control_request *ret_request)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_control_request request;
    enum c2c_err err;

    begin(&r);
    request.name = c2c_reader_str(&r, C2C_MAX_CONTROL_NAME_BYTES);
    err = take_map(&r, doc, &request.args);
    if (err == C2C_E_OK) {
        *ret_request = request;
    }
    return err;
}

enum c2c_err c2c_control_reply_decode(struct c2c_doc *doc,
                                      struct c2c_view bytes,
                                      struct c2c_control_reply *ret_reply)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_control_reply reply;
    enum c2c_err err;

    begin(&r);
    reply.code = c2c_err_from_number(c2c_reader_uint(&r, INT64_MAX));
    err = take_map(&r, doc, &reply.doc);
    if (err == C2C_E_OK) {
        *ret_reply = reply;
    }
    return err;
}
