#include "crypto/digest.h"

#include <string.h>

#include "test.h"
#include "vectors.h"

static const char *const names[] = {
#define NAME(KIND, TEXT) [C2C_DIGEST_##KIND] = (TEXT),
    C2C_DIGEST_MAP(NAME)
#undef NAME
};

enum {
    KINDS = sizeof names / sizeof names[0],
    MAX_PARTS = 4
};

static enum c2c_digest kind_of(const struct c2c_val *inputs)
{
    for (unsigned i = 0; i < KINDS; i++) {
        if (c2c_view_eq_str(c2c_val_text(inputs, "kind"),
                            names[i] + strlen("c2c "))) {
            return i;
        }
    }
    fail_msg("no such kind of hash");
    return 0;
}

static void check(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *inputs = c2c_val_get(one, "inputs");
    const struct c2c_val *given = c2c_val_get(inputs, "parts");
    struct c2c_view parts[MAX_PARTS];
    size_t n = c2c_val_count(given);
    struct c2c_hash hash;

    assert_in_range(n, 0, MAX_PARTS);
    for (size_t i = 0; i < n; i++) {
        parts[i] = vectors_hex(v, c2c_val_at(given, i));
    }
    hash = c2c_digest_parts(kind_of(inputs), parts, n);
    vectors_same(v, one, "hex", c2c_view_of(hash.b, sizeof hash.b));
    if (n == 1) {
        hash = c2c_digest_of(kind_of(inputs), parts[0]);
        vectors_same(v, one, "hex", c2c_view_of(hash.b, sizeof hash.b));
    }
}

static void hashes_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("hash.json", 10, check);
}

static void no_two_kinds_hash_alike(void **state)
{
    struct c2c_hash of[KINDS];

    (void)state;
    for (unsigned i = 0; i < KINDS; i++) {
        of[i] = c2c_digest_of(i, c2c_view_str("abc"));
        assert_in_range(strlen(names[i]), 1, 16);
        for (unsigned j = 0; j < i; j++) {
            assert_false(c2c_hash_eq(&of[i], &of[j]));
        }
    }
}

static void where_parts_end_does_not_matter(void **state)
{
    const struct c2c_view parts[] = {c2c_view_str("a"), c2c_view_str(""),
                                     c2c_view_str("bc")};
    struct c2c_hash apart = c2c_digest_parts(C2C_DIGEST_NET, parts, 3);
    struct c2c_hash whole = c2c_digest_of(C2C_DIGEST_NET, c2c_view_str("abc"));

    (void)state;
    assert_true(c2c_hash_eq(&apart, &whole));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_the_vectors),
        cmocka_unit_test(no_two_kinds_hash_alike),
        cmocka_unit_test(where_parts_end_does_not_matter),
    };
    return cmocka_run_group_tests_name("crypto/digest", tests, NULL, NULL);
}
