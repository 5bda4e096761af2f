/* A hub and a member that dials it: two whole nodes of this process. */

#ifndef C2C_TESTS_PAIR_H
#define C2C_TESTS_PAIR_H

#include <stdbool.h>

#include "folder.h"
#include "node/node_priv.h"
#include "place.h"

struct pair {
    char folder[FOLDER_NAME];
    char hub_url[FOLDER_NAME + 16];
    struct place hub;
    struct place city;
    struct c2c_config hub_config;
    struct c2c_config city_config;
    struct c2c_node *hub_node;
    struct c2c_node *city_node;
    _Atomic uint64_t ahead_ms; /* Of the system's clocks. */
    _Atomic uint64_t mono_ahead_ms;
    struct c2c_clock clock;
};

/* Both are running, and the hub holds the member's state. */
void pair_begin(struct pair *pair);
void pair_end(struct pair *pair);

/* The same; the member has more than fits into a request before it meets the
 * hub, which does not know its keysets. */
void pair_begin_large(struct pair *pair);

void pair_open_hub(struct pair *pair);
void pair_close_hub(struct pair *pair);
void pair_open_city(struct pair *pair);
void pair_close_city(struct pair *pair);

/* Put records (a JSON array) into @node, whose place is @place. */
void pair_put(struct c2c_node *node, struct place *place, const char *json);

/* How the member's hub stands. */
struct c2c_peer_standing pair_standing(const struct pair *pair);

/* Wait until @holds; fails the test if that takes too long. */
void pair_wait(struct pair *pair, bool (*holds)(struct pair *pair));

/* The hub holds the member's newest head, and knows its session. */
bool pair_is_synced(struct pair *pair);

#endif /* C2C_TESTS_PAIR_H */
