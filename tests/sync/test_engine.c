/* The engine against a hub that answers at once, for an hour of virtual time:
 * how often does it ask? */

#include <string.h>

#include "author.h"
#include "codec/limits.h"
#include "memrep.h"
#include "prop.h"
#include "sync/engine.h"
#include "sync/provide.h"
#include "test.h"
#include "wire/push.h"

enum {
    START_S = 1700000000,
    HOUR_MS = 3600 * 1000,
    QUEUE = 16,
    TOO_OFTEN = 2000 /* Requests in an hour. */
};

struct side {
    struct memrep *memory;
    struct c2c_replica replica;
    struct author author;
    struct c2c_roster *roster;
};

static struct side hub;
static struct side city;
static struct c2c_hash lga; /* That both trust. */
static struct c2c_engine *engine;
static struct prop prop;
static struct c2c_rng rng;
static uint64_t now_ms;
static uint64_t wake_ms;
static unsigned requests;
static bool lies_about_pushes;
static bool waits; /* For feeds. */
static unsigned joins;
static bool is_busy; /* For the first of them. */

/* On its way to the hub. */
static struct {
    uint64_t tag;
    struct c2c_buf body;
    uint64_t due_ms;
} queue[QUEUE];
static size_t n_queue;

static void build_roster(struct side *side)
{
    const struct c2c_roster_options options = {.self = side->author.id,
                                               .lgas = &lga,
                                               .n_lgas = 1};
    struct c2c_roster *roster;

    assert_ok(c2c_roster_new(&options, &side->replica, &roster));
    side->roster = roster;
}

static void step(struct c2c_event *event)
{
    struct c2c_roster *before = city.roster;
    struct c2c_actions actions;
    bool connect;
    bool rebuild;

    event->now_ms = now_ms;
    assert_ok(c2c_engine_step(engine, event, &actions));
    for (size_t i = 0; i < actions.n_sends; i++) {
        assert_true(n_queue < QUEUE);
        queue[n_queue].tag = actions.sends[i].tag;
        queue[n_queue].due_ms = now_ms;
        c2c_buf_init(&queue[n_queue].body, C2C_MAX_REQUEST_BYTES);
        assert_ok(c2c_buf_put(&queue[n_queue].body, actions.sends[i].body.p,
                              actions.sends[i].body.n));
        n_queue++;
    }
    wake_ms = actions.wake_ms;
    connect = actions.n_connects > 0;
    rebuild = actions.roster_changed;
    if (rebuild) {
        struct c2c_event roster = {.type = C2C_EV_ROSTER};

        build_roster(&city);
        roster.roster = city.roster;
        step(&roster);
        c2c_roster_free(before);
    }
    if (connect) {
        for (size_t i = 0; i < n_queue; i++) {
            c2c_buf_fini(&queue[i].body);
        }
        n_queue = 0;
        step(&(struct c2c_event){.type = C2C_EV_CONNECTED});
    }
}

static void answer_join(struct c2c_buf *reply)
{
    const struct c2c_join_reply pending = {C2C_JOIN_PENDING, START_S};
    const struct c2c_view nothing = {NULL, 0};
    struct c2c_buf body;

    if (joins++ == 0 && is_busy) {
        assert_ok(c2c_msg_refusal_encode(C2C_E_BUSY, NULL, nothing, reply));
        return;
    }
    c2c_buf_init(&body, 256);
    assert_ok(c2c_join_reply_encode(&pending, &body));
    assert_ok(c2c_msg_reply_encode(c2c_buf_view(&body), reply));
    c2c_buf_fini(&body);
}

/* What the hub says; false: not yet. */
static bool answer(const struct c2c_msg_request *request, bool may_park,
                   struct c2c_buf *reply)
{
    const struct c2c_provide_env env = {.replica = &hub.replica,
                                        .roster = hub.roster,
                                        .self = hub.author.id,
                                        .roles = C2C_ROLE_HUB,
                                        .now_s = now_ms / 1000};
    const struct c2c_asker asker = {.city = city.author.id};
    const struct c2c_stored nothing = {.epoch = 0};
    struct c2c_parked parked;
    struct c2c_buf stored;

    if (lies_about_pushes && request->kind == C2C_MSG_PUSH) {
        c2c_buf_init(&stored, 256);
        assert_ok(c2c_stored_encode(&nothing, &stored));
        assert_ok(c2c_msg_reply_encode(c2c_buf_view(&stored), reply));
        c2c_buf_fini(&stored);
        return true;
    }
    if (request->kind == C2C_MSG_JOIN) {
        answer_join(reply);
        return true;
    }
    assert_ok(c2c_provide(&env, &asker, request, may_park, reply, &parked));
    return !parked.parked;
}

/* The hub answers the request at @i of the queue, or lets it wait. */
static void serve(size_t i)
{
    struct c2c_event event = {.type = C2C_EV_REPLY, .tag = queue[i].tag};
    bool waited = queue[i].due_ms > 0 && queue[i].due_ms <= now_ms && waits;
    struct c2c_buf request = queue[i].body;
    struct c2c_msg_request decoded;
    struct c2c_buf reply;

    c2c_buf_init(&reply, C2C_MAX_REPLY_BYTES);
    assert_ok(c2c_msg_request_decode(c2c_buf_view(&request), &decoded));
    if (!answer(&decoded, waited && decoded.max_bytes > 0, &reply)) {
        queue[i].due_ms = 0; /* Until time is over. */
        c2c_buf_fini(&reply);
        return;
    }
    queue[i] = queue[--n_queue];
    requests++;
    event.body = c2c_buf_view(&reply);
    step(&event);
    c2c_buf_fini(&reply);
    c2c_buf_fini(&request);
}

static bool serve_one(void)
{
    for (size_t i = 0; i < n_queue; i++) {
        if (queue[i].due_ms != 0) {
            serve(i);
            return true;
        }
    }
    return false;
}

/* Everything of an hour; feeds that wait do so until they have to end. */
static void run_for_an_hour(void)
{
    uint64_t end_ms = now_ms + HOUR_MS;

    step(&(struct c2c_event){.type = C2C_EV_TICK});
    while (now_ms < end_ms && requests <= TOO_OFTEN) {
        uint64_t feed_ms = now_ms + C2C_MAX_WAIT_S * 1000;

        if (serve_one()) {
            continue;
        }
        if (n_queue > 0 && feed_ms < wake_ms) {
            bool waited = waits;

            now_ms = feed_ms;
            waits = false;
            queue[0].due_ms = now_ms;
            serve(0);
            waits = waited;
        } else {
            now_ms = wake_ms > now_ms ? wake_ms : now_ms + 1;
            step(&(struct c2c_event){.type = C2C_EV_TICK});
        }
    }
    assert_in_range(requests, 1, TOO_OFTEN);
}

static void side_init(struct side *side, unsigned number,
                      enum c2c_city_kind kind)
{
    side->memory = memrep_new(number);
    side->replica = memrep_replica(side->memory);
    author_init(&side->author, number, kind);
}

static void side_fini(struct side *side)
{
    c2c_roster_free(side->roster);
    memrep_free(side->memory);
    author_fini(&side->author);
}

static void begin_as(bool member)
{
    static const uint8_t join = 0x90; /* The hub of this test reads none. */
    struct c2c_engine_options options = {.roles = C2C_ROLE_CITY,
                                         .lanes = 2,
                                         .max_reply = 256 << 10};
    struct c2c_peer_options peer = {.name = c2c_view_str("hub"),
                                    .join = c2c_view_of(&join, 1)};
    size_t number;

    side_init(&hub, 1, C2C_LGA);
    side_init(&city, 2, C2C_CITY);
    lga = hub.author.id;
    author_begin(&hub.author, &hub.replica);
    if (member) {
        author_admit(&hub.author, &hub.replica, &city.author.id, false, 0);
    }
    author_sign(&hub.author, &hub.replica, START_S);
    author_write(&city.author, &city.replica, 1, START_S);
    build_roster(&hub);
    build_roster(&city);
    prop.state = 7;
    rng = (struct c2c_rng){(void (*)(void *, void *, size_t))prop_fill, &prop};
    options.self = city.author.id;
    options.replica = &city.replica;
    options.rng = &rng;
    peer.id = hub.author.id;
    assert_ok(c2c_engine_new(&options, city.roster, &engine));
    assert_ok(c2c_engine_add(engine, &peer, &number));
    now_ms = (uint64_t)START_S * 1000;
    requests = 0;
    lies_about_pushes = false;
    waits = true;
    joins = 0;
    is_busy = false;
}

static int begin(void **state)
{
    (void)state;
    begin_as(true);
    return 0;
}

static int begin_without(void **state)
{
    (void)state;
    begin_as(false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_queue; i++) {
        c2c_buf_fini(&queue[i].body);
    }
    n_queue = 0;
    c2c_engine_free(engine);
    side_fini(&hub);
    side_fini(&city);
    return 0;
}

static void a_hub_that_waits_is_asked_once_a_minute(void **state)
{
    struct c2c_peer_standing standing;

    (void)state;
    run_for_an_hour();
    c2c_engine_standing(engine, 0, &standing);
    assert_true(standing.has_ours && standing.current);
    assert_in_range(requests, 60, 100);
}

static void a_hub_that_does_not_wait_is_asked_less_and_less(void **state)
{
    struct c2c_peer_standing standing;

    (void)state;
    waits = false;
    run_for_an_hour();
    c2c_engine_standing(engine, 0, &standing);
    assert_true(standing.has_ours && standing.current);
    assert_in_range(requests, 100, 400);
}

static void a_hub_that_denies_what_it_took_is_left_alone(void **state)
{
    struct c2c_peer_standing standing;

    (void)state;
    lies_about_pushes = true;
    run_for_an_hour();
    c2c_engine_standing(engine, 0, &standing);
    assert_false(standing.has_ours);
    assert_true(standing.bad > 3);
    assert_in_range(requests, 10, 600);
}

static void a_hub_is_asked_once_a_session_to_admit(void **state)
{
    struct c2c_peer_standing standing;

    (void)state;
    run_for_an_hour();
    c2c_engine_standing(engine, 0, &standing);
    assert_int_equal(joins, 1);
    assert_true(standing.join_known);
    assert_false(standing.has_ours);
}

static void a_hub_that_is_busy_is_asked_again_to_admit(void **state)
{
    struct c2c_peer_standing standing;

    (void)state;
    is_busy = true;
    run_for_an_hour();
    c2c_engine_standing(engine, 0, &standing);
    assert_int_equal(joins, 2);
    assert_true(standing.join_known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hub_that_waits_is_asked_once_a_minute,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            a_hub_that_does_not_wait_is_asked_less_and_less, begin, end),
        cmocka_unit_test_setup_teardown(
            a_hub_that_denies_what_it_took_is_left_alone, begin, end),
        cmocka_unit_test_setup_teardown(a_hub_is_asked_once_a_session_to_admit,
                                        begin_without, end),
        cmocka_unit_test_setup_teardown(
            a_hub_that_is_busy_is_asked_again_to_admit, begin_without, end),
    };
    return cmocka_run_group_tests_name("sync/engine", tests, NULL, NULL);
}
