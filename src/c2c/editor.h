/* Letting a person edit a text: a private file and their editor. */

#ifndef C2C_C2C_EDITOR_H
#define C2C_C2C_EDITOR_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "c2c/run.h"

struct c2c_editor {
    char *path;           /* The private file (0600); NULL: none yet. */
    void (*hang_up)(int); /* What SIGHUP did before; it waits meanwhile. */
};

/* Make the file c2c-NAME-XXXXXX.json in $XDG_RUNTIME_DIR, DIR/run or $TMPDIR,
 * the first that will do.  Until it is kept or closed a closed terminal does
 * not end the program.  run->diag on failure. */
enum c2c_err c2c_editor_open(struct c2c_run *run, const char *name,
                             struct c2c_editor *editor) C2C_MUST_CHECK;

/* Put @text into the file, run $VISUAL, $EDITOR, `editor` or `vi` on it, and
 * read what is there then into @out (cleared before). */
enum c2c_err c2c_editor_edit(struct c2c_run *run, struct c2c_editor *editor,
                             struct c2c_view text,
                             struct c2c_buf *out) C2C_MUST_CHECK;

/* Keep the text for later: move it into the working folder as
 * NAME.unsaved.json (or with a number) and tell where it is; it stays where it
 * is if that fails. */
void c2c_editor_keep(struct c2c_run *run, struct c2c_editor *editor,
                     const char *name);

/* Remove the file, unless it was kept. */
void c2c_editor_close(struct c2c_editor *editor);

#endif /* C2C_C2C_EDITOR_H */
