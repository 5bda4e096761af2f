/* A city with a long chain of keysets, or with damaged rows, is in nobody's way
 * but its own. */

#include <stdlib.h>
#include <string.h>

#include "author.h"
#include "codec/limits.h"
#include "memrep.h"
#include "sync/provide.h"
#include "test.h"
#include "wire/changes.h"
#include "wire/vector.h"

enum {
    NOW_S = 1700000000,
    ROOM = 1 << 20,
    KEYSETS = 12 /* Of the member; some 2500 bytes. */
};

static struct memrep *m;
static struct c2c_replica r;
static struct author lga, member, other;
static struct c2c_roster *roster;
static struct c2c_buf args, reply;
static struct c2c_cursor before;

static struct c2c_cursor position(void);

/* The member changes its keys often, after @before; so does what others say. */
static int set_up(void **state)
{
    struct c2c_roster_options options = {.lgas = &lga.id, .n_lgas = 1};

    (void)state;
    m = memrep_new(1);
    r = memrep_replica(m);
    author_init(&lga, 1, C2C_LGA);
    author_init(&member, 2, C2C_CITY);
    author_init(&other, 3, C2C_CITY);
    c2c_buf_init(&args, ROOM);
    c2c_buf_init(&reply, ROOM);
    author_begin(&lga, &r);
    author_admit(&lga, &r, &member.id, false, 0);
    author_admit(&lga, &r, &other.id, false, 0);
    author_sign(&lga, &r, NOW_S);
    options.self = lga.id;
    assert_ok(c2c_roster_new(&options, &r, &roster));
    before = position();
    author_write(&other, &r, 1, NOW_S);
    author_write(&member, &r, 1, NOW_S);
    for (unsigned i = 1; i < KEYSETS; i++) {
        author_rotate(&member, &r, NOW_S + i);
    }
    author_write(&lga, &r, 77, NOW_S);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    c2c_roster_free(roster);
    roster = NULL;
    memrep_free(m);
    author_fini(&lga);
    author_fini(&member);
    author_fini(&other);
    c2c_buf_fini(&args);
    c2c_buf_fini(&reply);
    return 0;
}

/* The other member asks with what is in args. */
static struct c2c_view ask(enum c2c_msg_kind kind, uint64_t room)
{
    const struct c2c_provide_env env = {.replica = &r,
                                        .roster = roster,
                                        .self = lga.id,
                                        .roles = C2C_ROLE_HUB,
                                        .now_s = NOW_S};
    const struct c2c_asker asker = {.city = other.id};
    const struct c2c_msg_request request = {kind, room, c2c_buf_view(&args)};
    struct c2c_parked parked;
    struct c2c_msg_reply out;

    c2c_buf_clear(&reply);
    assert_ok(c2c_provide(&env, &asker, &request, false, &reply, &parked));
    assert_in_range(reply.n, 1, room);
    assert_ok(c2c_msg_reply_decode(c2c_buf_view(&reply), &out));
    assert_err(out.code, C2C_E_OK);
    c2c_buf_clear(&args);
    return out.body;
}

static struct c2c_feed_reply ask_feed(const struct c2c_cursor *cursor,
                                      size_t room)
{
    struct c2c_feed_request request = {.has_cursor = cursor != NULL};
    struct c2c_list_buf scope;
    struct c2c_feed_reply got;

    if (cursor != NULL) {
        request.cursor = *cursor;
    }
    c2c_list_init(&scope, 1024);
    assert_ok(c2c_list_put_hash(&scope, &lga.id));
    request.scope = c2c_list_of(&scope);
    assert_ok(c2c_feed_request_encode(&request, &args));
    assert_ok(c2c_feed_reply_decode(ask(C2C_MSG_FEED, room), &got));
    c2c_list_fini(&scope);
    return got;
}

static struct c2c_cursor position(void)
{
    return ask_feed(NULL, ROOM).cursor;
}

/* How often a feed in answers of @room tells of @who. */
static unsigned count_fed(const struct author *who, size_t room,
                          uint64_t *ret_keysets)
{
    struct c2c_feed_reply got = {.cursor = before, .more = true};
    unsigned n = 0;

    for (unsigned i = 0; i < 10 && got.more; i++) {
        struct c2c_commit commit;
        struct c2c_head head;

        got = ask_feed(&got.cursor, room);
        while (c2c_list_next_commit(&got.commits, &commit) == C2C_E_OK) {
            assert_ok(c2c_head_decode(commit.head, &head));
            if (c2c_hash_eq(&head.city, &who->id)) {
                *ret_keysets = commit.keysets.n;
                n++;
            }
        }
    }
    assert_false(got.more);
    return n;
}

static void it_stops_no_feed(void **state)
{
    uint64_t keysets = 99;

    (void)state;
    assert_int_equal(count_fed(&other, 5000, &keysets), 1);
    assert_int_equal(count_fed(&lga, 5000, &keysets), 1);
    assert_int_equal(count_fed(&member, 5000, &keysets), 1);
    assert_int_equal(keysets, 0); /* To be asked for. */
    assert_int_equal(count_fed(&member, 12000, &keysets), 1);
    assert_int_equal(keysets, KEYSETS);
}

static int by_id(const void *a, const void *b)
{
    const struct author *const *one = a;
    const struct author *const *two = b;

    return c2c_hash_cmp(&(*one)->id, &(*two)->id);
}

static void it_stops_no_changes(void **state)
{
    const struct author *asked[] = {&lga, &member, &other};
    struct c2c_changes_request request;
    struct c2c_changes_reply got;
    struct c2c_list_buf list;
    size_t done = 0;

    (void)state;
    qsort(asked, 3, sizeof asked[0], by_id);
    for (unsigned i = 0; i < 10 && done < 3; i++) {
        c2c_list_init(&list, 4096);
        for (size_t a = done; a < 3; a++) {
            const struct c2c_since since = {.city = asked[a]->id};

            assert_ok(c2c_list_put_since(&list, &since));
        }
        request.since = c2c_list_of(&list);
        assert_ok(c2c_changes_request_encode(&request, &args));
        assert_ok(c2c_changes_reply_decode(ask(C2C_MSG_CHANGES, 5000), &got));
        done += got.answered;
        c2c_list_fini(&list);
    }
    assert_int_equal(done, 3);
}

/* A range in answers of @room gives so much. */
static void walk_range(size_t room, unsigned want_ends, uint64_t want_puts)
{
    struct c2c_range_request request = {.last = {{0}}};
    uint64_t puts = 0;
    unsigned ends = 0;
    unsigned replies = 0;
    struct c2c_list_buf scope;
    struct c2c_range_reply got;
    uint8_t type[C2C_MAX_TYPE_BYTES];

    memset(request.last.b, 0xff, sizeof request.last.b);
    c2c_list_init(&scope, 1024);
    assert_ok(c2c_list_put_hash(&scope, &lga.id));
    request.scope = c2c_list_of(&scope);
    do {
        struct c2c_part part;

        assert_ok(c2c_range_request_encode(&request, &args));
        assert_ok(c2c_range_reply_decode(ask(C2C_MSG_RANGE, room), &got));
        while (c2c_list_next_part(&got.parts, &part) == C2C_E_OK) {
            puts += part.commit.puts.n;
            ends += part.ends;
        }
        request.has_cursor = got.has_cursor;
        request.cursor = got.cursor;
        if (got.has_cursor && got.cursor.has_slot) {
            memcpy(type, got.cursor.slot.type.p, got.cursor.slot.type.n);
            request.cursor.slot.type.p = type;
        }
        replies++;
    } while (got.has_cursor && replies < 100);
    c2c_list_fini(&scope);
    assert_int_equal(ends, want_ends);
    assert_int_equal(puts, want_puts);
}

static void it_stops_no_range(void **state)
{
    (void)state;
    walk_range(5000, 3, 3 + 1 + 1);
}

static void it_comes_in_pages(void **state)
{
    struct c2c_keysets_request request = {member.id, 1};
    unsigned pages = 0;

    (void)state;
    while (request.from <= KEYSETS) {
        struct c2c_keysets_reply got;

        assert_ok(c2c_keysets_request_encode(&request, &args));
        assert_ok(c2c_keysets_reply_decode(ask(C2C_MSG_KEYSETS, 4096), &got));
        assert_in_range(got.keysets.n, 1, KEYSETS - 1);
        request.from += got.keysets.n;
        pages++;
    }
    assert_in_range(pages, 2, KEYSETS);
}

/* The replica, but all rows of the member are damaged. */
static struct c2c_replica_ops damaged;

struct each {
    c2c_rows_fn *fn;
    void *ctx;
};

static enum c2c_err give_damaged(void *ctx, const struct c2c_replica_row *row)
{
    const struct each *each = ctx;
    const struct c2c_replica_row bad = {.slot = row->slot};

    return each->fn(each->ctx, &bad);
}

static enum c2c_err damaged_rows(void *ctx, const struct c2c_rows_query *query,
                                 c2c_rows_fn *fn, void *fn_ctx)
{
    const struct c2c_replica whole = memrep_replica(m);
    struct each each = {fn, fn_ctx};

    return c2c_hash_eq(&query->city, &member.id)
               ? whole.ops->rows(ctx, query, give_damaged, &each)
               : whole.ops->rows(ctx, query, fn, fn_ctx);
}

static void damage_member(void)
{
    damaged = *r.ops;
    damaged.rows = damaged_rows;
    r.ops = &damaged;
}

static void damage_stops_no_feed(void **state)
{
    uint64_t keysets;

    (void)state;
    damage_member();
    assert_int_equal(count_fed(&other, ROOM, &keysets), 1);
    assert_int_equal(count_fed(&member, ROOM, &keysets), 1); /* Its head. */
}

static void damage_stops_no_range(void **state)
{
    (void)state;
    damage_member();
    walk_range(ROOM, 2, 3 + 1);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_stops_no_feed),     TEST(it_stops_no_changes),
        TEST(it_stops_no_range),    TEST(it_comes_in_pages),
        TEST(damage_stops_no_feed), TEST(damage_stops_no_range),
    };

    return cmocka_run_group_tests_name("sync/chain", tests, NULL, NULL);
}
