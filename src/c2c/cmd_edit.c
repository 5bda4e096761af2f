/* new, edit: a record in the author's editor. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/editor.h"
#include "c2c/env.h"
#include "c2c/input.h"
#include "c2c/run.h"
#include "c2c/save.h"
#include "codec/limits.h"
#include "record/template.h"

enum {
    NOTES_MAX = 1 << 16
};

/* Notes on an error without problems have this many lines: the text is parsed
 * behind as many empty ones, so that the lines named are those of the editor.
 */
static const char note_lines[] = "\n\n";

/* What is being written. */
struct draft {
    const char *name;             /* For file names: the type. */
    const struct c2c_val *before; /* The record being edited, or NULL. */
    struct c2c_buf text;          /* As the author left it, without notes. */
    struct c2c_buf notes;         /* Errors, as comment lines. */
};

/* Write run->diag and the problems of run->error into the draft's notes. */
static enum c2c_err note_errors(struct c2c_run *run, struct draft *draft)
{
    const struct c2c_val *problems = c2c_val_get(run->error, "problems");
    enum c2c_err err;

    c2c_buf_clear(&draft->notes);
    err =
        c2c_buf_fmt(&draft->notes, "// NOT SAVED: %s%s%s\n", run->diag.thing,
                    run->diag.thing[0] == '\0' ? "" : ": ", run->diag.message);
    for (size_t i = 0; i < c2c_val_count(problems) && err == C2C_E_OK; i++) {
        const struct c2c_val *problem = c2c_val_at(problems, i);
        struct c2c_view field = c2c_val_text(problem, "field");
        struct c2c_view reason = c2c_val_text(problem, "reason");
        struct c2c_view allowed = c2c_val_text(problem, "allowed");

        err = c2c_buf_fmt(&draft->notes, "//   %.*s: %.*s%s%.*s\n",
                          (int)field.n, (const char *)field.p, (int)reason.n,
                          (const char *)reason.p,
                          allowed.n > 0 ? "; allowed: " : "", (int)allowed.n,
                          (const char *)allowed.p);
    }
    return err == C2C_E_OK
               ? c2c_buf_fmt(&draft->notes,
                             "// Mend it and save; leave it as it is to give "
                             "up.\n")
               : err;
}

/* Has somebody changed the record since it was shown? */
static enum c2c_err check_unchanged(struct c2c_run *run,
                                    const struct draft *draft)
{
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *now;
    struct c2c_view ref = c2c_val_text(draft->before, "ref");
    enum c2c_err err;

    c2c_doc_set_str(run->doc, args, "ref", ref);
    err = c2c_call(run, "show", args, &now);
    if (err != C2C_E_OK ||
        (c2c_view_eq(c2c_val_text(now, "updated"),
                     c2c_val_text(draft->before, "updated")) &&
         c2c_val_int(c2c_val_get(now, "rev")) ==
             c2c_val_int(c2c_val_get(draft->before, "rev")))) {
        return err;
    }
    (void)c2c_diag_set(&run->diag, C2C_E_CONFLICT, run->line.args[0],
                       "was changed by somebody else meanwhile");
    c2c_diag_hint(&run->diag, "look at it with `c2c show`, then edit again");
    return C2C_E_CONFLICT;
}

/* Parse and put what the author wrote. */
static enum c2c_err submit(struct c2c_run *run, struct draft *draft)
{
    const struct c2c_val *records;
    struct c2c_input input;
    struct c2c_buf text;
    enum c2c_err err;

    c2c_buf_init(&text, C2C_MAX_CONTROL_BYTES);
    err = c2c_buf_fmt(&text, "%s", note_lines);
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&text, draft->text.p, draft->text.n);
    }
    run->error = NULL;
    err = err == C2C_E_OK
              ? c2c_input_take(run, draft->name, c2c_buf_view(&text), &input)
              : c2c_run_nomem(run);
    c2c_buf_fini(&text);
    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_input_parse(run, &input);
    if (err == C2C_E_OK) {
        err = c2c_input_records(run, &input, &records);
    }
    if (err == C2C_E_OK && draft->before != NULL) {
        err = check_unchanged(run, draft);
    }
    if (err == C2C_E_OK) {
        const struct c2c_origin origin = c2c_input_origin(&input);

        err = c2c_save(run, records, &origin);
    }
    c2c_input_fini(&input);
    return err;
}

/* Show notes and text, and take over what the author made of them.  The notes
 * are cut off again if they still stand on top. */
static enum c2c_err let_edit(struct c2c_run *run, struct draft *draft,
                             struct c2c_editor *editor, bool *ret_changed)
{
    const struct c2c_view mark = c2c_view_str("\xef\xbb\xbf");
    struct c2c_view notes = c2c_buf_view(&draft->notes);
    struct c2c_view rest;
    struct c2c_buf edited;
    struct c2c_buf shown;
    enum c2c_err err;

    c2c_buf_init(&edited, C2C_MAX_CONTROL_BYTES);
    c2c_buf_init(&shown, C2C_MAX_CONTROL_BYTES);
    err = c2c_buf_put(&shown, notes.p, notes.n);
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&shown, draft->text.p, draft->text.n);
    }
    if (err != C2C_E_OK) {
        err = c2c_run_nomem(run);
        goto out;
    }
    err = c2c_editor_edit(run, editor, c2c_buf_view(&shown), &edited);
    if (err != C2C_E_OK) {
        goto out;
    }
    rest = c2c_buf_view(&edited);
    if (c2c_view_starts(rest, mark)) { /* Some editors write one. */
        rest = c2c_view_of(rest.p + mark.n, rest.n - mark.n);
    }
    *ret_changed = !c2c_view_eq(rest, c2c_buf_view(&shown));
    if (notes.n > 0 && c2c_view_starts(rest, notes)) {
        rest = c2c_view_of(rest.p + notes.n, rest.n - notes.n);
    }
    c2c_buf_clear(&draft->text);
    err = c2c_buf_put(&draft->text, rest.p, rest.n);
    if (err != C2C_E_OK) {
        err = c2c_run_nomem(run);
    }
out:
    c2c_buf_fini(&edited);
    c2c_buf_fini(&shown);
    return err;
}

/* Can the author do something about it in the editor? */
static bool is_mendable(enum c2c_err err)
{
    return err == C2C_E_BAD_JSON || err == C2C_E_SCHEMA ||
           err == C2C_E_UNKNOWN_TYPE || err == C2C_E_NOT_FOUND ||
           err == C2C_E_AMBIGUOUS || err == C2C_E_TOO_BIG ||
           err == C2C_E_EXISTS || err == C2C_E_INVAL;
}

/* Rounds until it is saved or given up; what was given up is kept. */
static enum c2c_err edit_until_saved(struct c2c_run *run, struct draft *draft,
                                     struct c2c_editor *editor)
{
    enum c2c_err refused = C2C_E_OK;

    for (;;) {
        bool changed = false;
        struct c2c_diag why = run->diag;
        enum c2c_err err = let_edit(run, draft, editor, &changed);

        if (err == C2C_E_OK && !changed && refused == C2C_E_OK) {
            c2c_out_talk(&run->out,
                         "Nothing was changed, so nothing is saved.");
            return C2C_E_OK;
        }
        if (err == C2C_E_OK && !changed) { /* Given up after a refusal. */
            run->diag = why;
            c2c_editor_keep(run, editor, draft->name);
            return refused;
        }
        if (err == C2C_E_OK) {
            err = submit(run, draft);
        }
        if (err == C2C_E_OK) {
            return err;
        }
        if (run->no_input || !is_mendable(err) ||
            note_errors(run, draft) != C2C_E_OK) {
            c2c_editor_keep(run, editor, draft->name);
            return err;
        }
        refused = err;
    }
}

static enum c2c_err write_template(struct c2c_run *run,
                                   const struct c2c_type *type,
                                   const struct c2c_val *record,
                                   struct c2c_buf *text)
{
    enum c2c_err err = c2c_template_write(c2c_run_types(run), type, record,
                                          c2c_run_lang(run), text);

    return err == C2C_E_OK ? err : c2c_run_nomem(run);
}

/* Print the text, or have it edited. */
static enum c2c_err print_or_edit(struct c2c_run *run,
                                  const struct c2c_type *type,
                                  const struct c2c_val *record)
{
    bool print =
        c2c_cmdline_has(&run->line, "print") || isatty(STDOUT_FILENO) == 0;
    struct draft draft = {.name = c2c_type_name(type), .before = record};
    struct c2c_editor editor;
    enum c2c_err err;

    c2c_buf_init(&draft.text, C2C_MAX_CONTROL_BYTES);
    c2c_buf_init(&draft.notes, NOTES_MAX);
    err = write_template(run, type, record, &draft.text);
    if (err == C2C_E_OK && print) {
        c2c_out_write(&run->out, c2c_buf_view(&draft.text));
    } else if (err == C2C_E_OK) {
        err = c2c_editor_open(run, draft.name, &editor);
        if (err == C2C_E_OK) {
            err = edit_until_saved(run, &draft, &editor);
            c2c_editor_close(&editor);
        }
    }
    c2c_buf_fini(&draft.notes);
    c2c_buf_fini(&draft.text);
    return err;
}

enum c2c_err c2c_cmd_new(struct c2c_run *run)
{
    const struct c2c_type *type = c2c_run_type(run, c2c_run_arg(run, 0));

    return type == NULL ? run->diag.code : print_or_edit(run, type, NULL);
}

enum c2c_err c2c_cmd_edit(struct c2c_run *run)
{
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *record;
    const struct c2c_type *type;
    enum c2c_err err;

    c2c_doc_set_cstr(run->doc, args, "ref", c2c_run_arg(run, 0));
    err = c2c_call(run, "show", args, &record);
    if (err != C2C_E_OK) {
        return err;
    }
    if (c2c_run_types(run) == NULL) {
        return run->diag.code;
    }
    type = c2c_types_find(run->types, c2c_val_text(record, "type"));
    if (type == NULL) {
        return c2c_diag_set(&run->diag, C2C_E_UNKNOWN_TYPE, c2c_run_arg(run, 0),
                            "this version does not know the record's type");
    }
    return print_or_edit(run, type, record);
}
