#include "net/probe.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>

#include "net/close_priv.h"

static const char url[] = "inproc://c2c-probe";

/* What cannot even be made tells nothing. */
static bool open_pair(nng_socket *answering, nng_socket *asking)
{
    if (nng_rep0_open(answering) != 0) {
        return false;
    }
    if (nng_req0_open(asking) != 0) {
        (void)nng_close(*answering);
        return false;
    }
    if (nng_listen(*answering, url, NULL, 0) != 0 ||
        nng_dial(*asking, url, NULL, 0) != 0) {
        (void)nng_close(*asking);
        (void)nng_close(*answering);
        return false;
    }
    return true;
}

bool c2c_net_probe(unsigned patience_s)
{
    nng_socket answering = NNG_SOCKET_INITIALIZER;
    nng_socket asking = NNG_SOCKET_INITIALIZER;

    if (!open_pair(&answering, &asking)) {
        return true;
    }
    return c2c_net_close_within(asking, patience_s) &&
           c2c_net_close_within(answering, patience_s);
}
