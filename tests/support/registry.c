#include "registry.h"

#include "codec/json.h"
#include "test.h"

struct c2c_types *registry;

int registry_load(void **state)
{
    struct c2c_diag diag = {0};
    enum c2c_err err = c2c_types_load(&c2c_types_builtin, &diag, &registry);

    (void)state;
    if (err != C2C_E_OK) {
        print_error("%s\n", diag.message);
    }
    return err == C2C_E_OK ? 0 : -1;
}

int registry_free(void **state)
{
    (void)state;
    c2c_types_free(registry);
    return 0;
}

const struct c2c_type *registry_type(const char *name)
{
    const struct c2c_type *type = c2c_types_find(registry, c2c_view_str(name));

    assert_non_null(type);
    return type;
}

const struct c2c_val *registry_json(struct c2c_doc *doc, const char *json)
{
    struct c2c_json_error why = {0};
    const struct c2c_val *val = NULL;

    if (c2c_json_parse(doc, c2c_view_str(json), &why, &val) != C2C_E_OK) {
        fail_msg("%s:%u: %s", json, why.column, why.reason);
    }
    return val;
}

enum c2c_err registry_of(const char *record, struct c2c_diag *diag,
                         struct c2c_types **ret_types)
{
    const struct c2c_types_file files[] = {{"thing", c2c_view_str(record)}};
    const struct c2c_types_set set = {files, 1, c2c_types_builtin.vocabs,
                                      c2c_types_builtin.n_vocabs};

    return c2c_types_load(&set, diag, ret_types);
}
