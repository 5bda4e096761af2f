#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/timefmt.h"

static _Atomic int threshold = C2C_LOG_INFO;

void c2c_log_set_level(enum c2c_log_level level)
{
    threshold = (int)level;
}

static const struct {
    const char *name;
    enum c2c_log_level level;
} names[] = {
    {"err", C2C_LOG_ERR},       {"warn", C2C_LOG_WARN},
    {"notice", C2C_LOG_NOTICE}, {"info", C2C_LOG_INFO},
    {"debug", C2C_LOG_DEBUG},
};

enum c2c_err c2c_log_parse_level(struct c2c_view name,
                                 enum c2c_log_level *ret_level)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (c2c_view_eq_str(name, names[i].name)) {
            *ret_level = names[i].level;
            return C2C_E_OK;
        }
    }
    return C2C_E_INVAL;
}

static void write_line(enum c2c_log_level level, const char *module,
                       const char *text)
{
    char when[C2C_TIME_TEXT];

    /* One call a line, so that lines of threads do not mix. */
    /* Nothing here changes the environment.  NOLINTNEXTLINE(*-mt-unsafe) */
    if (getenv("JOURNAL_STREAM") != NULL) { /* Set by systemd, never by us. */
        (void)fprintf(stderr, "<%d>%s: %s\n", (int)level, module, text);
        return;
    }
    c2c_time_format(c2c_clock_system.now_ms(NULL) / 1000, when);
    (void)fprintf(stderr, "%s %s: %s\n", when, module, text);
}

void c2c_log(enum c2c_log_level level, const char *module, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    if ((int)level > threshold) {
        return;
    }
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    c2c_text_line(text);
    write_line(level, module, text);
}
