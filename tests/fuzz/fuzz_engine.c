/* An engine whose peer answers anything, in every phase.
 *
 * The input is a list of what happens next to the oldest open request: 0 an
 * honest answer; 1, length (two bytes, the lower first) and that many bytes: an
 * answer of these bytes; 2 no answer; 3, minutes: time passes; 4 our own state
 * changes; 5 the transaction failed. */

#include <string.h>

#include "author.h"
#include "codec/limits.h"
#include "fuzz.h"
#include "memrep.h"
#include "sync/engine.h"
#include "sync/provide.h"

enum {
    NOW_S = 1700000000,
    OPEN_MAX = 64,
    MEMORY_MAX = 48 << 20
};

struct request {
    uint64_t tag;
    struct c2c_buf body;
};

static struct author lga;
static struct author self;
static struct author other;
static struct memrep *hub;
static struct memrep *first; /* What the engine's store begins with. */
static struct c2c_replica hub_replica;
static struct c2c_roster *hub_roster;

/* One run. */
static struct memrep *store;
static struct c2c_replica replica;
static struct c2c_roster *roster;
static struct c2c_engine *engine;
static size_t peer;
static uint64_t now_ms;
static size_t n_open;
static struct request open[OPEN_MAX];

static void fill(void *ctx, void *out, size_t n)
{
    (void)ctx;
    memset(out, 7, n);
}

static const struct c2c_rng rng = {fill, NULL};

static struct c2c_roster *roster_of(const struct c2c_replica *r,
                                    const struct author *who)
{
    const struct c2c_roster_options options = {.self = who->id,
                                               .lgas = &lga.id,
                                               .n_lgas = 1};
    struct c2c_roster *made = NULL;

    require(c2c_roster_new(&options, r, &made) == C2C_E_OK);
    return made;
}

static void set_up(void)
{
    struct c2c_replica own;

    hub = memrep_new(1);
    first = memrep_new(2);
    hub_replica = memrep_replica(hub);
    own = memrep_replica(first);
    author_init(&lga, 0, C2C_LGA);
    author_init(&self, 1, C2C_CITY);
    author_init(&other, 2, C2C_CITY);
    author_begin(&lga, &hub_replica);
    author_admit(&lga, &hub_replica, &self.id, false, 0);
    author_admit(&lga, &hub_replica, &other.id, false, 0);
    author_sign(&lga, &hub_replica, NOW_S);
    author_begin(&other, &hub_replica);
    author_put(&other, &hub_replica, C2C_AUDIENCE_NETWORK, 1, 20);
    author_sign(&other, &hub_replica, NOW_S);
    author_write(&other, &hub_replica, 2, NOW_S);
    memrep_commit(hub);
    author_write(&self, &own, 1, NOW_S);
    memrep_commit(first);
    hub_roster = roster_of(&hub_replica, &lga);
}

static void step(struct c2c_event event);

static void new_roster(void)
{
    struct c2c_roster *before = roster;

    roster = roster_of(&replica, &self);
    step((struct c2c_event){.type = C2C_EV_ROSTER, .roster = roster});
    c2c_roster_free(before);
}

static void step(struct c2c_event event)
{
    struct c2c_actions acts;
    bool connect;
    bool changed;

    event.now_ms = now_ms;
    event.peer = peer;
    require(c2c_engine_step(engine, &event, &acts) == C2C_E_OK);
    for (size_t i = 0; i < acts.n_sends; i++) {
        struct request *r = &open[n_open];

        require(n_open < OPEN_MAX);
        r->tag = acts.sends[i].tag;
        c2c_buf_init(&r->body, C2C_MAX_REQUEST_BYTES);
        require(c2c_buf_put(&r->body, acts.sends[i].body.p,
                            acts.sends[i].body.n) == C2C_E_OK);
        n_open++;
    }
    connect = acts.n_connects > 0;
    changed = acts.roster_changed;
    require(c2c_engine_memory(engine, peer) < MEMORY_MAX);
    memrep_commit(store);
    if (changed) {
        new_roster();
    }
    if (connect) {
        step((struct c2c_event){.type = C2C_EV_CONNECTED});
    }
}

static struct request take_oldest(void)
{
    struct request oldest = open[0];

    n_open--;
    memmove(open, open + 1, n_open * sizeof open[0]);
    return oldest;
}

static void honest(struct request *r)
{
    const struct c2c_provide_env env = {.replica = &hub_replica,
                                        .roster = hub_roster,
                                        .self = lga.id,
                                        .roles = C2C_ROLE_HUB,
                                        .now_s = NOW_S};
    const struct c2c_asker asker = {false, self.id};
    struct c2c_msg_request request;
    struct c2c_parked parked;
    struct c2c_buf reply;

    c2c_buf_init(&reply, 16 << 20);
    require(c2c_msg_request_decode(c2c_buf_view(&r->body), &request) ==
            C2C_E_OK);
    require(c2c_provide(&env, &asker, &request, false, &reply, &parked) ==
            C2C_E_OK);
    step((struct c2c_event){.type = C2C_EV_REPLY,
                            .tag = r->tag,
                            .body = c2c_buf_view(&reply)});
    c2c_buf_fini(&reply);
}

/* Each city that is held: signed, with the roots of its records. */
static enum c2c_err check(void *ctx, const struct c2c_hash *city,
                          const struct c2c_held *held)
{
    struct c2c_dir_sum sum;

    (void)ctx;
    if (held->has_head) {
        require(replica.ops->sum(replica.ctx, city, C2C_AUDIENCE_PUBLIC,
                                 &sum) == C2C_E_OK);
        require(c2c_hash_eq(&sum.root, &held->head.pub.root));
    }
    return C2C_E_OK;
}

/* One thing happens; how many bytes of the input said so. */
static size_t happen(struct c2c_view in)
{
    struct request r = {0};
    size_t used = 1;

    if (in.p[0] % 6 <= 2 && n_open > 0) {
        r = take_oldest();
    } else if (in.p[0] % 6 <= 2) {
        return 1;
    }
    switch (in.p[0] % 6) {
    case 0:
        honest(&r);
        break;
    case 1: {
        size_t n = in.n < 3 ? 0 : (size_t)(in.p[1] | in.p[2] << 8);

        used = in.n < 3 ? in.n : 3;
        n = n < in.n - used ? n : in.n - used;
        step((struct c2c_event){.type = C2C_EV_REPLY,
                                .tag = r.tag,
                                .body = c2c_view_of(in.p + used, n)});
        used += n;
        break;
    }
    case 2:
        step((struct c2c_event){.type = C2C_EV_FAILED,
                                .tag = r.tag,
                                .err = C2C_E_TIMEOUT});
        break;
    case 3:
        now_ms += in.n < 2 ? 1000 : 60000 * (uint64_t)in.p[1];
        used = in.n < 2 ? 1 : 2;
        step((struct c2c_event){.type = C2C_EV_TICK});
        break;
    case 4:
        step((struct c2c_event){.type = C2C_EV_CHANGED});
        break;
    default:
        memrep_rollback(store);
        step((struct c2c_event){.type = C2C_EV_RESET});
        break;
    }
    c2c_buf_fini(&r.body);
    return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_engine_options options = {.roles = C2C_ROLE_CITY,
                                         .rng = &rng,
                                         .lanes = 2,
                                         .max_reply = 1 << 16};
    struct c2c_peer_options peer_options = {.name = c2c_view_str("hub")};
    const struct c2c_hash all = {{0}};
    struct c2c_view in = {data, size};

    if (hub == NULL) {
        set_up();
    }
    store = memrep_restored(first, 3);
    replica = memrep_replica(store);
    roster = roster_of(&replica, &self);
    now_ms = NOW_S * 1000ULL;
    n_open = 0;
    options.self = self.id;
    options.replica = &replica;
    peer_options.id = lga.id;
    require(c2c_engine_new(&options, roster, &engine) == C2C_E_OK);
    require(c2c_engine_add(engine, &peer_options, &peer) == C2C_E_OK);
    step((struct c2c_event){.type = C2C_EV_TICK});
    for (unsigned i = 0; i < 200 && in.n > 0 && n_open < OPEN_MAX - 16; i++) {
        size_t used = happen(in);

        in = c2c_view_of(in.p + used, in.n - used);
    }
    require(replica.ops->cities(replica.ctx, &all, check, NULL) == C2C_E_OK);
    while (n_open > 0) {
        struct request r = take_oldest();

        c2c_buf_fini(&r.body);
    }
    c2c_engine_free(engine);
    c2c_roster_free(roster);
    roster = NULL;
    memrep_free(store);
    memrep_rollback(hub);
    return 0;
}
