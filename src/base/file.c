#define _GNU_SOURCE /* renameat2() is Linux, not POSIX. */

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum c2c_err c2c_file_err(int code)
{
    switch (code) {
    case ENOENT:
    case ENOTDIR:
        return C2C_E_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return C2C_E_PERMISSION;
    case ENOSPC:
    case EDQUOT:
        return C2C_E_DISK_FULL;
    case EEXIST:
        return C2C_E_EXISTS;
    case ENOMEM:
        return C2C_E_NOMEM;
    default:
        return C2C_E_IO;
    }
}

static enum c2c_err read_all(int fd, struct c2c_buf *out)
{
    uint8_t piece[16384];
    enum c2c_err err = C2C_E_OK;

    while (err == C2C_E_OK) {
        ssize_t n = read(fd, piece, sizeof piece);

        if (n == 0) {
            break;
        }
        if (n > 0) {
            err = c2c_buf_put(out, piece, (size_t)n);
        } else if (errno != EINTR) {
            err = errno == EISDIR ? C2C_E_IO : c2c_file_err(errno);
        }
    }
    return err;
}

enum c2c_err c2c_file_read(const char *path, struct c2c_buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum c2c_err err;
    int code;

    if (fd < 0) {
        return c2c_file_err(errno);
    }
    err = read_all(fd, out);
    code = errno;
    (void)close(fd); /* Nothing was written. */
    errno = code;
    return err;
}

static enum c2c_err write_all(int fd, struct c2c_view bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);

        if (n < 0 && errno != EINTR) {
            return c2c_file_err(errno);
        }
        if (n > 0) {
            bytes.p += n;
            bytes.n -= (size_t)n;
        }
    }
    return C2C_E_OK;
}

/* Make the name of a file durable. */
static enum c2c_err sync_folder_of(const char *path)
{
    char *dir = c2c_path_folder(path);
    enum c2c_err err = C2C_E_OK;
    int fd;

    if (dir == NULL) {
        return C2C_E_NOMEM;
    }
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        err = c2c_file_err(errno);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    c2c_free(dir);
    return err;
}

/* Write @bytes to the new file @temp, durably. */
static enum c2c_err write_new(const char *temp, struct c2c_view bytes,
                              unsigned mode)
{
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    enum c2c_err err;

    if (fd < 0) {
        return c2c_file_err(errno);
    }
    err = write_all(fd, bytes);
    if (err == C2C_E_OK && (fchmod(fd, (mode_t)mode) != 0 || fsync(fd) != 0)) {
        err = c2c_file_err(errno);
    }
    if (close(fd) != 0 && err == C2C_E_OK) {
        err = c2c_file_err(errno);
    }
    if (err != C2C_E_OK) {
        (void)unlink(temp);
    }
    return err;
}

enum c2c_err c2c_file_rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
        return C2C_E_OK;
    }
    /* File systems that cannot do this (NFS) have link(), which refuses to
     * replace; those without links (FAT) can. */
    if (errno == EINVAL && link(from, to) == 0 && unlink(from) == 0) {
        return C2C_E_OK;
    }
    return c2c_file_err(errno);
}

static enum c2c_err put_file(const char *path, struct c2c_view bytes,
                             unsigned mode, bool replace)
{
    struct c2c_buf temp;
    enum c2c_err err;

    c2c_buf_init(&temp, 65536);
    err = c2c_buf_fmt(&temp, "%s.new%c", path, '\0');
    if (err != C2C_E_OK) {
        goto out;
    }
    (void)unlink((const char *)temp.p); /* Left by a crash. */
    err = write_new((const char *)temp.p, bytes, mode);
    if (err != C2C_E_OK) {
        goto out;
    }
    if (!replace) {
        err = c2c_file_rename_new((const char *)temp.p, path);
    } else if (rename((const char *)temp.p, path) != 0) {
        err = c2c_file_err(errno);
    }
    if (err != C2C_E_OK) {
        (void)unlink((const char *)temp.p);
    }
    if (err == C2C_E_OK) {
        err = sync_folder_of(path);
    }
out:
    c2c_buf_fini(&temp);
    return err;
}

enum c2c_err c2c_file_write(const char *path, struct c2c_view bytes,
                            unsigned mode)
{
    return put_file(path, bytes, mode, true);
}

enum c2c_err c2c_file_create(const char *path, struct c2c_view bytes,
                             unsigned mode)
{
    return put_file(path, bytes, mode, false);
}

enum c2c_err c2c_file_mkdir(const char *path, unsigned mode)
{
    struct stat st;

    if (mkdir(path, (mode_t)mode) == 0) {
        return chmod(path, (mode_t)mode) == 0 ? C2C_E_OK : c2c_file_err(errno);
    }
    if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        return C2C_E_OK;
    }
    return c2c_file_err(errno);
}

bool c2c_file_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

char *c2c_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    return c2c_view_dup(slash == NULL
                            ? c2c_view_str("./")
                            : c2c_view_of(path, (size_t)(slash - path) + 1));
}

char *c2c_path_join(const char *dir, const char *name)
{
    size_t n = strlen(dir) + strlen(name) + 2;
    char *path = c2c_calloc(1, n);

    if (path != NULL) {
        (void)snprintf(path, n, "%s/%s", dir, name);
    }
    return path;
}
