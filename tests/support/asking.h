/* A node without sockets for tests: its requests, asked one after another. */

#ifndef C2C_TESTS_ASKING_H
#define C2C_TESTS_ASKING_H

#include "node/node_priv.h"
#include "node/standing.h"
#include "place.h"

struct asking {
    struct place place;
    struct c2c_node node;
    struct c2c_store *reader;
    struct c2c_standing *standing;
};

void asking_init(struct asking *asking);
void asking_init_lga(struct asking *asking); /* Of an association. */
void asking_fini(struct asking *asking);

/* Stop and start the writer and the reader.  Fills the diag. */
void asking_close(struct asking *asking);
enum c2c_err asking_open(struct asking *asking, bool adopt,
                         struct c2c_diag *diag);

/* What came back. */
struct answer {
    enum c2c_err err;
    struct c2c_diag diag;
    struct c2c_doc *doc;
    const struct c2c_val *result;
};

/* Ask @name with the arguments @json; returns answer->err.  Fails no test. */
enum c2c_err asking_ask(struct asking *asking, const char *name,
                        const char *json, struct answer *answer);
void answer_fini(struct answer *answer);

/* The text at @path of the answer ("items/0/ref"), or "". */
struct c2c_view answer_text(const struct answer *answer, const char *path);

/* How many things are in the list at @path. */
size_t answer_count(const struct answer *answer, const char *path);

/* Put records (a JSON array); fails the test if they are refused. */
void asking_put(struct asking *asking, const char *json);

/* assert that the text at a path of an answer is this one. */
#define assert_answer(ANSWER, PATH, WANT)                            \
    do {                                                             \
        struct c2c_view got_ = answer_text(ANSWER, PATH);            \
        if (!c2c_view_eq_str(got_, WANT)) {                          \
            fail_msg("%s is '%.*s', not '%s'", PATH, (int)got_.n,    \
                     got_.n == 0 ? "" : (const char *)got_.p, WANT); \
        }                                                            \
    } while (0)

#endif /* C2C_TESTS_ASKING_H */
