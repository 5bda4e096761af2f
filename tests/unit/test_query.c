/* Questions of visitors: what they see, and what they must not notice. */

#include <stdio.h>
#include <string.h>

#include "asking.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "node/query.h"
#include "node/replica.h"
#include "store/cities.h"
#include "test.h"

enum {
    ROOM = 1 << 20,
    OFFICES = 7
};

static struct asking t;
static struct asking other; /* The same, without what is hidden. */
static const struct c2c_asker nobody = {.anonymous = true};

static void put_office(struct asking *a, unsigned i, const char *audience,
                       const char *word)
{
    char json[512];

    (void)snprintf(json, sizeof json,
                   "[{\"type\":\"office\",\"slug\":\"%s%u\",\"audience\":"
                   "\"%s\",\"body\":{\"name\":{\"en\":\"%s Bureau %u\"},"
                   "\"scope\":{\"topics\":[\"waste\"]}}}]",
                   word, i, audience, word, i);
    asking_put(a, json);
}

static int set_up(void **state)
{
    (void)state;
    asking_init(&t);
    asking_init(&other);
    for (unsigned i = 0; i < OFFICES; i++) {
        put_office(&t, i, "public", "open");
        put_office(&other, i, "public", "open");
        put_office(&t, i, "network", "inner");
        put_office(&other, i, "local", "inner");
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asking_fini(&t);
    asking_fini(&other);
    return 0;
}

/* The roster of a node alone: itself. */
static struct c2c_roster *roster_of(struct asking *a)
{
    const struct c2c_roster_options options = {.self = a->node.identity.city};
    struct c2c_store_replica replica;
    struct c2c_replica face;
    struct c2c_roster *roster;

    c2c_store_replica_init(&replica, a->reader, a->place.types);
    face = c2c_store_replica_of(&replica);
    assert_ok(c2c_roster_new(&options, &face, &roster));
    c2c_store_replica_fini(&replica);
    return roster;
}

struct reply {
    enum c2c_err err;  /* Of the query as such. */
    enum c2c_err code; /* Of the answer. */
    struct c2c_buf bytes;
    struct c2c_doc *doc;
    const struct c2c_val *result;
    char json[1 << 16];
};

static void query(struct asking *a, const struct c2c_asker *asker,
                  const char *name, const char *json, size_t room,
                  struct reply *ret)
{
    struct c2c_query_request request = {.name = c2c_view_str(name)};
    struct c2c_roster *roster = roster_of(a);
    struct c2c_query_env env = {&a->node, a->reader, a->standing, roster};
    struct c2c_query_reply answer;
    struct c2c_json_error why;
    const struct c2c_val *val;
    struct c2c_buf args;
    struct c2c_buf text;

    memset(ret, 0, sizeof *ret);
    c2c_buf_init(&args, ROOM);
    c2c_buf_init(&text, sizeof ret->json);
    c2c_buf_init(&ret->bytes, room);
    assert_ok(c2c_doc_new(&ret->doc));
    assert_ok(c2c_json_parse(ret->doc, c2c_view_str(json), &why, &val));
    assert_ok(c2c_doc_encode(ret->doc, val, &args));
    request.args = c2c_buf_view(&args);
    ret->err = c2c_query_answer(&env, asker, &request, &ret->bytes);
    if (ret->err == C2C_E_OK) {
        assert_ok(c2c_query_reply_decode(c2c_buf_view(&ret->bytes), &answer));
        ret->code = answer.code;
        assert_ok(c2c_doc_decode(ret->doc, answer.document,
                                 C2C_MAX_CONTROL_DEPTH, &ret->result));
        assert_ok(c2c_json_print(ret->result, C2C_JSON_COMPACT, &text));
        (void)snprintf(ret->json, sizeof ret->json, "%.*s", (int)text.n,
                       (const char *)text.p);
    }
    c2c_roster_free(roster);
    c2c_buf_fini(&args);
    c2c_buf_fini(&text);
}

static void reply_fini(struct reply *reply)
{
    c2c_doc_free(reply->doc);
    c2c_buf_fini(&reply->bytes);
}

/* Every kind of question, with what could give something away. */
static const struct {
    const char *name;
    const char *args;
} questions[] = {
    {"list", "{\"type\":\"office\"}"},
    {"list", "{\"type\":\"office\",\"where\":{\"topic\":\"waste\"}}"},
    {"list", "{}"},
    {"show", "{\"ref\":\"office/open3\"}"},
    {"show", "{\"ref\":\"office/inner3\"}"},
    {"show", "{\"ref\":\"office/inner33\"}"}, /* Did you mean ...? */
    {"proof", "{\"ref\":\"office/inner3\"}"},
    {"find", "{\"words\":\"bureau\"}"},
    {"find", "{\"words\":\"inner\"}"},
    {"find", "{\"words\":\"bureau waste\",\"topic\":\"waste\"}"},
    {"who", "{}"},
    {"who", "{\"for\":\"waste\"}"},
    {"status", "{}"},
};

/* Keys and hashes differ from node to node, and every revision counts. */
static void blank(char *json)
{
    static const char digits[] = "0123456789abcdef-";
    static const char rev[] = "\"rev\":";

    for (char *at = json; *at != '\0';) {
        size_t n = strspn(at, digits);

        if (n >= 16) {
            memset(at, '#', n);
        }
        at += n > 0 ? n : 1;
    }
    for (char *at = json; (at = strstr(at, rev)) != NULL;) {
        size_t n;

        at += strlen(rev);
        n = strspn(at, digits);
        memmove(at, at + n, strlen(at + n) + 1);
    }
}

static void what_is_hidden_changes_no_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        struct reply with;
        struct reply without;

        query(&t, &nobody, questions[i].name, questions[i].args, ROOM, &with);
        query(&other, &nobody, questions[i].name, questions[i].args, ROOM,
              &without);
        assert_ok(with.err);
        assert_int_equal(with.code, without.code);
        blank(with.json);
        blank(without.json);
        assert_string_equal(with.json, without.json);
        assert_null(strstr(with.json, "inner0"));
        assert_null(strstr(with.json, "inner Bureau"));
        reply_fini(&with);
        reply_fini(&without);
    }
}

static void members_see_the_network_audience(void **state)
{
    const struct c2c_asker member = {.city = t.node.identity.city};
    struct reply r;

    (void)state;
    query(&t, &member, "list", "{\"type\":\"office\"}", ROOM, &r);
    assert_int_equal(c2c_val_count(c2c_val_get(r.result, "items")),
                     2 * OFFICES);
    reply_fini(&r);
    query(&t, &member, "show", "{\"ref\":\"office/inner3\"}", ROOM, &r);
    assert_ok(r.code);
    reply_fini(&r);
    /* Drafts are nobody's. */
    query(&other, &member, "list", "{\"type\":\"office\"}", ROOM, &r);
    assert_int_equal(c2c_val_count(c2c_val_get(r.result, "items")), OFFICES);
    reply_fini(&r);
}

/* Who says to be a city that is not admitted. */
static void strangers_with_a_name_see_what_nobody_sees(void **state)
{
    const struct c2c_asker stranger = {.city = {{7}}};
    struct reply r;

    (void)state;
    query(&t, &stranger, "find", "{\"words\":\"bureau\"}", ROOM, &r);
    assert_int_equal(c2c_val_int(c2c_val_get(r.result, "total")), OFFICES);
    reply_fini(&r);
}

static void a_hidden_city_is_not_there(void **state)
{
    struct c2c_store *store;
    c2c_city_no no;

    (void)state;
    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_WRITE, &store, NULL));
    assert_ok(c2c_cities_find(store, &t.node.identity.city, &no));
    assert_ok(c2c_cities_hide(store, no, 1));
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {"list", "log", "find"};
        struct reply r;

        query(&t, &nobody, names[i], "{\"words\":\"bureau\"}", ROOM, &r);
        assert_ok(r.code);
        assert_int_equal(c2c_val_count(c2c_val_get(r.result, "items")), 0);
        reply_fini(&r);
    }
    assert_ok(c2c_cities_hide(store, no, 0));
    c2c_store_close(store);
}

/* An office whose name is @n times zebra, then @words others. */
static void put_zebras(struct asking *a, const char *audience, unsigned n,
                       unsigned words)
{
    struct c2c_buf json;

    c2c_buf_init(&json, 1 << 16);
    assert_ok(c2c_buf_fmt(&json,
                          "[{\"type\":\"office\",\"audience\":\"%s\","
                          "\"body\":{\"name\":{\"en\":\"",
                          audience));
    for (unsigned i = 0; i < n + words; i++) {
        assert_ok(c2c_buf_fmt(&json, "%s ", i < n ? "zebra" : "x"));
    }
    assert_ok(c2c_buf_fmt(&json, "end\"}}}]%c", 0));
    asking_put(a, (const char *)json.p);
    c2c_buf_fini(&json);
}

/* How long texts are on average, and how common a word is, moves the hits of
 * the usual ranking. */
static void what_is_hidden_moves_no_hit(void **state)
{
    struct reply r;
    struct reply s;

    (void)state;
    put_zebras(&t, "public", 1, 4);
    put_zebras(&t, "public", 2, 60);
    query(&t, &nobody, "find", "{\"words\":\"zebra\"}", ROOM, &r);
    assert_int_equal(c2c_val_count(c2c_val_get(r.result, "items")), 2);
    for (unsigned i = 0; i < 30; i++) {
        put_zebras(&t, "network", 1, 900);
    }
    query(&t, &nobody, "find", "{\"words\":\"zebra\"}", ROOM, &s);
    assert_string_equal(r.json, s.json);
    reply_fini(&r);
    reply_fini(&s);
}

/* Walk through all pages; how many items there were. */
static unsigned walk(const char *name, const char *args, size_t room,
                     unsigned *ret_pages)
{
    char json[512];
    char cursor[128] = "";
    unsigned n = 0;

    for (*ret_pages = 0; *ret_pages < 100; ++*ret_pages) {
        struct reply r;

        (void)snprintf(json, sizeof json, "{%s,\"cursor\":\"%s\"}", args,
                       cursor);
        query(&t, &nobody, name, json, room, &r);
        assert_ok(r.code);
        n += (unsigned)c2c_val_count(c2c_val_get(r.result, "items"));
        (void)snprintf(cursor, sizeof cursor, "%.*s",
                       (int)c2c_val_text(r.result, "next").n,
                       (const char *)c2c_val_text(r.result, "next").p);
        reply_fini(&r);
        if (cursor[0] == '\0') {
            ++*ret_pages;
            break;
        }
    }
    return n;
}

static void pages_end_where_the_room_does(void **state)
{
    unsigned pages;

    (void)state;
    assert_int_equal(walk("list", "\"type\":\"office\"", ROOM, &pages),
                     OFFICES);
    assert_int_equal(pages, 1);
    assert_int_equal(walk("list", "\"type\":\"office\"", 3000, &pages),
                     OFFICES);
    assert_true(pages > 1);
    assert_int_equal(walk("find", "\"words\":\"bureau\"", 2000, &pages),
                     OFFICES);
    assert_true(pages > 1);
    assert_int_equal(walk("log", "\"limit\":1000", 2000, &pages),
                     2 * OFFICES + 1);
    assert_true(pages > 1);
    assert_int_equal(walk("list", "\"type\":\"office\",\"limit\":1", ROOM,
                          &pages),
                     OFFICES);
    assert_int_equal(pages, OFFICES);
}

static void what_does_not_fit_is_refused(void **state)
{
    struct reply r;

    (void)state;
    query(&t, &nobody, "list", "{\"type\":\"office\"}", 1300, &r);
    assert_ok(r.err);
    assert_int_equal(r.code, C2C_E_TOO_BIG);
    reply_fini(&r);
    query(&t, &nobody, "who", "{}", 600, &r);
    assert_ok(r.err);
    assert_int_equal(r.code, C2C_E_TOO_BIG);
    assert_true(c2c_val_text(r.result, "hint").n > 0);
    reply_fini(&r);
}

/* What an answer is made from has bounds, too. */
static void nobody_has_all_of_a_city_read(void **state)
{
    struct answer answer;
    struct c2c_buf json;
    struct reply r;

    (void)state;
    c2c_buf_init(&json, 1 << 20);
    for (unsigned i = 0; i < 75; i++) {
        assert_ok(c2c_buf_fmt(&json,
                              "%s{\"type\":\"office\",\"body\":{\"name\":"
                              "{\"en\":\"Big\"},\"x\":\"%060000u\"}}",
                              json.n == 0 ? "[" : ",", i));
        if (i % 15 == 14) {
            assert_ok(c2c_buf_put(&json, "]", 2));
            asking_put(&t, (const char *)json.p);
            c2c_buf_clear(&json);
        }
    }
    c2c_buf_fini(&json);
    query(&t, &nobody, "who", "{}", ROOM, &r);
    assert_int_equal(r.code, C2C_E_TOO_BIG);
    reply_fini(&r);
    assert_ok(asking_ask(&t, "who", "{}", &answer));
    answer_fini(&answer);
}

static void cursors_are_sealed(void **state)
{
    char next[C2C_CURSOR_TEXT];
    char json[256];
    struct reply r;

    (void)state;
    query(&t, &nobody, "list", "{\"type\":\"office\",\"limit\":1}", ROOM, &r);
    assert_int_equal(c2c_val_text(r.result, "next").n, C2C_CURSOR_TEXT - 1);
    memcpy(next, c2c_val_text(r.result, "next").p, sizeof next - 1);
    next[sizeof next - 1] = '\0';
    reply_fini(&r);
    /* Neither another request's nor one that was changed, nor a number. */
    (void)snprintf(json, sizeof json, "{\"cursor\":\"%s\"}", next);
    query(&t, &nobody, "log", json, ROOM, &r);
    assert_int_equal(r.code, C2C_E_USAGE);
    reply_fini(&r);
    next[0] = next[0] == '0' ? '1' : '0';
    (void)snprintf(json, sizeof json, "{\"cursor\":\"%s\"}", next);
    query(&t, &nobody, "list", json, ROOM, &r);
    assert_int_equal(r.code, C2C_E_USAGE);
    reply_fini(&r);
    query(&t, &nobody, "list", "{\"cursor\":\"5\"}", ROOM, &r);
    assert_int_equal(r.code, C2C_E_USAGE);
    reply_fini(&r);
}

/* How many changes the log tells of @rev. */
static int64_t changed(const struct reply *r, int64_t rev)
{
    const struct c2c_val *items = c2c_val_get(r->result, "items");

    for (size_t i = 0; i < c2c_val_count(items); i++) {
        const struct c2c_val *item = c2c_val_at(items, i);

        if (c2c_val_int(c2c_val_get(item, "rev")) == rev) {
            assert_int_equal(c2c_val_count(c2c_val_get(item, "changes")),
                             c2c_val_int(c2c_val_get(item, "changed")));
            return c2c_val_int(c2c_val_get(item, "changed"));
        }
    }
    return -1;
}

static void the_log_names_what_a_visitor_may_see_now(void **state)
{
    struct reply r;

    (void)state;
    query(&t, &nobody, "log", "{\"limit\":1000}", ROOM, &r);
    assert_null(strstr(r.json, "inner"));
    assert_int_equal(changed(&r, 2), 1); /* open0 */
    assert_int_equal(changed(&r, 3), 0); /* inner0 */
    reply_fini(&r);
    /* What was for members once, is not told when it is for all. */
    put_office(&t, 0, "public", "inner");
    query(&t, &nobody, "log", "{\"limit\":1000}", ROOM, &r);
    assert_int_equal(changed(&r, 3), 0);
    assert_int_equal(changed(&r, 2 * OFFICES + 2), 1);
    assert_null(strstr(r.json, "removed"));
    reply_fini(&r);
}

static void what_changes_anything_is_not_answered(void **state)
{
    static const char *const names[] = {"put",    "remove", "confirm", "doctor",
                                        "verify", "backup", "key",     "join",
                                        "leave",  "invite", "members", "deny",
                                        "nothing"};
    const struct c2c_asker member = {.city = t.node.identity.city};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct reply r;

        query(&t, i % 2 == 0 ? &nobody : &member, names[i], "{}", ROOM, &r);
        assert_ok(r.err);
        assert_int_equal(r.code, C2C_E_UNSUPPORTED);
        reply_fini(&r);
    }
}

static void what_the_node_runs_on_is_not_told(void **state)
{
    static const char *const not_told[] = {"\"peers\"", "\"listen\"",
                                           "\"cities\"", "\"state\"",
                                           "\"network\""};
    struct reply r;

    (void)state;
    query(&t, &nobody, "status", "{}", ROOM, &r);
    assert_ok(r.code);
    for (size_t i = 0; i < sizeof not_told / sizeof not_told[0]; i++) {
        assert_null(strstr(r.json, not_told[i]));
    }
    assert_int_equal(c2c_val_int(c2c_val_get(c2c_val_get(r.result, "records"),
                                             "office")),
                     OFFICES);
    reply_fini(&r);
}

static void half_of_the_threads_are_for_visitors(void **state)
{
    struct reply r;

    (void)state;
    t.node.config.workers = 3;
    t.node.visitors = 2;
    query(&t, &nobody, "status", "{}", ROOM, &r);
    assert_int_equal(r.err, C2C_E_BUSY);
    reply_fini(&r);
    t.node.visitors = 1;
    query(&t, &nobody, "status", "{}", ROOM, &r);
    assert_ok(r.err);
    reply_fini(&r);
    assert_int_equal(t.node.visitors, 1);
}

/* The same reader answers its owner afterwards. */
static void the_owner_sees_everything_again(void **state)
{
    struct answer answer;
    struct reply r;

    (void)state;
    query(&t, &nobody, "list", "{\"type\":\"office\"}", ROOM, &r);
    reply_fini(&r);
    assert_ok(asking_ask(&t, "list", "{\"type\":\"office\"}", &answer));
    assert_int_equal(answer_count(&answer, "items"), 2 * OFFICES);
    answer_fini(&answer);
}

#define CASE(FN) cmocka_unit_test_setup_teardown(FN, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_hidden_changes_no_answer),
        CASE(members_see_the_network_audience),
        CASE(strangers_with_a_name_see_what_nobody_sees),
        CASE(a_hidden_city_is_not_there),
        CASE(what_is_hidden_moves_no_hit),
        CASE(pages_end_where_the_room_does),
        CASE(what_does_not_fit_is_refused),
        CASE(nobody_has_all_of_a_city_read),
        CASE(cursors_are_sealed),
        CASE(the_log_names_what_a_visitor_may_see_now),
        CASE(what_changes_anything_is_not_answered),
        CASE(what_the_node_runs_on_is_not_told),
        CASE(half_of_the_threads_are_for_visitors),
        CASE(the_owner_sees_everything_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
