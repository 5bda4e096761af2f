/* A group of commits on a disk that fails at every call in turn: afterwards the
 * store holds all of the group or nothing of it, and everything that was
 * answered as saved. */

#include <stdio.h>
#include <string.h>

#include "disk.h"
#include "node/standing.h"
#include "node/writer.h"
#include "place.h"
#include "store/db_priv.h"
#include "store/fulltext.h"
#include "store/records.h"
#include "test.h"

enum {
    JOBS = 5,
    FILLERS = 40,
    FILE_BYTES = 16 << 20
};

/* Pages: so few that the disk is touched throughout. */
static const char small_cache[] = "PRAGMA cache_size = 4";

/* What lies on the disk. */
struct found {
    struct c2c_hash root;
    uint64_t rev;
};

static struct {
    struct place place;
    struct c2c_buf store_db; /* The old state. */
    struct c2c_buf text_db;
    struct c2c_uuid removed_key;
    struct found old_state;
    struct found new_state;
    struct drafts drafts[JOBS];
} t;

static bool same(const struct found *a, const struct found *b)
{
    return c2c_hash_eq(&a->root, &b->root) && a->rev == b->rev;
}

static enum c2c_err text_of(void *ctx, const struct c2c_row *row,
                            struct c2c_buf text[C2C_FULLTEXT_WEIGHTS])
{
    (void)ctx;
    return c2c_buf_put(&text[0], row->slug.p, row->slug.n);
}

static struct c2c_store *open_store(struct c2c_commit_env *env)
{
    struct c2c_store *store;

    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_WRITE, &store, NULL));
    *env = (struct c2c_commit_env){.store = store,
                                   .types = t.place.types,
                                   .identity = &t.place.identity,
                                   .expire_s = 86400,
                                   .rng = &t.place.rng};
    assert_ok(c2c_cities_find(store, &t.place.identity.city, &env->city));
    return store;
}

static void run_alone(struct c2c_writer *writer, const char *json,
                      struct c2c_uuid *ret_key)
{
    struct drafts drafts;

    drafts_init(&drafts, &t.place, json);
    c2c_writer_run(writer, &drafts.job);
    assert_ok(drafts.job.err);
    *ret_key = drafts.at[0].final_key;
    drafts_fini(&drafts);
}

/* Enough other records that not everything fits the small cache. */
static void run_fillers(struct c2c_writer *writer)
{
    for (unsigned i = 0; i < FILLERS; i++) {
        struct c2c_uuid key;
        char json[2048];

        (void)snprintf(json, sizeof json,
                       "[{\"type\":\"office\",\"slug\":\"filler-%u\","
                       "\"body\":{\"name\":{\"en\":\"%0180u\"},"
                       "\"filler\":\"%0800u\"}}]",
                       i, i, i);
        run_alone(writer, json, &key);
    }
}

/* Offices a and b, and others. */
static void make_old_state(void)
{
    const struct c2c_writer_options options = {.dir = t.place.dir,
                                               .types = t.place.types,
                                               .identity = &t.place.identity,
                                               .config = &t.place.config,
                                               .clock = &t.place.clock};
    struct c2c_writer *writer;
    struct c2c_diag diag;
    struct c2c_uuid key;

    assert_ok(c2c_writer_open(&options, &diag, &writer));
    run_alone(writer,
              "[{\"type\":\"office\",\"slug\":\"a\",\"body\":{\"name\":{"
              "\"en\":\"A\"}}}]",
              &key);
    run_alone(writer,
              "[{\"type\":\"office\",\"slug\":\"b\",\"body\":{\"name\":{"
              "\"en\":\"B\"}}}]",
              &t.removed_key);
    run_fillers(writer);
    c2c_writer_close(writer);
    c2c_buf_init(&t.store_db, FILE_BYTES);
    c2c_buf_init(&t.text_db, FILE_BYTES);
    place_read(&t.place, "store.db", &t.store_db);
    place_read(&t.place, "text.db", &t.text_db);
}

/* New c, changed a, no b; one that is refused, one that is only tried. */
static void make_jobs(void)
{
    drafts_init(&t.drafts[0], &t.place,
                "[{\"type\":\"office\",\"slug\":\"c\",\"body\":{\"name\":{"
                "\"en\":\"C\"}}}]");
    drafts_init(&t.drafts[1], &t.place,
                "[{\"type\":\"office\",\"slug\":\"a\",\"body\":{\"name\":{"
                "\"en\":\"A2\"},\"parent\":\"office/filler-7\"}}]");
    drafts_init_removal(&t.drafts[2], &t.place, "office", &t.removed_key);
    drafts_init(&t.drafts[3], &t.place,
                "[{\"type\":\"office\",\"slug\":\"e\",\"body\":{\"name\":{"
                "\"en\":\"E\"},\"parent\":\"office/none\"}}]");
    drafts_init(&t.drafts[4], &t.place,
                "[{\"type\":\"office\",\"slug\":\"f\",\"body\":{\"name\":{"
                "\"en\":\"F\"}}}]");
    t.drafts[4].job.dry_run = true;
}

static void drop_jobs(void)
{
    for (size_t i = 0; i < JOBS; i++) {
        drafts_fini(&t.drafts[i]);
    }
}

static enum c2c_err run_group(struct c2c_commit_env *env)
{
    struct c2c_group group = {.env = env, .clock = &t.place.clock};
    struct c2c_job *jobs[JOBS];

    for (size_t i = 0; i < JOBS; i++) {
        jobs[i] = &t.drafts[i].job;
    }
    return drafts_run(&group, jobs, JOBS);
}

/* Everything under one signature, and what it is. */
static struct found look(struct c2c_store *store, c2c_city_no city)
{
    enum c2c_err verdict = C2C_E_STORE;
    struct c2c_dir_sum sum;
    struct c2c_head head;

    assert_ok(c2c_standing_check(store, city, &verdict));
    assert_ok(verdict);
    assert_ok(c2c_records_sum(store, city, C2C_AUDIENCE_PUBLIC, true, &sum));
    assert_ok(c2c_cities_head(store, city, &head, NULL, NULL));
    return (struct found){sum.root, head.rev};
}

static enum c2c_err count_hit(void *ctx, const struct c2c_hit *hit)
{
    (void)hit;
    (*(unsigned *)ctx)++;
    return C2C_E_OK;
}

static unsigned hits(const char *word)
{
    const struct c2c_find find = {.words = c2c_view_str(word),
                                  .filter = {.limit = 100}};
    struct c2c_store *reader;
    uint64_t total;
    unsigned n = 0;

    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_READ, &reader, NULL));
    assert_ok(c2c_fulltext_attach(reader, t.place.dir));
    assert_ok(c2c_fulltext_find(reader, &find, count_hit, &n, &total));
    c2c_store_close(reader);
    return n;
}

/* The state after a restart, which brings the full text up to date. */
static struct found restart(void)
{
    struct c2c_fulltext *text;
    struct c2c_commit_env env;
    struct c2c_store *store = open_store(&env);
    struct found found = look(store, env.city);
    bool is_new = same(&found, &t.new_state);

    assert_ok(c2c_store_check(store));
    assert_ok(c2c_fulltext_open(t.place.dir, text_of, NULL, &text));
    assert_ok(c2c_fulltext_catch_up(text, store));
    c2c_fulltext_close(text);
    c2c_store_close(store);
    if (is_new || same(&found, &t.old_state)) {
        assert_int_equal(hits("a"), 1);
        assert_int_equal(hits("b"), is_new ? 0 : 1);
        assert_int_equal(hits("c"), is_new ? 1 : 0);
        assert_int_equal(hits("e") + hits("f"), 0);
    }
    return found;
}

static void lay_out_old_state(void)
{
    static const char *const rest[] = {"store.db-wal", "store.db-shm",
                                       "text.db-wal", "text.db-shm"};

    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        place_unlink(&t.place, rest[i]);
    }
    place_write(&t.place, "store.db", c2c_buf_view(&t.store_db));
    place_write(&t.place, "text.db", c2c_buf_view(&t.text_db));
    t.place.random = 7;
}

/* All three, or none. */
static bool saved(void)
{
    bool first = t.drafts[0].job.err == C2C_E_OK;

    assert_true((t.drafts[1].job.err == C2C_E_OK) == first);
    assert_true((t.drafts[2].job.err == C2C_E_OK) == first);
    for (size_t i = 0; i < JOBS; i++) {
        const struct c2c_job *job = &t.drafts[i].job;

        assert_true(job->err == C2C_E_OK || job->diag.message[0] != '\0');
        assert_null(strstr(job->diag.message, "savepoint"));
        assert_null(strstr(job->diag.message, "not an error"));
        if (!first && i != 3) {
            assert_true(job->err == C2C_E_STORE || job->err == C2C_E_DISK_FULL);
        }
    }
    assert_true(t.drafts[3].job.err != C2C_E_OK);
    return first;
}

/* After one error the same connection goes on. */
static void goes_on(struct c2c_commit_env *env)
{
    struct c2c_group group = {.env = env, .clock = &t.place.clock};
    struct drafts more;
    struct c2c_job *job = &more.job;

    drafts_init(&more, &t.place,
                "[{\"type\":\"office\",\"slug\":\"d\",\"body\":{\"name\":{"
                "\"en\":\"D\"}}}]");
    assert_ok(drafts_run(&group, &job, 1));
    assert_ok(job->err);
    drafts_fini(&more);
    (void)look(env->store, env->city);
}

/* One run with the fault at call @at; false when it was not reached. */
static bool try_once(enum disk_fault fault, unsigned at, bool some)
{
    struct c2c_fulltext *text;
    struct c2c_commit_env env;
    struct c2c_store *store;
    struct found before;
    struct found after;
    bool failed;
    bool acknowledged;

    lay_out_old_state();
    make_jobs();
    store = open_store(&env);
    assert_ok(c2c_db_exec(store, small_cache));
    assert_ok(c2c_fulltext_open(t.place.dir, text_of, NULL, &text));
    disk_arm(fault, at);
    acknowledged = run_group(&env) == C2C_E_OK;
    assert_true(saved() == acknowledged);
    /* May fail: made up for later. */
    (void)!c2c_fulltext_catch_up(text, store);
    (void)!c2c_fulltext_wipe(text);
    (void)!c2c_store_checkpoint(store);
    failed = disk_failed();
    if (fault == DISK_ERROR || !failed) {
        disk_arm(DISK_SOUND, 0);
        before = look(store, env.city);
        assert_true(same(&before, acknowledged ? &t.new_state : &t.old_state));
        goes_on(&env);
        before = look(store, env.city);
    }
    c2c_fulltext_close(text);
    c2c_store_close(store);
    if (fault == DISK_DEAD) {
        disk_cut_power(some);
    }
    disk_forget();
    disk_arm(DISK_SOUND, 0);
    after = restart();
    if (fault == DISK_ERROR || !failed) {
        assert_true(same(&after, &before));
    } else {
        assert_true(same(&after, &t.new_state) ||
                    (!acknowledged && same(&after, &t.old_state)));
    }
    drop_jobs();
    return failed;
}

static void try_every_call(enum disk_fault fault, bool some)
{
    unsigned at = 0;

    while (try_once(fault, at, some)) {
        at++;
    }
    assert_true(at > 20); /* It did touch the disk. */
    print_message("%u calls\n", at);
}

static void an_error_takes_back_all_or_nothing(void **state)
{
    (void)state;
    try_every_call(DISK_ERROR, false);
}

static void a_full_disk_takes_back_all_or_nothing(void **state)
{
    (void)state;
    try_every_call(DISK_FULL, false);
}

static void a_power_cut_leaves_what_was_answered(void **state)
{
    (void)state;
    try_every_call(DISK_DEAD, false);
}

static void
a_power_cut_that_keeps_some_writes_leaves_what_was_answered(void **state)
{
    (void)state;
    try_every_call(DISK_DEAD, true);
}

/* The states before and after, on a sound disk. */
static int set_up(void **state)
{
    struct c2c_commit_env env;
    struct c2c_store *store;

    (void)state;
    place_init(&t.place);
    make_old_state();
    disk_install();
    lay_out_old_state();
    t.place.now_s += 100;
    make_jobs();
    store = open_store(&env);
    t.old_state = look(store, env.city);
    assert_ok(run_group(&env));
    assert_ok(t.drafts[0].job.err);
    assert_err(t.drafts[3].job.err, C2C_E_NOT_FOUND);
    t.new_state = look(store, env.city);
    assert_int_equal(t.new_state.rev, t.old_state.rev + 3);
    c2c_store_close(store);
    disk_forget();
    drop_jobs();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    c2c_buf_fini(&t.store_db);
    c2c_buf_fini(&t.text_db);
    place_fini(&t.place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_takes_back_all_or_nothing),
        cmocka_unit_test(a_full_disk_takes_back_all_or_nothing),
        cmocka_unit_test(a_power_cut_leaves_what_was_answered),
        cmocka_unit_test(
            a_power_cut_that_keeps_some_writes_leaves_what_was_answered),
    };
    return cmocka_run_group_tests_name("fault", tests, set_up, tear_down);
}
