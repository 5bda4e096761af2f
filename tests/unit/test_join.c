/* An association's answers to requests to join, and what admits a city. */

#include <stdio.h>
#include <string.h>

#include "author.h"
#include "codec/json.h"
#include "node/commit.h"
#include "node/join.h"
#include "node/writer.h"
#include "oom.h"
#include "place.h"
#include "store/joins.h"
#include "store/records.h"
#include "test.h"
#include "trust/membership.h"

enum {
    CITIES = 3
};

static struct place place;
static struct author city[CITIES];
static struct c2c_store *store;
static struct c2c_join_env env;
static struct c2c_list_buf keysets; /* Of city[0]. */

static struct c2c_list_view chain_of(const struct author *a, size_t n)
{
    c2c_list_fini(&keysets);
    c2c_list_init(&keysets, 1 << 16);
    for (size_t i = 0; i < n; i++) {
        assert_ok(c2c_list_put_bin(&keysets, c2c_buf_view(&a->keysets[i])));
    }
    return c2c_list_of(&keysets);
}

static int set_up(void **state)
{
    struct c2c_writer_options options = {.dir = place.dir,
                                         .identity = &place.identity,
                                         .config = &place.config,
                                         .clock = &place.clock};
    struct c2c_writer *writer;
    struct c2c_diag diag = {.code = C2C_E_OK};

    (void)state;
    place_init_lga(&place);
    options.types = place.types;
    assert_ok(c2c_writer_open(&options, &diag, &writer));
    c2c_writer_close(writer);
    assert_ok(c2c_store_open(place.dir, C2C_STORE_WRITE, &store, NULL));
    assert_ok(c2c_store_begin(store));
    for (unsigned i = 0; i < CITIES; i++) {
        author_init(&city[i], i + 1, C2C_CITY);
    }
    c2c_list_init(&keysets, 1 << 16);
    env = (struct c2c_join_env){.store = store,
                                .types = place.types,
                                .identity = &place.identity,
                                .now_s = PLACE_START_S};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    c2c_list_fini(&keysets);
    for (unsigned i = 0; i < CITIES; i++) {
        author_fini(&city[i]);
    }
    c2c_store_rollback(store);
    c2c_store_close(store);
    place_fini(&place);
    return 0;
}

static struct c2c_join_request request_of(const struct author *a)
{
    struct c2c_join_request request = {.lga = place.identity.city,
                                       .keysets = chain_of(a, 1),
                                       .name = c2c_view_str("Oulu"),
                                       .note = c2c_view_str("hello")};

    return request;
}

/* What happened: "pending", "member", "denied", with "+" if it is admitted. */
static const char *ask(const struct author *a, const char *token)
{
    static const char *const names[] = {"pending", "member", "denied"};
    static char text[32];
    struct c2c_join_request request = request_of(a);
    struct c2c_join_reply reply;
    bool admit = true;
    enum c2c_err err;

    request.token = c2c_view_str(token);
    err = c2c_join_answer(&env, &a->id, &request, &reply, &admit);
    (void)snprintf(text, sizeof text, "%s%s",
                   err == C2C_E_OK ? names[reply.state] : c2c_errname(err),
                   err == C2C_E_OK && admit ? "+" : "");
    return text;
}

/* Commit what c2c_join_draft() gives; the slug. */
static const char *admit(const struct author *a, const char *name,
                         const char *kind)
{
    static char slug[64];
    struct c2c_commit_env commit = {.store = store,
                                    .types = place.types,
                                    .identity = &place.identity,
                                    .now_ms = env.now_s * 1000,
                                    .expire_s = 86400,
                                    .rng = &place.rng};
    struct c2c_commit_result result;
    struct c2c_diag diag;
    struct c2c_draft draft;
    struct c2c_doc *doc;
    size_t at;

    assert_ok(c2c_cities_find(store, &place.identity.city, &commit.city));
    assert_ok(c2c_doc_new(&doc));
    assert_ok(c2c_join_draft(&env, &a->id, c2c_view_str(name),
                             c2c_view_str(kind), doc, &draft));
    assert_ok(c2c_commit_apply(&commit, &draft, 1, &diag, &at, &result));
    assert_int_equal(draft.state, C2C_DRAFT_NEW);
    (void)snprintf(slug, sizeof slug, "%s", draft.final_slug);
    c2c_doc_free(doc);
    return slug;
}

static void invite(const char *token, uint64_t expires_s)
{
    const struct c2c_invite invite = {.token =
                                          c2c_join_token(c2c_view_str(token)),
                                      .expires_s = expires_s};

    assert_ok(c2c_invites_add(store, &invite));
}

static void a_city_waits_until_it_is_admitted(void **state)
{
    struct c2c_joining joining;
    struct c2c_join_record member;

    (void)state;
    assert_string_equal(ask(&city[0], ""), "pending");
    env.now_s += 60;
    assert_string_equal(ask(&city[0], ""), "pending");
    assert_ok(c2c_joins_get(store, &city[0].id, &joining));
    assert_int_equal(joining.since_s, PLACE_START_S);
    assert_int_equal(joining.asked_s, PLACE_START_S + 60);
    assert_err(c2c_join_member(&env, &city[0].id, &member), C2C_E_NOT_FOUND);
    assert_string_equal(admit(&city[0], "Oulu", ""), "oulu");
    assert_string_equal(ask(&city[0], ""), "member");
    assert_ok(c2c_join_member(&env, &city[0].id, &member));
    assert_int_equal(member.since_s, PLACE_START_S + 60);
    assert_string_equal(ask(&city[1], ""), "pending"); /* Not the others. */
}

static void a_denied_city_is_told(void **state)
{
    (void)state;
    assert_string_equal(ask(&city[0], ""), "pending");
    assert_ok(c2c_joins_deny(store, &city[0].id));
    assert_string_equal(ask(&city[0], ""), "denied");
    env.now_s += 1;
    assert_string_equal(ask(&city[0], ""), "denied"); /* Again and again. */
    invite("second-thoughts", PLACE_START_S + 10);
    assert_string_equal(ask(&city[0], "second-thoughts"), "member+");
}

static void an_invitation_admits_one_city(void **state)
{
    struct c2c_joining joining;

    (void)state;
    invite("good", PLACE_START_S + 10);
    invite("old", PLACE_START_S);
    assert_string_equal(ask(&city[0], "old"), "pending");
    assert_string_equal(ask(&city[0], "Good"), "pending");
    assert_string_equal(ask(&city[0], "good"), "member+");
    assert_err(c2c_joins_get(store, &city[0].id, &joining), C2C_E_NOT_FOUND);
    assert_string_equal(ask(&city[1], "good"), "pending");
    (void)admit(&city[0], "Oulu", "");
    assert_string_equal(ask(&city[0], "good"), "member");
}

static void an_invitation_is_not_spent_on_a_member(void **state)
{
    (void)state;
    (void)admit(&city[0], "Oulu", "");
    invite("good", PLACE_START_S + 10);
    assert_string_equal(ask(&city[0], "good"), "member");
    assert_string_equal(ask(&city[1], "good"), "member+");
}

static void keysets_have_to_be_the_askers(void **state)
{
    struct c2c_join_request request = request_of(&city[1]);
    struct c2c_join_reply reply = {C2C_JOIN_DENIED, 7};
    bool admitted = true;

    (void)state;
    assert_err(c2c_join_answer(&env, &city[0].id, &request, &reply, &admitted),
               C2C_E_BAD_KEYSET);
    request.keysets = chain_of(&city[0], 0);
    assert_err(c2c_join_answer(&env, &city[0].id, &request, &reply, &admitted),
               C2C_E_BAD_KEYSET);
    request.keysets = chain_of(&city[0], 1);
    assert_ok(c2c_list_put_bin(&keysets, c2c_buf_view(&city[1].keysets[0])));
    request.keysets = c2c_list_of(&keysets);
    assert_err(c2c_join_answer(&env, &city[0].id, &request, &reply, &admitted),
               C2C_E_BAD_KEYSET);
    assert_int_equal(reply.state, C2C_JOIN_DENIED); /* Untouched. */
    assert_true(admitted);
}

static void only_the_association_that_is_meant_answers(void **state)
{
    struct c2c_join_request request = request_of(&city[0]);
    struct c2c_join_reply reply;
    bool admitted;

    (void)state;
    request.lga = city[2].id;
    assert_err(c2c_join_answer(&env, &city[0].id, &request, &reply, &admitted),
               C2C_E_NOT_FOUND);
    request.lga = place.identity.city;
    place.identity.keyset.kind = C2C_CITY;
    assert_err(c2c_join_answer(&env, &city[0].id, &request, &reply, &admitted),
               C2C_E_NOT_FOUND);
}

static void fill_queue(size_t n, struct c2c_view keysets_bytes)
{
    for (size_t i = 0; i < n; i++) {
        struct c2c_joining joining = {.keysets = keysets_bytes,
                                      .n_keysets = 1,
                                      .since_s = PLACE_START_S,
                                      .asked_s = PLACE_START_S};

        joining.city.b[0] = (uint8_t)(i >> 8);
        joining.city.b[1] = (uint8_t)i;
        assert_ok(c2c_joins_put(store, &joining));
    }
}

static void the_queue_is_bounded_and_keeps_its_order(void **state)
{
    (void)state;
    fill_queue(C2C_JOIN_PENDING_MAX - 1, c2c_view_str("k"));
    assert_string_equal(ask(&city[0], ""), "pending");
    assert_string_equal(ask(&city[1], ""), "BUSY");
    assert_string_equal(ask(&city[0], ""), "pending"); /* Has its place. */
    env.now_s += C2C_JOIN_LIFE_S;
    assert_string_equal(ask(&city[1], ""), "BUSY");
    env.now_s += 1; /* Nobody has asked again. */
    assert_string_equal(ask(&city[1], ""), "pending");
}

static void the_queue_is_bounded_in_bytes(void **state)
{
    static uint8_t big[1 << 20];

    (void)state;
    fill_queue(C2C_JOIN_PENDING_BYTES >> 20, c2c_view_of(big, sizeof big));
    assert_string_equal(ask(&city[0], ""), "BUSY");
}

static void members_of_one_name_get_slugs_of_their_own(void **state)
{
    char hex[C2C_HASH_HEX];
    char want[64];

    (void)state;
    assert_string_equal(admit(&city[0], "Oulu", ""), "oulu");
    c2c_hash_hex(&city[1].id, hex);
    (void)snprintf(want, sizeof want, "oulu-%.8s", hex);
    assert_string_equal(admit(&city[1], "OULU", ""), want);
    c2c_hash_hex(&city[2].id, hex);
    (void)snprintf(want, sizeof want, "%.16s", hex);
    assert_string_equal(admit(&city[2], "西安", ""), want);
}

static void the_record_says_who_and_how(void **state)
{
    struct c2c_doc *doc;
    struct c2c_draft draft;
    struct c2c_buf text;
    char want[512];
    char hex[C2C_HASH_HEX];

    (void)state;
    c2c_hash_hex(&city[0].id, hex);
    assert_ok(c2c_doc_new(&doc));
    c2c_buf_init(&text, 4096);
    assert_ok(c2c_join_draft(&env, &city[0].id, c2c_view_str("Ou\nlu"),
                             c2c_view_str("lga"), doc, &draft));
    assert_ok(c2c_json_print(draft.body, C2C_JSON_COMPACT, &text));
    assert_ok(c2c_buf_put(&text, "", 1));
    (void)snprintf(want, sizeof want,
                   "{\"city\":\"%s\",\"from\":\"2026-11-30\",\"kind\":\"lga\","
                   "\"name\":{\"und\":\"Ou lu\"}}",
                   hex);
    assert_string_equal(text.p, want);
    assert_err(c2c_join_draft(&env, &city[0].id, c2c_view_str(""),
                              c2c_view_str("king"), doc, &draft),
               C2C_E_SCHEMA);
    c2c_buf_fini(&text);
    c2c_doc_free(doc);
}

static enum c2c_err draft_once(void *arg)
{
    struct c2c_doc *doc = NULL;
    struct c2c_draft draft;
    enum c2c_err err = c2c_doc_new(&doc);

    (void)arg;
    if (err == C2C_E_OK) {
        err = c2c_join_draft(&env, &city[0].id, c2c_view_str("Oulu"),
                             c2c_view_str("full"), doc, &draft);
    }
    c2c_doc_free(doc);
    return err;
}

static enum c2c_err answer_once(void *arg)
{
    struct c2c_join_reply reply;
    bool admitted;

    return c2c_join_answer(&env, &city[1].id, arg, &reply, &admitted);
}

static void every_allocation_may_fail(void **state)
{
    struct c2c_join_request request = request_of(&city[1]);

    (void)state;
    (void)admit(&city[2], "Oulu", "");
    assert_ok(draft_once(NULL)); /* Buffers of the store grow. */
    assert_ok(answer_once(&request));
    /* Without memory for a slug of the name, the id gives one. */
    oom_sweep_lenient(draft_once, NULL);
    oom_sweep(answer_once, &request);
}

#define TEST(FN) cmocka_unit_test_setup_teardown(FN, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_city_waits_until_it_is_admitted),
        TEST(a_denied_city_is_told),
        TEST(an_invitation_admits_one_city),
        TEST(an_invitation_is_not_spent_on_a_member),
        TEST(keysets_have_to_be_the_askers),
        TEST(only_the_association_that_is_meant_answers),
        TEST(the_queue_is_bounded_and_keeps_its_order),
        TEST(the_queue_is_bounded_in_bytes),
        TEST(members_of_one_name_get_slugs_of_their_own),
        TEST(the_record_says_who_and_how),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
