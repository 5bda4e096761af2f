/* Hubs that were joined; requests to join and invitations. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oom.h"
#include "store/hubs.h"
#include "store/joins.h"
#include "store/store.h"
#include "test.h"

struct fixture {
    char dir[64];
    struct c2c_store *store;
    char seen[1024]; /* What a walk met. */
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    (void)snprintf(f->dir, sizeof f->dir, "joins-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    assert_ok(c2c_store_open(f->dir, C2C_STORE_CREATE, &f->store, NULL));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    char command[128];

    c2c_store_close(f->store);
    (void)snprintf(command, sizeof command, "rm -rf %s", f->dir);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

static struct c2c_hash hash_of(uint8_t byte)
{
    struct c2c_hash hash;

    memset(hash.b, byte, sizeof hash.b);
    return hash;
}

static void note(struct fixture *f, const char *text)
{
    size_t n = strlen(f->seen);

    (void)snprintf(f->seen + n, sizeof f->seen - n, "%s;", text);
}

static enum c2c_err see_hub(void *ctx, const struct c2c_hub *hub)
{
    char text[512];

    (void)snprintf(text, sizeof text, "%.*s %02x %.*s|%.*s|%.*s %llu",
                   (int)hub->url.n, (const char *)hub->url.p, hub->lga.b[31],
                   (int)hub->name.n, (const char *)hub->name.p,
                   (int)hub->note.n, (const char *)hub->note.p,
                   (int)hub->token.n, (const char *)hub->token.p,
                   (unsigned long long)hub->since_s);
    note(ctx, text);
    return C2C_E_OK;
}

static enum c2c_err see_joining(void *ctx, const struct c2c_joining *j)
{
    static const char *const names[] = {"", " denied", " revoked"};
    char text[512];

    (void)snprintf(text, sizeof text, "%02x %.*s/%llu %.*s|%.*s %llu-%llu%s",
                   j->city.b[31], (int)j->keysets.n, (const char *)j->keysets.p,
                   (unsigned long long)j->n_keysets, (int)j->name.n,
                   (const char *)j->name.p, (int)j->note.n,
                   (const char *)j->note.p, (unsigned long long)j->since_s,
                   (unsigned long long)j->asked_s, names[j->state]);
    note(ctx, text);
    return C2C_E_OK;
}

static enum c2c_err see_invite(void *ctx, const struct c2c_invite *invite)
{
    char text[512];

    (void)snprintf(text, sizeof text, "%02x %.*s %llu %llu %02x",
                   invite->token.b[31], (int)invite->name.n,
                   (const char *)invite->name.p,
                   (unsigned long long)invite->expires_s,
                   (unsigned long long)invite->used_s, invite->city.b[31]);
    note(ctx, text);
    return C2C_E_OK;
}

static void see_joins(struct fixture *f, const char *want)
{
    f->seen[0] = '\0';
    assert_ok(c2c_joins_each(f->store, see_joining, f));
    assert_string_equal(f->seen, want);
}

static void see_invites(struct fixture *f, const char *want)
{
    f->seen[0] = '\0';
    assert_ok(c2c_invites_each(f->store, see_invite, f));
    assert_string_equal(f->seen, want);
}

static void hubs_are_kept_by_url(void **state)
{
    struct fixture *f = *state;
    struct c2c_hub hub = {.url = c2c_view_str("tcp://b:1"),
                          .lga = hash_of(0xb1),
                          .name = c2c_view_str("B"),
                          .note = c2c_view_str("hello"),
                          .token = c2c_view_str("tok"),
                          .since_s = 7};
    struct c2c_hub other = {.url = c2c_view_str("tcp://a:1"),
                            .lga = hash_of(0xa1),
                            .since_s = 8};

    assert_ok(c2c_hubs_add(f->store, &hub));
    assert_ok(c2c_hubs_add(f->store, &other));
    assert_ok(c2c_hubs_each(f->store, see_hub, f));
    assert_string_equal(f->seen, "tcp://a:1 a1 || 8;"
                                 "tcp://b:1 b1 B|hello|tok 7;");
    hub.lga = hash_of(0xb2);
    hub.token = c2c_view_str("");
    assert_ok(c2c_hubs_add(f->store, &hub));
    assert_ok(c2c_hubs_remove(f->store, other.url));
    assert_err(c2c_hubs_remove(f->store, other.url), C2C_E_NOT_FOUND);
    f->seen[0] = '\0';
    assert_ok(c2c_hubs_each(f->store, see_hub, f));
    assert_string_equal(f->seen, "tcp://b:1 b2 B|hello| 7;");
}

static struct c2c_joining asking(uint8_t city, uint64_t when_s)
{
    struct c2c_joining j = {.city = hash_of(city),
                            .keysets = c2c_view_str("kk"),
                            .n_keysets = 2,
                            .name = c2c_view_str("Zürich"),
                            .note = c2c_view_str("hi"),
                            .since_s = when_s,
                            .asked_s = when_s};

    return j;
}

static void asking_again_replaces_the_request(void **state)
{
    struct fixture *f = *state;
    struct c2c_joining first = asking(1, 10);
    struct c2c_joining second = asking(2, 11);
    struct c2c_joining got;
    struct c2c_hash nobody = hash_of(0xff);
    uint64_t count = 99;
    uint64_t bytes = 99;

    assert_ok(c2c_joins_sum(f->store, &nobody, &count, &bytes));
    assert_int_equal(count, 0);
    assert_int_equal(bytes, 0);
    assert_ok(c2c_joins_put(f->store, &second));
    assert_ok(c2c_joins_put(f->store, &first));
    first.asked_s = 50;
    first.name = c2c_view_str("Z");
    first.keysets = c2c_view_str("kkk");
    first.n_keysets = 3;
    assert_ok(c2c_joins_put(f->store, &first));
    see_joins(f, "01 kkk/3 Z|hi 10-50;02 kk/2 Zürich|hi 11-11;");
    assert_ok(c2c_joins_sum(f->store, &nobody, &count, &bytes));
    assert_int_equal(count, 2);
    assert_int_equal(bytes, 3 + 1 + 2 + 2 + 7 + 2); /* Bytes, not letters. */
    assert_ok(c2c_joins_sum(f->store, &second.city, &count, &bytes));
    assert_int_equal(count, 1);
    assert_int_equal(bytes, 3 + 1 + 2);
    assert_ok(c2c_joins_get(f->store, &first.city, &got));
    assert_int_equal(got.since_s, 10);
    assert_int_equal(got.asked_s, 50);
    assert_int_equal(got.name.n, 0);
    first.city = hash_of(9);
    assert_err(c2c_joins_get(f->store, &first.city, &got), C2C_E_NOT_FOUND);
}

static void a_denied_city_stays_denied_and_is_not_counted(void **state)
{
    struct fixture *f = *state;
    struct c2c_joining one = asking(1, 10);
    struct c2c_hash stranger = hash_of(9);
    struct c2c_hash nobody = hash_of(0xff);
    uint64_t count;
    uint64_t bytes;

    assert_ok(c2c_joins_put(f->store, &one));
    assert_ok(c2c_joins_deny(f->store, &one.city));
    assert_err(c2c_joins_deny(f->store, &stranger), C2C_E_NOT_FOUND);
    see_joins(f, "01 kk/2 Zürich|hi 10-10 denied;");
    assert_ok(c2c_joins_sum(f->store, &nobody, &count, &bytes));
    assert_int_equal(count, 0);
    one.state = C2C_JOINING_REVOKED;
    assert_ok(c2c_joins_put(f->store, &one));
    assert_ok(c2c_joins_expire(f->store, 1000)); /* Only pending ones. */
    see_joins(f, "01 kk/2 Zürich|hi 10-10 revoked;");
    assert_ok(c2c_joins_remove(f->store, &one.city));
    assert_err(c2c_joins_remove(f->store, &one.city), C2C_E_NOT_FOUND);
    see_joins(f, "");
}

static void pending_requests_that_nobody_repeats_expire(void **state)
{
    struct fixture *f = *state;
    struct c2c_joining one = asking(1, 10);
    struct c2c_joining two = asking(2, 12);

    assert_ok(c2c_joins_put(f->store, &one));
    assert_ok(c2c_joins_put(f->store, &two));
    assert_ok(c2c_joins_expire(f->store, 10));
    assert_ok(c2c_joins_expire(f->store, 11));
    see_joins(f, "02 kk/2 Zürich|hi 12-12;");
}

static void an_invitation_admits_one_city_in_time(void **state)
{
    struct fixture *f = *state;
    struct c2c_invite invite = {.token = hash_of(0x71),
                                .name = c2c_view_str("Oulu"),
                                .expires_s = 100};
    struct c2c_hash city = hash_of(1);
    struct c2c_hash unknown = hash_of(0x72);

    assert_ok(c2c_invites_add(f->store, &invite));
    assert_err(c2c_invites_add(f->store, &invite), C2C_E_EXISTS);
    see_invites(f, "71 Oulu 100 0 00;");
    assert_err(c2c_invites_take(f->store, &unknown, &city, 5), C2C_E_NOT_FOUND);
    assert_err(c2c_invites_take(f->store, &invite.token, &city, 100),
               C2C_E_EXPIRED);
    assert_ok(c2c_invites_take(f->store, &invite.token, &city, 99));
    see_invites(f, "71 Oulu 100 99 01;");
    assert_err(c2c_invites_take(f->store, &invite.token, &city, 99),
               C2C_E_EXISTS);
    assert_ok(c2c_invites_expire(f->store, 100));
    see_invites(f, "71 Oulu 100 99 01;");
    assert_ok(c2c_invites_expire(f->store, 101));
    see_invites(f, "");
}

static enum c2c_err stop(void *ctx, const struct c2c_joining *joining)
{
    (void)joining;
    (*(unsigned *)ctx)++;
    return C2C_E_BUSY;
}

static void a_walk_stops_at_the_first_error(void **state)
{
    struct fixture *f = *state;
    struct c2c_joining one = asking(1, 10);
    struct c2c_joining two = asking(2, 12);
    unsigned n = 0;

    assert_ok(c2c_joins_put(f->store, &one));
    assert_ok(c2c_joins_put(f->store, &two));
    assert_err(c2c_joins_each(f->store, stop, &n), C2C_E_BUSY);
    assert_int_equal(n, 1);
}

/* Open, write and read all of it. */
static enum c2c_err use_all(void *arg)
{
    struct fixture *f = arg;
    const struct c2c_hub hub = {.url = c2c_view_str("tcp://a:1")};
    const struct c2c_joining one = asking(1, 10);
    struct c2c_store *store = NULL;
    enum c2c_err err = c2c_store_open(f->dir, C2C_STORE_WRITE, &store, NULL);

    if (err == C2C_E_OK) {
        err = c2c_hubs_add(store, &hub);
    }
    if (err == C2C_E_OK) {
        err = c2c_joins_put(store, &one);
    }
    if (err == C2C_E_OK) {
        f->seen[0] = '\0';
        err = c2c_joins_each(store, see_joining, f);
    }
    if (err == C2C_E_OK) {
        err = c2c_hubs_each(store, see_hub, f);
    }
    c2c_store_close(store);
    return err;
}

static void every_allocation_may_fail(void **state)
{
    oom_sweep(use_all, *state);
}

#define TEST(FN) cmocka_unit_test_setup_teardown(FN, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hubs_are_kept_by_url),
        TEST(asking_again_replaces_the_request),
        TEST(a_denied_city_stays_denied_and_is_not_counted),
        TEST(pending_requests_that_nobody_repeats_expire),
        TEST(an_invitation_admits_one_city_in_time),
        TEST(a_walk_stops_at_the_first_error),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
