/* Who is admitted, and why (PROTOCOL "Membership"). */

#include "sync/roster.h"

#include "author.h"
#include "codec/limits.h"
#include "memrep.h"
#include "test.h"
#include "wire/vector.h"

enum {
    NOW_S = 1700000000
};

/* @lga is trusted and lists @member and @second; @second, an association too,
 * lists @guest and @third; @third, one as well, lists @far. */
static struct author self, lga, member, second, guest, third, far;
static struct memrep *m;
static struct c2c_replica r;
static struct c2c_roster *roster;

/* @followed NULL: nobody. */
static void build(const struct author *followed)
{
    const struct c2c_roster_options options = {
        .self = self.id,
        .lgas = &lga.id,
        .n_lgas = 1,
        .follows = followed == NULL ? NULL : &followed->id,
        .n_follows = followed == NULL ? 0 : 1};

    c2c_roster_free(roster);
    roster = NULL;
    assert_ok(c2c_roster_new(&options, &r, &roster));
}

static void list(struct author *by, const struct author *city, bool as_lga,
                 uint64_t quota)
{
    author_begin(by, &r);
    author_admit(by, &r, &city->id, as_lga, quota);
    author_sign(by, &r, NOW_S);
}

static int set_up(void **state)
{
    struct author *const all[] = {&self,  &lga,   &member, &second,
                                  &guest, &third, &far};

    (void)state;
    m = memrep_new(1);
    r = memrep_replica(m);
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
        bool is_lga = all[i] == &lga || all[i] == &second || all[i] == &third;

        author_init(all[i], i + 1, is_lga ? C2C_LGA : C2C_CITY);
    }
    list(&lga, &member, false, 0);
    list(&lga, &second, true, 0);
    list(&second, &guest, false, 7);
    list(&second, &third, true, 0);
    list(&third, &far, false, 0);
    build(NULL);
    return 0;
}

static int tear_down(void **state)
{
    struct author *const all[] = {&self,  &lga,   &member, &second,
                                  &guest, &third, &far};

    (void)state;
    c2c_roster_free(roster);
    roster = NULL;
    memrep_free(m);
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
        author_fini(all[i]);
    }
    return 0;
}

static unsigned why(const struct author *city)
{
    const struct c2c_roster_entry *e = c2c_roster_find(roster, &city->id);

    return e == NULL ? 0 : e->why;
}

static void associations_bring_their_members_in_one_level_deep(void **state)
{
    (void)state;
    assert_int_equal(why(&self), C2C_ADMIT_SELF);
    assert_int_equal(why(&lga), C2C_ADMIT_LGA);
    assert_int_equal(why(&member), C2C_ADMIT_MEMBER);
    assert_int_equal(why(&second), C2C_ADMIT_MEMBER | C2C_ADMIT_LGA);
    assert_int_equal(why(&guest), C2C_ADMIT_MEMBER);
    assert_int_equal(why(&third), C2C_ADMIT_MEMBER); /* Brings nobody in. */
    assert_int_equal(why(&far), 0);
    assert_int_equal(c2c_roster_count(roster), 6);
}

static void who_is_only_followed_sees_no_network_audience(void **state)
{
    (void)state;
    assert_false(c2c_roster_sees_network(roster, &far.id));
    build(&far);
    assert_int_equal(why(&far), C2C_ADMIT_FOLLOWED);
    assert_false(c2c_roster_sees_network(roster, &far.id));
    build(&member);
    assert_int_equal(why(&member), C2C_ADMIT_FOLLOWED | C2C_ADMIT_MEMBER);
    assert_true(c2c_roster_sees_network(roster, &member.id));
    assert_true(c2c_roster_sees_network(roster, &third.id));
    assert_true(c2c_roster_sees_network(roster, &self.id));
}

static void the_largest_quota_counts(void **state)
{
    (void)state;
    assert_int_equal(c2c_roster_find(roster, &guest.id)->max_records, 7);
    list(&lga, &guest, false, 9);
    build(NULL);
    assert_int_equal(c2c_roster_find(roster, &guest.id)->max_records, 9);
    assert_int_equal(c2c_roster_find(roster, &member.id)->max_records,
                     C2C_MAX_QUOTA_RECORDS);
    assert_int_equal(c2c_roster_find(roster, &lga.id)->max_records,
                     C2C_MAX_CITY_RECORDS);
}

static void a_city_that_left_is_not_in_the_next_roster(void **state)
{
    struct c2c_hash before = c2c_roster_hash(roster);
    struct c2c_hash after;

    (void)state;
    author_begin(&lga, &r);
    author_expel(&lga, &r, &second.id);
    author_sign(&lga, &r, NOW_S);
    assert_true(why(&guest) != 0); /* A roster does not change. */
    build(NULL);
    assert_int_equal(why(&second), 0);
    assert_int_equal(why(&guest), 0);
    assert_true(why(&member) != 0);
    after = c2c_roster_hash(roster);
    assert_false(c2c_hash_eq(&before, &after));
}

/* The LGA, then its members by id; the hash is that of the list. */
static void the_cities_of_an_association_have_an_order(void **state)
{
    struct c2c_hash members = {{0}};
    struct c2c_hash want = {{0}};
    size_t n = c2c_roster_lga(roster, &lga.id, &members);

    (void)state;
    assert_int_equal(n, 3);
    assert_true(c2c_hash_eq(c2c_roster_lga_city(roster, &lga.id, 0), &lga.id));
    assert_true(c2c_hash_cmp(c2c_roster_lga_city(roster, &lga.id, 1),
                             c2c_roster_lga_city(roster, &lga.id, 2)) < 0);
    for (size_t i = 0; i < n; i++) {
        c2c_vector_add_id(&want, c2c_roster_lga_city(roster, &lga.id, i));
    }
    assert_true(c2c_hash_eq(&members, &want));
    assert_int_equal(c2c_roster_lga(roster, &third.id, &members), 0);
    assert_int_equal(c2c_roster_lga(roster, &member.id, &members), 0);
}

static bool in_scope(const struct author *listed, const struct author *city)
{
    struct c2c_list_buf scope;
    bool found;

    c2c_list_init(&scope, 64);
    assert_ok(c2c_list_put_hash(&scope, &listed->id));
    found = c2c_roster_in_scope(roster, c2c_list_of(&scope), &city->id);
    c2c_list_fini(&scope);
    return found;
}

static void an_associations_id_stands_for_its_members_too(void **state)
{
    (void)state;
    assert_true(in_scope(&lga, &lga));
    assert_true(in_scope(&lga, &member));
    assert_true(in_scope(&lga, &second));
    assert_false(in_scope(&lga, &guest)); /* Of the other association. */
    assert_true(in_scope(&second, &guest));
    assert_true(in_scope(&member, &member));
    assert_false(in_scope(&member, &lga));
    assert_false(in_scope(&third, &far));
}

static void no_association_has_more_members_than_a_vector(void **state)
{
    struct c2c_hash members = {{0}};
    struct c2c_hash city = {{0}};

    (void)state;
    author_begin(&lga, &r);
    for (unsigned i = 0; i <= C2C_MAX_LGA_MEMBERS; i++) {
        city.b[0] = (uint8_t)i;
        city.b[1] = (uint8_t)(i >> 8);
        author_admit(&lga, &r, &city, false, 0);
    }
    author_sign(&lga, &r, NOW_S);
    build(NULL);
    assert_int_equal(c2c_roster_lga(roster, &lga.id, &members),
                     C2C_MAX_LGA_MEMBERS + 1);
}

static void other_records_make_no_members(void **state)
{
    (void)state;
    author_begin(&lga, &r);
    author_put(&lga, &r, C2C_AUDIENCE_PUBLIC, 5, 40);
    author_sign(&lga, &r, NOW_S);
    build(NULL);
    assert_int_equal(c2c_roster_count(roster), 6);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(associations_bring_their_members_in_one_level_deep),
        TEST(who_is_only_followed_sees_no_network_audience),
        TEST(the_largest_quota_counts),
        TEST(a_city_that_left_is_not_in_the_next_roster),
        TEST(the_cities_of_an_association_have_an_order),
        TEST(an_associations_id_stands_for_its_members_too),
        TEST(no_association_has_more_members_than_a_vector),
        TEST(other_records_make_no_members),
    };

    return cmocka_run_group_tests_name("sync/roster", tests, NULL, NULL);
}
