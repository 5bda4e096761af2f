#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "c2c/env.h"
#include "codec/json.h"
#include "test.h"

void client_begin(struct client *c, enum c2c_form form)
{
    static char name[] = "c2c";
    static char *argv[] = {name, NULL};
    static const struct c2c_option none[] = {{0}};
    static const struct c2c_grammar grammar = {none, NULL};

    memset(c, 0, sizeof *c);
    assert_int_equal(setenv("C2C_DIR", "/nonexistent/c2c", 1), 0);
    assert_int_equal(setenv("LC_ALL", "en_GB.UTF-8", 1), 0);
    c2c_env_start();
    assert_ok(c2c_run_init(&c->run, &grammar, 1, argv));
    (void)snprintf(c->run.lang, sizeof c->run.lang, "en");
    c->run.out.form = form;
    c->run.out.columns = 0;
    c->run.out.colors = false;
    c->run.out.talk_colors = false;
    c->run.out.to = open_memstream(&c->data, &c->n_data);
    c->run.out.talk = open_memstream(&c->talk, &c->n_talk);
    assert_non_null(c->run.out.to);
    assert_non_null(c->run.out.talk);
}

void client_end(struct client *c)
{
    (void)fclose(c->run.out.to);
    (void)fclose(c->run.out.talk);
    c2c_run_fini(&c->run);
    free(c->data);
    free(c->talk);
}

/* What is in the stream; the next write begins anew. */
static const char *taken(FILE *stream, char **text, size_t *n)
{
    static char kept[2][1 << 20];
    static unsigned next;
    char *out = kept[next++ % 2];

    assert_int_equal(fflush(stream), 0);
    assert_true(*n < sizeof kept[0]);
    if (*n > 0) {
        memcpy(out, *text, *n);
    }
    out[*n] = '\0';
    rewind(stream);
    return out;
}

const char *client_data(struct client *c)
{
    return taken(c->run.out.to, &c->data, &c->n_data);
}

const char *client_talk(struct client *c)
{
    return taken(c->run.out.talk, &c->talk, &c->n_talk);
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
