#include "trust/dir.h"

#include <stdio.h>
#include <string.h>

#include "codec/limits.h"
#include "oom.h"
#include "test.h"
#include "vectors.h"

static struct c2c_dir_entry entries[C2C_MAX_CITY_TYPES + 1];

static size_t described(struct vectors *v, const struct c2c_val *list)
{
    size_t n = c2c_val_count(list);

    for (size_t i = 0; i < n; i++) {
        const struct c2c_val *line = c2c_val_at(list, i);

        entries[i] =
            (struct c2c_dir_entry){.type = c2c_val_text(line, "type"),
                                   .count = vectors_uint(line, "count"),
                                   .bytes = vectors_uint(line, "bytes"),
                                   .root = vectors_hash(v, line, "root")};
    }
    return n;
}

static void check_making(struct vectors *v, const struct c2c_val *one,
                         const struct c2c_hash *city,
                         enum c2c_audience audience)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    size_t n = described(v, c2c_val_get(in, "entries"));
    struct c2c_dir_sum sum;
    struct c2c_buf out;

    c2c_buf_init(&out, 4096);
    assert_ok(c2c_dir_encode(city, audience, entries, n, &out));
    vectors_same(v, one, "hex", c2c_buf_view(&out));
    assert_ok(c2c_dir_sum(city, audience, entries, n, &sum));
    vectors_same(v, one, "root", c2c_view_of(sum.root.b, sizeof sum.root.b));
    vectors_expect(one, sum.count == vectors_uint(one, "count"), "count");
    vectors_expect(one, sum.bytes == vectors_uint(one, "bytes"), "bytes");
    c2c_buf_fini(&out);
}

static void check(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    struct c2c_hash city = vectors_hash(v, in, "city");
    enum c2c_audience audience =
        (enum c2c_audience)vectors_uint(in, "audience");
    static struct c2c_dir_entry got[C2C_MAX_CITY_TYPES];
    size_t n = 77777;

    if (!vectors_verdict(one, c2c_dir_decode(vectors_view(v, one, "hex"), &city,
                                             audience, C2C_MAX_CITY_TYPES, got,
                                             &n))) {
        vectors_expect(one, n == 77777, "written on failure");
        return;
    }
    vectors_expect(one, n == described(v, c2c_val_get(in, "entries")), "lines");
    for (size_t i = 0; i < n; i++) {
        vectors_expect(one, c2c_view_eq(got[i].type, entries[i].type), "type");
        vectors_expect(one, got[i].count == entries[i].count, "count");
        vectors_expect(one, got[i].bytes == entries[i].bytes, "bytes");
        vectors_expect(one, c2c_hash_eq(&got[i].root, &entries[i].root),
                       "root");
    }
    check_making(v, one, &city, audience);
}

static void directories_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("dir.json", 25, check);
}

static const struct c2c_hash nobody = {{0}};

static void assert_not_made(size_t n, enum c2c_err want)
{
    struct c2c_dir_sum sum = {.count = 77};

    assert_err(c2c_dir_sum(&nobody, C2C_AUDIENCE_PUBLIC, entries, n, &sum),
               want);
    assert_int_equal(sum.count, 77);
}

static void lines_out_of_order_or_empty_are_not_written(void **state)
{
    (void)state;
    entries[0] = (struct c2c_dir_entry){.type = c2c_view_str("b"), .count = 1};
    entries[1] = (struct c2c_dir_entry){.type = c2c_view_str("a"), .count = 1};
    assert_not_made(2, C2C_E_INVAL);
    entries[1].type = entries[0].type;
    assert_not_made(2, C2C_E_INVAL);
    entries[0].count = 0;
    assert_not_made(1, C2C_E_INVAL);
}

static void as_many_types_as_may_be_and_no_more(void **state)
{
    static char names[C2C_MAX_CITY_TYPES + 1][C2C_MAX_TYPE_BYTES + 1];
    struct c2c_dir_sum sum;
    struct c2c_buf out;
    size_t n;

    (void)state;
    for (int i = 0; i <= C2C_MAX_CITY_TYPES; i++) {
        (void)snprintf(names[i], sizeof names[i], "t%039d", i);
        entries[i] = (struct c2c_dir_entry){.type = c2c_view_str(names[i]),
                                            .count = C2C_MAX_CITY_RECORDS,
                                            .bytes = INT64_MAX / 2000};
    }
    assert_ok(c2c_dir_sum(&nobody, C2C_AUDIENCE_NETWORK, entries,
                          C2C_MAX_CITY_TYPES, &sum));
    assert_true(sum.count == UINT64_C(1000000000));
    assert_not_made(C2C_MAX_CITY_TYPES + 1, C2C_E_TOO_BIG);
    c2c_buf_init(&out, 1 << 20);
    assert_ok(c2c_dir_encode(&nobody, C2C_AUDIENCE_NETWORK, entries, 3, &out));
    assert_err(c2c_dir_decode(c2c_buf_view(&out), &nobody, C2C_AUDIENCE_NETWORK,
                              2, entries, &n),
               C2C_E_TOO_BIG);
    c2c_buf_fini(&out);
}

static void cities_and_audiences_have_roots_of_their_own(void **state)
{
    const struct c2c_hash other = {{1}};
    struct c2c_dir_sum of[3];

    (void)state;
    assert_ok(c2c_dir_sum(&nobody, C2C_AUDIENCE_PUBLIC, NULL, 0, &of[0]));
    assert_ok(c2c_dir_sum(&nobody, C2C_AUDIENCE_NETWORK, NULL, 0, &of[1]));
    assert_ok(c2c_dir_sum(&other, C2C_AUDIENCE_PUBLIC, NULL, 0, &of[2]));
    assert_false(c2c_hash_eq(&of[0].root, &of[1].root));
    assert_false(c2c_hash_eq(&of[0].root, &of[2].root));
}

static enum c2c_err sum(void *arg)
{
    const struct c2c_dir_entry entry = {.type = c2c_view_str("note"),
                                        .count = 1};
    struct c2c_dir_sum ignored;

    (void)arg;
    return c2c_dir_sum(&nobody, C2C_AUDIENCE_PUBLIC, &entry, 1, &ignored);
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(sum, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directories_are_those_of_the_vectors),
        cmocka_unit_test(lines_out_of_order_or_empty_are_not_written),
        cmocka_unit_test(as_many_types_as_may_be_and_no_more),
        cmocka_unit_test(cities_and_audiences_have_roots_of_their_own),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("trust/dir", tests, NULL, NULL);
}
