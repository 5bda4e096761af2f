#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/limits.h"
#include "net/provider.h"
#include "node/node_priv.h"
#include "record/types.h"

enum {
    DRAIN_MS = 2000 /* For clients to take their last answers away. */
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
        err = c2c_types_load(&c2c_types_builtin, diag, &node->types);
        writer.types = node->types;
    }
    if (err == C2C_E_OK) {
        err = c2c_writer_open(&writer, diag, &node->writer);
    }
    if (err == C2C_E_OK) {
        err = c2c_pool_open(node, diag, &node->pool);
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

void c2c_node_close(struct c2c_node *node)
{
    if (node == NULL) {
        return;
    }
    /* What was taken is still answered, so the socket outlives the threads. */
    c2c_pool_stop(node->pool);
    c2c_provider_drain(node->control, DRAIN_MS);
    c2c_provider_close(node->control);
    c2c_pool_close(node->pool);
    c2c_writer_close(node->writer);
    c2c_identity_fini(&node->identity);
    c2c_types_free(node->types);
    close_fd(node->run_fd);
    close_fd(node->lock_fd);
    c2c_free(node->socket);
    c2c_free(node->dir);
    c2c_free(node);
}
