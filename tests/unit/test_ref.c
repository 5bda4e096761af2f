#include "record/ref.h"

#include "base/hex.h"
#include "test.h"
#include "vectors.h"

static void check(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    bool has_key = c2c_val_kind(c2c_val_get(in, "key")) == C2C_KIND_STR;
    struct c2c_ref ref = {.has_key = true};

    if (!vectors_verdict(one, c2c_ref_parse(c2c_val_text(in, "text"), &ref))) {
        vectors_expect(one, ref.has_key && ref.type.n == 0,
                       "written on failure");
        return;
    }
    vectors_expect(one, c2c_view_eq(ref.city, c2c_val_text(in, "city")),
                   "city");
    vectors_expect(one, c2c_view_eq(ref.type, c2c_val_text(in, "type")),
                   "type");
    vectors_expect(one, c2c_view_eq(ref.name, c2c_val_text(in, "name")),
                   "name");
    vectors_expect(one, ref.has_key == has_key, "has a key");
    if (has_key) {
        vectors_same(v, in, "key", c2c_view_of(ref.key.b, sizeof ref.key.b));
    }
}

static void references_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("ref.json", 25, check);
}

static void a_city_that_is_no_text_is_refused(void **state)
{
    static const char *const cities[] = {"\xff/office/a", "\xed\xa0\x80/a/b",
                                         "\xc0\xaf/office/a"};
    struct c2c_ref ref;

    (void)state;
    for (size_t i = 0; i < sizeof cities / sizeof cities[0]; i++) {
        assert_err(c2c_ref_parse(c2c_view_str(cities[i]), &ref),
                   C2C_E_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_those_of_the_vectors),
        cmocka_unit_test(a_city_that_is_no_text_is_refused),
    };
    return cmocka_run_group_tests_name("record/ref", tests, NULL, NULL);
}
