/* who: purpose before topic before the general office before any office. */

#include <stdio.h>
#include <string.h>

#include "asking.h"
#include "test.h"

static struct asking t;

static int set_up(void **state)
{
    (void)state;
    asking_init(&t);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asking_fini(&t);
    return 0;
}

/* An office with this scope (JSON members). */
static void office(const char *slug, const char *scope)
{
    char json[512];

    (void)snprintf(json, sizeof json,
                   "[{\"type\":\"office\",\"slug\":\"%s\",\"body\":{\"name\":"
                   "{\"en\":\"%s\"},\"scope\":{%s}}}]",
                   slug, slug, scope);
    asking_put(&t, json);
}

/* Who answers for @word: how it was matched, and the offices' names. */
static void routed(const char *word, const char *matched, const char *names)
{
    char args[128];
    char got[256] = "";
    struct answer answer;

    (void)snprintf(args, sizeof args, "{\"city\":\"Oulu\",\"for\":\"%s\"}",
                   word);
    if (asking_ask(&t, "who", args, &answer) != C2C_E_OK) {
        fail_msg("%s: %s", word, answer.diag.message);
    }
    assert_answer(&answer, "matched", matched);
    for (size_t i = 0; i < answer_count(&answer, "offices"); i++) {
        char path[64];
        struct c2c_view name;

        (void)snprintf(path, sizeof path, "offices/%zu/name", i);
        name = answer_text(&answer, path);
        (void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.*s",
                       i == 0 ? "" : " ", (int)name.n, (const char *)name.p);
    }
    assert_string_equal(got, names);
    answer_fini(&answer);
}

static void note_says(const char *word, const char *text)
{
    char args[128];
    struct answer answer;
    struct c2c_view note;

    (void)snprintf(args, sizeof args, "{\"city\":\"Oulu\",\"for\":\"%s\"}",
                   word);
    assert_ok(asking_ask(&t, "who", args, &answer));
    note = answer_text(&answer, "notes/0");
    if (note.n == 0 || strstr((const char *)note.p, text) == NULL) {
        fail_msg("%s: '%.*s'", word, (int)note.n,
                 note.n == 0 ? "" : (const char *)note.p);
    }
    answer_fini(&answer);
}

static void the_most_fitting_office_is_chosen(void **state)
{
    (void)state;
    office("first", "\"topics\":[\"waste\"]");
    office("main", "\"general\":true");
    office("twins", "\"purposes\":[\"sister-city\",\"culture\"]");
    routed("sister-city", "purpose", "twins");
    routed("Sister city", "purpose", "twins");
    routed("waste", "topic", "first");
    routed("climate", "general", "main");
    note_says("climate", "this is the general office");
    routed("", "general", "main");
}

/* "tourism" is a purpose and a topic. */
static void a_purpose_is_preferred_to_a_topic_of_the_same_name(void **state)
{
    (void)state;
    office("topic", "\"topics\":[\"tourism\"]");
    routed("tourism", "topic", "topic");
    office("purpose", "\"purposes\":[\"tourism\"]");
    routed("tourism", "purpose", "purpose");
}

static void without_a_general_office_all_are_told(void **state)
{
    (void)state;
    office("a", "\"topics\":[\"waste\"]");
    office("b", "\"topics\":[\"climate\"]");
    routed("", "general", "a b");
    routed("health", "general", "a b");
    note_says("health", "these are all its offices");
    office("g", "\"purposes\":[\"general\"]");
    routed("health", "general", "g");
}

static void a_city_without_offices_says_so(void **state)
{
    (void)state;
    routed("", "general", "");
    note_says("", "has not published an office yet");
}

static void an_unknown_word_names_the_nearest(void **state)
{
    struct answer answer;

    (void)state;
    assert_err(asking_ask(&t, "who", "{\"for\":\"wast\"}", &answer),
               C2C_E_NOT_FOUND);
    assert_string_equal(answer.diag.thing, "--for");
    assert_non_null(strstr(answer.diag.hint, "did you mean 'waste'?"));
    answer_fini(&answer);
}

static void drafts_answer_nobody(void **state)
{
    (void)state;
    office("open", "\"topics\":[\"waste\"]");
    asking_put(&t, "[{\"type\":\"office\",\"slug\":\"draft\",\"audience\":"
                   "\"local\",\"body\":{\"name\":{\"en\":\"draft\"},\"scope\":{"
                   "\"general\":true,\"topics\":[\"waste\"]}}}]");
    routed("waste", "topic", "open");
    routed("health", "general", "open");
}

static void contacts_stand_under_their_office(void **state)
{
    struct answer answer;

    (void)state;
    office("a", "\"topics\":[\"waste\"]");
    office("b", "\"topics\":[\"climate\"]");
    asking_put(&t,
               "[{\"type\":\"contact\",\"slug\":\"ca\",\"body\":{\"office\":"
               "\"office/a\",\"post\":{\"title\":{\"en\":\"Head\"},\"email\":"
               "\"a@example.org\"}}}]");
    assert_ok(asking_ask(&t, "who", "{\"for\":\"waste\"}", &answer));
    assert_int_equal(answer_count(&answer, "offices"), 1);
    assert_answer(&answer, "offices/0/contacts/0/email", "a@example.org");
    answer_fini(&answer);
    assert_ok(asking_ask(&t, "who", "{\"for\":\"climate\"}", &answer));
    assert_int_equal(answer_count(&answer, "offices/0/contacts"), 0);
    answer_fini(&answer);
}

int main(void)
{
#define ON_A_NODE(TEST) cmocka_unit_test_setup_teardown(TEST, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_A_NODE(the_most_fitting_office_is_chosen),
        ON_A_NODE(a_purpose_is_preferred_to_a_topic_of_the_same_name),
        ON_A_NODE(without_a_general_office_all_are_told),
        ON_A_NODE(a_city_without_offices_says_so),
        ON_A_NODE(an_unknown_word_names_the_nearest),
        ON_A_NODE(drafts_answer_nobody),
        ON_A_NODE(contacts_stand_under_their_office),
    };
    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
