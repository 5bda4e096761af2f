/* NNG's errors as ours. */

#ifndef C2C_NET_ERROR_PRIV_H
#define C2C_NET_ERROR_PRIV_H

#include "base/err.h"

enum c2c_err c2c_net_error(int nng_code);

#endif /* C2C_NET_ERROR_PRIV_H */
