/* The daemon's command line. */

#ifndef C2C_C2CD_OPTIONS_H
#define C2C_C2CD_OPTIONS_H

#include <stdbool.h>

enum c2cd_action {
    C2CD_RUN,
    C2CD_CHECK,
    C2CD_PRINT_CONFIG,
    C2CD_HELP,
    C2CD_VERSION,
    C2CD_USAGE /* Told already. */
};

struct c2cd_options {
    enum c2cd_action action;
    char *dir;          /* Owned. */
    const char *config; /* NULL: DIR/c2cd.conf, if it is there. */
    bool adopt;
};

void c2cd_options_read(int argc, char **argv, struct c2cd_options *options);
void c2cd_options_fini(struct c2cd_options *options);

void c2cd_options_help(void);

#endif /* C2C_C2CD_OPTIONS_H */
