/* Any JSON as the body of every type: a refusal has a reason, deriving copes
 * with bodies that do not fit, and a template keeps what it is given. */

#include "base/text.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "fuzz.h"
#include "node/facets.h"
#include "record/derive.h"
#include "record/template.h"
#include "record/types.h"

static enum c2c_err count_ref(void *ctx, const char *path, struct c2c_view ref)
{
    (void)ref;
    require(path[0] == '/');
    ++*(unsigned *)ctx;
    return C2C_E_OK;
}

static enum c2c_err count_unknown(void *ctx, const char *path,
                                  struct c2c_view nearest)
{
    (void)nearest;
    require(path[0] == '/');
    ++*(unsigned *)ctx;
    return C2C_E_OK;
}

static void derive(const struct c2c_types *types, const struct c2c_type *type,
                   const struct c2c_val *body)
{
    struct c2c_facets facets;
    struct c2c_buf text;
    unsigned n = 0;

    c2c_facets_init(&facets);
    c2c_buf_init(&text, 1u << 22);
    require(c2c_facets_derive(types, type, c2c_view_str("slug"), body,
                              &facets) == C2C_E_OK);
    for (size_t i = 0; i < facets.n; i++) {
        require(c2c_text_valid(facets.at[i].value));
    }
    for (unsigned weight = 1; weight <= 4; weight++) {
        require(c2c_derive_search(type, body, weight, &text) == C2C_E_OK);
    }
    require(c2c_text_valid(c2c_buf_view(&text)));
    require(c2c_derive_refs(type, body, count_ref, &n) == C2C_E_OK);
    require(c2c_type_unknown_fields(type, body, count_unknown, &n) == C2C_E_OK);
    require(c2c_text_valid(c2c_derive_title(type, body, c2c_view_str("ar"))));
    (void)c2c_derive_fresh(type, body, 1);
    c2c_buf_fini(&text);
    c2c_facets_fini(&facets);
}

static void check(const struct c2c_type *type, const struct c2c_val *body)
{
    struct c2c_problems problems;
    enum c2c_err err = c2c_type_check(type, body, &problems);

    require(err == (problems.total == 0 ? C2C_E_OK : C2C_E_SCHEMA));
    require(problems.n <= problems.total);
    for (size_t i = 0; i < problems.n; i++) {
        const struct c2c_problem *p = &problems.at[i];

        require(p->path[0] == '\0' || p->path[0] == '/');
        require(p->reason[0] != '\0');
        require(c2c_text_valid(c2c_view_str(p->path)));
        require(c2c_text_valid(c2c_view_str(p->reason)));
        require(c2c_text_valid(c2c_view_str(p->allowed)));
    }
}

/* An author's text of a record reads back as the same body. */
static void keep(const struct c2c_types *types, const struct c2c_type *type,
                 struct c2c_doc *doc, const struct c2c_val *body)
{
    struct c2c_val *record = c2c_doc_map(doc);
    struct c2c_json_error why;
    const struct c2c_val *again;
    const struct c2c_val *kept;
    struct c2c_buf text;
    struct c2c_buf json;

    c2c_buf_init(&text, 1u << 22);
    c2c_buf_init(&json, 1u << 22);
    c2c_doc_set(doc, record, "body", body);
    require(c2c_template_write(types, type, record, c2c_view_str("en"),
                               &text) == C2C_E_OK);
    require(c2c_template_strip(c2c_buf_view(&text), &json) == C2C_E_OK);
    require(c2c_json_parse(doc, c2c_buf_view(&json), &why, &again) == C2C_E_OK);
    kept = c2c_val_get(again, "body");
    c2c_buf_clear(&text);
    c2c_buf_clear(&json);
    for (size_t i = 0; i < c2c_val_count(body); i++) {
        struct c2c_pair pair = c2c_val_pair(body, i);

        require(c2c_doc_encode(doc, pair.val, &text) == C2C_E_OK);
        require(c2c_doc_encode(doc, c2c_val_find(kept, pair.key), &json) ==
                C2C_E_OK);
    }
    require(c2c_view_eq(c2c_buf_view(&text), c2c_buf_view(&json)));
    c2c_buf_fini(&json);
    c2c_buf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct c2c_types *types;
    struct c2c_json_error why;
    const struct c2c_val *body;
    struct c2c_diag diag;
    struct c2c_doc *doc;

    if (types == NULL) {
        require(c2c_types_load(&c2c_types_builtin, &diag, &types) == C2C_E_OK);
    }
    if (size > C2C_MAX_RECORD_BYTES) {
        return 0;
    }
    require(c2c_doc_new(&doc) == C2C_E_OK);
    if (c2c_json_parse(doc, c2c_view_of(data, size), &why, &body) == C2C_E_OK) {
        for (size_t i = 0; i < c2c_types_count(types); i++) {
            check(c2c_types_at(types, i), body);
            derive(types, c2c_types_at(types, i), body);
            if (c2c_val_kind(body) == C2C_KIND_MAP) {
                keep(types, c2c_types_at(types, i), doc, body);
            }
        }
    }
    c2c_doc_free(doc);
    return 0;
}
