/* A node that gives prepared answers over the control socket of a folder. */

#ifndef C2C_TESTS_FAKE_NODE_H
#define C2C_TESTS_FAKE_NODE_H

#include "base/err.h"

/* One answer.  Requests are answered in order; the last answer is repeated. */
struct fake_answer {
    enum c2c_err code;
    const char *json; /* The document; NULL: bytes of another version. */
};

/* Listen on @dir/run/control.sock (through a short path, however long @dir is);
 * @prepared ends with json == NULL and code == C2C_E_OK. */
void fake_node_open(const char *dir, const struct fake_answer *prepared);

/* The requests so far, a line each: "put {"dry_run":false,...}". */
const char *fake_node_requests(void);

void fake_node_close(void);

#endif /* C2C_TESTS_FAKE_NODE_H */
