#include "suite_replica.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "author.h"
#include "codec/limits.h"
#include "test.h"

enum {
    NOW_S = 1700000000
};

static const struct suite_replica *suite;
static struct c2c_replica r;
static struct author a;
static struct author b;

static int set_up(void **state)
{
    (void)state;
    r = suite->open(suite->ctx);
    author_init(&a, 1, C2C_CITY);
    author_init(&b, 2, C2C_LGA);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    suite->close(suite->ctx);
    author_fini(&a);
    author_fini(&b);
    return 0;
}

static struct c2c_held held_of(const struct author *author)
{
    struct c2c_held held;

    assert_ok(r.ops->held(r.ctx, &author->id, &held));
    return held;
}

/* What a query finds: keys in a line, e.g. "p:1 n:4 ". */
struct found {
    char text[512];
};

static void add_found(struct found *found, const struct c2c_slot *slot)
{
    size_t n = strlen(found->text);

    (void)snprintf(found->text + n, sizeof found->text - n, "%c%.*s:%u ",
                   slot->audience == C2C_AUDIENCE_PUBLIC ? 'p' : 'n', 1,
                   (const char *)slot->type.p, (unsigned)slot->key.b[15]);
}

static enum c2c_err add_row(void *ctx, const struct c2c_replica_row *row)
{
    struct c2c_hash leaf = c2c_record_hash(row->bytes);

    assert_true(c2c_hash_eq(&leaf, &row->leaf));
    add_found(ctx, &row->slot);
    return C2C_E_OK;
}

static enum c2c_err add_slot(void *ctx, const struct c2c_slot *slot)
{
    add_found(ctx, slot);
    return C2C_E_OK;
}

static void assert_rows(struct c2c_rows_query query, const char *want)
{
    struct found found = {""};

    query.city = a.id;
    assert_ok(r.ops->rows(r.ctx, &query, add_row, &found));
    assert_string_equal(found.text, want);
}

static void assert_gone(struct c2c_rows_query query, const char *want)
{
    struct found found = {""};

    query.city = a.id;
    assert_ok(r.ops->gone(r.ctx, &query, add_slot, &found));
    assert_string_equal(found.text, want);
}

/* Keys divisible by 3 are contacts, others offices. */
static void edit(const char *puts, const char *removals)
{
    author_begin(&a, &r);
    for (const char *p = puts; *p != '\0'; p++) {
        author_put(&a, &r, C2C_AUDIENCE_PUBLIC, (unsigned)(*p - '0'), 20);
    }
    for (const char *p = removals; *p != '\0'; p++) {
        author_remove(&a, &r, C2C_AUDIENCE_PUBLIC, (unsigned)(*p - '0'));
    }
    author_sign(&a, &r, NOW_S);
}

static void nothing_is_known_at_first(void **state)
{
    struct c2c_keyset keyset;
    struct c2c_held held;
    struct c2c_buf buf;

    (void)state;
    c2c_buf_init(&buf, 1024);
    assert_err(r.ops->held(r.ctx, &a.id, &held), C2C_E_NOT_FOUND);
    assert_err(r.ops->keyset(r.ctx, &a.id, &keyset), C2C_E_NOT_FOUND);
    assert_err(r.ops->head(r.ctx, &a.id, &buf), C2C_E_NOT_FOUND);
    assert_rows((struct c2c_rows_query){.network = true}, "");
    assert_ok(r.ops->cursor(r.ctx, c2c_view_str("x"), &buf));
    assert_int_equal(buf.n, 0);
    c2c_buf_fini(&buf);
}

static void a_state_is_held_as_it_was_signed(void **state)
{
    struct c2c_held held;
    struct c2c_dir_sum sum;
    struct c2c_head head;
    struct c2c_buf buf;

    (void)state;
    edit("21", "");
    held = held_of(&a);
    c2c_buf_init(&buf, C2C_MAX_HEAD_BYTES);
    assert_ok(r.ops->head(r.ctx, &a.id, &buf));
    assert_ok(c2c_head_verify(c2c_buf_view(&buf), &a.keyset, &head));
    assert_true(c2c_hash_eq(&head.content, &held.head.content));
    assert_int_equal(held.kind, C2C_CITY);
    assert_true(held.has_head && held.has_opening);
    assert_int_equal(held.head.rev, 1);
    assert_int_equal(held.floor_rev, 0);
    assert_ok(r.ops->sum(r.ctx, &a.id, C2C_AUDIENCE_PUBLIC, &sum));
    assert_true(c2c_hash_eq(&sum.root, &held.head.pub.root));
    assert_int_equal(sum.count, 2);
    c2c_buf_fini(&buf);
}

static void rows_come_in_slot_order_and_by_what_is_asked(void **state)
{
    struct c2c_rows_query q = {.network = true};
    uint64_t seq;

    (void)state;
    edit("51", "");
    assert_ok(r.ops->seq(r.ctx, &seq));
    author_begin(&a, &r);
    author_put(&a, &r, C2C_AUDIENCE_PUBLIC, 3, 20);
    author_put(&a, &r, C2C_AUDIENCE_NETWORK, 2, 20);
    author_sign(&a, &r, NOW_S);
    assert_rows(q, "pc:3 po:1 po:5 no:2 ");
    assert_rows((struct c2c_rows_query){.network = false}, "pc:3 po:1 po:5 ");
    assert_rows((struct c2c_rows_query){.type = c2c_view_str("office")},
                "po:1 po:5 ");
    assert_rows((struct c2c_rows_query){.since_rev = 1, .network = true},
                "pc:3 no:2 ");
    assert_rows((struct c2c_rows_query){.since_rev = 2, .network = true}, "");
    q.since_seq = seq;
    assert_rows(q, "pc:3 no:2 ");
    q.since_seq = 0;
    q.has_after = true;
    q.after = (struct c2c_slot){C2C_AUDIENCE_PUBLIC,
                                c2c_view_str("contact"),
                                {{0xff}}};
    assert_rows(q, "po:1 po:5 no:2 ");
}

static void what_was_removed_is_told_until_it_is_put_again(void **state)
{
    (void)state;
    edit("1247", "");
    edit("", "24");
    edit("5", "1");
    assert_gone((struct c2c_rows_query){.since_rev = 1}, "po:1 po:2 po:4 ");
    assert_gone((struct c2c_rows_query){.since_rev = 2}, "po:1 ");
    edit("2", "");
    assert_gone((struct c2c_rows_query){.since_rev = 1}, "po:1 po:4 ");
    assert_rows((struct c2c_rows_query){.since_rev = 3}, "po:2 ");
}

static void removing_what_is_not_there_says_so(void **state)
{
    const struct c2c_slot slot = {C2C_AUDIENCE_PUBLIC,
                                  c2c_view_str("office"),
                                  {{9}}};

    (void)state;
    edit("1", "");
    assert_ok(r.ops->begin(r.ctx));
    assert_err(r.ops->remove_row(r.ctx, &a.id, &slot, 2, NOW_S),
               C2C_E_NOT_FOUND);
    assert_ok(r.ops->undo(r.ctx));
}

static void revisions_of_an_earlier_epoch_come_before_all_of_this(void **state)
{
    (void)state;
    edit("1", "");
    edit("2", "");
    edit("4", "2");
    author_rotate(&a, &r, NOW_S);
    edit("5", "4");
    assert_int_equal(held_of(&a).head.epoch, 2);
    assert_rows((struct c2c_rows_query){.since_rev = 1}, "po:5 ");
    assert_gone((struct c2c_rows_query){.since_rev = 1}, "po:4 ");
    assert_int_equal(held_of(&a).floor_rev, 0);
}

static void each_edit_comes_after_all_before(void **state)
{
    uint64_t first;
    uint64_t seq;

    (void)state;
    assert_ok(r.ops->seq(r.ctx, &first));
    edit("1", "");
    assert_ok(r.ops->seq(r.ctx, &seq));
    assert_true(seq > first);
    assert_int_equal(held_of(&a).seq, seq);
    assert_true(held_of(&a).keyset_seq > first);
    first = seq;
    edit("2", "");
    assert_ok(r.ops->seq(r.ctx, &seq));
    assert_true(seq > first);
    assert_int_equal(held_of(&a).seq, seq);
    assert_true(held_of(&a).keyset_seq <= first);
}

/* Cities in the order they are given: "ab". */
static enum c2c_err add_city(void *ctx, const struct c2c_hash *city,
                             const struct c2c_held *held)
{
    char *text = ctx;
    size_t n = strlen(text);

    assert_true(held->seq > 0);
    text[n] = c2c_hash_eq(city, &a.id) ? 'a' : 'b';
    text[n + 1] = '\0';
    return C2C_E_OK;
}

static void changes_come_in_their_order_cities_by_id(void **state)
{
    const struct c2c_hash first = {{0}};
    bool a_first = c2c_hash_cmp(&a.id, &b.id) < 0;
    char text[8] = "";

    (void)state;
    edit("1", "");
    author_write(&b, &r, 1, NOW_S);
    assert_ok(r.ops->changed(r.ctx, 0, add_city, text));
    assert_string_equal(text, "ab");
    edit("2", "");
    text[0] = '\0';
    assert_ok(r.ops->changed(r.ctx, 0, add_city, text));
    assert_string_equal(text, "ba");
    text[0] = '\0';
    assert_ok(r.ops->changed(r.ctx, held_of(&b).seq, add_city, text));
    assert_string_equal(text, "a");
    text[0] = '\0';
    assert_ok(r.ops->cities(r.ctx, &first, add_city, text));
    assert_string_equal(text, a_first ? "ab" : "ba");
    text[0] = '\0';
    assert_ok(r.ops->cities(r.ctx, a_first ? &b.id : &a.id, add_city, text));
    assert_string_equal(text, a_first ? "b" : "a");
}

static enum c2c_err stop(void *ctx, const struct c2c_hash *city,
                         const struct c2c_held *held)
{
    (void)ctx;
    (void)city;
    (void)held;
    return C2C_E_TOO_BIG;
}

static void a_callback_can_stop(void **state)
{
    (void)state;
    edit("1", "");
    assert_err(r.ops->changed(r.ctx, 0, stop, NULL), C2C_E_TOO_BIG);
}

static void undo_takes_everything_back(void **state)
{
    uint64_t before;
    uint64_t after;

    (void)state;
    edit("12", "");
    assert_ok(r.ops->seq(r.ctx, &before));
    author_begin(&a, &r);
    author_put(&a, &r, C2C_AUDIENCE_PUBLIC, 4, 20);
    author_remove(&a, &r, C2C_AUDIENCE_PUBLIC, 1);
    assert_ok(r.ops->undo(r.ctx));
    assert_ok(r.ops->seq(r.ctx, &after));
    assert_int_equal(before, after);
    assert_rows((struct c2c_rows_query){.network = false}, "po:1 po:2 ");
    assert_gone((struct c2c_rows_query){.network = false}, "");
}

static void what_is_not_durable_is_lost(void **state)
{
    (void)state;
    edit("1", "");
    suite->commit(suite->ctx);
    edit("2", "");
    suite->crash(suite->ctx);
    assert_int_equal(held_of(&a).head.rev, 1);
    edit("4", "");
    suite->rollback(suite->ctx);
    assert_rows((struct c2c_rows_query){.network = false}, "po:1 ");
    edit("5", "");
    suite->commit(suite->ctx);
    suite->crash(suite->ctx);
    assert_rows((struct c2c_rows_query){.network = false}, "po:1 po:5 ");
}

static void forgotten_deletions_raise_the_floor(void **state)
{
    struct c2c_held held;

    (void)state;
    if (suite->forget_deletions == NULL) {
        skip();
    }
    edit("12", "");
    edit("", "1");
    edit("", "2");
    suite->forget_deletions(suite->ctx, &a.id, 2);
    held = held_of(&a);
    assert_int_equal(held.floor_rev, 2);
    assert_true(held.floor_seq > 0 && held.floor_seq < held.seq);
    assert_gone((struct c2c_rows_query){.since_rev = 1}, "po:2 ");
}

static void a_full_state_is_a_floor(void **state)
{
    struct c2c_held held;
    struct c2c_buf head;

    (void)state;
    edit("12", "");
    edit("", "1");
    held = held_of(&a);
    c2c_buf_init(&head, C2C_MAX_HEAD_BYTES);
    assert_ok(r.ops->head(r.ctx, &a.id, &head));
    assert_ok(r.ops->begin(r.ctx));
    assert_ok(r.ops->put_head(r.ctx, &a.id, &held.head, c2c_buf_view(&head),
                              NULL, true));
    assert_ok(r.ops->keep(r.ctx));
    assert_int_equal(held_of(&a).floor_rev, 2);
    assert_int_equal(held_of(&a).floor_seq, held_of(&a).seq);
    assert_true(held_of(&a).seq > held.seq);
    assert_false(held_of(&a).has_opening);
    assert_gone((struct c2c_rows_query){.since_rev = 2}, "");
    c2c_buf_fini(&head);
}

static enum c2c_err count_keyset(void *ctx, struct c2c_view bytes)
{
    struct c2c_keyset keyset;

    assert_ok(c2c_keyset_peek(bytes, &keyset));
    *(uint64_t *)ctx = *(uint64_t *)ctx * 10 + keyset.n;
    return C2C_E_OK;
}

static void keysets_come_from_the_number_asked_for(void **state)
{
    struct c2c_keyset newest;
    uint64_t digits = 0;

    (void)state;
    edit("1", "");
    author_rotate(&a, &r, NOW_S);
    author_rotate(&a, &r, NOW_S);
    assert_ok(r.ops->keysets(r.ctx, &a.id, 2, count_keyset, &digits));
    assert_int_equal(digits, 23);
    assert_ok(r.ops->keyset(r.ctx, &a.id, &newest));
    assert_true(c2c_hash_eq(&newest.hash, &a.keyset.hash));
    assert_int_equal(newest.n_keys, 1);
}

static void a_forgotten_city_leaves_nothing(void **state)
{
    struct c2c_held held;

    (void)state;
    edit("12", "");
    author_write(&b, &r, 1, NOW_S);
    assert_ok(r.ops->begin(r.ctx));
    assert_ok(r.ops->forget(r.ctx, &a.id));
    assert_ok(r.ops->keep(r.ctx));
    assert_err(r.ops->held(r.ctx, &a.id, &held), C2C_E_NOT_FOUND);
    assert_rows((struct c2c_rows_query){.network = true}, "");
    assert_ok(r.ops->held(r.ctx, &b.id, &held));
}

/* Stage a record of @key. */
static void stage(const struct c2c_hash *owner, const struct c2c_hash *content,
                  unsigned key)
{
    const struct c2c_slot slot = {C2C_AUDIENCE_PUBLIC,
                                  c2c_view_str("office"),
                                  {{0x01, 0x90, [15] = (uint8_t)key}}};
    struct c2c_buf bytes;

    c2c_buf_init(&bytes, C2C_MAX_RECORD_BYTES);
    assert_ok(r.ops->row(r.ctx, &a.id, &slot, &bytes));
    {
        const struct c2c_put put = {C2C_AUDIENCE_PUBLIC, c2c_buf_view(&bytes)};

        assert_ok(r.ops->stage(r.ctx, owner, content, &put));
    }
    c2c_buf_fini(&bytes);
}

static enum c2c_err add_put(void *ctx, const struct c2c_put *put)
{
    struct c2c_record record;
    struct c2c_slot slot;

    assert_ok(c2c_record_decode(put->bytes, &record));
    slot = (struct c2c_slot){put->audience, record.type, record.key};
    add_found(ctx, &slot);
    return C2C_E_OK;
}

static void staging_is_apart_for_each_owner(void **state)
{
    const struct c2c_hash content = {{7}};
    struct found found = {""};
    uint64_t bytes;
    uint64_t count;

    (void)state;
    edit("124", "");
    stage(&a.id, &content, 4);
    stage(&a.id, &content, 1);
    stage(&b.id, &content, 2);
    assert_ok(r.ops->staged(r.ctx, &a.id, &content, &bytes, &count));
    assert_int_equal(count, 2);
    assert_true(bytes > 40);
    assert_ok(r.ops->each_staged(r.ctx, &a.id, &content, add_put, &found));
    assert_string_equal(found.text, "po:1 po:4 ");
    assert_ok(r.ops->unstage(r.ctx, &a.id));
    assert_ok(r.ops->staged(r.ctx, &a.id, &content, &bytes, &count));
    assert_int_equal(count, 0);
    assert_int_equal(bytes, 0);
    assert_ok(r.ops->staged(r.ctx, &b.id, &content, &bytes, &count));
    assert_int_equal(count, 1);
}

static void cursors_are_kept_by_peer(void **state)
{
    struct c2c_buf buf;

    (void)state;
    c2c_buf_init(&buf, 64);
    assert_ok(
        r.ops->put_cursor(r.ctx, c2c_view_str("one"), c2c_view_str("first")));
    assert_ok(
        r.ops->put_cursor(r.ctx, c2c_view_str("two"), c2c_view_str("other")));
    assert_ok(
        r.ops->put_cursor(r.ctx, c2c_view_str("one"), c2c_view_str("second")));
    suite->commit(suite->ctx);
    suite->crash(suite->ctx);
    assert_ok(r.ops->cursor(r.ctx, c2c_view_str("one"), &buf));
    assert_true(c2c_view_eq_str(c2c_buf_view(&buf), "second"));
    c2c_buf_fini(&buf);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int suite_replica_run(const char *name, const struct suite_replica *under_test)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_known_at_first),
        TEST(a_state_is_held_as_it_was_signed),
        TEST(rows_come_in_slot_order_and_by_what_is_asked),
        TEST(what_was_removed_is_told_until_it_is_put_again),
        TEST(removing_what_is_not_there_says_so),
        TEST(revisions_of_an_earlier_epoch_come_before_all_of_this),
        TEST(each_edit_comes_after_all_before),
        TEST(changes_come_in_their_order_cities_by_id),
        TEST(a_callback_can_stop),
        TEST(undo_takes_everything_back),
        TEST(what_is_not_durable_is_lost),
        TEST(forgotten_deletions_raise_the_floor),
        TEST(a_full_state_is_a_floor),
        TEST(keysets_come_from_the_number_asked_for),
        TEST(a_forgotten_city_leaves_nothing),
        TEST(staging_is_apart_for_each_owner),
        TEST(cursors_are_kept_by_peer),
    };

    suite = under_test;
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
