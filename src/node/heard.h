/* How far the cities that follow this node's feed have come, since it started:
 * who holds a newest state (wire/push.h "status").  Any thread. */

#ifndef C2C_NODE_HEARD_H
#define C2C_NODE_HEARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

struct c2c_heard;

enum c2c_err c2c_heard_new(struct c2c_heard **ret_heard) C2C_MUST_CHECK;
void c2c_heard_free(struct c2c_heard *heard);

/* @city has asked for what comes after @seq; it holds what came before.  What
 * there is no room for is not known. */
void c2c_heard_note(struct c2c_heard *heard, const struct c2c_hash *city,
                    uint64_t seq, uint64_t now_s);

/* Call @fn for each, ascending by city; it may not call back.  Anything but
 * C2C_E_OK from it stops and is returned. */
typedef enum c2c_err c2c_heard_fn(void *ctx, const struct c2c_hash *city,
                                  uint64_t seq, uint64_t heard_s);
enum c2c_err c2c_heard_each(struct c2c_heard *heard, c2c_heard_fn *fn,
                            void *ctx) C2C_MUST_CHECK;

#endif /* C2C_NODE_HEARD_H */
