#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

enum {
    SITE_BYTES = 8 /* Of an IPv6 address: its /64. */
};

/* Does @url end with a colon and a port? */
static bool has_port(struct c2c_view url)
{
    unsigned long port = 0;
    size_t at = url.n;

    while (at > 0 && url.p[at - 1] >= '0' && url.p[at - 1] <= '9') {
        at--;
    }
    for (size_t i = at; i < url.n && port <= UINT16_MAX; i++) {
        port = port * 10 + (unsigned long)(url.p[i] - '0');
    }
    return at > 0 && at < url.n && url.p[at - 1] == ':' && port <= UINT16_MAX;
}

bool c2c_address_is_url(struct c2c_view url)
{
    static const struct {
        const char *scheme;
        bool port; /* It has none of its own. */
    } known[] = {{"tcp://", true},
                 {"tls+tcp://", true},
                 {"ipc://", false},
                 {"ws://", false},
                 {"wss://", false}};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t n = strlen(known[i].scheme);

        if (c2c_view_starts(url, c2c_view_str(known[i].scheme)) && url.n > n) {
            return !known[i].port ||
                   has_port(c2c_view_of(url.p + n, url.n - n));
        }
    }
    return false;
}

struct c2c_address c2c_address_v4(const uint8_t ip[4])
{
    struct c2c_address address;

    memcpy(address.b, v4_prefix, sizeof v4_prefix);
    memcpy(address.b + sizeof v4_prefix, ip, 4);
    return address;
}

struct c2c_address c2c_address_v6(const uint8_t ip[16])
{
    struct c2c_address address;

    memcpy(address.b, ip, sizeof address.b);
    return address;
}

static bool is_v4(const struct c2c_address *address)
{
    return memcmp(address->b, v4_prefix, sizeof v4_prefix) == 0;
}

bool c2c_address_is_local(const struct c2c_address *address)
{
    static const struct c2c_address none;

    return memcmp(address->b, none.b, sizeof none.b) == 0;
}

bool c2c_address_same_site(const struct c2c_address *a,
                           const struct c2c_address *b)
{
    bool whole = is_v4(a) || is_v4(b);

    return memcmp(a->b, b->b, whole ? sizeof a->b : SITE_BYTES) == 0;
}

void c2c_address_text(const struct c2c_address *address,
                      char out[C2C_ADDRESS_TEXT])
{
    bool v4 = is_v4(address);

    if (c2c_address_is_local(address)) {
        memcpy(out, "local", sizeof "local");
        return;
    }
    /* Cannot fail: family and room are right. */
    (void)inet_ntop(v4 ? AF_INET : AF_INET6,
                    address->b + (v4 ? sizeof v4_prefix : 0), out,
                    C2C_ADDRESS_TEXT);
}
