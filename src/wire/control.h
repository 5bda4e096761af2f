/* Control messages: what the command line asks its own node.
 *
 * A request is [v, name, arguments map]; a reply is [v, code, document].  With
 * code C2C_E_OK the document is what `--json` prints; otherwise it is the
 * member "error" of a `--json` error: {"code","thing","message","hint"} and for
 * bodies that do not fit their schema "problems":
 * [{"item","path","reason","allowed"}]. Every document has a JSON form: no bin,
 * times as RFC 3339 text.
 *
 * Arguments every request may have: "lang" (BCP 47, for titles and labels).
 *
 *  name     arguments                          document
 *  put      records[], dry_run                 items[{ref,key,state}], epoch,
 * rev, warnings[{item,path,message}] remove   refs[], dry_run items[{ref}],
 * epoch, rev confirm  refs[] items[{ref,verified_at}], epoch, rev show     ref
 * RECORD list     type, city, where{facet:value},    items[RECORD], next, as_of
 *           limit, cursor
 *  log      city, limit, cursor                items[{epoch,rev,time,city,
 *                                              changes[{verb,ref}]}], next,
 * as_of who      city, for                          as in the manual: city,
 * for, matched, offices[], decision_authority[], procedures[], fresh, notes[]
 *  find     words, type, topic, country, items[{ref,type,city,title,snippet,
 *           lang_of, sdg, near, fresh, limit,
 * updated,verified_at,stale,matched}], cursor                             next,
 * as_of, total status   -                                  listen[], city,
 * name, kind, epoch, rev, roots{}, records{}, state, peers[], cities[],
 * refused{} doctor   - items[{check,state,message,hint}] verify   ref or
 * nothing                     items[{ref,state,message}], checked, ok backup -
 * path (a file in DIR/run, to be moved) key      - city, kind, epoch, created,
 * threshold, roots[], keys[{key,uses[]}]
 *
 * A record to put: {type, key?, slug?, audience?, created?, body}.  state of a
 * put item: "new", "changed", "same", "local" (kept as a draft on this node),
 * "waiting" (saved, to be signed once the store is known to be current).
 * RECORD: {ref,type,key,slug,audience,created,updated,body,city,epoch,rev,
 * verified,title,fresh{verified_at,stale}}.
 *
 * PROTOCOL says nothing of these messages: client and node are of one version.
 */

#ifndef C2C_WIRE_CONTROL_H
#define C2C_WIRE_CONTROL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/doc.h"

enum {
    C2C_CONTROL_VERSION = 1,
    C2C_CONTROL_DEPTH = 24 /* Records stand inside lists of answers. */
};

struct c2c_control_request {
    struct c2c_view name;
    const struct c2c_val *args; /* A map. */
};

struct c2c_control_reply {
    enum c2c_err code;
    const struct c2c_val *doc; /* A map. */
};

/* Append.  Values may belong to any document; @doc is used for sorting. */
enum c2c_err c2c_control_request_encode(struct c2c_doc *doc, const char *name,
                                        const struct c2c_val *args,
                                        struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_control_reply_encode(struct c2c_doc *doc, enum c2c_err code,
                                      const struct c2c_val *result,
                                      struct c2c_buf *out) C2C_MUST_CHECK;

/* Strict; values borrow from @bytes and belong to @doc.  Another version gives
 * C2C_E_UNSUPPORTED. */
enum c2c_err c2c_control_request_decode(
    struct c2c_doc *doc, struct c2c_view bytes,
    struct c2c_control_request *ret_request) C2C_MUST_CHECK;
enum c2c_err
c2c_control_reply_decode(struct c2c_doc *doc, struct c2c_view bytes,
                         struct c2c_control_reply *ret_reply) C2C_MUST_CHECK;

#endif /* C2C_WIRE_CONTROL_H */
