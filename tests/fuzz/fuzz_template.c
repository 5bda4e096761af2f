/* Any text as what an author left in the editor: lines stay where they are,
 * comments go, and JSON without either is not touched. */

#include "codec/json.h"
#include "fuzz.h"
#include "record/template.h"

static size_t lines(struct c2c_view text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        n += text.p[i] == '\n' ? 1 : 0;
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view text = c2c_view_of(data, size);
    struct c2c_json_error why;
    const struct c2c_val *val;
    struct c2c_buf plain;
    struct c2c_doc *doc;

    c2c_buf_init(&plain, size);
    require(c2c_doc_new(&doc) == C2C_E_OK);
    require(c2c_template_strip(text, &plain) == C2C_E_OK);
    require(plain.n <= size && lines(c2c_buf_view(&plain)) == lines(text));
    if (c2c_json_parse(doc, text, &why, &val) == C2C_E_OK) {
        require(c2c_view_eq(text, c2c_buf_view(&plain)));
    }
    c2c_doc_free(doc);
    c2c_buf_fini(&plain);
    return 0;
}
