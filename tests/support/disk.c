#include "disk.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

enum {
    NAME_MAX_BYTES = 256
};

/* A write (or a cut, with no new bytes) that may get lost. */
struct change {
    struct change *before;
    char name[NAME_MAX_BYTES];
    off_t at;
    off_t old_size;
    size_t n_old; /* Bytes that were there from `at` on. */
    size_t n_new;
    bool cut;
    uint8_t *old_bytes;
    uint8_t *new_bytes;
};

struct file {
    sqlite3_file base; /* First: SQLite knows only this. */
    char name[NAME_MAX_BYTES];
    sqlite3_file *real;
};

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    enum disk_fault fault;
    unsigned at;
    unsigned calls;
    bool failed;
    struct change *newest;
} disk;

/* The result that this call has to give instead of its own. */
static int next_call(bool takes_room, int error)
{
    unsigned call = disk.calls++;

    if (disk.fault == DISK_SOUND || call < disk.at ||
        (disk.fault == DISK_ERROR && call > disk.at) ||
        (disk.fault == DISK_FULL && !takes_room)) {
        return SQLITE_OK;
    }
    disk.failed = true;
    return disk.fault == DISK_FULL ? SQLITE_FULL : error;
}

static sqlite3_file *real_of(sqlite3_file *f)
{
    return ((struct file *)(void *)f)->real;
}

static const char *name_of(sqlite3_file *f)
{
    return ((struct file *)(void *)f)->name;
}

static void remember(sqlite3_file *f, off_t at, const void *bytes, size_t n,
                     bool cut)
{
    struct change *c = calloc(1, sizeof *c);
    sqlite3_file *real = real_of(f);
    sqlite3_int64 size = 0;

    assert_non_null(c);
    (void)snprintf(c->name, sizeof c->name, "%s", name_of(f));
    assert_int_equal(real->pMethods->xFileSize(real, &size), SQLITE_OK);
    c->at = at;
    c->old_size = (off_t)size;
    c->cut = cut;
    c->n_new = n;
    c->n_old = size <= at                    ? 0
               : cut || size < at + (off_t)n ? (size_t)(size - at)
                                             : n;
    c->old_bytes = malloc(c->n_old + 1);
    c->new_bytes = malloc(n + 1);
    assert_non_null(c->old_bytes);
    assert_non_null(c->new_bytes);
    memcpy(c->new_bytes, bytes, n);
    assert_int_equal(real->pMethods->xRead(real, c->old_bytes, (int)c->n_old,
                                           at),
                     SQLITE_OK);
    c->before = disk.newest;
    disk.newest = c;
}

static void drop(struct change *c)
{
    free(c->old_bytes);
    free(c->new_bytes);
    free(c);
}

/* What was written to @name is safe now; NULL: to every file. */
static void settle(const char *name)
{
    struct change **at = &disk.newest;

    while (*at != NULL) {
        struct change *c = *at;

        if (name == NULL || strcmp(c->name, name) == 0) {
            *at = c->before;
            drop(c);
        } else {
            at = &c->before;
        }
    }
}

static int x_close(sqlite3_file *f)
{
    return real_of(f)->pMethods == NULL
               ? SQLITE_OK
               : real_of(f)->pMethods->xClose(real_of(f));
}

static int x_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
    int rc = next_call(false, SQLITE_IOERR_READ);

    return rc != SQLITE_OK
               ? rc
               : real_of(f)->pMethods->xRead(real_of(f), out, n, at);
}

static int x_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    int rc = next_call(true, SQLITE_IOERR_WRITE);

    if (rc != SQLITE_OK) {
        return rc;
    }
    remember(f, (off_t)at, bytes, (size_t)n, false);
    return real_of(f)->pMethods->xWrite(real_of(f), bytes, n, at);
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int rc = next_call(true, SQLITE_IOERR_TRUNCATE);

    if (rc != SQLITE_OK) {
        return rc;
    }
    remember(f, (off_t)size, "", 0, true);
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int x_sync(sqlite3_file *f, int flags)
{
    int rc = next_call(false, SQLITE_IOERR_FSYNC);

    if (rc != SQLITE_OK) {
        return rc;
    }
    (void)flags; /* The real sync would only make the tests slow. */
    settle(name_of(f));
    return SQLITE_OK;
}

static int x_file_size(sqlite3_file *f, sqlite3_int64 *ret_size)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), ret_size);
}

static int x_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int x_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int x_reserved(sqlite3_file *f, int *ret_reserved)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret_reserved);
}

static int x_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int x_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int x_traits(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int x_shm_map(sqlite3_file *f, int page, int size, int extend,
                     void volatile **ret_memory)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend,
                                         ret_memory);
}

static int x_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void x_shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int x_shm_unmap(sqlite3_file *f, int remove_it)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), remove_it);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_file_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_reserved,
    .xFileControl = x_control,
    .xSectorSize = x_sector,
    .xDeviceCharacteristics = x_traits,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
};

static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f,
                  int flags, int *ret_flags)
{
    struct file *file = (struct file *)(void *)f;
    int rc;

    (void)vfs;
    file->real = (sqlite3_file *)(void *)(file + 1);
    (void)snprintf(file->name, sizeof file->name, "%s",
                   name == NULL ? "" : name);
    rc = disk.real->xOpen(disk.real, name, file->real, flags, ret_flags);
    file->base.pMethods = rc == SQLITE_OK ? &methods : NULL;
    return rc;
}

static int x_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    (void)vfs;
    if (disk.fault == DISK_DEAD && disk.failed) {
        return SQLITE_IOERR_DELETE;
    }
    settle(name);
    return disk.real->xDelete(disk.real, name, sync_folder);
}

void disk_install(void)
{
    disk.real = sqlite3_vfs_find(NULL);
    assert_non_null(disk.real);
    disk.vfs = *disk.real;
    disk.vfs.zName = "failing";
    disk.vfs.pNext = NULL;
    disk.vfs.szOsFile = (int)sizeof(struct file) + disk.real->szOsFile;
    disk.vfs.xOpen = x_open;
    disk.vfs.xDelete = x_delete;
    assert_int_equal(sqlite3_vfs_register(&disk.vfs, 1), SQLITE_OK);
}

void disk_arm(enum disk_fault fault, unsigned at)
{
    disk.fault = fault;
    disk.at = at;
    disk.calls = 0;
    disk.failed = false;
}

unsigned disk_calls(void)
{
    return disk.calls;
}

bool disk_failed(void)
{
    return disk.failed;
}

static void undo(const struct change *c)
{
    int fd = open(c->name, O_WRONLY);

    if (fd < 0) {
        return; /* The file was removed since. */
    }
    assert_int_equal(pwrite(fd, c->old_bytes, c->n_old, c->at), c->n_old);
    assert_int_equal(ftruncate(fd, c->old_size), 0);
    assert_int_equal(close(fd), 0);
}

static void redo(const struct change *c)
{
    int fd = open(c->name, O_WRONLY);

    if (fd < 0) {
        return;
    }
    assert_int_equal(pwrite(fd, c->new_bytes, c->n_new, c->at), c->n_new);
    if (c->cut) {
        assert_int_equal(ftruncate(fd, c->at), 0);
    }
    assert_int_equal(close(fd), 0);
}

void disk_cut_power(bool some)
{
    struct change *oldest = NULL;
    unsigned n = 0;

    while (disk.newest != NULL) { /* Backwards, turning the list round. */
        struct change *c = disk.newest;

        undo(c);
        disk.newest = c->before;
        c->before = oldest;
        oldest = c;
    }
    while (oldest != NULL) {
        struct change *c = oldest;

        if (some && n++ % 2 == 1) {
            redo(c);
        }
        oldest = c->before;
        drop(c);
    }
    disk.fault = DISK_SOUND;
}

void disk_forget(void)
{
    settle(NULL);
}
