/* join, leave, invite, members, peers, sync and the hubs of status: what they
 * send, what they print, how they end. */

#include <stdio.h>
#include <string.h>

#include "client.h"
#include "fake_node.h"
#include "temp.h"
#include "test.h"

#define ID "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define TOKEN "0123456789abcdef0123456789abcdef"
#define URL "tcp://h.example:7420"

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

/* `c2c @words` with these answers; ends with done(). */
static enum c2c_err ask_all(const char *words,
                            const struct fake_answer *answers)
{
    char line[2048];

    (void)snprintf(line, sizeof line, "c2c -C %s %s", temp_path("."), words);
    client_begin_line(&c, line);
    fake_node_open(c.run.dir, answers);
    return client_do(&c);
}

static enum c2c_err ask(const char *words, enum c2c_err code, const char *json)
{
    static struct fake_answer answers[2];

    answers[0] = (struct fake_answer){code, json};
    answers[1] = (struct fake_answer){C2C_E_OK, NULL};
    return ask_all(words, answers);
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

static const char hub[] =
    "{\"url\":\"" URL "\",\"lga\":\"" ID "\",\"name\":\"\",\"since\":\"x\"}";

static void join_sends_address_id_and_note(void **state)
{
    static const char want[] = "join {\"dry_run\":false,\"lang\":\"en\","
                               "\"lga\":\"" ID "\",\"url\":\"" URL "\"}\n";

    (void)state;
    assert_ok(ask("join " URL "#" ID, C2C_E_OK, hub));
    assert_asked(want);
    assert_string_equal(client_data(&c), URL "\n");
    assert_non_null(strstr(client_talk(&c), "c2c peers"));
    done();
    assert_ok(ask("join " URL " --lga " ID, C2C_E_OK, hub));
    assert_asked(want);
    done();
    assert_ok(
        ask("join -n --plain " URL "#" ID " --note hello", C2C_E_OK, hub));
    assert_asked("join {\"dry_run\":true,\"lang\":\"en\",\"lga\":\"" ID
                 "\",\"note\":\"hello\",\"url\":\"" URL "\"}\n");
    assert_string_equal(client_data(&c), URL "\t" ID "\t\n");
    done();
}

static void join_refuses_what_is_no_id(void **state)
{
    (void)state;
    assert_err(ask("join " URL "#abc", C2C_E_OK, hub), C2C_E_USAGE);
    done();
    assert_err(ask("join " URL " --lga abc", C2C_E_OK, hub), C2C_E_USAGE);
    done();
    assert_err(ask("join " URL "#" ID " --lga " OTHER, C2C_E_OK, hub),
               C2C_E_USAGE);
    done();
    assert_err(ask("join c2c-invite:1:" URL "#" ID ":" TOKEN, C2C_E_OK, hub),
               C2C_E_USAGE);
    assert_non_null(strstr(client_talk(&c), "c2c invite accept"));
    assert_asked("");
    done();
}

static void leave_does_not_need_the_id(void **state)
{
    (void)state;
    assert_ok(ask("leave " URL "#" ID, C2C_E_OK, "{\"url\":\"" URL "\"}"));
    assert_asked("leave {\"dry_run\":false,\"lang\":\"en\",\"url\":\"" URL
                 "\"}\n");
    assert_string_equal(client_data(&c), URL "\n");
    done();
}

static void an_invitation_is_printed_alone(void **state)
{
    static const char json[] =
        "{\"text\":\"c2c-invite:1:x\",\"name\":\"Baguio\",\"expires\":\"day\"}";

    (void)state;
    assert_ok(ask("invite Baguio --days 3 --url " URL, C2C_E_OK, json));
    assert_asked("invite {\"days\":3,\"lang\":\"en\",\"name\":\"Baguio\","
                 "\"url\":\"" URL "\"}\n");
    assert_string_equal(client_data(&c), "c2c-invite:1:x\n");
    assert_non_null(strstr(client_talk(&c), "until day, once"));
    done();
    assert_ok(ask("invite --plain", C2C_E_OK, json));
    assert_asked("invite {\"lang\":\"en\"}\n");
    assert_string_equal(client_data(&c), "c2c-invite:1:x\tBaguio\tday\n");
    done();
    assert_ok(ask("invite -n", C2C_E_OK, json));
    assert_asked("");
    done();
    assert_err(ask("invite --days 0", C2C_E_OK, json), C2C_E_USAGE);
    done();
    assert_err(ask("invite acept x", C2C_E_OK, json), C2C_E_USAGE);
    assert_asked("");
    done();
}

static void an_invitation_is_taken_apart(void **state)
{
    static const char *const bad[] = {
        "c2c-invite:1:" URL "#" ID ":0123",
        "c2c-invite:1:" URL "#abc:" TOKEN,
        "c2c-invite:1:" URL ":" TOKEN,
        "invite:1:" URL "#" ID ":" TOKEN,
    };

    (void)state;
    assert_ok(
        ask("invite accept c2c-invite:1:" URL "#" ID ":" TOKEN, C2C_E_OK, hub));
    assert_asked("join {\"dry_run\":false,\"lang\":\"en\",\"lga\":\"" ID
                 "\",\"token\":\"" TOKEN "\",\"url\":\"" URL "\"}\n");
    assert_null(strstr(client_talk(&c), TOKEN));
    done();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char words[512];

        (void)snprintf(words, sizeof words, "invite accept %s", bad[i]);
        assert_err(ask(words, C2C_E_OK, hub), C2C_E_USAGE);
        assert_asked("");
        assert_null(strstr(client_talk(&c), TOKEN)); /* Nor in errors. */
        done();
    }
    assert_err(ask("invite accept c2c-invite:2:x", C2C_E_OK, hub),
               C2C_E_UNSUPPORTED);
    done();
    assert_err(ask("invite accept", C2C_E_OK, hub), C2C_E_USAGE);
    done();
}

static void members_are_listed_in_every_form(void **state)
{
    static const char json[] =
        "{\"items\":[{\"city\":\"c1\",\"name\":\"Baguio\",\"state\":"
        "\"pending\",\"since\":\"2026-11-23T08:30:00Z\",\"kind\":null,\"ref\":"
        "null,\"note\":\"hello\"}],\"next\":\"7\"}";

    (void)state;
    assert_ok(ask("members list --state pending --limit 1 --cursor 5", C2C_E_OK,
                  json));
    assert_asked("members {\"cursor\":\"5\",\"lang\":\"en\",\"limit\":1,"
                 "\"state\":\"pending\"}\n");
    assert_non_null(strstr(client_data(&c), "Baguio  pending  2026-11-23"));
    assert_non_null(strstr(client_talk(&c), "--cursor 7"));
    done();
    assert_ok(ask("members list --plain", C2C_E_OK, json));
    assert_string_equal(client_data(&c),
                        "c1\tBaguio\tpending\t2026-11-23T08:30:00Z\t\t\t"
                        "hello\n");
    done();
    assert_ok(ask("members list", C2C_E_OK, "{\"items\":[],\"next\":null}"));
    assert_non_null(strstr(client_talk(&c), "c2c invite NAME"));
    done();
}

static const char decided[] = "{\"city\":\"" ID "\",\"name\":\"Baguio\","
                              "\"state\":\"member\"}";

static void members_are_decided_about(void **state)
{
    (void)state;
    assert_ok(ask("members approve baguio --kind lga", C2C_E_OK, decided));
    assert_asked("approve {\"city\":\"baguio\",\"dry_run\":false,\"kind\":"
                 "\"lga\",\"lang\":\"en\"}\n");
    assert_string_equal(client_data(&c), ID "\n");
    assert_non_null(strstr(client_talk(&c), "Baguio is a member"));
    done();
    assert_ok(ask("members deny baguio -n --plain", C2C_E_OK, decided));
    assert_asked("deny {\"city\":\"baguio\",\"dry_run\":true,\"lang\":\"en\"}"
                 "\n");
    assert_string_equal(client_data(&c), ID "\tBaguio\tmember\n");
    assert_non_null(strstr(client_talk(&c), "dry run"));
    done();
    assert_err(ask("members approve", C2C_E_OK, decided), C2C_E_USAGE);
    done();
    assert_err(ask("members list baguio", C2C_E_OK, decided), C2C_E_USAGE);
    done();
    assert_err(ask("members deny baguio --kind lga", C2C_E_OK, decided),
               C2C_E_USAGE);
    done();
    assert_err(ask("members approve x", C2C_E_DENIED,
                   "{\"message\":\"this is the node of a city\"}"),
               C2C_E_DENIED);
    done();
}

static void revoking_needs_a_yes(void **state)
{
    (void)state;
    assert_err(ask("members revoke baguio", C2C_E_OK, decided), C2C_E_USAGE);
    assert_asked("revoke {\"city\":\"baguio\",\"dry_run\":true,\"lang\":"
                 "\"en\"}\n"); /* Who it is, and no more. */
    assert_non_null(strstr(client_talk(&c), "--yes"));
    done();
    assert_ok(ask("members revoke baguio --yes", C2C_E_OK, decided));
    assert_asked("revoke {\"city\":\"baguio\",\"dry_run\":false,\"lang\":"
                 "\"en\"}\n");
    done();
}

#define PEER(CURRENT, OURS)                                               \
    "{\"url\":\"" URL "\",\"city\":\"c9\",\"name\":\"League\",\"state\":" \
    "\"waiting\",\"reason\":\"no answer for 2 "                           \
    "min\",\"heard\":null,\"current\":" CURRENT ",\"has_ours\":" OURS "}"

static void peers_are_told_with_their_reason(void **state)
{
    (void)state;
    assert_ok(
        ask("peers", C2C_E_OK, "{\"items\":[" PEER("true", "false") "]}"));
    assert_asked("peers {\"lang\":\"en\"}\n");
    assert_non_null(strstr(client_data(&c), "no answer for 2 min"));
    done();
    assert_ok(ask("peers --plain", C2C_E_OK,
                  "{\"items\":[" PEER("true", "false") "]}"));
    assert_string_equal(client_data(&c),
                        URL "\tc9\tLeague\twaiting\tno answer for 2 min\t\t"
                            "true\tfalse\n");
    done();
    assert_ok(ask("peers", C2C_E_OK, "{\"items\":[]}"));
    assert_non_null(strstr(client_talk(&c), "c2c join URL"));
    done();
}

static void sync_asks_once(void **state)
{
    (void)state;
    assert_ok(ask("sync", C2C_E_OK,
                  "{\"peers\":[" PEER("false", "false") "],\"done\":false}"));
    assert_asked("sync {\"lang\":\"en\"}\n");
    assert_non_null(strstr(client_data(&c), "no answer for 2 min"));
    done();
}

static void sync_waits_until_it_is_done(void **state)
{
    static const struct fake_answer answers[] = {
        {C2C_E_OK, "{\"peers\":[" PEER("true", "false") "],\"done\":false,"
                                                        "\"round\":7}"},
        {C2C_E_OK, "{\"peers\":[" PEER("true", "true") "],\"done\":true}"},
        {C2C_E_OK, NULL}};

    (void)state;
    assert_ok(ask_all("sync --wait --json", answers));
    assert_asked("sync {\"lang\":\"en\"}\n"
                 "sync {\"lang\":\"en\",\"round\":7}\n");
    assert_non_null(strstr(client_data(&c), "\"done\": true"));
    done();
}

static void sync_gives_up_and_says_why(void **state)
{
    (void)state;
    assert_err(ask("sync --wait --timeout 1", C2C_E_OK,
                   "{\"peers\":[" PEER("true", "false") "],\"done\":false}"),
               C2C_E_TIMEOUT);
    assert_non_null(strstr(client_talk(&c), URL ": no answer for 2 min"));
    assert_string_equal(client_data(&c), "");
    done();
}

/* Another hub has everything: that does not hide the one that has not. */
static void sync_tells_whom_it_was_in_vain_for(void **state)
{
    (void)state;
    assert_err(ask("sync --wait", C2C_E_OK,
                   "{\"peers\":[{\"url\":\"tcp://a:1\",\"state\":"
                   "\"current\",\"current\":true,\"has_ours\":true},"
                   "{\"url\":\"tcp://b:1\",\"state\":\"pending\","
                   "\"reason\":\"it waits\",\"current\":true,"
                   "\"has_ours\":false}],\"done\":true,\"round\":7}"),
               C2C_E_DENIED);
    assert_non_null(strstr(client_talk(&c), "tcp://b:1: it waits"));
    done();
}

/* As long as one of them can be reached, the others are only told of. */
static void sync_needs_one_hub_that_answers(void **state)
{
#define OFFLINE                                                         \
    "{\"url\":\"tcp://b:1\",\"state\":\"offline\",\"reason\":\"gone\"," \
    "\"current\":false,\"has_ours\":false}"
    (void)state;
    assert_ok(ask("sync --wait", C2C_E_OK,
                  "{\"peers\":[{\"url\":\"tcp://a:1\",\"state\":"
                  "\"current\",\"current\":true,\"has_ours\":true}," OFFLINE
                  "],\"done\":true,\"round\":7}"));
    done();
    assert_err(ask("sync --wait", C2C_E_OK,
                   "{\"peers\":[" OFFLINE "],\"done\":true,\"round\":7}"),
               C2C_E_UNREACHABLE);
    assert_non_null(strstr(client_talk(&c), "tcp://b:1: gone"));
    done();
}

static void status_has_a_line_for_each_hub(void **state)
{
    (void)state;
    assert_ok(ask("status", C2C_E_OK,
                  "{\"city\":\"c1\",\"name\":\"Jambi\",\"kind\":\"city\","
                  "\"epoch\":1,\"rev\":2,\"state\":\"ready\",\"records\":{},"
                  "\"listen\":[],\"peers\":[{\"url\":\"" URL "\",\"city\":"
                  "\"c9\",\"state\":\"offline\",\"reason\":\"offline for 2 d\"}"
                  ",{\"url\":\"tcp://b:1\",\"state\":\"current\"}]}"));
    assert_non_null(strstr(client_data(&c),
                           "Hub         " URL ": offline for 2 d\n"
                           "Hub         tcp://b:1: current\n"));
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_FOLDER(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_FOLDER(join_sends_address_id_and_note),
        WITH_FOLDER(join_refuses_what_is_no_id),
        WITH_FOLDER(leave_does_not_need_the_id),
        WITH_FOLDER(an_invitation_is_printed_alone),
        WITH_FOLDER(an_invitation_is_taken_apart),
        WITH_FOLDER(members_are_listed_in_every_form),
        WITH_FOLDER(members_are_decided_about),
        WITH_FOLDER(revoking_needs_a_yes),
        WITH_FOLDER(peers_are_told_with_their_reason),
        WITH_FOLDER(sync_asks_once),
        WITH_FOLDER(sync_waits_until_it_is_done),
        WITH_FOLDER(sync_gives_up_and_says_why),
        WITH_FOLDER(sync_tells_whom_it_was_in_vain_for),
        WITH_FOLDER(sync_needs_one_hub_that_answers),
        WITH_FOLDER(status_has_a_line_for_each_hub),
    };
    return cmocka_run_group_tests_name("c2c/cmd_members", tests, NULL, NULL);
}
