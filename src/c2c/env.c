#include "c2c/env.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    NARROWEST = 40,
    WIDEST = 1000
};

/* The functions that the next three lines silence are not safe beside threads
 * that change environment or locale; the client has none. */

const char *c2c_env(const char *name)
{
    const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe) */

    return value == NULL || *value == '\0' ? NULL : value;
}

void c2c_env_start(void)
{
    const char *charset;

    (void)setlocale(LC_CTYPE, "");  /* NOLINT(concurrency-mt-unsafe) */
    charset = nl_langinfo(CODESET); /* NOLINT(concurrency-mt-unsafe) */
    if (strcmp(charset, "UTF-8") != 0) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe) */
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    }
    (void)signal(SIGPIPE, SIG_DFL); /* Cannot fail for this signal. */
}

/* A number from 1 to WIDEST, else 0. */
static size_t small_number(const char *text)
{
    size_t number = 0;

    for (; text != NULL && *text >= '0' && *text <= '9'; text++) {
        number = number * 10 + (size_t)(*text - '0');
        if (number > WIDEST) {
            return 0;
        }
    }
    return text == NULL || *text != '\0' ? 0 : number;
}

size_t c2c_env_columns(FILE *file)
{
    size_t columns = small_number(c2c_env("COLUMNS"));
    struct winsize size;

    if (isatty(fileno(file)) == 0) {
        return 0;
    }
    if (columns == 0 && ioctl(fileno(file), TIOCGWINSZ, &size) == 0) {
        columns = size.ws_col;
    }
    if (columns == 0) {
        columns = 80;
    }
    return columns < NARROWEST ? NARROWEST : columns;
}

bool c2c_env_colors(FILE *file)
{
    const char *term = c2c_env("TERM");

    return c2c_env("NO_COLOR") == NULL && term != NULL &&
           strcmp(term, "dumb") != 0 && isatty(fileno(file)) == 1;
}

bool c2c_env_can_ask(void)
{
    return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

const char *c2c_env_strerror(int code, char out[128])
{
    if (strerror_r(code, out, 128) != 0) {
        (void)snprintf(out, 128, "error %d", code);
    }
    return out;
}
