/* Any bytes: what is canonical encodes to itself, and every reader agrees. */

#include "base/buf.h"
#include "codec/doc.h"
#include "codec/limits.h"
#include "codec/reader.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view bytes = c2c_view_of(data, size);
    enum c2c_err err = c2c_canon_check(bytes, C2C_MAX_DEPTH);
    struct c2c_reader r = c2c_reader_over(bytes);
    const struct c2c_val *val = NULL;
    struct c2c_doc *doc;
    struct c2c_buf again;

    (void)c2c_reader_any(&r, C2C_MAX_DEPTH);
    require(c2c_reader_finish(&r) == err);
    require(c2c_doc_new(&doc) == C2C_E_OK);
    require(c2c_doc_decode(doc, bytes, C2C_MAX_DEPTH, &val) == err);
    require((val != NULL) == (err == C2C_E_OK));
    c2c_buf_init(&again, size);
    if (err == C2C_E_OK) {
        require(c2c_doc_encode(doc, val, &again) == C2C_E_OK);
        require(c2c_view_eq(bytes, c2c_buf_view(&again)));
        require(c2c_canon_check(bytes, 31) == C2C_E_OK);
    }
    c2c_buf_fini(&again);
    c2c_doc_free(doc);
    return 0;
}
