#include "c2c/qr.h"

#include <string.h>

#include "client.h"
#include "test.h"

enum {
    SIDE = 21,         /* Modules of the smallest code. */
    AROUND = SIDE + 4, /* With its quiet zone. */
};

/* The modules drawn: 1 upper half, 2 lower half of a character. */
static unsigned halves(const char **at)
{
    static const char *const glyphs[] = {" ", "\u2580", "\u2584", "\u2588"};

    for (unsigned i = 0; i < 4; i++) {
        size_t n = strlen(glyphs[i]);

        if (strncmp(*at, glyphs[i], n) == 0) {
            *at += n;
            return i;
        }
    }
    fail_msg("no half block: %s", *at);
    return 0;
}

static void read_modules(const char *text, bool drawn[AROUND + 1][AROUND])
{
    for (unsigned y = 0; y < AROUND; y += 2) {
        for (unsigned x = 0; x < AROUND; x++) {
            unsigned both = halves(&text);

            drawn[y][x] = (both & 1) != 0;
            drawn[y + 1][x] = (both & 2) != 0;
        }
        assert_int_equal(*text++, '\n');
    }
    assert_int_equal(*text, '\0');
}

/* The finder pattern of every QR code: rings of dark, light and dark. */
static void assert_finder(bool drawn[AROUND + 1][AROUND], unsigned x0,
                          unsigned y0)
{
    for (unsigned y = 0; y < 7; y++) {
        for (unsigned x = 0; x < 7; x++) {
            bool edge = x == 0 || y == 0 || x == 6 || y == 6;
            bool core = x >= 2 && x <= 4 && y >= 2 && y <= 4;

            assert_int_equal(drawn[y0 + y][x0 + x], edge || core);
        }
    }
}

static void on_paper_the_dark_modules_are_drawn(void **state)
{
    bool drawn[AROUND + 1][AROUND];
    struct client c;

    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    assert_ok(c2c_qr_print(&c.run.out, c2c_view_str("c2c")));
    read_modules(client_data(&c), drawn);
    for (unsigned i = 0; i < AROUND; i++) {
        assert_false(drawn[0][i] || drawn[1][i] || drawn[i][0] || drawn[i][1]);
        assert_false(drawn[AROUND - 1][i] || drawn[i][AROUND - 1]);
    }
    assert_finder(drawn, 2, 2);
    assert_finder(drawn, 2 + SIDE - 7, 2);
    assert_finder(drawn, 2, 2 + SIDE - 7);
    client_end(&c);
}

static void on_a_dark_terminal_the_light_ones_are(void **state)
{
    bool paper[AROUND + 1][AROUND];
    bool screen[AROUND + 1][AROUND];
    struct client c;

    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    assert_ok(c2c_qr_print(&c.run.out, c2c_view_str("c2c")));
    read_modules(client_data(&c), paper);
    client_end(&c);
    client_begin(&c, C2C_FORM_HUMAN);
    c.run.out.columns = 80;
    assert_ok(c2c_qr_print(&c.run.out, c2c_view_str("c2c")));
    read_modules(client_data(&c), screen);
    client_end(&c);
    for (unsigned y = 0; y < AROUND; y++) {
        for (unsigned x = 0; x < AROUND; x++) {
            assert_int_not_equal(paper[y][x], screen[y][x]);
        }
    }
}

static void colours_are_black_on_white_line_by_line(void **state)
{
    struct client c;
    const char *text;

    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    c.run.out.columns = 80;
    c.run.out.colors = true;
    assert_ok(c2c_qr_print(&c.run.out, c2c_view_str("c2c")));
    text = client_data(&c);
    for (unsigned y = 0; y < AROUND; y += 2) {
        const char *end = strchr(text, '\n');

        assert_non_null(end);
        assert_memory_equal(text, "\033[30;107m", 9);
        assert_int_equal(text[9], ' '); /* The quiet zone is white. */
        assert_memory_equal(end - 4, "\033[0m", 4);
        text = end + 1;
    }
    client_end(&c);
}

static void what_is_too_long_for_a_code_is_refused(void **state)
{
    static const uint8_t bytes[3000];
    struct client c;

    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    assert_err(c2c_qr_print(&c.run.out, c2c_view_of(bytes, sizeof bytes)),
               C2C_E_TOO_BIG);
    assert_string_equal(client_data(&c), "");
    client_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_paper_the_dark_modules_are_drawn),
        cmocka_unit_test(on_a_dark_terminal_the_light_ones_are),
        cmocka_unit_test(colours_are_black_on_white_line_by_line),
        cmocka_unit_test(what_is_too_long_for_a_code_is_refused),
    };
    return cmocka_run_group_tests_name("c2c/qr", tests, NULL, NULL);
}
