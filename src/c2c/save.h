/* Handing records to the node and telling what became of them. */

#ifndef C2C_C2C_SAVE_H
#define C2C_C2C_SAVE_H

#include <stddef.h>

#include "base/err.h"
#include "base/view.h"
#include "c2c/run.h"
#include "codec/doc.h"

/* Where something of a record stands, in the author's words. */
struct c2c_place {
    unsigned line;   /* 0: none. */
    char where[320]; /* "records.json:12"; may be empty. */
    char field[256]; /* "/body/kind", or a column's name. */
};

/* Knows where records came from.  @item counts from 0; @pointer (RFC 6901) goes
 * into the record ("/body/kind"). */
struct c2c_origin {
    void (*place)(const struct c2c_origin *origin, size_t item,
                  const char *pointer, struct c2c_place *ret_place);
    const void *ctx;
};

/* Put @records (an array), print the references and tell the states.  A refusal
 * is told problem by problem at its place; run->diag and run->error then hold
 * the summary. */
enum c2c_err c2c_save(struct c2c_run *run, const struct c2c_val *records,
                      const struct c2c_origin *origin) C2C_MUST_CHECK;

/* After the answer @doc to a change: that no hub has it yet, if so. */
void c2c_save_tell_cut_off(struct c2c_run *run, const struct c2c_val *doc);

#endif /* C2C_C2C_SAVE_H */
