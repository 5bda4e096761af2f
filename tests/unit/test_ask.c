/* Requests that read: lists, pages, facets, finding, the log, bad arguments. */

#include <stdio.h>
#include <string.h>

#include "asking.h"
#include "store/db_priv.h"
#include "test.h"

enum {
    NOTES = 23
};

static struct asking t;

static int set_up(void **state)
{
    (void)state;
    asking_init(&t);
    for (unsigned i = 0; i < NOTES; i++) {
        char json[512];

        (void)snprintf(json, sizeof json,
                       "[{\"type\":\"office\",\"slug\":\"o%u\",\"body\":{"
                       "\"name\":{\"en\":\"Bureau %u\"},\"scope\":{"
                       "\"topics\":[\"%s\"]}}}]",
                       i, i, i % 2 == 0 ? "waste" : "climate");
        asking_put(&t, json);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asking_fini(&t);
    return 0;
}

/* Walk through all pages of a request; how many items there were, each once. */
static unsigned walk(const char *name, const char *args, unsigned limit)
{
    char seen[2 * NOTES][96];
    char cursor[32] = "";
    unsigned n = 0;

    for (;;) {
        char json[512];
        struct answer answer;
        size_t count;

        (void)snprintf(json, sizeof json,
                       "{%s%s\"limit\":%u,\"cursor\":\"%s\"}", args,
                       args[0] == '\0' ? "" : ",", limit, cursor);
        assert_ok(asking_ask(&t, name, json, &answer));
        count = answer_count(&answer, "items");
        assert_in_range(count, 0, limit);
        for (size_t i = 0; i < count; i++) {
            char path[64];
            struct c2c_view id;

            (void)snprintf(path, sizeof path, "items/%zu/%s", i,
                           strcmp(name, "log") == 0 ? "changes/0/ref" : "ref");
            id = answer_text(&answer, path);
            assert_true(n < 2 * NOTES);
            (void)snprintf(seen[n], sizeof seen[n], "%.*s", (int)id.n,
                           (const char *)id.p);
            for (unsigned k = 0; k < n; k++) {
                assert_string_not_equal(seen[k], seen[n]);
            }
            n++;
        }
        (void)snprintf(cursor, sizeof cursor, "%.*s",
                       (int)answer_text(&answer, "next").n,
                       (const char *)answer_text(&answer, "next").p);
        answer_fini(&answer);
        if (cursor[0] == '\0') {
            return n;
        }
        assert_int_equal(count, limit); /* Only the last page is short. */
    }
}

static void pages_show_everything_once(void **state)
{
    static const unsigned limits[] = {1, 2, 5, 22, 23, 24, 1000};

    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        assert_int_equal(walk("list", "\"type\":\"office\"", limits[i]), NOTES);
        assert_int_equal(walk("find", "\"words\":\"bureau\"", limits[i]),
                         NOTES);
        assert_int_equal(walk("log", "", limits[i]), NOTES + 1);
        assert_int_equal(walk("find", "\"words\":\"bureau\",\"country\":\"fi\"",
                              limits[i]),
                         NOTES);
        assert_int_equal(
            walk("list", "\"type\":\"office\",\"where\":{\"topic\":\"waste\"}",
                 limits[i]),
            12);
    }
}

static void a_damaged_hit_ends_no_search(void **state)
{
    struct c2c_store *store;

    (void)state;
    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_WRITE, &store, NULL));
    assert_ok(c2c_db_exec(store, "UPDATE record SET bytes = zeroblob(9) "
                                 "WHERE slug IN ('o3', 'o11', 'o12')"));
    c2c_store_close(store);
    for (unsigned limit = 1; limit < 25; limit++) {
        assert_int_equal(walk("find", "\"words\":\"bureau\"", limit),
                         NOTES - 3);
    }
}

static void refused(const char *name, const char *args, enum c2c_err want,
                    const char *thing, const char *words)
{
    struct answer answer;

    if (asking_ask(&t, name, args, &answer) != want) {
        fail_msg("%s %s: %s", name, args, c2c_strerror(answer.err));
    }
    assert_string_equal(answer.diag.thing, thing);
    if (strstr(answer.diag.message, words) == NULL &&
        strstr(answer.diag.hint, words) == NULL) {
        fail_msg("%s %s: '%s' '%s'", name, args, answer.diag.message,
                 answer.diag.hint);
    }
    answer_fini(&answer);
}

static void bad_arguments_are_named(void **state)
{
    (void)state;
    refused("list", "{\"limit\":0}", C2C_E_INVAL, "limit", "range");
    refused("list", "{\"limit\":10001}", C2C_E_INVAL, "limit", "range");
    refused("list", "{\"limit\":\"5\"}", C2C_E_INVAL, "limit", "number");
    refused("list", "{\"cursor\":\"x\"}", C2C_E_USAGE, "cursor", "next");
    refused("list", "{\"cursor\":\"9999999999999999999\"}", C2C_E_USAGE,
            "cursor", "next");
    refused("list", "{\"cursor\":5}", C2C_E_INVAL, "cursor", "text");
    refused("list", "{\"city\":5}", C2C_E_INVAL, "city", "text");
    refused("log", "{\"city\":[]}", C2C_E_INVAL, "city", "text");
    refused("list", "{\"type\":\"nonsense\"}", C2C_E_NOT_FOUND, "type",
            "there is no record type");
    refused("list", "{\"type\":\"office\",\"where\":{\"colour\":\"red\"}}",
            C2C_E_INVAL, "colour", "--where FACET=VALUE: ");
    refused("list", "{\"type\":\"office\",\"where\":{\"topic\":\"wste\"}}",
            C2C_E_NOT_FOUND, "topic", "did you mean 'waste'?");
    refused("list", "{\"type\":\"office\",\"where\":{\"topic\":\"qqqqqqq\"}}",
            C2C_E_NOT_FOUND, "topic", "`c2c vocab topics` lists them");
    refused("list", "{\"where\":{\"topic\":\"wste\"}}", C2C_E_NOT_FOUND,
            "topic", "did you mean 'waste'?");
    refused("list", "{\"type\":\"practice\",\"where\":{\"status\":\"pilott\"}}",
            C2C_E_NOT_FOUND, "status", "did you mean 'pilot'?");
    refused("find", "{\"words\":\"a\",\"topic\":\"wste\"}", C2C_E_NOT_FOUND,
            "topic", "did you mean 'waste'?");
    refused("find", "{\"words\":\"a\",\"sdg\":\"99\"}", C2C_E_NOT_FOUND, "sdg",
            "the goals are 1 to 17");
    refused("list", "{\"type\":\"practice\",\"where\":{\"sdg\":\"18\"}}",
            C2C_E_NOT_FOUND, "sdg", "the goals are 1 to 17");
    refused("find", "{\"words\":\"a\",\"country\":\"ZZ\"}", C2C_E_NOT_FOUND,
            "country", "`c2c vocab countries` lists them");
    refused("find", "{\"words\":\"a\",\"country\":\"Indonesai\"}",
            C2C_E_NOT_FOUND, "country", "did you mean 'Indonesia'?");
    refused("find", "{\"words\":\"a\",\"lang_of\":\"klingon\"}",
            C2C_E_NOT_FOUND, "lang-of", "`c2c vocab languages` lists");
    refused("find", "{\"words\":\"a\",\"lang_of\":\"Indonesan\"}",
            C2C_E_NOT_FOUND, "lang-of", "did you mean 'Indonesian'?");
    refused("list",
            "{\"type\":\"relationship\",\"where\":{\"country\":\"PH\"}}",
            C2C_E_INVAL, "country",
            "did you mean --where party-country=VALUE?");
    refused("list", "{\"type\":\"office\",\"where\":{\"country\":\"PH\"}}",
            C2C_E_INVAL, "country", "c2c find WORDS --type office --country");
    refused("list", "{\"city\":\"oulo\"}", C2C_E_NOT_FOUND, "city",
            "did you mean 'oulu'?");
    refused("show", "{\"ref\":\"office/o33\"}", C2C_E_NOT_FOUND, "office/o33",
            "did you mean office/o3");
    refused("show", "{\"ref\":\"ofice/o3\"}", C2C_E_NOT_FOUND, "ofice/o3",
            "did you mean 'office'?");
    refused("show", "{\"ref\":\"o3\"}", C2C_E_USAGE, "o3", "TYPE/NAME");
    refused("find", "{\"words\":\"a\",\"near\":\"1,2,3,4\"}", C2C_E_INVAL,
            "near", "LAT,LON,KM");
    refused("remove", "{\"refs\":[]}", C2C_E_INVAL, "refs", "no record");
    refused("put", "{\"records\":[]}", C2C_E_INVAL, "records", "no record");
    refused("put", "{\"records\":[7]}", C2C_E_SCHEMA, "", "1 problem");
    refused("dance", "{}", C2C_E_UNSUPPORTED, "request", "'dance'");
}

static void facets_take_labels_and_aliases(void **state)
{
    struct answer answer;

    (void)state;
    assert_ok(
        asking_ask(&t, "list",
                   "{\"type\":\"office\",\"where\":{\"topic\":\"Waste\"}}",
                   &answer));
    assert_int_equal(answer_count(&answer, "items"), 12);
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "find",
                         "{\"words\":\"bureau\",\"topic\":\"CLIMATE\"}",
                         &answer));
    assert_int_equal(answer_count(&answer, "items"), 11);
    answer_fini(&answer);
    /* A choice, by its label; a form; and what any text may be. */
    assert_ok(asking_ask(&t, "list",
                         "{\"type\":\"practice\",\"where\":{\"status\":"
                         "\"Running\"}}",
                         &answer));
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "list",
                         "{\"type\":\"practice\",\"where\":{\"sdg\":\"11.6\"}}",
                         &answer));
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "list",
                         "{\"type\":\"relationship\",\"where\":"
                         "{\"party\":\"anybody\"}}",
                         &answer));
    answer_fini(&answer);
}

static void filters_of_a_search_hold_together(void **state)
{
    static const struct {
        const char *args;
        size_t n;
    } searches[] = {
        {"{\"words\":\"bureau 7\"}", 1},
        {"{\"words\":\"\\\"bureau 1\\\"\"}", 11}, /* 1, 10 to 19. */
        {"{\"words\":\"bure\"}", 20},
        {"{\"words\":\"bureau\",\"type\":\"city\"}", 0},
        {"{\"words\":\"bureau\",\"country\":\"de\"}", 0},
        {"{\"words\":\"bureau\",\"country\":\"fi\"}", 20},
        {"{\"words\":\"bureau\",\"country\":\"Finland\"}", 20},
        {"{\"words\":\"bureau\",\"lang_of\":\"su\"}", 0},
        {"{\"words\":\"bureau\",\"lang_of\":\"Chinese (simplified)\"}", 0},
        {"{\"words\":\"oulu\"}", 1},
        {"{\"words\":\"...\"}", 0},
        {"{\"words\":\"\"}", 0},
        {"{\"words\":\"bureau\",\"lang_of\":\"zh\"}", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        struct answer answer;

        assert_ok(asking_ask(&t, "find", searches[i].args, &answer));
        if (answer_count(&answer, "items") != searches[i].n) {
            fail_msg("%s: %zu", searches[i].args,
                     answer_count(&answer, "items"));
        }
        answer_fini(&answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_show_everything_once),
        cmocka_unit_test(bad_arguments_are_named),
        cmocka_unit_test(facets_take_labels_and_aliases),
        cmocka_unit_test(filters_of_a_search_hold_together),
        cmocka_unit_test(a_damaged_hit_ends_no_search), /* Last: it damages. */
    };
    return cmocka_run_group_tests_name("ask", tests, set_up, tear_down);
}
