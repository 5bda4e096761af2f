#include "city.h"

#include "test.h"

struct c2c_dir_sum city_sum(struct vectors *v, const struct c2c_val *map)
{
    return (struct c2c_dir_sum){.root = vectors_hash(v, map, "root"),
                                .count = vectors_uint(map, "count"),
                                .bytes = vectors_uint(map, "bytes")};
}

struct c2c_keyset city_keyset(struct vectors *v, const struct c2c_val *chain,
                              struct c2c_hash *ret_city)
{
    struct c2c_keyset k;

    assert_ok(
        c2c_keyset_decode_first(vectors_hex(v, c2c_val_at(chain, 0)), &k));
    *ret_city = k.hash;
    for (size_t i = 1; i < c2c_val_count(chain); i++) {
        struct c2c_keyset next;

        assert_ok(c2c_keyset_decode_next(vectors_hex(v, c2c_val_at(chain, i)),
                                         &k, &next));
        k = next;
    }
    return k;
}
