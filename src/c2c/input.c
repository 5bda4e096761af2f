#include "c2c/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/text.h"
#include "c2c/env.h"
#include "c2c/locate.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "record/template.h"

enum {
    FIRST_ROOM = 64
};

void c2c_input_fini(struct c2c_input *input)
{
    c2c_buf_fini(&input->text);
    c2c_free(input->at);
    memset(input, 0, sizeof *input);
}

static void init(struct c2c_run *run, const char *name, struct c2c_input *input)
{
    memset(input, 0, sizeof *input);
    c2c_buf_init(&input->text, C2C_MAX_CONTROL_BYTES);
    input->name = name;
    input->values = c2c_doc_array(run->doc);
}

enum c2c_err c2c_input_read(struct c2c_run *run, const char *path,
                            struct c2c_input *input)
{
    bool standard = strcmp(path, "-") == 0;
    enum c2c_err err;
    char reason[128];

    init(run, standard ? "standard input" : path, input);
    err = c2c_file_read(standard ? "/dev/stdin" : path, &input->text);
    switch ((int)err) {
    case C2C_E_OK:
        return err;
    case C2C_E_TOO_BIG:
        (void)c2c_diag_set(&run->diag, err, input->name,
                           "is larger than %d bytes", C2C_MAX_CONTROL_BYTES);
        c2c_diag_hint(&run->diag, "put it in several files");
        return err;
    case C2C_E_NOT_FOUND: /* Exit 3 is for records; a missing file is usage. */
        err = C2C_E_IO;
        break;
    default:
        break;
    }
    (void)c2c_diag_set(&run->diag, err, input->name, "cannot be read: %s",
                       c2c_env_strerror(errno, reason));
    c2c_diag_hint(&run->diag, "name a file that is there, or - for standard "
                              "input");
    return err;
}

enum c2c_err c2c_input_take(struct c2c_run *run, const char *name,
                            struct c2c_view text, struct c2c_input *input)
{
    enum c2c_err err;

    init(run, name, input);
    err = c2c_buf_put(&input->text, text.p, text.n);
    return err == C2C_E_OK ? err : c2c_run_nomem(run);
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Does any line begin with `//`? */
static bool has_comments(struct c2c_view text)
{
    bool fresh = true;

    for (size_t i = 0; i + 1 < text.n; i++) {
        if (fresh && text.p[i] == '/' && text.p[i + 1] == '/') {
            return true;
        }
        fresh = text.p[i] == '\n' || (fresh && is_blank(text.p[i]));
    }
    return false;
}

static enum c2c_err strip_comments(struct c2c_run *run, struct c2c_input *input)
{
    struct c2c_buf stripped;
    enum c2c_err err;

    input->form = has_comments(c2c_text_unmarked(c2c_buf_view(&input->text)));
    if (!input->form) {
        return C2C_E_OK;
    }
    c2c_buf_init(&stripped, C2C_MAX_CONTROL_BYTES);
    err = c2c_template_strip(c2c_text_unmarked(c2c_buf_view(&input->text)),
                             &stripped);
    if (err != C2C_E_OK) {
        c2c_buf_fini(&stripped);
        return c2c_run_nomem(run);
    }
    c2c_buf_fini(&input->text);
    input->text = stripped;
    return C2C_E_OK;
}

static enum c2c_err refuse(struct c2c_run *run, const struct c2c_input *input,
                           enum c2c_err err, const struct c2c_json_error *why)
{
    char thing[320];

    if (err != C2C_E_BAD_JSON) {
        return c2c_run_nomem(run);
    }
    if (why->line > 0) {
        (void)snprintf(thing, sizeof thing, "%s:%u:%u", input->name, why->line,
                       why->column);
    } else {
        (void)snprintf(thing, sizeof thing, "%s:%u", input->name,
                       c2c_locate(c2c_buf_view(&input->text), why->path));
    }
    (void)c2c_diag_set(&run->diag, err, thing, "%s%s%s", why->path,
                       why->path[0] == '\0' ? "" : ": ", why->reason);
    c2c_diag_hint(&run->diag, "mend it there and ask again; nothing was "
                              "changed");
    return err;
}

/* Room for one more place. */
static enum c2c_err grow(struct c2c_input *input)
{
    size_t room = input->room == 0 ? FIRST_ROOM : 2 * input->room;
    struct c2c_input_at *more;

    if (input->n < input->room) {
        return C2C_E_OK;
    }
    more = c2c_calloc(room, sizeof *more);
    if (more == NULL) {
        return C2C_E_NOMEM;
    }
    if (input->n > 0) {
        memcpy(more, input->at, input->n * sizeof *more);
    }
    c2c_free(input->at);
    input->at = more;
    input->room = room;
    return C2C_E_OK;
}

static enum c2c_err keep(struct c2c_run *run, struct c2c_input *input,
                         const struct c2c_val *val, struct c2c_input_at at)
{
    if (grow(input) != C2C_E_OK) {
        return c2c_run_nomem(run);
    }
    input->at[input->n++] = at;
    c2c_doc_push(run->doc, input->values, val);
    return C2C_E_OK;
}

static enum c2c_err parse_array(struct c2c_run *run, struct c2c_input *input,
                                struct c2c_view text)
{
    struct c2c_elements elements = c2c_elements_of(text, 1);
    struct c2c_json_error why;
    const struct c2c_val *array;
    enum c2c_err err = c2c_json_parse(run->doc, text, &why, &array);

    if (err != C2C_E_OK) {
        return refuse(run, input, err, &why);
    }
    for (size_t i = 0; i < c2c_val_count(array) && err == C2C_E_OK; i++) {
        struct c2c_input_at at = {.line = 1};

        (void)c2c_elements_next(&elements, &at.text, &at.line);
        err = keep(run, input, c2c_val_at(array, i), at);
    }
    return err;
}

static struct c2c_view without_blanks(struct c2c_view text)
{
    while (text.n > 0 && is_blank(text.p[0])) {
        text.p++;
        text.n--;
    }
    return text;
}

static enum c2c_err parse_stream(struct c2c_run *run, struct c2c_input *input,
                                 struct c2c_view text)
{
    struct c2c_json_stream stream = c2c_json_stream_over(text);
    enum c2c_err err = C2C_E_OK;

    while (err == C2C_E_OK) {
        struct c2c_view value = without_blanks(stream.rest);
        struct c2c_input_at at;
        struct c2c_json_error why;
        const struct c2c_val *val;

        err = c2c_json_stream_next(&stream, run->doc, &why, &at.line, &val);
        if (err == C2C_E_NOT_FOUND) {
            return C2C_E_OK;
        }
        if (err != C2C_E_OK && why.line == 0) {
            why.line = stream.line - 1 + c2c_locate(value, why.path);
            why.column = 1;
        }
        if (err != C2C_E_OK) {
            return refuse(run, input, err, &why);
        }
        at.text = c2c_view_of(value.p, (size_t)(stream.rest.p - value.p));
        err = keep(run, input, val, at);
    }
    return err;
}

enum c2c_err c2c_input_parse(struct c2c_run *run, struct c2c_input *input)
{
    enum c2c_err err = strip_comments(run, input);
    struct c2c_view text = c2c_text_unmarked(c2c_buf_view(&input->text));

    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_view_starts(without_blanks(text), c2c_view_str("["))
              ? parse_array(run, input, text)
              : parse_stream(run, input, text);
    if (err == C2C_E_OK && input->n == 0) {
        (void)c2c_diag_set(&run->diag, C2C_E_BAD_JSON, input->name,
                           "there is nothing in it");
        c2c_diag_hint(&run->diag, "write a record, an array of records, or one "
                                  "record a line; `c2c new TYPE --print` "
                                  "begins one");
        return C2C_E_BAD_JSON;
    }
    return err;
}

/* Members of a record as `show` prints it; those with @put go to the node. */
static const struct {
    const char *name;
    bool put;
} members[] = {
    {"type", true},      {"key", true},      {"slug", true},
    {"audience", true},  {"created", true},  {"body", true},
    {"ref", false},      {"city", false},    {"epoch", false},
    {"rev", false},      {"title", false},   {"fresh", false},
    {"verified", false}, {"updated", false},
};

static enum c2c_err not_a_record(struct c2c_run *run,
                                 const struct c2c_input *input, size_t i,
                                 const char *pointer)
{
    struct c2c_origin origin = c2c_input_origin(input);
    struct c2c_place place;

    origin.place(&origin, i, pointer, &place);
    (void)snprintf(run->diag.thing, sizeof run->diag.thing, "%.200s",
                   place.where);
    c2c_text_line(run->diag.thing); /* It may have been cut. */
    run->diag.code = C2C_E_SCHEMA;
    return C2C_E_SCHEMA;
}

static enum c2c_err unknown_member(struct c2c_run *run,
                                   const struct c2c_input *input, size_t i,
                                   struct c2c_view name)
{
    struct c2c_near near;
    char pointer[64];

    (void)snprintf(pointer, sizeof pointer, "/%.*s",
                   (int)(name.n < 60 ? name.n : 60), (const char *)name.p);
    (void)c2c_diag_set(&run->diag, C2C_E_SCHEMA, NULL,
                       "\"%.*s\" is no member of a record", (int)name.n,
                       (const char *)name.p);
    c2c_diag_hint(&run->diag, "a record is {\"type\": ..., \"slug\": ..., "
                              "\"body\": {...}}; bodies alone are for `c2c "
                              "import`");
    c2c_near_init(&near, name);
    for (size_t m = 0; m < sizeof members / sizeof members[0]; m++) {
        c2c_near_offer(&near, c2c_view_str(members[m].name));
    }
    if (near.n > 0) {
        c2c_diag_hint(&run->diag, "did you mean \"%.*s\"?", (int)near.best[0].n,
                      (const char *)near.best[0].p);
    }
    return not_a_record(run, input, i, pointer);
}

/* Copy what the node wants of @val. */
static enum c2c_err pick(struct c2c_run *run, const struct c2c_input *input,
                         size_t i, struct c2c_val *record)
{
    const struct c2c_val *val = c2c_val_at(input->values, i);

    for (size_t p = 0; p < c2c_val_count(val); p++) {
        struct c2c_pair pair = c2c_val_pair(val, p);
        bool empty = c2c_val_kind(pair.val) == C2C_KIND_NIL ||
                     (c2c_val_kind(pair.val) == C2C_KIND_STR &&
                      c2c_val_str(pair.val).n == 0);
        size_t m = 0;

        while (m < sizeof members / sizeof members[0] &&
               !c2c_view_eq_str(pair.key, members[m].name)) {
            m++;
        }
        if (m == sizeof members / sizeof members[0]) {
            return unknown_member(run, input, i, pair.key);
        }
        if (members[m].put && !empty) {
            c2c_doc_set(run->doc, record, members[m].name, pair.val);
        }
    }
    return C2C_E_OK;
}

static enum c2c_err check_record(struct c2c_run *run,
                                 const struct c2c_input *input, size_t i,
                                 const struct c2c_val *record)
{
    const char *missing =
        c2c_val_text(record, "type").n == 0                         ? "type"
        : c2c_val_kind(c2c_val_get(record, "body")) != C2C_KIND_MAP ? "body"
                                                                    : NULL;

    if (missing == NULL) {
        return C2C_E_OK;
    }
    (void)c2c_diag_set(&run->diag, C2C_E_SCHEMA, NULL,
                       strcmp(missing, "type") == 0
                           ? "\"type\" is missing or no text"
                           : "\"body\" is missing or no object");
    c2c_diag_hint(&run->diag, "a record is {\"type\": ..., \"slug\": ..., "
                              "\"body\": {...}}; `c2c new TYPE --print` begins "
                              "one");
    return not_a_record(run, input, i, "");
}

/* Types this program does not know are the node's to judge. */
static void leave_out_empty(struct c2c_run *run, struct c2c_val *record)
{
    const struct c2c_types *types = c2c_run_types(run);
    const struct c2c_type *type =
        types == NULL ? NULL
                      : c2c_types_find(types, c2c_val_text(record, "type"));
    const struct c2c_val *body = c2c_val_get(record, "body");

    if (type != NULL && body != NULL) {
        c2c_doc_set(run->doc, record, "body",
                    c2c_template_filled(type, run->doc, body));
    }
}

enum c2c_err c2c_input_records(struct c2c_run *run,
                               const struct c2c_input *input,
                               const struct c2c_val **ret_records)
{
    struct c2c_val *records = c2c_doc_array(run->doc);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < input->n && err == C2C_E_OK; i++) {
        struct c2c_val *record = c2c_doc_map(run->doc);

        if (c2c_val_kind(c2c_val_at(input->values, i)) != C2C_KIND_MAP) {
            (void)c2c_diag_set(&run->diag, C2C_E_SCHEMA, NULL,
                               "is no JSON object");
            return not_a_record(run, input, i, "");
        }
        err = pick(run, input, i, record);
        if (err == C2C_E_OK && input->form) {
            leave_out_empty(run, record);
        }
        if (err == C2C_E_OK) {
            err = check_record(run, input, i, record);
        }
        c2c_doc_push(run->doc, records, record);
    }
    if (err == C2C_E_OK) {
        err = c2c_run_built(run);
    }
    if (err == C2C_E_OK) {
        *ret_records = records;
    }
    return err;
}

static void place_in_file(const struct c2c_origin *origin, size_t item,
                          const char *pointer, struct c2c_place *ret_place)
{
    const struct c2c_input *input = origin->ctx;

    memset(ret_place, 0, sizeof *ret_place);
    (void)snprintf(ret_place->field, sizeof ret_place->field, "%s", pointer);
    if (item < input->n) {
        ret_place->line = input->at[item].line - 1 +
                          c2c_locate(input->at[item].text, pointer);
        (void)snprintf(ret_place->where, sizeof ret_place->where, "%.300s:%u",
                       input->name, ret_place->line);
    }
}

struct c2c_origin c2c_input_origin(const struct c2c_input *input)
{
    return (struct c2c_origin){.place = place_in_file, .ctx = input};
}
