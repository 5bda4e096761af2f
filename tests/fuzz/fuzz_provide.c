/* A provider with a small replica, asked anything: by a member and by nobody.
 *
 * The input is a request; it is answered twice, and what it wrote is taken
 * back. */

#include "author.h"
#include "codec/limits.h"
#include "fuzz.h"
#include "memrep.h"
#include "sync/provide.h"

enum {
    NOW_S = 1700000000,
    CITIES = 3
};

static struct author lga;
static struct author city[CITIES];
static struct memrep *m;
static struct c2c_replica r;
static struct c2c_roster *roster;

static void set_up(void)
{
    struct c2c_roster_options options = {.n_lgas = 1};

    m = memrep_new(1);
    r = memrep_replica(m);
    author_init(&lga, 0, C2C_LGA);
    author_begin(&lga, &r);
    for (unsigned i = 0; i < CITIES; i++) {
        author_init(&city[i], i + 1, C2C_CITY);
        author_admit(&lga, &r, &city[i].id, false, 0);
    }
    author_sign(&lga, &r, NOW_S);
    for (unsigned i = 0; i + 1 < CITIES; i++) { /* The last one is not held. */
        author_begin(&city[i], &r);
        author_put(&city[i], &r, C2C_AUDIENCE_PUBLIC, i, 50);
        author_put(&city[i], &r, C2C_AUDIENCE_NETWORK, i, 50);
        author_sign(&city[i], &r, NOW_S);
    }
    memrep_commit(m);
    options.self = lga.id;
    options.lgas = &lga.id;
    require(c2c_roster_new(&options, &r, &roster) == C2C_E_OK);
}

static void ask(const struct c2c_msg_request *request, bool anonymous)
{
    const struct c2c_provide_env env = {.replica = &r,
                                        .roster = roster,
                                        .self = lga.id,
                                        .roles = C2C_ROLE_HUB,
                                        .now_s = NOW_S};
    const struct c2c_asker asker = {anonymous, city[0].id};
    struct c2c_parked parked;
    struct c2c_msg_reply answer;
    struct c2c_buf reply;

    c2c_buf_init(&reply, 16 << 20);
    require(c2c_provide(&env, &asker, request, true, &reply, &parked) ==
            C2C_E_OK);
    require(parked.parked == (reply.n == 0));
    if (!parked.parked) {
        require(c2c_msg_reply_decode(c2c_buf_view(&reply), &answer) ==
                C2C_E_OK);
        require(answer.code != C2C_E_OK || reply.n <= request->max_bytes + 16);
    }
    c2c_buf_fini(&reply);
    memrep_rollback(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_msg_request request;

    if (m == NULL) {
        set_up();
    }
    if (c2c_msg_request_decode(c2c_view_of(data, size), &request) == C2C_E_OK) {
        ask(&request, true);
        ask(&request, false);
    }
    return 0;
}
