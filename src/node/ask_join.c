/* join, leave: the hubs of this node.  invite: into this association. */

#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/hex.h"
#include "base/near.h"
#include "codec/limits.h"
#include "crypto/random.h"
#include "net/provider.h"
#include "node/ask_put.h"
#include "node/federation.h"
#include "node/join.h"
#include "node/node_priv.h"
#include "store/hubs.h"
#include "store/joins.h"

enum {
    TOKEN_BYTES = 16,
    DAYS = 14, /* That an invitation is good, unless said otherwise. */
    DAYS_MAX = 365,
    DAY_S = 86400
};

static enum c2c_err take_url(struct c2c_ask *ask, struct c2c_view *ret_url)
{
    struct c2c_view url = {NULL, 0};
    enum c2c_err err = c2c_ask_text(ask, "url", url, &url);

    if (err == C2C_E_OK &&
        (url.n >= C2C_CONFIG_TEXT || !c2c_address_is_url(url))) {
        (void)c2c_diag_set(ask->diag, C2C_E_INVAL, "url",
                           "'%.*s' is not the address of a node",
                           url.n < C2C_CONFIG_TEXT ? (int)url.n
                                                   : C2C_CONFIG_TEXT,
                           url.n == 0 ? "" : (const char *)url.p);
        c2c_diag_hint(ask->diag, "one looks like tcp://hub.example.org:7420");
        return C2C_E_INVAL;
    }
    if (err == C2C_E_OK) {
        *ret_url = url;
    }
    return err;
}

static enum c2c_err take_lga(struct c2c_ask *ask, struct c2c_hash *ret_lga)
{
    struct c2c_view text = {NULL, 0};
    struct c2c_hash lga;
    enum c2c_err err = c2c_ask_text(ask, "lga", text, &text);

    if (err == C2C_E_OK && c2c_hash_parse(text, &lga) != C2C_E_OK) {
        (void)c2c_diag_set(ask->diag, C2C_E_INVAL, "lga",
                           "the id of the association is not 64 hexadecimal "
                           "digits");
        c2c_diag_hint(ask->diag, "whoever runs the hub tells it, or sends an "
                                 "invitation");
        return C2C_E_INVAL;
    }
    if (err == C2C_E_OK && c2c_hash_eq(&lga, ask->self)) {
        return c2c_diag_set(ask->diag, C2C_E_INVAL, "lga",
                            "that is this node itself");
    }
    if (err == C2C_E_OK) {
        *ret_lga = lga;
    }
    return err;
}

/* A hub to be joined. */
struct joining {
    const struct c2c_config *config;
    struct c2c_hub hub;
    size_t others; /* That the node follows. */
};

/* The address of hub @i of the configuration, which is URL#ID. */
static struct c2c_view configured_url(const struct c2c_config *config, size_t i)
{
    const char *text = config->hubs.at[i];

    return c2c_view_of(text, strcspn(text, "#"));
}

static enum c2c_err count_joined(void *ctx, const struct c2c_hub *hub)
{
    struct joining *joining = ctx;
    bool counted = c2c_view_eq(hub->url, joining->hub.url);

    for (size_t i = 0; i < joining->config->hubs.n; i++) {
        counted = counted ||
                  c2c_view_eq(hub->url, configured_url(joining->config, i));
    }
    joining->others += counted ? 0 : 1;
    return C2C_E_OK;
}

static void count_configured(struct joining *joining)
{
    for (size_t i = 0; i < joining->config->hubs.n; i++) {
        joining->others +=
            c2c_view_eq(configured_url(joining->config, i), joining->hub.url)
                ? 0
                : 1;
    }
}

static enum c2c_err keep_hub(void *ctx, struct c2c_group *group,
                             struct c2c_job *job)
{
    struct joining *joining = ctx;
    enum c2c_err err = c2c_hubs_each(group->env->store, count_joined, joining);

    count_configured(joining);
    if (err == C2C_E_OK && joining->others >= C2C_FEDERATION_HUBS) {
        (void)c2c_diag_set(&job->diag, C2C_E_QUOTA, "url",
                           "this node follows %d hubs already",
                           C2C_FEDERATION_HUBS);
        c2c_diag_hint(&job->diag, "leave one first: `c2c leave URL`");
        return C2C_E_QUOTA;
    }
    return err == C2C_E_OK ? c2c_hubs_add(group->env->store, &joining->hub)
                           : err;
}

static enum c2c_err take_hub(struct c2c_ask *ask, struct c2c_hub *hub)
{
    enum c2c_err err = take_url(ask, &hub->url);

    if (err == C2C_E_OK) {
        err = take_lga(ask, &hub->lga);
    }
    if (err == C2C_E_OK) {
        err = c2c_ask_short(ask, "name", C2C_MAX_NAME_BYTES, &hub->name);
    }
    if (err == C2C_E_OK) {
        err = c2c_ask_short(ask, "note", C2C_MAX_NOTE_BYTES, &hub->note);
    }
    return err == C2C_E_OK
               ? c2c_ask_short(ask, "token", C2C_MAX_NAME_BYTES, &hub->token)
               : err;
}

enum c2c_err c2c_ask_join(struct c2c_ask *ask)
{
    struct joining joining = {.config = &ask->node->config,
                              .hub = {.since_s = ask->now_s}};
    struct c2c_job job = {.prepare = keep_hub, .ctx = &joining};
    const struct c2c_hub *hub = &joining.hub;
    enum c2c_err err = take_hub(ask, &joining.hub);

    if (err == C2C_E_OK) {
        err = c2c_ask_flag(ask, "dry_run", &job.dry_run);
    }
    if (err == C2C_E_OK) {
        err = c2c_put_run(ask, &job);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (!job.dry_run) {
        err = c2c_federation_renew_hubs(ask->node->federation);
    }
    c2c_doc_set_str(ask->doc, ask->result, "url", hub->url);
    c2c_ask_set_hash(ask, ask->result, "lga", &hub->lga);
    c2c_doc_set_str(ask->doc, ask->result, "name", hub->name);
    c2c_ask_set_time(ask, ask->result, "since", hub->since_s);
    return err;
}

/* Hubs near to a name that leads nowhere. */
struct offer {
    struct c2c_ask *ask;
    struct c2c_near near;
};

static enum c2c_err offer_hub(void *ctx, const struct c2c_hub *hub)
{
    struct offer *o = ctx;

    c2c_near_offer(&o->near, c2c_val_str(c2c_doc_str(o->ask->doc, hub->url)));
    return C2C_E_OK;
}

static enum c2c_err no_such_hub(struct c2c_ask *ask, struct c2c_view url)
{
    struct offer offer = {.ask = ask};
    enum c2c_err err;

    c2c_near_init(&offer.near, url);
    err = c2c_hubs_each(ask->store, offer_hub, &offer);
    if (err != C2C_E_OK) {
        return err;
    }
    (void)c2c_diag_set(ask->diag, C2C_E_NOT_FOUND, "url",
                       "this node has not joined %.*s", (int)url.n,
                       (const char *)url.p);
    if (offer.near.n > 0) {
        c2c_diag_hint(ask->diag, "did you mean '%.*s'?",
                      (int)offer.near.best[0].n,
                      (const char *)offer.near.best[0].p);
    } else {
        c2c_diag_hint(ask->diag, "`c2c peers` lists the hubs; those of the "
                                 "configuration are left there");
    }
    return C2C_E_NOT_FOUND;
}

static enum c2c_err drop_hub(void *ctx, struct c2c_group *group,
                             struct c2c_job *job)
{
    enum c2c_err err =
        c2c_hubs_remove(group->env->store, *(const struct c2c_view *)ctx);

    return err == C2C_E_NOT_FOUND
               ? c2c_diag_set(&job->diag, err, "url", "this hub was not joined")
               : err;
}

enum c2c_err c2c_ask_leave(struct c2c_ask *ask)
{
    struct c2c_view url = {NULL, 0};
    struct c2c_job job = {.prepare = drop_hub, .ctx = &url};
    enum c2c_err err = take_url(ask, &url);

    if (err == C2C_E_OK) {
        err = c2c_ask_flag(ask, "dry_run", &job.dry_run);
    }
    if (err == C2C_E_OK) {
        err = c2c_put_run(ask, &job);
    }
    if (err == C2C_E_NOT_FOUND) {
        return no_such_hub(ask, url);
    }
    if (err == C2C_E_OK && !job.dry_run) {
        err = c2c_federation_renew_hubs(ask->node->federation);
    }
    if (err == C2C_E_OK) {
        c2c_doc_set_str(ask->doc, ask->result, "url", url);
    }
    return err;
}

/* Where nobody else can connect to. */
static bool is_anywhere(struct c2c_view url)
{
    static const char *const marks[] = {"://0.0.0.0:", "://[::]:", "://*:",
                                        "://:"};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const char *scheme_end = memchr(url.p, ':', url.n);
        size_t at = scheme_end == NULL
                        ? url.n
                        : (size_t)((const uint8_t *)scheme_end - url.p);

        if (c2c_view_starts(c2c_view_of(url.p + at, url.n - at),
                            c2c_view_str(marks[i]))) {
            return true;
        }
    }
    return url.n > 2 && url.p[url.n - 1] == '0' && url.p[url.n - 2] == ':';
}

/* Where the invited connect to: as asked, else as configured. */
static enum c2c_err choose_url(struct c2c_ask *ask, struct c2c_view *ret_url)
{
    const struct c2c_config_list *listen = &ask->node->config.listen;
    const char *real = NULL; /* With the port that the system has chosen. */

    if (c2c_val_get(ask->args, "url") != NULL) {
        return take_url(ask, ret_url);
    }
    if (ask->node->peers != NULL) {
        real = c2c_provider_url(ask->node->peers, 0);
    }
    if (listen->n == 0) {
        (void)c2c_diag_set(ask->diag, C2C_E_INVAL, "url",
                           "this node listens nowhere: cities could not reach "
                           "it");
        c2c_diag_hint(ask->diag, "set listen in c2cd.conf and start the node "
                                 "again, or name the address with --url");
        return C2C_E_INVAL;
    }
    *ret_url = c2c_view_str(real != NULL ? real : listen->at[0]);
    if (is_anywhere(*ret_url)) {
        (void)c2c_diag_set(ask->diag, C2C_E_INVAL, "url",
                           "%s does not say under which name others reach this "
                           "node",
                           listen->at[0]);
        c2c_diag_hint(ask->diag, "name it: --url tcp://hub.example.org:7420");
        return C2C_E_INVAL;
    }
    return C2C_E_OK;
}

static enum c2c_err keep_invite(void *ctx, struct c2c_group *group,
                                struct c2c_job *job)
{
    (void)job;
    return c2c_invites_add(group->env->store, ctx);
}

static void answer_invite(struct c2c_ask *ask, struct c2c_view url,
                          const char *token, const struct c2c_invite *invite)
{
    char hex[C2C_HASH_HEX];

    c2c_hash_hex(ask->self, hex);
    c2c_doc_set(ask->doc, ask->result, "text",
                c2c_doc_fmt(ask->doc, "c2c-invite:1:%.*s#%s:%s", (int)url.n,
                            (const char *)url.p, hex, token));
    c2c_doc_set_str(ask->doc, ask->result, "name", invite->name);
    c2c_ask_set_time(ask, ask->result, "expires", invite->expires_s);
}

enum c2c_err c2c_ask_invite(struct c2c_ask *ask)
{
    uint8_t random[TOKEN_BYTES];
    char token[2 * TOKEN_BYTES + 1];
    struct c2c_invite invite = {.used_s = 0};
    struct c2c_job job = {.prepare = keep_invite, .ctx = &invite};
    struct c2c_view url = {NULL, 0};
    uint64_t days = 0;
    enum c2c_err err = c2c_ask_lga(ask);

    if (err == C2C_E_OK) {
        err = c2c_ask_uint(ask, "days", 1, DAYS_MAX, DAYS, &days);
    }
    if (err == C2C_E_OK) {
        err = c2c_ask_short(ask, "name", C2C_MAX_NAME_BYTES, &invite.name);
    }
    if (err == C2C_E_OK) {
        err = choose_url(ask, &url);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    c2c_rng_system.fill(c2c_rng_system.ctx, random, sizeof random);
    c2c_hex_encode(c2c_view_of(random, sizeof random), token);
    invite.token = c2c_join_token(c2c_view_str(token));
    invite.expires_s = ask->now_s + days * DAY_S;
    err = c2c_put_run(ask, &job);
    if (err == C2C_E_OK) {
        answer_invite(ask, url, token, &invite);
    }
    return err;
}
