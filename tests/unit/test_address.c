#include "base/address.h"

#include "test.h"

static bool is_url(const char *text)
{
    return c2c_address_is_url(c2c_view_str(text));
}

static void what_can_be_dialled_is_a_url(void **state)
{
    static const char *const good[] = {"tcp://hub.example.org:7420",
                                       "tcp://0.0.0.0:0",
                                       "tcp://[2001:db8::1]:65535",
                                       "tls+tcp://hub.example.org:7420",
                                       "ipc:///run/c2c/hub.sock",
                                       "ws://hub.example.org/c2c",
                                       "wss://hub.example.org"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(is_url(good[i]));
    }
}

static void what_cannot_be_dialled_is_none(void **state)
{
    static const char *const bad[] = {
        "",
        "tcp://",
        "hub.example.org:7420",
        "http://hub.example.org:7420",
        "tcp://hub.example.org",
        "tcp://hub.example.org:",
        "tcp://:7420/",
        "tcp://7420",
        "tcp://hub.example.org:7420/", /* Another name of the same hub. */
        "tcp://hub.example.org:65536",
        "tcp://hub.example.org:18446744073709551616",
        "tcp://hub.example.org:-1"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(is_url(bad[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_dialled_is_a_url),
        cmocka_unit_test(what_cannot_be_dialled_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
