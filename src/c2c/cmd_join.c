/* join, leave: the hubs of this node.  invite: cities into an association. */

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/remote.h"
#include "c2c/run.h"
#include "c2c/table.h"

enum {
    LINE_BYTES = 4096,
    TOKEN_DIGITS = 32,
    ID_DIGITS = C2C_HASH_HEX - 1,
    GROUP = 8, /* Digits of an id between blanks. */
    DAYS_MAX = 365
};

static const char invite_mark[] = "c2c-invite:";
static const char invite_version[] = "1:";

/* A hub as somebody named it.  Views borrow from the command line. */
struct target {
    struct c2c_view url;
    struct c2c_view id;    /* Empty: not said. */
    struct c2c_view token; /* Of an invitation. */
    struct c2c_view name;  /* What the hub calls itself. */
};

static enum c2c_err usage(struct c2c_run *run, const char *thing,
                          const char *why, const char *hint)
{
    (void)c2c_diag_set(&run->diag, C2C_E_USAGE, thing, "%s", why);
    c2c_diag_hint(&run->diag, "%s", hint);
    return C2C_E_USAGE;
}

static bool is_id(struct c2c_view text)
{
    struct c2c_hash id;

    return c2c_hash_parse(text, &id) == C2C_E_OK;
}

/* Cut @text at its last @mark; false if there is none. */
static bool cut(struct c2c_view text, char mark, struct c2c_view *ret_before,
                struct c2c_view *ret_behind)
{
    for (size_t i = text.n; i > 0; i--) {
        if (text.p[i - 1] == (uint8_t)mark) {
            *ret_before = c2c_view_of(text.p, i - 1);
            *ret_behind = c2c_view_of(text.p + i, text.n - i);
            return true;
        }
    }
    return false;
}

/* URL, URL#ID, and --lga ID. */
static enum c2c_err read_target(struct c2c_run *run, struct target *target)
{
    const char *text = c2c_run_arg(run, 0);
    const char *lga = c2c_cmdline_text(&run->line, "lga");

    if (!cut(c2c_view_str(text), '#', &target->url, &target->id)) {
        target->url = c2c_view_str(text);
    } else if (!is_id(target->id)) {
        return usage(run, text, "what follows # is not the id of a hub",
                     "an id has 64 hexadecimal digits");
    }
    if (lga == NULL) {
        return C2C_E_OK;
    }
    if (!is_id(c2c_view_str(lga))) {
        return usage(run, lga, "is not the id of an association",
                     "an id has 64 hexadecimal digits");
    }
    if (target->id.n > 0 && !c2c_view_eq_str(target->id, lga)) {
        return usage(run, text, "--lga names another id than what follows #",
                     "say it once");
    }
    target->id = c2c_view_str(lga);
    return C2C_E_OK;
}

/* Nobody has said who the hub is: ask it, and let a person compare. */
static enum c2c_err find_out(struct c2c_run *run, struct target *target)
{
    char question[1024];
    char spaced[2 * C2C_HASH_HEX] = "";
    char hex[C2C_HASH_HEX];
    char *url = c2c_view_dup(target->url);
    const char *name = "";
    struct c2c_hash id;
    enum c2c_err err;

    if (url == NULL) {
        return c2c_run_nomem(run);
    }
    err = c2c_remote_probe(run, url, &id, &name);
    if (err != C2C_E_OK) {
        goto out;
    }
    c2c_hash_hex(&id, hex);
    for (size_t i = 0; i < ID_DIGITS; i += GROUP) {
        size_t n = strlen(spaced);

        (void)snprintf(spaced + n, sizeof spaced - n, "%s%.*s",
                       i == 0 ? "" : " ", GROUP, hex + i);
    }
    (void)snprintf(question, sizeof question,
                   "%.300s says that it is %.200s with the id\n  %s\n"
                   "Compare it with what the association tells. Join it?",
                   url, name[0] == '\0' ? "a hub" : name, spaced);
    err = c2c_run_confirm(run, "join", question);
    target->id = c2c_val_str(c2c_doc_cstr(run->doc, hex));
    target->name = c2c_view_str(name);
out:
    c2c_free(url);
    return err;
}

static void set(struct c2c_run *run, struct c2c_val *args, const char *name,
                struct c2c_view text)
{
    if (text.n > 0) {
        c2c_doc_set_str(run->doc, args, name, text);
    }
}

static enum c2c_err print_hub(struct c2c_run *run, const struct c2c_val *doc)
{
    static const struct c2c_column plain[] = {
        {"URL", "url", C2C_CELL_TEXT, NULL},
        {"LGA", "lga", C2C_CELL_TEXT, NULL},
        {"NAME", "name", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.plain = plain, .n_plain = 3};
    struct c2c_val *one = c2c_doc_map(run->doc);
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_view url = c2c_val_text(doc, "url");

    if (c2c_out_is_json(&run->out)) {
        c2c_out_doc(&run->out, doc);
        return c2c_run_built(run);
    }
    if (run->out.form == C2C_FORM_HUMAN) {
        c2c_out_print(&run->out, "%.*s\n", (int)url.n, (const char *)url.p);
        return c2c_run_built(run);
    }
    c2c_doc_push(run->doc, items, doc);
    c2c_doc_set(run->doc, one, "items", items);
    return c2c_list_print(run, &list, one);
}

static enum c2c_err join(struct c2c_run *run, const struct target *target)
{
    const char *note = c2c_cmdline_text(&run->line, "note");
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *doc;
    enum c2c_err err;

    set(run, args, "url", target->url);
    set(run, args, "lga", target->id);
    set(run, args, "name", target->name);
    set(run, args, "note", c2c_view_str(note));
    set(run, args, "token", target->token);
    c2c_doc_set_bool(run->doc, args, "dry_run", run->dry_run);
    err = c2c_call(run, "join", args, &doc);
    if (err == C2C_E_OK) {
        err = print_hub(run, doc);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (run->dry_run) {
        c2c_out_talk(&run->out, "dry run: the hub would be asked to admit this "
                                "city; nothing was changed");
    } else {
        c2c_out_talk(&run->out,
                     "The hub is asked to admit this city%s. `c2c peers` tells "
                     "what it says.",
                     target->token.n > 0 ? " on the invitation"
                                         : "; its administrator decides");
    }
    return C2C_E_OK;
}

enum c2c_err c2c_cmd_join(struct c2c_run *run)
{
    struct target target = {.token = {NULL, 0}};
    enum c2c_err err;

    if (c2c_view_starts(c2c_view_str(c2c_run_arg(run, 0)),
                        c2c_view_str(invite_mark))) {
        return usage(run, "join", "this is an invitation",
                     "c2c invite accept TEXT");
    }
    err = read_target(run, &target);
    if (err == C2C_E_OK && target.id.n == 0) {
        err = find_out(run, &target);
    }
    return err == C2C_E_OK ? join(run, &target) : err;
}

enum c2c_err c2c_cmd_leave(struct c2c_run *run)
{
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *doc;
    struct c2c_view url = c2c_view_str(c2c_run_arg(run, 0));
    struct c2c_view id;
    enum c2c_err err;

    (void)cut(url, '#', &url, &id); /* The id is not needed. */
    c2c_doc_set_str(run->doc, args, "url", url);
    c2c_doc_set_bool(run->doc, args, "dry_run", run->dry_run);
    err = c2c_call(run, "leave", args, &doc);
    if (err == C2C_E_OK) {
        err = print_hub(run, doc);
    }
    if (err == C2C_E_OK) {
        c2c_out_talk(&run->out,
                     run->dry_run
                         ? "dry run: the hub would be followed no more"
                         : "The hub is followed no more. What it holds of this "
                           "city stays there until its association ends the "
                           "membership.");
    }
    return err;
}

/* c2c-invite:1:URL#ID:TOKEN */
static enum c2c_err read_invite(struct c2c_run *run, struct c2c_view text,
                                struct target *target)
{
    static const char no_invite[] = "is not an invitation";
    static const char hint[] =
        "copy all of it, from c2c-invite: to the last digit";
    struct c2c_view rest;

    if (!c2c_view_starts(text, c2c_view_str(invite_mark))) {
        return usage(run, "invite accept", no_invite, hint);
    }
    rest =
        c2c_view_of(text.p + strlen(invite_mark), text.n - strlen(invite_mark));
    if (!c2c_view_starts(rest, c2c_view_str(invite_version))) {
        (void)c2c_diag_set(&run->diag, C2C_E_UNSUPPORTED, "invite accept",
                           "this invitation is of another version");
        c2c_diag_hint(&run->diag, "a newer c2c may understand it");
        return C2C_E_UNSUPPORTED;
    }
    rest = c2c_view_of(rest.p + strlen(invite_version),
                       rest.n - strlen(invite_version));
    return cut(rest, ':', &rest, &target->token) &&
                   target->token.n == TOKEN_DIGITS &&
                   cut(rest, '#', &target->url, &target->id) &&
                   is_id(target->id)
               ? C2C_E_OK
               : usage(run, "invite accept", no_invite, hint);
}

/* The invitation: the argument, or with "-" the first line that is typed, so
 * that other users of this machine do not see it. */
static enum c2c_err accept(struct c2c_run *run)
{
    const char *text = c2c_run_arg(run, 1);
    struct target target = {.token = {NULL, 0}};
    char line[LINE_BYTES];
    size_t blanks;
    enum c2c_err err;

    if (text == NULL || run->line.n_args > 2) {
        return usage(run, "invite accept",
                     text == NULL ? "no invitation is given"
                                  : "takes one invitation",
                     "c2c invite accept TEXT, or - to read it");
    }
    if (strcmp(text, "-") == 0) {
        if (fgets(line, sizeof line, stdin) == NULL) {
            return usage(run, "-", "nothing could be read",
                         "c2c invite accept - < FILE");
        }
        blanks = strspn(line, " \t");
        line[blanks + strcspn(line + blanks, " \t\r\n")] = '\0';
        text = line + blanks;
    }
    err = read_invite(run, c2c_view_str(text), &target);
    return err == C2C_E_OK ? join(run, &target) : err;
}

static enum c2c_err print_invite(struct c2c_run *run, const struct c2c_val *doc)
{
    static const struct c2c_column plain[] = {
        {"TEXT", "text", C2C_CELL_TEXT, NULL},
        {"NAME", "name", C2C_CELL_TEXT, NULL},
        {"EXPIRES", "expires", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.plain = plain, .n_plain = 3};
    struct c2c_val *one = c2c_doc_map(run->doc);
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_view text = c2c_val_text(doc, "text");
    struct c2c_view expires = c2c_val_text(doc, "expires");

    if (c2c_out_is_json(&run->out)) {
        c2c_out_doc(&run->out, doc);
    } else if (run->out.form == C2C_FORM_HUMAN) {
        c2c_out_print(&run->out, "%.*s\n", (int)text.n, (const char *)text.p);
    } else {
        c2c_doc_push(run->doc, items, doc);
        c2c_doc_set(run->doc, one, "items", items);
        return c2c_list_print(run, &list, one);
    }
    c2c_out_talk(&run->out,
                 "Whoever has this may join until %.*s, once: send it on a way "
                 "that only the city reads. There: c2c invite accept -",
                 (int)expires.n, (const char *)expires.p);
    return c2c_run_built(run);
}

static enum c2c_err invite(struct c2c_run *run)
{
    static const uint64_t range[2] = {1, DAYS_MAX};
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *doc;
    uint64_t days = 0;
    enum c2c_err err =
        c2c_cmdline_number(&run->line, "days", range, 0, &run->diag, &days);

    if (err == C2C_E_OK && run->line.n_args > 1) {
        return usage(run, run->line.args[1], "one city at a time",
                     "put a name of several words in quotes; with an "
                     "invitation: c2c invite accept TEXT");
    }
    set(run, args, "name", c2c_view_str(c2c_run_arg(run, 0)));
    set(run, args, "url", c2c_view_str(c2c_cmdline_text(&run->line, "url")));
    if (days > 0) {
        c2c_doc_set_int(run->doc, args, "days", (int64_t)days);
    }
    if (err == C2C_E_OK && run->dry_run) {
        c2c_out_talk(&run->out, "dry run: an invitation would be made");
        return C2C_E_OK;
    }
    if (err == C2C_E_OK) {
        err = c2c_call(run, "invite", args, &doc);
    }
    return err == C2C_E_OK ? print_invite(run, doc) : err;
}

enum c2c_err c2c_cmd_invite(struct c2c_run *run)
{
    const char *first = c2c_run_arg(run, 0);

    return first != NULL && strcmp(first, "accept") == 0 ? accept(run)
                                                         : invite(run);
}
