#include "message_vectors.h"

#include <string.h>

#include "oom.h"
#include "recode.h"
#include "test.h"

enum {
    MESSAGE_MAX = 1 << 24
};

/* "hex", or what "long" tells: [begin, unit, times, end]. */
static void read_bytes(struct vectors *v, const struct c2c_val *one,
                       struct c2c_buf *out)
{
    const struct c2c_val *told = c2c_val_get(one, "long");
    struct c2c_view unit;

    if (told == NULL) {
        vectors_bytes(one, "hex", out);
        return;
    }
    for (size_t i = 0; i < 4; i += 3) {
        struct c2c_view end = vectors_hex(v, c2c_val_at(told, i));

        if (i == 3) {
            unit = vectors_hex(v, c2c_val_at(told, 1));
            for (int64_t n = c2c_val_int(c2c_val_at(told, 2)); n > 0; n--) {
                assert_ok(c2c_buf_put(out, unit.p, unit.n));
            }
        }
        assert_ok(c2c_buf_put(out, end.p, end.n));
    }
}

/* A good message, to be encoded again. */
struct good {
    const struct recode *recode;
    struct c2c_view bytes;
};

static enum c2c_err encode_again(void *arg)
{
    const struct good *good = arg;
    struct c2c_buf out;
    enum c2c_err err;

    c2c_buf_init(&out, MESSAGE_MAX);
    err = good->recode->again(good->bytes, &out);
    if (err == C2C_E_OK && !c2c_view_eq(c2c_buf_view(&out), good->bytes)) {
        err = C2C_E_NONCANON;
    }
    c2c_buf_fini(&out);
    return err;
}

/* Is it refused? */
static bool check(struct vectors *v, const struct c2c_val *one,
                  const struct recode *recode)
{
    struct c2c_buf bytes;
    struct good good = {recode, {NULL, 0}};
    bool accepted;

    c2c_buf_init(&bytes, MESSAGE_MAX);
    read_bytes(v, one, &bytes);
    good.bytes = c2c_buf_view(&bytes);
    accepted = vectors_verdict(one, encode_again(&good));
    if (accepted) {
        oom_sweep(encode_again, &good);
    }
    c2c_buf_fini(&bytes);
    return !accepted;
}

static void each(struct vectors *v, const char *which, size_t least)
{
    const struct recode *recode = recode_find(c2c_view_str(which));
    size_t accepted = 0;
    size_t refused = 0;

    assert_non_null(recode);
    for (size_t i = 0; i < c2c_val_count(v->all); i++) {
        const struct c2c_val *one = c2c_val_at(v->all, i);

        if (c2c_view_eq_str(c2c_val_text(c2c_val_get(one, "inputs"), "which"),
                            which)) {
            *(check(v, one, recode) ? &refused : &accepted) += 1;
        }
    }
    assert_in_range(accepted, 1, 1000);
    assert_in_range(refused, least, 1000);
}

void message_vectors(const char *const *which, size_t least)
{
    struct vectors v;

    vectors_open(&v, "message.json");
    for (size_t i = 0; which[i] != NULL; i++) {
        each(&v, which[i], least);
    }
    vectors_close(&v);
}

struct c2c_view message_bytes(struct vectors *v, const char *name,
                              const struct c2c_val **ret_value)
{
    const struct c2c_val *one = vectors_find(v, name);

    *ret_value = c2c_val_get(c2c_val_get(one, "inputs"), "value");
    assert_non_null(*ret_value);
    return vectors_view(v, one, "hex");
}

/* Element @i, which must be of @kind. */
static const struct c2c_val *at(const struct c2c_val *list, size_t i,
                                enum c2c_kind kind)
{
    assert_in_range(i, 0, c2c_val_count(list) - 1);
    assert_int_equal(c2c_val_kind(c2c_val_at(list, i)), kind);
    return c2c_val_at(list, i);
}

void expect_uint(const struct c2c_val *list, size_t i, uint64_t got)
{
    assert_int_equal(got, c2c_val_int(at(list, i, C2C_KIND_INT)));
}

void expect_bool(const struct c2c_val *list, size_t i, bool got)
{
    assert_int_equal(got, c2c_val_bool(at(list, i, C2C_KIND_BOOL)));
}

void expect_text(const struct c2c_val *list, size_t i, struct c2c_view got)
{
    assert_true(c2c_view_eq(got, c2c_val_str(at(list, i, C2C_KIND_STR))));
}

void expect_nil(const struct c2c_val *list, size_t i, bool got)
{
    assert_int_equal(got, c2c_val_kind(c2c_val_at(list, i)) == C2C_KIND_NIL);
}

void expect_bin(struct vectors *v, const struct c2c_val *list, size_t i,
                struct c2c_view got)
{
    assert_true(c2c_view_eq(got, vectors_hex(v, at(list, i, C2C_KIND_STR))));
}

void expect_hash(struct vectors *v, const struct c2c_val *list, size_t i,
                 const struct c2c_hash *got)
{
    expect_bin(v, list, i, c2c_view_of(got->b, sizeof got->b));
}

void expect_uuid(struct vectors *v, const struct c2c_val *list, size_t i,
                 const struct c2c_uuid *got)
{
    expect_bin(v, list, i, c2c_view_of(got->b, sizeof got->b));
}

const struct c2c_val *expect_list(const struct c2c_val *list, size_t i,
                                  uint64_t got)
{
    const struct c2c_val *inner = at(list, i, C2C_KIND_ARRAY);

    assert_int_equal(c2c_val_count(inner), got);
    return inner;
}
