/* Do connections of this process still end?  NNG 1.5 ends them one after
 * another, and a race of its own can keep it at one of them for ever: then none
 * ends any more, and places for connections run out. */

#ifndef C2C_NET_PROBE_H
#define C2C_NET_PROBE_H

#include <stdbool.h>

/* Make a connection inside the process and end it.  False: it has not ended
 * after @patience_s, so the process should be started again.  One thread at a
 * time. */
bool c2c_net_probe(unsigned patience_s);

#endif /* C2C_NET_PROBE_H */
