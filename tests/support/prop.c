#include "prop.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t prop_u64(struct prop *p)
{
    uint64_t z = p->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t prop_below(struct prop *p, uint64_t n)
{
    return prop_u64(p) % n;
}

void prop_fill(struct prop *p, void *out, size_t n)
{
    uint8_t *bytes = out;

    for (size_t i = 0; i < n; i++) {
        bytes[i] = (uint8_t)prop_u64(p);
    }
}

static uint64_t setting(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);

    return text == NULL ? fallback : strtoull(text, NULL, 10);
}

void prop_run(const char *name, unsigned cases, void (*law)(struct prop *p))
{
    uint64_t seed = setting("C2C_PROP_SEED", 1);
    uint64_t n = setting("C2C_PROP_CASES", cases);

    (void)printf("%s: %llu cases, C2C_PROP_SEED=%llu\n", name,
                 (unsigned long long)n, (unsigned long long)seed);
    for (uint64_t i = 0; i < n; i++) {
        struct prop p = {seed + i};

        law(&p);
    }
}
