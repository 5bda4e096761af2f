/* Which hubs a node dials: those of its configuration, and those it joined. */

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "codec/doc.h"
#include "codec/limits.h"
#include "crypto/random.h"
#include "node/federation_priv.h"
#include "record/derive.h"
#include "store/cities.h"
#include "store/hubs.h"
#include "store/records.h"
#include "sync/collect.h"

enum {
    QUESTIONS = 16
};

/* What this city calls itself. */
struct own_name {
    const struct c2c_types *types;
    char text[C2C_MAX_NAME_BYTES + 1];
};

static enum c2c_err read_name(void *ctx, const struct c2c_row *row, bool intact)
{
    struct own_name *name = ctx;
    struct c2c_doc *doc = NULL;
    struct c2c_record record;
    const struct c2c_val *body;
    enum c2c_err err = intact ? c2c_doc_new(&doc) : C2C_E_CORRUPT;

    if (err == C2C_E_OK) {
        err = c2c_record_decode(row->bytes, &record);
    }
    if (err == C2C_E_OK) {
        err = c2c_doc_decode(doc, record.body, C2C_MAX_DEPTH, &body);
    }
    if (err == C2C_E_OK) {
        struct c2c_view title =
            c2c_derive_title(c2c_types_find(name->types, record.type), body,
                             c2c_view_str("en"));

        (void)snprintf(name->text, sizeof name->text, "%.*s",
                       title.n < sizeof name->text ? (int)title.n : 0,
                       title.n == 0 ? "" : (const char *)title.p);
    }
    c2c_doc_free(doc);
    return err == C2C_E_NOMEM ? err : C2C_E_OK; /* A name is not needed. */
}

static enum c2c_err find_own_name(const struct c2c_federation *f,
                                  struct own_name *name)
{
    const struct c2c_identity *identity = &f->node->identity;
    struct c2c_filter filter = {
        .type = c2c_view_str(identity->keyset.kind == C2C_LGA ? "lga" : "city"),
        .limit = 1};
    enum c2c_err err =
        c2c_cities_find(f->store_replica.store, &identity->city, &filter.city);

    name->types = f->node->types;
    name->text[0] = '\0';
    return err == C2C_E_OK ? c2c_records_list(f->store_replica.store, &filter,
                                              read_name, name)
                           : err;
}

/* Append what a joined hub is asked with. */
static enum c2c_err write_join(const struct c2c_federation *f,
                               const struct c2c_hub *hub, struct c2c_buf *out)
{
    struct c2c_join_request request = {.lga = hub->lga,
                                       .note = hub->note,
                                       .token = hub->token};
    struct own_name name;
    struct c2c_list_buf keysets;
    enum c2c_err err = find_own_name(f, &name);

    c2c_list_init(&keysets, C2C_MAX_REQUEST_BYTES);
    if (err == C2C_E_OK) {
        err = c2c_collect_keysets(&f->replica, &f->node->identity.city, 1,
                                  &keysets);
    }
    request.name = c2c_view_str(name.text);
    request.keysets = c2c_list_of(&keysets);
    if (err == C2C_E_OK) {
        err = c2c_join_request_encode(&request, out);
    }
    c2c_list_fini(&keysets);
    return err;
}

static enum c2c_err open_link(const struct c2c_federation *f, struct hub *hub)
{
    const struct c2c_link_options options = {.url = hub->url,
                                             .pin = &hub->id,
                                             .self =
                                                 *c2c_pass_show(f->node->pass),
                                             .rng = &c2c_rng_system,
                                             .max_questions = QUESTIONS,
                                             .fn = c2c_hub_arrived,
                                             .ctx = hub};

    return c2c_link_open(&options, &hub->link);
}

/* Dial @url, whose node must prove to be @id. */
static enum c2c_err open_hub(struct c2c_federation *f, struct c2c_view url,
                             const struct c2c_hash *id, struct c2c_view join,
                             struct hub **ret_hub)
{
    const struct c2c_peer_options peer = {url, *id, join};
    struct hub *hub;
    size_t number = 0;
    enum c2c_err err = c2c_engine_add(f->engine, &peer, &number);

    if (err != C2C_E_OK) {
        return err;
    }
    if (number == C2C_FEDERATION_HUBS) {
        c2c_engine_drop(f->engine, number);
        return C2C_E_QUOTA;
    }
    hub = &f->hub[number];
    hub->federation = f;
    hub->peer = number;
    hub->id = *id;
    hub->connect = false;
    hub->configured = false;
    hub->joined_s = 0;
    hub->invited = false;
    (void)snprintf(hub->url, sizeof hub->url, "%.*s", (int)url.n,
                   (const char *)url.p);
    err = open_link(f, hub);
    if (err != C2C_E_OK) {
        c2c_engine_drop(f->engine, number);
        return err;
    }
    if (number == f->n_hubs) {
        f->n_hubs++;
    }
    f->new_roster = true; /* Hubs are trusted. */
    *ret_hub = hub;
    return C2C_E_OK;
}

static void close_hub(struct c2c_federation *f, struct hub *hub)
{
    c2c_link_close(hub->link);
    hub->link = NULL;
    hub->life++;
    c2c_hub_drop_letters(f, hub);
    c2c_engine_drop(f->engine, hub->peer);
    f->new_roster = true;
}

/* One hub that cannot be dialled keeps nobody from the others. */
static enum c2c_err skip_bad(const char *url, enum c2c_err err)
{
    if (err == C2C_E_OK || c2c_err_is_ours(err)) {
        return err;
    }
    c2c_log(C2C_LOG_ERR, "federation", "cannot dial hub=%s err=%s", url,
            c2c_errname(err));
    return C2C_E_OK;
}

/* The hub @text, which is URL#ID as the configuration has checked. */
static enum c2c_err open_configured(struct c2c_federation *f, const char *text)
{
    const struct c2c_view no_join = {NULL, 0};
    struct c2c_view all = c2c_view_str(text);
    size_t digits = C2C_HASH_HEX - 1;
    struct c2c_hash id;
    struct hub *hub;
    enum c2c_err err =
        c2c_hash_parse(c2c_view_of(all.p + all.n - digits, digits), &id);

    if (err == C2C_E_OK) {
        err = open_hub(f, c2c_view_of(all.p, all.n - digits - 1), &id, no_join,
                       &hub);
    }
    if (err == C2C_E_OK) {
        hub->configured = true;
    }
    return err;
}

enum c2c_err c2c_hubs_configure(struct c2c_federation *f)
{
    const struct c2c_config *config = &f->node->config;
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < config->hubs.n && err == C2C_E_OK; i++) {
        err = skip_bad(config->hubs.at[i],
                       open_configured(f, config->hubs.at[i]));
    }
    return err;
}

static struct hub *find_hub(struct c2c_federation *f, const struct c2c_hub *of)
{
    for (size_t i = 0; i < f->n_hubs; i++) {
        if (f->hub[i].link != NULL && c2c_view_eq_str(of->url, f->hub[i].url) &&
            c2c_hash_eq(&of->lga, &f->hub[i].id)) {
            return &f->hub[i];
        }
    }
    return NULL;
}

/* Dial a joined hub (again). */
static enum c2c_err dial(struct c2c_federation *f, const struct c2c_hub *of,
                         struct hub *before)
{
    bool configured = before != NULL && before->configured;
    struct hub *hub = NULL;
    struct c2c_buf join;
    enum c2c_err err;

    c2c_buf_init(&join, C2C_MAX_REQUEST_BYTES);
    err = write_join(f, of, &join);
    if (err == C2C_E_OK && before != NULL) {
        close_hub(f, before);
    }
    if (err == C2C_E_OK) {
        err = open_hub(f, of->url, &of->lga, c2c_buf_view(&join), &hub);
    }
    if (err == C2C_E_OK) {
        hub->configured = configured;
        hub->joined_s = of->since_s;
        hub->invited = of->token.n > 0;
        hub->keep = true;
    }
    c2c_buf_fini(&join);
    return err;
}

/* One that is dialled already stays, unless it was joined anew. */
static enum c2c_err open_joined(void *ctx, const struct c2c_hub *of)
{
    struct c2c_federation *f = ctx;
    struct hub *hub = find_hub(f, of);
    char url[C2C_CONFIG_TEXT];

    if (hub != NULL && hub->joined_s == of->since_s) {
        hub->keep = true;
        return C2C_E_OK;
    }
    (void)snprintf(url, sizeof url, "%.*s", (int)of->url.n,
                   (const char *)of->url.p);
    return skip_bad(url, dial(f, of, hub));
}

/* A hub that was left; the configuration may still have it. */
static enum c2c_err let_go(struct c2c_federation *f, struct hub *hub)
{
    const struct c2c_view no_join = {NULL, 0};
    const struct c2c_hash id = hub->id;
    bool configured = hub->configured;
    char url[C2C_CONFIG_TEXT];
    struct hub *again;
    enum c2c_err err;

    (void)snprintf(url, sizeof url, "%s", hub->url);
    close_hub(f, hub);
    if (!configured) {
        return C2C_E_OK;
    }
    err = open_hub(f, c2c_view_str(url), &id, no_join, &again);
    if (err == C2C_E_OK) {
        again->configured = true;
        again->keep = true;
    }
    return skip_bad(url, err);
}

enum c2c_err c2c_hubs_renew(struct c2c_federation *f)
{
    enum c2c_err err;

    for (size_t i = 0; i < f->n_hubs; i++) {
        f->hub[i].keep = f->hub[i].configured && f->hub[i].joined_s == 0;
    }
    err = c2c_hubs_each(f->store_replica.store, open_joined, f);
    for (size_t i = 0; i < f->n_hubs && err == C2C_E_OK; i++) {
        if (f->hub[i].link != NULL && !f->hub[i].keep) {
            err = let_go(f, &f->hub[i]);
        }
    }
    return err;
}
