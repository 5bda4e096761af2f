#include "crypto/secret.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/sign.h"
#include "test.h"

static int begin(void **state)
{
    (void)state;
    return c2c_crypto_init() == C2C_E_OK ? 0 : -1;
}

static void wiping_leaves_nothing(void **state)
{
    static const uint8_t zero[32];
    uint8_t secret[34];

    (void)state;
    memset(secret, 0xaa, sizeof secret);
    c2c_secret_wipe(secret + 1, 32);
    assert_memory_equal(secret + 1, zero, 32);
    assert_int_equal(secret[0], 0xaa);
    assert_int_equal(secret[33], 0xaa);
    c2c_secret_free(NULL);
}

/* One byte too many ends the program rather than reading what is beyond. */
static void beyond_its_end_is_no_memory(void **state)
{
    int status = 0;
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit none = {0, 0};
        volatile uint8_t *secret = c2c_secret_new(100);

        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGSEGV, SIG_DFL);
        if (secret == NULL) {
            _exit(1);
        }
        secret[99] = 1;
        secret[100] = 1;
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wiping_leaves_nothing),
        cmocka_unit_test(beyond_its_end_is_no_memory),
    };
    return cmocka_run_group_tests_name("crypto/secret", tests, begin, NULL);
}
