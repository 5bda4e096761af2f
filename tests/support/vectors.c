#include "vectors.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/mem.h"
#include "codec/json.h"
#include "test.h"

enum {
    MAX_BYTES = 1 << 24
};

const struct c2c_val *vectors_read(struct c2c_doc *doc, const char *name)
{
    char *path = c2c_path_join(C2C_VECTORS, name);
    const struct c2c_val *root = NULL;
    struct c2c_json_error why = {0};
    struct c2c_buf text;

    assert_non_null(path);
    c2c_buf_init(&text, MAX_BYTES);
    assert_ok(c2c_file_read(path, &text));
    if (c2c_json_parse(doc, c2c_buf_view(&text), &why, &root) != C2C_E_OK) {
        fail_msg("%s:%u:%u: %s %s", name, why.line, why.column, why.path,
                 why.reason);
    }
    c2c_buf_fini(&text);
    c2c_free(path);
    return root;
}

void vectors_bytes(const struct c2c_val *vector, const char *key,
                   struct c2c_buf *out)
{
    struct c2c_view hex = c2c_val_text(vector, key);

    assert_int_equal(c2c_val_kind(c2c_val_get(vector, key)), C2C_KIND_STR);
    for (size_t i = 0; i < hex.n; i += 2) {
        struct c2c_view digits = c2c_view_of(hex.p + i, i + 2 > hex.n ? 1 : 2);
        uint8_t byte;

        assert_ok(c2c_hex_decode(digits, &byte, 1));
        assert_ok(c2c_buf_put(out, &byte, 1));
    }
}

enum c2c_err vectors_err(const struct c2c_val *name)
{
    if (c2c_val_kind(name) != C2C_KIND_STR) {
        return C2C_E_OK;
    }
    for (unsigned i = 1; i < 256; i++) {
        enum c2c_err err = c2c_err_from_number(i);

        if (c2c_view_eq_str(c2c_val_str(name), c2c_errname(err))) {
            return err;
        }
    }
    fail_msg("no error is called %.*s", (int)c2c_val_str(name).n,
             (const char *)c2c_val_str(name).p);
    return C2C_E_OK;
}
