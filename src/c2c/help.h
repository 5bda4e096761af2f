/* What help shows. */

#ifndef C2C_C2C_HELP_H
#define C2C_C2C_HELP_H

#include "c2c/command.h"
#include "c2c/out.h"

void c2c_help_overview(struct c2c_out *out);
void c2c_help_command(struct c2c_out *out, const struct c2c_command *command);

#endif /* C2C_C2C_HELP_H */
