/* Every allocation of the node fails once: each request says so, leaks nothing
 * and changes nothing.  SQLite's and msgpack-c's own memory is left out: they
 * do not allocate through base/mem.h. */

#include <string.h>

#include "asking.h"
#include "oom.h"
#include "store/records.h"
#include "store/waiting.h"
#include "test.h"

struct question {
    struct asking *asking;
    const char *name;
    const char *args;
};

static struct asking t;

static enum c2c_err ask_once(void *arg)
{
    const struct question *q = arg;
    struct answer answer;
    enum c2c_err err = asking_ask(q->asking, q->name, q->args, &answer);

    if (err == C2C_E_NOMEM && answer.diag.code != C2C_E_OK) {
        assert_true(answer.diag.message[0] != '\0');
    }
    answer_fini(&answer);
    return err;
}

static void sweep(const char *name, const char *args)
{
    struct question q = {&t, name, args};

    print_message("%s\n", name);
    oom_sweep(ask_once, &q);
}

/* Buffers of the connections grow to their working size first, so that no
 * memory of one run is freed in another. */
static void warm_up(void)
{
    struct question q = {&t, "show", "{\"ref\":\"office/a\"}"};

    assert_ok(ask_once(&q));
    q.name = "list";
    q.args = "{}";
    assert_ok(ask_once(&q));
}

static void reading_survives_every_failed_allocation(void **state)
{
    (void)state;
    sweep("show", "{\"ref\":\"office/a\"}");
    sweep("list", "{\"type\":\"office\",\"where\":{\"topic\":\"waste\"}}");
    sweep("log", "{}");
    sweep("who", "{\"city\":\"oulu\",\"for\":\"waste\"}");
    sweep("find", "{\"words\":\"alpha\",\"near\":\"oulu,10\"}");
    sweep("status", "{}");
    sweep("doctor", "{}");
    sweep("verify", "{}");
    sweep("verify", "{\"ref\":\"office/a\"}");
    sweep("key", "{}");
}

static struct c2c_hash root(void)
{
    struct c2c_dir_sum sum;
    c2c_city_no no;

    assert_ok(c2c_cities_find(t.reader, &t.node.identity.city, &no));
    assert_ok(c2c_records_sum(t.reader, no, C2C_AUDIENCE_PUBLIC, true, &sum));
    return sum.root;
}

/* As many records as drafts; all of them, or none and NOMEM. */
static enum c2c_err commit_once(void *arg)
{
    struct drafts *drafts = arg;
    struct c2c_store *store = NULL;
    struct c2c_commit_env env = {.types = t.place.types,
                                 .identity = &t.place.identity,
                                 .expire_s = 86400,
                                 .rng = &t.place.rng};
    struct c2c_group group = {.env = &env, .clock = &t.place.clock};
    struct c2c_job *job = &drafts->job;
    enum c2c_err err =
        c2c_store_open(t.place.dir, C2C_STORE_WRITE, &store, NULL);

    if (err == C2C_E_OK) {
        env.store = store;
        err = c2c_cities_find(store, &t.place.identity.city, &env.city);
    }
    if (err == C2C_E_OK) {
        memset(&job->diag, 0, sizeof job->diag);
        assert_ok(drafts_run(&group, &job, 1)); /* Without this job. */
        err = job->err;
        assert_true(err == C2C_E_OK || job->diag.message[0] != '\0');
    }
    c2c_store_close(store);
    return err;
}

static enum c2c_err count_facet(void *ctx, const struct c2c_row *row,
                                bool intact)
{
    (void)row;
    assert_true(intact);
    (*(unsigned *)ctx)++;
    return C2C_E_OK;
}

static void committing_survives_every_failed_allocation(void **state)
{
    struct c2c_filter filter = {.limit = 10,
                                .n_facets = 1,
                                .facet = {{"topic",
                                           c2c_view_str("water-sanitation")}}};
    struct c2c_hash before = root();
    struct c2c_hash after;
    struct drafts drafts;
    unsigned n = 0;

    (void)state;
    drafts_init(
        &drafts, &t.place,
        "[{\"type\":\"office\",\"slug\":\"n\",\"body\":{\"name\":{"
        "\"en\":\"N\"},\"scope\":{\"topics\":[\"water-sanitation\"]},"
        "\"parent\":\"office/a\"}},"
        "{\"type\":\"office\",\"slug\":\"a\",\"body\":{\"name\":{"
        "\"en\":\"A3\"},\"scope\":{\"topics\":[\"water-sanitation\"]}}}]");
    oom_sweep(commit_once, &drafts);
    after = root();
    assert_false(c2c_hash_eq(&before, &after));
    assert_ok(c2c_records_list(t.reader, &filter, count_facet, &n));
    assert_int_equal(n, 2);
    drafts_fini(&drafts);
}

static void the_hint_of_a_missing_reference_needs_no_memory(void **state)
{
    struct drafts drafts;

    (void)state;
    drafts_init(&drafts, &t.place,
                "[{\"type\":\"office\",\"body\":{\"name\":{\"en\":\"N\"},"
                "\"parent\":\"office/b\"}}]");
    for (unsigned i = 0; i < 2; i++) {
        assert_err(commit_once(&drafts), C2C_E_NOT_FOUND);
    }
    drafts_fini(&drafts);
}

/* Start, one put, stop: what is behind afterwards is made up for. */
static enum c2c_err live_once(void *arg)
{
    struct drafts *drafts = arg;
    const struct c2c_writer_options options = {.dir = t.place.dir,
                                               .types = t.place.types,
                                               .identity = &t.place.identity,
                                               .config = &t.place.config,
                                               .clock = &t.place.clock};
    struct c2c_writer *writer = NULL;
    struct c2c_diag diag;
    enum c2c_err err = c2c_writer_open(&options, &diag, &writer);

    if (err != C2C_E_OK) {
        assert_true(diag.message[0] != '\0');
        return err;
    }
    c2c_writer_run(writer, &drafts->job);
    c2c_writer_close(writer);
    return drafts->job.err;
}

static void a_writers_life_survives_every_failed_allocation(void **state)
{
    struct drafts drafts;
    struct answer answer;
    struct c2c_diag diag;
    struct c2c_buf input;
    int64_t id = 0;

    (void)state;
    drafts_init(&drafts, &t.place,
                "[{\"type\":\"office\",\"slug\":\"life\",\"body\":{\"name\":{"
                "\"en\":\"Zweitwort\"}}}]");
    asking_close(&t);
    oom_sweep_lenient(live_once, &drafts);
    assert_ok(asking_open(&t, false, &diag));
    c2c_buf_init(&input, 1 << 20);
    assert_err(c2c_waiting_next(t.reader, &id, &input), C2C_E_NOT_FOUND);
    c2c_buf_fini(&input);
    assert_ok(asking_ask(&t, "find", "{\"words\":\"zweitwort\"}", &answer));
    assert_int_equal(answer_count(&answer, "items"), 1);
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "verify", "{}", &answer));
    assert_answer(&answer, "items/0/state", "ok");
    answer_fini(&answer);
    drafts_fini(&drafts);
}

static int set_up(void **state)
{
    (void)state;
    asking_init(&t);
    asking_put(&t, "[{\"type\":\"city\",\"body\":{\"name\":{\"en\":\"Oulu\"},"
                   "\"country\":\"FI\",\"location\":{\"lat\":\"65.01\","
                   "\"lon\":\"25.47\"}}}]");
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"a\",\"body\":{\"name\":{"
                   "\"en\":\"Alpha\"},\"scope\":{\"topics\":[\"waste\"],"
                   "\"general\":true}}}]");
    warm_up();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asking_fini(&t);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_survives_every_failed_allocation),
        cmocka_unit_test(committing_survives_every_failed_allocation),
        cmocka_unit_test(the_hint_of_a_missing_reference_needs_no_memory),
        cmocka_unit_test(a_writers_life_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests_name("oom_node", tests, set_up, tear_down);
}
