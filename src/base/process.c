#define _DEFAULT_SOURCE /* prctl() is Linux, not POSIX. */

#include "base/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRACED_BY_SANITIZER 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define TRACED_BY_SANITIZER 1
#endif
#ifndef TRACED_BY_SANITIZER
#define TRACED_BY_SANITIZER 0
#endif

enum c2c_err c2c_process_seal(void)
{
    const struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) != 0) {
        return C2C_E_IO;
    }
    if (!TRACED_BY_SANITIZER && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return C2C_E_IO;
    }
    return C2C_E_OK;
}
