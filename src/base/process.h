/* What a program that holds secrets asks of the system for itself. */

#ifndef C2C_BASE_PROCESS_H
#define C2C_BASE_PROCESS_H

#include "base/err.h"

/* Keep this process out of core files, and its memory from other processes of
 * the same user.  First thing in main(); not for libraries, whose callers may
 * want to be debugged.  C2C_E_IO.
 *
 * Programs built with AddressSanitizer stay open to tracing, since that is how
 * it finds leaks. */
enum c2c_err c2c_process_seal(void) C2C_MUST_CHECK;

#endif /* C2C_BASE_PROCESS_H */
