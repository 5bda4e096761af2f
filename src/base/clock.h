/* Where time comes from. */

#ifndef C2C_BASE_CLOCK_H
#define C2C_BASE_CLOCK_H

#include <stdint.h>

struct c2c_clock {
    uint64_t (*now_ms)(void *ctx);  /* Unix time, milliseconds. */
    uint64_t (*mono_ms)(void *ctx); /* Never goes back. */
    void *ctx;
};

/* The system's real-time clock.  Any thread. */
extern const struct c2c_clock c2c_clock_system;

/* Now, by a clock that never goes back, for lifetimes and deadlines, and by the
 * calendar, for what others have dated. */
struct c2c_moment {
    uint64_t mono_ms;
    uint64_t unix_s;
};

struct c2c_moment c2c_clock_moment(const struct c2c_clock *clock);

/* Milliseconds that never go back, for deadlines.  Any thread. */
uint64_t c2c_clock_mono_ms(void);

/* How long ago @then_ms was; 0 if it is to come: threads that took the time one
 * after the other may use it in another order. */
uint64_t c2c_clock_since(uint64_t then_ms, uint64_t now_ms);

#endif /* C2C_BASE_CLOCK_H */
