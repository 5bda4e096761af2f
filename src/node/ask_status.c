/* status, key, backup. */

#include <stdio.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/mem.h"
#include "codec/limits.h"
#include "net/provider.h"
#include "node/city.h"
#include "node/copies.h"
#include "node/node_priv.h"
#include "store/fulltext.h"
#include "store/records.h"

enum {
    ABANDONED_S = 3600 /* No client takes longer to come for its copy. */
};

static bool sees_network(const struct c2c_ask *ask)
{
    return ask->visitor == NULL || ask->visitor->network;
}

static enum c2c_err set_head(struct c2c_ask *ask,
                             const struct c2c_city_card *city,
                             struct c2c_val *map)
{
    struct c2c_val *roots = c2c_doc_map(ask->doc);
    struct c2c_city_state state;
    enum c2c_err err = c2c_cities_state(ask->store, city->no, &state);

    if (err != C2C_E_OK) {
        return err;
    }
    c2c_ask_set_hash(ask, map, "city", &city->id);
    c2c_doc_set_str(ask->doc, map, "name", city->title);
    c2c_doc_set_int(ask->doc, map, "epoch", (int64_t)state.head.epoch);
    c2c_doc_set_int(ask->doc, map, "rev", (int64_t)state.head.rev);
    c2c_ask_set_time(ask, map, "signed", state.head.time_s);
    c2c_ask_set_time(ask, map, "expires", state.head.expires_s);
    c2c_ask_set_hash(ask, roots, "public", &state.head.pub.root);
    if (state.has_opening && sees_network(ask)) {
        c2c_ask_set_hash(ask, roots, "network", &state.opening.sum.root);
    }
    c2c_doc_set(ask->doc, map, "roots", roots);
    return C2C_E_OK;
}

/* How many records of each type our city has. */
static enum c2c_err set_records(struct c2c_ask *ask, c2c_city_no no)
{
    struct c2c_val *map = c2c_doc_map(ask->doc);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_types_count(ask->types) && err == C2C_E_OK;
         i++) {
        const char *type = c2c_type_name(c2c_types_at(ask->types, i));
        const struct c2c_filter filter = {.city = no,
                                          .type = c2c_view_str(type),
                                          .limit = 1};
        uint64_t n = 0;

        err = c2c_records_count(ask->store, &filter, &n);
        if (n > 0) {
            c2c_doc_set_int(ask->doc, map, type, (int64_t)n);
        }
    }
    c2c_doc_set(ask->doc, ask->result, "records", map);
    return err;
}

struct cities {
    struct c2c_ask *ask;
    struct c2c_val *list;
};

static enum c2c_err add_city(void *ctx, c2c_city_no no,
                             const struct c2c_hash *id)
{
    const struct cities *cities = ctx;
    struct c2c_ask *ask = cities->ask;
    const struct c2c_city_card *city;
    struct c2c_val *map = c2c_doc_map(ask->doc);
    enum c2c_err err = c2c_city_get(ask, no, &city);

    (void)id;
    if (err == C2C_E_OK) {
        err = set_head(ask, city, map);
    }
    if (err == C2C_E_OK) {
        c2c_doc_push(ask->doc, cities->list, map);
    }
    return err;
}

static const char *state_sentence(const struct c2c_node *node)
{
    struct c2c_federation_trouble trouble;

    if (node->federation != NULL &&
        c2c_federation_trouble(node->federation, &trouble)) {
        return "what comes in cannot be saved: see `c2c doctor`";
    }
    return c2c_writer_state(node->writer) == C2C_WRITER_READY
               ? "ready"
               : "restored: may be older than what was published, so nothing "
                 "is signed; `c2cd --adopt-store` ends that";
}

/* Where peers may ask us, with the ports that there really are. */
static void set_listen(struct c2c_ask *ask)
{
    struct c2c_val *list = c2c_doc_array(ask->doc);
    const char *url;

    for (size_t i = 0; ask->node->peers != NULL &&
                       (url = c2c_provider_url(ask->node->peers, i)) != NULL;
         i++) {
        c2c_doc_push(ask->doc, list, c2c_doc_cstr(ask->doc, url));
    }
    c2c_doc_set(ask->doc, ask->result, "listen", list);
}

/* How often peers were refused what they asked for since the start. */
static void set_refused(struct c2c_ask *ask)
{
    struct c2c_val *map = c2c_doc_map(ask->doc);

    for (unsigned code = 1; code < C2C_REFUSALS; code++) {
        uint64_t n = atomic_load(&ask->node->refused[code]);

        if (n > 0) {
            c2c_doc_set_int(ask->doc, map, c2c_errname((enum c2c_err)code),
                            (int64_t)n);
        }
    }
    c2c_doc_set(ask->doc, ask->result, "refused", map);
}

enum c2c_err c2c_ask_status(struct c2c_ask *ask)
{
    const struct c2c_view all = {NULL, 0};
    struct cities cities = {ask, c2c_doc_array(ask->doc)};
    const struct c2c_city_card *self;
    enum c2c_err err = c2c_city_self(ask, &self);

    if (err == C2C_E_OK) {
        err = set_head(ask, self, ask->result);
    }
    if (err == C2C_E_OK) {
        err = set_records(ask, self->no);
    }
    c2c_doc_set_cstr(ask->doc, ask->result, "kind",
                     ask->node->identity.keyset.kind == C2C_LGA ? "lga"
                                                                : "city");
    if (err != C2C_E_OK || ask->visitor != NULL) {
        return err; /* How the node runs is nobody else's matter. */
    }
    err = c2c_cities_each(ask->store, all, add_city, &cities);
    c2c_doc_set(ask->doc, ask->result, "cities", cities.list);
    c2c_doc_set_cstr(ask->doc, ask->result, "state", state_sentence(ask->node));
    set_listen(ask);
    if (err == C2C_E_OK) {
        err = c2c_ask_set_peers(ask);
    }
    set_refused(ask);
    return err;
}

static struct c2c_val *key_text(struct c2c_ask *ask,
                                const struct c2c_pubkey *key)
{
    char hex[2 * C2C_PUBKEY_BYTES + 1];

    c2c_hex_encode(c2c_view_of(key->b, sizeof key->b), hex);
    return c2c_doc_cstr(ask->doc, hex);
}

static struct c2c_val *uses_of(struct c2c_ask *ask, unsigned uses)
{
    static const struct {
        unsigned use;
        const char *name;
    } names[] = {{C2C_USE_HEAD, "head"},
                 {C2C_USE_SNAPSHOT, "snapshot"},
                 {C2C_USE_SEAL, "seal"}};
    struct c2c_val *list = c2c_doc_array(ask->doc);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((uses & names[i].use) != 0) {
            c2c_doc_push(ask->doc, list, c2c_doc_cstr(ask->doc, names[i].name));
        }
    }
    return list;
}

enum c2c_err c2c_ask_key(struct c2c_ask *ask)
{
    const struct c2c_keyset *keyset = &ask->node->identity.keyset;
    struct c2c_val *roots = c2c_doc_array(ask->doc);
    struct c2c_val *keys = c2c_doc_array(ask->doc);

    for (size_t i = 0; i < keyset->n_roots; i++) {
        c2c_doc_push(ask->doc, roots, key_text(ask, &keyset->root[i]));
    }
    for (size_t i = 0; i < keyset->n_keys; i++) {
        struct c2c_val *map = c2c_doc_map(ask->doc);

        c2c_doc_set(ask->doc, map, "key", key_text(ask, &keyset->key[i].pub));
        c2c_doc_set(ask->doc, map, "uses", uses_of(ask, keyset->key[i].uses));
        c2c_doc_push(ask->doc, keys, map);
    }
    c2c_ask_set_hash(ask, ask->result, "city", ask->self);
    c2c_doc_set_cstr(ask->doc, ask->result, "kind",
                     keyset->kind == C2C_LGA ? "lga" : "city");
    c2c_doc_set_int(ask->doc, ask->result, "epoch", (int64_t)keyset->n);
    c2c_ask_set_time(ask, ask->result, "created", keyset->created_s);
    c2c_doc_set_int(ask->doc, ask->result, "threshold",
                    (int64_t)keyset->threshold);
    c2c_doc_set(ask->doc, ask->result, "roots", roots);
    c2c_doc_set(ask->doc, ask->result, "keys", keys);
    return C2C_E_OK;
}

enum c2c_err c2c_ask_backup(struct c2c_ask *ask)
{
    const char *dir = ask->node->dir;
    char *path = NULL;
    enum c2c_err err;

    if (ask->now_s > ABANDONED_S) {
        c2c_copies_clear(dir, ask->now_s - ABANDONED_S);
    }
    err = c2c_copies_make(dir, ask->store, ask->now_s, &path);
    if (err == C2C_E_OK) {
        c2c_doc_set_cstr(ask->doc, ask->result, "path", path);
    }
    c2c_free(path);
    return err;
}
