/* The client and a node elsewhere that is up to no good: the sessions are real,
 * what it answers is ours. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client.h"
#include "net/consumer.h"
#include "talk.h"
#include "test.h"
#include "wire/message.h"
#include "wire/push.h"

enum {
    LARGE = 900000,
    PATIENCE = 100 /* Questions that a client would have to ask in vain. */
};

static struct talk t;
static struct client c;
static struct c2c_buf answer; /* To every query. */
static unsigned questions;

enum c2c_err
__wrap_c2c_consumer_open(const char *url,
                         const struct c2c_consumer_options *options,
                         struct c2c_consumer **ret_consumer);
void __wrap_c2c_consumer_close(struct c2c_consumer *consumer);
enum c2c_err __wrap_c2c_consumer_call(struct c2c_consumer *consumer,
                                      struct c2c_view request,
                                      struct c2c_buf *reply);

enum c2c_err
__wrap_c2c_consumer_open(const char *url,
                         const struct c2c_consumer_options *options,
                         struct c2c_consumer **ret_consumer)
{
    (void)url;
    (void)options;
    *ret_consumer = NULL;
    return C2C_E_OK;
}

void __wrap_c2c_consumer_close(struct c2c_consumer *consumer)
{
    (void)consumer;
}

enum c2c_err __wrap_c2c_consumer_call(struct c2c_consumer *consumer,
                                      struct c2c_view request,
                                      struct c2c_buf *reply)
{
    (void)consumer;
    c2c_buf_clear(&t.frame);
    assert_ok(c2c_buf_put(&t.frame, request.p, request.n));
    talk_deliver(&t);
    if (t.taken.what == C2C_TAKEN_REQUEST) {
        assert_true(++questions < PATIENCE);
        assert_ok(talk_answer_with(&t, c2c_buf_view(&answer)));
    }
    return c2c_buf_put(reply, t.reply.p, t.reply.n);
}

/* The node answers every query with @json. */
static void prepare(const char *json)
{
    struct c2c_query_reply query = {.code = C2C_E_OK};
    struct c2c_buf document;
    struct c2c_buf body;

    c2c_buf_init(&document, TALK_ROOM);
    c2c_buf_init(&body, TALK_ROOM);
    assert_ok(c2c_doc_encode(c.run.doc, client_val(&c, json), &document));
    query.document = c2c_buf_view(&document);
    assert_ok(c2c_query_reply_encode(&query, &body));
    c2c_buf_clear(&answer);
    assert_ok(c2c_msg_reply_encode(c2c_buf_view(&body), &answer));
    c2c_buf_fini(&document);
    c2c_buf_fini(&body);
}

static void begin(const char *line)
{
    uint64_t now_s = c2c_clock_system.now_ms(c2c_clock_system.ctx) / 1000;

    talk_begin(&t);
    party_prove(&t.hub, now_s + 3600);
    c2c_responder_identify(t.responder, &t.hub.self);
    client_begin_line(&c, line);
    c2c_buf_init(&answer, TALK_ROOM);
    questions = 0;
}

static void end(void)
{
    c2c_buf_fini(&answer);
    client_end(&c);
    talk_end(&t);
}

static void a_list_without_end_is_given_up(void **state)
{
    static const char around[] =
        "{\"items\":[{\"ref\":\"%s\"}],\"next\":\"x\"}";
    char *text = malloc(LARGE + 1);
    char *json = malloc(LARGE + sizeof around);

    (void)state;
    assert_non_null(text);
    assert_non_null(json);
    memset(text, 'x', LARGE);
    text[LARGE] = '\0';
    (void)snprintf(json, LARGE + sizeof around, around, text);
    begin("c2c --node tcp://node.example:1 list office --all");
    prepare(json);
    assert_err(client_do(&c), C2C_E_TOO_BIG);
    assert_non_null(strstr(client_talk(&c), "more than 64 MiB"));
    end();
    free(text);
    free(json);
}

static void what_steers_a_terminal_is_not_passed_on(void **state)
{
    static const char json[] =
        "{\"items\":[{\"ref\":\"a\\u001b[2J\",\"title\":\"b\\u009b1m\","
        "\"type\":\"office\",\"city_name\":\"c\\u202e\",\"snippet\":\"d\\r\","
        "\"updated\":\"\\u0007\"}],\"total\":7,\"next\":\"\\u001b]0;"
        "e\\u0007\"}";
    static const char *const lines[] = {
        "c2c --node tcp://node.example:1 find x",
        "c2c --node tcp://node.example:1 find x --plain",
        "c2c --node tcp://node.example:1 find x --json",
        "c2c --node tcp://node.example:1 list office",
        "c2c --node tcp://node.example:1 log",
        "c2c --node tcp://node.example:1 who x",
        "c2c --node tcp://node.example:1 status"};
    static const char *const bad[] = {"\033", "\r", "\007", "\xc2\x9b",
                                      "\xe2\x80\xae"};
    static char shown[1 << 16];

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        begin(lines[i]);
        prepare(json);
        (void)client_do(&c);
        (void)snprintf(shown, sizeof shown, "%s", client_data(&c));
        for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
            assert_null(strstr(shown, bad[k]));
        }
        (void)snprintf(shown, sizeof shown, "%s", client_talk(&c));
        for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
            assert_null(strstr(shown, bad[k]));
        }
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_without_end_is_given_up),
        cmocka_unit_test(what_steers_a_terminal_is_not_passed_on),
    };

    return cmocka_run_group_tests_name("remote", tests, NULL, NULL);
}
