/* Folders that are not in order, second daemons, sockets in the way. */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/limits.h"
#include "net/consumer.h"
#include "node/node.h"
#include "oom.h"
#include "place.h"
#include "test.h"
#include "wire/control.h"

static struct place place;

static int set_up(void **state)
{
    (void)state;
    place_init(&place);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    place_fini(&place);
    return 0;
}

static void path_to(const char *name, char out[128])
{
    (void)snprintf(out, 128, "%s/%s", place.dir, name);
}

static enum c2c_err load(struct c2c_diag *diag)
{
    struct c2c_identity identity;
    enum c2c_err err;

    memset(diag, 0, sizeof *diag);
    err = c2c_identity_load(place.dir, &identity, diag);
    if (err == C2C_E_OK) {
        c2c_identity_fini(&identity);
    }
    return err;
}

static void a_folder_without_a_city_tells_how_to_make_one(void **state)
{
    struct c2c_diag diag;

    (void)state;
    place_unlink(&place, "keyset");
    assert_err(load(&diag), C2C_E_NOT_FOUND);
    assert_non_null(strstr(diag.message, "there is no node here"));
    assert_non_null(strstr(diag.hint, "init --name"));
}

static void a_key_that_others_can_read_is_refused(void **state)
{
    char key[128];
    char folder[128];
    struct c2c_diag diag;

    (void)state;
    path_to("keys/node.key", key);
    path_to("keys", folder);
    assert_int_equal(chmod(key, 0640), 0);
    assert_err(load(&diag), C2C_E_PERMISSION);
    assert_non_null(strstr(diag.hint, "chmod 600"));
    assert_int_equal(chmod(key, 0600), 0);
    assert_ok(load(&diag));
    assert_int_equal(chmod(folder, 0755), 0);
    assert_err(load(&diag), C2C_E_PERMISSION);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_int_equal(unlink(key), 0);
    assert_err(load(&diag), C2C_E_NOT_FOUND);
    assert_non_null(strstr(diag.message, "node.key is missing"));
}

static void a_key_of_somebody_else_is_refused(void **state)
{
    char key[128];
    struct c2c_signer *other;
    struct c2c_diag diag;

    (void)state;
    path_to("keys/node.key", key);
    assert_int_equal(unlink(key), 0);
    assert_ok(c2c_signer_new(&other));
    assert_ok(c2c_signer_save(other, key, "node"));
    c2c_signer_free(other);
    assert_err(load(&diag), C2C_E_BAD_KEYSET);
    assert_non_null(strstr(diag.message, "not a key of this city"));
}

static void a_flipped_bit_in_the_keyset_is_named(void **state)
{
    struct c2c_buf bytes;
    struct c2c_diag diag;

    (void)state;
    c2c_buf_init(&bytes, 65536);
    place_read(&place, "keyset", &bytes);
    for (size_t i = 0; i < bytes.n; i++) {
        bytes.p[i] ^= 0x10;
        place_write(&place, "keyset", c2c_buf_view(&bytes));
        assert_true(load(&diag) != C2C_E_OK);
        assert_non_null(strstr(diag.message, "keyset"));
        bytes.p[i] ^= 0x10;
    }
    c2c_buf_fini(&bytes);
}

static void the_instance_reads_back(void **state)
{
    struct c2c_uuid id;
    struct c2c_uuid back;

    (void)state;
    assert_err(c2c_identity_instance(place.dir, &id), C2C_E_NOT_FOUND);
    id = c2c_uuid_v7(1, &place.rng);
    assert_ok(c2c_identity_set_instance(place.dir, &id));
    assert_ok(c2c_identity_instance(place.dir, &back));
    assert_true(c2c_uuid_eq(&id, &back));
}

static enum c2c_err load_once(void *arg)
{
    struct c2c_diag diag;
    enum c2c_err err = load(&diag);

    (void)arg;
    assert_true(err == C2C_E_OK || diag.message[0] != '\0');
    return err;
}

static enum c2c_err lock_once(void *arg)
{
    struct c2c_diag diag = {.code = C2C_E_OK};
    int fd = -1;
    enum c2c_err err = c2c_identity_lock(place.dir, &diag, &fd);

    (void)arg;
    assert_true(err == C2C_E_OK || diag.message[0] != '\0');
    if (fd >= 0) {
        (void)close(fd);
    }
    return err;
}

static void every_failed_allocation_is_told(void **state)
{
    (void)state;
    oom_sweep(load_once, NULL);
    oom_sweep(lock_once, NULL);
}

static enum c2c_err open_node(struct c2c_node **ret_node, struct c2c_diag *diag)
{
    const struct c2c_node_options options = {.dir = place.dir,
                                             .config = &place.config,
                                             .clock = &place.clock};

    return c2c_node_open(&options, diag, ret_node);
}

/* What another process is told, which tries to be the second daemon. */
static void a_second_daemon_names_the_first(void **state)
{
    struct c2c_diag diag;
    char want[32];
    pid_t child;
    int status;
    int fd;

    (void)state;
    assert_ok(c2c_identity_lock(place.dir, &diag, &fd));
    (void)snprintf(want, sizeof want, "(process %ld)", (long)getpid());
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int other;
        bool right =
            c2c_identity_lock(place.dir, &diag, &other) == C2C_E_IN_USE &&
            strstr(diag.message, want) != NULL;

        _exit(right ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    (void)close(fd);
    assert_ok(c2c_identity_lock(place.dir, &diag, &fd));
    (void)close(fd);
}

/* A socket of that name on which somebody listens, or did. */
static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(bind(fd, (const struct sockaddr *)(const void *)&address,
                          sizeof address),
                     0);
    assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static void answers(void)
{
    const struct c2c_consumer_options options = {.timeout_ms = 60000,
                                                 .max_message = 1 << 20};
    struct c2c_consumer *consumer;
    struct c2c_control_reply reply;
    struct c2c_doc *doc;
    struct c2c_buf bytes;
    char url[160];

    (void)snprintf(url, sizeof url, "ipc://%s/run/control.sock", place.dir);
    assert_ok(c2c_consumer_open(url, &options, &consumer));
    assert_ok(c2c_doc_new(&doc));
    c2c_buf_init(&bytes, 1 << 20);
    assert_ok(
        c2c_control_request_encode(doc, "status", c2c_doc_map(doc), &bytes));
    {
        struct c2c_buf got;

        c2c_buf_init(&got, 1 << 20);
        assert_ok(c2c_consumer_call(consumer, c2c_buf_view(&bytes), &got));
        assert_ok(c2c_control_reply_decode(doc, c2c_buf_view(&got), &reply));
        assert_ok(reply.code);
        assert_true(c2c_view_eq_str(c2c_val_text(reply.doc, "state"), "ready"));
        c2c_buf_fini(&got);
    }
    c2c_buf_fini(&bytes);
    c2c_doc_free(doc);
    c2c_consumer_close(consumer);
}

static void a_stale_socket_is_replaced(void **state)
{
    struct c2c_node *node;
    struct c2c_diag diag;
    struct stat st;
    char run[128];
    char path[128];

    (void)state;
    path_to("run", run);
    path_to("run/control.sock", path);
    assert_ok(c2c_file_mkdir(run, 0700));
    (void)close(listen_at(path)); /* As after a crash. */
    if (open_node(&node, &diag) != C2C_E_OK) {
        fail_msg("%s", diag.message);
    }
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    answers();
    c2c_node_close(node);
}

static void a_socket_in_use_is_named(void **state)
{
    struct c2c_node *node;
    struct c2c_diag diag;
    char run[128];
    char path[128];
    int fd;

    (void)state;
    path_to("run", run);
    path_to("run/control.sock", path);
    assert_ok(c2c_file_mkdir(run, 0700));
    fd = listen_at(path);
    assert_err(open_node(&node, &diag), C2C_E_IN_USE);
    assert_non_null(strstr(diag.message, "control.sock"));
    assert_non_null(strstr(diag.hint, "another program"));
    (void)close(fd);
    assert_ok(open_node(&node, &diag));
    c2c_node_close(node);
}

int main(void)
{
#define IN_A_PLACE(TEST) \
    cmocka_unit_test_setup_teardown(TEST, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_PLACE(a_folder_without_a_city_tells_how_to_make_one),
        IN_A_PLACE(a_key_that_others_can_read_is_refused),
        IN_A_PLACE(a_key_of_somebody_else_is_refused),
        IN_A_PLACE(a_flipped_bit_in_the_keyset_is_named),
        IN_A_PLACE(the_instance_reads_back),
        IN_A_PLACE(every_failed_allocation_is_told),
        IN_A_PLACE(a_second_daemon_names_the_first),
        IN_A_PLACE(a_stale_socket_is_replaced),
        IN_A_PLACE(a_socket_in_use_is_named),
    };
    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
