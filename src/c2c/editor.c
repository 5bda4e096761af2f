#define _GNU_SOURCE /* mkostemps() is BSD's, not POSIX. */

#include "c2c/editor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "c2c/command.h"
#include "c2c/env.h"

enum {
    UNSAVED_MAX = 99
};

/* Make a private file in @dir; false (errno) if it cannot be. */
static bool make_in(struct c2c_editor *editor, const char *dir,
                    const char *name)
{
    static const char suffix[] = ".json"; /* Tells editors what it is. */
    size_t n =
        strlen(dir) + strlen(name) + sizeof "/c2c--XXXXXX" + sizeof suffix;
    char *path = c2c_calloc(1, n);
    int fd;

    if (path == NULL) {
        return false;
    }
    (void)snprintf(path, n, "%s/c2c-%s-XXXXXX%s", dir, name, suffix);
    fd = mkostemps(path, (int)sizeof suffix - 1, O_CLOEXEC); /* Mode 0600. */
    if (fd < 0) {
        c2c_free(path);
        return false;
    }
    (void)close(fd);
    editor->path = path;
    return true;
}

/* A handler, unlike SIG_IGN, is not inherited by the editor. */
static void outlive(int sig)
{
    (void)sig;
}

/* When the terminal is closed the editor ends: then the text is still to be
 * put in safety, and not to be left where nobody looks for it.  The signal may
 * come again meanwhile: from the kernel, from the shell, from a multiplexer. */
static void outlive_terminal(struct c2c_editor *editor)
{
    editor->hang_up = signal(SIGHUP, outlive);
    if (editor->hang_up == SIG_IGN) {
        (void)signal(SIGHUP, SIG_IGN); /* As nohup(1) wants it. */
    }
}

/* The file is gone or in safety. */
static void end(struct c2c_editor *editor)
{
    c2c_free(editor->path);
    editor->path = NULL;
    (void)signal(SIGHUP, editor->hang_up);
}

enum c2c_err c2c_editor_open(struct c2c_run *run, const char *name,
                             struct c2c_editor *editor)
{
    char *own = c2c_path_join(run->dir, "run");
    const char *dirs[] = {c2c_env("XDG_RUNTIME_DIR"), own, c2c_env("TMPDIR"),
                          "/tmp"};
    bool made = false;
    char reason[128];

    editor->path = NULL;
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0] && !made; i++) {
        made = dirs[i] != NULL && make_in(editor, dirs[i], name);
    }
    c2c_free(own);
    if (made) {
        outlive_terminal(editor);
    }
    return made ? C2C_E_OK
                : c2c_diag_set(&run->diag, C2C_E_IO, "/tmp",
                               "no file can be made to edit in: %s",
                               c2c_env_strerror(errno, reason));
}

/* The command for the shell; the file is its "$1". */
static const char *editor_command(void)
{
    const char *visual = c2c_env("VISUAL");
    const char *editor = c2c_env("EDITOR");

    if (visual != NULL) {
        return visual;
    }
    return editor != NULL ? editor
                          : "$(command -v editor || command -v vi || echo vi)";
}

/* Run @script with @path as "$1"; its exit status, -1 if it did not run. */
static int run_shell(const char *script, const char *path)
{
    /* posix_spawn() changes none of them.
     * NOLINTBEGIN(performance-no-int-to-ptr) */
    char *const argv[] = {(char *)(uintptr_t) "sh",  (char *)(uintptr_t) "-c",
                          (char *)(uintptr_t)script, (char *)(uintptr_t) "c2c",
                          (char *)(uintptr_t)path,   NULL};
    /* NOLINTEND(performance-no-int-to-ptr) */
    int status = -1;
    pid_t pid;

    if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) != 0) {
        return -1;
    }
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static enum c2c_err run_editor(struct c2c_run *run, const char *path)
{
    const char *command = editor_command();
    size_t n = strlen(command) + sizeof " \"$1\"";
    char *script = c2c_calloc(1, n);
    void (*interrupt)(int);
    int status;

    if (script == NULL) {
        return c2c_run_nomem(run);
    }
    (void)snprintf(script, n, "%s \"$1\"", command);
    interrupt = signal(SIGINT, SIG_IGN); /* The key belongs to the editor. */
    status = run_shell(script, path);
    (void)signal(SIGINT, interrupt);
    c2c_free(script);
    if (status == 0) {
        return C2C_E_OK;
    }
    (void)c2c_diag_set(&run->diag, C2C_E_IO, command, "the editor failed");
    c2c_diag_hint(&run->diag,
                  "choose another with $EDITOR; or `c2c %s --print "
                  "...`, then `c2c put`",
                  run->line.command->name);
    return C2C_E_IO;
}

enum c2c_err c2c_editor_edit(struct c2c_run *run, struct c2c_editor *editor,
                             struct c2c_view text, struct c2c_buf *out)
{
    enum c2c_err err = c2c_file_write(editor->path, text, 0600);
    char reason[128];

    if (err == C2C_E_OK) {
        err = run_editor(run, editor->path);
        if (err != C2C_E_OK) {
            return err;
        }
        c2c_buf_clear(out);
        err = c2c_file_read(editor->path, out);
    }
    return err == C2C_E_OK ? err
                           : c2c_diag_set(&run->diag, err, editor->path, "%s",
                                          c2c_env_strerror(errno, reason));
}

void c2c_editor_keep(struct c2c_run *run, struct c2c_editor *editor,
                     const char *name)
{
    char path[128];
    struct c2c_buf text;
    enum c2c_err err;

    c2c_buf_init(&text, (size_t)64 << 20);
    err = c2c_file_read(editor->path, &text);
    for (unsigned i = 0; err == C2C_E_OK && i < UNSAVED_MAX; i++) {
        enum c2c_err made;

        if (i == 0) {
            (void)snprintf(path, sizeof path, "%.80s.unsaved.json", name);
        } else {
            (void)snprintf(path, sizeof path, "%.80s-%u.unsaved.json", name, i);
        }
        made = c2c_file_create(path, c2c_buf_view(&text), 0600);
        if (made == C2C_E_OK) {
            (void)unlink(editor->path);
            c2c_out_talk(&run->out,
                         "Nothing is lost: your text is in %s; go "
                         "on with `c2c put %s`.",
                         path, path);
            break;
        }
        if (made != C2C_E_EXISTS) {
            c2c_out_talk(&run->out, "Nothing is lost: your text is in %s",
                         editor->path);
            break;
        }
    }
    c2c_buf_fini(&text);
    end(editor);
}

void c2c_editor_close(struct c2c_editor *editor)
{
    if (editor->path != NULL) {
        (void)unlink(editor->path);
        end(editor);
    }
}
