#include <nng/nng.h>

#include "net/error_priv.h"

enum c2c_err c2c_net_error(int code)
{
    switch (code) {
    case 0:
        return C2C_E_OK;
    case NNG_ENOMEM:
        return C2C_E_NOMEM;
    case NNG_ETIMEDOUT:
        return C2C_E_TIMEOUT;
    case NNG_EADDRINUSE:
        return C2C_E_IN_USE;
    case NNG_EADDRINVAL:
    case NNG_EINVAL:
    case NNG_ENOTSUP:
        return C2C_E_INVAL;
    case NNG_EPERM:
        return C2C_E_PERMISSION;
    case NNG_EMSGSIZE:
        return C2C_E_TOO_BIG;
    case NNG_ECONNREFUSED:
    case NNG_ECONNRESET:
    case NNG_ECONNABORTED:
    case NNG_ECONNSHUT:
    case NNG_ECLOSED:
    case NNG_ENOENT:
    case NNG_EPEERAUTH:
    case NNG_ECANCELED:
        return C2C_E_UNREACHABLE;
    default:
        return C2C_E_IO;
    }
}
