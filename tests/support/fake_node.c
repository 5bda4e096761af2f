#include "fake_node.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "net/provider.h"
#include "test.h"
#include "wire/control.h"

/* The provider's threads answer while the test reads: one lock for all. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct c2c_provider *provider;
static const struct fake_answer *answers;
static char requests[1 << 16];
static int folder = -1;

static bool is_last(const struct fake_answer *a)
{
    return a->code == C2C_E_OK && a->json == NULL;
}

static void note(struct c2c_doc *doc, struct c2c_view body)
{
    struct c2c_control_request request;
    size_t n = strlen(requests);
    struct c2c_buf args;

    c2c_buf_init(&args, sizeof requests);
    if (c2c_control_request_decode(doc, body, &request) == C2C_E_OK &&
        c2c_json_print(request.args, C2C_JSON_COMPACT, &args) == C2C_E_OK) {
        (void)snprintf(requests + n, sizeof requests - n, "%.*s %.*s\n",
                       (int)request.name.n, (const char *)request.name.p,
                       (int)args.n, (const char *)args.p);
    }
    c2c_buf_fini(&args);
}

/* Asserts belong to the test's thread: what goes wrong here gives no answer. */
static void answer(void *ctx, struct c2c_request *request)
{
    struct c2c_doc *doc = NULL;
    const struct c2c_val *val;
    struct c2c_json_error why;
    struct c2c_buf bytes;

    (void)ctx;
    c2c_buf_init(&bytes, C2C_MAX_CONTROL_BYTES);
    (void)pthread_mutex_lock(&lock);
    if (c2c_doc_new(&doc) == C2C_E_OK) {
        note(doc, c2c_request_body(request));
        if (answers->json == NULL) {
            (void)!c2c_buf_put(&bytes, "\x93\x7f\x00\x80", 4);
        } else if (c2c_json_parse(doc, c2c_view_str(answers->json), &why,
                                  &val) == C2C_E_OK) {
            (void)!c2c_control_reply_encode(doc, answers->code, val, &bytes);
        }
        answers += is_last(answers + 1) ? 0 : 1;
    }
    (void)pthread_mutex_unlock(&lock);
    c2c_request_reply(request, c2c_buf_view(&bytes));
    c2c_buf_fini(&bytes);
    c2c_doc_free(doc);
}

void fake_node_open(const char *dir, const struct fake_answer *prepared)
{
    const struct c2c_provider_options options = {.max_message =
                                                     C2C_MAX_CONTROL_BYTES,
                                                 .fn = answer};
    char *run = c2c_path_join(dir, "run");
    char url[128];

    answers = prepared;
    requests[0] = '\0';
    assert_non_null(run);
    assert_ok(c2c_file_mkdir(run, 0700));
    folder = open(run, O_RDONLY | O_DIRECTORY);
    assert_true(folder >= 0);
    (void)snprintf(url, sizeof url, "ipc:///proc/self/fd/%d/control.sock",
                   folder);
    assert_ok(c2c_provider_open(&options, &provider));
    assert_ok(c2c_provider_listen(provider, url));
    c2c_free(run);
}

const char *fake_node_requests(void)
{
    static char copy[sizeof requests];

    (void)pthread_mutex_lock(&lock);
    memcpy(copy, requests, sizeof copy);
    (void)pthread_mutex_unlock(&lock);
    return copy;
}

void fake_node_close(void)
{
    c2c_provider_close(provider);
    provider = NULL;
    if (folder >= 0) {
        (void)close(folder);
        folder = -1;
    }
}
