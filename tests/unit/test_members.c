/* Requests about hubs, invitations and members. */

#include <stdio.h>
#include <string.h>

#include "asking.h"
#include "author.h"
#include "node/join.h"
#include "oom.h"
#include "store/hubs.h"
#include "store/joins.h"
#include "test.h"

enum {
    CITIES = 3
};

#define LGA_ID \
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct asking t;
static struct author city[CITIES];

static void make_cities(void)
{
    for (unsigned i = 0; i < CITIES; i++) {
        author_init(&city[i], i + 1, i == 2 ? C2C_LGA : C2C_CITY);
    }
}

static int set_up(void **state)
{
    (void)state;
    asking_init_lga(&t);
    make_cities();
    return 0;
}

static int set_up_city(void **state)
{
    (void)state;
    asking_init(&t);
    make_cities();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CITIES; i++) {
        author_fini(&city[i]);
    }
    asking_fini(&t);
    return 0;
}

/* What a hub does when @a asks. */
static struct c2c_join_reply request(const struct author *a, const char *name,
                                     const char *token, bool *ret_admit)
{
    struct c2c_join_request request = {.lga = t.node.identity.city,
                                       .name = c2c_view_str(name),
                                       .note = c2c_view_str("hello"),
                                       .token = c2c_view_str(token)};
    struct c2c_join_env env = {.types = t.place.types,
                               .identity = &t.node.identity,
                               .now_s = t.place.now_s};
    struct c2c_list_buf keysets;
    struct c2c_join_reply reply;

    c2c_list_init(&keysets, 1 << 16);
    assert_ok(c2c_list_put_bin(&keysets, c2c_buf_view(&a->keysets[0])));
    request.keysets = c2c_list_of(&keysets);
    assert_ok(c2c_store_open(t.place.dir, C2C_STORE_WRITE, &env.store, NULL));
    assert_ok(c2c_store_begin(env.store));
    assert_ok(c2c_join_answer(&env, &a->id, &request, &reply, ret_admit));
    assert_ok(c2c_store_commit(env.store));
    c2c_store_close(env.store);
    c2c_list_fini(&keysets);
    return reply;
}

static void wait_for_approval(const struct author *a, const char *name)
{
    bool admit = false;

    assert_int_equal(request(a, name, "", &admit).state, C2C_JOIN_PENDING);
}

static const char *hex_of(const struct author *a)
{
    static char hex[C2C_HASH_HEX];

    c2c_hash_hex(&a->id, hex);
    return hex;
}

/* Ask, and keep nothing but the code. */
static enum c2c_err code_of(const char *name, const char *args)
{
    struct answer answer;
    enum c2c_err err = asking_ask(&t, name, args, &answer);

    assert_true(err == C2C_E_OK || answer.diag.message[0] != '\0');
    answer_fini(&answer);
    return err;
}

/* "Oulu pending,Baguio member"; of one state, or all (""). */
static const char *list(const char *state)
{
    static char text[512];
    char args[64];
    struct answer answer;

    (void)snprintf(args, sizeof args, "{\"state\":\"%s\"}", state);
    assert_ok(asking_ask(&t, "members", args, &answer));
    text[0] = '\0';
    for (size_t i = 0; i < answer_count(&answer, "items"); i++) {
        char path[64];
        size_t n = strlen(text);
        struct c2c_view name;
        struct c2c_view is;

        (void)snprintf(path, sizeof path, "items/%zu/name", i);
        name = answer_text(&answer, path);
        (void)snprintf(path, sizeof path, "items/%zu/state", i);
        is = answer_text(&answer, path);
        (void)snprintf(text + n, sizeof text - n, "%s%.*s %.*s",
                       i == 0 ? "" : ",", (int)name.n, (const char *)name.p,
                       (int)is.n, (const char *)is.p);
    }
    answer_fini(&answer);
    return text;
}

static void a_member_comes_and_goes(void **state)
{
    struct answer answer;

    (void)state;
    assert_string_equal(list(""), "");
    wait_for_approval(&city[0], "Baguio");
    assert_string_equal(list(""), "Baguio pending");
    assert_ok(asking_ask(&t, "approve",
                         "{\"city\":\"BAGUIO\",\"kind\":\"associate\"}",
                         &answer));
    assert_answer(&answer, "city", hex_of(&city[0]));
    assert_answer(&answer, "state", "member");
    assert_answer(&answer, "kind", "associate");
    assert_answer(&answer, "ref", "league/membership/baguio");
    answer_fini(&answer);
    assert_string_equal(list(""), "Baguio member");
    assert_string_equal(list("pending"), "");
    assert_err(code_of("approve", "{\"city\":\"baguio\"}"), C2C_E_EXISTS);
    assert_err(code_of("deny", "{\"city\":\"baguio\"}"), C2C_E_CONFLICT);
    assert_ok(code_of("show", "{\"ref\":\"membership/baguio\"}"));
    assert_ok(code_of("revoke", "{\"city\":\"baguio\"}"));
    assert_string_equal(list(""), "Baguio revoked");
    assert_err(code_of("show", "{\"ref\":\"membership/baguio\"}"),
               C2C_E_NOT_FOUND);
    assert_err(code_of("revoke", "{\"city\":\"baguio\"}"), C2C_E_NOT_FOUND);
    assert_ok(code_of("approve", "{\"city\":\"baguio\"}"));
    assert_string_equal(list(""), "Baguio member");
}

static void a_revoked_city_is_not_admitted_by_asking_again(void **state)
{
    bool admit = false;

    (void)state;
    wait_for_approval(&city[0], "Baguio");
    assert_ok(code_of("approve", "{\"city\":\"baguio\"}"));
    assert_ok(code_of("revoke", "{\"city\":\"baguio\"}"));
    assert_int_equal(request(&city[0], "Baguio", "", &admit).state,
                     C2C_JOIN_DENIED);
    assert_false(admit);
}

/* Write a membership of @a by hand. */
static void put_membership(const struct author *a, const char *slug,
                           const char *audience)
{
    char json[256];

    (void)snprintf(json, sizeof json,
                   "[{\"type\":\"membership\",\"slug\":\"%s\","
                   "\"audience\":\"%s\",\"body\":{\"city\":\"%s\"}}]",
                   slug, audience, hex_of(a));
    asking_put(&t, json);
}

static void a_city_that_is_listed_twice_is_revoked_once(void **state)
{
    (void)state;
    put_membership(&city[0], "one", "public");
    put_membership(&city[0], "two", "public");
    assert_ok(code_of("revoke", "{\"city\":\"one\"}"));
    assert_string_equal(list("member"), "");
}

static void denying_is_remembered(void **state)
{
    bool admit = false;

    (void)state;
    wait_for_approval(&city[0], "Baguio");
    assert_ok(code_of("deny", "{\"city\":\"baguio\"}"));
    assert_string_equal(list("denied"), "Baguio denied");
    assert_int_equal(request(&city[0], "Baguio", "", &admit).state,
                     C2C_JOIN_DENIED);
    assert_ok(code_of("approve", "{\"city\":\"baguio\"}"));
    assert_string_equal(list(""), "Baguio member");
}

static void cities_are_found_by_any_name(void **state)
{
    struct answer answer;
    char args[128];

    (void)state;
    wait_for_approval(&city[0], "San José");
    wait_for_approval(&city[1], "San Jose");
    assert_err(asking_ask(&t, "approve", "{\"city\":\"sanjose\"}", &answer),
               C2C_E_AMBIGUOUS);
    assert_int_equal(answer_count(&answer, "candidates"), 2);
    answer_fini(&answer);
    (void)snprintf(args, sizeof args, "{\"city\":\"%.8s\"}", hex_of(&city[0]));
    assert_ok(asking_ask(&t, "approve", args, &answer));
    assert_answer(&answer, "city", hex_of(&city[0]));
    answer_fini(&answer);
    assert_err(asking_ask(&t, "approve", "{\"city\":\"San Josef\"}", &answer),
               C2C_E_NOT_FOUND);
    assert_non_null(strstr(answer.diag.hint, "San Jos"));
    answer_fini(&answer);
    (void)snprintf(args, sizeof args, "{\"city\":\"%.7s\"}", hex_of(&city[1]));
    assert_err(code_of("approve", args), C2C_E_NOT_FOUND);
    (void)snprintf(args, sizeof args, "{\"city\":\"%s\"}", hex_of(&city[2]));
    assert_ok(code_of("approve", args)); /* Has never asked. */
    assert_err(code_of("approve", "{}"), C2C_E_INVAL);
    assert_err(code_of("deny", "{\"city\":\"San\"}"), C2C_E_NOT_FOUND);
}

static void a_name_of_nothing_is_none(void **state)
{
    struct answer answer;
    char args[128];
    char id[17];

    (void)state;
    wait_for_approval(&city[0], " \x1b\t");
    (void)snprintf(args, sizeof args, "{\"city\":\"%s\"}", hex_of(&city[0]));
    assert_ok(code_of("approve", args));
    (void)snprintf(id, sizeof id, "%.16s", hex_of(&city[0]));
    assert_ok(asking_ask(&t, "members", "{}", &answer));
    assert_answer(&answer, "items/0/name", id);
    answer_fini(&answer);
}

/* Each of these characters is 18 letters when it is folded. */
static void a_name_that_grows_keeps_nobody_from_deciding(void **state)
{
    static const char letter[] = "\xef\xb7\xba";
    char name[1024] = "";
    char args[1200];

    (void)state;
    for (size_t i = 0; i + sizeof letter <= sizeof name; i += 3) {
        memcpy(name + i, letter, sizeof letter);
    }
    (void)snprintf(args, sizeof args,
                   "[{\"type\":\"membership\",\"body\":{\"city\":\"%s\","
                   "\"name\":{\"en\":\"%s\"}}}]",
                   hex_of(&city[0]), name);
    asking_put(&t, args);
    wait_for_approval(&city[1], "Leeds");
    assert_ok(code_of("approve", "{\"city\":\"leeds\"}"));
    (void)snprintf(args, sizeof args, "{\"city\":\"%s\"}", name);
    assert_err(code_of("revoke", args), C2C_E_NOT_FOUND);
    assert_err(code_of("who", args), C2C_E_NOT_FOUND);
    (void)snprintf(args, sizeof args, "{\"city\":\"%s\"}", hex_of(&city[0]));
    assert_ok(code_of("revoke", args));
}

static void an_association_that_asks_is_marked(void **state)
{
    struct answer answer;

    (void)state;
    wait_for_approval(&city[2], "Other League");
    assert_ok(asking_ask(&t, "members", "{}", &answer));
    assert_answer(&answer, "items/0/kind", "lga");
    assert_answer(&answer, "items/0/note", "hello");
    answer_fini(&answer);
    assert_err(code_of("approve", "{\"city\":\"other league\","
                                  "\"kind\":\"king\"}"),
               C2C_E_SCHEMA);
    assert_string_equal(list(""), "Other League pending"); /* Still there. */
}

static void the_list_comes_in_pages(void **state)
{
    struct answer answer;
    char args[128];
    char cursor[32] = "";
    unsigned n = 0;

    (void)state;
    wait_for_approval(&city[0], "A");
    wait_for_approval(&city[1], "B");
    wait_for_approval(&city[2], "C");
    assert_ok(code_of("approve", "{\"city\":\"b\"}"));
    put_membership(&city[0], "draft", "local"); /* More than a page of these. */
    put_membership(&city[0], "another", "local");
    assert_ok(code_of("approve", "{\"city\":\"c\"}"));
    do {
        static const char *const names[] = {"A", "B", "C"};

        (void)snprintf(args, sizeof args, "{\"limit\":1,\"cursor\":\"%s\"}",
                       cursor);
        assert_ok(asking_ask(&t, "members", args, &answer));
        assert_int_equal(answer_count(&answer, "items"), 1);
        assert_true(n < 3);
        assert_answer(&answer, "items/0/name", names[n < 3 ? n : 0]);
        n++;
        (void)snprintf(cursor, sizeof cursor, "%.*s",
                       (int)answer_text(&answer, "next").n,
                       (const char *)answer_text(&answer, "next").p);
        answer_fini(&answer);
    } while (cursor[0] != '\0');
    assert_int_equal(n, 3);
    assert_err(code_of("members", "{\"state\":\"absent\"}"), C2C_E_INVAL);
}

static void a_dry_run_changes_nothing(void **state)
{
    (void)state;
    wait_for_approval(&city[0], "Baguio");
    assert_ok(code_of("approve", "{\"city\":\"baguio\",\"dry_run\":true}"));
    assert_ok(code_of("deny", "{\"city\":\"baguio\",\"dry_run\":true}"));
    assert_string_equal(list(""), "Baguio pending");
}

static void an_invitation_names_where_and_whom(void **state)
{
    struct answer answer;
    char want[256];
    char hex[C2C_HASH_HEX];
    char token[64];
    struct c2c_view text;
    bool admit = false;

    (void)state;
    assert_err(code_of("invite", "{}"), C2C_E_INVAL); /* Listens nowhere. */
    t.node.config.listen.n = 1;
    (void)snprintf(t.node.config.listen.at[0], C2C_CONFIG_TEXT,
                   "tcp://0.0.0.0:7420");
    assert_err(code_of("invite", "{}"), C2C_E_INVAL);
    assert_err(code_of("invite", "{\"url\":\"example.org\"}"), C2C_E_INVAL);
    assert_err(code_of("invite", "{\"url\":\"tcp://h:1\",\"days\":0}"),
               C2C_E_INVAL);
    (void)snprintf(t.node.config.listen.at[0], C2C_CONFIG_TEXT,
                   "tcp://h.example:7420");
    assert_ok(
        asking_ask(&t, "invite", "{\"name\":\"Baguio\",\"days\":1}", &answer));
    c2c_hash_hex(&t.node.identity.city, hex);
    (void)snprintf(want, sizeof want,
                   "c2c-invite:1:tcp://h.example:7420#%s:", hex);
    text = answer_text(&answer, "text");
    assert_true(c2c_view_starts(text, c2c_view_str(want)));
    assert_answer(&answer, "expires", "2026-12-01T00:53:20Z");
    (void)snprintf(token, sizeof token, "%.*s", (int)(text.n - strlen(want)),
                   (const char *)text.p + strlen(want));
    assert_int_equal(strlen(token), 32);
    answer_fini(&answer);
    assert_false(place_holds(&t.place, token)); /* Its hash is enough. */
    assert_int_equal(request(&city[0], "Baguio", token, &admit).state,
                     C2C_JOIN_MEMBER);
    assert_true(admit);
}

static void a_city_has_no_members(void **state)
{
    static const char *const names[] = {"members", "approve", "deny", "revoke",
                                        "invite"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct answer answer;

        assert_err(asking_ask(&t, names[i],
                              "{\"city\":\"x\",\"url\":\"tcp://h:1\"}",
                              &answer),
                   C2C_E_DENIED);
        assert_non_null(strstr(answer.diag.hint, "c2c join"));
        answer_fini(&answer);
    }
}

static enum c2c_err print_hub(void *ctx, const struct c2c_hub *hub)
{
    char *text = ctx;
    size_t n = strlen(text);

    (void)snprintf(text + n, 512 - n, "%.*s %02x %.*s|%.*s|%.*s;",
                   (int)hub->url.n, (const char *)hub->url.p, hub->lga.b[31],
                   (int)hub->name.n, (const char *)hub->name.p,
                   (int)hub->note.n, (const char *)hub->note.p,
                   (int)hub->token.n, (const char *)hub->token.p);
    return C2C_E_OK;
}

static const char *hubs(void)
{
    static char text[512];

    text[0] = '\0';
    assert_ok(c2c_hubs_each(t.reader, print_hub, text));
    return text;
}

static void hubs_are_joined_and_left(void **state)
{
    struct answer answer;
    char args[256];
    char hex[C2C_HASH_HEX];

    (void)state;
    assert_ok(asking_ask(&t, "join",
                         "{\"url\":\"tcp://h:1\",\"lga\":\"" LGA_ID
                         "\",\"name\":\"League\",\"note\":\"hi\","
                         "\"token\":\"tok\"}",
                         &answer));
    assert_answer(&answer, "url", "tcp://h:1");
    assert_answer(&answer, "lga", LGA_ID);
    answer_fini(&answer);
    assert_string_equal(hubs(), "tcp://h:1 ff League|hi|tok;");
    assert_err(code_of("join", "{\"url\":\"h:1\",\"lga\":\"" LGA_ID "\"}"),
               C2C_E_INVAL);
    assert_err(code_of("join", "{\"url\":\"tcp://h:2\",\"lga\":\"0011\"}"),
               C2C_E_INVAL);
    c2c_hash_hex(&t.node.identity.city, hex);
    (void)snprintf(args, sizeof args, "{\"url\":\"tcp://h:2\",\"lga\":\"%s\"}",
                   hex);
    assert_err(code_of("join", args), C2C_E_INVAL);
    assert_err(asking_ask(&t, "leave", "{\"url\":\"tcp://h:11\"}", &answer),
               C2C_E_NOT_FOUND);
    assert_non_null(strstr(answer.diag.hint, "did you mean 'tcp://h:1'"));
    answer_fini(&answer);
    assert_ok(code_of("leave", "{\"url\":\"tcp://h:1\",\"dry_run\":true}"));
    assert_string_equal(hubs(), "tcp://h:1 ff League|hi|tok;");
    assert_ok(code_of("leave", "{\"url\":\"tcp://h:1\"}"));
    assert_string_equal(hubs(), "");
}

static void too_many_hubs_are_refused(void **state)
{
    char args[256];

    (void)state;
    t.node.config.hubs.n = 1; /* The first one, also of the configuration. */
    (void)snprintf(t.node.config.hubs.at[0], C2C_CONFIG_TEXT, "tcp://h:1#%s",
                   LGA_ID);
    for (unsigned i = 0; i < 32; i++) {
        (void)snprintf(args, sizeof args,
                       "{\"url\":\"tcp://h:%u\",\"lga\":\"" LGA_ID "\"}",
                       i + 1);
        assert_ok(code_of("join", args));
    }
    assert_ok(code_of("join", args)); /* Once more the same. */
    assert_err(code_of("join",
                       "{\"url\":\"tcp://h:99\",\"lga\":\"" LGA_ID "\"}"),
               C2C_E_QUOTA);
    assert_ok(code_of("leave", "{\"url\":\"tcp://h:1\"}"));
    assert_err(code_of("join",
                       "{\"url\":\"tcp://h:99\",\"lga\":\"" LGA_ID "\"}"),
               C2C_E_QUOTA); /* The configuration still has it. */
}

static void a_restored_store_joins_but_decides_nothing(void **state)
{
    struct c2c_diag diag = {.code = C2C_E_OK};

    (void)state;
    wait_for_approval(&city[0], "Baguio");
    asking_close(&t);
    place_unlink(&t.place, "instance");
    assert_ok(asking_open(&t, false, &diag));
    assert_ok(
        code_of("join", "{\"url\":\"tcp://h:1\",\"lga\":\"" LGA_ID "\"}"));
    assert_err(code_of("approve", "{\"city\":\"baguio\"}"), C2C_E_NOT_CURRENT);
    assert_string_equal(list(""), "Baguio pending");
    assert_ok(code_of("deny", "{\"city\":\"baguio\"}"));
}

struct question {
    const char *name;
    const char *args;
};

static enum c2c_err ask_once(void *arg)
{
    const struct question *q = arg;
    struct answer answer;
    enum c2c_err err = asking_ask(&t, q->name, q->args, &answer);

    answer_fini(&answer);
    return err;
}

static void every_allocation_may_fail(void **state)
{
    struct question list_all = {"members", "{}"};

    (void)state;
    wait_for_approval(&city[0], "Baguio");
    wait_for_approval(&city[1], "Leeds");
    assert_ok(code_of("approve", "{\"city\":\"baguio\"}"));
    assert_ok(ask_once(&list_all)); /* Buffers grow to their size. */
    oom_sweep(ask_once, &list_all);
}

#define TEST(FN) cmocka_unit_test_setup_teardown(FN, set_up, tear_down)
#define CITY_TEST(FN) \
    cmocka_unit_test_setup_teardown(FN, set_up_city, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_member_comes_and_goes),
        TEST(a_revoked_city_is_not_admitted_by_asking_again),
        TEST(a_city_that_is_listed_twice_is_revoked_once),
        TEST(denying_is_remembered),
        TEST(cities_are_found_by_any_name),
        TEST(a_name_of_nothing_is_none),
        TEST(a_name_that_grows_keeps_nobody_from_deciding),
        TEST(an_association_that_asks_is_marked),
        TEST(the_list_comes_in_pages),
        TEST(a_dry_run_changes_nothing),
        TEST(an_invitation_names_where_and_whom),
        CITY_TEST(a_city_has_no_members),
        CITY_TEST(hubs_are_joined_and_left),
        CITY_TEST(too_many_hubs_are_refused),
        TEST(a_restored_store_joins_but_decides_nothing),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
