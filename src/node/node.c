#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/limits.h"
#include "crypto/random.h"
#include "net/probe.h"
#include "net/provider.h"
#include "node/copies.h"
#include "node/node_priv.h"
#include "node/serve.h"
#include "record/types.h"

enum {
    FEEDS_MAX = 10000,
    PIPE_OPEN = 32,
    PIPE_BYTES = 2 << 20,
    PIPES = 10000,
    PIPES_PER_ADDRESS = 64,
    DRAIN_MS = 2000, /* For clients to take their last answers away. */
    PROBE_S = 60     /* Busy as the machine may be, that is enough. */
};

enum c2c_err c2c_node_init(struct c2c_diag *diag)
{
    enum c2c_err err = c2c_crypto_init();

    return err == C2C_E_OK ? err
                           : c2c_diag_set(diag, err, NULL,
                                          "the system gives no randomness: %s",
                                          c2c_strerror(err));
}

enum c2c_err c2c_node_check(const char *dir, struct c2c_diag *diag)
{
    struct c2c_identity identity;
    enum c2c_err err = c2c_identity_load(dir, &identity, diag);

    if (err == C2C_E_OK) {
        c2c_identity_fini(&identity);
    }
    return err;
}

const char *c2c_node_socket(const struct c2c_node *node)
{
    return node->socket;
}

const char *c2c_node_city(const struct c2c_node *node)
{
    return node->city;
}

static void take_request(void *ctx, struct c2c_request *request)
{
    struct c2c_node *node = ctx;

    c2c_pool_take(node->pool, request);
}

static enum c2c_err open_run(struct c2c_node *node, struct c2c_diag *diag)
{
    char *run = c2c_path_join(node->dir, "run");

    if (run != NULL) {
        node->run_fd = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    c2c_free(run);
    return node->run_fd >= 0 ? C2C_E_OK
                             : c2c_diag_set(diag, C2C_E_IO, node->dir,
                                            "cannot use %s/run", node->dir);
}

static enum c2c_err listen_control(struct c2c_node *node, struct c2c_diag *diag)
{
    const struct c2c_provider_options options = {.max_message =
                                                     C2C_MAX_CONTROL_BYTES,
                                                 .fn = take_request,
                                                 .ctx = node};
    char url[64];
    enum c2c_err err = open_run(node, diag);

    if (err != C2C_E_OK) {
        return err;
    }
    (void)snprintf(url, sizeof url, "ipc:///proc/self/fd/%d/control.sock",
                   node->run_fd);
    err = c2c_provider_open(&options, &node->control);
    if (err == C2C_E_OK) {
        err = c2c_provider_listen(node->control, url);
    }
    if (err != C2C_E_OK) {
        (void)c2c_diag_set(diag, err, "control.sock", "cannot listen on %s: %s",
                           node->socket, c2c_strerror(err));
        c2c_diag_hint(diag, err == C2C_E_IN_USE
                                ? "another program answers there; stop it"
                                : "the folder must be on a local disk and "
                                  "belong to this user");
    }
    return err;
}

static void take_frame(void *ctx, struct c2c_request *request)
{
    struct c2c_node *node = ctx;
    struct c2c_visit *visit = c2c_visit_new(node, request);

    if (visit != NULL) {
        c2c_pool_visit(node->pool, visit);
    }
}

static void drop_feeds(void *ctx, uint32_t pipe)
{
    struct c2c_node *node = ctx;

    if (node->feeds != NULL) {
        c2c_feeds_gone(node->feeds, pipe);
    }
}

static void go_on(void *ctx, struct c2c_visit *visit)
{
    struct c2c_node *node = ctx;

    c2c_pool_visit(node->pool, visit);
}

/* What peers' frames are answered with. */
static enum c2c_err open_sessions(struct c2c_node *node)
{
    uint64_t now_s = node->clock->now_ms(node->clock->ctx) / 1000;
    enum c2c_err err = c2c_roster_box_new(&node->rosters);

    c2c_rng_system.fill(c2c_rng_system.ctx, node->cursor_key,
                        sizeof node->cursor_key);
    c2c_list_init(&node->own_id, C2C_MAX_HEAD_BYTES);
    if (err == C2C_E_OK) {
        err = c2c_list_put_hash(&node->own_id, &node->identity.city);
    }
    node->own_lga = c2c_list_of(&node->own_id);
    if (err == C2C_E_OK) {
        err =
            c2c_pass_new(&node->identity, now_s, &c2c_rng_system, &node->pass);
    }
    if (err == C2C_E_OK) {
        err = c2c_sessions_new(c2c_pass_show(node->pass), &c2c_rng_system,
                               &node->sessions);
    }
    if (err == C2C_E_OK) {
        err = c2c_feeds_new(go_on, node, FEEDS_MAX, &node->feeds);
    }
    if (err == C2C_E_OK) {
        err = c2c_heard_new(&node->heard);
    }
    return err == C2C_E_OK ? c2c_body_zip_new(&node->writer_zip) : err;
}

static enum c2c_err listen_peers(struct c2c_node *node, struct c2c_diag *diag)
{
    const struct c2c_config_list *urls = &node->config.listen;
    const struct c2c_provider_options options = {.max_message =
                                                     C2C_MAX_REQUEST_BYTES,
                                                 .max_open = PIPE_OPEN,
                                                 .max_bytes = PIPE_BYTES,
                                                 .max_pipes = PIPES,
                                                 .max_per_address =
                                                     PIPES_PER_ADDRESS,
                                                 .fn = take_frame,
                                                 .gone = drop_feeds,
                                                 .ctx = node};
    enum c2c_err err =
        urls->n == 0 ? C2C_E_OK : c2c_provider_open(&options, &node->peers);

    for (size_t i = 0; i < urls->n && err == C2C_E_OK; i++) {
        err = c2c_provider_listen(node->peers, urls->at[i]);
        if (err != C2C_E_OK) {
            (void)c2c_diag_set(diag, err, "listen", "cannot listen on %s: %s",
                               urls->at[i], c2c_strerror(err));
            c2c_diag_hint(diag,
                          err == C2C_E_IN_USE
                              ? "another program has that port; choose "
                                "another one in c2cd.conf"
                              : "name an address of this machine, such as "
                                "tcp://0.0.0.0:7420; see `listen` in "
                                "c2cd.conf(5)");
        }
    }
    return err;
}

static enum c2c_err open_peers(struct c2c_node *node, struct c2c_diag *diag)
{
    enum c2c_err err = c2c_federation_open(node, diag, &node->federation);

    return err == C2C_E_OK ? listen_peers(node, diag) : err;
}

static enum c2c_err open_parts(struct c2c_node *node, bool adopt,
                               struct c2c_diag *diag)
{
    struct c2c_writer_options writer = {.dir = node->dir,
                                        .identity = &node->identity,
                                        .config = &node->config,
                                        .clock = node->clock,
                                        .adopt = adopt};
    enum c2c_err err = c2c_identity_load(node->dir, &node->identity, diag);

    if (err == C2C_E_OK) {
        c2c_hash_hex(&node->identity.city, node->city);
        err = c2c_identity_lock(node->dir, diag, &node->lock_fd);
    }
    if (err == C2C_E_OK) {
        c2c_copies_clear(node->dir, UINT64_MAX);
    }
    if (err == C2C_E_OK) {
        err = c2c_types_load(&c2c_types_builtin, diag, &node->types);
        writer.types = node->types;
    }
    if (err == C2C_E_OK) {
        err = c2c_writer_open(&writer, diag, &node->writer);
    }
    if (err == C2C_E_OK) {
        err = open_sessions(node);
    }
    if (err == C2C_E_OK) {
        err = c2c_pool_open(node, diag, &node->pool);
    }
    if (err == C2C_E_OK) {
        err = open_peers(node, diag);
    }
    return err == C2C_E_OK ? listen_control(node, diag) : err;
}

enum c2c_err c2c_node_open(const struct c2c_node_options *options,
                           struct c2c_diag *diag, struct c2c_node **ret_node)
{
    struct c2c_node *node = c2c_calloc(1, sizeof *node);
    enum c2c_err err;

    diag->code = C2C_E_OK;
    if (node == NULL) {
        return c2c_diag_set(diag, C2C_E_NOMEM, NULL, "out of memory");
    }
    node->lock_fd = -1;
    node->run_fd = -1;
    node->config = *options->config;
    node->clock = options->clock;
    node->dir = c2c_view_dup(c2c_view_str(options->dir));
    node->socket = c2c_path_join(options->dir, "run/control.sock");
    err = node->dir == NULL || node->socket == NULL
              ? C2C_E_NOMEM
              : open_parts(node, options->adopt, diag);
    if (err != C2C_E_OK) {
        if (diag->code == C2C_E_OK) {
            (void)c2c_diag_set(diag, err, NULL, "%s", c2c_strerror(err));
        }
        c2c_node_close(node);
        return err;
    }
    *ret_node = node;
    return C2C_E_OK;
}

static void close_fd(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}

bool c2c_node_is_sound(void)
{
    return c2c_net_probe(PROBE_S);
}

void c2c_node_close(struct c2c_node *node)
{
    if (node == NULL) {
        return;
    }
    /* Ask nothing more before anything goes that answers need. */
    c2c_federation_stop(node->federation);
    /* What was taken is still answered, so the socket outlives the threads. */
    c2c_pool_stop(node->pool);
    c2c_provider_drain(node->control, DRAIN_MS);
    c2c_provider_close(node->control);
    c2c_provider_close(node->peers);
    c2c_writer_drain(node->writer);
    c2c_federation_free(node->federation);
    c2c_feeds_free(node->feeds);
    c2c_heard_free(node->heard);
    c2c_pool_close(node->pool);
    c2c_writer_close(node->writer);
    c2c_sessions_free(node->sessions);
    c2c_pass_free(node->pass);
    c2c_body_zip_free(node->writer_zip);
    c2c_roster_box_free(node->rosters);
    c2c_list_fini(&node->own_id);
    c2c_identity_fini(&node->identity);
    c2c_types_free(node->types);
    close_fd(node->run_fd);
    close_fd(node->lock_fd);
    c2c_free(node->socket);
    c2c_free(node->dir);
    c2c_free(node);
}
