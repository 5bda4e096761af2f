/* What our validator says, for tests in other languages.  Each line of standard
 * input is one question, each line of standard output the answer to it:
 *
 *   {"type": T, "body": B}               a body of a built-in type
 *   {"schema": S, "common": C, "body": B}  a body of the type that S describes
 *                                        (C, the shared definitions, may lack)
 *   {"format": F, "text": S}             a text against a format
 *
 *   {"verdict": "ok" | "refused" | "no-schema" | "no-type" | "no-json",
 *    "problems": [{"path", "reason", "allowed"}], "total": N, "why": TEXT} */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "record/format.h"
#include "record/types.h"

enum {
    MAX_BYTES = 1 << 24
};

static void need(enum c2c_err err)
{
    if (err != C2C_E_OK) {
        (void)fprintf(stderr, "check_body: %s\n", c2c_strerror(err));
        exit(1);
    }
}

static void say(struct c2c_doc *doc, struct c2c_val *answer,
                const char *verdict, const char *why)
{
    c2c_doc_set_cstr(doc, answer, "verdict", verdict);
    if (why != NULL) {
        c2c_doc_set_cstr(doc, answer, "why", why);
    }
}

static void check(struct c2c_doc *doc, const struct c2c_type *type,
                  const struct c2c_val *body, struct c2c_val *answer)
{
    struct c2c_val *list = c2c_doc_array(doc);
    struct c2c_problems ps;
    enum c2c_err err = c2c_type_check(type, body, &ps);

    if (err != C2C_E_OK && err != C2C_E_SCHEMA) {
        need(err);
    }
    say(doc, answer, err == C2C_E_OK ? "ok" : "refused", NULL);
    for (size_t i = 0; i < ps.n; i++) {
        struct c2c_val *one = c2c_doc_map(doc);

        c2c_doc_set_cstr(doc, one, "path", ps.at[i].path);
        c2c_doc_set_cstr(doc, one, "reason", ps.at[i].reason);
        c2c_doc_set_cstr(doc, one, "allowed", ps.at[i].allowed);
        c2c_doc_push(doc, list, one);
    }
    c2c_doc_set(doc, answer, "problems", list);
    c2c_doc_set_int(doc, answer, "total", (int64_t)ps.total);
}

/* The built-in vocabularies and types, with @schema as the type "thing". */
static void check_schema(struct c2c_doc *doc, const struct c2c_val *question,
                         struct c2c_val *answer)
{
    const struct c2c_val *common = c2c_val_get(question, "common");
    struct c2c_types_file records[2] = {{"common", c2c_view_str("{}")},
                                        {"thing", {NULL, 0}}};
    const struct c2c_types_set set = {records, 2, c2c_types_builtin.vocabs,
                                      c2c_types_builtin.n_vocabs};
    struct c2c_types *types = NULL;
    struct c2c_diag diag = {0};
    struct c2c_buf shared;
    struct c2c_buf own;
    enum c2c_err err;

    c2c_buf_init(&shared, MAX_BYTES);
    c2c_buf_init(&own, MAX_BYTES);
    need(c2c_json_print(c2c_val_get(question, "schema"), C2C_JSON_COMPACT,
                        &own));
    records[1].text = c2c_buf_view(&own);
    if (common != NULL) {
        need(c2c_json_print(common, C2C_JSON_COMPACT, &shared));
        records[0].text = c2c_buf_view(&shared);
    }
    err = c2c_types_load(&set, &diag, &types);
    if (err == C2C_E_SCHEMA) {
        say(doc, answer, "no-schema", diag.message);
    } else {
        need(err);
        check(doc, c2c_types_at(types, 0), c2c_val_get(question, "body"),
              answer);
        c2c_types_free(types);
    }
    c2c_buf_fini(&own);
    c2c_buf_fini(&shared);
}

static void answer_one(const struct c2c_types *types, struct c2c_doc *doc,
                       const struct c2c_val *question, struct c2c_val *answer)
{
    const struct c2c_format *format =
        c2c_format_find(c2c_val_text(question, "format"));
    const struct c2c_type *type =
        c2c_types_find(types, c2c_val_text(question, "type"));

    if (format != NULL) {
        say(doc, answer,
            format->check(c2c_val_text(question, "text")) ? "ok" : "refused",
            NULL);
    } else if (c2c_val_get(question, "schema") != NULL) {
        check_schema(doc, question, answer);
    } else if (type != NULL) {
        check(doc, type, c2c_val_get(question, "body"), answer);
    } else {
        say(doc, answer, "no-type", NULL);
    }
}

static void answer_line(const struct c2c_types *types, struct c2c_view line)
{
    struct c2c_json_error why;
    const struct c2c_val *question;
    struct c2c_val *answer;
    struct c2c_doc *doc;
    struct c2c_buf out;
    enum c2c_err err;

    need(c2c_doc_new(&doc));
    answer = c2c_doc_map(doc);
    err = c2c_json_parse(doc, line, &why, &question);
    if (err == C2C_E_BAD_JSON) {
        say(doc, answer, "no-json", why.reason);
    } else {
        need(err);
        answer_one(types, doc, question, answer);
    }
    need(c2c_doc_err(doc));
    c2c_buf_init(&out, MAX_BYTES);
    need(c2c_json_print(answer, C2C_JSON_COMPACT, &out));
    (void)printf("%.*s\n", (int)out.n, (const char *)out.p);
    c2c_buf_fini(&out);
    c2c_doc_free(doc);
}

int main(void)
{
    struct c2c_diag diag = {0};
    struct c2c_types *types = NULL;
    enum c2c_err err = c2c_types_load(&c2c_types_builtin, &diag, &types);
    size_t room = 0;
    char *line = NULL;
    ssize_t n;

    if (err != C2C_E_OK) {
        (void)fprintf(stderr, "%s\n", diag.message);
        return 1;
    }
    while ((n = getline(&line, &room, stdin)) > 0) {
        answer_line(types, c2c_view_of(line, (size_t)n));
    }
    free(line); /* getline()'s own. */
    c2c_types_free(types);
    return fflush(stdout) == 0 ? 0 : 1;
}
