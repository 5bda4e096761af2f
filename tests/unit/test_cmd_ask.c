/* Commands that ask the node: what they send, what they print, how they end. */

#include <stdio.h>
#include <string.h>

#include "client.h"
#include "fake_node.h"
#include "temp.h"
#include "test.h"

static struct client c;

static int begin(void **state)
{
    (void)state;
    temp_make();
    return 0;
}

static int end(void **state)
{
    (void)state;
    temp_remove();
    return 0;
}

/* `c2c @words`, answered with @code and @json; ends with done(). */
static enum c2c_err ask(const char *words, enum c2c_err code, const char *json)
{
    static struct fake_answer answers[2];
    char line[2048];

    answers[0] = (struct fake_answer){code, json};
    answers[1] = (struct fake_answer){C2C_E_OK, NULL};
    (void)snprintf(line, sizeof line, "c2c -C %s %s", temp_path("."), words);
    client_begin_line(&c, line);
    fake_node_open(c.run.dir, answers);
    return client_do(&c);
}

static void done(void)
{
    client_end(&c);
    fake_node_close();
}

static void assert_asked(const char *want)
{
    assert_string_equal(fake_node_requests(), want);
}

static void list_sends_its_filters(void **state)
{
    (void)state;
    assert_ok(ask("list office --topic waste --where form=sister --limit 5 "
                  "--city baguio --cursor x --plain",
                  C2C_E_OK, "{\"items\":[],\"next\":null}"));
    assert_asked("list {\"city\":\"baguio\",\"cursor\":\"x\",\"lang\":\"en\","
                 "\"limit\":5,\"type\":\"office\",\"where\":{\"form\":"
                 "\"sister\",\"topic\":\"waste\"}}\n");
    done();
    assert_err(ask("list office --where form", C2C_E_OK, "{}"), C2C_E_USAGE);
    assert_asked("");
    done();
    assert_err(ask("list office --limit 0", C2C_E_OK, "{}"), C2C_E_USAGE);
    done();
}

static void list_says_when_there_is_more(void **state)
{
    (void)state;
    assert_ok(ask("list office", C2C_E_OK,
                  "{\"items\":[{\"ref\":\"office/a\",\"body\":{\"name\":{"
                  "\"en\":\"A\"}}}],\"next\":\"cur\"}"));
    assert_non_null(strstr(client_data(&c), "office/a"));
    assert_non_null(strstr(client_talk(&c), "--cursor cur"));
    done();
}

/* Of a node that is none, or not ours. */
static void an_answer_of_another_shape_is_an_error(void **state)
{
    static const char *const answers[] = {
        "{\"items\":[\"a string that is long enough\"]}",
        "{\"items\":[7]}",
        "{\"items\":[[[],[]]]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        assert_err(ask("log", C2C_E_OK, answers[i]), C2C_E_MALFORMED);
        done();
    }
}

static void find_sends_words_and_options(void **state)
{
    (void)state;
    assert_ok(ask("find clean water --type office --lang-of fr --fresh --jsonl",
                  C2C_E_OK, "{\"items\":[{\"ref\":\"a\"}]}"));
    assert_asked("find {\"fresh\":true,\"lang\":\"en\",\"lang_of\":\"fr\","
                 "\"type\":\"office\",\"words\":\"clean water\"}\n");
    assert_string_equal(client_data(&c), "{\"ref\":\"a\"}\n");
    done();
}

static void show_says_whether_it_was_checked(void **state)
{
    static const char good[] =
        "{\"ref\":\"office/a\",\"type\":\"office\",\"title\":\"A\","
        "\"audience\":\"public\",\"epoch\":1,\"rev\":7,\"verified\":true,"
        "\"body\":{\"kind\":\"none\"}}";
    static const char bad[] =
        "{\"ref\":\"office/a\",\"type\":\"office\",\"audience\":\"public\","
        "\"verified\":\"the root differs\",\"body\":{}}";

    (void)state;
    assert_ok(ask("show office/a", C2C_E_OK, good));
    assert_asked("show {\"lang\":\"en\",\"ref\":\"office/a\"}\n");
    assert_string_equal(client_data(&c),
                        "A\noffice/a\npublic, revision 1.7, signature checked\n"
                        "\nKind  No office yet\n");
    done();
    assert_err(ask("show office/a", C2C_E_OK, bad), C2C_E_NOT_VERIFIED);
    assert_non_null(
        strstr(client_data(&c), "NOT VERIFIED: the root differs\n"));
    done();
    assert_ok(ask("show office/a --records", C2C_E_OK, good));
    assert_string_equal(client_data(&c),
                        "{\"audience\":\"public\",\"body\":{\"kind\":\"none\"},"
                        "\"type\":\"office\"}\n");
    done();
}

static void removing_needs_a_yes(void **state)
{
    static const char gone[] =
        "{\"items\":[{\"ref\":\"office/a\"}],\"epoch\":1,\"rev\":8}";

    static const char referred[] =
        "{\"items\":[{\"ref\":\"office/a\"}],\"referrers\":["
        "\"contact/desk\"],\"epoch\":1,\"rev\":8}";

    (void)state;
    assert_err(ask("rm office/a --no-input", C2C_E_OK, referred), C2C_E_USAGE);
    assert_asked("remove {\"dry_run\":true,\"lang\":\"en\",\"refs\":["
                 "\"office/a\"]}\n");
    assert_non_null(strstr(client_talk(&c), "contact/desk refers to it."));
    done();
    /* Nobody is asked about what is not there. */
    assert_err(ask("rm office/a --no-input", C2C_E_NOT_FOUND, "{}"),
               C2C_E_NOT_FOUND);
    done();
    assert_ok(ask("rm --yes office/a", C2C_E_OK, gone));
    assert_asked("remove {\"dry_run\":false,\"lang\":\"en\",\"refs\":["
                 "\"office/a\"]}\n");
    assert_string_equal(client_data(&c), "office/a\n");
    assert_non_null(strstr(client_talk(&c), "1 record removed (revision 1.8)"));
    done();
    assert_ok(ask("rm -n office/a", C2C_E_OK, gone));
    assert_non_null(strstr(client_talk(&c), "nothing was changed"));
    done();
}

static void what_does_not_verify_is_a_failure(void **state)
{
    (void)state;
    assert_ok(
        ask("verify", C2C_E_OK, "{\"items\":[],\"checked\":3,\"ok\":true}"));
    assert_non_null(strstr(client_talk(&c), "3 checked"));
    done();
    assert_err(ask("verify office/a", C2C_E_OK,
                   "{\"items\":[{\"ref\":\"office/a\",\"state\":\"fail\","
                   "\"message\":\"m\"}],\"checked\":1,\"ok\":false}"),
               C2C_E_NOT_VERIFIED);
    assert_asked("verify {\"lang\":\"en\",\"ref\":\"office/a\"}\n");
    done();
}

static void a_failed_check_fails_the_doctor(void **state)
{
    (void)state;
    assert_ok(ask("doctor", C2C_E_OK,
                  "{\"items\":[{\"check\":\"disk\",\"state\":\"warn\","
                  "\"message\":\"low\",\"hint\":\"make room\"}]}"));
    assert_non_null(strstr(client_talk(&c), "disk: make room"));
    done();
    assert_err(ask("doctor", C2C_E_OK,
                   "{\"items\":[{\"check\":\"disk\",\"state\":\"fail\","
                   "\"message\":\"full\"}]}"),
               C2C_E_INVAL);
    assert_non_null(strstr(client_talk(&c), "1 of 1 checks failed"));
    done();
}

static void status_is_told_in_every_form(void **state)
{
    static const char json[] =
        "{\"city\":\"c1\",\"name\":\"Jambi\",\"kind\":\"city\",\"epoch\":1,"
        "\"rev\":2,\"state\":\"ready\",\"records\":{\"city\":1,\"office\":2},"
        "\"listen\":[]}";

    (void)state;
    assert_ok(ask("status --wait", C2C_E_OK, json));
    assert_non_null(strstr(client_data(&c), "Records     city 1, office 2\n"));
    done();
    assert_ok(ask("status --plain", C2C_E_OK, json));
    assert_string_equal(client_data(&c), "c1\tJambi\tcity\t1\t2\tready\n");
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_FOLDER(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_FOLDER(list_sends_its_filters),
        WITH_FOLDER(list_says_when_there_is_more),
        WITH_FOLDER(an_answer_of_another_shape_is_an_error),
        WITH_FOLDER(find_sends_words_and_options),
        WITH_FOLDER(show_says_whether_it_was_checked),
        WITH_FOLDER(removing_needs_a_yes),
        WITH_FOLDER(what_does_not_verify_is_a_failure),
        WITH_FOLDER(a_failed_check_fails_the_doctor),
        WITH_FOLDER(status_is_told_in_every_form),
    };
    return cmocka_run_group_tests_name("c2c/cmd_ask", tests, NULL, NULL);
}
