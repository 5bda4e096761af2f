#include "pair.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "test.h"

enum {
    PATIENCE_MS = 60000, /* Nothing takes that long unless broken. */
    LOOK_MS = 20,
    FILLERS = 10, /* Together more than a request. */
    FILLER_BYTES = 60000
};

static uint64_t now_ms(void *ctx)
{
    const struct pair *pair = ctx;

    return c2c_clock_system.now_ms(c2c_clock_system.ctx) + pair->ahead_ms;
}

static uint64_t mono_ms(void *ctx)
{
    const struct pair *pair = ctx;

    return c2c_clock_mono_ms() + pair->mono_ahead_ms;
}

static void open_node(struct pair *pair, const struct place *place,
                      const struct c2c_config *config,
                      struct c2c_node **ret_node)
{
    const struct c2c_node_options options = {.dir = place->dir,
                                             .config = config,
                                             .clock = &pair->clock};
    struct c2c_diag diag = {.code = C2C_E_OK};

    if (c2c_node_open(&options, &diag, ret_node) != C2C_E_OK) {
        fail_msg("%s: %s", place->dir, diag.message);
    }
}

void pair_open_hub(struct pair *pair)
{
    open_node(pair, &pair->hub, &pair->hub_config, &pair->hub_node);
}

void pair_close_hub(struct pair *pair)
{
    c2c_node_close(pair->hub_node);
    pair->hub_node = NULL;
}

void pair_open_city(struct pair *pair)
{
    open_node(pair, &pair->city, &pair->city_config, &pair->city_node);
}

void pair_close_city(struct pair *pair)
{
    c2c_node_close(pair->city_node);
    pair->city_node = NULL;
}

void pair_put(struct c2c_node *node, struct place *place, const char *json)
{
    struct drafts drafts;

    drafts_init(&drafts, place, json);
    c2c_writer_run(node->writer, &drafts.job);
    if (drafts.job.err != C2C_E_OK) {
        fail_msg("%s: %s", json, drafts.job.diag.message);
    }
    drafts_fini(&drafts);
}

struct c2c_peer_standing pair_standing(const struct pair *pair)
{
    struct c2c_hub_standing hubs[C2C_FEDERATION_HUBS] = {{.now_ms = 0}};

    /* None before the first look at it is over. */
    (void)c2c_federation_hubs(pair->city_node->federation, hubs,
                              C2C_FEDERATION_HUBS);
    return hubs[0].peer;
}

bool pair_is_synced(struct pair *pair)
{
    const struct c2c_peer_standing s = pair_standing(pair);

    return s.connected && s.current && s.has_ours && pair->hub_node != NULL &&
           c2c_sessions_count(pair->hub_node->sessions).cities > 0;
}

void pair_wait(struct pair *pair, bool (*holds)(struct pair *pair))
{
    uint64_t end_ms = c2c_clock_mono_ms() + PATIENCE_MS;

    while (!holds(pair)) {
        if (c2c_clock_mono_ms() > end_ms) {
            const struct c2c_peer_standing s = pair_standing(pair);

            fail_msg("connected %d, current %d, has ours %d, refused %s",
                     s.connected, s.current, s.has_ours,
                     c2c_errname(s.refused));
        }
        (void)poll(NULL, 0, LOOK_MS);
    }
}

static void configure(struct pair *pair)
{
    char hex[C2C_HASH_HEX];

    (void)snprintf(pair->hub_url, sizeof pair->hub_url, "ipc://%s/hub",
                   pair->folder);
    pair->hub_config = pair->hub.config;
    pair->hub_config.listen.n = 1;
    (void)snprintf(pair->hub_config.listen.at[0], C2C_CONFIG_TEXT, "%.*s",
                   C2C_CONFIG_TEXT - 1, pair->hub_url);
    c2c_hash_hex(&pair->hub.identity.city, hex);
    pair->city_config = pair->city.config;
    pair->city_config.hubs.n = 1;
    (void)snprintf(pair->city_config.hubs.at[0], C2C_CONFIG_TEXT, "%.*s#%s",
                   C2C_CONFIG_TEXT - C2C_HASH_HEX - 1, pair->hub_url, hex);
}

/* The hub runs, and admits the member. */
static void prepare(struct pair *pair)
{
    char hex[C2C_HASH_HEX];
    char json[256];

    memset(pair, 0, sizeof *pair);
    folder_make("pair", pair->folder);
    place_init_lga(&pair->hub);
    place_init(&pair->city);
    pair->clock = (struct c2c_clock){now_ms, mono_ms, pair};
    configure(pair);
    pair_open_hub(pair);
    c2c_hash_hex(&pair->city.identity.city, hex);
    (void)snprintf(json, sizeof json,
                   "[{\"type\":\"membership\",\"slug\":\"oulu\",\"body\":{"
                   "\"city\":\"%s\"}}]",
                   hex);
    pair_put(pair->hub_node, &pair->hub, json);
}

void pair_begin(struct pair *pair)
{
    prepare(pair);
    pair_open_city(pair);
    pair_wait(pair, pair_is_synced);
}

void pair_begin_large(struct pair *pair)
{
    static char json[FILLER_BYTES + 256];

    prepare(pair);
    pair->city_config.hubs.n = 0;
    pair_open_city(pair);
    for (unsigned i = 0; i < FILLERS; i++) {
        (void)snprintf(json, sizeof json,
                       "[{\"type\":\"office\",\"slug\":\"filler-%u\",\"body\":{"
                       "\"name\":{\"en\":\"Filler\"},\"filler\":\"%0*u\"}}]",
                       i, FILLER_BYTES, i);
        pair_put(pair->city_node, &pair->city, json);
    }
    pair_close_city(pair);
    pair->city_config.hubs.n = 1;
    pair_open_city(pair);
    pair_wait(pair, pair_is_synced);
}

void pair_end(struct pair *pair)
{
    c2c_node_close(pair->city_node);
    c2c_node_close(pair->hub_node);
    place_fini(&pair->hub);
    place_fini(&pair->city);
    folder_remove(pair->folder);
}
