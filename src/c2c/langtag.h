/* Language tags (BCP 47) from what people's systems and texts say. */

#ifndef C2C_C2C_LANGTAG_H
#define C2C_C2C_LANGTAG_H

#include <stdbool.h>

enum {
    C2C_LANGTAG_MAX = 64 /* With the NUL. */
};

/* The tag for a POSIX locale name: "de_AT.UTF-8" -> "de-AT", "zh_CN" ->
 * "zh-Hans", "zh_TW" -> "zh-Hant", "sr_RS@latin" -> "sr-Latn-RS"; "en" for "C",
 * "POSIX", NULL and what is no locale name. */
void c2c_langtag_of_locale(const char *locale, char out[C2C_LANGTAG_MAX]);

/* Has @tag the shape of a tag: a language of 2 to 8 letters, then parts of 1 to
 * 8 letters or digits with hyphens between, short enough? */
bool c2c_langtag_valid(const char *tag);

#endif /* C2C_C2C_LANGTAG_H */
