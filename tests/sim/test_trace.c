/* What two or three nodes ask of one another, request by request. */

#include <stdio.h>
#include <string.h>

#include "codec/limits.h"
#include "test.h"
#include "world.h"

enum {
    LOG_MAX = 1 << 16,
    SETTLE_MS = 5000
};

/* A hub and cities that trust and dial it, all of them members. */
struct town {
    struct world *w;
    struct node *hub;
    struct node *city[4];
    size_t n;
    struct c2c_buf log;
};

static struct c2c_replica store(struct node *n)
{
    return memrep_replica(n->store);
}

static void write_to(struct town *t, struct node *n, unsigned key)
{
    const struct c2c_replica r = store(n);

    author_write(&n->author, &r, key, world_now_s(t->w, n));
    if (n->up) {
        world_changed(t->w, n);
    }
}

static void admit(struct town *t, const struct node *city, bool admitted)
{
    const struct c2c_replica r = store(t->hub);

    author_begin(&t->hub->author, &r);
    if (admitted) {
        author_admit(&t->hub->author, &r, &city->author.id, false, 0);
    } else {
        author_expel(&t->hub->author, &r, &city->author.id);
    }
    author_sign(&t->hub->author, &r, world_now_s(t->w, t->hub));
    if (t->hub->up) {
        world_changed(t->w, t->hub);
    }
}

/* @n cities with a record each; only the hub runs. */
static void found(struct town *t, size_t n)
{
    memset(t, 0, sizeof *t);
    t->w = world_new(1);
    t->n = n;
    t->hub = world_add(t->w, C2C_LGA);
    world_trust(t->hub, t->hub);
    c2c_buf_init(&t->log, LOG_MAX);
    for (size_t i = 0; i < n; i++) {
        t->city[i] = world_add(t->w, C2C_CITY);
        world_trust(t->city[i], t->hub);
        world_dial(t->city[i], t->hub);
        write_to(t, t->city[i], 1);
        admit(t, t->city[i], true);
    }
    world_start(t->w, t->hub);
}

static void start_all(struct town *t)
{
    for (size_t i = 0; i < t->n; i++) {
        world_start(t->w, t->city[i]);
    }
    world_run(t->w, SETTLE_MS);
    assert_true(world_agrees(t->w, true));
}

static void listen(struct town *t)
{
    t->w->log = &t->log;
    c2c_buf_clear(&t->log);
}

/* What was said since listen(); whether all agree. */
static void heard(struct town *t, const char *want)
{
    char got[LOG_MAX + 1];

    world_run(t->w, SETTLE_MS);
    memcpy(got, t->log.p == NULL ? (const uint8_t *)"" : t->log.p, t->log.n);
    got[t->log.n] = '\0';
    t->w->log = NULL;
    assert_true(world_agrees(t->w, true));
    assert_string_equal(got, want);
}

static void end(struct town *t)
{
    for (size_t i = 0; i < t->w->n_nodes; i++) {
        world_check_store(t->w, t->w->node[i]);
    }
    world_free(t->w);
    c2c_buf_fini(&t->log);
}

static void a_cold_start_fetches_the_lga_then_everything(void **state)
{
    struct town t;

    (void)state;
    found(&t, 3);
    world_start(t.w, t.city[1]);
    world_start(t.w, t.city[2]);
    world_run(t.w, SETTLE_MS);
    listen(&t);
    world_start(t.w, t.city[0]);
    heard(&t, "C1>H0 hello\n"
              "C1>H0 status\n"
              "C1>H0 changes\n"
              "C1>H0 push\n"
              "C1>H0 feed\n"
              "C2>H0 feed\n"
              "C3>H0 feed\n"
              "C1>H0 range\n"
              "C1>H0 range\n"
              "C1>H0 vector\n"
              "C1>H0 feed\n");
    end(&t);
}

static void a_city_in_sync_asks_for_nothing_but_news(void **state)
{
    struct town t;

    (void)state;
    found(&t, 3);
    start_all(&t);
    listen(&t);
    world_crash(t.w, t.city[0], 100);
    heard(&t, "C1>H0 hello\n"
              "C1>H0 status\n"
              "C1>H0 feed\n"
              "C1>H0 feed\n");
    end(&t);
}

static void what_changed_meanwhile_comes_with_the_cursor(void **state)
{
    struct town t;

    (void)state;
    found(&t, 3);
    start_all(&t);
    world_crash(t.w, t.city[0], 1000);
    write_to(&t, t.city[1], 2);
    write_to(&t, t.city[2], 1);
    world_run(t.w, 500);
    listen(&t);
    heard(&t, "C1>H0 hello\n"
              "C1>H0 status\n"
              "C1>H0 feed\n"
              "C1>H0 feed\n");
    end(&t);
}

static void without_a_cursor_vectors_tell_the_difference(void **state)
{
    struct town t;

    (void)state;
    found(&t, 3);
    start_all(&t);
    world_crash(t.w, t.city[0], 3000);
    write_to(&t, t.city[1], 2);
    world_run(t.w, 500);
    world_backup(t.w, t.hub);
    world_restore(t.w, t.hub, 10);
    world_run(t.w, 1000);
    listen(&t);
    world_run(t.w, 1510);
    heard(&t, "C1>H0 hello\n"
              "C1>H0 status\n"
              "C1>H0 feed\n"
              "C1>H0 changes\n"
              "C1>H0 feed\n"
              "C1>H0 vector\n"
              "C1>H0 changes\n"
              "C1>H0 feed\n");
    end(&t);
}

static void a_refreshed_head_is_found_beside_a_new_one(void **state)
{
    struct town t;
    struct c2c_replica r;

    (void)state;
    found(&t, 3);
    start_all(&t);
    world_crash(t.w, t.city[0], 3000);
    write_to(&t, t.city[1], 2);
    r = store(t.city[2]);
    author_refresh(&t.city[2]->author, &r, world_now_s(t.w, t.city[2]));
    world_changed(t.w, t.city[2]);
    world_run(t.w, 500);
    world_backup(t.w, t.hub);
    world_restore(t.w, t.hub, 10);
    world_run(t.w, 1000);
    listen(&t);
    world_run(t.w, 1510);
    heard(&t, "C1>H0 hello\n"
              "C1>H0 status\n"
              "C1>H0 feed\n"
              "C1>H0 changes\n"
              "C1>H0 feed\n"
              "C1>H0 vector\n"
              "C1>H0 changes\n"
              "C1>H0 vector\n"
              "C1>H0 changes\n"
              "C1>H0 feed\n");
    end(&t);
}

static void a_change_is_pushed_and_comes_by_the_feed(void **state)
{
    struct town t;

    (void)state;
    found(&t, 2);
    start_all(&t);
    listen(&t);
    write_to(&t, t.city[0], 7);
    heard(&t, "C1>H0 push\n"
              "C1>H0 feed\n"
              "C2>H0 feed\n");
    end(&t);
}

static void a_new_member_is_asked_for_and_served(void **state)
{
    struct town t;

    (void)state;
    found(&t, 3);
    admit(&t, t.city[2], false);
    start_all(&t);
    listen(&t);
    admit(&t, t.city[2], true);
    world_run(t.w, 70000); /* It asks every minute whether it is taken. */
    heard(&t, "C3>H0 changes\n"
              "C1>H0 changes\n"
              "C1>H0 feed\n"
              "C2>H0 changes\n"
              "C2>H0 feed\n"
              "C3>H0 feed\n"
              "C3>H0 status\n"
              "C3>H0 vector\n"
              "C3>H0 push\n"
              "C3>H0 changes\n"
              "C1>H0 feed\n"
              "C2>H0 feed\n"
              "C3>H0 feed\n"
              "C3>H0 feed\n"
              "C1>H0 feed\n"
              "C2>H0 feed\n"
              "C3>H0 feed\n");
    end(&t);
}

static void a_rotated_keyset_travels_with_the_head(void **state)
{
    struct town t;
    struct c2c_replica r;

    (void)state;
    found(&t, 2);
    start_all(&t);
    listen(&t);
    r = store(t.city[0]);
    author_rotate(&t.city[0]->author, &r, world_now_s(t.w, t.city[0]));
    world_changed(t.w, t.city[0]);
    heard(&t, "C1>H0 push\n"
              "C1>H0 feed\n"
              "C2>H0 feed\n");
    end(&t);
}

static void a_chain_too_long_for_a_range_is_asked_for_by_itself(void **state)
{
    struct town t;
    struct c2c_replica r;

    (void)state;
    found(&t, 3);
    t.w->max_reply = 5000;
    r = store(t.city[0]);
    for (unsigned i = 0; i < 11; i++) {
        author_rotate(&t.city[0]->author, &r, world_now_s(t.w, t.city[0]));
    }
    world_start(t.w, t.city[0]);
    world_start(t.w, t.city[1]);
    world_run(t.w, SETTLE_MS);
    listen(&t);
    world_start(t.w, t.city[2]);
    heard(&t, "C3>H0 hello\n"
              "C3>H0 status\n"
              "C3>H0 changes\n"
              "C3>H0 push\n"
              "C3>H0 feed\n"
              "C1>H0 feed\n"
              "C2>H0 feed\n"
              "C3>H0 range\n"
              "C3>H0 range\n"
              "C3>H0 keysets\n"
              "C3>H0 range\n"
              "C3>H0 changes\n"
              "C3>H0 vector\n"
              "C3>H0 feed\n");
    end(&t);
}

/* A row of @of is lost, as by a fault of the store. */
static void lose_row(struct node *n, const struct node *of, unsigned key)
{
    const struct c2c_replica r = store(n);
    struct author thief = of->author;

    assert_ok(r.ops->begin(r.ctx));
    author_remove(&thief, &r, C2C_AUDIENCE_PUBLIC, key);
    assert_ok(r.ops->keep(r.ctx));
    memrep_commit(n->store);
}

static void a_state_that_does_not_add_up_is_healed_by_its_leaves(void **state)
{
    struct town t;

    (void)state;
    found(&t, 2);
    write_to(&t, t.city[0], 2);
    start_all(&t);
    lose_row(t.city[1], t.city[0], 2);
    listen(&t);
    write_to(&t, t.city[0], 3);
    heard(&t, "C1>H0 push\n"
              "C1>H0 feed\n"
              "C2>H0 leaves\n"
              "C2>H0 feed\n"
              "C2>H0 records\n");
    end(&t);
}

static void write_large(struct town *t, struct node *n, unsigned records)
{
    const struct c2c_replica r = store(n);

    author_begin(&n->author, &r);
    for (unsigned key = 0; key < records; key++) {
        author_put(&n->author, &r, C2C_AUDIENCE_PUBLIC, key, 60000);
    }
    author_sign(&n->author, &r, world_now_s(t->w, n));
    world_changed(t->w, n);
}

static void a_large_state_goes_in_parts(void **state)
{
    struct town t;

    (void)state;
    found(&t, 2);
    start_all(&t);
    listen(&t);
    write_large(&t, t.city[0], 80);
    heard(&t, "C1>H0 push-part\n"
              "C1>H0 push-part\n"
              "C1>H0 push-part\n"
              "C1>H0 push-part\n"
              "C1>H0 push-part\n"
              "C1>H0 push-part\n"
              "C1>H0 push-part\n"
              "C1>H0 push-part\n"
              "C1>H0 push-part\n"
              "C1>H0 push-part\n"
              "C1>H0 push\n"
              "C1>H0 feed\n"
              "C2>H0 range\n"
              "C2>H0 feed\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n"
              "C2>H0 range\n");
    end(&t);
}

static void an_old_store_recovers_its_own_state_before_it_signs(void **state)
{
    struct town t;

    (void)state;
    found(&t, 2);
    start_all(&t);
    world_backup(t.w, t.city[0]);
    write_to(&t, t.city[0], 2);
    world_run(t.w, SETTLE_MS);
    listen(&t);
    world_restore(t.w, t.city[0], 100);
    world_run(t.w, 101);
    assert_false(world_may_sign(t.city[0]));
    world_run(t.w, SETTLE_MS);
    assert_true(world_may_sign(t.city[0]));
    heard(&t, "C1>H0 hello\n"
              "C1>H0 status\n"
              "C1>H0 feed\n"
              "C1>H0 changes\n"
              "C1>H0 feed\n");
    end(&t);
}

static void hubs_that_share_members_become_equal(void **state)
{
    struct world *w = world_new(1);
    struct node *a = world_add(w, C2C_LGA);
    struct node *b = world_add(w, C2C_LGA);
    struct node *city = world_add(w, C2C_CITY);
    struct town t = {.w = w, .hub = a};

    (void)state;
    c2c_buf_init(&t.log, LOG_MAX);
    world_trust(a, a);
    world_trust(b, a); /* The same members. */
    world_trust(city, a);
    admit(&t, b, true);
    admit(&t, city, true);
    write_to(&t, b, 1);
    write_to(&t, city, 1);
    world_dial(a, b);
    world_dial(b, a);
    world_dial(city, b);
    world_start(w, a);
    world_start(w, b);
    listen(&t);
    world_start(w, city);
    world_run(w, 70000);
    heard(&t, "H1>H0 hello\n"
              "H1>H0 status\n"
              "C2>H1 hello\n"
              "C2>H1 status\n"
              "H1>H0 changes\n"
              "H1>H0 push\n"
              "C2>H1 changes\n"
              "C2>H1 feed\n"
              "H1>H0 feed\n"
              "C2>H1 vector\n"
              "H1>H0 vector\n"
              "C2>H1 changes\n"
              "H1>H0 feed\n"
              "C2>H1 vector\n"
              "C2>H1 status\n"
              "C2>H1 changes\n"
              "C2>H1 push\n"
              "C2>H1 feed\n"
              "C2>H1 feed\n"
              "H0>H1 hello\n"
              "H0>H1 status\n"
              "H0>H1 changes\n"
              "H0>H1 feed\n"
              "H0>H1 vector\n"
              "H0>H1 changes\n"
              "H0>H1 feed\n"
              "H1>H0 feed\n"
              "C2>H1 feed\n");
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cold_start_fetches_the_lga_then_everything),
        cmocka_unit_test(a_city_in_sync_asks_for_nothing_but_news),
        cmocka_unit_test(what_changed_meanwhile_comes_with_the_cursor),
        cmocka_unit_test(without_a_cursor_vectors_tell_the_difference),
        cmocka_unit_test(a_refreshed_head_is_found_beside_a_new_one),
        cmocka_unit_test(a_change_is_pushed_and_comes_by_the_feed),
        cmocka_unit_test(a_new_member_is_asked_for_and_served),
        cmocka_unit_test(a_rotated_keyset_travels_with_the_head),
        cmocka_unit_test(a_chain_too_long_for_a_range_is_asked_for_by_itself),
        cmocka_unit_test(a_state_that_does_not_add_up_is_healed_by_its_leaves),
        cmocka_unit_test(a_large_state_goes_in_parts),
        cmocka_unit_test(an_old_store_recovers_its_own_state_before_it_signs),
        cmocka_unit_test(hubs_that_share_members_become_equal),
    };

    return cmocka_run_group_tests_name("sim/trace", tests, NULL, NULL);
}
