/* Where a connection comes from: what caps count by and logs show. */

#ifndef C2C_BASE_ADDRESS_H
#define C2C_BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

enum {
    C2C_ADDRESS_BYTES = 16,
    C2C_ADDRESS_TEXT = 46 /* With the NUL. */
};

/* All zero: from this machine, or not known. */
struct c2c_address {
    uint8_t b[C2C_ADDRESS_BYTES]; /* IPv6; IPv4 as ::ffff:a.b.c.d. */
};

/* Can a node be reached or listen there: a URL of a transport that we speak,
 * over TCP with a port? */
bool c2c_address_is_url(struct c2c_view url);

/* From the 4 or 16 bytes of an IP address. */
struct c2c_address c2c_address_v4(const uint8_t ip[4]);
struct c2c_address c2c_address_v6(const uint8_t ip[16]);

bool c2c_address_is_local(const struct c2c_address *address);

/* One subscriber, as far as numbers tell: the same IPv4 address, the same /64
 * of IPv6. */
bool c2c_address_same_site(const struct c2c_address *a,
                           const struct c2c_address *b);

/* "192.0.2.1", "2001:db8::1", "local". */
void c2c_address_text(const struct c2c_address *address,
                      char out[C2C_ADDRESS_TEXT]);

#endif /* C2C_BASE_ADDRESS_H */
