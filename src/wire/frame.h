/* Frames: what passes between two nodes (PROTOCOL "Session").
 *
 *   first    [version][1][handshake message 1]                 a request
 *   second   [version][2][session id 16][handshake message 2]  its reply
 *   third    [version][3][length 2][handshake message 3][sealed request]
 *   refusal  [version][4][code 2]             a reply, instead of any other
 *   sealed   [session id 16][counter 8][ciphertext]     request and reply
 *
 * Integers are little-endian.  Version bytes are below 0x80, the first bytes of
 * session ids are not.  The third frame brings the session's first request
 * along, counter 0, so that a new session costs one round trip; its reply is a
 * sealed frame.  A refusal is not sealed, because who sends it may not know the
 * session: it is a hint to begin another one, and proves nothing. */

#ifndef C2C_WIRE_FRAME_H
#define C2C_WIRE_FRAME_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/limits.h"
#include "crypto/noise.h"
#include "crypto/seal.h"

enum {
    C2C_FRAME_VERSION = 1
};

enum c2c_frame_kind {
    C2C_FRAME_SEALED = 0, /* Has no byte for its kind. */
    C2C_FRAME_FIRST = 1,
    C2C_FRAME_SECOND = 2,
    C2C_FRAME_THIRD = 3,
    C2C_FRAME_REFUSAL = 4
};

/* Members that the kind does not have are zero.  Views borrow. */
struct c2c_frame {
    enum c2c_frame_kind kind;
    struct c2c_session_id id;  /* Second, third, sealed. */
    uint64_t counter;          /* Sealed. */
    struct c2c_view handshake; /* First, second, third. */
    struct c2c_view sealed;    /* Third, sealed: for c2c_seal_read(). */
    enum c2c_err refusal;      /* Never C2C_E_OK. */
};

/* What both sides mix into the handshake first: the protocol's name and version
 * ("c2c sync 1").  Static. */
struct c2c_view c2c_frame_prologue(void);

/* Append @frame; for second and third `id` and `counter` come from where they
 * are said above.  C2C_E_INVAL if it would not decode as it is; C2C_E_TOO_BIG,
 * C2C_E_NOMEM.  @out is unchanged unless it succeeds. */
enum c2c_err c2c_frame_encode(const struct c2c_frame *frame,
                              struct c2c_buf *out) C2C_MUST_CHECK;

/* Append the refusal for @why, which is not C2C_E_OK.  As above. */
enum c2c_err c2c_frame_refuse(enum c2c_err why,
                              struct c2c_buf *out) C2C_MUST_CHECK;

/* Strict: C2C_E_MALFORMED, C2C_E_UNSUPPORTED (version or kind), C2C_E_TOO_BIG
 * (handshake message).  Whether it is forged only its session can tell. */
enum c2c_err c2c_frame_decode(struct c2c_view bytes,
                              struct c2c_frame *ret_frame) C2C_MUST_CHECK;

#endif /* C2C_WIRE_FRAME_H */
