#include "c2c/call.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "c2c/command.h"
#include "c2c/remote.h"
#include "c2c/vouch.h"
#include "codec/limits.h"
#include "net/consumer.h"
#include "wire/control.h"

enum {
    URL_MAX = 128,
    /* sun_path has 108 bytes; longer paths go through /proc/self/fd. */
    SOCKET_PATH_MAX = 100,
    FIRST_PAUSE_MS = 10,
    LONGEST_PAUSE_MS = 200
};

struct c2c_reply {
    struct c2c_reply *next;
    struct c2c_buf bytes;
};

void c2c_call_end(struct c2c_run *run)
{
    c2c_consumer_close(run->consumer);
    c2c_remote_close(run->remote);
    run->consumer = NULL;
    run->remote = NULL;
    while (run->replies != NULL) {
        struct c2c_reply *reply = run->replies;

        run->replies = reply->next;
        c2c_buf_fini(&reply->bytes);
        c2c_free(reply);
    }
}

/* Why does nobody answer, and what to do?  Always C2C_E_UNREACHABLE.
 * @err is why it could not be asked. */
static enum c2c_err explain(struct c2c_run *run, enum c2c_err err)
{
    char *keyset = c2c_path_join(run->dir, "keyset");
    struct stat st;

    if (keyset == NULL) {
        return c2c_run_nomem(run);
    }
    errno = 0;
    if (stat(keyset, &st) == 0 && err != C2C_E_PERMISSION) {
        (void)c2c_diag_set(&run->diag, C2C_E_UNREACHABLE, run->dir,
                           "no node answers here");
        c2c_diag_hint(&run->diag, "start it: c2cd -C %s", run->dir_word);
    } else if (errno == EACCES || err == C2C_E_PERMISSION) {
        (void)c2c_diag_set(&run->diag, C2C_E_UNREACHABLE, run->dir,
                           "this folder belongs to another user");
        c2c_diag_hint(&run->diag,
                      "ask as its owner, for example: sudo -u c2c c2c -C %s %s",
                      run->dir_word, run->line.command->name);
    } else if (errno == ENOTDIR) {
        (void)c2c_diag_set(&run->diag, C2C_E_UNREACHABLE, run->dir,
                           "this is a file, not the folder of a city");
        c2c_diag_hint(&run->diag, "name the city's folder with -C DIR");
    } else {
        (void)c2c_diag_set(&run->diag, C2C_E_UNREACHABLE, run->dir,
                           "there is no city in this folder, so no node "
                           "answers");
        c2c_diag_hint(&run->diag,
                      "name its folder with -C DIR, or make a city: c2c -C %s "
                      "init --name NAME --country CC; then start its node: "
                      "c2cd -C %s",
                      run->dir_word, run->dir_word);
    }
    c2c_free(keyset);
    return C2C_E_UNREACHABLE;
}

static enum c2c_err open_url(struct c2c_run *run, const char *url)
{
    struct c2c_consumer_options options = {.timeout_ms = run->timeout_ms,
                                           .max_message =
                                               C2C_MAX_CONTROL_BYTES};

    return c2c_consumer_open(url, &options, &run->consumer);
}

/* A path that a socket address cannot hold: by way of its folder. */
static enum c2c_err open_far(struct c2c_run *run)
{
    char *folder = c2c_path_join(run->dir, "run");
    enum c2c_err err = C2C_E_NOMEM;
    char url[URL_MAX];
    int fd;

    if (folder == NULL) {
        return C2C_E_NOMEM;
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    err = C2C_E_UNREACHABLE;
    if (fd < 0 && errno == EACCES) {
        err = C2C_E_PERMISSION;
    }
    if (fd >= 0) {
        (void)snprintf(url, sizeof url, "ipc:///proc/self/fd/%d/control.sock",
                       fd);
        err = open_url(run, url);
        (void)close(fd);
    }
    c2c_free(folder);
    return err;
}

static enum c2c_err connect_node(struct c2c_run *run)
{
    static const char name[] = "run/control.sock";
    char url[URL_MAX];
    struct stat st;

    if (run->consumer != NULL) {
        return C2C_E_OK;
    }
    if (stat(run->dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
        return C2C_E_UNREACHABLE; /* What NNG makes of it varies. */
    }
    if (strlen(run->dir) + sizeof name > SOCKET_PATH_MAX) {
        return open_far(run);
    }
    (void)snprintf(url, sizeof url, "ipc://%s/%s", run->dir, name);
    return open_url(run, url);
}

struct c2c_buf *c2c_call_keep(struct c2c_run *run, size_t max)
{
    struct c2c_reply *reply = c2c_calloc(1, sizeof *reply);

    if (reply == NULL) {
        return NULL;
    }
    c2c_buf_init(&reply->bytes, max);
    reply->next = run->replies;
    run->replies = reply;
    return &reply->bytes;
}

enum c2c_err c2c_call_refused(struct c2c_run *run, enum c2c_err code,
                              const struct c2c_val *doc)
{
    struct c2c_view thing = c2c_val_text(doc, "thing");
    struct c2c_view message = c2c_val_text(doc, "message");
    struct c2c_view hint = c2c_val_text(doc, "hint");
    char *name = c2c_view_dup(thing);

    (void)c2c_diag_set(&run->diag, code, name, "%.*s", (int)message.n,
                       (const char *)message.p);
    if (message.n == 0) {
        (void)c2c_diag_set(&run->diag, code, name, "%s", c2c_strerror(code));
    }
    if (hint.n > 0) {
        c2c_diag_hint(&run->diag, "%.*s", (int)hint.n, (const char *)hint.p);
    }
    c2c_free(name);
    run->error = doc;
    return code;
}

static enum c2c_err failed(struct c2c_run *run, enum c2c_err err)
{
    switch ((int)err) {
    case C2C_E_UNREACHABLE:
    case C2C_E_PERMISSION:
        return explain(run, err);
    case C2C_E_TIMEOUT:
        (void)c2c_diag_set(&run->diag, err, run->dir,
                           "the node did not answer within %llu s",
                           (unsigned long long)(run->timeout_ms / 1000));
        c2c_diag_hint(&run->diag,
                      "wait longer with --timeout SEC; `c2c -C %s "
                      "status` tells whether it lives",
                      run->dir_word);
        return err;
    case C2C_E_UNSUPPORTED:
        (void)c2c_diag_set(&run->diag, err, run->dir,
                           "the node speaks another version");
        c2c_diag_hint(&run->diag, "restart c2cd after an upgrade");
        return err;
    default:
        return c2c_diag_set(&run->diag, err, run->dir,
                            "asking the node failed: %s", c2c_strerror(err));
    }
}

/* Send @request; the reply's bytes are kept for the values that borrow them. */
static enum c2c_err exchange(struct c2c_run *run, struct c2c_view request,
                             struct c2c_control_reply *ret_reply)
{
    struct c2c_buf *bytes = c2c_call_keep(run, C2C_MAX_CONTROL_BYTES);
    enum c2c_err err;

    if (bytes == NULL) {
        return C2C_E_NOMEM;
    }
    err = connect_node(run);
    if (err == C2C_E_OK) {
        err = c2c_consumer_call(run->consumer, request, bytes);
    }
    if (err == C2C_E_OK) {
        err =
            c2c_control_reply_decode(run->doc, c2c_buf_view(bytes), ret_reply);
    } else {
        c2c_consumer_close(run->consumer); /* Begin anew next time. */
        run->consumer = NULL;
    }
    return err;
}

static void tell_time(struct c2c_run *run, const char *name, uint64_t start_ms)
{
    if (run->verbose) {
        c2c_out_talk(&run->out, "c2c: %s answered %s in %llu ms",
                     run->node == NULL ? run->dir : run->node, name,
                     (unsigned long long)(c2c_clock_mono_ms() - start_ms));
    }
}

/* Over the control socket. */
static enum c2c_err ask_own(struct c2c_run *run, const char *name,
                            const struct c2c_val *args,
                            const struct c2c_val **ret_doc)
{
    struct c2c_control_reply reply;
    struct c2c_buf request;
    enum c2c_err err;

    c2c_buf_init(&request, C2C_MAX_CONTROL_BYTES);
    err = c2c_control_request_encode(run->doc, name, args, &request);
    if (err == C2C_E_TOO_BIG) {
        (void)c2c_diag_set(&run->diag, err, NULL,
                           "this is more than %d bytes at once",
                           C2C_MAX_CONTROL_BYTES);
        c2c_diag_hint(&run->diag, "put it in several files");
        goto out;
    }
    if (err == C2C_E_OK) {
        err = exchange(run, c2c_buf_view(&request), &reply);
    }
    if (err != C2C_E_OK) {
        err = failed(run, err);
    } else if (reply.code != C2C_E_OK) {
        err = c2c_call_refused(run, reply.code, reply.doc);
    } else {
        *ret_doc = reply.doc;
    }
out:
    c2c_buf_fini(&request);
    return err;
}

/* Are the answers checked by whoever asks? */
static bool proves_itself(const char *name)
{
    return strcmp(name, "show") == 0 || strcmp(name, "proof") == 0;
}

enum c2c_err c2c_call(struct c2c_run *run, const char *name,
                      struct c2c_val *args, const struct c2c_val **ret_doc)
{
    uint64_t start_ms = c2c_clock_mono_ms();
    enum c2c_err err;

    if (args == NULL) {
        args = c2c_doc_map(run->doc);
    }
    c2c_doc_set_cstr(run->doc, args, "lang", run->lang);
    err = run->node == NULL ? ask_own(run, name, args, ret_doc)
                            : c2c_remote_call(run, name, args, ret_doc);
    if (err == C2C_E_OK) {
        tell_time(run, name, start_ms);
    }
    if (err == C2C_E_OK && run->node != NULL && !proves_itself(name)) {
        *ret_doc = c2c_vouch_disclaim(run, *ret_doc);
        err = c2c_run_built(run);
    }
    return err;
}

enum c2c_err c2c_call_wait(struct c2c_run *run, const char *name,
                           const struct c2c_val **ret_doc)
{
    uint64_t end_ms = c2c_clock_mono_ms() + run->timeout_ms;
    int pause_ms = FIRST_PAUSE_MS;

    for (;;) {
        enum c2c_err err = c2c_call(run, name, NULL, ret_doc);
        uint64_t now_ms = c2c_clock_mono_ms();

        if (err != C2C_E_UNREACHABLE || now_ms >= end_ms) {
            return err;
        }
        if ((uint64_t)pause_ms > end_ms - now_ms) {
            pause_ms = (int)(end_ms - now_ms);
        }
        (void)poll(NULL, 0, pause_ms); /* A socket file cannot be waited for. */
        pause_ms =
            pause_ms * 2 < LONGEST_PAUSE_MS ? pause_ms * 2 : LONGEST_PAUSE_MS;
    }
}

enum c2c_err c2c_call_all(struct c2c_run *run, const char *name,
                          struct c2c_val *args, const struct c2c_val **ret_doc)
{
    struct c2c_val *whole = NULL;
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_view cursor;
    size_t n;

    do {
        const struct c2c_val *page = NULL;
        const struct c2c_val *got;
        enum c2c_err err = c2c_call(run, name, args, &page);

        if (err != C2C_E_OK) {
            return err;
        }
        got = c2c_val_get(page, "items");
        n = c2c_val_count(got);
        for (size_t i = 0; i < n; i++) {
            c2c_doc_push(run->doc, items, c2c_val_at(got, i));
        }
        if (whole == NULL) {
            whole = c2c_doc_copy(run->doc, page);
        }
        cursor = c2c_val_text(page, "next");
        c2c_doc_set_str(run->doc, args, "cursor", cursor);
    } while (cursor.n > 0 && n > 0);
    c2c_doc_set(run->doc, whole, "items", items);
    c2c_doc_set(run->doc, whole, "next", c2c_doc_nil(run->doc));
    *ret_doc = whole;
    return c2c_run_built(run);
}
