/* Full text in its own file, DIR/text.db: rebuilt whenever it is missing,
 * damaged or behind.  SQLite's FTS5 with a tokenizer over base/text.h. */

#ifndef C2C_STORE_FULLTEXT_H
#define C2C_STORE_FULLTEXT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/records.h"
#include "store/store.h"

enum {
    C2C_FULLTEXT_WEIGHTS = 4
};

struct c2c_fulltext; /* The writing side; belongs to the writer's thread. */

/* Append the text of a record by weight (`x-search`) to @text[0..3]. */
typedef enum c2c_err c2c_fulltext_fn(void *ctx, const struct c2c_row *row,
                                     struct c2c_buf text[C2C_FULLTEXT_WEIGHTS]);

/* Open DIR/text.db, making it anew if it cannot be used.  @fn is called by
 * c2c_fulltext_catch_up(). */
enum c2c_err c2c_fulltext_open(const char *dir, c2c_fulltext_fn *fn, void *ctx,
                               struct c2c_fulltext **ret_text) C2C_MUST_CHECK;
void c2c_fulltext_close(struct c2c_fulltext *text);

/* Take over what changed in @store since last time. */
enum c2c_err c2c_fulltext_catch_up(struct c2c_fulltext *text,
                                   struct c2c_store *store) C2C_MUST_CHECK;

/* Erased words leave the file, if there are any.  All of the index is written
 * anew for it: seconds where there are hundreds of thousands of records. */
bool c2c_fulltext_has_erased(const struct c2c_fulltext *text);
enum c2c_err c2c_fulltext_wipe(struct c2c_fulltext *text) C2C_MUST_CHECK;

/* Make DIR/text.db anew, empty: for when catching up finds it damaged.  Before
 * anybody reads it. */
enum c2c_err c2c_fulltext_renew(struct c2c_fulltext *text,
                                const char *dir) C2C_MUST_CHECK;

/* Make text.db visible to a reading connection. */
enum c2c_err c2c_fulltext_attach(struct c2c_store *store,
                                 const char *dir) C2C_MUST_CHECK;

struct c2c_hit {
    struct c2c_row row;
    bool intact;             /* Else the row's bytes fail their hash. */
    struct c2c_view snippet; /* Words around the first hit. */
};

struct c2c_find {
    struct c2c_view words;    /* As typed; "..." is a phrase. */
    struct c2c_filter filter; /* `after` counts hits to pass over. */
    const bool *enough;       /* No more hits once it is true; may be NULL. */
};

typedef enum c2c_err c2c_hit_fn(void *ctx, const struct c2c_hit *hit);

/* Call @fn for the hits: best first while there are at most
 * C2C_FULLTEXT_RANKED, else newest first.  @ret_total counts up to one more
 * than that.  How good a hit is depends on all texts that there are only with
 * C2C_SIGHT_ALL. */
enum {
    C2C_FULLTEXT_RANKED = 2000
};
enum c2c_err c2c_fulltext_find(struct c2c_store *store,
                               const struct c2c_find *find, c2c_hit_fn *fn,
                               void *ctx, uint64_t *ret_total) C2C_MUST_CHECK;

/* The FTS5 expression for what somebody typed: no operators, all words, the
 * last one as a prefix.  Empty if there is no word in it. */
enum c2c_err c2c_fulltext_expression(struct c2c_view words,
                                     struct c2c_buf *out) C2C_MUST_CHECK;

/* How far behind the index is: changes not yet taken over. */
enum c2c_err c2c_fulltext_lag(struct c2c_store *store,
                              uint64_t *ret_changes) C2C_MUST_CHECK;

#endif /* C2C_STORE_FULLTEXT_H */
