/* Copies of the store on their way to whoever asked for a backup:
 * DIR/run/backup-*.db.  The client moves one away; if it ends before, the copy
 * would stay, with records that are removed later. */

#ifndef C2C_NODE_COPIES_H
#define C2C_NODE_COPIES_H

#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

/* Make one.  @ret_path is the caller's to free. */
enum c2c_err c2c_copies_make(const char *dir, struct c2c_store *store,
                             uint64_t now_s, char **ret_path) C2C_MUST_CHECK;

/* Remove those that nobody has come for: made before @before_s; UINT64_MAX:
 * all.
 */
void c2c_copies_clear(const char *dir, uint64_t before_s);

#endif /* C2C_NODE_COPIES_H */
