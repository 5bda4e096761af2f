/* What fuzz targets share. */

#ifndef C2C_TESTS_FUZZ_H
#define C2C_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A law that must hold for every input. */
static inline void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

#endif /* C2C_TESTS_FUZZ_H */
