/* Listeners: what differs between NNG's transports. */

#ifndef C2C_NET_LISTEN_PRIV_H
#define C2C_NET_LISTEN_PRIV_H

#include <nng/nng.h>
#include <stdbool.h>

#include "base/address.h"
#include "base/err.h"

enum {
    C2C_LISTEN_URL = 256 /* With the NUL. */
};

/* Do NNG's statistics count what this transport sends? */
bool c2c_listen_is_counted(const char *url);

/* Listen on @url and say with which port.  As c2c_provider_listen(). */
enum c2c_err c2c_listen(nng_socket socket, const char *url,
                        const char *tls_cert,
                        char ret_url[C2C_LISTEN_URL]) C2C_MUST_CHECK;

/* From where @pipe comes. */
struct c2c_address c2c_listen_address(nng_pipe pipe);

#endif /* C2C_NET_LISTEN_PRIV_H */
