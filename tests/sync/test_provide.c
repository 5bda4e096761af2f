/* Answers and refusals, for each kind of asker. */

#include <string.h>

#include "author.h"
#include "codec/limits.h"
#include "memrep.h"
#include "sync/collect.h"
#include "sync/provide.h"
#include "test.h"
#include "wire/changes.h"
#include "wire/vector.h"

enum {
    NOW_S = 1700000000,
    ROOM = 8 << 20
};

static struct memrep *m;
static struct c2c_replica r;
static struct author lga, member, other, stranger;
static struct c2c_roster *roster;
static struct c2c_buf args, reply;
static struct c2c_parked parked;
static unsigned applied_count;

static void build_roster(void)
{
    const struct c2c_roster_options options = {.self = lga.id,
                                               .lgas = &lga.id,
                                               .n_lgas = 1};

    c2c_roster_free(roster);
    roster = NULL;
    assert_ok(c2c_roster_new(&options, &r, &roster));
}

static void admit(const struct author *city, bool admitted, uint64_t quota)
{
    author_begin(&lga, &r);
    if (admitted) {
        author_admit(&lga, &r, &city->id, false, quota);
    } else {
        author_expel(&lga, &r, &city->id);
    }
    author_sign(&lga, &r, NOW_S);
    build_roster();
}

static int set_up(void **state)
{
    (void)state;
    m = memrep_new(1);
    r = memrep_replica(m);
    author_init(&lga, 1, C2C_LGA);
    author_init(&member, 2, C2C_CITY);
    author_init(&other, 3, C2C_CITY);
    author_init(&stranger, 4, C2C_CITY);
    admit(&member, true, 0);
    admit(&other, true, 0);
    author_begin(&member, &r);
    author_put(&member, &r, C2C_AUDIENCE_PUBLIC, 1, 100);
    author_put(&member, &r, C2C_AUDIENCE_NETWORK, 2, 100);
    author_sign(&member, &r, NOW_S);
    c2c_buf_init(&args, ROOM);
    c2c_buf_init(&reply, ROOM);
    applied_count = 0;
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
    author_fini(&stranger);
    c2c_buf_fini(&args);
    c2c_buf_fini(&reply);
    return 0;
}

static void count_applied(void *ctx, const struct c2c_applied *applied)
{
    (void)ctx;
    (void)applied;
    applied_count++;
}

/* An answer as long as it may be. */
static enum c2c_err fill(void *ctx, const struct c2c_asker *asker,
                         const struct c2c_query_request *request,
                         struct c2c_buf *answer)
{
    static const uint8_t nil = 0xc0;

    (void)ctx;
    (void)asker;
    (void)request;
    while (c2c_buf_put(answer, &nil, 1) == C2C_E_OK) {
    }
    return C2C_E_OK;
}

/* Ask with what is in args; @who NULL: without a name. */
static struct c2c_msg_reply ask_for(enum c2c_msg_kind kind,
                                    const struct author *who,
                                    uint64_t max_bytes, bool may_park)
{
    const struct c2c_provide_env env = {.replica = &r,
                                        .roster = roster,
                                        .self = lga.id,
                                        .roles = C2C_ROLE_HUB,
                                        .query = fill,
                                        .applied = count_applied,
                                        .now_s = NOW_S};
    struct c2c_asker asker = {.anonymous = who == NULL};
    const struct c2c_msg_request request = {kind, max_bytes,
                                            c2c_buf_view(&args)};
    struct c2c_msg_reply out = {.code = C2C_E_OK};

    if (who != NULL) {
        asker.city = who->id;
    }
    c2c_buf_clear(&reply);
    assert_ok(c2c_provide(&env, &asker, &request, may_park, &reply, &parked));
    if (!parked.parked) {
        assert_true(reply.n <= max_bytes || max_bytes < 4096);
        assert_ok(c2c_msg_reply_decode(c2c_buf_view(&reply), &out));
    }
    c2c_buf_clear(&args);
    return out;
}

static struct c2c_msg_reply ask(enum c2c_msg_kind kind,
                                const struct author *who)
{
    return ask_for(kind, who, 1 << 20, false);
}

static void ask_changes(const struct author *who, const struct author *city,
                        uint64_t rev, bool network,
                        struct c2c_changes_reply *ret_reply)
{
    const struct c2c_since since = {.city = city->id,
                                    .epoch = rev == 0 ? 0 : 1,
                                    .rev = rev,
                                    .network = network,
                                    .time_s = rev == 0 ? 0 : NOW_S};
    struct c2c_changes_request request;
    struct c2c_list_buf list;
    struct c2c_msg_reply got;

    c2c_list_init(&list, 1024);
    assert_ok(c2c_list_put_since(&list, &since));
    request.since = c2c_list_of(&list);
    assert_ok(c2c_changes_request_encode(&request, &args));
    got = ask(C2C_MSG_CHANGES, who);
    assert_err(got.code, C2C_E_OK);
    assert_ok(c2c_changes_reply_decode(got.body, ret_reply));
    assert_int_equal(ret_reply->answered, 1);
    c2c_list_fini(&list);
}

static void members_get_the_network_audience_others_do_not(void **state)
{
    struct c2c_changes_reply got;
    struct c2c_commit commit;
    const struct author *askers[] = {&other, &stranger, NULL};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ask_changes(askers[i], &member, 0, false, &got);
        assert_int_equal(got.commits.n, 1);
        assert_ok(c2c_list_next_commit(&got.commits, &commit));
        assert_int_equal(commit.form, C2C_COMMIT_FULL);
        assert_int_equal(commit.puts.n, i == 0 ? 2 : 1);
        assert_int_equal(commit.has_opening, i == 0);
        assert_int_equal(commit.keysets.n, 1);
    }
}

static void a_removed_member_is_a_stranger_at_the_next_request(void **state)
{
    struct c2c_changes_reply got;
    struct c2c_commit commit;

    (void)state;
    admit(&other, false, 0);
    ask_changes(&other, &member, 0, false, &got);
    assert_ok(c2c_list_next_commit(&got.commits, &commit));
    assert_false(commit.has_opening);
    assert_int_equal(commit.puts.n, 1);
    ask_changes(&member, &other, 0, false, &got); /* And is hidden. */
    assert_int_equal(got.commits.n, 0);
}

static void who_is_current_gets_nothing_but_what_it_lacks(void **state)
{
    struct c2c_changes_reply got;
    struct c2c_commit commit;

    (void)state;
    ask_changes(&other, &member, 1, true, &got);
    assert_int_equal(got.commits.n, 0);
    ask_changes(&other, &member, 1, false, &got); /* The network audience. */
    assert_int_equal(got.commits.n, 1);
    author_refresh(&member, &r, NOW_S + 9);
    ask_changes(&other, &member, 1, true, &got); /* A later stamp. */
    assert_ok(c2c_list_next_commit(&got.commits, &commit));
    assert_int_equal(commit.form, C2C_COMMIT_DELTA);
    assert_int_equal(commit.puts.n, 0);
}

static void below_the_floor_all_is_given(void **state)
{
    struct c2c_changes_reply got;
    struct c2c_commit commit;

    (void)state;
    author_write(&member, &r, 4, NOW_S);
    ask_changes(&other, &member, 1, true, &got);
    assert_ok(c2c_list_next_commit(&got.commits, &commit));
    assert_int_equal(commit.form, C2C_COMMIT_DELTA);
    assert_int_equal(commit.puts.n, 1);
    memrep_forget_deletions(m, &member.id, 2);
    ask_changes(&other, &member, 1, true, &got);
    assert_ok(c2c_list_next_commit(&got.commits, &commit));
    assert_int_equal(commit.form, C2C_COMMIT_FULL);
    assert_int_equal(commit.puts.n, 3);
}

static struct c2c_msg_reply ask_feed(const struct author *who, bool has_cursor,
                                     struct c2c_cursor cursor, uint64_t wait_s,
                                     bool may_park)
{
    struct c2c_feed_request request = {.has_cursor = has_cursor,
                                       .cursor = cursor,
                                       .wait_s = wait_s};
    struct c2c_list_buf scope;
    struct c2c_msg_reply got;

    c2c_list_init(&scope, 1024);
    assert_ok(c2c_list_put_hash(&scope, &lga.id));
    request.scope = c2c_list_of(&scope);
    assert_ok(c2c_feed_request_encode(&request, &args));
    got = ask_for(C2C_MSG_FEED, who, 1 << 20, may_park);
    c2c_list_fini(&scope);
    return got;
}

static struct c2c_cursor position(const struct author *who)
{
    struct c2c_feed_reply got;
    struct c2c_msg_reply answer =
        ask_feed(who, false, (struct c2c_cursor){.seq = 0}, 0, false);

    assert_err(answer.code, C2C_E_OK);
    assert_ok(c2c_feed_reply_decode(answer.body, &got));
    return got.cursor;
}

static void a_feed_without_news_waits_and_then_tells(void **state)
{
    struct c2c_cursor cursor = position(&other);
    struct c2c_feed_reply got;
    struct c2c_msg_reply answer;

    (void)state;
    (void)ask_feed(&other, true, cursor, 50, true);
    assert_true(parked.parked);
    assert_int_equal(parked.seq, cursor.seq);
    assert_int_equal(parked.until_s, NOW_S + 50);
    author_write(&member, &r, 7, NOW_S);
    answer = ask_feed(&other, true, cursor, 50, false);
    assert_ok(c2c_feed_reply_decode(answer.body, &got));
    assert_int_equal(got.commits.n, 1);
    assert_int_equal(got.cursor.seq, cursor.seq + 1);
    answer = ask_feed(&other, true, got.cursor, 50, false);
    assert_false(parked.parked);
    assert_ok(c2c_feed_reply_decode(answer.body, &got));
    assert_int_equal(got.commits.n, 0);
}

static void cursors_of_anything_else_are_lost(void **state)
{
    struct c2c_cursor cursor;

    (void)state;
    cursor = position(&other);
    cursor.seq++;
    assert_err(ask_feed(&other, true, cursor, 0, false).code,
               C2C_E_CURSOR_LOST);
    cursor = position(&other);
    cursor.instance.b[0] ^= 1;
    assert_err(ask_feed(&other, true, cursor, 0, false).code,
               C2C_E_CURSOR_LOST);
    cursor = position(&other);
    cursor.scope.b[0] ^= 1;
    assert_err(ask_feed(&other, true, cursor, 0, false).code,
               C2C_E_CURSOR_LOST);
    cursor = position(NULL); /* Without the network audience. */
    assert_err(ask_feed(&other, true, cursor, 0, false).code,
               C2C_E_CURSOR_LOST);
}

static void an_empty_store_gives_a_cursor_that_holds(void **state)
{
    struct memrep *empty = memrep_new(9);
    struct c2c_replica full = r;
    struct c2c_cursor cursor;

    (void)state;
    r = memrep_replica(empty);
    cursor = position(&other);
    assert_int_equal(cursor.seq, 0);
    assert_err(ask_feed(&other, true, cursor, 0, false).code, C2C_E_OK);
    r = full;
    memrep_free(empty);
}

/* A commit of @city as its own store would push it. */
static void put_commit(struct author *city, enum c2c_commit_form form,
                       size_t body, uint64_t time_s)
{
    struct memrep *own = memrep_new(5);
    const struct c2c_replica from = memrep_replica(own);
    const struct c2c_collect_since nothing = {.epoch = 0};
    struct c2c_collected c;
    struct c2c_held held;

    author_begin(city, &from);
    author_put(city, &from, C2C_AUDIENCE_PUBLIC, 1, body);
    author_put(city, &from, C2C_AUDIENCE_PUBLIC, 2, body);
    author_sign(city, &from, time_s);
    assert_ok(from.ops->held(from.ctx, &city->id, &held));
    assert_ok(
        c2c_collect(&from, &city->id, &held, &nothing, true, 1 << 20, &c));
    if (form != C2C_COMMIT_FULL) {
        c.commit.form = form;
        c.commit.puts = (struct c2c_list_view){{NULL, 0}, 0};
    }
    assert_ok(c2c_commit_encode(&c.commit, &args));
    c2c_collected_fini(&c);
    memrep_free(own);
}

static void members_push_and_nobody_else(void **state)
{
    (void)state;
    put_commit(&other, C2C_COMMIT_FULL, 10, NOW_S);
    assert_err(ask(C2C_MSG_PUSH, NULL).code, C2C_E_DENIED);
    put_commit(&stranger, C2C_COMMIT_FULL, 10, NOW_S);
    assert_err(ask(C2C_MSG_PUSH, &stranger).code, C2C_E_NOT_MEMBER);
    put_commit(&stranger, C2C_COMMIT_FULL, 10, NOW_S);
    assert_err(ask(C2C_MSG_PUSH, &other).code, C2C_E_NOT_MEMBER);
    assert_int_equal(applied_count, 0);
    put_commit(&other, C2C_COMMIT_FULL, 10, NOW_S);
    assert_err(ask(C2C_MSG_PUSH, &member).code, C2C_E_OK);
    assert_int_equal(applied_count, 1);
}

static void pushes_are_refused_for_a_reason(void **state)
{
    struct c2c_msg_reply got;
    struct c2c_stored stored;

    (void)state;
    put_commit(&other, C2C_COMMIT_FULL, 10, NOW_S + C2C_MAX_CLOCK_SKEW_S + 1);
    assert_err(ask(C2C_MSG_PUSH, &other).code, C2C_E_FUTURE);
    put_commit(&other, C2C_COMMIT_DELTA, 10, NOW_S);
    got = ask(C2C_MSG_PUSH, &other);
    assert_err(got.code, C2C_E_BAD_ROOT);
    assert_ok(c2c_stored_decode(got.detail, &stored));
    assert_int_equal(stored.epoch, 0);
    put_commit(&member, C2C_COMMIT_FULL, 10, NOW_S); /* Another revision 1. */
    got = ask(C2C_MSG_PUSH, &member);
    assert_err(got.code, C2C_E_CONFLICT);
    assert_ok(c2c_stored_decode(got.detail, &stored));
    assert_int_equal(stored.rev, 1);
    admit(&other, true, 1);
    put_commit(&other, C2C_COMMIT_FULL, 10, NOW_S);
    assert_err(ask(C2C_MSG_PUSH, &other).code, C2C_E_QUOTA);
    assert_int_equal(applied_count, 0);
}

static void an_older_push_is_told_what_is_held(void **state)
{
    struct c2c_msg_reply got;
    struct c2c_stored stored;

    (void)state;
    put_commit(&other, C2C_COMMIT_FULL, 10, NOW_S);
    assert_err(ask(C2C_MSG_PUSH, &other).code, C2C_E_OK);
    author_write(&other, &r, 8, NOW_S);
    author_write(&other, &r, 8, NOW_S);
    put_commit(&other, C2C_COMMIT_FULL, 10, NOW_S); /* Revision 1 again. */
    got = ask(C2C_MSG_PUSH, &other);
    assert_err(got.code, C2C_E_OLDER);
    assert_ok(c2c_stored_decode(got.detail, &stored));
    assert_int_equal(stored.rev, 3);
}

static void parts_are_bounded_by_the_quota_and_in_order(void **state)
{
    static const uint8_t nothing[] = {0x80};
    struct c2c_push_part_request request = {.city = other.id};
    struct c2c_push_part_reply got;
    struct c2c_msg_reply answer;
    struct c2c_list_buf puts;
    struct c2c_buf bytes;

    (void)state;
    admit(&other, true, 2);
    c2c_list_init(&puts, 1 << 16);
    c2c_buf_init(&bytes, 1024);
    for (uint8_t i = 1; i <= 3; i++) {
        const struct c2c_record record = {.type = c2c_view_str("office"),
                                          .key = {{i}},
                                          .body = {nothing, 1}};
        struct c2c_put put = {.audience = C2C_AUDIENCE_PUBLIC};

        c2c_buf_clear(&bytes);
        assert_ok(c2c_record_encode(&record, &bytes));
        put.bytes = c2c_buf_view(&bytes);
        if (i < 3) {
            assert_ok(c2c_list_put_put(&puts, &put));
        } else {
            c2c_list_fini(&puts);
            c2c_list_init(&puts, 1 << 16);
            assert_ok(c2c_list_put_put(&puts, &put));
        }
        if (i == 1) {
            continue;
        }
        request.index = i == 2 ? 0 : 2;
        request.puts = c2c_list_of(&puts);
        assert_ok(c2c_push_part_request_encode(&request, &args));
        answer = ask(C2C_MSG_PUSH_PART, &other);
        assert_err(answer.code, i == 2 ? C2C_E_OK : C2C_E_QUOTA);
    }
    assert_true(memrep_staged_bytes(m) > 0);
    request.index = 1; /* Not where it ended: not taken. */
    assert_ok(c2c_push_part_request_encode(&request, &args));
    answer = ask(C2C_MSG_PUSH_PART, &other);
    assert_ok(c2c_push_part_reply_decode(answer.body, &got));
    assert_int_equal(got.next, 2);
    c2c_list_fini(&puts);
    c2c_buf_fini(&bytes);
}

static void a_range_fits_its_room_and_leads_through_everything(void **state)
{
    struct c2c_range_request request = {.last = {{0}}};
    struct c2c_list_buf scope;
    struct c2c_range_reply got;
    uint8_t type[C2C_MAX_TYPE_BYTES];
    unsigned replies = 0;
    uint64_t puts = 0;
    uint64_t ends = 0;

    (void)state;
    author_begin(&other, &r);
    for (unsigned key = 0; key < 40; key++) {
        author_put(&other, &r, C2C_AUDIENCE_PUBLIC, key, 1000);
    }
    author_sign(&other, &r, NOW_S);
    memset(request.last.b, 0xff, sizeof request.last.b);
    c2c_list_init(&scope, 1024);
    assert_ok(c2c_list_put_hash(&scope, &lga.id));
    request.scope = c2c_list_of(&scope);
    do {
        struct c2c_msg_reply answer;
        struct c2c_part part;

        assert_ok(c2c_range_request_encode(&request, &args));
        answer = ask_for(C2C_MSG_RANGE, &member, 12000, false);
        assert_err(answer.code, C2C_E_OK);
        assert_ok(c2c_range_reply_decode(answer.body, &got));
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
    assert_int_equal(ends, 3);          /* The LGA and two members. */
    assert_int_equal(puts, 2 + 2 + 40); /* Memberships too. */
    assert_in_range(replies, 4, 12);
    c2c_list_fini(&scope);
}

static void a_vector_tells_what_is_newer_and_what_older(void **state)
{
    struct c2c_vector_request request = {.lga = lga.id};
    struct c2c_list_buf versions;
    struct c2c_vector_reply got;
    struct c2c_msg_reply answer;
    size_t n = c2c_roster_lga(roster, &lga.id, &request.members);

    (void)state;
    c2c_list_init(&versions, 1024);
    for (size_t i = 0; i < n; i++) {
        const struct c2c_hash *city = c2c_roster_lga_city(roster, &lga.id, i);
        bool is_other = c2c_hash_eq(city, &other.id);
        const struct c2c_version v = {is_other, is_other ? 5 : 0, 0};

        assert_ok(c2c_list_put_version(&versions, &v, false));
    }
    request.versions = c2c_list_of(&versions);
    assert_ok(c2c_vector_request_encode(&request, &args));
    answer = ask(C2C_MSG_VECTOR, &member);
    assert_err(answer.code, C2C_E_OK);
    assert_ok(c2c_vector_reply_decode(answer.body, &got));
    assert_int_equal(got.newer.n, 2);
    assert_int_equal(got.older.n, 1);
    request.members.b[0] ^= 1;
    assert_ok(c2c_vector_request_encode(&request, &args));
    answer = ask(C2C_MSG_VECTOR, &member);
    assert_err(answer.code, C2C_E_MEMBERS_DIFFER);
    assert_true(answer.detail.n > 0);
    c2c_list_fini(&versions);
}

static void what_is_hidden_is_not_found(void **state)
{
    const struct c2c_leaves_request leaves = {.city = stranger.id};
    const struct c2c_keysets_request keysets = {stranger.id, 1};

    (void)state;
    author_write(&stranger, &r, 1, NOW_S); /* Held, but not admitted. */
    assert_ok(c2c_leaves_request_encode(&leaves, &args));
    assert_err(ask(C2C_MSG_LEAVES, &member).code, C2C_E_NOT_FOUND);
    assert_ok(c2c_keysets_request_encode(&keysets, &args));
    assert_err(ask(C2C_MSG_KEYSETS, &member).code, C2C_E_NOT_FOUND);
}

static void malformed_and_cramped_requests_are_refused(void **state)
{
    static const uint8_t junk[] = {0x93, 0x01};

    (void)state;
    for (int kind = C2C_MSG_HELLO; kind <= C2C_MSG_PING; kind++) {
        assert_ok(c2c_buf_put(&args, junk, sizeof junk));
        assert_err(ask((enum c2c_msg_kind)kind, &member).code, C2C_E_MALFORMED);
    }
    assert_ok(c2c_ping_request_encode(&args));
    assert_err(ask_for(C2C_MSG_PING, &member, 100, false).code, C2C_E_INVAL);
    assert_ok(c2c_ping_request_encode(&args));
    assert_err(ask(C2C_MSG_PING, NULL).code, C2C_E_OK);
}

static void no_reply_is_longer_than_the_asker_takes(void **state)
{
    const struct c2c_query_request query = {c2c_view_str("status"),
                                            c2c_view_str("\x80")};

    (void)state;
    assert_ok(c2c_query_request_encode(&query, &args));
    assert_err(ask_for(C2C_MSG_QUERY, &member, 5000, false).code, C2C_E_OK);
    assert_int_equal(reply.n, 5000);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(members_get_the_network_audience_others_do_not),
        TEST(a_removed_member_is_a_stranger_at_the_next_request),
        TEST(who_is_current_gets_nothing_but_what_it_lacks),
        TEST(below_the_floor_all_is_given),
        TEST(a_feed_without_news_waits_and_then_tells),
        TEST(cursors_of_anything_else_are_lost),
        TEST(an_empty_store_gives_a_cursor_that_holds),
        TEST(members_push_and_nobody_else),
        TEST(pushes_are_refused_for_a_reason),
        TEST(an_older_push_is_told_what_is_held),
        TEST(parts_are_bounded_by_the_quota_and_in_order),
        TEST(a_range_fits_its_room_and_leads_through_everything),
        TEST(a_vector_tells_what_is_newer_and_what_older),
        TEST(what_is_hidden_is_not_found),
        TEST(malformed_and_cramped_requests_are_refused),
        TEST(no_reply_is_longer_than_the_asker_takes),
    };

    return cmocka_run_group_tests_name("sync/provide", tests, NULL, NULL);
}
