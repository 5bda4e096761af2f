/* Any text: what parses prints as text that parses to the same. */

#include <string.h>

#include "base/text.h"
#include "codec/json.h"
#include "fuzz.h"

enum {
    ROOM = 1 << 24
};

static void print_and_parse(struct c2c_doc *doc, const struct c2c_val *val,
                            enum c2c_json_style style,
                            struct c2c_view canonical)
{
    struct c2c_json_error why;
    const struct c2c_val *again;
    struct c2c_buf text;
    struct c2c_buf bytes;

    c2c_buf_init(&text, ROOM);
    c2c_buf_init(&bytes, ROOM);
    require(c2c_json_print(val, style, &text) == C2C_E_OK);
    require(c2c_json_parse(doc, c2c_buf_view(&text), &why, &again) == C2C_E_OK);
    require(c2c_doc_encode(doc, again, &bytes) == C2C_E_OK);
    require(c2c_view_eq(canonical, c2c_buf_view(&bytes)));
    c2c_buf_fini(&bytes);
    c2c_buf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view text = c2c_view_of(data, size);
    struct c2c_json_error why = {0};
    const struct c2c_val *val = NULL;
    struct c2c_buf bytes;
    struct c2c_doc *doc;
    enum c2c_err err;

    c2c_buf_init(&bytes, ROOM);
    require(c2c_doc_new(&doc) == C2C_E_OK);
    err = c2c_json_parse(doc, text, &why, &val);
    if (err == C2C_E_OK) {
        require(c2c_doc_encode(doc, val, &bytes) == C2C_E_OK);
        require(c2c_canon_check(c2c_buf_view(&bytes), C2C_JSON_DEPTH) ==
                C2C_E_OK);
        print_and_parse(doc, val, C2C_JSON_COMPACT, c2c_buf_view(&bytes));
        print_and_parse(doc, val, C2C_JSON_PRETTY, c2c_buf_view(&bytes));
    } else {
        require(err == C2C_E_BAD_JSON && val == NULL);
        require(why.reason[0] != '\0');
        require(c2c_text_valid(c2c_view_str(why.reason)));
        require(c2c_text_valid(c2c_view_str(why.path)));
    }
    c2c_doc_free(doc);
    c2c_buf_fini(&bytes);
    return 0;
}
