#include "trust/accept.h"

#include <stdlib.h>
#include <string.h>

#include "city.h"
#include "test.h"
#include "vectors.h"

enum {
    MAX_RECORDS = 16
};

struct trial {
    struct c2c_hash city;
    struct c2c_keyset keyset;
    struct c2c_head held;
    struct c2c_dir_sum pub;
    struct c2c_dir_sum net_sum;
    struct c2c_net_opening net;
};

static void check(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    const struct c2c_val *net = c2c_val_get(in, "network");
    struct c2c_view held = vectors_hex(v, c2c_val_get(in, "held"));
    struct c2c_head got = {.rev = 77};
    struct trial t;
    struct c2c_accept_state state = {.keyset = &t.keyset,
                                     .city = &t.city,
                                     .now_s = vectors_uint(in, "now")};
    struct c2c_accept_offer offer = {.head = vectors_view(v, one, "hex"),
                                     .pub = &t.pub};

    t.keyset = city_keyset(v, c2c_val_get(in, "keysets"), &t.city);
    t.city = vectors_hash(v, in, "city");
    t.pub = city_sum(v, c2c_val_get(in, "public"));
    if (held.n > 0) {
        assert_ok(c2c_head_decode(held, &t.held));
        state.head = &t.held;
    }
    if (c2c_val_kind(net) == C2C_KIND_MAP) {
        t.net.blind = vectors_hash(v, net, "blind");
        t.net.sum = city_sum(v, net);
        t.net_sum = city_sum(v, c2c_val_get(in, "network_sum"));
        offer.net = &t.net;
        offer.net_sum = &t.net_sum;
    }
    if (!vectors_verdict(one, c2c_accept(&state, &offer, &got))) {
        vectors_expect(one, got.rev == 77, "written on failure");
    } else {
        vectors_expect(one, got.rev != 77 && got.epoch > 0, "written");
    }
}

static void verdicts_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("accept.json", 36, check);
}

struct row {
    struct c2c_record record;
    struct c2c_view bytes;
};

/* Type, then key. */
static int by_place(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;
    int order = c2c_view_cmp(x->record.type, y->record.type);

    return order != 0 ? order : c2c_uuid_cmp(&x->record.key, &y->record.key);
}

/* From records in any order to what a head says of them. */
static struct c2c_dir_sum sum_up(struct vectors *v, const struct c2c_hash *city,
                                 enum c2c_audience audience,
                                 const struct c2c_val *list)
{
    struct row rows[MAX_RECORDS] = {{.bytes = {NULL, 0}}};
    struct c2c_dir_entry entries[MAX_RECORDS];
    size_t n = c2c_val_count(list);
    size_t types = 0;
    struct c2c_merkle_acc acc;
    struct c2c_dir_sum sum;

    assert_in_range(n, 0, MAX_RECORDS);
    for (size_t i = 0; i < n; i++) {
        rows[i].bytes = vectors_hex(v, c2c_val_at(list, n - 1 - i));
        assert_ok(c2c_record_decode(rows[i].bytes, &rows[i].record));
    }
    qsort(rows, n, sizeof rows[0], by_place);
    for (size_t i = 0; i < n; i++) {
        struct c2c_hash leaf = c2c_record_hash(rows[i].bytes);

        if (i == 0 ||
            !c2c_view_eq(rows[i].record.type, entries[types - 1].type)) {
            entries[types++] =
                (struct c2c_dir_entry){.type = rows[i].record.type};
            c2c_merkle_acc_init(&acc, &c2c_tree_hasher);
        }
        c2c_merkle_acc_add(&acc, &leaf);
        entries[types - 1].count++;
        entries[types - 1].bytes += rows[i].bytes.n;
        entries[types - 1].root = c2c_merkle_acc_root(&acc);
    }
    assert_ok(c2c_dir_sum(city, audience, entries, types, &sum));
    return sum;
}

static void check_state(struct vectors *v, const struct c2c_val *one)
{
    struct trial t;
    struct c2c_head got;
    const struct c2c_accept_state state = {.keyset = &t.keyset,
                                           .city = &t.city,
                                           .now_s = vectors_uint(one, "now")};
    const struct c2c_accept_offer offer = {.head = vectors_view(v, one, "hex"),
                                           .pub = &t.pub,
                                           .net = &t.net,
                                           .net_sum = &t.net_sum};

    t.keyset = city_keyset(v, c2c_val_get(one, "keysets"), &t.city);
    t.pub = sum_up(v, &t.city, C2C_AUDIENCE_PUBLIC,
                   c2c_val_get(one, "public_records"));
    t.net_sum = sum_up(v, &t.city, C2C_AUDIENCE_NETWORK,
                       c2c_val_get(one, "network_records"));
    t.net.blind = vectors_hash(v, one, "blind");
    t.net.sum = t.net_sum;
    (void)vectors_verdict(one, c2c_accept(&state, &offer, &got));
}

static void whole_cities_are_accepted_from_their_bytes(void **state)
{
    (void)state;
    vectors_each("state.json", 4, check_state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_those_of_the_vectors),
        cmocka_unit_test(whole_cities_are_accepted_from_their_bytes),
    };
    return cmocka_run_group_tests_name("trust/accept", tests, NULL, NULL);
}
