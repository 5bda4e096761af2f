/* The commands as one table: help, completion, parsing and the manual's check
 * come from it. */

#ifndef C2C_C2C_COMMAND_H
#define C2C_C2C_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "c2c/cmdline.h"

struct c2c_run;

/* Do it.  Anything but C2C_E_OK is reported by the caller from run->diag and
 * becomes the exit status (c2c/report.h). */
typedef enum c2c_err c2c_command_fn(struct c2c_run *run);

struct c2c_command {
    const char *name;
    const char *synopsis;        /* What follows the name. */
    const char *help;            /* One line. */
    const char *more;            /* Paragraphs for `help COMMAND`, or NULL. */
    const char *const *examples; /* Ends with NULL. */
    const struct c2c_option *options; /* Its own. */
    unsigned min_args;
    unsigned max_args;
    const char *const *words; /* The first argument is one of these, or NULL. */
    c2c_command_fn *fn;
    bool records;   /* Has records to print with --records. */
    bool elsewhere; /* May be asked of a node elsewhere, or asks none. */
};

/* Ends with an empty element. */
extern const struct c2c_command c2c_commands[];
extern const struct c2c_option c2c_global_options[];

c2c_command_fn c2c_cmd_init;
c2c_command_fn c2c_cmd_put, c2c_cmd_new, c2c_cmd_edit, c2c_cmd_rm;
c2c_command_fn c2c_cmd_import, c2c_cmd_confirm;
c2c_command_fn c2c_cmd_show, c2c_cmd_list, c2c_cmd_log;
c2c_command_fn c2c_cmd_types, c2c_cmd_schema, c2c_cmd_vocab;
c2c_command_fn c2c_cmd_who, c2c_cmd_find;
c2c_command_fn c2c_cmd_status, c2c_cmd_doctor, c2c_cmd_verify, c2c_cmd_export;
c2c_command_fn c2c_cmd_join, c2c_cmd_leave, c2c_cmd_invite, c2c_cmd_members;
c2c_command_fn c2c_cmd_peers, c2c_cmd_sync, c2c_cmd_trust;
c2c_command_fn c2c_cmd_key, c2c_cmd_backup;
c2c_command_fn c2c_cmd_completion, c2c_cmd_help, c2c_cmd_version;

#endif /* C2C_C2C_COMMAND_H */
