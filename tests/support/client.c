#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "c2c/command.h"
#include "c2c/env.h"
#include "c2c/report.h"
#include "codec/json.h"
#include "test.h"

enum {
    WORDS_MAX = 32
};

void client_begin_line(struct client *c, const char *line)
{
    static const struct c2c_grammar grammar = {c2c_global_options,
                                               c2c_commands};
    static char words[4096];
    static char *argv[WORDS_MAX];
    int argc = 0;

    memset(c, 0, sizeof *c);
    (void)snprintf(words, sizeof words, "%s", line);
    for (char *at = words; *at != '\0' && argc < WORDS_MAX; argc++) {
        argv[argc] = at;
        at += strcspn(at, " ");
        while (*at == ' ') {
            *at++ = '\0';
        }
    }
    assert_int_equal(setenv("C2C_DIR", "/nonexistent/c2c", 1), 0);
    assert_int_equal(setenv("LC_ALL", "en_GB.UTF-8", 1), 0);
    c2c_env_start();
    if (c2c_run_init(&c->run, &grammar, argc, argv) != C2C_E_OK) {
        fail_msg("%s: %s: %s", line, c->run.diag.thing, c->run.diag.message);
    }
    (void)snprintf(c->run.lang, sizeof c->run.lang, "en");
    c->run.out.columns = 0;
    c->run.out.colors = false;
    c->run.out.talk_colors = false;
    c->run.out.to = tmpfile();
    c->run.out.talk = tmpfile();
    assert_non_null(c->run.out.to);
    assert_non_null(c->run.out.talk);
}

void client_begin(struct client *c, enum c2c_form form)
{
    client_begin_line(c, "c2c");
    c->run.out.form = form;
}

enum c2c_err client_do(struct client *c)
{
    enum c2c_err err = c->run.line.command->fn(&c->run);

    if (err != C2C_E_OK) {
        c2c_report(&c->run.out, &c->run.diag, c->run.error);
    }
    return err;
}

void client_end(struct client *c)
{
    (void)fclose(c->run.out.to);
    (void)fclose(c->run.out.talk);
    c2c_run_fini(&c->run);
}

/* What is in the file; the next write begins anew. */
static const char *taken(FILE *file)
{
    static char kept[2][1 << 20];
    static unsigned next;
    char *out = kept[next++ % 2];
    size_t n;

    assert_int_equal(fflush(file), 0);
    rewind(file);
    n = fread(out, 1, sizeof kept[0] - 1, file);
    out[n] = '\0';
    rewind(file);
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    return out;
}

const char *client_data(struct client *c)
{
    return taken(c->run.out.to);
}

const char *client_talk(struct client *c)
{
    return taken(c->run.out.talk);
}

const struct c2c_val *client_val(struct client *c, const char *json)
{
    const struct c2c_val *val = NULL;
    struct c2c_json_error why;

    if (c2c_json_parse(c->run.doc, c2c_view_str(json), &why, &val) !=
        C2C_E_OK) {
        fail_msg("%s: %u:%u: %s", json, why.line, why.column, why.reason);
    }
    return val;
}

const char *client_json(const struct c2c_val *val)
{
    static char out[1 << 16];
    struct c2c_buf text;

    c2c_buf_init(&text, sizeof out - 1);
    assert_ok(c2c_json_print(val, C2C_JSON_COMPACT, &text));
    memcpy(out, text.p, text.n);
    out[text.n] = '\0';
    c2c_buf_fini(&text);
    return out;
}
