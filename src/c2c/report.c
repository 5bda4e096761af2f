#include "c2c/report.h"

#include <stdio.h>

#include "base/mem.h"
#include "codec/json.h"

enum {
    JSON_MAX = 64 << 20
};

int c2c_exit_status(enum c2c_err err)
{
    static const struct {
        enum c2c_err err;
        int status;
    } statuses[] = {
        {C2C_E_OK, 0},           {C2C_E_USAGE, 2},
        {C2C_E_NOT_FOUND, 3},    {C2C_E_AMBIGUOUS, 3},
        {C2C_E_NOT_VERIFIED, 4}, {C2C_E_BAD_SIGNATURE, 4},
        {C2C_E_BAD_KEYSET, 4},   {C2C_E_BAD_ROOT, 4},
        {C2C_E_CORRUPT, 4},      {C2C_E_UNREACHABLE, 5},
        {C2C_E_TIMEOUT, 5},      {C2C_E_NOT_CURRENT, 6},
        {C2C_E_UNSUPPORTED, 6},  {C2C_E_FUTURE, 6},
        {C2C_E_OLDER, 6},        {C2C_E_CONFLICT, 6},
        {C2C_E_NOT_MEMBER, 6},   {C2C_E_QUOTA, 6},
        {C2C_E_BUSY, 6},         {C2C_E_STOPPING, 6},
        {C2C_E_DENIED, 6},
    };

    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].err == err) {
            return statuses[i].status;
        }
    }
    return 1;
}

static void error_line(struct c2c_out *out, const char *text)
{
    struct c2c_out to = *out; /* Errors are told even with --quiet. */

    to.quiet = false;
    to.form = C2C_FORM_HUMAN;
    c2c_out_flush(out);
    if (out->talk_colors) {
        (void)fputs(c2c_style_begin(C2C_STYLE_BAD), out->talk);
    }
    (void)fputs("c2c: ", out->talk);
    if (out->talk_colors) {
        (void)fputs(c2c_style_end, out->talk);
    }
    c2c_out_talk(&to, "%s", text);
}

static void more_line(struct c2c_out *out, const char *label,
                      struct c2c_view text)
{
    struct c2c_out to = *out;

    to.quiet = false;
    to.form = C2C_FORM_HUMAN;
    c2c_out_talk(&to, "     %s%.*s", label, (int)text.n, (const char *)text.p);
}

void c2c_report_trouble(struct c2c_out *out, const struct c2c_trouble *trouble)
{
    char line[2048];

    (void)snprintf(line, sizeof line, "%s%s%.*s%s%.*s", trouble->place,
                   trouble->place[0] == '\0' ? "" : ": ", (int)trouble->path.n,
                   (const char *)trouble->path.p,
                   trouble->path.n == 0 ? "" : ": ", (int)trouble->reason.n,
                   (const char *)trouble->reason.p);
    error_line(out, line);
    if (trouble->allowed.n > 0) {
        more_line(out, "allowed: ", trouble->allowed);
    }
}

static void report_candidates(struct c2c_out *out,
                              const struct c2c_val *candidates)
{
    for (size_t i = 0; i < c2c_val_count(candidates); i++) {
        const struct c2c_val *one = c2c_val_at(candidates, i);
        struct c2c_view text = c2c_val_kind(one) == C2C_KIND_MAP
                                   ? c2c_val_text(one, "ref")
                                   : c2c_val_str(one);

        more_line(out, "", text);
    }
}

static void report_text(struct c2c_out *out, const struct c2c_diag *diag,
                        const struct c2c_val *extra)
{
    char line[sizeof diag->thing + sizeof diag->message + 4];

    (void)snprintf(line, sizeof line, "%s%s%s", diag->thing,
                   diag->thing[0] == '\0' ? "" : ": ", diag->message);
    error_line(out, line);
    report_candidates(out, c2c_val_get(extra, "candidates"));
    if (diag->hint[0] != '\0') {
        more_line(out, "", c2c_view_str(diag->hint));
    }
}

/* {"error":{"code","thing","message","hint", and what @extra adds}}. */
static void report_json(struct c2c_out *out, const struct c2c_diag *diag,
                        const struct c2c_val *extra)
{
    struct c2c_doc *doc = NULL;
    struct c2c_val *whole;
    struct c2c_val *error;
    struct c2c_buf text;

    c2c_buf_init(&text, JSON_MAX);
    if (c2c_doc_new(&doc) != C2C_E_OK) {
        return;
    }
    whole = c2c_doc_map(doc);
    error = c2c_val_kind(extra) == C2C_KIND_MAP ? c2c_doc_copy(doc, extra)
                                                : c2c_doc_map(doc);
    c2c_doc_set_cstr(doc, error, "code", c2c_errname(diag->code));
    c2c_doc_set_cstr(doc, error, "thing", diag->thing);
    c2c_doc_set_cstr(doc, error, "message", diag->message);
    c2c_doc_set_cstr(doc, error, "hint", diag->hint);
    c2c_doc_set(doc, whole, "error", error);
    if (c2c_doc_err(doc) == C2C_E_OK &&
        c2c_json_print(whole, C2C_JSON_COMPACT, &text) == C2C_E_OK) {
        (void)fwrite(text.p, 1, text.n, out->talk);
        (void)fputc('\n', out->talk);
    }
    c2c_buf_fini(&text);
    c2c_doc_free(doc);
}

void c2c_report(struct c2c_out *out, const struct c2c_diag *diag,
                const struct c2c_val *extra)
{
    if (c2c_out_is_json(out)) {
        report_json(out, diag, extra);
    } else {
        report_text(out, diag, extra);
    }
}
