/* Flipped bits are found and named; stores of other versions are refused. */

#include <stdio.h>
#include <string.h>

#include "asking.h"
#include "store/cities.h"
#include "store/db_priv.h"
#include "test.h"

static struct asking t;

static int set_up(void **state)
{
    (void)state;
    asking_init(&t);
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"a\",\"body\":{\"name\":{"
                   "\"en\":\"Alpha\"}}},{\"type\":\"office\",\"slug\":\"b\","
                   "\"audience\":\"network\",\"body\":{\"name\":{\"en\":"
                   "\"Beta\"}}}]");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asking_fini(&t);
    return 0;
}

/* Run SQL on the store behind everybody's back. */
static void meddle(const char *sql)
{
    struct c2c_store *store;

    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_WRITE, &store, NULL));
    if (c2c_db_exec(store, sql) != C2C_E_OK) {
        fail_msg("%s: %s", sql, c2c_store_detail(store));
    }
    c2c_store_close(store);
}

/* SQL that flips the low bit of byte @at of a column of one row. */
static void flip(const char *table, const char *column, const char *where,
                 unsigned at)
{
    char sql[512];
    struct c2c_store *store;
    sqlite3_stmt *stmt;
    struct c2c_buf bytes;

    c2c_buf_init(&bytes, 1 << 20);
    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_WRITE, &store, NULL));
    (void)snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE %s", column, table,
                   where);
    assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_ok(c2c_buf_put(&bytes, sqlite3_column_blob(stmt, 0),
                          (size_t)sqlite3_column_bytes(stmt, 0)));
    (void)sqlite3_finalize(stmt);
    assert_true(at < bytes.n);
    bytes.p[at] ^= 1;
    (void)snprintf(sql, sizeof sql, "UPDATE %s SET %s = ?1 WHERE %s", table,
                   column, where);
    assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL),
                     SQLITE_OK);
    c2c_db_bind_blob(stmt, 1, bytes.p, bytes.n);
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    (void)sqlite3_finalize(stmt);
    c2c_store_close(store);
    c2c_buf_fini(&bytes);
}

/* What verify says of the city, first finding. */
static void verify_fails(const char *ref, const char *why)
{
    struct answer answer;
    struct c2c_view message;

    assert_ok(asking_ask(&t, "verify", "{}", &answer));
    assert_answer(&answer, "items/0/state", "fail");
    assert_answer(&answer, "items/0/ref", ref);
    message = answer_text(&answer, "items/0/message");
    if (strstr((const char *)message.p, why) == NULL) {
        fail_msg("'%.*s' does not say '%s'", (int)message.n,
                 (const char *)message.p, why);
    }
    answer_fini(&answer);
}

/* What doctor says to type about what is not as it was signed. */
static void doctor_hints(const char *what)
{
    struct answer answer;
    struct c2c_view hint;

    assert_ok(asking_ask(&t, "doctor", "{}", &answer));
    assert_answer(&answer, "items/1/check", "signatures");
    assert_answer(&answer, "items/1/state", "fail");
    hint = answer_text(&answer, "items/1/hint");
    if (strstr((const char *)hint.p, what) == NULL) {
        fail_msg("'%.*s' does not say '%s'", (int)hint.n, (const char *)hint.p,
                 what);
    }
    answer_fini(&answer);
}

static void a_damaged_record_is_named_and_shown_as_damaged(void **state)
{
    struct answer answer;

    (void)state;
    flip("record", "bytes", "slug = 'a'", 40);
    verify_fails("oulu/office/a", "bytes are not those that were signed");
    doctor_hints("`c2c rm REF`");
    assert_ok(asking_ask(&t, "show", "{\"ref\":\"office/a\"}", &answer));
    assert_answer(&answer, "verified",
                  "the stored bytes are not those that were signed");
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "list", "{\"type\":\"office\"}", &answer));
    assert_int_equal(answer_count(&answer, "items"), 2);
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "who", "{\"city\":\"oulu\"}", &answer));
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "find", "{\"words\":\"alpha\"}", &answer));
    assert_int_equal(answer_count(&answer, "items"), 0);
    answer_fini(&answer);
    /* A new version mends it. */
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"a\",\"body\":{\"name\":{"
                   "\"en\":\"Alpha\"}}}]");
    assert_ok(asking_ask(&t, "verify", "{}", &answer));
    assert_answer(&answer, "items/0/state", "ok");
    answer_fini(&answer);
}

static void a_damaged_record_can_be_removed(void **state)
{
    struct answer answer;

    (void)state;
    flip("record", "bytes", "slug = 'a'", 40);
    assert_ok(asking_ask(&t, "remove", "{\"refs\":[\"office/a\"]}", &answer));
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "verify", "{}", &answer));
    assert_answer(&answer, "items/0/state", "ok");
    answer_fini(&answer);
}

static void every_part_of_the_state_is_covered_by_the_signature(void **state)
{
    static const struct {
        const char *sql;
        const char *ref;
        const char *why;
    } damage[] = {
        {"UPDATE record SET leaf = zeroblob(32) WHERE slug = 'a'",
         "oulu/office/a", "bytes are not"},
        {"UPDATE record SET slug = 'c' WHERE slug = 'a'", "oulu/office/c",
         "bytes are not"},
        {"UPDATE record SET updated = updated + 1 WHERE slug = 'a'",
         "oulu/office/a", "bytes are not"},
        {"UPDATE record SET size = size + 1 WHERE slug = 'b'", "oulu",
         "signed root"},
        {"UPDATE record SET audience = 1 - audience WHERE slug = 'a'", "oulu",
         "signed root"},
        {"DELETE FROM record WHERE slug = 'a'", "oulu", "signed root"},
        {"DELETE FROM record WHERE slug = 'b'", "oulu", "signed root"},
        {"UPDATE head SET blind = zeroblob(32)", "oulu", "signed root"},
        {"UPDATE head SET bytes = substr(bytes, 1, length(bytes) - 1)", "oulu",
         "integrity"},
        {"UPDATE keyset SET bytes = substr(bytes, 2)", "oulu", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        meddle("CREATE TABLE r AS SELECT * FROM record;"
               "CREATE TABLE h AS SELECT * FROM head;"
               "CREATE TABLE k AS SELECT * FROM keyset;"
               "CREATE TABLE f AS SELECT * FROM facet");
        meddle(damage[i].sql);
        verify_fails(damage[i].ref, damage[i].why);
        meddle("DELETE FROM record; INSERT INTO record SELECT * FROM r;"
               "DELETE FROM head; INSERT INTO head SELECT * FROM h;"
               "DELETE FROM keyset; INSERT INTO keyset SELECT * FROM k;"
               "DELETE FROM facet; INSERT INTO facet SELECT * FROM f;"
               "DROP TABLE r; DROP TABLE h; DROP TABLE k; DROP TABLE f");
    }
}

static void refused_as_corrupt(const char *name, const char *args)
{
    struct answer answer;

    assert_err(asking_ask(&t, name, args, &answer), C2C_E_CORRUPT);
    assert_non_null(strstr(answer.diag.message, "of type office"));
    answer_fini(&answer);
}

/* Signing anew what is left would make the damage what the city wanted. */
static void a_damaged_or_lost_leaf_is_not_signed(void **state)
{
    static const char *const damages[] = {
        "UPDATE record SET leaf = zeroblob(32) WHERE slug = 'a'",
        "UPDATE record SET size = size + 1 WHERE slug = 'a'",
        "DELETE FROM record WHERE slug = 'a'",
        "DELETE FROM record WHERE slug = 'b'",
    };
    static const char *const puts[] = {
        "{\"type\":\"office\",\"body\":{\"name\":{\"en\":\"C\"}}}",
        "{\"type\":\"office\",\"audience\":\"network\",\"body\":"
        "{\"name\":{\"en\":\"D\"}}}",
        /* It leaves the damaged tree. */
        "{\"type\":\"office\",\"slug\":\"a\",\"audience\":\"local\","
        "\"body\":{\"name\":{\"en\":\"Alpha\"}}}",
    };
    char args[512];

    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        meddle(damages[i]);
        (void)snprintf(args, sizeof args, "{\"records\":[%s]}",
                       puts[i == 3 ? 1 : 0]);
        refused_as_corrupt("put", args);
        if (i < 2) {
            (void)snprintf(args, sizeof args, "{\"records\":[%s]}", puts[2]);
            refused_as_corrupt("put", args);
            refused_as_corrupt("remove", "{\"refs\":[\"office/a\"]}");
        }
        (void)tear_down(state);
        (void)set_up(state);
    }
    /* Other types are whole. */
    meddle(damages[0]);
    doctor_hints("cp BACKUP store.db; start the node and put again");
    asking_put(&t, "[{\"type\":\"contact\",\"body\":{\"office\":\"office/b\","
                   "\"post\":{\"title\":{\"en\":\"Director\"}}}}]");
}

/* Every byte of head and keyset, through verify. */
static void every_bit_of_head_and_keyset_counts(void **state)
{
    static const char *const tables[] = {"head", "keyset"};
    struct answer answer;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        for (unsigned at = 0; at < 160; at++) {
            flip(tables[i], "bytes", "1", at);
            assert_ok(asking_ask(&t, "verify", "{}", &answer));
            if (!c2c_view_eq_str(answer_text(&answer, "items/0/state"),
                                 "fail")) {
                fail_msg("%s: byte %u", tables[i], at);
            }
            answer_fini(&answer);
            flip(tables[i], "bytes", "1", at); /* Back. */
        }
    }
}

/* An index that disagrees with its table. */
static void a_damaged_page_is_found(void **state)
{
    struct c2c_buf bytes;
    struct c2c_diag diag = {.code = C2C_E_OK};
    bool found = false;

    (void)state;
    asking_close(&t);
    c2c_buf_init(&bytes, 16 << 20);
    place_read(&t.place, "store.db", &bytes);
    for (size_t i = 4096 + 100; i < bytes.n && i < 4096 + 108; i++) {
        bytes.p[i - 100] ^= 0x55; /* The header of the second page. */
    }
    place_write(&t.place, "store.db", c2c_buf_view(&bytes));
    c2c_buf_fini(&bytes);
    if (asking_open(&t, false, &diag) == C2C_E_OK) {
        found = c2c_store_check(t.reader) == C2C_E_CORRUPT;
    } else {
        found = diag.message[0] != '\0';
        assert_true(diag.code == C2C_E_CORRUPT);
    }
    assert_true(found);
}

static void a_file_that_is_no_store_is_named(void **state)
{
    struct c2c_diag diag = {.code = C2C_E_OK};

    (void)state;
    asking_close(&t);
    place_unlink(&t.place, "store.db-wal");
    place_write(&t.place, "store.db", c2c_view_str("This is a letter.\n"));
    assert_err(asking_open(&t, false, &diag), C2C_E_CORRUPT);
    assert_non_null(strstr(diag.message, "store.db"));
    assert_non_null(strstr(diag.hint, "restore a backup"));
    place_write(&t.place, "store.db", c2c_view_str(""));
    assert_err(asking_open(&t, false, &diag), C2C_E_CORRUPT);
    assert_non_null(strstr(diag.message, "it is no c2c store"));
}

static void a_store_of_a_newer_version_is_refused(void **state)
{
    struct c2c_diag diag = {.code = C2C_E_OK};
    struct c2c_store *store;
    char detail[512] = "";

    (void)state;
    asking_close(&t);
    meddle("PRAGMA user_version = 999");
    assert_err(asking_open(&t, false, &diag), C2C_E_UNSUPPORTED);
    assert_non_null(strstr(diag.message, "it was written by a newer c2c"));
    assert_err(c2c_store_open(t.place.dir, C2C_STORE_CREATE, &store, detail),
               C2C_E_UNSUPPORTED);
    assert_string_equal(detail, "it was written by a newer c2c");
}

/* A first start that was interrupted after the file was made. */
static void an_interrupted_first_start_is_taken_up(void **state)
{
    struct c2c_diag diag = {.code = C2C_E_OK};

    (void)state;
    asking_close(&t);
    place_unlink(&t.place, "instance");
    place_unlink(&t.place, "signed"); /* Nothing was. */
    place_unlink(&t.place, "store.db-wal");
    place_unlink(&t.place, "store.db-shm");
    place_write(&t.place, "store.db", c2c_view_str(""));
    if (asking_open(&t, false, &diag) != C2C_E_OK) {
        fail_msg("%s", diag.message);
    }
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
}

static void full_text_that_is_damaged_or_gone_is_made_anew(void **state)
{
    struct c2c_diag diag = {.code = C2C_E_OK};
    struct answer answer;
    struct c2c_buf bytes;

    (void)state;
    c2c_buf_init(&bytes, 16 << 20);
    for (unsigned i = 0; i < 3; i++) {
        asking_close(&t);
        c2c_buf_clear(&bytes);
        place_read(&t.place, "text.db", &bytes);
        place_unlink(&t.place, "text.db-wal");
        if (i == 0) {
            place_unlink(&t.place, "text.db");
        } else if (i == 1) {
            place_write(&t.place, "text.db", c2c_view_str("nonsense"));
        } else {
            for (size_t at = 4096; at < bytes.n; at++) {
                bytes.p[at] ^= 0x55; /* All but the first page. */
            }
            place_write(&t.place, "text.db", c2c_buf_view(&bytes));
        }
        if (asking_open(&t, false, &diag) != C2C_E_OK) {
            fail_msg("%s", diag.message);
        }
        assert_ok(asking_ask(&t, "find", "{\"words\":\"alpha\"}", &answer));
        assert_int_equal(answer_count(&answer, "items"), 1);
        answer_fini(&answer);
    }
    c2c_buf_fini(&bytes);
}

/* The index is sound enough to be opened and yet cannot be written. */
static void full_text_that_cannot_be_caught_up_is_made_anew(void **state)
{
    struct c2c_diag diag = {.code = C2C_E_OK};
    struct answer answer;
    sqlite3 *db;
    char path[128];

    (void)state;
    asking_close(&t);
    (void)snprintf(path, sizeof path, "%s/text.db", t.place.dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "UPDATE state SET seq = 0;"
                     "UPDATE text_content SET c0 = 'something else';"
                     "DELETE FROM text_docsize",
                     NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_ok(asking_open(&t, false, &diag));
    assert_ok(asking_ask(&t, "find", "{\"words\":\"alpha\"}", &answer));
    assert_int_equal(answer_count(&answer, "items"), 1);
    answer_fini(&answer);
}

int main(void)
{
#define ON_A_NODE(TEST) cmocka_unit_test_setup_teardown(TEST, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_A_NODE(a_damaged_record_is_named_and_shown_as_damaged),
        ON_A_NODE(a_damaged_record_can_be_removed),
        ON_A_NODE(every_part_of_the_state_is_covered_by_the_signature),
        ON_A_NODE(a_damaged_or_lost_leaf_is_not_signed),
        ON_A_NODE(every_bit_of_head_and_keyset_counts),
        ON_A_NODE(a_damaged_page_is_found),
        ON_A_NODE(a_file_that_is_no_store_is_named),
        ON_A_NODE(a_store_of_a_newer_version_is_refused),
        ON_A_NODE(an_interrupted_first_start_is_taken_up),
        ON_A_NODE(full_text_that_is_damaged_or_gone_is_made_anew),
        ON_A_NODE(full_text_that_cannot_be_caught_up_is_made_anew),
    };
    return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
