/* backup: the copy that the node has made, moved to where it is wanted. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/env.h"
#include "c2c/run.h"

enum {
    PIECE = 1 << 16
};

static enum c2c_err failed(struct c2c_run *run, const char *path)
{
    int code = errno;
    enum c2c_err err = code == ENOSPC || code == EDQUOT   ? C2C_E_DISK_FULL
                       : code == EACCES || code == EPERM  ? C2C_E_PERMISSION
                       : code == EEXIST || code == EISDIR ? C2C_E_EXISTS
                                                          : C2C_E_IO;
    char reason[128];

    return c2c_diag_set(&run->diag, err, path, "cannot be written: %s",
                        c2c_env_strerror(code, reason));
}

static bool write_all(int fd, const uint8_t *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);

        if (done < 0 && errno != EINTR) {
            return false;
        }
        if (done > 0) {
            bytes += done;
            n -= (size_t)done;
        }
    }
    return true;
}

static bool copy_bytes(int from, int to)
{
    uint8_t *piece = c2c_calloc(1, PIECE);
    bool good = piece != NULL;
    ssize_t n = 1;

    while (good && n != 0) {
        n = read(from, piece, PIECE);
        good = n < 0 ? errno == EINTR : write_all(to, piece, (size_t)n);
    }
    c2c_free(piece);
    return good && fsync(to) == 0;
}

/* Copy @from to the new file @to; errno says why not. */
static bool copy_file(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out =
        in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = out >= 0 && copy_bytes(in, out);
    int code = errno;

    if (in >= 0) {
        (void)close(in);
    }
    if (out >= 0 && close(out) != 0 && good) {
        good = false;
        code = errno;
    }
    if (!good && out >= 0) {
        (void)unlink(to);
    }
    errno = code;
    return good;
}

/* Give the file @from the name @to on the same file system; link() refuses to
 * replace. */
static bool rename_file(const char *from, const char *to, bool replace)
{
    return replace ? rename(from, to) == 0
                   : link(from, to) == 0 && unlink(from) == 0;
}

/* By way of a file beside @to, so that @to is whole or not there. */
static enum c2c_err move_far(struct c2c_run *run, const char *from,
                             const char *to)
{
    size_t n = strlen(to) + sizeof ".new";
    char *beside = c2c_calloc(1, n);
    enum c2c_err err = C2C_E_OK;

    if (beside == NULL) {
        return c2c_run_nomem(run);
    }
    (void)snprintf(beside, n, "%s.new", to);
    if (!copy_file(from, beside)) {
        err = failed(run, beside);
    } else if (!rename_file(beside, to, run->yes)) {
        err = failed(run, to);
        (void)unlink(beside);
    }
    (void)unlink(from);
    c2c_free(beside);
    return err;
}

static enum c2c_err move(struct c2c_run *run, const char *from, const char *to)
{
    enum c2c_err err;

    if (rename_file(from, to, run->yes)) {
        return C2C_E_OK;
    }
    if (errno == EXDEV) {
        return move_far(run, from, to);
    }
    err = failed(run, to);
    (void)unlink(from);
    return err;
}

/* Is there nothing at @path that a backup would replace unasked? */
static enum c2c_err check_target(struct c2c_run *run, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0) {
        return C2C_E_OK;
    }
    if (S_ISDIR(st.st_mode)) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, path,
                           "is a folder; a backup is a file");
        c2c_diag_hint(&run->diag, "name a new file in it");
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
