/* Many authors and readers at once: the writer, the pool, the socket. */

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "codec/limits.h"
#include "net/consumer.h"
#include "node/node.h"
#include "node/writer.h"
#include "place.h"
#include "store/records.h"
#include "test.h"
#include "wire/control.h"

enum {
    AUTHORS = 6,
    PUTS = 8,
    TIMEOUT_MS = 60000
};

static struct place place;
static struct c2c_writer *writer;

static int set_up(void **state)
{
    (void)state;
    place_init(&place);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    place_fini(&place);
    return 0;
}

struct author {
    pthread_t thread;
    unsigned number;
    unsigned shown; /* Of what was acknowledged, found at once. */
    unsigned saved;
    unsigned wrong; /* Answers that should not be: asserted by the test. */
    char url[160];
};

static bool is_shown(const char *slug)
{
    struct c2c_store *reader;
    struct c2c_row row;
    c2c_city_no no;
    enum c2c_err err;

    assert_ok(c2c_store_open(place.dir, C2C_STORE_READ, &reader, NULL));
    assert_ok(c2c_cities_find(reader, &place.identity.city, &no));
    err = c2c_records_by_slug(reader, no, c2c_view_str("office"),
                              c2c_view_str(slug), &row);
    c2c_store_close(reader);
    return err == C2C_E_OK;
}

/* Puts and, in between, what is refused. */
static void *write_records(void *arg)
{
    struct author *a = arg;

    for (unsigned i = 0; i < PUTS; i++) {
        struct drafts drafts;
        char slug[32];
        char json[256];
        bool bad = i % 4 == 3;

        (void)snprintf(slug, sizeof slug, "a%u-%u", a->number, i);
        (void)snprintf(json, sizeof json,
                       "[{\"type\":\"office\",\"slug\":\"%s\",\"body\":{"
                       "\"name\":{\"en\":\"N\"}%s}}]",
                       slug, bad ? ",\"parent\":\"office/none\"" : "");
        drafts_init(&drafts, &place, json);
        c2c_writer_run(writer, &drafts.job);
        if (drafts.job.err == C2C_E_OK) {
            a->saved++;
            a->shown += is_shown(slug) ? 1 : 0;
        } else {
            a->wrong +=
                !bad || drafts.job.err != C2C_E_NOT_FOUND || is_shown(slug) ? 1
                                                                            : 0;
        }
        drafts_fini(&drafts);
    }
    return NULL;
}

static uint64_t rev(void)
{
    struct c2c_store *reader;
    struct c2c_head head;
    c2c_city_no no;

    assert_ok(c2c_store_open(place.dir, C2C_STORE_READ, &reader, NULL));
    assert_ok(c2c_cities_find(reader, &place.identity.city, &no));
    assert_ok(c2c_cities_head(reader, no, &head, NULL, NULL));
    c2c_store_close(reader);
    return head.rev;
}

static void what_is_answered_is_shown_at_once(void **state)
{
    const struct c2c_writer_options options = {.dir = place.dir,
                                               .types = place.types,
                                               .identity = &place.identity,
                                               .config = &place.config,
                                               .clock = &place.clock};
    struct author authors[AUTHORS] = {{.number = 0}};
    struct c2c_diag diag;
    unsigned saved = 0;

    (void)state;
    assert_ok(c2c_writer_open(&options, &diag, &writer));
    for (unsigned i = 0; i < AUTHORS; i++) {
        authors[i].number = i;
        assert_int_equal(pthread_create(&authors[i].thread, NULL, write_records,
                                        &authors[i]),
                         0);
    }
    for (unsigned i = 0; i < AUTHORS; i++) {
        assert_int_equal(pthread_join(authors[i].thread, NULL), 0);
        assert_int_equal(authors[i].shown, authors[i].saved);
        assert_int_equal(authors[i].wrong, 0);
        saved += authors[i].saved;
    }
    assert_int_equal(saved, AUTHORS * PUTS * 3 / 4);
    c2c_writer_close(writer);
    assert_int_equal(rev(), saved + 1); /* One head a commit. */
}

/* Ask through the socket; the reply's code. */
static enum c2c_err ask(struct c2c_consumer *consumer, const char *name,
                        const char *slug)
{
    struct c2c_control_reply reply = {.code = C2C_E_IO};
    struct c2c_doc *doc;
    struct c2c_val *args;
    struct c2c_buf bytes;
    struct c2c_buf got;
    enum c2c_err err;

    assert_ok(c2c_doc_new(&doc));
    args = c2c_doc_map(doc);
    if (slug != NULL) {
        struct c2c_val *list = c2c_doc_array(doc);
        struct c2c_val *record = c2c_doc_map(doc);
        struct c2c_val *body = c2c_doc_map(doc);
        struct c2c_val *title = c2c_doc_map(doc);

        c2c_doc_set_cstr(doc, title, "en", slug);
        c2c_doc_set(doc, body, "name", title);
        c2c_doc_set_cstr(doc, record, "type", "office");
        c2c_doc_set_cstr(doc, record, "slug", slug);
        c2c_doc_set(doc, record, "body", body);
        c2c_doc_push(doc, list, record);
        c2c_doc_set(doc, args, "records", list);
    }
    c2c_buf_init(&bytes, 1 << 20);
    c2c_buf_init(&got, 1 << 20);
    assert_ok(c2c_control_request_encode(doc, name, args, &bytes));
    err = c2c_consumer_call(consumer, c2c_buf_view(&bytes), &got);
    if (err == C2C_E_OK) {
        err = c2c_control_reply_decode(doc, c2c_buf_view(&got), &reply);
    }
    c2c_buf_fini(&bytes);
    c2c_buf_fini(&got);
    c2c_doc_free(doc);
    return err == C2C_E_OK ? reply.code : err;
}

static void *use_node(void *arg)
{
    const struct c2c_consumer_options options = {.timeout_ms = TIMEOUT_MS,
                                                 .max_message = 1 << 20};
    struct author *a = arg;
    struct c2c_consumer *consumer;

    assert_ok(c2c_consumer_open(a->url, &options, &consumer));
    for (unsigned i = 0; i < PUTS; i++) {
        char slug[32];
        enum c2c_err err;

        (void)snprintf(slug, sizeof slug, "a%u-%u", a->number, i);
        err = ask(consumer, "put", slug);
        a->saved += err == C2C_E_OK ? 1 : 0;
        a->wrong += err == C2C_E_OK || err == C2C_E_BUSY ? 0 : 1;
        err = ask(consumer, i % 2 == 0 ? "status" : "verify", NULL);
        a->wrong += err == C2C_E_OK || err == C2C_E_BUSY ? 0 : 1;
    }
    c2c_consumer_close(consumer);
    return NULL;
}

static void a_node_answers_many_at_once(void **state)
{
    struct c2c_config config = place.config;
    const struct c2c_node_options options = {.dir = place.dir,
                                             .config = &config,
                                             .clock = &place.clock};
    struct author authors[AUTHORS] = {{.number = 0}};
    struct c2c_node *node;
    struct c2c_diag diag;
    unsigned saved = 0;

    (void)state;
    config.workers = 3;
    config.queue = 2; /* Some are told to come again. */
    assert_ok(c2c_node_open(&options, &diag, &node));
    for (unsigned i = 0; i < AUTHORS; i++) {
        authors[i].number = i;
        (void)snprintf(authors[i].url, sizeof authors[i].url,
                       "ipc://%s/run/control.sock", place.dir);
        assert_int_equal(pthread_create(&authors[i].thread, NULL, use_node,
                                        &authors[i]),
                         0);
    }
    for (unsigned i = 0; i < AUTHORS; i++) {
        assert_int_equal(pthread_join(authors[i].thread, NULL), 0);
        assert_int_equal(authors[i].wrong, 0);
        saved += authors[i].saved;
    }
    c2c_node_close(node);
    assert_true(saved > 0);
    assert_int_equal(rev(), saved + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_answered_is_shown_at_once,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_node_answers_many_at_once, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
