/* Any bytes as a request and as a reply: what is accepted encodes to itself. */

#include "base/buf.h"
#include "base/mem.h"
#include "fuzz.h"
#include "wire/control.h"

static void request(struct c2c_doc *doc, struct c2c_view bytes)
{
    struct c2c_control_request r = {.args = NULL};
    struct c2c_buf again;
    char *name;

    if (c2c_control_request_decode(doc, bytes, &r) != C2C_E_OK) {
        require(r.args == NULL);
        return;
    }
    require(c2c_val_kind(r.args) == C2C_KIND_MAP);
    name = c2c_view_dup(r.name);
    require(name != NULL);
    c2c_buf_init(&again, bytes.n);
    /* Names are C strings to us: one with a NUL inside is nobody's. */
    if (c2c_view_eq_str(r.name, name)) {
        require(c2c_control_request_encode(doc, name, r.args, &again) ==
                C2C_E_OK);
        require(c2c_view_eq(bytes, c2c_buf_view(&again)));
    }
    c2c_buf_fini(&again);
    c2c_free(name);
}

static void reply(struct c2c_doc *doc, struct c2c_view bytes)
{
    struct c2c_control_reply r = {.doc = NULL};
    struct c2c_buf again;

    if (c2c_control_reply_decode(doc, bytes, &r) != C2C_E_OK) {
        require(r.doc == NULL);
        return;
    }
    require(c2c_val_kind(r.doc) == C2C_KIND_MAP);
    c2c_buf_init(&again, bytes.n);
    if (r.code != C2C_E_UNSUPPORTED) { /* Which stands for unknown codes. */
        require(c2c_control_reply_encode(doc, r.code, r.doc, &again) ==
                C2C_E_OK);
        require(c2c_view_eq(bytes, c2c_buf_view(&again)));
    }
    c2c_buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_doc *doc;

    require(c2c_doc_new(&doc) == C2C_E_OK);
    request(doc, c2c_view_of(data, size));
    reply(doc, c2c_view_of(data, size));
    c2c_doc_free(doc);
    return 0;
}
