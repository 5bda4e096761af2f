#include "crypto/secret.h"

#include <sodium.h>

void *c2c_secret_new(size_t n)
{
    return sodium_malloc(n);
}

void c2c_secret_free(void *p)
{
    sodium_free(p);
}

void c2c_secret_wipe(void *p, size_t n)
{
    sodium_memzero(p, n);
}
