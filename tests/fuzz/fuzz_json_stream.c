/* Any text: a stream moves on with every value, stands still at a bad one, and
 * gives what each value gives when it is parsed alone. */

#include "codec/json.h"
#include "fuzz.h"

enum {
    ROOM = 1 << 24
};

static void same_alone(struct c2c_doc *doc, struct c2c_view text,
                       const struct c2c_val *val)
{
    struct c2c_json_error why;
    const struct c2c_val *alone;
    struct c2c_buf a;
    struct c2c_buf b;

    c2c_buf_init(&a, ROOM);
    c2c_buf_init(&b, ROOM);
    require(c2c_json_parse(doc, text, &why, &alone) == C2C_E_OK);
    require(c2c_doc_encode(doc, val, &a) == C2C_E_OK);
    require(c2c_doc_encode(doc, alone, &b) == C2C_E_OK);
    require(c2c_view_eq(c2c_buf_view(&a), c2c_buf_view(&b)));
    c2c_buf_fini(&a);
    c2c_buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view text = c2c_view_of(data, size);
    struct c2c_json_stream s = c2c_json_stream_over(text);
    enum c2c_err err = C2C_E_OK;
    unsigned last = 0;

    while (err == C2C_E_OK) {
        struct c2c_json_error why = {0};
        const struct c2c_val *val = NULL;
        struct c2c_view before = s.rest;
        struct c2c_doc *doc;
        unsigned line = 0;

        require(c2c_doc_new(&doc) == C2C_E_OK);
        err = c2c_json_stream_next(&s, doc, &why, &line, &val);
        require((err == C2C_E_OK) == (val != NULL));
        if (err == C2C_E_OK) {
            require(s.rest.n < before.n && line >= last && line >= 1);
            before.n -= s.rest.n;
            same_alone(doc, before, val);
            last = line;
        } else if (err == C2C_E_BAD_JSON) {
            before = s.rest;
            require(why.reason[0] != '\0');
            require(c2c_json_stream_next(&s, doc, &why, &line, &val) == err);
            require(s.rest.n == before.n);
        }
        c2c_doc_free(doc);
    }
    require(err == C2C_E_NOT_FOUND || err == C2C_E_BAD_JSON);
    return 0;
}
