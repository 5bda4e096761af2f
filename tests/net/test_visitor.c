/* Who comes to a whole node: its sessions, and what they may do. */

#include <stdio.h>

#include "codec/limits.h"
#include "memrep.h"
#include "store/db_priv.h"
#include "store/records.h"
#include "test.h"
#include "visitor.h"
#include "wire/feed.h"

enum {
    HOUR_MS = 3600 * 1000
};

static struct pair pair;
static struct author author;
static struct memrep *memory;
static struct c2c_replica replica;

static uint64_t now_s(void)
{
    return pair.clock.now_ms(pair.clock.ctx) / 1000;
}

static void admit(const struct c2c_hash *city, const char *slug)
{
    char hex[C2C_HASH_HEX];
    char json[256];

    c2c_hash_hex(city, hex);
    (void)snprintf(json, sizeof json,
                   "[{\"type\":\"membership\",\"slug\":\"%s\",\"body\":{"
                   "\"city\":\"%s\"}}]",
                   slug, hex);
    pair_put(pair.hub_node, &pair.hub, json);
}

static int begin(void **state)
{
    (void)state;
    pair_begin(&pair);
    author_init(&author, 7, C2C_CITY);
    memory = memrep_new(7);
    replica = memrep_replica(memory);
    author_write(&author, &replica, 1, now_s());
    admit(&author.id, "seven");
    return 0;
}

static int end(void **state)
{
    (void)state;
    author_fini(&author);
    memrep_free(memory);
    pair_end(&pair);
    return 0;
}

static struct c2c_responder_counts count(void)
{
    return c2c_sessions_count(pair.hub_node->sessions);
}

static void ping(struct visitor *visitor)
{
    static const uint8_t nothing = 0x90;

    assert_err(
        visitor_ask(visitor, C2C_MSG_PING, c2c_view_of(&nothing, 1)).code,
        C2C_E_OK);
}

/* The hub's roster is made after the group in which the membership was. */
static void push_until_taken(struct visitor *visitor)
{
    enum c2c_err code;

    do {
        code = visitor_push(visitor, &author, &replica).code;
    } while (code == C2C_E_NOT_MEMBER);
    assert_err(code, C2C_E_OK);
}

static void what_a_visitor_is_refused_is_counted(void **state)
{
    const _Atomic uint64_t *refused = pair.hub_node->refused;
    uint64_t before = atomic_load(&refused[C2C_E_MALFORMED]);
    struct visitor visitor;
    static const uint8_t nothing = 0x90;

    (void)state;
    visitor_dial(&visitor, &pair, &author);
    ping(&visitor);
    assert_int_equal(atomic_load(&refused[C2C_E_MALFORMED]), before);
    assert_err(
        visitor_ask(&visitor, C2C_MSG_FEED, c2c_view_of(&nothing, 1)).code,
        C2C_E_MALFORMED);
    assert_int_equal(atomic_load(&refused[C2C_E_MALFORMED]), before + 1);
    visitor_leave(&visitor);
}

static void a_new_keyset_ends_what_the_old_key_proved(void **state)
{
    struct visitor old;
    struct visitor new;

    (void)state;
    visitor_dial(&old, &pair, &author);
    push_until_taken(&old);
    ping(&old);
    assert_int_equal(count().cities, 2); /* With the pair's own. */
    author_rotate(&author, &replica, now_s());
    visitor_dial(&new, &pair, &author);
    push_until_taken(&new);
    ping(&new);
    ping(&old);
    assert_int_equal(count().cities, 2); /* The new one in place of the old. */
    assert_err(visitor_push(&old, &author, &replica).code, C2C_E_DENIED);
    visitor_leave(&old);
    visitor_leave(&new);
}

static bool there_is_no_stranger(struct pair *p)
{
    return c2c_sessions_count(p->hub_node->sessions).strangers == 0;
}

static void old_sessions_are_forgotten(void **state)
{
    struct visitor stranger;

    (void)state;
    visitor_dial(&stranger, &pair, NULL);
    ping(&stranger);
    assert_true(count().strangers > 0); /* Another from the first contact. */
    pair.mono_ahead_ms += (uint64_t)13 * HOUR_MS;
    pair_wait(&pair, there_is_no_stranger);
    visitor_leave(&stranger);
}

/* The hub's feed after @cursor (NULL: the position of now). */
static struct c2c_feed_reply ask_feed(struct visitor *visitor,
                                      const struct c2c_cursor *cursor)
{
    struct c2c_feed_request request = {.has_cursor = cursor != NULL};
    struct c2c_feed_reply feed;
    struct c2c_msg_reply reply;
    struct c2c_list_buf scope;
    struct c2c_buf args;

    if (cursor != NULL) {
        request.cursor = *cursor;
    }
    c2c_list_init(&scope, 256);
    c2c_buf_init(&args, 1024);
    assert_ok(c2c_list_put_hash(&scope, &pair.hub.identity.city));
    request.scope = c2c_list_of(&scope);
    assert_ok(c2c_feed_request_encode(&request, &args));
    reply = visitor_ask(visitor, C2C_MSG_FEED, c2c_buf_view(&args));
    assert_err(reply.code, C2C_E_OK);
    assert_ok(c2c_feed_reply_decode(reply.body, &feed));
    c2c_list_fini(&scope);
    c2c_buf_fini(&args);
    return feed;
}

/* Sealing takes 40 bytes of a frame. */
static void a_feed_without_news_is_short(void **state)
{
    struct visitor visitor;
    struct c2c_feed_reply before;
    struct c2c_feed_reply feed;

    (void)state;
    visitor_dial(&visitor, &pair, &author);
    push_until_taken(&visitor);
    before = ask_feed(&visitor, NULL);
    assert_int_equal(ask_feed(&visitor, &before.cursor).commits.n, 0);
    assert_in_range(visitor.frame_bytes, 80, 160);
    author_write(&author, &replica, 2, now_s());
    assert_err(visitor_push(&visitor, &author, &replica).code, C2C_E_OK);
    feed = ask_feed(&visitor, &before.cursor);
    assert_int_equal(feed.commits.n, 1);
    assert_int_equal((visitor.frame_bytes - 40) % C2C_MAX_PADDING_BYTES, 0);
    visitor_leave(&visitor);
}

/* Damage the author's rows in the hub's store. */
static void damage(void)
{
    char hex[C2C_HASH_HEX];
    char sql[256];
    struct c2c_store *store;

    c2c_hash_hex(&author.id, hex);
    (void)snprintf(sql, sizeof sql,
                   "UPDATE record SET bytes = x'00' WHERE city = "
                   "(SELECT id FROM city WHERE city = x'%s')",
                   hex);
    assert_ok(c2c_store_open(pair.hub.dir, C2C_STORE_WRITE, &store, NULL));
    if (c2c_db_exec(store, sql) != C2C_E_OK) {
        fail_msg("%s: %s", sql, c2c_store_detail(store));
    }
    c2c_store_close(store);
}

static void damage_gives_way_to_what_is_pushed(void **state)
{
    struct c2c_federation_trouble trouble;
    struct visitor visitor;

    (void)state;
    visitor_dial(&visitor, &pair, &author);
    push_until_taken(&visitor);
    damage();
    author_write(&author, &replica, 2, now_s());
    assert_err(visitor_push(&visitor, &author, &replica).code, C2C_E_OK);
    assert_false(c2c_federation_trouble(pair.hub_node->federation, &trouble));
    pair_put(pair.hub_node, &pair.hub,
             "[{\"type\":\"office\",\"slug\":\"new\",\"body\":{\"name\":"
             "{\"en\":\"New\"}}}]");
    pair_wait(&pair, pair_is_synced);
    visitor_leave(&visitor);
}

/* Take the membership @slug out of the hub's list. */
static void expel(const char *slug)
{
    struct c2c_store *store;
    struct drafts drafts;
    struct c2c_row row;
    c2c_city_no no;

    assert_ok(c2c_store_open(pair.hub.dir, C2C_STORE_READ, &store, NULL));
    assert_ok(c2c_cities_find(store, &pair.hub.identity.city, &no));
    assert_ok(c2c_records_by_slug(store, no, c2c_view_str("membership"),
                                  c2c_view_str(slug), &row));
    drafts_init_removal(&drafts, &pair.hub, "membership", &row.key);
    c2c_store_close(store);
    c2c_writer_run(pair.hub_node->writer, &drafts.job);
    assert_ok(drafts.job.err);
    drafts_fini(&drafts);
}

/* Twice: behind the first one the federation does what is due. */
static void let_days_pass(unsigned days)
{
    pair.ahead_ms += (uint64_t)days * 24 * HOUR_MS;
    for (unsigned i = 0; i < 2; i++) {
        char json[128];

        (void)snprintf(json, sizeof json,
                       "[{\"type\":\"office\",\"slug\":\"d%u-%u\",\"body\":{"
                       "\"name\":{\"en\":\"N\"}}}]",
                       days, i);
        pair_put(pair.hub_node, &pair.hub, json);
    }
}

/* How the hub's store stands to @city. */
static struct c2c_city_state held(const struct c2c_hash *city)
{
    struct c2c_city_state state;
    struct c2c_store *store;
    c2c_city_no no;

    assert_ok(c2c_store_open(pair.hub.dir, C2C_STORE_READ, &store, NULL));
    assert_ok(c2c_cities_find(store, city, &no));
    assert_ok(c2c_cities_state(store, no, &state));
    c2c_store_close(store);
    return state;
}

static void who_left_is_deleted_after_30_days(void **state)
{
    struct c2c_hash followed = pair.city.identity.city;
    struct visitor visitor;

    (void)state;
    pair_close_hub(&pair); /* It follows the pair's city by hand. */
    pair.hub_config.follow.n = 1;
    c2c_hash_hex(&followed, pair.hub_config.follow.at[0]);
    pair_open_hub(&pair);
    visitor_dial(&visitor, &pair, &author);
    push_until_taken(&visitor);
    visitor_leave(&visitor);
    expel("seven");
    expel("oulu");
    let_days_pass(0);
    assert_true(held(&author.id).hidden_s != 0);
    assert_true(held(&followed).hidden_s == 0);
    let_days_pass(29);
    assert_true(held(&author.id).has_head);
    let_days_pass(2);
    assert_false(held(&author.id).has_head);
    assert_true(held(&followed).has_head);
    admit(&author.id, "again");
    visitor_dial(&visitor, &pair, &author);
    push_until_taken(&visitor);
    assert_true(held(&author.id).has_head);
    assert_true(held(&author.id).hidden_s == 0);
    visitor_leave(&visitor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_visitor_is_refused_is_counted,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            a_new_keyset_ends_what_the_old_key_proved, begin, end),
        cmocka_unit_test_setup_teardown(damage_gives_way_to_what_is_pushed,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_feed_without_news_is_short, begin,
                                        end),
        cmocka_unit_test_setup_teardown(who_left_is_deleted_after_30_days,
                                        begin, end),
        cmocka_unit_test_setup_teardown(old_sessions_are_forgotten, begin, end),
    };
    return cmocka_run_group_tests_name("visitor", tests, NULL, NULL);
}
