#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <pthread.h>

#include "net/probe.h"
#include "test.h"

enum {
    PATIENCE_S = 60
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

/* Keeps NNG at one connection, as a connection that does not end would. */
static void hold_up(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
    (void)pipe;
    (void)event;
    (void)arg;
    (void)pthread_mutex_lock(&gate);
    (void)pthread_mutex_unlock(&gate);
}

static void connections_end(void **state)
{
    (void)state;
    assert_true(c2c_net_probe(PATIENCE_S));
    assert_true(c2c_net_probe(PATIENCE_S));
}

static void *end_one(void *arg)
{
    (void)nng_close(*(nng_socket *)arg);
    return NULL;
}

static void what_holds_up_all_of_them_is_found(void **state)
{
    nng_socket answering;
    nng_socket asking;
    pthread_t thread;
    bool sound;

    (void)state;
    assert_int_equal(nng_rep0_open(&answering), 0);
    assert_int_equal(nng_req0_open(&asking), 0);
    assert_int_equal(nng_pipe_notify(asking, NNG_PIPE_EV_REM_POST, hold_up,
                                     NULL),
                     0);
    assert_int_equal(nng_listen(answering, "inproc://held-up", NULL, 0), 0);
    assert_int_equal(nng_dial(asking, "inproc://held-up", NULL, 0), 0);
    (void)pthread_mutex_lock(&gate);
    assert_int_equal(pthread_create(&thread, NULL, end_one, &asking), 0);
    do { /* Until the thread is there. */
        sound = c2c_net_probe(1);
    } while (sound);
    (void)pthread_mutex_unlock(&gate);
    (void)pthread_join(thread, NULL);
    (void)nng_close(answering);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_end),
        cmocka_unit_test(what_holds_up_all_of_them_is_found),
    };
    return cmocka_run_group_tests_name("net/probe", tests, NULL, NULL);
}
