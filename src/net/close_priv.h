/* Closing sockets of NNG. */

#ifndef C2C_NET_CLOSE_PRIV_H
#define C2C_NET_CLOSE_PRIV_H

#include <nng/nng.h>
#include <stdbool.h>

/* Close @socket and wait for its callbacks.  NNG 1.5 sometimes waits for ever
 * when a connection ends in the middle of a message (its transports send or
 * receive on after the end, and are told nothing): after a few seconds such a
 * socket is left alone.  False: it is still closing, and may still call back,
 * so what its callbacks use must stay. */
bool c2c_net_close(nng_socket socket);

/* The same with another patience. */
bool c2c_net_close_within(nng_socket socket, unsigned patience_s);

#endif /* C2C_NET_CLOSE_PRIV_H */
