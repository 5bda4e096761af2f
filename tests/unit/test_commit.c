/* Commits: what they refuse, what they leave behind, and time. */

#include <stdio.h>
#include <string.h>

#include "asking.h"
#include "node/newest.h"
#include "store/db_priv.h"
#include "store/fulltext.h"
#include "store/records.h"
#include "test.h"

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

static struct c2c_head head(void)
{
    struct c2c_head h;
    c2c_city_no no;

    assert_ok(c2c_cities_find(t.reader, &t.node.identity.city, &no));
    assert_ok(c2c_cities_head(t.reader, no, &h, NULL, NULL));
    return h;
}

/* Ask for a put of one record; the result's code. */
static enum c2c_err put(const char *record, struct answer *answer)
{
    char args[2048];

    (void)snprintf(args, sizeof args, "{\"records\":[%s]}", record);
    return asking_ask(&t, "put", args, answer);
}

#define OFFICE(SLUG, NAME)                                            \
    "{\"type\":\"office\",\"slug\":\"" SLUG "\",\"body\":{\"name\":{" \
    "\"en\":\"" NAME "\"}}}"

static void a_put_that_changes_nothing_signs_nothing(void **state)
{
    struct c2c_head before = head();
    struct c2c_head after;
    struct answer answer;

    (void)state;
    assert_ok(put(OFFICE("a", "Alpha"), &answer));
    assert_answer(&answer, "items/0/state", "same");
    answer_fini(&answer);
    after = head();
    assert_int_equal(after.rev, before.rev);
}

static void each_commit_names_the_one_before(void **state)
{
    struct c2c_head before = head();
    struct c2c_head after;

    (void)state;
    asking_put(&t, "[" OFFICE("b", "Beta") "]");
    after = head();
    assert_int_equal(after.rev, before.rev + 1);
    assert_true(c2c_hash_eq(&after.prev, &before.content));
}

static void one_bad_record_refuses_all_and_says_which(void **state)
{
    struct c2c_head before = head();
    struct c2c_head after;
    struct answer answer;

    (void)state;
    assert_err(put(OFFICE("b", "Beta") ",{\"type\":\"office\",\"body\":{"
                                       "\"name\":{\"en\":\"C\"},\"parent\":"
                                       "\"office/bb\"}}",
                   &answer),
               C2C_E_NOT_FOUND);
    assert_string_equal(answer.diag.thing, "/body/parent");
    assert_non_null(strstr(answer.diag.hint, "did you mean 'office/b'"));
    answer_fini(&answer);
    after = head();
    assert_int_equal(after.rev, before.rev);
    assert_err(asking_ask(&t, "show", "{\"ref\":\"office/b\"}", &answer),
               C2C_E_NOT_FOUND);
    answer_fini(&answer);
}

static void members_of_another_kind_are_refused(void **state)
{
    static const char *const members[] = {"key", "slug", "audience", "created"};
    struct c2c_head before = head();
    struct c2c_head after;

    (void)state;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        struct answer answer;
        char record[256];
        char path[32];

        (void)snprintf(record, sizeof record,
                       "{\"type\":\"office\",\"%s\":7,\"body\":{\"name\":{"
                       "\"en\":\"B\"}}}",
                       members[i]);
        (void)snprintf(path, sizeof path, "/%s", members[i]);
        assert_err(put(record, &answer), C2C_E_SCHEMA);
        assert_answer(&answer, "problems/0/path", path);
        answer_fini(&answer);
    }
    after = head();
    assert_int_equal(after.rev, before.rev);
}

/* The answer to what was saved must not grow beyond what a message takes. */
static void unknown_fields_without_end_are_not_all_told(void **state)
{
    struct answer answer;
    struct c2c_buf json;

    (void)state;
    c2c_buf_init(&json, 1 << 20);
    assert_ok(c2c_buf_fmt(&json,
                          "{\"records\":[{\"type\":\"office\",\"slug\":\"b\","
                          "\"body\":{\"name\":{\"en\":\"Beta\"}"));
    for (unsigned i = 0; i < 1500; i++) {
        assert_ok(c2c_buf_fmt(&json, ",\"x%u\":1", i));
    }
    assert_ok(c2c_buf_put(&json, "}}]}", sizeof "}}]}"));
    assert_ok(asking_ask(&t, "put", (const char *)json.p, &answer));
    assert_int_equal(answer_count(&answer, "warnings"), 1000);
    answer_fini(&answer);
    c2c_buf_fini(&json);
}

static void two_records_cannot_have_one_slug(void **state)
{
    struct answer answer;

    (void)state;
    assert_err(put("{\"type\":\"office\",\"slug\":\"a\",\"key\":"
                   "\"0190a000-0000-7000-8000-000000000001\",\"body\":{"
                   "\"name\":{\"en\":\"B\"}}}",
                   &answer),
               C2C_E_EXISTS);
    assert_non_null(strstr(answer.diag.message, "'a'"));
    answer_fini(&answer);
}

static void a_city_has_one_profile_whatever_key_is_given(void **state)
{
    struct answer answer;

    (void)state;
    assert_err(put("{\"type\":\"city\",\"key\":"
                   "\"0190a000-0000-7000-8000-000000000001\",\"body\":{"
                   "\"name\":{\"en\":\"Other\"},\"country\":\"FI\"}}",
                   &answer),
               C2C_E_EXISTS);
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "list", "{\"type\":\"city\"}", &answer));
    assert_int_equal(answer_count(&answer, "items"), 1);
    answer_fini(&answer);
    assert_ok(put("{\"type\":\"city\",\"body\":{\"name\":{\"en\":\"Oulu\"},"
                  "\"country\":\"FI\",\"timezone\":\"Europe/Helsinki\"}}",
                  &answer));
    assert_answer(&answer, "items/0/state", "changed");
    answer_fini(&answer);
}

static void a_clock_that_goes_back_a_little_keeps_times_in_order(void **state)
{
    struct c2c_head before = head();
    struct c2c_head after;

    (void)state;
    t.place.now_s -= 300;
    asking_put(&t, "[" OFFICE("a", "Alpha 2") "]");
    after = head();
    assert_int_equal(after.time_s, before.time_s);
    assert_int_equal(after.rev, before.rev + 1);
}

static void a_clock_that_goes_back_far_is_named(void **state)
{
    struct c2c_head before = head();
    struct c2c_head after;
    struct answer answer;

    (void)state;
    t.place.now_s -= 86400;
    assert_err(put(OFFICE("a", "Alpha 2"), &answer), C2C_E_FUTURE);
    assert_string_equal(answer.diag.thing, "clock");
    assert_non_null(strstr(answer.diag.hint, "timedatectl"));
    answer_fini(&answer);
    after = head();
    assert_int_equal(after.rev, before.rev);
    assert_ok(asking_ask(&t, "doctor", "{}", &answer));
    assert_answer(&answer, "items/3/state", "fail");
    answer_fini(&answer);
}

static void an_update_for_an_older_revision_is_a_conflict(void **state)
{
    struct answer answer;

    (void)state;
    asking_put(&t, "[" OFFICE("a", "Alpha 2") "]");
    assert_err(put("{\"type\":\"office\",\"slug\":\"a\",\"if_rev\":2,"
                   "\"body\":{\"name\":{\"en\":\"Alpha 3\"}}}",
                   &answer),
               C2C_E_CONFLICT);
    answer_fini(&answer);
}

static void local_drafts_are_in_no_tree(void **state)
{
    struct c2c_head before = head();
    struct c2c_head after;
    struct answer answer;

    (void)state;
    assert_ok(put("{\"type\":\"office\",\"slug\":\"d\",\"audience\":\"local\","
                  "\"body\":{\"name\":{\"en\":\"Draft\"}}}",
                  &answer));
    assert_answer(&answer, "items/0/state", "local");
    answer_fini(&answer);
    after = head();
    assert_int_equal(after.rev, before.rev);
    assert_ok(put("{\"type\":\"office\",\"slug\":\"a\",\"audience\":\"local\","
                  "\"body\":{\"name\":{\"en\":\"Alpha\"}}}",
                  &answer));
    answer_fini(&answer);
    after = head();
    assert_int_equal(after.rev, before.rev + 1);
    assert_int_equal(after.pub.count, before.pub.count - 1);
    assert_ok(asking_ask(&t, "verify", "{}", &answer));
    assert_answer(&answer, "items/0/state", "ok");
    answer_fini(&answer);
}

/* At once with a removal; changes may wait for one another. */
static void old_words_leave_the_disk_with_an_update(void **state)
{
    uint64_t end_ms = c2c_clock_mono_ms() + 60000;
    struct answer answer;

    (void)state;
    asking_put(&t, "[" OFFICE("z", "Quokkazanzibar") "]");
    assert_true(place_holds(&t.place, "uokkazanzibar"));
    asking_put(&t, "[" OFFICE("z", "Numbat") "]");
    while (place_holds(&t.place, "uokkazanzibar")) {
        assert_true(c2c_clock_mono_ms() < end_ms);
    }
    assert_ok(asking_ask(&t, "remove", "{\"refs\":[\"office/z\"]}", &answer));
    answer_fini(&answer);
    assert_false(place_holds(&t.place, "umbat"));
}

/* Also those that were to wait for other changes. */
static void old_words_leave_the_disk_before_the_node_ends(void **state)
{
    struct c2c_diag diag;

    (void)state;
    asking_put(&t, "[" OFFICE("z", "Quokkazanzibar") "]");
    asking_put(&t, "[" OFFICE("z", "Wombat") "]"); /* The next one waits. */
    asking_put(&t, "[" OFFICE("z", "Numbatzanzibar") "]");
    asking_put(&t, "[" OFFICE("z", "Wombat") "]");
    asking_close(&t);
    assert_false(place_holds(&t.place, "uokkazanzibar"));
    assert_false(place_holds(&t.place, "umbatzanzibar"));
    assert_ok(asking_open(&t, false, &diag));
}

/* The writer tries again by itself, without a further commit. */
static void old_words_leave_the_disk_after_the_last_reader(void **state)
{
    uint64_t end_ms = c2c_clock_mono_ms() + 60000;
    struct answer answer;

    (void)state;
    asking_put(&t, "[" OFFICE("z", "Quokkazanzibar") "]");
    assert_ok(c2c_store_begin_read(t.reader));
    (void)head(); /* The view begins with the first reading. */
    assert_ok(asking_ask(&t, "remove", "{\"refs\":[\"office/z\"]}", &answer));
    answer_fini(&answer);
    c2c_store_rollback(t.reader);
    while (place_holds(&t.place, "uokkazanzibar")) {
        assert_true(c2c_clock_mono_ms() < end_ms);
    }
}

/* Two jobs that the full text sees as one step. */
static void words_leave_the_disk_when_a_key_comes_back_at_once(void **state)
{
    struct drafts removal;
    struct drafts again;
    struct c2c_job *jobs[] = {&removal.job, &again.job};
    struct c2c_commit_env env = {.types = t.place.types,
                                 .identity = &t.place.identity,
                                 .expire_s = 86400,
                                 .rng = &t.place.rng};
    struct c2c_group group = {.env = &env, .clock = &t.place.clock};
    struct c2c_uuid key;
    struct c2c_diag diag;

    (void)state;
    asking_put(&t, "[{\"type\":\"office\",\"key\":"
                   "\"0190a000-0000-7000-8000-000000000001\",\"body\":{"
                   "\"name\":{\"en\":\"Quokkazanzibar\"}}}]");
    asking_close(&t);
    assert_ok(
        c2c_uuid_parse(c2c_view_str("0190a000-0000-7000-8000-000000000001"),
                       &key));
    drafts_init_removal(&removal, &t.place, "office", &key);
    drafts_init(&again, &t.place,
                "[{\"type\":\"office\",\"key\":"
                "\"0190a000-0000-7000-8000-000000000001\",\"body\":{"
                "\"name\":{\"en\":\"Numbat\"}}}]");
    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_WRITE, &env.store, NULL));
    assert_ok(c2c_cities_find(env.store, &t.place.identity.city, &env.city));
    assert_ok(drafts_run(&group, jobs, 2));
    assert_ok(removal.job.err);
    assert_ok(again.job.err);
    c2c_store_close(env.store);
    drafts_fini(&removal);
    drafts_fini(&again);
    assert_ok(asking_open(&t, false, &diag)); /* Catches up, wipes. */
    assert_false(place_holds(&t.place, "uokkazanzibar"));
    assert_true(place_holds(&t.place, "umbat"));
}

/* Run SQL on the store behind everybody's back. */
static void meddle(const char *sql)
{
    struct c2c_store *store;

    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_WRITE, &store, NULL));
    assert_ok(c2c_db_exec(store, sql));
    c2c_store_close(store);
}

/* Flip one bit of the newest head at byte @at; false beyond its end. */
static bool flip_head(unsigned at)
{
    struct c2c_store *store;
    struct c2c_head h;
    struct c2c_buf bytes;
    sqlite3_stmt *stmt;
    c2c_city_no no;
    bool there;

    c2c_buf_init(&bytes, 4096);
    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_WRITE, &store, NULL));
    assert_ok(c2c_cities_find(store, &t.node.identity.city, &no));
    /* One that is damaged already cannot be read: mended by the caller. */
    assert_ok(c2c_cities_head(store, no, &h, NULL, &bytes));
    there = at < bytes.n;
    if (there) {
        bytes.p[at] ^= 1;
        assert_int_equal(sqlite3_prepare_v2(store->db,
                                            "UPDATE head SET bytes = ?1", -1,
                                            &stmt, NULL),
                         SQLITE_OK);
        c2c_db_bind_blob(stmt, 1, bytes.p, bytes.n);
        assert_ok(c2c_db_run(store, stmt));
        assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    }
    c2c_store_close(store);
    c2c_buf_fini(&bytes);
    return there;
}

static void nothing_is_signed_on_top_of_a_damaged_head(void **state)
{
    struct answer answer;
    unsigned at = 0;

    (void)state;
    meddle("CREATE TABLE saved AS SELECT bytes FROM head");
    while (flip_head(at)) {
        enum c2c_err err = put(OFFICE("a", "Alpha 2"), &answer);

        if (err != C2C_E_CORRUPT) {
            fail_msg("byte %u: %s", at, c2c_strerror(err));
        }
        answer_fini(&answer);
        meddle("UPDATE head SET bytes = (SELECT bytes FROM saved)");
        at++;
    }
    assert_true(at > 200);
    assert_ok(put(OFFICE("a", "Alpha 2"), &answer));
    answer_fini(&answer);
}

static enum c2c_err refresh_later(void)
{
    struct c2c_commit_env env = {.types = t.place.types,
                                 .identity = &t.place.identity,
                                 .now_ms = (t.place.now_s + 7 * 86400) * 1000,
                                 .expire_s = 86400,
                                 .rng = &t.place.rng};
    enum c2c_err err;

    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_WRITE, &env.store, NULL));
    assert_ok(c2c_cities_find(env.store, &t.place.identity.city, &env.city));
    err = c2c_newest_refresh(&env);
    c2c_store_close(env.store);
    return err;
}

static void a_refresh_keeps_the_content_and_the_revision(void **state)
{
    struct c2c_head before = head();
    struct c2c_head after;
    struct answer answer;

    (void)state;
    assert_ok(refresh_later());
    after = head();
    assert_true(c2c_hash_eq(&before.content, &after.content));
    assert_int_equal(after.rev, before.rev);
    assert_int_equal(after.time_s, before.time_s + 7 * 86400);
    assert_err(refresh_later(), C2C_E_OLDER);
    assert_ok(asking_ask(&t, "verify", "{}", &answer));
    assert_answer(&answer, "items/0/state", "ok");
    answer_fini(&answer);
}

static void a_damaged_head_is_not_refreshed(void **state)
{
    unsigned at = 0;

    (void)state;
    meddle("CREATE TABLE saved AS SELECT bytes FROM head");
    while (flip_head(at)) {
        assert_err(refresh_later(), C2C_E_CORRUPT);
        meddle("UPDATE head SET bytes = (SELECT bytes FROM saved)");
        at++;
    }
    assert_ok(refresh_later());
}

static void nothing_is_signed_over_a_damaged_directory(void **state)
{
    static const char *const damage[] = {
        "UPDATE dir SET count = count + 1 WHERE type = 'city'",
        "UPDATE dir SET bytes = bytes + 1 WHERE type = 'city'",
        "UPDATE dir SET root = zeroblob(32) WHERE type = 'city'",
        "DELETE FROM dir WHERE type = 'city'",
        "UPDATE head SET blind = zeroblob(32)",
        "UPDATE head SET net_count = 7",
    };
    struct c2c_head before = head();
    struct c2c_head after;
    struct answer answer;

    (void)state;
    meddle("CREATE TABLE saved_dir AS SELECT * FROM dir;"
           "CREATE TABLE saved_head AS SELECT * FROM head");
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        meddle(damage[i]);
        if (put(OFFICE("a", "Alpha 2"), &answer) != C2C_E_CORRUPT) {
            fail_msg("%s: %s", damage[i], c2c_strerror(answer.err));
        }
        answer_fini(&answer);
        meddle("DELETE FROM dir; INSERT INTO dir SELECT * FROM saved_dir;"
               "DELETE FROM head; INSERT INTO head SELECT * FROM saved_head");
    }
    after = head();
    assert_int_equal(after.rev, before.rev);
}

int main(void)
{
#define ON_A_NODE(TEST) cmocka_unit_test_setup_teardown(TEST, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_A_NODE(a_put_that_changes_nothing_signs_nothing),
        ON_A_NODE(each_commit_names_the_one_before),
        ON_A_NODE(one_bad_record_refuses_all_and_says_which),
        ON_A_NODE(members_of_another_kind_are_refused),
        ON_A_NODE(unknown_fields_without_end_are_not_all_told),
        ON_A_NODE(two_records_cannot_have_one_slug),
        ON_A_NODE(a_city_has_one_profile_whatever_key_is_given),
        ON_A_NODE(a_clock_that_goes_back_a_little_keeps_times_in_order),
        ON_A_NODE(a_clock_that_goes_back_far_is_named),
        ON_A_NODE(an_update_for_an_older_revision_is_a_conflict),
        ON_A_NODE(local_drafts_are_in_no_tree),
        ON_A_NODE(old_words_leave_the_disk_with_an_update),
        ON_A_NODE(old_words_leave_the_disk_before_the_node_ends),
        ON_A_NODE(old_words_leave_the_disk_after_the_last_reader),
        ON_A_NODE(words_leave_the_disk_when_a_key_comes_back_at_once),
        ON_A_NODE(nothing_is_signed_on_top_of_a_damaged_head),
        ON_A_NODE(a_refresh_keeps_the_content_and_the_revision),
        ON_A_NODE(a_damaged_head_is_not_refreshed),
        ON_A_NODE(nothing_is_signed_over_a_damaged_directory),
    };
    return cmocka_run_group_tests_name("commit", tests, NULL, NULL);
}
