/* help, version, and what is shown without a command. */

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "c2c/command.h"
#include "c2c/help.h"
#include "c2c/run.h"
#include "c2c/width.h"

static void heading(struct c2c_out *out, const char *text)
{
    c2c_out_screen(out, C2C_STYLE_BOLD, c2c_view_str(text));
    c2c_out_print(out, "\n");
}

enum {
    WIDEST = 80, /* Columns that are pleasant to read. */
    NARROW = 60, /* Columns that a meaning beside its option needs. */
    LEFT_COMMAND = 14,
    LEFT = 28,      /* Columns of an option. */
    LEFT_NARROW = 6 /* Of a meaning under its option. */
};

/* Lines of what the terminal has beside @indent columns; one line elsewhere.
 * The first stands where the cursor is. */
static void flow(struct c2c_out *out, size_t indent, const char *text)
{
    size_t columns = out->columns > WIDEST ? WIDEST : out->columns;
    struct c2c_view rest = c2c_view_str(text);
    bool first = true;

    while (rest.n > 0) {
        struct c2c_view line =
            c2c_width_line(&rest, columns == 0 ? 0 : columns - indent);

        c2c_out_print(out, "%*s", first ? 0 : (int)indent, "");
        c2c_out_write(out, line);
        c2c_out_print(out, "\n");
        first = false;
    }
}

static void options(struct c2c_out *out, const struct c2c_option *o)
{
    bool narrow = out->columns > 0 && out->columns < NARROW;

    for (; o != NULL && o->name != NULL; o++) {
        char left[64];

        (void)snprintf(left, sizeof left, "%c%c%s --%s%s%s",
                       o->letter == 0 ? ' ' : '-',
                       o->letter == 0 ? ' ' : o->letter,
                       o->letter == 0 ? " " : ",", o->name,
                       o->arg == NULL ? "" : " ", o->arg == NULL ? "" : o->arg);
        if (narrow) {
            c2c_out_print(out, "  %s\n%*s", left, LEFT_NARROW, "");
        } else {
            c2c_out_print(out, "  %-25s ", left);
        }
        flow(out, narrow ? LEFT_NARROW : LEFT, o->help);
    }
}

void c2c_help_overview(struct c2c_out *out)
{
    flow(out, 0,
         "c2c - find out who is responsible in another city, and say who is in "
         "yours");
    c2c_out_print(out, "\n");
    heading(out, "First steps");
    c2c_out_print(out, "%s",
                  "  c2c -C ~/jambi init --name Jambi --country ID\n"
                  "  c2cd -C ~/jambi &\n"
                  "  c2c -C ~/jambi new office\n"
                  "  c2c -C ~/jambi who jambi\n\n");
    heading(out, "Commands");
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        c2c_out_print(out, "  %-11s ", c->name);
        flow(out, LEFT_COMMAND, c->help);
    }
    c2c_out_print(out, "\n");
    heading(out, "Options of every command");
    options(out, c2c_global_options);
    c2c_out_print(out, "\n");
    flow(out, 0, "`c2c help COMMAND` explains one; so does `man c2c`.");
}

void c2c_help_command(struct c2c_out *out, const struct c2c_command *c)
{
    char title[160];

    (void)snprintf(title, sizeof title, "c2c %s - %s", c->name, c->help);
    flow(out, 0, title);
    c2c_out_print(out, "\n");
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
        c2c_out_print(out, "\n");
        flow(out, 0, c->more);
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
