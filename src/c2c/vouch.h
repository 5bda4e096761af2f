/* What speaks for the answers of a node elsewhere but the node itself.
 *
 * A record is taken from a proof (trust/proof_file.h) of its city's signed
 * state; the city is admitted by an association that this user trusts
 * (c2c/trust.h), by proofs of its memberships; and the city's own profile calls
 * it what was asked for.  The node is believed nothing.  That nothing is left
 * out of a list, and that no newer state is kept back, nothing vouches for. */

#ifndef C2C_C2C_VOUCH_H
#define C2C_C2C_VOUCH_H

#include "base/err.h"
#include "c2c/run.h"
#include "codec/doc.h"

/* "verified" when this user trusts no association. */
extern const char c2c_vouch_nobody[];

/* What the node of --node says of @record, its answer to `show` of @asked, as
 * what is proved: "verified" true, and "vouched" {city_name, lga, lga_name,
 * signed, expires}; or with the reason why not.  Fills run->diag when the node
 * answers no more. */
enum c2c_err c2c_vouch_record(struct c2c_run *run, const char *asked,
                              const struct c2c_val *record,
                              struct c2c_val **ret_record) C2C_MUST_CHECK;

/* @doc, which nothing vouches for, as a document that says so; it is told once,
 * too. */
const struct c2c_val *c2c_vouch_disclaim(struct c2c_run *run,
                                         const struct c2c_val *doc);

#endif /* C2C_C2C_VOUCH_H */
