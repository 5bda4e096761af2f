/* The root is a function of the set: however a store came to hold its records,
 * what it sums up is what a plain sorted list gives. */

#include <stdlib.h>
#include <string.h>

#include "codec/limits.h"
#include "crypto/sign.h"
#include "folder.h"
#include "sample.h"
#include "store/cities.h"
#include "store/records.h"
#include "store/store.h"
#include "test.h"

enum {
    MOST = 24,
    TYPES = 3,
    KEYSET_ROOM = 8192
};

static const char *const types[TYPES] = {"contact", "note", "office"};

static struct c2c_store *store;
static struct c2c_hash city_id;
static char dir[FOLDER_NAME];

/* A record that should be there in the end. */
struct wanted {
    unsigned type;
    struct c2c_uuid key;
    enum c2c_audience audience;
    struct c2c_buf bytes;
};

static int by_place(const void *a, const void *b)
{
    const struct wanted *x = a;
    const struct wanted *y = b;

    return x->type != y->type ? (x->type > y->type) - (x->type < y->type)
                              : c2c_uuid_cmp(&x->key, &y->key);
}

/* The same by the book: sort, hash, sum up. */
static struct c2c_dir_sum model(const struct wanted *sorted, size_t n,
                                enum c2c_audience audience)
{
    struct c2c_dir_entry entries[TYPES];
    struct c2c_hash leaves[MOST];
    struct c2c_dir_sum sum;
    size_t n_entries = 0;

    for (unsigned type = 0; type < TYPES; type++) {
        struct c2c_dir_entry e = {.type = c2c_view_str(types[type])};

        for (size_t i = 0; i < n; i++) {
            if (sorted[i].type == type && sorted[i].audience == audience) {
                leaves[e.count++] =
                    c2c_record_hash(c2c_buf_view(&sorted[i].bytes));
                e.bytes += sorted[i].bytes.n;
            }
        }
        if (e.count > 0) {
            e.root = c2c_merkle_root(&c2c_tree_hasher, leaves, e.count);
            entries[n_entries++] = e;
        }
    }
    assert_ok(c2c_dir_sum(&city_id, audience, entries, n_entries, &sum));
    return sum;
}

/* A record that moves to another audience goes from its own. */
static void leave(c2c_city_no city, enum c2c_audience audience,
                  const struct c2c_record *record)
{
    struct c2c_row row;

    if (c2c_records_get(store, city, record->type, &record->key, &row) ==
            C2C_E_OK &&
        row.audience != audience) {
        assert_ok(c2c_records_remove(store, &row, 1, 1));
    }
}

static void put(c2c_city_no city, enum c2c_audience audience,
                struct c2c_view bytes)
{
    struct c2c_record record;
    struct c2c_row_put row = {.city = city,
                              .audience = audience,
                              .record = &record,
                              .bytes = bytes,
                              .leaf = c2c_record_hash(bytes),
                              .rev = 1};

    assert_ok(c2c_record_decode(bytes, &record));
    leave(city, audience, &record);
    assert_ok(c2c_records_put(store, &row));
}

static void remove_it(c2c_city_no city, const struct wanted *w)
{
    struct c2c_row row;

    assert_ok(c2c_records_get(store, city, c2c_view_str(types[w->type]),
                              &w->key, &row));
    assert_ok(c2c_records_remove(store, &row, 1, 1));
}

static void random_wanted(struct prop *p, struct wanted *w)
{
    w->type = (unsigned)prop_below(p, TYPES);
    w->audience =
        prop_below(p, 2) == 0 ? C2C_AUDIENCE_PUBLIC : C2C_AUDIENCE_NETWORK;
    prop_fill(p, w->key.b, sizeof w->key.b);
    c2c_buf_init(&w->bytes, C2C_MAX_RECORD_BYTES);
    sample_record(p, c2c_view_str(types[w->type]), &w->key, &w->bytes);
}

static void shuffle(struct prop *p, struct wanted *w, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = prop_below(p, i);
        struct wanted swap = w[i - 1];

        w[i - 1] = w[j];
        w[j] = swap;
    }
}

/* Put by detours: an earlier version, another audience, removed meanwhile. */
static void put_somehow(struct prop *p, c2c_city_no city,
                        const struct wanted *w)
{
    struct c2c_buf other;

    if (prop_below(p, 2) == 0) {
        c2c_buf_init(&other, C2C_MAX_RECORD_BYTES);
        sample_record(p, c2c_view_str(types[w->type]), &w->key, &other);
        put(city, (enum c2c_audience)prop_below(p, 3), c2c_buf_view(&other));
        c2c_buf_fini(&other);
        if (prop_below(p, 2) == 0) {
            remove_it(city, w);
        }
    }
    put(city, w->audience, c2c_buf_view(&w->bytes));
}

static void assert_sums(c2c_city_no city, const struct wanted *sorted, size_t n)
{
    for (unsigned a = 0; a <= C2C_AUDIENCE_NETWORK; a++) {
        struct c2c_dir_sum want = model(sorted, n, a);
        struct c2c_dir_sum kept;
        struct c2c_dir_sum again;

        for (unsigned type = 0; type < TYPES; type++) {
            assert_ok(
                c2c_records_retree(store, city, a, c2c_view_str(types[type])));
        }
        assert_ok(c2c_records_sum(store, city, a, false, &kept));
        assert_ok(c2c_records_sum(store, city, a, true, &again));
        assert_memory_equal(&kept, &want, sizeof want);
        assert_memory_equal(&again, &want, sizeof want);
    }
}

static c2c_city_no city_no;

static void any_order_gives_the_same_roots(struct prop *p)
{
    struct wanted w[MOST];
    size_t n = prop_below(p, MOST + 1);

    for (size_t i = 0; i < n; i++) {
        random_wanted(p, &w[i]);
    }
    assert_ok(c2c_store_begin(store));
    for (int turn = 0; turn < 2; turn++) {
        assert_ok(c2c_store_savepoint(store));
        shuffle(p, w, n);
        for (size_t i = 0; i < n; i++) {
            put_somehow(p, city_no, &w[i]);
        }
        qsort(w, n, sizeof w[0], by_place);
        assert_sums(city_no, w, n);
        assert_ok(c2c_store_undo(store));
    }
    c2c_store_rollback(store);
    for (size_t i = 0; i < n; i++) {
        c2c_buf_fini(&w[i].bytes);
    }
}

static int set_up(void **state)
{
    struct c2c_keyset keyset = {
        .n = 1, .kind = C2C_CITY, .threshold = 1, .n_roots = 1, .n_keys = 1};
    struct c2c_signer *root;
    struct c2c_buf bytes;

    (void)state;
    assert_ok(c2c_signer_new(&root));
    keyset.root[0] = c2c_signer_pub(root);
    keyset.key[0].pub = keyset.root[0];
    keyset.key[0].uses = C2C_USE_HEAD;
    c2c_buf_init(&bytes, KEYSET_ROOM);
    assert_ok(c2c_keyset_sign(&keyset, (const struct c2c_signer *const *)&root,
                              1, &bytes));
    assert_ok(c2c_keyset_decode_first(c2c_buf_view(&bytes), &keyset));
    city_id = keyset.hash;
    folder_make("root", dir);
    assert_ok(c2c_store_open(dir, C2C_STORE_CREATE, &store, NULL));
    assert_ok(c2c_cities_add(store, &keyset, c2c_buf_view(&bytes), &city_no));
    c2c_buf_fini(&bytes);
    c2c_signer_free(root);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    c2c_store_close(store);
    folder_remove(dir);
    return 0;
}

static void check_any_order_gives_the_same_roots(void **state)
{
    (void)state;
    prop_run("any_order_gives_the_same_roots", 100,
             any_order_gives_the_same_roots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_any_order_gives_the_same_roots),
    };
    return cmocka_run_group_tests_name("prop/root", tests, set_up, tear_down);
}
