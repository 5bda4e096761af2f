/* help, version, and what is shown without a command. */

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "c2c/command.h"
#include "c2c/help.h"
#include "c2c/run.h"

static void heading(struct c2c_out *out, const char *text)
{
    c2c_out_screen(out, C2C_STYLE_BOLD, c2c_view_str(text));
    c2c_out_print(out, "\n");
}

static void options(struct c2c_out *out, const struct c2c_option *o)
{
    for (; o != NULL && o->name != NULL; o++) {
        char left[64];

        (void)snprintf(left, sizeof left, "%c%c%s --%s%s%s",
                       o->letter == 0 ? ' ' : '-',
                       o->letter == 0 ? ' ' : o->letter,
                       o->letter == 0 ? " " : ",", o->name,
                       o->arg == NULL ? "" : " ", o->arg == NULL ? "" : o->arg);
        c2c_out_print(out, "  %-25s %s\n", left, o->help);
    }
}

void c2c_help_overview(struct c2c_out *out)
{
    c2c_out_print(out, "%s",
                  "c2c - find out who is responsible in another city, and say "
                  "who is in yours\n\n");
    heading(out, "First steps");
    c2c_out_print(out, "%s",
                  "  c2c -C ~/jambi init --name Jambi --country ID\n"
                  "  c2cd -C ~/jambi &\n"
                  "  c2c -C ~/jambi new office\n"
                  "  c2c -C ~/jambi who jambi\n\n");
    heading(out, "Commands");
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        c2c_out_print(out, "  %-11s %s\n", c->name, c->help);
    }
    c2c_out_print(out, "\n");
    heading(out, "Options of every command");
    options(out, c2c_global_options);
    c2c_out_print(out,
                  "\n`c2c help COMMAND` explains one; so does `man c2c`.\n");
}

void c2c_help_command(struct c2c_out *out, const struct c2c_command *c)
{
    c2c_out_print(out, "c2c %s - %s\n\n", c->name, c->help);
    heading(out, "Examples");
    for (const char *const *e = c->examples; *e != NULL; e++) {
        c2c_out_print(out, "  %s\n", *e);
    }
    c2c_out_print(out, "\n");
    heading(out, "Usage");
    c2c_out_print(out, "  c2c [-C DIR] %s%s%s%s\n", c->name,
                  c->options == NULL ? "" : " [OPTION...]",
                  c->synopsis[0] == '\0' ? "" : " ", c->synopsis);
    if (c->more != NULL) {
        c2c_out_print(out, "\n%s\n", c->more);
    }
    if (c->options != NULL) {
        c2c_out_print(out, "\n");
        heading(out, "Options");
        options(out, c->options);
    }
    c2c_out_print(out, "\nOptions of every command: `c2c help`.\n");
}

static enum c2c_err no_command(struct c2c_run *run, const char *name)
{
    struct c2c_near near;

    c2c_near_init(&near, c2c_view_str(name));
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        c2c_near_offer(&near, c2c_view_str(c->name));
    }
    (void)c2c_diag_set(&run->diag, C2C_E_USAGE, name,
                       "there is no such command");
    if (near.n > 0) {
        c2c_diag_hint(&run->diag, "did you mean `c2c help %.*s`?",
                      (int)near.best[0].n, (const char *)near.best[0].p);
    } else {
        c2c_diag_hint(&run->diag, "`c2c help` lists them");
    }
    return C2C_E_USAGE;
}

enum c2c_err c2c_cmd_help(struct c2c_run *run)
{
    const char *name = c2c_run_arg(run, 0);

    if (name == NULL) {
        c2c_help_overview(&run->out);
        return C2C_E_OK;
    }
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        if (strcmp(c->name, name) == 0) {
            c2c_help_command(&run->out, c);
            return C2C_E_OK;
        }
    }
    return no_command(run, name);
}

enum c2c_err c2c_cmd_version(struct c2c_run *run)
{
    struct c2c_val *doc;

    if (!c2c_out_is_json(&run->out)) {
        c2c_out_print(&run->out, "c2c %s\n", C2C_VERSION);
        return C2C_E_OK;
    }
    doc = c2c_doc_map(run->doc);
    c2c_doc_set_cstr(run->doc, doc, "version", C2C_VERSION);
    c2c_out_doc(&run->out, doc);
    return c2c_run_built(run);
}
