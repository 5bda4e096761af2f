/* c2c: the client. */

#include <stdio.h>
#include <sys/stat.h>

#include "base/process.h"
#include "c2c/command.h"
#include "c2c/env.h"
#include "c2c/help.h"
#include "c2c/report.h"
#include "c2c/run.h"
#include "crypto/sign.h"

static const struct c2c_grammar grammar = {c2c_global_options, c2c_commands};

/* The form of machines is for answers, not for help. */
static void show_help(struct c2c_run *run)
{
    if (run->line.command != NULL) {
        c2c_help_command(&run->out, run->line.command);
    } else {
        c2c_help_overview(&run->out);
    }
}

static enum c2c_err no_command(struct c2c_run *run)
{
    (void)c2c_diag_set(&run->diag, C2C_E_USAGE, NULL, "which command?");
    c2c_diag_hint(&run->diag, "`c2c help` lists them; begin with `c2c init`");
    return C2C_E_USAGE;
}

static enum c2c_err act(struct c2c_run *run, int argc, char *const *argv)
{
    enum c2c_err err = c2c_run_init(run, &grammar, argc, argv);

    if (c2c_cmdline_has(&run->line, "help")) {
        show_help(run);
        return C2C_E_OK;
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (c2c_cmdline_has(&run->line, "version")) {
        return c2c_cmd_version(run);
    }
    if (run->line.command == NULL) {
        return no_command(run);
    }
    err = c2c_crypto_init();
    return err == C2C_E_OK ? run->line.command->fn(run)
                           : c2c_diag_set(&run->diag, err, NULL,
                                          "the system gives no randomness");
}

int main(int argc, char **argv)
{
    struct c2c_run run;
    enum c2c_err err;
    int status;

    (void)umask(077);
    c2c_env_start();
    if (c2c_process_seal() != C2C_E_OK) {
        (void)fputs("c2c: the system does not let secrets be kept\n", stderr);
        return 1;
    }
    err = act(&run, argc, argv);
    if (err != C2C_E_OK) {
        c2c_report(&run.out, &run.diag, run.error);
    }
    status = c2c_exit_status(err);
    if (c2c_out_close(&run.out) != C2C_E_OK && status == 0) {
        char reason[128];

        (void)fprintf(stderr, "c2c: standard output: %s\n",
                      c2c_env_strerror(run.out.code, reason));
        status = 1;
    }
    c2c_run_fini(&run);
    return status;
}
