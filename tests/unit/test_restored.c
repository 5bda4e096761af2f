/* A store that may be older than what was published signs nothing, keeps what
 * is put, and signs it when the operator vouches for it. */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asking.h"
#include "base/file.h"
#include "base/mem.h"
#include "node/mark.h"
#include "store/cities.h"
#include "store/waiting.h"
#include "test.h"

#define FIRST_MARK "00000000000000000001 00000000000000000001\n"

enum {
    FILE_BYTES = 16 << 20
};

static struct asking t;

static int set_up(void **state)
{
    (void)state;
    asking_init(&t);
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"a\",\"body\":{\"name\":{"
                   "\"en\":\"Alpha\"}}}]");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asking_fini(&t);
    return 0;
}

static uint64_t rev(void)
{
    struct c2c_head h;
    c2c_city_no no;

    assert_ok(c2c_cities_find(t.reader, &t.node.identity.city, &no));
    assert_ok(c2c_cities_head(t.reader, no, &h, NULL, NULL));
    return h.rev;
}

static void restart(bool adopt)
{
    struct c2c_diag diag = {.code = C2C_E_OK};

    asking_close(&t);
    if (asking_open(&t, adopt, &diag) != C2C_E_OK) {
        fail_msg("%s", diag.message);
    }
}

/* Put the store of a backup in the place of ours. */
static void restore_from(const char *name)
{
    struct c2c_buf bytes;

    c2c_buf_init(&bytes, FILE_BYTES);
    asking_close(&t);
    place_read(&t.place, name, &bytes);
    place_unlink(&t.place, "store.db-wal");
    place_unlink(&t.place, "store.db-shm");
    place_write(&t.place, "store.db", c2c_buf_view(&bytes));
    c2c_buf_fini(&bytes);
}

static void back_up(const char *name)
{
    char *path = c2c_path_join(t.place.dir, name);

    assert_non_null(path);
    assert_ok(c2c_store_backup(t.reader, path));
    c2c_free(path);
}

static void reopen_restored(void)
{
    struct c2c_diag diag = {.code = C2C_E_OK};

    assert_ok(asking_open(&t, false, &diag));
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_RESTORED);
}

static void assert_mark(uint64_t epoch, uint64_t at_rev)
{
    struct c2c_mark mark;

    c2c_mark_read(&mark, t.place.dir);
    assert_int_equal(mark.epoch, epoch);
    assert_int_equal(mark.rev, at_rev);
}

static enum c2c_err put(const char *record, struct answer *answer)
{
    char args[1024];

    (void)snprintf(args, sizeof args, "{\"records\":[%s]}", record);
    return asking_ask(&t, "put", args, answer);
}

static unsigned n_waiting(void)
{
    struct c2c_buf input;
    enum c2c_err err;
    int64_t id = 0;
    unsigned n = 0;

    c2c_buf_init(&input, 1 << 20);
    while ((err = c2c_waiting_next(t.reader, &id, &input)) == C2C_E_OK) {
        n++;
    }
    assert_err(err, C2C_E_NOT_FOUND);
    c2c_buf_fini(&input);
    return n;
}

static void a_restarted_store_signs_on(void **state)
{
    uint64_t before = rev();

    (void)state;
    restart(false);
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"b\",\"body\":{\"name\":{"
                   "\"en\":\"Beta\"}}}]");
    assert_int_equal(rev(), before + 1);
}

/* Although DIR/instance is as it was. */
static void a_backup_in_the_place_of_the_store_is_recognised(void **state)
{
    uint64_t before = rev();
    struct answer answer;

    (void)state;
    back_up("copy.db");
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"b\",\"body\":{\"name\":{"
                   "\"en\":\"Beta\"}}}]");
    restore_from("copy.db");
    reopen_restored();
    assert_int_equal(rev(), before);
    assert_ok(put("{\"type\":\"office\",\"slug\":\"c\",\"body\":{\"name\":{"
                  "\"en\":\"Gamma\"}}}",
                  &answer));
    assert_answer(&answer, "items/0/state", "waiting");
    answer_fini(&answer);
    assert_int_equal(rev(), before);
    assert_ok(asking_ask(&t, "doctor", "{}", &answer));
    assert_answer(&answer, "items/2/state", "fail");
    answer_fini(&answer);
    /* What only the newer store knew is not found either. */
    assert_ok(asking_ask(&t, "find", "{\"words\":\"beta\"}", &answer));
    assert_int_equal(answer_count(&answer, "items"), 0);
    answer_fini(&answer);
}

static void lose_the_instance(void)
{
    asking_close(&t);
    place_write(&t.place, "instance",
                c2c_view_str("0190a000-0000-7000-8000-000000000001\n"));
    reopen_restored();
}

/* Copy the file, with nothing left in the write-ahead log. */
static void copy_store(const char *name)
{
    struct c2c_buf bytes;

    c2c_buf_init(&bytes, FILE_BYTES);
    asking_close(&t);
    place_read(&t.place, "store.db", &bytes);
    place_write(&t.place, name, c2c_buf_view(&bytes));
    c2c_buf_fini(&bytes);
}

/* It has the same instance as what it takes the place of. */
static void an_older_copy_of_the_store_is_recognised(void **state)
{
    struct c2c_diag diag = {.code = C2C_E_OK};
    uint64_t before = rev();

    (void)state;
    copy_store("older.db");
    assert_ok(asking_open(&t, false, &diag));
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"b\",\"body\":{\"name\":{"
                   "\"en\":\"Beta\"}}}]");
    copy_store("newer.db");
    restore_from("older.db");
    reopen_restored();
    restart(false); /* Looking at it changes nothing. */
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_RESTORED);
    assert_int_equal(rev(), before);
    /* Even when the mark is lost. */
    asking_close(&t);
    place_unlink(&t.place, "signed");
    reopen_restored();
    asking_close(&t);
    restore_from("newer.db"); /* The true one is no other's. */
    assert_ok(asking_open(&t, false, &diag));
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
    restore_from("older.db");
    restart(true);
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
    restart(false);
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
}

/* The node ended after the commit and before the mark moved, or the mark did
 * not reach the disk. */
static void a_mark_that_lags_stops_nobody_and_is_caught_up(void **state)
{
    struct c2c_diag diag = {.code = C2C_E_OK};

    (void)state;
    copy_store("older.db");
    place_write(&t.place, "signed", c2c_view_str(FIRST_MARK));
    assert_ok(asking_open(&t, false, &diag));
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
    assert_mark(1, rev());
    restart(false);
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
}

/* Adoption ends with DIR/instance: before that it can be done again. */
static void an_adoption_that_was_interrupted_is_done_again(void **state)
{
    (void)state;
    lose_the_instance();
    asking_close(&t);
    place_write(&t.place, "signed", c2c_view_str(FIRST_MARK));
    reopen_restored();
    restart(true);
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
    assert_mark(1, rev());
}

/* Neither waited for nor followed. */
static void a_mark_that_is_no_file_is_left_alone(void **state)
{
    struct c2c_diag diag = {.code = C2C_E_OK};
    char path[128];
    struct c2c_buf text;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/signed", t.place.dir);
    asking_close(&t);
    place_unlink(&t.place, "signed");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_ok(asking_open(&t, false, &diag));
    asking_close(&t);
    place_unlink(&t.place, "signed");
    place_write(&t.place, "other", c2c_view_str("precious"));
    assert_int_equal(symlink("other", path), 0);
    assert_ok(asking_open(&t, false, &diag));
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"b\",\"body\":{\"name\":{"
                   "\"en\":\"Beta\"}}}]");
    c2c_buf_init(&text, 4096);
    place_read(&t.place, "other", &text);
    assert_true(c2c_view_eq_str(c2c_buf_view(&text), "precious"));
    c2c_buf_fini(&text);
    asking_close(&t);
    place_unlink(&t.place, "other");
    place_unlink(&t.place, "signed");
    assert_ok(asking_open(&t, false, &diag));
}

static void a_mark_that_says_nothing_stops_nobody(void **state)
{
    static const char *const marks[] = {
        "", "x", "00000000000000000001 0000000000000000000x\n",
        "99999999999999999999 99999999999999999999\n",
        "00000000000000000009 00000000000000000009\nand more"};

    (void)state;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        struct c2c_diag diag = {.code = C2C_E_OK};

        asking_close(&t);
        place_write(&t.place, "signed", c2c_view_str(marks[i]));
        assert_ok(asking_open(&t, false, &diag));
        assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
        assert_mark(1, rev());
    }
    asking_close(&t);
    place_write(&t.place, "signed",
                c2c_view_str("00000000000000000002 00000000000000000001\n"));
    reopen_restored(); /* A later epoch. */
}

static void a_missing_or_garbled_instance_is_a_restored_store(void **state)
{
    (void)state;
    asking_close(&t);
    place_unlink(&t.place, "instance");
    reopen_restored();
    asking_close(&t);
    place_write(&t.place, "instance", c2c_view_str("nonsense"));
    reopen_restored();
}

static void what_waits_is_durable_and_signed_in_order(void **state)
{
    uint64_t before = rev();
    struct answer answer;

    (void)state;
    lose_the_instance();
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"b\",\"body\":{\"name\":{"
                   "\"en\":\"First\"}}}]");
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"b\",\"body\":{\"name\":{"
                   "\"en\":\"Second\"}}}]");
    restart(false);
    assert_int_equal(n_waiting(), 2);
    assert_err(asking_ask(&t, "show", "{\"ref\":\"office/b\"}", &answer),
               C2C_E_NOT_FOUND);
    answer_fini(&answer);
    restart(true);
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
    assert_int_equal(n_waiting(), 0);
    assert_int_equal(rev(), before + 2);
    assert_ok(asking_ask(&t, "show", "{\"ref\":\"office/b\"}", &answer));
    assert_answer(&answer, "title", "Second");
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "verify", "{}", &answer));
    assert_answer(&answer, "items/0/state", "ok");
    answer_fini(&answer);
    restart(false);
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
}

static void what_waits_keeps_the_reference_that_was_told(void **state)
{
    struct answer answer;
    char args[256];
    struct c2c_view ref;

    (void)state;
    lose_the_instance();
    assert_ok(put("{\"type\":\"office\",\"body\":{\"name\":{\"en\":\"N\"}}}",
                  &answer));
    ref = answer_text(&answer, "items/0/ref");
    (void)snprintf(args, sizeof args, "{\"ref\":\"%.*s\"}", (int)ref.n,
                   (const char *)ref.p);
    answer_fini(&answer);
    restart(true);
    assert_ok(asking_ask(&t, "show", args, &answer));
    answer_fini(&answer);
}

static void nothing_is_removed_from_a_restored_store(void **state)
{
    struct answer answer;

    (void)state;
    lose_the_instance();
    assert_err(asking_ask(&t, "remove", "{\"refs\":[\"office/a\"]}", &answer),
               C2C_E_NOT_CURRENT);
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "show", "{\"ref\":\"office/a\"}", &answer));
    answer_fini(&answer);
}

static void what_is_wrong_is_told_before_it_waits(void **state)
{
    struct answer answer;

    (void)state;
    lose_the_instance();
    assert_err(put("{\"type\":\"office\",\"body\":{\"name\":{\"en\":\"N\"},"
                   "\"parent\":\"office/none\"}}",
                   &answer),
               C2C_E_NOT_FOUND);
    answer_fini(&answer);
    assert_int_equal(n_waiting(), 0);
}

static void a_confirmation_waits_like_a_put(void **state)
{
    struct answer answer;

    (void)state;
    lose_the_instance();
    assert_ok(asking_ask(&t, "confirm", "{\"refs\":[\"office/a\"]}", &answer));
    answer_fini(&answer);
    assert_int_equal(n_waiting(), 1);
    restart(true);
    assert_ok(asking_ask(&t, "show", "{\"ref\":\"office/a\"}", &answer));
    assert_true(answer_text(&answer, "body/verified_at").n > 0);
    answer_fini(&answer);
}

/* Two that were sound one by one: the second finds what the first left. */
static void
what_cannot_be_signed_any_more_is_kept_and_stops_nothing(void **state)
{
    struct answer answer;
    struct c2c_buf text;

    (void)state;
    lose_the_instance();
    for (unsigned i = 0; i < 2; i++) {
        assert_ok(put("{\"type\":\"office\",\"slug\":\"a\",\"if_rev\":2,"
                      "\"body\":{\"name\":{\"en\":\"Changed\"}}}",
                      &answer));
        answer_fini(&answer);
    }
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"b\",\"body\":{\"name\":{"
                   "\"en\":\"Beta\"}}}]");
    restart(true);
    assert_int_equal(c2c_writer_state(t.node.writer), C2C_WRITER_READY);
    assert_ok(asking_ask(&t, "show", "{\"ref\":\"office/a\"}", &answer));
    assert_answer(&answer, "title", "Changed");
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "show", "{\"ref\":\"office/b\"}", &answer));
    answer_fini(&answer);
    assert_int_equal(n_waiting(), 0);
    c2c_buf_init(&text, FILE_BYTES);
    place_read(&t.place, "unsigned-2.json", &text);
    assert_ok(c2c_buf_put(&text, "", 1));
    assert_non_null(strstr((const char *)text.p, "\"Changed\""));
    c2c_buf_fini(&text);
}

static void a_missing_store_is_not_made_anew(void **state)
{
    struct c2c_diag diag = {.code = C2C_E_OK};

    (void)state;
    asking_close(&t);
    place_unlink(&t.place, "store.db");
    place_unlink(&t.place, "store.db-wal");
    assert_err(asking_open(&t, false, &diag), C2C_E_NOT_FOUND);
    assert_non_null(strstr(diag.message, "store.db"));
    assert_non_null(strstr(diag.hint, "put it back"));
    /* Nor when only the copying was forgotten while restoring a backup. */
    place_unlink(&t.place, "instance");
    assert_err(asking_open(&t, false, &diag), C2C_E_NOT_FOUND);
    assert_err(asking_open(&t, true, &diag), C2C_E_NOT_FOUND);
}

int main(void)
{
#define ON_A_NODE(TEST) cmocka_unit_test_setup_teardown(TEST, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_A_NODE(a_restarted_store_signs_on),
        ON_A_NODE(a_backup_in_the_place_of_the_store_is_recognised),
        ON_A_NODE(an_older_copy_of_the_store_is_recognised),
        ON_A_NODE(a_mark_that_lags_stops_nobody_and_is_caught_up),
        ON_A_NODE(an_adoption_that_was_interrupted_is_done_again),
        ON_A_NODE(a_mark_that_says_nothing_stops_nobody),
        ON_A_NODE(a_missing_or_garbled_instance_is_a_restored_store),
        ON_A_NODE(a_mark_that_is_no_file_is_left_alone),
        ON_A_NODE(what_waits_is_durable_and_signed_in_order),
        ON_A_NODE(what_waits_keeps_the_reference_that_was_told),
        ON_A_NODE(nothing_is_removed_from_a_restored_store),
        ON_A_NODE(what_is_wrong_is_told_before_it_waits),
        ON_A_NODE(a_confirmation_waits_like_a_put),
        ON_A_NODE(what_cannot_be_signed_any_more_is_kept_and_stops_nothing),
        ON_A_NODE(a_missing_store_is_not_made_anew),
    };
    return cmocka_run_group_tests_name("restored", tests, NULL, NULL);
}
