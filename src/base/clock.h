/* Where time comes from. */

#ifndef C2C_BASE_CLOCK_H
#define C2C_BASE_CLOCK_H

#include <stdint.h>

struct c2c_clock {
    uint64_t (*now_ms)(void *ctx); /* Unix time, milliseconds. */
    void *ctx;
};

/* The system's real-time clock.  Any thread. */
extern const struct c2c_clock c2c_clock_system;

/* Milliseconds that never go back, for deadlines.  Any thread. */
uint64_t c2c_clock_mono_ms(void);

#endif /* C2C_BASE_CLOCK_H */
