/* What the messages of this module share: lists of items. */

#ifndef C2C_WIRE_LIST_PRIV_H
#define C2C_WIRE_LIST_PRIV_H

#include "codec/limits.h"
#include "codec/pack.h"
#include "codec/reader.h"
#include "wire/commit.h"
#include "wire/message.h"
#include "wire/vector.h"

/* Read one item to @item, or make the reader fail. */
typedef void c2c_item_fn(struct c2c_reader *r, void *item);

/* An array of at most @max items; each is read once, to @item. */
struct c2c_list_view c2c_list_read(struct c2c_reader *r, size_t max,
                                   c2c_item_fn *fn, void *item);

/* Take the first item off @list; C2C_E_NOT_FOUND at the end. */
enum c2c_err c2c_list_next(struct c2c_list_view *list, c2c_item_fn *fn,
                           void *item) C2C_MUST_CHECK;

/* Write @list as an array. */
void c2c_list_pack(struct c2c_pack *p, struct c2c_list_view list);

/* Count the item that @p has written behind @mark bytes, or take it back. */
enum c2c_err c2c_list_added(struct c2c_list_buf *list, const struct c2c_pack *p,
                            size_t mark) C2C_MUST_CHECK;

/* Pieces of several messages. */
void c2c_hash_read(struct c2c_reader *r, struct c2c_hash *ret_hash);
void c2c_hash_pack(struct c2c_pack *p, const struct c2c_hash *hash);
void c2c_uuid_read(struct c2c_reader *r, struct c2c_uuid *ret_uuid);
void c2c_uuid_pack(struct c2c_pack *p, const struct c2c_uuid *uuid);
void c2c_slot_read(struct c2c_reader *r, struct c2c_slot *ret_slot);
void c2c_slot_pack(struct c2c_pack *p, const struct c2c_slot *slot);
void c2c_opening_read(struct c2c_reader *r, bool *ret_has,
                      struct c2c_net_opening *ret_opening);
void c2c_opening_pack(struct c2c_pack *p, bool has,
                      const struct c2c_net_opening *opening);
void c2c_commit_read(struct c2c_reader *r, struct c2c_commit *ret_commit);
void c2c_commit_pack(struct c2c_pack *p, const struct c2c_commit *commit);

c2c_item_fn c2c_wire_head_item;   /* struct c2c_view */
c2c_item_fn c2c_wire_keyset_item; /* struct c2c_view */
c2c_item_fn c2c_wire_put_item;    /* struct c2c_put */
c2c_item_fn c2c_wire_commit_item; /* struct c2c_commit */

/* What must ascend, without duplicates, while it is read: C2C_E_NONCANON unless
 * @hash or @slot comes after the one before. */
struct c2c_hash_run {
    struct c2c_hash last;
    bool any;
};
struct c2c_slot_run {
    struct c2c_slot last;
    bool any;
};
void c2c_hash_follows(struct c2c_reader *r, struct c2c_hash_run *run,
                      const struct c2c_hash *hash);
void c2c_slot_follows(struct c2c_reader *r, struct c2c_slot_run *run,
                      const struct c2c_slot *slot);

/* Is one of them of the network audience?  They ascend by it. */
bool c2c_slot_run_has_network(const struct c2c_slot_run *run);

/* Ascending lists of at most @max ids, and of slots (@run is to be empty). */
struct c2c_list_view c2c_ids_read(struct c2c_reader *r, size_t max);
struct c2c_list_view c2c_slots_read(struct c2c_reader *r,
                                    struct c2c_slot_run *run);

/* Epoch and revision: both 0, or neither. */
void c2c_version_read(struct c2c_reader *r, uint64_t *ret_epoch,
                      uint64_t *ret_rev);

#endif /* C2C_WIRE_LIST_PRIV_H */
