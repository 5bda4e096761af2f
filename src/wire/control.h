/* Control messages: what the command line asks its own node (PROTOCOL
 * "Control", which lists the requests with arguments and documents).
 *
 * A request is [v, name, arguments map]; a reply is [v, code, document].  With
 * code C2C_E_OK the document is what `--json` prints; otherwise it is the
 * member "error" of a `--json` error.  Every document has a JSON form: no bin,
 * times as RFC 3339 text. */

#ifndef C2C_WIRE_CONTROL_H
#define C2C_WIRE_CONTROL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/doc.h"

enum {
    C2C_CONTROL_VERSION = 1
};

struct c2c_control_request {
    struct c2c_view name;
    const struct c2c_val *args; /* A map. */
};

struct c2c_control_reply {
    enum c2c_err code;
    const struct c2c_val *doc; /* A map. */
};

/* Append.  Values may belong to any document; @doc is used for sorting. */
enum c2c_err c2c_control_request_encode(struct c2c_doc *doc, const char *name,
                                        const struct c2c_val *args,
                                        struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_control_reply_encode(struct c2c_doc *doc, enum c2c_err code,
                                      const struct c2c_val *result,
                                      struct c2c_buf *out) C2C_MUST_CHECK;

/* Strict; values borrow from @bytes and belong to @doc.  Another version gives
 * C2C_E_UNSUPPORTED. */
enum c2c_err c2c_control_request_decode(
    struct c2c_doc *doc, struct c2c_view bytes,
    struct c2c_control_request *ret_request) C2C_MUST_CHECK;
enum c2c_err
c2c_control_reply_decode(struct c2c_doc *doc, struct c2c_view bytes,
                         struct c2c_control_reply *ret_reply) C2C_MUST_CHECK;

#endif /* C2C_WIRE_CONTROL_H */
