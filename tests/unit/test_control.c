#include "wire/control.h"

#include <string.h>

#include "codec/limits.h"
#include "oom.h"
#include "test.h"
#include "vectors.h"

static void assert_same_value(struct vectors *v, const struct c2c_val *one,
                              const struct c2c_val *a, const struct c2c_val *b)
{
    struct c2c_buf of_a;
    struct c2c_buf of_b;

    c2c_buf_init(&of_a, C2C_MAX_CONTROL_BYTES);
    c2c_buf_init(&of_b, C2C_MAX_CONTROL_BYTES);
    assert_ok(c2c_doc_encode(v->doc, a, &of_a));
    assert_ok(c2c_doc_encode(v->doc, b, &of_b));
    vectors_expect(one, c2c_view_eq(c2c_buf_view(&of_a), c2c_buf_view(&of_b)),
                   "map");
    c2c_buf_fini(&of_a);
    c2c_buf_fini(&of_b);
}

static void check_request(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    const struct c2c_val *map = c2c_val_get(in, "map");
    struct c2c_control_request got = {.args = one};
    struct c2c_buf out;

    if (!vectors_verdict(one, c2c_control_request_decode(
                                  v->doc, vectors_view(v, one, "hex"), &got))) {
        vectors_expect(one, got.args == one, "written on failure");
        return;
    }
    vectors_expect(one, c2c_view_eq(got.name, c2c_val_text(in, "first")),
                   "name");
    assert_same_value(v, one, got.args, map);
    c2c_buf_init(&out, C2C_MAX_CONTROL_BYTES);
    assert_ok(
        c2c_control_request_encode(v->doc, c2c_arena_dup(&v->arena, got.name),
                                   c2c_val_count(map) == 0 ? NULL : map, &out));
    vectors_same(v, one, "hex", c2c_buf_view(&out));
    c2c_buf_fini(&out);
}

static void check_reply(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    struct c2c_control_reply got = {.doc = one};
    struct c2c_buf out;

    if (!vectors_verdict(one, c2c_control_reply_decode(
                                  v->doc, vectors_view(v, one, "hex"), &got))) {
        vectors_expect(one, got.doc == one, "written on failure");
        return;
    }
    vectors_expect(one, got.code == vectors_uint(in, "first"), "code");
    assert_same_value(v, one, got.doc, c2c_val_get(in, "map"));
    c2c_buf_init(&out, C2C_MAX_CONTROL_BYTES);
    assert_ok(c2c_control_reply_encode(v->doc, got.code, c2c_val_get(in, "map"),
                                       &out));
    vectors_same(v, one, "hex", c2c_buf_view(&out));
    c2c_buf_fini(&out);
}

static void check(struct vectors *v, const struct c2c_val *one)
{
    if (c2c_view_eq_str(c2c_val_text(c2c_val_get(one, "inputs"), "kind"),
                        "request")) {
        check_request(v, one);
    } else {
        check_reply(v, one);
    }
}

static void messages_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("control.json", 30, check);
}

static void a_code_of_a_later_version_is_told(void **state)
{
    struct c2c_control_reply reply;
    struct c2c_doc *doc;

    (void)state;
    assert_ok(c2c_doc_new(&doc));
    assert_ok(c2c_control_reply_decode(doc,
                                       c2c_view_str("\x93\x01\xcd\xff\xff\x80"),
                                       &reply));
    assert_err(reply.code, C2C_E_UNSUPPORTED);
    c2c_doc_free(doc);
}

static enum c2c_err round_trip(void *arg)
{
    struct c2c_control_request request;
    struct c2c_doc *doc = NULL;
    struct c2c_val *map;
    struct c2c_buf out;
    enum c2c_err err = c2c_doc_new(&doc);

    (void)arg;
    c2c_buf_init(&out, C2C_MAX_CONTROL_BYTES);
    if (err == C2C_E_OK) {
        map = c2c_doc_map(doc);
        c2c_doc_set_cstr(doc, map, "city", "Baguio");
        err = c2c_control_request_encode(doc, "who", map, &out);
    }
    if (err == C2C_E_OK) {
        err = c2c_control_request_decode(doc, c2c_buf_view(&out), &request);
    }
    c2c_buf_fini(&out);
    c2c_doc_free(doc);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(round_trip, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_those_of_the_vectors),
        cmocka_unit_test(a_code_of_a_later_version_is_told),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("wire/control", tests, NULL, NULL);
}
