#define _GNU_SOURCE /* getopt_long() */

#include "c2cd/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"

static const char help[] =
    "Usage: c2cd [-C DIR] [OPTION]...\n"
    "Run the node of the city in DIR, in the foreground.\n"
    "\n"
    "  c2c -C ~/jambi init --name Jambi --country ID    make a city first\n"
    "  c2cd -C ~/jambi                                  then run its node\n"
    "  c2c -C ~/jambi status --wait                     and ask it\n"
    "\n"
    "  -C DIR            the city's folder; else $C2C_DIR, else\n"
    "                    $XDG_DATA_HOME/c2c (~/.local/share/c2c)\n"
    "      --config FILE read FILE instead of DIR/c2cd.conf\n"
    "      --check       check configuration and keys, then end\n"
    "      --print-config  print the whole configuration, then end\n"
    "      --adopt-store sign again after a backup was restored: say that\n"
    "                    nothing newer has been published\n"
    "  -h, --help        print this\n"
    "  -V, --version     print the version\n"
    "\n"
    "TERM or INT stops it cleanly, HUP reads log-level again.\n"
    "Exit: 0 stopped, 1 failed, 2 wrong usage.\n";

enum {
    OPTION_CONFIG = 256,
    OPTION_CHECK,
    OPTION_PRINT,
    OPTION_ADOPT
};

static const struct option long_options[] = {
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"check", no_argument, NULL, OPTION_CHECK},
    {"print-config", no_argument, NULL, OPTION_PRINT},
    {"adopt-store", no_argument, NULL, OPTION_ADOPT},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

void c2cd_options_help(void)
{
    (void)fputs(help, stdout);
}

static char *dup(const char *text)
{
    return c2c_view_dup(c2c_view_str(text));
}

static bool is_set(const char *value)
{
    return value != NULL && value[0] != '\0';
}

/* -C, else $C2C_DIR, else $XDG_DATA_HOME/c2c, else ~/.local/share/c2c; NULL if
 * none of them names a folder. */
static char *find_dir(const char *given)
{
    /* Before any thread is started.  NOLINTBEGIN(concurrency-mt-unsafe) */
    const char *own = getenv("C2C_DIR");
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    /* NOLINTEND(concurrency-mt-unsafe) */

    if (given != NULL) {
        return given[0] == '\0' ? NULL : dup(given);
    }
    if (is_set(own)) {
        return dup(own);
    }
    if (is_set(data) && data[0] == '/') { /* Relative ones do not count. */
        return c2c_path_join(data, "c2c");
    }
    return is_set(home) ? c2c_path_join(home, ".local/share/c2c") : NULL;
}

static void take(int c, struct c2cd_options *options, const char **dir)
{
    switch (c) {
    case 'C':
        *dir = optarg;
        break;
    case OPTION_CONFIG:
        options->config = optarg;
        break;
    case OPTION_CHECK:
        options->action = C2CD_CHECK;
        break;
    case OPTION_PRINT:
        options->action = C2CD_PRINT_CONFIG;
        break;
    case OPTION_ADOPT:
        options->adopt = true;
        break;
    case 'h':
        options->action = C2CD_HELP;
        break;
    case 'V':
        options->action = C2CD_VERSION;
        break;
    default:
        options->action = C2CD_USAGE;
        break;
    }
}

void c2cd_options_read(int argc, char **argv, struct c2cd_options *options)
{
    const char *dir = NULL;
    int c;

    memset(options, 0, sizeof *options);
    do {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe) */
        c = getopt_long(argc, argv, "C:hV", long_options, NULL);
        if (c != -1 && options->action != C2CD_USAGE) {
            take(c, options, &dir);
        }
    } while (c != -1);
    if (optind < argc && options->action == C2CD_RUN) {
        (void)fprintf(stderr, "c2cd: '%s' is not expected here\n",
                      argv[optind]);
        options->action = C2CD_USAGE;
    }
    options->dir = find_dir(dir);
    if (options->dir == NULL && options->action != C2CD_HELP &&
        options->action != C2CD_VERSION && options->action != C2CD_USAGE) {
        (void)fputs("c2cd: which folder holds the city is not known: name it "
                    "with -C DIR\n",
                    stderr);
        options->action = C2CD_USAGE;
    }
    if (options->action == C2CD_USAGE) {
        (void)fputs("c2cd: `c2cd --help` shows what it understands\n", stderr);
    }
}

void c2cd_options_fini(struct c2cd_options *options)
{
    c2c_free(options->dir);
    options->dir = NULL;
}
