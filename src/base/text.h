/* Unicode text: validity, folding for search, words for the index.
 * ARCHITECTURE: search in any script. */

#ifndef C2C_BASE_TEXT_H
#define C2C_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

/* Well-formed UTF-8 (Unicode 15 table 3-7: no overlong forms, no surrogates, at
 * most U+10FFFF).  U+0000 counts as well-formed. */
bool c2c_text_valid(struct c2c_view text);

/* Make the C string @text well-formed where it stands, for messages that were
 * cut or quote foreign bytes: a character cut off at the end goes, any other
 * ill-formed byte becomes '?'. */
void c2c_text_repair(char *text);

/* As c2c_text_repair(); control characters (ASCII) become spaces, too, so that
 * one message stays one line. */
void c2c_text_line(char *text);

/* @text without a byte order mark at its beginning. */
struct c2c_view c2c_text_unmarked(struct c2c_view text);

/* Code points in valid @text. */
size_t c2c_text_count(struct c2c_view text);

/* Append the folded form of @text to @out: what search compares.  NFKC and case
 * fold; combining marks dropped for Latin, Greek, Cyrillic, Hebrew and Arabic;
 * tatweel dropped, Arabic letter variants unified; apostrophes and their
 * look-alikes dropped (Xi'an = Xi’an = Xian); traditional Chinese characters
 * become simplified.  Ill-formed text gives C2C_E_MALFORMED. */
enum c2c_err c2c_text_fold(struct c2c_view text,
                           struct c2c_buf *out) C2C_MUST_CHECK;

/* What the words are for: a query asks for fewer of them than the index holds.
 */
enum c2c_text_use {
    C2C_TEXT_INDEX,
    C2C_TEXT_QUERY
};

/* One folded word.  @token lives only during the call.  @start and @end are
 * byte offsets into the original text.  @colocated: stands at the position of
 * the word before it (single characters beside bigrams).  Anything but C2C_E_OK
 * stops and is returned. */
typedef enum c2c_err c2c_text_token_fn(void *ctx, struct c2c_view token,
                                       size_t start, size_t end,
                                       bool colocated);

/* How many bytes at @i are a character that steers what shows text, else 0: a
 * control character (C0, DEL, C1), a line or paragraph separator, or an
 * override, embedding or isolate that turns round what follows it.  The marks
 * that right-to-left text needs are none.  @ret_point gets its code point. */
size_t c2c_text_steers(struct c2c_view text, size_t i, uint32_t *ret_point);

/* Does @tight (a name that is folded, without blanks and hyphens) read as the
 * beginning of an id: 8 hexadecimal digits or more?  Names are chosen freely;
 * none of these may be found in place of the city whose id it is. */
bool c2c_text_is_id(struct c2c_view tight);

/* Cut @text into folded words.  Scripts written without spaces (Han, Kana,
 * Hangul, Thai, Lao, Khmer, Myanmar, Tibetan) give overlapping pairs; the index
 * also gets each single character, a query of one character asks for that
 * alone, a longer query for its pairs in order (and for its last character if
 * more words follow, so that positions agree).  Words over 64 code points are
 * cut.  Ill-formed bytes separate words. */
enum c2c_err c2c_text_words(struct c2c_view text, enum c2c_text_use use,
                            c2c_text_token_fn *fn, void *ctx) C2C_MUST_CHECK;

/* A slug from a name: lower-case ASCII letters, digits and single hyphens, at
 * most 60; "" when nothing of the name is ASCII after folding.  @out takes 61.
 */
void c2c_text_slug(struct c2c_view name, char out[61]);

#endif /* C2C_BASE_TEXT_H */
