/* QR codes as text: two modules a character, one above the other. */

#ifndef C2C_C2C_QR_H
#define C2C_C2C_QR_H

#include "base/err.h"
#include "base/view.h"
#include "c2c/out.h"

/* Print @data as a QR code with its quiet zone.  In colours it is black on
 * white; on a terminal without colours its light modules are drawn (terminals
 * are dark); elsewhere the dark ones (paper is white).  C2C_E_TOO_BIG beyond
 * some 2,300 bytes.  The code is wiped, since it may hold a secret. */
enum c2c_err c2c_qr_print(struct c2c_out *out,
                          struct c2c_view data) C2C_MUST_CHECK;

#endif /* C2C_C2C_QR_H */
