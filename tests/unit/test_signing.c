/* What a node signs: fresh randomness where PROTOCOL asks for it, and revisions
 * that follow one another. */

#include <stdlib.h>
#include <string.h>

#include "codec/doc.h"
#include "codec/limits.h"
#include "folder.h"
#include "node/newest.h"
#include "record/record.h"
#include "store/records.h"
#include "test.h"

enum {
    DAY_S = 86400
};

static const uint64_t start_ms = UINT64_C(1767225600000);

/* Counts what it is asked for; every byte it gives is new. */
static void next_bytes(void *ctx, void *out, size_t n)
{
    uint8_t *calls = ctx;

    memset(out, ++*calls, n);
}

struct fixture {
    char dir[FOLDER_NAME];
    struct c2c_store *store;
    struct c2c_types *types;
    struct c2c_signer *root;
    struct c2c_identity identity;
    struct c2c_doc *doc;
    uint8_t calls;
    struct c2c_rng rng;
    struct c2c_commit_env env;
};

static void make_keyset(struct fixture *f, struct c2c_buf *out)
{
    struct c2c_keyset *k = &f->identity.keyset;

    k->n = 1;
    k->kind = C2C_CITY;
    k->threshold = 1;
    k->n_roots = 1;
    k->root[0] = c2c_signer_pub(f->root);
    k->n_keys = 1;
    k->key[0].pub = c2c_signer_pub(f->identity.signer);
    k->key[0].uses = C2C_USE_HEAD;
    assert_ok(
        c2c_keyset_sign(k, (const struct c2c_signer *const *)&f->root, 1, out));
    assert_ok(c2c_keyset_decode_first(c2c_buf_view(out), k));
    f->identity.city = k->hash;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct c2c_diag diag;
    struct c2c_buf bytes;

    assert_non_null(f);
    folder_make("signing", f->dir);
    assert_ok(c2c_store_open(f->dir, C2C_STORE_CREATE, &f->store, NULL));
    assert_ok(c2c_types_load(&c2c_types_builtin, &diag, &f->types));
    assert_ok(c2c_signer_new(&f->root));
    assert_ok(c2c_signer_new(&f->identity.signer));
    assert_ok(c2c_doc_new(&f->doc));
    c2c_buf_init(&bytes, C2C_MAX_KEYSET_BYTES);
    make_keyset(f, &bytes);
    f->rng = (struct c2c_rng){.fill = next_bytes, .ctx = &f->calls};
    f->env = (struct c2c_commit_env){.store = f->store,
                                     .types = f->types,
                                     .identity = &f->identity,
                                     .now_ms = start_ms,
                                     .expire_s = DAY_S,
                                     .rng = &f->rng};
    assert_ok(c2c_cities_add(f->store, &f->identity.keyset,
                             c2c_buf_view(&bytes), &f->env.city));
    c2c_buf_fini(&bytes);
    assert_ok(c2c_store_begin(f->store));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    c2c_store_rollback(f->store);
    c2c_store_close(f->store);
    c2c_types_free(f->types);
    c2c_signer_free(f->root);
    c2c_signer_free(f->identity.signer);
    c2c_doc_free(f->doc);
    folder_remove(f->dir);
    free(f);
    return 0;
}

/* Put office/a with the name @name; the head and opening after that. */
static void put(struct fixture *f, const char *name, struct c2c_head *ret_head,
                struct c2c_net_opening *ret_opening)
{
    struct c2c_val *body = c2c_doc_map(f->doc);
    struct c2c_val *names = c2c_doc_map(f->doc);
    struct c2c_draft draft = {.type = c2c_types_find(f->types,
                                                     c2c_view_str("office")),
                              .slug = c2c_view_str("a"),
                              .body = body};
    struct c2c_commit_result result;
    struct c2c_diag diag;
    size_t at;

    c2c_doc_set_cstr(f->doc, names, "en", name);
    c2c_doc_set(f->doc, body, "name", names);
    assert_ok(c2c_commit_apply(&f->env, &draft, 1, &diag, &at, &result));
    assert_ok(
        c2c_cities_head(f->store, f->env.city, ret_head, ret_opening, NULL));
    assert_int_equal(result.epoch, ret_head->epoch);
    assert_int_equal(result.rev, ret_head->rev);
}

static struct c2c_record stored(struct fixture *f, struct c2c_hash *ret_leaf)
{
    static uint8_t copy[C2C_MAX_RECORD_BYTES];
    struct c2c_row row;
    struct c2c_record record;

    assert_ok(c2c_records_by_slug(f->store, f->env.city, c2c_view_str("office"),
                                  c2c_view_str("a"), &row));
    memcpy(copy, row.bytes.p, row.bytes.n);
    assert_ok(c2c_record_decode(c2c_view_of(copy, row.bytes.n), &record));
    *ret_leaf = row.leaf;
    return record;
}

static void every_write_has_a_nonce_of_its_own(void **state)
{
    struct fixture *f = *state;
    struct c2c_net_opening opening;
    struct c2c_head head;
    struct c2c_hash leaf[2];
    struct c2c_record first;
    struct c2c_record again;

    put(f, "A", &head, &opening);
    first = stored(f, &leaf[0]);
    put(f, "B", &head, &opening);
    put(f, "A", &head, &opening); /* The same content at the same time. */
    again = stored(f, &leaf[1]);
    assert_true(c2c_uuid_eq(&first.key, &again.key));
    assert_int_equal(first.updated_s, again.updated_s);
    assert_false(c2c_uuid_eq(&first.nonce, &again.nonce));
    assert_false(c2c_hash_eq(&leaf[0], &leaf[1]));
}

static void keys_are_uuids_of_version_7(void **state)
{
    struct fixture *f = *state;
    struct c2c_net_opening opening;
    struct c2c_head head;
    struct c2c_hash leaf;
    struct c2c_record record;
    uint64_t ms = 0;

    put(f, "A", &head, &opening);
    record = stored(f, &leaf);
    for (unsigned i = 0; i < 6; i++) {
        ms = ms << 8 | record.key.b[i];
    }
    assert_true(ms == f->env.now_ms);
    assert_int_equal(record.key.b[6] >> 4, 7);
    assert_int_equal(record.key.b[8] >> 6, 2);
}

static void every_revision_has_a_blind_of_its_own(void **state)
{
    struct fixture *f = *state;
    struct c2c_net_opening opening[2];
    struct c2c_head head[2];

    put(f, "A", &head[0], &opening[0]);
    put(f, "B", &head[1], &opening[1]);
    /* The network state did not change; nobody may see that. */
    assert_memory_equal(&opening[0].sum, &opening[1].sum,
                        sizeof opening[0].sum);
    assert_false(c2c_hash_eq(&opening[0].blind, &opening[1].blind));
    assert_false(c2c_hash_eq(&head[0].net, &head[1].net));
}

static void revisions_follow_one_another(void **state)
{
    struct fixture *f = *state;
    struct c2c_net_opening opening;
    struct c2c_head first;
    struct c2c_head second;
    struct c2c_head same;

    put(f, "A", &first, &opening);
    put(f, "B", &second, &opening);
    assert_int_equal(first.rev, 1);
    assert_int_equal(second.rev, 2);
    assert_true(c2c_hash_eq(&second.prev, &first.content));
    put(f, "B", &same, &opening); /* Nothing new: nothing signed. */
    assert_int_equal(same.rev, 2);
    f->env.now_ms -= UINT64_C(300000); /* The clock went back. */
    put(f, "C", &same, &opening);
    assert_true(same.time_s == second.time_s);
}

/* The same keys under keyset 2. */
static void rotate(struct fixture *f)
{
    struct c2c_keyset next = f->identity.keyset;
    struct c2c_buf bytes;

    next.n = 2;
    next.previous = f->identity.keyset.hash;
    c2c_buf_init(&bytes, C2C_MAX_KEYSET_BYTES);
    assert_ok(c2c_keyset_sign(&next, (const struct c2c_signer *const *)&f->root,
                              1, &bytes));
    assert_ok(c2c_keyset_decode_next(c2c_buf_view(&bytes), &f->identity.keyset,
                                     &next));
    f->identity.keyset = next;
    c2c_buf_fini(&bytes);
}

static void a_new_keyset_starts_at_revision_1(void **state)
{
    struct fixture *f = *state;
    struct c2c_net_opening opening;
    struct c2c_head head;

    put(f, "A", &head, &opening);
    put(f, "B", &head, &opening);
    rotate(f);
    put(f, "C", &head, &opening);
    assert_int_equal(head.epoch, 2);
    assert_int_equal(head.rev, 1);
    put(f, "D", &head, &opening);
    assert_int_equal(head.epoch, 2);
    assert_int_equal(head.rev, 2);
}

static void a_refresh_under_a_new_keyset_begins_its_epoch(void **state)
{
    struct fixture *f = *state;
    struct c2c_net_opening opening;
    struct c2c_head before;
    struct c2c_head after;

    put(f, "A", &before, &opening);
    rotate(f);
    assert_ok(c2c_newest_refresh(&f->env));
    assert_ok(c2c_cities_head(f->store, f->env.city, &after, NULL, NULL));
    assert_int_equal(after.epoch, 2);
    assert_int_equal(after.rev, 1);
    assert_true(c2c_hash_eq(&after.pub.root, &before.pub.root));
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_write_has_a_nonce_of_its_own),
        TEST(keys_are_uuids_of_version_7),
        TEST(every_revision_has_a_blind_of_its_own),
        TEST(revisions_follow_one_another),
        TEST(a_new_keyset_starts_at_revision_1),
        TEST(a_refresh_under_a_new_keyset_begins_its_epoch),
    };
    return cmocka_run_group_tests_name("node/signing", tests, NULL, NULL);
}
