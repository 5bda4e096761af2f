/* backup: the copy that the node has made, moved to where it is wanted. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/env.h"
#include "c2c/run.h"

enum {
    PIECE = 1 << 24 /* Bytes of one system call. */
};

static enum c2c_err failed(struct c2c_run *run, enum c2c_err err,
                           const char *path)
{
    char reason[128];

    if (err == C2C_E_NOT_FOUND) { /* Exit 3 is for records. */
        err = C2C_E_IO;
    }
    (void)c2c_diag_set(&run->diag, err, path, "cannot be written: %s",
                       c2c_env_strerror(errno, reason));
    c2c_diag_hint(&run->diag, "name a new file in a folder that is there and "
                              "has room");
    return err;
}

/* Copy @from to the new file @to, durably; errno says why not. */
static enum c2c_err copy_file(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out =
        in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ssize_t n = out < 0 ? -1 : 1;
    enum c2c_err err = C2C_E_OK;
    int code;

    while (n > 0) {
        n = sendfile(out, in, NULL, PIECE);
    }
    if (n < 0 || fsync(out) != 0) {
        err = c2c_file_err(errno);
    }
    code = errno;
    if (in >= 0) {
        (void)close(in);
    }
    if (out >= 0) {
        (void)close(out); /* What fsync() has taken is safe. */
    }
    if (err != C2C_E_OK && out >= 0) {
        (void)unlink(to);
    }
    errno = code;
    return err;
}

/* Give the file @from the name @to on the same file system. */
static enum c2c_err rename_file(const char *from, const char *to, bool replace)
{
    if (!replace) {
        return c2c_file_rename_new(from, to);
    }
    return rename(from, to) == 0 ? C2C_E_OK : c2c_file_err(errno);
}

/* By way of a file beside @to, so that @to is whole or not there. */
static enum c2c_err move_far(struct c2c_run *run, const char *from,
                             const char *to)
{
    size_t n = strlen(to) + sizeof ".new";
    char *beside = c2c_calloc(1, n);
    enum c2c_err err;

    if (beside == NULL) {
        return c2c_run_nomem(run);
    }
    (void)snprintf(beside, n, "%s.new", to);
    err = copy_file(from, beside);
    if (err != C2C_E_OK) {
        err = failed(run, err, beside);
        goto out;
    }
    err = rename_file(beside, to, run->yes);
    if (err != C2C_E_OK) {
        err = failed(run, err, to);
        (void)unlink(beside);
    }
out:
    c2c_free(beside);
    return err;
}

static enum c2c_err move(struct c2c_run *run, const char *from, const char *to)
{
    enum c2c_err err = rename_file(from, to, run->yes);

    if (err != C2C_E_OK && errno == EXDEV) {
        err = move_far(run, from, to);
        (void)unlink(from);
    } else if (err != C2C_E_OK) {
        err = failed(run, err, to);
        (void)unlink(from);
    }
    return err;
}

/* Is @path in the folder @dir?  By what they are, not by their names. */
static bool stands_in(const char *path, const char *dir)
{
    char *folder = c2c_view_dup(c2c_view_str(path));
    char *slash = folder == NULL ? NULL : strrchr(folder, '/');
    struct stat a;
    struct stat b;
    bool same;

    if (slash != NULL) {
        slash[slash == folder ? 1 : 0] = '\0';
    }
    same = folder != NULL && stat(slash == NULL ? "." : folder, &a) == 0 &&
           stat(dir, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    c2c_free(folder);
    return same;
}

/* The node's own folders hold files that it has open: a backup that took the
 * place of store.db would cut it off from what it writes. */
static enum c2c_err check_folder(struct c2c_run *run, const char *path)
{
    static const char *const names[] = {"", "run", "keys", "offline"};
    bool inside = false;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *own = c2c_path_join(run->dir, names[i]);

        if (own == NULL) {
            return c2c_run_nomem(run);
        }
        inside = inside || stands_in(path, own);
        c2c_free(own);
    }
    if (!inside) {
        return C2C_E_OK;
    }
    (void)c2c_diag_set(&run->diag, C2C_E_USAGE, path,
                       "is in the node's own folder");
    c2c_diag_hint(&run->diag, "name a file elsewhere, best on another disk");
    return C2C_E_USAGE;
}

/* Is there nothing at @path that a backup would replace unasked? */
static enum c2c_err check_target(struct c2c_run *run, const char *path)
{
    enum c2c_err err = check_folder(run, path);
    struct stat st;

    if (err != C2C_E_OK || stat(path, &st) != 0) {
        return err;
    }
    if (!S_ISREG(st.st_mode)) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, path,
                           S_ISDIR(st.st_mode)
                               ? "is a folder; a backup is a file"
                               : "is no ordinary file");
        c2c_diag_hint(&run->diag, "name a new file%s",
                      S_ISDIR(st.st_mode) ? " in it" : "");
        return C2C_E_USAGE;
    }
    return c2c_run_confirm(run, path,
                           "There is such a file already. Replace "
                           "it by the backup?");
}

enum c2c_err c2c_cmd_backup(struct c2c_run *run)
{
    const char *path = c2c_run_arg(run, 0);
    const struct c2c_val *doc;
    struct stat st;
    char *made;
    enum c2c_err err = check_target(run, path);

    if (err != C2C_E_OK) {
        return err;
    }
    if (run->dry_run) {
        c2c_out_talk(&run->out, "dry run: %s would be written", path);
        return C2C_E_OK;
    }
    run->yes = stat(path, &st) == 0; /* Only what was agreed to goes away. */
    err = c2c_call(run, "backup", NULL, &doc);
    if (err != C2C_E_OK) {
        return err;
    }
    made = c2c_view_dup(c2c_val_text(doc, "path"));
    if (made == NULL) {
        return c2c_run_nomem(run);
    }
    err = move(run, made, path);
    c2c_free(made);
    if (err != C2C_E_OK) {
        return err;
    }
    if (c2c_out_is_json(&run->out)) {
        struct c2c_val *answer = c2c_doc_map(run->doc);

        c2c_doc_set_cstr(run->doc, answer, "path", path);
        c2c_out_doc(&run->out, answer);
    } else {
        c2c_out_print(&run->out, "%s\n", path);
    }
    c2c_out_talk(&run->out, "It holds every record, drafts too, and no secret "
                            "key; `man c2cd` says how to restore it.");
    return C2C_E_OK;
}
