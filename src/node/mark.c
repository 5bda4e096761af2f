#include "node/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"

enum {
    DIGITS = 20,
    REV_AT = DIGITS + 1,
    LINE = 2 * DIGITS + 2 /* Always as long: it is overwritten in place. */
};

/* @DIGITS digits at @p, and what comes after them. */
static bool read_number(const uint8_t *p, char end, uint64_t *ret_number)
{
    uint64_t number = 0;

    for (size_t i = 0; i < DIGITS; i++) {
        uint64_t digit = (uint64_t)p[i] - '0';

        if (p[i] < '0' || p[i] > '9' || number > (INT64_MAX - digit) / 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    *ret_number = number;
    return p[DIGITS] == (uint8_t)end;
}

/* A link would have another file overwritten, and a pipe is waited for. */
static bool is_other(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static enum c2c_err read_line(const char *dir, struct c2c_mark *mark)
{
    char *path = c2c_path_join(dir, "signed");
    uint64_t epoch = 0;
    uint64_t rev = 0;
    struct c2c_buf line;
    enum c2c_err err;

    c2c_buf_init(&line, LINE);
    err = path == NULL     ? C2C_E_NOMEM
          : is_other(path) ? C2C_E_MALFORMED
                           : c2c_file_read(path, &line);
    if (err == C2C_E_OK &&
        (line.n != LINE || !read_number(line.p, ' ', &epoch) ||
         !read_number(line.p + REV_AT, '\n', &rev))) {
        err = C2C_E_MALFORMED;
    }
    if (err == C2C_E_OK) {
        mark->epoch = epoch;
        mark->rev = rev;
    }
    c2c_buf_fini(&line);
    c2c_free(path);
    return err;
}

void c2c_mark_read(struct c2c_mark *mark, const char *dir)
{
    enum c2c_err err;

    *mark = (struct c2c_mark){.dir = dir};
    err = read_line(dir, mark);
    if (err != C2C_E_OK && err != C2C_E_NOT_FOUND) {
        c2c_log(C2C_LOG_WARN, "writer",
                "%s/signed says nothing: an older copy of the store is not "
                "recognised now err=%s",
                dir, c2c_errname(err));
    }
}

static bool is_after(const struct c2c_mark *mark, const struct c2c_head *head)
{
    return mark->epoch > head->epoch ||
           (mark->epoch == head->epoch && mark->rev > head->rev);
}

bool c2c_mark_is_after(const struct c2c_mark *mark, const struct c2c_head *head)
{
    bool after = is_after(mark, head);

    if (after) {
        c2c_log(C2C_LOG_WARN, "writer",
                "the store is an older copy: it stands at revision %llu.%llu, "
                "and %llu.%llu was signed here",
                (unsigned long long)head->epoch, (unsigned long long)head->rev,
                (unsigned long long)mark->epoch, (unsigned long long)mark->rev);
    }
    return after;
}

static void write_line(const struct c2c_head *head, char out[LINE + 1])
{
    (void)snprintf(out, LINE + 1, "%0*llu %0*llu\n", DIGITS,
                   (unsigned long long)head->epoch, DIGITS,
                   (unsigned long long)head->rev);
}

static enum c2c_err write_in_place(const char *path, const char line[LINE + 1])
{
    int fd =
        open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
             0600);
    enum c2c_err err =
        fd >= 0 && pwrite(fd, line, LINE, 0) == LINE && ftruncate(fd, LINE) == 0
            ? C2C_E_OK
            : c2c_file_err(errno);

    if (fd >= 0) {
        (void)close(fd); /* It may lag. */
    }
    return err;
}

void c2c_mark_follow(struct c2c_mark *mark, const struct c2c_head *head)
{
    bool was_stuck = mark->stuck;
    char line[LINE + 1];
    char *path;
    enum c2c_err err;

    if (is_after(mark, head) ||
        (mark->epoch == head->epoch && mark->rev == head->rev)) {
        return;
    }
    path = c2c_path_join(mark->dir, "signed");
    write_line(head, line);
    err = path == NULL ? C2C_E_NOMEM : write_in_place(path, line);
    if (err == C2C_E_OK) {
        mark->epoch = head->epoch;
        mark->rev = head->rev;
    }
    mark->stuck = err != C2C_E_OK;
    if (mark->stuck && !was_stuck) {
        c2c_log(C2C_LOG_WARN, "writer",
                "%s/signed lags: an older copy of the store would not be "
                "recognised err=%s",
                mark->dir, c2c_errname(err));
    }
    c2c_free(path);
}

enum c2c_err c2c_mark_set(struct c2c_mark *mark, const struct c2c_head *head)
{
    char *path = c2c_path_join(mark->dir, "signed");
    char line[LINE + 1];
    enum c2c_err err = C2C_E_NOMEM;

    write_line(head, line);
    if (path != NULL) {
        err = c2c_file_write(path, c2c_view_of(line, LINE), 0600);
    }
    if (err == C2C_E_OK) {
        mark->epoch = head->epoch;
        mark->rev = head->rev;
    }
    c2c_free(path);
    return err;
}
