#include <string.h>

#include "codec/json.h"
#include "codec/limits.h"
#include "codec/reader.h"
#include "test.h"
#include "vectors.h"

struct fixture {
    struct c2c_doc *doc;
    const struct c2c_val *vectors;
};

static int open_vectors(void **state)
{
    static struct fixture f;

    assert_ok(c2c_doc_new(&f.doc));
    f.vectors = vectors_read(f.doc, "canonical.json");
    *state = &f;
    return 0;
}

static int close_vectors(void **state)
{
    struct fixture *f = *state;

    c2c_doc_free(f->doc);
    return 0;
}

/* Name the vector when @ok is false. */
static void expect(bool ok, const struct c2c_val *vector, const char *law)
{
    struct c2c_view why = c2c_val_text(vector, "why");

    if (!ok) {
        fail_msg("%.*s: %s", (int)why.n, (const char *)why.p, law);
    }
}

static void every_form_gets_its_verdict(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < c2c_val_count(f->vectors); i++) {
        const struct c2c_val *vector = c2c_val_at(f->vectors, i);
        enum c2c_err want = vectors_err(c2c_val_get(vector, "error"));
        struct c2c_buf bytes;
        enum c2c_err got;

        c2c_buf_init(&bytes, 4096);
        vectors_bytes(vector, "hex", &bytes);
        got = c2c_canon_check(c2c_buf_view(&bytes), C2C_MAX_DEPTH);
        expect(got == want, vector, c2c_errname(got));
        c2c_buf_fini(&bytes);
    }
    assert_in_range(c2c_val_count(f->vectors), 200, 2000);
}

static void the_tree_is_refused_for_the_same_reasons(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < c2c_val_count(f->vectors); i++) {
        const struct c2c_val *vector = c2c_val_at(f->vectors, i);
        enum c2c_err want = vectors_err(c2c_val_get(vector, "error"));
        const struct c2c_val *val = NULL;
        struct c2c_buf bytes;
        enum c2c_err got;

        c2c_buf_init(&bytes, 4096);
        vectors_bytes(vector, "hex", &bytes);
        got = c2c_doc_decode(f->doc, c2c_buf_view(&bytes), C2C_MAX_DEPTH, &val);
        expect(got == want, vector, c2c_errname(got));
        expect((val != NULL) == (got == C2C_E_OK), vector,
               "the result is written only on success");
        c2c_buf_fini(&bytes);
    }
}

static void accepted_bytes_are_made_again(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < c2c_val_count(f->vectors); i++) {
        const struct c2c_val *vector = c2c_val_at(f->vectors, i);
        const struct c2c_val *val;
        struct c2c_buf bytes;
        struct c2c_buf again;

        c2c_buf_init(&bytes, 4096);
        c2c_buf_init(&again, 4096);
        vectors_bytes(vector, "hex", &bytes);
        if (c2c_doc_decode(f->doc, c2c_buf_view(&bytes), C2C_MAX_DEPTH, &val) ==
            C2C_E_OK) {
            assert_ok(c2c_doc_encode(f->doc, val, &again));
            expect(c2c_view_eq(c2c_buf_view(&bytes), c2c_buf_view(&again)),
                   vector, "encodes differently");
        }
        c2c_buf_fini(&bytes);
        c2c_buf_fini(&again);
    }
}

static void accepted_bytes_print_as_the_json_beside_them(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < c2c_val_count(f->vectors); i++) {
        const struct c2c_val *vector = c2c_val_at(f->vectors, i);
        const struct c2c_val *val;
        struct c2c_buf bytes;
        struct c2c_buf text;

        c2c_buf_init(&bytes, 4096);
        c2c_buf_init(&text, 4096);
        vectors_bytes(vector, "hex", &bytes);
        if (c2c_doc_decode(f->doc, c2c_buf_view(&bytes), C2C_MAX_DEPTH, &val) ==
            C2C_E_OK) {
            assert_ok(c2c_json_print(val, C2C_JSON_COMPACT, &text));
            expect(c2c_view_eq(c2c_buf_view(&text),
                               c2c_val_text(vector, "json")),
                   vector, "prints differently");
        }
        c2c_buf_fini(&bytes);
        c2c_buf_fini(&text);
    }
}

/* bin and U+0000 print as JSON but do not come back. */
static bool comes_back(struct c2c_view bytes)
{
    return memchr(bytes.p, 0xc4, bytes.n) == NULL &&
           memchr(bytes.p, 0xc5, bytes.n) == NULL &&
           !(bytes.n == 2 && bytes.p[0] == 0xa1 && bytes.p[1] == 0);
}

static void the_json_makes_the_same_bytes(void **state)
{
    struct fixture *f = *state;
    unsigned n = 0;

    for (size_t i = 0; i < c2c_val_count(f->vectors); i++) {
        const struct c2c_val *vector = c2c_val_at(f->vectors, i);
        struct c2c_view json = c2c_val_text(vector, "json");
        struct c2c_json_error why;
        const struct c2c_val *val;
        struct c2c_buf bytes;
        struct c2c_buf again;

        c2c_buf_init(&bytes, 4096);
        c2c_buf_init(&again, 4096);
        vectors_bytes(vector, "hex", &bytes);
        if (json.n > 0 && comes_back(c2c_buf_view(&bytes))) {
            expect(c2c_json_parse(f->doc, json, &why, &val) == C2C_E_OK, vector,
                   "its JSON is refused");
            assert_ok(c2c_doc_encode(f->doc, val, &again));
            expect(c2c_view_eq(c2c_buf_view(&bytes), c2c_buf_view(&again)),
                   vector, "its JSON gives other bytes");
            n++;
        }
        c2c_buf_fini(&bytes);
        c2c_buf_fini(&again);
    }
    assert_in_range(n, 40, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_gets_its_verdict),
        cmocka_unit_test(the_tree_is_refused_for_the_same_reasons),
        cmocka_unit_test(accepted_bytes_are_made_again),
        cmocka_unit_test(accepted_bytes_print_as_the_json_beside_them),
        cmocka_unit_test(the_json_makes_the_same_bytes),
    };
    return cmocka_run_group_tests_name("codec/canon", tests, open_vectors,
                                       close_vectors);
}
