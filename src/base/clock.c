#include "base/clock.h"

#include <stddef.h>
#include <time.h>

static uint64_t read_ms(clockid_t id)
{
    struct timespec ts = {0, 0};

    (void)clock_gettime(id, &ts); /* Cannot fail for these clocks. */
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static uint64_t system_now_ms(void *ctx)
{
    (void)ctx;
    return read_ms(CLOCK_REALTIME);
}

static uint64_t system_mono_ms(void *ctx)
{
    (void)ctx;
    return c2c_clock_mono_ms();
}

const struct c2c_clock c2c_clock_system = {system_now_ms, system_mono_ms, NULL};

uint64_t c2c_clock_mono_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

struct c2c_moment c2c_clock_moment(const struct c2c_clock *clock)
{
    return (struct c2c_moment){clock->mono_ms(clock->ctx),
                               clock->now_ms(clock->ctx) / 1000};
}

uint64_t c2c_clock_since(uint64_t then_ms, uint64_t now_ms)
{
    return now_ms > then_ms ? now_ms - then_ms : 0;
}
