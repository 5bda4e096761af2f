/* Memory for secrets: locked (never in swap), between guard pages, wiped when
 * it is given back. */

#ifndef C2C_CRYPTO_SECRET_H
#define C2C_CRYPTO_SECRET_H

#include <stddef.h>

/* @n bytes without alignment; NULL when there is no such memory.  After
 * c2c_crypto_init(). */
void *c2c_secret_new(size_t n);

/* Wipes; NULL is fine. */
void c2c_secret_free(void *p);

/* Overwrite a secret that had to be elsewhere. */
void c2c_secret_wipe(void *p, size_t n);

#endif /* C2C_CRYPTO_SECRET_H */
