/* The configuration of a node: a file read with libconfuse, never written.
 *
 * One table (config.c) holds every key with its range, default and meaning; the
 * printed configuration and config/city.conf come from it. */

#ifndef C2C_NODE_CONFIG_H
#define C2C_NODE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/log.h"

enum {
    C2C_CONFIG_LIST_MAX = 16,
    C2C_CONFIG_TEXT = 256
};

/* Texts, as in `listen = {"tcp://0.0.0.0:7420", "ipc:///run/c2c.sock"}`. */
struct c2c_config_list {
    size_t n;
    char at[C2C_CONFIG_LIST_MAX][C2C_CONFIG_TEXT];
};

struct c2c_config {
    char log_level[16];
    long workers;      /* Threads that answer requests. */
    long queue;        /* Requests that may wait. */
    long refresh_days; /* A head is signed anew after this long ... */
    long expire_days;  /* ... and is good for this long. */
    long min_free_mb;  /* Below this the doctor warns. */
    struct c2c_config_list listen; /* URLs where peers may ask. */
    struct c2c_config_list hubs;   /* URL#ID: hubs beside those joined. */
    struct c2c_config_list trust;  /* Ids of associations ... */
    struct c2c_config_list follow; /* ... and of single cities. */
};

void c2c_config_defaults(struct c2c_config *config);

/* Read @path over @config.  C2C_E_CONFIG with "file:line: key: reason" in the
 * diag; C2C_E_NOT_FOUND.  @config is unchanged on failure. */
enum c2c_err c2c_config_read(const char *path, struct c2c_config *config,
                             struct c2c_diag *diag) C2C_MUST_CHECK;

/* The same from text, for which @name stands in messages. */
enum c2c_err c2c_config_parse(const char *name, const char *text,
                              struct c2c_config *config,
                              struct c2c_diag *diag) C2C_MUST_CHECK;

/* Append the configuration as a commented file that reads back the same. */
enum c2c_err c2c_config_print(const struct c2c_config *config,
                              struct c2c_buf *out) C2C_MUST_CHECK;

#endif /* C2C_NODE_CONFIG_H */
