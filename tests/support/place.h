/* A city's folder for tests: keys, keyset, first profile; a clock that stands
 * where the test puts it and randomness that repeats. */

#ifndef C2C_TESTS_PLACE_H
#define C2C_TESTS_PLACE_H

#include "base/clock.h"
#include "base/rng.h"
#include "codec/doc.h"
#include "node/config.h"
#include "node/group.h"
#include "node/identity.h"
#include "record/types.h"

enum {
    PLACE_DRAFTS = 8,
    PLACE_START_S = 1796000000 /* Where its clock stands at first. */
};

struct place {
    char dir[64];
    struct c2c_identity identity;
    struct c2c_types *types;
    struct c2c_config config;
    _Atomic uint64_t now_s; /* The writer reads it meanwhile. */
    struct c2c_clock clock;
    uint64_t random; /* State of the generator. */
    struct c2c_rng rng;
};

/* Make it; fails the test if it cannot. */
void place_init(struct place *place);

/* The same for an association. */
void place_init_lga(struct place *place);

/* Remove it. */
void place_fini(struct place *place);

/* A file of the folder: its bytes appended to @out, or written, or removed. */
void place_read(const struct place *place, const char *name,
                struct c2c_buf *out);
void place_write(const struct place *place, const char *name,
                 struct c2c_view bytes);
void place_unlink(const struct place *place, const char *name);

/* True if a file of the folder holds the bytes of @word. */
bool place_holds(const struct place *place, const char *word);

/* Drafts as a request brings them. */
struct drafts {
    struct c2c_doc *doc;
    struct c2c_draft at[PLACE_DRAFTS];
    struct c2c_job job;
};

/* Read @json, an array of records. */
void drafts_init(struct drafts *drafts, const struct place *place,
                 const char *json);

/* The removal of our record @type/@slug, whose key is @key. */
void drafts_init_removal(struct drafts *drafts, const struct place *place,
                         const char *type, const struct c2c_uuid *key);
/* Do the jobs as one group, as the writer does. */
enum c2c_err drafts_run(struct c2c_group *group, struct c2c_job *const *jobs,
                        size_t n);

void drafts_fini(struct drafts *drafts);

#endif /* C2C_TESTS_PLACE_H */
