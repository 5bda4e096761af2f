/* Small files: read whole, written so that a crash leaves the old or the new.
 */

#ifndef C2C_BASE_FILE_H
#define C2C_BASE_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

/* Append the whole of @path to @out, at most @out's limit: C2C_E_TOO_BIG,
 * C2C_E_NOT_FOUND, C2C_E_PERMISSION, C2C_E_IO (errno says why), C2C_E_NOMEM. */
enum c2c_err c2c_file_read(const char *path,
                           struct c2c_buf *out) C2C_MUST_CHECK;

/* Replace @path by @bytes: temporary file beside it, fsync, rename, fsync of
 * the folder.  @mode is exact, whatever the umask.  C2C_E_DISK_FULL, C2C_E_IO.
 */
enum c2c_err c2c_file_write(const char *path, struct c2c_view bytes,
                            unsigned mode) C2C_MUST_CHECK;

/* As c2c_file_write(), but C2C_E_EXISTS when @path is there already. */
enum c2c_err c2c_file_create(const char *path, struct c2c_view bytes,
                             unsigned mode) C2C_MUST_CHECK;

/* Give the file @from the name @to, on the same file system; C2C_E_EXISTS (and
 * nothing happens) when @to is there already. */
enum c2c_err c2c_file_rename_new(const char *from,
                                 const char *to) C2C_MUST_CHECK;

/* The code for errno value @code. */
enum c2c_err c2c_file_err(int code);

/* Make the folder with exactly @mode; fine if it is a folder already. */
enum c2c_err c2c_file_mkdir(const char *path, unsigned mode) C2C_MUST_CHECK;

bool c2c_file_exists(const char *path);

/* The folder that holds @path ("./" if it names none), with a slash at the end,
 * in new memory (c2c_free()); NULL when out of memory. */
char *c2c_path_folder(const char *path);

/* "DIR/NAME" in new memory (c2c_free()); NULL when out of memory. */
char *c2c_path_join(const char *dir, const char *name);

#endif /* C2C_BASE_FILE_H */
