#include "record/record.h"

#include <string.h>

#include "codec/limits.h"
#include "oom.h"
#include "test.h"
#include "vectors.h"

static void check_fields(struct vectors *v, const struct c2c_val *one,
                         const struct c2c_record *r)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    struct c2c_buf body;

    c2c_buf_init(&body, C2C_MAX_RECORD_BYTES);
    assert_ok(c2c_doc_encode(v->doc, c2c_val_get(in, "body"), &body));
    vectors_expect(one, c2c_view_eq(r->type, c2c_val_text(in, "type")), "type");
    vectors_same(v, in, "key", c2c_view_of(r->key.b, sizeof r->key.b));
    vectors_same(v, in, "nonce", c2c_view_of(r->nonce.b, sizeof r->nonce.b));
    vectors_expect(one, c2c_view_eq(r->slug, c2c_val_text(in, "slug")), "slug");
    vectors_expect(one, r->created_s == vectors_uint(in, "created"), "created");
    vectors_expect(one, r->updated_s == vectors_uint(in, "updated"), "updated");
    vectors_expect(one, c2c_view_eq(r->body, c2c_buf_view(&body)), "body");
    c2c_buf_fini(&body);
}

static void check(struct vectors *v, const struct c2c_val *one)
{
    struct c2c_view bytes = vectors_view(v, one, "hex");
    struct c2c_record r = {.created_s = 77};
    struct c2c_hash leaf;
    struct c2c_buf again;

    if (!vectors_verdict(one, c2c_record_decode(bytes, &r))) {
        vectors_expect(one, r.created_s == 77, "written on failure");
        return;
    }
    check_fields(v, one, &r);
    leaf = c2c_record_hash(bytes);
    vectors_same(v, one, "leaf", c2c_view_of(leaf.b, sizeof leaf.b));
    c2c_buf_init(&again, C2C_MAX_RECORD_BYTES);
    assert_ok(c2c_record_encode(&r, &again));
    vectors_expect(one, c2c_view_eq(bytes, c2c_buf_view(&again)), "encodes");
    c2c_buf_fini(&again);
}

static void records_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("record.json", 40, check);
}

static const uint8_t empty_map[] = {0x80};

static struct c2c_record small(void)
{
    return (struct c2c_record){.type = c2c_view_str("note"),
                               .body = {empty_map, sizeof empty_map}};
}

static void assert_not_encoded(const struct c2c_record *r, enum c2c_err want)
{
    struct c2c_buf out;

    c2c_buf_init(&out, (size_t)2 * C2C_MAX_RECORD_BYTES);
    assert_ok(c2c_buf_put(&out, "before", 6));
    assert_err(c2c_record_encode(r, &out), want);
    assert_int_equal(out.n, 6);
    c2c_buf_fini(&out);
}

static void what_would_be_refused_is_not_encoded(void **state)
{
    static uint8_t big[C2C_MAX_RECORD_BYTES + 5] = {0x81, 0xa1, 'a',
                                                    0xda, 0xff, 0xff};
    struct c2c_record r;

    (void)state;
    r = small();
    r.type = c2c_view_str("Note");
    assert_not_encoded(&r, C2C_E_INVAL);
    r = small();
    r.slug = c2c_view_str("-");
    assert_not_encoded(&r, C2C_E_INVAL);
    r = small();
    r.body = c2c_view_str("\x90");
    assert_not_encoded(&r, C2C_E_INVAL);
    r = small();
    r.created_s = UINT64_MAX;
    assert_not_encoded(&r, C2C_E_TOO_BIG);
    r = small();
    memset(big + 6, 'x', 0xffff);
    r.body = c2c_view_of(big, 6 + 0xffff);
    assert_not_encoded(&r, C2C_E_TOO_BIG);
}

static void audiences_have_names(void **state)
{
    enum c2c_audience a = C2C_AUDIENCE_LOCAL;

    (void)state;
    for (unsigned i = 0; i <= C2C_AUDIENCE_LOCAL; i++) {
        assert_ok(c2c_audience_parse(c2c_view_str(c2c_audience_name(i)), &a));
        assert_int_equal(a, i);
    }
    assert_err(c2c_audience_parse(c2c_view_str("Public"), &a), C2C_E_INVAL);
    assert_err(c2c_audience_parse(c2c_view_str(""), &a), C2C_E_INVAL);
    assert_int_equal(a, C2C_AUDIENCE_LOCAL);
}

static enum c2c_err encode(void *arg)
{
    struct c2c_record r = small();
    struct c2c_buf out;
    enum c2c_err err;

    (void)arg;
    c2c_buf_init(&out, C2C_MAX_RECORD_BYTES);
    err = c2c_record_encode(&r, &out);
    c2c_buf_fini(&out);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(encode, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_those_of_the_vectors),
        cmocka_unit_test(what_would_be_refused_is_not_encoded),
        cmocka_unit_test(audiences_have_names),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("record/record", tests, NULL, NULL);
}
