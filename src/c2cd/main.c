/* c2cd: the daemon around a node. */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "c2cd/notify.h"
#include "c2cd/options.h"
#include "node/config.h"
#include "node/node.h"

enum {
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    CONFIG_TEXT_MAX = 65536,
    PROBE_EVERY_S = 60
};

static int fail(const struct c2c_diag *diag)
{
    (void)fprintf(stderr, "c2cd: %s\n", diag->message);
    if (diag->hint[0] != '\0') {
        (void)fprintf(stderr, "c2cd: %s\n", diag->hint);
    }
    return EXIT_FAILED;
}

/* The file that was named must be there; DIR/c2cd.conf may be missing. */
static enum c2c_err read_config(const struct c2cd_options *options,
                                struct c2c_config *config,
                                struct c2c_diag *diag)
{
    char *own = c2c_path_join(options->dir, "c2cd.conf");
    const char *path = options->config == NULL ? own : options->config;
    enum c2c_err err;

    c2c_config_defaults(config);
    if (path == NULL) {
        return c2c_diag_set(diag, C2C_E_NOMEM, NULL, "out of memory");
    }
    err = c2c_config_read(path, config, diag);
    if (err == C2C_E_NOT_FOUND && options->config == NULL) {
        err = C2C_E_OK;
    }
    c2c_free(own);
    return err;
}

static void set_log_level(const struct c2c_config *config)
{
    enum c2c_log_level level;

    /* The configuration has checked it. */
    if (c2c_log_parse_level(c2c_view_str(config->log_level), &level) ==
        C2C_E_OK) {
        c2c_log_set_level(level);
    }
}

static int print_config(const struct c2c_config *config)
{
    struct c2c_buf text;
    enum c2c_err err;

    c2c_buf_init(&text, CONFIG_TEXT_MAX);
    err = c2c_config_print(config, &text);
    if (err == C2C_E_OK && fwrite(text.p, 1, text.n, stdout) != text.n) {
        err = C2C_E_IO;
    }
    c2c_buf_fini(&text);
    if (fflush(stdout) != 0 || err != C2C_E_OK) {
        (void)fputs("c2cd: cannot print the configuration\n", stderr);
        return EXIT_FAILED;
    }
    return 0;
}

static int check(const struct c2cd_options *options)
{
    struct c2c_diag diag;

    if (c2c_node_check(options->dir, &diag) != C2C_E_OK) {
        return fail(&diag);
    }
    (void)printf("configuration and keys of %s are in order\n", options->dir);
    return fflush(stdout) == 0 ? 0 : EXIT_FAILED;
}

static void reread(const struct c2cd_options *options)
{
    struct c2c_config config;
    struct c2c_diag diag;

    if (read_config(options, &config, &diag) == C2C_E_OK) {
        set_log_level(&config);
        c2c_log(C2C_LOG_NOTICE, "c2cd", "configuration read again");
    } else {
        c2c_log(C2C_LOG_ERR, "c2cd", "%s", diag.message);
    }
}

/* Until TERM or INT: the status is 0; or until the node cannot go on. */
static int wait_for_end(const struct c2cd_options *options,
                        const sigset_t *signals)
{
    const struct timespec pause = {.tv_sec = PROBE_EVERY_S};
    bool sound = true;
    int sig = 0;

    while (sound && sig != SIGTERM && sig != SIGINT) {
        sig = sigtimedwait(signals, NULL, &pause);
        if (sig == SIGHUP) {
            reread(options);
        } else if (sig < 0 && errno == EAGAIN) {
            sound = c2c_node_is_sound();
        }
    }
    /* From here on a second one ends the process at once. */
    (void)signal(SIGHUP, SIG_IGN);
    (void)pthread_sigmask(SIG_UNBLOCK, signals, NULL);
    if (sound) {
        c2c_log(C2C_LOG_NOTICE, "c2cd", "stopping signal=%d", sig);
        return 0;
    }
    c2c_log(C2C_LOG_ERR, "c2cd",
            "connections do not end any more: stopping, to be started again");
    return EXIT_FAILED;
}

static int run(const struct c2cd_options *options,
               const struct c2c_config *config, const sigset_t *signals)
{
    const struct c2c_node_options node_options = {.dir = options->dir,
                                                  .config = config,
                                                  .clock = &c2c_clock_system,
                                                  .adopt = options->adopt};
    struct c2c_node *node = NULL;
    struct c2c_diag diag;
    int status;

    if (c2c_node_open(&node_options, &diag, &node) != C2C_E_OK) {
        return fail(&diag);
    }
    c2c_log(C2C_LOG_NOTICE, "c2cd", "ready city=%.16s socket=%s",
            c2c_node_city(node), c2c_node_socket(node));
    c2cd_notify("READY=1");
    status = wait_for_end(options, signals);
    c2cd_notify("STOPPING=1");
    c2c_node_close(node);
    c2c_log(C2C_LOG_NOTICE, "c2cd", "stopped");
    return status;
}

/* Handled by wait_for_end() alone: every thread inherits the mask. */
static void block_signals(sigset_t *signals)
{
    (void)sigemptyset(signals);
    (void)sigaddset(signals, SIGTERM);
    (void)sigaddset(signals, SIGINT);
    (void)sigaddset(signals, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

static int act(const struct c2cd_options *options)
{
    struct c2c_config config;
    struct c2c_diag diag;
    sigset_t signals;

    block_signals(&signals);
    if (c2c_node_init(&diag) != C2C_E_OK ||
        read_config(options, &config, &diag) != C2C_E_OK) {
        return fail(&diag);
    }
    if (options->action == C2CD_PRINT_CONFIG) {
        return print_config(&config);
    }
    set_log_level(&config);
    return options->action == C2CD_CHECK ? check(options)
                                         : run(options, &config, &signals);
}

int main(int argc, char **argv)
{
    struct c2cd_options options;
    int status = 0;

    (void)umask(077);
    if (c2c_process_seal() != C2C_E_OK) {
        (void)fputs("c2cd: the system does not let secrets be kept\n", stderr);
        return EXIT_FAILED;
    }
    c2cd_options_read(argc, argv, &options);
    if (options.action == C2CD_USAGE) {
        status = EXIT_USAGE;
    } else if (options.action == C2CD_HELP) {
        c2cd_options_help();
    } else if (options.action == C2CD_VERSION) {
        (void)puts("c2cd " C2C_VERSION);
    } else {
        status = act(&options);
    }
    c2cd_options_fini(&options);
    return fflush(stdout) == 0 ? status : EXIT_FAILED;
}
