#include "trust/dir.h"

#include "codec/limits.h"
#include "codec/pack.h"
#include "codec/reader.h"
#include "crypto/digest.h"

enum {
    DIR_VERSION = 1,
    DIR_ELEMENTS = 4,
    ENTRY_ELEMENTS = 4
};

static struct c2c_hash tree_node(const struct c2c_hash *left,
                                 const struct c2c_hash *right)
{
    static const uint8_t inner = 0x01; /* RFC 6962 section 2.1. */
    const struct c2c_view parts[] = {{&inner, 1},
                                     {left->b, sizeof left->b},
                                     {right->b, sizeof right->b}};

    return c2c_digest_parts(C2C_DIGEST_TREE, parts, 3);
}

static struct c2c_hash tree_empty(void)
{
    return c2c_digest_parts(C2C_DIGEST_TREE, NULL, 0);
}

const struct c2c_merkle_hasher c2c_tree_hasher = {tree_node, tree_empty};

enum c2c_err c2c_dir_encode(const struct c2c_hash *city,
                            enum c2c_audience audience,
                            const struct c2c_dir_entry *entries, size_t n,
                            struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, DIR_ELEMENTS);
    c2c_pack_uint(&p, DIR_VERSION);
    c2c_pack_bin(&p, city->b, sizeof city->b);
    c2c_pack_uint(&p, audience);
    c2c_pack_array(&p, n);
    for (size_t i = 0; i < n; i++) {
        if (entries[i].count == 0 ||
            (i > 0 &&
             c2c_view_cmp(entries[i - 1].type, entries[i].type) >= 0)) {
            return C2C_E_INVAL;
        }
        c2c_pack_array(&p, ENTRY_ELEMENTS);
        c2c_pack_str(&p, entries[i].type);
        c2c_pack_uint(&p, entries[i].count);
        c2c_pack_uint(&p, entries[i].bytes);
        c2c_pack_bin(&p, entries[i].root.b, sizeof entries[i].root.b);
    }
    return p.err;
}

static struct c2c_dir_entry read_entry(struct c2c_reader *r)
{
    struct c2c_dir_entry e = {0};

    c2c_reader_array_of(r, ENTRY_ELEMENTS);
    e.type = c2c_reader_str(r, C2C_MAX_TYPE_BYTES);
    e.count = c2c_reader_uint(r, C2C_MAX_CITY_RECORDS);
    e.bytes = c2c_reader_uint(r, INT64_MAX);
    c2c_reader_bin_of(r, e.root.b, sizeof e.root.b);
    if (r->err == C2C_E_OK &&
        (e.count == 0 || !c2c_record_type_valid(e.type))) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
    return e;
}

enum c2c_err c2c_dir_decode(struct c2c_view bytes, const struct c2c_hash *city,
                            enum c2c_audience audience, size_t max,
                            struct c2c_dir_entry *ret_entries, size_t *ret_n)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_hash of;
    enum c2c_err err;
    size_t n;

    c2c_reader_object(&r, DIR_VERSION, DIR_ELEMENTS);
    c2c_reader_bin_of(&r, of.b, sizeof of.b);
    if (c2c_reader_uint(&r, C2C_AUDIENCE_NETWORK) != (uint64_t)audience) {
        c2c_reader_fail(&r, C2C_E_MALFORMED);
    }
    n = c2c_reader_array(&r, max);
    for (size_t i = 0; i < n && r.err == C2C_E_OK; i++) {
        ret_entries[i] = read_entry(&r);
        if (i > 0 &&
            c2c_view_cmp(ret_entries[i - 1].type, ret_entries[i].type) >= 0) {
            c2c_reader_fail(&r, C2C_E_NONCANON);
        }
    }
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK && !c2c_hash_eq(&of, city)) {
        err = C2C_E_MALFORMED;
    }
    if (err == C2C_E_OK) {
        *ret_n = n;
    }
    return err;
}

enum c2c_err c2c_dir_sum(const struct c2c_hash *city,
                         enum c2c_audience audience,
                         const struct c2c_dir_entry *entries, size_t n,
                         struct c2c_dir_sum *ret_sum)
{
    struct c2c_dir_sum sum = {0};
    struct c2c_buf bytes;
    enum c2c_err err;

    if (n > C2C_MAX_CITY_TYPES) {
        return C2C_E_TOO_BIG;
    }
    c2c_buf_init(&bytes, (size_t)128 * (C2C_MAX_CITY_TYPES + 1));
    err = c2c_dir_encode(city, audience, entries, n, &bytes);
    if (err == C2C_E_OK) {
        sum.root = c2c_digest_of(C2C_DIGEST_ROOT, c2c_buf_view(&bytes));
        for (size_t i = 0; i < n; i++) {
            sum.count += entries[i].count;
            sum.bytes += entries[i].bytes;
        }
        *ret_sum = sum;
    }
    c2c_buf_fini(&bytes);
    return err;
}
