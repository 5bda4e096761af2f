/* Choosing a language (BCP 47, RFC 4647 lookup). */

#ifndef C2C_RECORD_LANG_H
#define C2C_RECORD_LANG_H

#include <stdbool.h>

#include "base/view.h"
#include "codec/doc.h"

/* The member of a language map {tag: text} that serves @lang best: the same
 * tag, then @lang shortened from the right (zh-Hans-CN, zh-Hans, zh), then
 * another region or script of the language, then "en", then the first.  Human
 * text comes before machine-translated text (tags with "-x-mt").  Empty when
 * @map is no map or is empty; text that is not a map is given as it stands. */
struct c2c_view c2c_lang_pick(const struct c2c_val *map, struct c2c_view lang);

/* As c2c_lang_pick(), with the tag that was chosen. */
struct c2c_pair c2c_lang_pick_pair(const struct c2c_val *map,
                                   struct c2c_view lang);

#endif /* C2C_RECORD_LANG_H */
