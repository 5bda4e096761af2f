#include "vectors.h"

#include <stdlib.h>
#include <string.h>

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

void vectors_open(struct vectors *v, const char *file)
{
    assert_ok(c2c_doc_new(&v->doc));
    c2c_arena_init(&v->arena);
    v->all = vectors_read(v->doc, file);
}

void vectors_close(struct vectors *v)
{
    c2c_arena_fini(&v->arena);
    c2c_doc_free(v->doc);
}

void vectors_each(const char *file, size_t least,
                  void (*check)(struct vectors *v, const struct c2c_val *one))
{
    struct vectors v;

    vectors_open(&v, file);
    assert_in_range(c2c_val_count(v.all), least, 100000);
    for (size_t i = 0; i < c2c_val_count(v.all); i++) {
        check(&v, c2c_val_at(v.all, i));
    }
    vectors_close(&v);
}

const struct c2c_val *vectors_find(const struct vectors *v, const char *name)
{
    for (size_t i = 0; i < c2c_val_count(v->all); i++) {
        const struct c2c_val *one = c2c_val_at(v->all, i);

        if (c2c_view_eq_str(c2c_val_text(one, "name"), name)) {
            return one;
        }
    }
    fail_msg("no vector is called %s", name);
    return NULL;
}

void vectors_expect(const struct c2c_val *one, bool ok, const char *law)
{
    struct c2c_view name = c2c_val_text(one, "name");

    if (!ok) {
        fail_msg("%.*s: %s", (int)name.n, (const char *)name.p, law);
    }
}

bool vectors_verdict(const struct c2c_val *one, enum c2c_err got)
{
    vectors_expect(one, got == vectors_err(c2c_val_get(one, "error")),
                   c2c_errname(got));
    return got == C2C_E_OK;
}

struct c2c_view vectors_hex(struct vectors *v, const struct c2c_val *text)
{
    struct c2c_view hex = c2c_val_str(text);
    uint8_t *bytes = c2c_arena_alloc(&v->arena, 1, hex.n / 2 + 1);

    assert_non_null(bytes);
    for (size_t i = 0; i < hex.n / 2; i++) {
        assert_ok(c2c_hex_decode(c2c_view_of(hex.p + 2 * i, 2), &bytes[i], 1));
    }
    return c2c_view_of(bytes, hex.n / 2);
}

struct c2c_view vectors_view(struct vectors *v, const struct c2c_val *map,
                             const char *key)
{
    if (c2c_val_kind(c2c_val_get(map, key)) != C2C_KIND_STR) {
        fail_msg("there is no text %s", key);
    }
    return vectors_hex(v, c2c_val_get(map, key));
}

void vectors_fill(struct vectors *v, const struct c2c_val *map, const char *key,
                  void *out, size_t n)
{
    struct c2c_view bytes = vectors_view(v, map, key);

    assert_int_equal(bytes.n, n);
    memcpy(out, bytes.p, n);
}

struct c2c_hash vectors_hash(struct vectors *v, const struct c2c_val *map,
                             const char *key)
{
    struct c2c_hash h = {{0}};

    vectors_fill(v, map, key, h.b, sizeof h.b);
    return h;
}

uint64_t vectors_uint(const struct c2c_val *map, const char *key)
{
    const struct c2c_val *i = c2c_val_get(map, key);

    if (c2c_val_kind(i) != C2C_KIND_INT || c2c_val_int(i) < 0) {
        fail_msg("there is no number %s", key);
    }
    return (uint64_t)c2c_val_int(i);
}

void vectors_same(struct vectors *v, const struct c2c_val *one, const char *key,
                  struct c2c_view bytes)
{
    vectors_expect(one, c2c_view_eq(bytes, vectors_view(v, one, key)), key);
}
