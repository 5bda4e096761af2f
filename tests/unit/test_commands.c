#include "c2c/command.h"

#include <string.h>

#include "c2c/help.h"
#include "client.h"
#include "test.h"

static const struct c2c_grammar grammar = {c2c_global_options, c2c_commands};

static void assert_option(const struct c2c_option *o)
{
    assert_true(strlen(o->name) > 1);
    assert_true(strlen(o->help) > 0 && strlen(o->help) < 72);
    assert_null(strpbrk(o->help, "\"\n")); /* Completion quotes it. */
}

/* Names once, help of one line, an example or more. */
static void every_command_is_explained(void **state)
{
    (void)state;
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        assert_non_null(c->fn);
        assert_true(strlen(c->name) <= 10);
        assert_true(strlen(c->help) > 0 && strlen(c->help) < 64);
        assert_null(strpbrk(c->help, "\"\n"));
        assert_non_null(c->synopsis);
        assert_non_null(c->examples[0]);
        assert_true(c->min_args <= c->max_args);
        assert_true(c->words == NULL || c->max_args > 0);
        for (const struct c2c_command *d = c2c_commands; d != c; d++) {
            assert_string_not_equal(c->name, d->name);
        }
    }
}

static void options_have_names_and_letters_once(void **state)
{
    (void)state;
    for (const struct c2c_option *g = c2c_global_options; g->name != NULL;
         g++) {
        assert_option(g);
        for (const struct c2c_option *h = c2c_global_options; h != g; h++) {
            assert_string_not_equal(g->name, h->name);
            assert_true(g->letter == 0 || g->letter != h->letter);
        }
    }
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        for (const struct c2c_option *o = c->options;
             o != NULL && o->name != NULL; o++) {
            assert_option(o);
            for (const struct c2c_option *g = c2c_global_options;
                 g->name != NULL; g++) {
                assert_string_not_equal(o->name, g->name);
            }
        }
    }
}

/* The words of an example as a shell has them: blanks part, quotes hold
 * together, a pipe or redirection ends it. */
static int split(const char *example, char *out, char **argv, int max)
{
    char quote = '\0';
    int argc = 0;

    argv[argc++] = out;
    for (; *example != '\0'; example++) {
        if (quote != '\0' || *example == '\'' || *example == '"') {
            if (quote == '\0') {
                quote = *example;
            } else if (*example == quote) {
                quote = '\0';
            } else {
                *out++ = *example;
            }
        } else if (*example != ' ') {
            *out++ = *example;
        } else if (example[1] == '|' || example[1] == '>') {
            break;
        } else {
            *out++ = '\0';
            assert_true(argc < max);
            argv[argc++] = out;
        }
    }
    *out = '\0';
    return argc;
}

static void every_example_can_be_typed(void **state)
{
    (void)state;
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        for (const char *const *e = c->examples; *e != NULL; e++) {
            struct c2c_cmdline line;
            struct c2c_diag diag;
            char words[256];
            char *argv[16];
            int argc = split(*e, words, argv, 16);

            assert_string_equal(argv[0], "c2c");
            if (c2c_cmdline_parse(&grammar, argc, argv, &line, &diag) !=
                C2C_E_OK) {
                fail_msg("%s: %s: %s", *e, diag.thing, diag.message);
            }
            assert_true(line.command == c || strchr(*e, '|') != NULL);
            for (size_t i = 0; c->words != NULL; i++) {
                assert_non_null(c->words[i]);
                if (strcmp(line.args[0], c->words[i]) == 0) {
                    break;
                }
            }
            c2c_cmdline_fini(&line);
        }
    }
}

static void help_names_everything_and_fits_the_screen(void **state)
{
    struct client client;
    const char *text;

    (void)state;
    client_begin(&client, C2C_FORM_HUMAN);
    c2c_help_overview(&client.run.out);
    text = client_data(&client);
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        assert_non_null(strstr(text, c->help));
    }
    for (const struct c2c_option *o = c2c_global_options; o->name != NULL;
         o++) {
        assert_non_null(strstr(text, o->help));
    }
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        c2c_help_command(&client.run.out, c);
        text = client_data(&client);
        assert_non_null(strstr(text, c->help));
        assert_non_null(strstr(text, c->synopsis));
        assert_non_null(strstr(text, c->examples[0]));
        for (const struct c2c_option *o = c->options;
             o != NULL && o->name != NULL; o++) {
            assert_non_null(strstr(text, o->help));
        }
    }
    client_end(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_is_explained),
        cmocka_unit_test(options_have_names_and_letters_once),
        cmocka_unit_test(every_example_can_be_typed),
        cmocka_unit_test(help_names_everything_and_fits_the_screen),
    };
    return cmocka_run_group_tests_name("c2c/commands", tests, NULL, NULL);
}
