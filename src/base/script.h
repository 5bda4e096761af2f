/* What the text functions need to know about a character's script. */

#ifndef C2C_BASE_SCRIPT_H
#define C2C_BASE_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

enum c2c_script_class {
    C2C_SCRIPT_SEPARATOR, /* Ends a word. */
    C2C_SCRIPT_WORD,      /* Letters, digits and marks of spaced scripts. */
    C2C_SCRIPT_SPACELESS, /* A letter of a script written without spaces. */
    C2C_SCRIPT_JOINER     /* Apostrophes: inside a word, never in its folded
                             form. */
};

enum c2c_script_class c2c_script_class(int32_t point);

/* The common Chinese characters (U+4E00 to U+9FFF): letters without case, marks
 * or decomposition. */
bool c2c_script_is_han(int32_t point);

/* Of class C2C_SCRIPT_JOINER. */
bool c2c_script_is_joiner(int32_t point);

/* A mark that belongs to the character before it. */
bool c2c_script_is_mark(int32_t point);

/* In a script written without spaces: is one character with the one before it
 * (marks, joiners, vowels and finals of decomposed Hangul). */
bool c2c_script_continues(int32_t point);

/* Latin, Greek, Cyrillic, Hebrew or Arabic: search ignores its marks. */
bool c2c_script_drops_marks(int32_t point);

#endif /* C2C_BASE_SCRIPT_H */
