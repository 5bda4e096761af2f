/* The fixed words of cards and of lists of records in the languages that the
 * labels of schemas have.
 *
 * Sentences of the node and of every other command stay English. */

#ifndef C2C_C2C_LABEL_H
#define C2C_C2C_LABEL_H

#include "base/view.h"

/* @english in the language nearest to @lang (BCP 47), or as it stands. */
struct c2c_view c2c_label(const char *english, struct c2c_view lang);

#endif /* C2C_C2C_LABEL_H */
