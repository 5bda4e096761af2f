/* Any file as a record type beside our own: it loads or is refused with a
 * reason, and what loads gives templates that are JSON.  Types are ours, not a
 * peer's: patterns that only cost time are passed over. */

#include <string.h>

#include "base/text.h"
#include "codec/json.h"
#include "fuzz.h"
#include "record/derive.h"
#include "record/schema.h"
#include "record/template.h"
#include "record/types.h"

static struct c2c_view common(void)
{
    for (size_t i = 0; i < c2c_types_builtin.n_records; i++) {
        if (strcmp(c2c_types_builtin.records[i].name, "common") == 0) {
            return c2c_types_builtin.records[i].text;
        }
    }
    abort();
}

/* Repetitions inside one another make regcomp() take all memory. */
static bool costly(struct c2c_view text)
{
    size_t repeats = 0;

    for (size_t i = 0; i + 1 < text.n; i++) {
        repeats +=
            text.p[i] == '{' && text.p[i + 1] >= '0' && text.p[i + 1] <= '9';
    }
    return repeats > 1;
}

static void write_template(const struct c2c_types *types,
                           const struct c2c_type *type)
{
    struct c2c_buf text;
    struct c2c_buf json;
    struct c2c_json_error why;
    const struct c2c_val *val;
    struct c2c_doc *doc;
    enum c2c_err err;

    c2c_buf_init(&text, 1u << 20);
    c2c_buf_init(&json, 1u << 20);
    require(c2c_doc_new(&doc) == C2C_E_OK);
    err = c2c_template_write(types, type, NULL, c2c_view_str("ru"), &text);
    if (err == C2C_E_OK) {
        require(c2c_template_strip(c2c_buf_view(&text), &json) == C2C_E_OK);
        require(c2c_json_parse(doc, c2c_buf_view(&json), &why, &val) ==
                C2C_E_OK);
        (void)c2c_derive_title(type, c2c_val_get(val, "body"),
                               c2c_view_str("zh"));
    }
    require(err == C2C_E_OK || err == C2C_E_TOO_BIG);
    c2c_doc_free(doc);
    c2c_buf_fini(&json);
    c2c_buf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct c2c_types_file files[] = {{"common", common()},
                                           {"thing", {data, size}}};
    const struct c2c_types_set set = {files, 2, c2c_types_builtin.vocabs,
                                      c2c_types_builtin.n_vocabs};
    struct c2c_types *types = NULL;
    struct c2c_diag diag = {0};
    enum c2c_err err;

    if (costly(files[1].text)) {
        return 0;
    }
    err = c2c_types_load(&set, &diag, &types);
    if (err == C2C_E_OK) {
        const struct c2c_type *thing = c2c_types_at(types, 0);

        require(c2c_schema_kind(c2c_type_body(thing)) == C2C_SCHEMA_OBJECT);
        write_template(types, thing);
    } else {
        require(err == C2C_E_SCHEMA && types == NULL);
        require(diag.code == err && diag.message[0] != '\0');
        require(c2c_text_valid(c2c_view_str(diag.message)));
    }
    c2c_types_free(types);
    return 0;
}
