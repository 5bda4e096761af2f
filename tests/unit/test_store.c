#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "folder.h"
#include "store/cities.h"
#include "store/db_priv.h"
#include "store/fulltext.h"
#include "store/records.h"
#include "store/store.h"
#include "test.h"

/* A store in a folder of its own with one city. */
struct fixture {
    char dir[FOLDER_NAME];
    struct c2c_store *store;
    struct c2c_fulltext *text;
    struct c2c_keyset keyset;
    c2c_city_no city;
};

/* The body's member "t" is what is searched. */
static enum c2c_err text_of(void *ctx, const struct c2c_row *row,
                            struct c2c_buf text[C2C_FULLTEXT_WEIGHTS])
{
    struct c2c_record record;
    struct c2c_doc *doc;
    const struct c2c_val *body;
    struct c2c_view words;
    enum c2c_err err;

    (void)ctx;
    assert_ok(c2c_record_decode(row->bytes, &record));
    assert_ok(c2c_doc_new(&doc));
    assert_ok(c2c_doc_decode(doc, record.body, C2C_MAX_DEPTH, &body));
    words = c2c_val_text(body, "t");
    err = c2c_buf_put(&text[0], words.p, words.n);
    c2c_doc_free(doc);
    return err;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct c2c_signer *root;
    struct c2c_buf bytes;

    assert_ok(c2c_crypto_init());
    folder_make("store", f->dir);
    assert_ok(c2c_store_open(f->dir, C2C_STORE_CREATE, &f->store, NULL));
    assert_ok(c2c_fulltext_open(f->dir, text_of, NULL, &f->text));
    assert_ok(c2c_signer_new(&root));
    f->keyset.n = 1;
    f->keyset.kind = C2C_CITY;
    f->keyset.threshold = 1;
    f->keyset.n_roots = 1;
    f->keyset.root[0] = c2c_signer_pub(root);
    f->keyset.n_keys = 1;
    f->keyset.key[0].pub = c2c_signer_pub(root);
    f->keyset.key[0].uses = C2C_USE_HEAD;
    c2c_buf_init(&bytes, 8192);
    assert_ok(c2c_keyset_sign(&f->keyset,
                              (const struct c2c_signer *const *)&root, 1,
                              &bytes));
    assert_ok(c2c_keyset_decode_first(c2c_buf_view(&bytes), &f->keyset));
    assert_ok(
        c2c_cities_add(f->store, &f->keyset, c2c_buf_view(&bytes), &f->city));
    c2c_buf_fini(&bytes);
    c2c_signer_free(root);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    c2c_fulltext_close(f->text);
    c2c_store_close(f->store);
    folder_remove(f->dir);
    free(f);
    return 0;
}

/* Make a record of type "note" whose body is {"t": @text}. */
static struct c2c_uuid put(struct fixture *f, const char *slug,
                           const char *text, enum c2c_audience audience)
{
    struct c2c_record record = {.type = c2c_view_str("note"),
                                .slug = c2c_view_str(slug)};
    const struct c2c_facet facet = {"word", c2c_view_str(text)};
    struct c2c_row_put row = {.city = f->city,
                              .audience = audience,
                              .facets = &facet,
                              .n_facets = 1};
    struct c2c_row old;
    struct c2c_buf body;
    struct c2c_buf bytes;
    struct c2c_doc *doc;
    struct c2c_val *map;

    assert_ok(c2c_doc_new(&doc));
    map = c2c_doc_map(doc);
    c2c_doc_set_cstr(doc, map, "t", text);
    c2c_buf_init(&body, 65536);
    c2c_buf_init(&bytes, 65536);
    assert_ok(c2c_doc_encode(doc, map, &body));
    record.body = c2c_buf_view(&body);
    record.key = c2c_uuid_v7(1, &c2c_rng_system);
    if (c2c_records_by_slug(f->store, f->city, record.type, record.slug,
                            &old) == C2C_E_OK) {
        record.key = old.key;
    }
    assert_ok(c2c_record_encode(&record, &bytes));
    row.record = &record;
    row.bytes = c2c_buf_view(&bytes);
    row.leaf = c2c_record_hash(row.bytes);
    assert_ok(c2c_records_put(f->store, &row));
    assert_ok(c2c_records_retree(f->store, f->city, C2C_AUDIENCE_PUBLIC,
                                 record.type));
    c2c_buf_fini(&body);
    c2c_buf_fini(&bytes);
    c2c_doc_free(doc);
    return record.key;
}

static struct c2c_hash root(struct fixture *f, bool recompute)
{
    struct c2c_dir_sum sum;

    assert_ok(c2c_records_sum(f->store, f->city, C2C_AUDIENCE_PUBLIC, recompute,
                              &sum));
    return sum.root;
}

static void a_record_is_found_by_key_and_by_slug(void **state)
{
    struct fixture *f = *state;
    struct c2c_uuid key = put(f, "a", "alpha", C2C_AUDIENCE_PUBLIC);
    struct c2c_row row;

    assert_ok(
        c2c_records_get(f->store, f->city, c2c_view_str("note"), &key, &row));
    assert_true(c2c_view_eq_str(row.slug, "a"));
    assert_ok(c2c_records_by_slug(f->store, f->city, c2c_view_str("note"),
                                  c2c_view_str("a"), &row));
    assert_true(c2c_uuid_eq(&row.key, &key));
    assert_err(c2c_records_by_slug(f->store, f->city, c2c_view_str("note"),
                                   c2c_view_str("b"), &row),
               C2C_E_NOT_FOUND);
}

static void the_kept_directory_equals_the_recomputed_one(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 40; i++) {
        char slug[16];
        struct c2c_hash kept;
        struct c2c_hash computed;

        (void)snprintf(slug, sizeof slug, "s%d", i % 23);
        (void)put(f, slug, i % 2 == 0 ? "x" : "y",
                  i % 5 == 4 ? C2C_AUDIENCE_LOCAL : C2C_AUDIENCE_PUBLIC);
        kept = root(f, false);
        computed = root(f, true);
        assert_true(c2c_hash_eq(&kept, &computed));
    }
}

static void an_undone_job_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct c2c_hash before;
    struct c2c_hash after;

    (void)put(f, "a", "alpha", C2C_AUDIENCE_PUBLIC);
    before = root(f, true);
    assert_ok(c2c_store_begin(f->store));
    assert_ok(c2c_store_savepoint(f->store));
    (void)put(f, "b", "beta", C2C_AUDIENCE_PUBLIC);
    after = root(f, false);
    assert_false(c2c_hash_eq(&before, &after));
    assert_ok(c2c_store_undo(f->store));
    assert_ok(c2c_store_commit(f->store));
    after = root(f, false);
    assert_true(c2c_hash_eq(&before, &after));
}

/* More than a savepoint keeps in memory. */
static void a_large_undone_job_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct c2c_hash before;
    struct c2c_hash after;

    for (int round = 0; round < 2; round++) {
        assert_ok(c2c_store_begin(f->store));
        assert_ok(c2c_store_savepoint(f->store));
        before = root(f, false);
        for (int i = 0; i < 100; i++) {
            char text[4000];
            char slug[16];

            memset(text, 'a' + round, sizeof text - 1);
            text[sizeof text - 1] = '\0';
            (void)snprintf(slug, sizeof slug, "s%d", i);
            (void)put(f, slug, text, C2C_AUDIENCE_PUBLIC);
        }
        if (round == 1) {
            assert_ok(c2c_store_undo(f->store));
        }
        assert_ok(c2c_store_commit(f->store));
    }
    after = root(f, true);
    assert_true(c2c_hash_eq(&before, &after));
}

static void a_rolled_back_group_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct c2c_row row;

    assert_ok(c2c_store_begin(f->store));
    (void)put(f, "a", "alpha", C2C_AUDIENCE_PUBLIC);
    c2c_store_rollback(f->store);
    assert_err(c2c_records_by_slug(f->store, f->city, c2c_view_str("note"),
                                   c2c_view_str("a"), &row),
               C2C_E_NOT_FOUND);
}

static enum c2c_err count_row(void *ctx, const struct c2c_row *row, bool intact)
{
    (void)row;
    assert_true(intact);
    (*(unsigned *)ctx)++;
    return C2C_E_OK;
}

static void lists_filter_by_folded_facets_and_page(void **state)
{
    struct fixture *f = *state;
    struct c2c_filter filter = {.city = f->city, .limit = 100};
    unsigned n = 0;

    (void)put(f, "a", "Xi'an", C2C_AUDIENCE_PUBLIC);
    (void)put(f, "b", "XIAN", C2C_AUDIENCE_PUBLIC);
    (void)put(f, "c", "Oulu", C2C_AUDIENCE_PUBLIC);
    filter.facet[filter.n_facets++] =
        (struct c2c_facet){"word", c2c_view_str("Xi\xe2\x80\x99"
                                                "an")};
    assert_ok(c2c_records_list(f->store, &filter, count_row, &n));
    assert_int_equal(n, 2);
    filter.n_facets = 0;
    filter.limit = 2;
    n = 0;
    assert_ok(c2c_records_list(f->store, &filter, count_row, &n));
    assert_int_equal(n, 2);
}

static enum c2c_err count_hit(void *ctx, const struct c2c_hit *hit)
{
    (void)hit;
    (*(unsigned *)ctx)++;
    return C2C_E_OK;
}

static unsigned hits(struct fixture *f, const char *words)
{
    const struct c2c_find find = {.words = c2c_view_str(words),
                                  .filter = {.limit = 100}};
    struct c2c_store *reader;
    uint64_t total = 0;
    unsigned n = 0;

    assert_ok(c2c_fulltext_catch_up(f->text, f->store));
    assert_ok(c2c_fulltext_wipe(f->text));
    assert_ok(c2c_store_open(f->dir, C2C_STORE_READ, &reader, NULL));
    assert_ok(c2c_fulltext_attach(reader, f->dir));
    if (c2c_fulltext_find(reader, &find, count_hit, &n, &total) != C2C_E_OK) {
        fail_msg("%s: %s", words, c2c_store_detail(reader));
    }
    assert_int_equal(n, total);
    c2c_store_close(reader);
    return n;
}

static void words_of_any_script_are_found(void **state)
{
    struct fixture *f = *state;

    (void)put(f, "a", "杭州市政府 and Xi’an", C2C_AUDIENCE_PUBLIC);
    (void)put(f, "b", "Ханчжоу, هانغتشو, Hàng Châu", C2C_AUDIENCE_PUBLIC);
    (void)put(f, "c", "盧加諾", C2C_AUDIENCE_PUBLIC);
    assert_int_equal(hits(f, "杭州"), 1);
    assert_int_equal(hits(f, "州"), 1);
    assert_int_equal(hits(f, "杭政"), 0);
    assert_int_equal(hits(f, "xian"), 1);
    assert_int_equal(hits(f, "XI'AN 政府"), 1);
    assert_int_equal(hits(f, "ханч"), 1);
    assert_int_equal(hits(f, "هانغتشو"), 1);
    assert_int_equal(hits(f, "hang chau"), 1);
    assert_int_equal(hits(f, "卢加诺"), 1);
    assert_int_equal(hits(f, "!!!"), 0);
    assert_int_equal(hits(f, "\" OR * NEAR( xian"), 0);
    assert_int_equal(hits(f, "xian) OR"), 0);
}

static void erased_words_leave_both_files(void **state)
{
    struct fixture *f = *state;
    struct c2c_row row;
    char command[2 * FOLDER_NAME];

    (void)put(f, "a", "quokkazanzibar", C2C_AUDIENCE_PUBLIC);
    assert_int_equal(hits(f, "quokkazanzibar"), 1);
    assert_ok(c2c_records_by_slug(f->store, f->city, c2c_view_str("note"),
                                  c2c_view_str("a"), &row));
    assert_ok(c2c_records_remove(f->store, &row, 2, 1));
    assert_int_equal(hits(f, "quokkazanzibar"), 0);
    assert_ok(c2c_store_checkpoint(f->store));
    (void)snprintf(command, sizeof command, "! grep -rqi quokkazan %s", f->dir);
    assert_int_equal(system(command), 0);
}

/* As when the store was restored from a backup. */
static void full_text_ahead_of_the_store_begins_anew(void **state)
{
    struct fixture *f = *state;
    char command[2 * FOLDER_NAME];

    (void)put(f, "a", "quokkazanzibar", C2C_AUDIENCE_PUBLIC);
    assert_int_equal(hits(f, "quokkazanzibar"), 1);
    assert_ok(c2c_store_begin(f->store)); /* Forget it, and the count. */
    assert_ok(c2c_db_exec(f->store, "DELETE FROM record;"
                                    "UPDATE counter SET seq = 0"));
    assert_ok(c2c_store_commit(f->store));
    assert_int_equal(hits(f, "quokkazanzibar"), 0);
    assert_ok(c2c_store_checkpoint(f->store));
    (void)snprintf(command, sizeof command, "! grep -rqi quokkazan %s", f->dir);
    assert_int_equal(system(command), 0);
    (void)put(f, "b", "numbat", C2C_AUDIENCE_PUBLIC);
    assert_int_equal(hits(f, "numbat"), 1);
}

/* End the process where deleted words are about to leave the index. */
static int end_at_optimize(unsigned what, void *ctx, void *stmt, void *sql)
{
    (void)what;
    (void)ctx;
    (void)stmt;
    if (strstr(sql, "'optimize'") != NULL) {
        _exit(0);
    }
    return 0;
}

static int watch_statements(sqlite3 *db, const char **error, const void *api)
{
    (void)error;
    (void)api;
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, end_at_optimize, NULL);
}

static void open_both(struct fixture *f)
{
    assert_ok(c2c_store_open(f->dir, C2C_STORE_WRITE, &f->store, NULL));
    assert_ok(c2c_fulltext_open(f->dir, text_of, NULL, &f->text));
}

static void close_both(struct fixture *f)
{
    c2c_fulltext_close(f->text);
    c2c_store_close(f->store);
    f->text = NULL;
    f->store = NULL;
}

/* In a process of its own: remove the record and end before it is wiped. */
static void remove_and_end(struct fixture *f)
{
    struct c2c_row row;

    (void)sqlite3_auto_extension((void (*)(void))watch_statements);
    open_both(f);
    if (c2c_records_by_slug(f->store, f->city, c2c_view_str("note"),
                            c2c_view_str("a"), &row) != C2C_E_OK ||
        c2c_records_remove(f->store, &row, 2, 1) != C2C_E_OK ||
        c2c_fulltext_catch_up(f->text, f->store) != C2C_E_OK ||
        c2c_fulltext_wipe(f->text) != C2C_E_OK) {
        _exit(2);
    }
    _exit(1);
}

static void words_deleted_before_a_crash_leave_the_index_after_it(void **state)
{
    struct fixture *f = *state;
    char command[2 * FOLDER_NAME];
    int status = 1;
    pid_t child;

    (void)put(f, "a", "quokkazanzibar", C2C_AUDIENCE_PUBLIC);
    (void)put(f, "b", "numbat", C2C_AUDIENCE_PUBLIC);
    assert_int_equal(hits(f, "numbat"), 1);
    close_both(f);
    child = fork();
    if (child == 0) {
        remove_and_end(f);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    open_both(f);
    assert_int_equal(hits(f, "numbat"), 1);
    assert_ok(c2c_store_checkpoint(f->store));
    (void)snprintf(command, sizeof command, "! grep -rqi quokkazan %s", f->dir);
    assert_int_equal(system(command), 0);
}

/* As when a store of other history was restored that has counted as far. */
static void full_text_of_another_history_begins_anew(void **state)
{
    struct fixture *f = *state;
    const struct c2c_uuid instance = {{7}};
    char command[2 * FOLDER_NAME];

    (void)put(f, "a", "quokkazanzibar", C2C_AUDIENCE_PUBLIC);
    assert_int_equal(hits(f, "quokkazanzibar"), 1);
    assert_ok(c2c_store_set_instance(f->store, &instance));
    assert_ok(c2c_db_exec(f->store, "DELETE FROM record"));
    (void)put(f, "b", "numbat", C2C_AUDIENCE_PUBLIC);
    assert_int_equal(hits(f, "numbat"), 1);
    assert_ok(c2c_store_checkpoint(f->store));
    (void)snprintf(command, sizeof command, "! grep -rqi quokkazan %s", f->dir);
    assert_int_equal(system(command), 0);
}

static void a_statement_that_cannot_be_made_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct c2c_keyset keyset;
    struct c2c_head head;

    /* The second statement succeeds after the first has failed. */
    assert_ok(c2c_db_exec(f->store, "DROP TABLE keyset"));
    assert_err(c2c_cities_keyset(f->store, f->city, &keyset), C2C_E_STORE);
    assert_ok(c2c_db_exec(f->store, "DROP TABLE head"));
    assert_err(c2c_cities_head(f->store, f->city, &head, NULL, NULL),
               C2C_E_STORE);
}

static enum c2c_err see_state(void *ctx, const struct c2c_city_state *state)
{
    assert_false(state->has_head);
    ++*(unsigned *)ctx;
    return C2C_E_OK;
}

/* The others are to be had all the same. */
static void a_damaged_head_is_as_none(void **state)
{
    struct fixture *f = *state;
    static const struct c2c_hash first;
    struct c2c_city_state one;
    unsigned n = 0;

    assert_ok(c2c_db_exec(f->store,
                          "INSERT INTO head (city, epoch, rev, time, bytes) "
                          "SELECT id, 1, 1, 1, x'00' FROM city"));
    assert_err(c2c_cities_state(f->store, f->city, &one), C2C_E_CORRUPT);
    assert_ok(c2c_cities_from(f->store, &first, see_state, &n));
    assert_int_equal(n, 1);
    assert_ok(c2c_cities_changed(f->store, 0, see_state, &n));
    assert_int_equal(n, 2);
}

/* A put looks for every record twice: not through all that there are. */
static void records_are_found_by_their_indexes(void **state)
{
    static const struct {
        enum c2c_statement which;
        const char *plan;
    } wanted[] = {{C2C_SQL_RECORD_GET,
                   "record_slot (city=? AND audience=? AND type=? AND key=?)"},
                  {C2C_SQL_RECORD_SLUG,
                   "record_slug (city=? AND type=? AND slug=?)"}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        sqlite3_stmt *stmt = NULL;
        char sql[1024];

        (void)snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s",
                       sqlite3_sql(c2c_db_get(f->store, wanted[i].which)));
        assert_int_equal(sqlite3_prepare_v2(f->store->db, sql, -1, &stmt, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        if (strstr((const char *)sqlite3_column_text(stmt, 3),
                   wanted[i].plan) == NULL) {
            fail_msg("%s", (const char *)sqlite3_column_text(stmt, 3));
        }
        (void)sqlite3_finalize(stmt);
    }
}

int main(void)
{
#define WITH_STORE(TEST) \
    cmocka_unit_test_setup_teardown(TEST, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_STORE(a_record_is_found_by_key_and_by_slug),
        WITH_STORE(records_are_found_by_their_indexes),
        WITH_STORE(the_kept_directory_equals_the_recomputed_one),
        WITH_STORE(an_undone_job_leaves_nothing),
        WITH_STORE(a_large_undone_job_leaves_nothing),
        WITH_STORE(a_rolled_back_group_leaves_nothing),
        WITH_STORE(lists_filter_by_folded_facets_and_page),
        WITH_STORE(words_of_any_script_are_found),
        WITH_STORE(erased_words_leave_both_files),
        WITH_STORE(full_text_ahead_of_the_store_begins_anew),
        WITH_STORE(words_deleted_before_a_crash_leave_the_index_after_it),
        WITH_STORE(full_text_of_another_history_begins_anew),
        WITH_STORE(a_statement_that_cannot_be_made_is_an_error),
        WITH_STORE(a_damaged_head_is_as_none),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
