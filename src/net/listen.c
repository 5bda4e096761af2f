#include <nng/transport/ipc/ipc.h>
#include <stdio.h>
#include <string.h>

#include "net/error_priv.h"
#include "net/listen_priv.h"

static bool has_scheme(const char *url, const char *scheme)
{
    return strncmp(url, scheme, strlen(scheme)) == 0;
}

bool c2c_listen_is_counted(const char *url)
{
    return !has_scheme(url, "ws://") && !has_scheme(url, "wss://");
}

static int configure(nng_listener listener, const char *url,
                     const char *tls_cert)
{
    int rc = 0;

    if (has_scheme(url, "ipc://")) {
        return nng_listener_set_int(listener, NNG_OPT_IPC_PERMISSIONS, 0600);
    }
    if (tls_cert != NULL &&
        (has_scheme(url, "tls+") || has_scheme(url, "wss://"))) {
        rc = nng_listener_set_string(listener, NNG_OPT_TLS_CERT_KEY_FILE,
                                     tls_cert);
    }
    /* A peer that is gone without a word is noticed in the end. */
    return rc == 0
               ? nng_listener_set_bool(listener, NNG_OPT_TCP_KEEPALIVE, true)
               : rc;
}

/* Copy @url, with the port of @listener in the place of port 0. */
static enum c2c_err resolve(nng_listener listener, const char *url,
                            char ret_url[C2C_LISTEN_URL])
{
    const char *host = strstr(url, "://");
    const char *end = host == NULL ? NULL : strchr(host + 3, '/');
    size_t n = end == NULL ? strlen(url) : (size_t)(end - url);
    int port = 0;
    int written;

    if (!has_scheme(url, "ipc://") && n > 2 &&
        strncmp(url + n - 2, ":0", 2) == 0 &&
        nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port) == 0) {
        written = snprintf(ret_url, C2C_LISTEN_URL, "%.*s:%d%s", (int)(n - 2),
                           url, port, url + n);
    } else {
        written = snprintf(ret_url, C2C_LISTEN_URL, "%s", url);
    }
    return written < C2C_LISTEN_URL ? C2C_E_OK : C2C_E_TOO_BIG;
}

enum c2c_err c2c_listen(nng_socket socket, const char *url,
                        const char *tls_cert, char ret_url[C2C_LISTEN_URL])
{
    nng_listener listener;
    enum c2c_err err;
    int rc = nng_listener_create(&listener, socket, url);

    if (rc != 0) {
        return c2c_net_error(rc);
    }
    rc = configure(listener, url, tls_cert);
    if (rc == 0) {
        rc = nng_listener_start(listener, 0);
    }
    err = c2c_net_error(rc);
    if (err == C2C_E_OK) {
        err = resolve(listener, url, ret_url);
    }
    if (err != C2C_E_OK) {
        (void)nng_listener_close(listener);
    }
    return err;
}

struct c2c_address c2c_listen_address(nng_pipe pipe)
{
    struct c2c_address none = {{0}};
    nng_sockaddr from;

    if (nng_pipe_get_addr(pipe, NNG_OPT_REMADDR, &from) != 0) {
        return none;
    }
    if (from.s_family == NNG_AF_INET) { /* In network order. */
        return c2c_address_v4((const uint8_t *)&from.s_in.sa_addr);
    }
    return from.s_family == NNG_AF_INET6 ? c2c_address_v6(from.s_in6.sa_addr)
                                         : none;
}
