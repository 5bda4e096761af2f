/* A provider whose questions, and dialers whose outcomes, wait in mailboxes
 * until a test takes them. */

#ifndef C2C_TESTS_EXCHANGE_H
#define C2C_TESTS_EXCHANGE_H

#include "folder.h"
#include "net/dialer.h"
#include "net/provider.h"
#include "node/mailbox.h"
#include "test.h"

enum {
    EXCHANGE_PATIENCE_MS = 20000, /* Nothing takes that long unless broken. */
    EXCHANGE_BOX = 4096,
    EXCHANGE_MESSAGE = 512 * 1024
};

struct exchange {
    char folder[FOLDER_NAME];
    struct c2c_mailbox *questions; /* Of struct c2c_request. */
    struct c2c_mailbox *outcomes;  /* Of struct c2c_outcome. */
    struct c2c_mailbox *gone;      /* Of pipe numbers. */
    struct c2c_provider *provider;
    struct c2c_dialer *dialer;
};

/* For cmocka. */
int exchange_begin(void **state);
int exchange_end(void **state);

/* A URL of ipc:// in the exchange's folder. */
const char *exchange_ipc(struct exchange *x);

/* Provider on @url with the limits of @options. */
void exchange_listen(struct exchange *x, const char *url,
                     struct c2c_provider_options options);
/* Its URL. */
const char *exchange_url(const struct exchange *x);

/* A dialer for @url with @questions at once. */
struct c2c_dialer *exchange_dial(struct exchange *x, const char *url,
                                 size_t questions);

/* Wait until it has a connection. */
void exchange_connect(const struct c2c_dialer *dialer);

void exchange_ask(struct c2c_dialer *dialer, uint64_t tag, const char *text);

/* Wait for the next one. */
struct c2c_request *exchange_question(struct exchange *x);
struct c2c_outcome *exchange_outcome(struct exchange *x);

void exchange_answer(struct c2c_request *request, const char *text);

/* The next outcome is an answer with this tag and text. */
void exchange_expect(struct exchange *x, uint64_t tag, const char *text);

/* The next outcome is this error. */
void exchange_expect_err(struct exchange *x, enum c2c_err err);

/* Wait until the provider's counts satisfy @is. */
void exchange_wait(struct exchange *x,
                   bool (*is)(const struct c2c_provider_counts *counts,
                              uint64_t n),
                   uint64_t n);

#endif /* C2C_TESTS_EXCHANGE_H */
