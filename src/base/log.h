/* The log of the daemon.  Edges log once, with context; libraries do not log.
 *
 * One line per event to stderr with a `key=value` tail.  Under systemd
 * (JOURNAL_STREAM is set) lines begin with <N>, else with the time.  Any
 * thread. Never log keys or the contents of records. */

#ifndef C2C_BASE_LOG_H
#define C2C_BASE_LOG_H

#include "base/err.h"
#include "base/view.h"

enum c2c_log_level { /* The numbers of syslog(3). */
    C2C_LOG_ERR = 3,
    C2C_LOG_WARN = 4,
    C2C_LOG_NOTICE = 5,
    C2C_LOG_INFO = 6,
    C2C_LOG_DEBUG = 7
};

/* Lines above @level are dropped.  Default: C2C_LOG_INFO.  Once, at start. */
void c2c_log_set_level(enum c2c_log_level level);

/* "err", "warn", "notice", "info", "debug"; else C2C_E_INVAL. */
enum c2c_err c2c_log_parse_level(struct c2c_view name,
                                 enum c2c_log_level *ret_level) C2C_MUST_CHECK;

void c2c_log(enum c2c_log_level level, const char *module, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* C2C_BASE_LOG_H */
