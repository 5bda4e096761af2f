#include "c2c/trust.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "c2c/env.h"

enum {
    PATH_BYTES = 4096,
    COMMENT_BYTES = 200,
    ID_DIGITS = C2C_HASH_HEX - 1
};

static const char header[] =
    "# Associations whose statements this user believes: `c2c trust`.\n";

/* $XDG_CONFIG_HOME/c2c/trust or ~/.config/c2c/trust. */
static enum c2c_err find_path(struct c2c_run *run, char **ret_path)
{
    const char *base = c2c_env("XDG_CONFIG_HOME");
    struct c2c_buf path;
    enum c2c_err err;

    c2c_buf_init(&path, PATH_BYTES);
    if (base != NULL && base[0] == '/') { /* Relative ones do not count. */
        err = c2c_buf_fmt(&path, "%s/c2c/trust", base);
    } else if (c2c_env("HOME") != NULL) {
        err = c2c_buf_fmt(&path, "%s/.config/c2c/trust", c2c_env("HOME"));
    } else {
        err = c2c_diag_set(&run->diag, C2C_E_USAGE, "trust",
                           "where your settings are is not known");
        c2c_diag_hint(&run->diag, "set HOME or XDG_CONFIG_HOME");
        goto out;
    }
    *ret_path = err == C2C_E_OK ? c2c_view_dup(c2c_buf_view(&path)) : NULL;
    if (*ret_path == NULL) {
        err = c2c_run_nomem(run);
    }
out:
    c2c_buf_fini(&path);
    return err;
}

static enum c2c_err bad_line(struct c2c_run *run, const struct c2c_trust *trust,
                             unsigned line, const char *why)
{
    char thing[sizeof run->diag.thing];

    (void)snprintf(thing, sizeof thing, "%.200s:%u", trust->path, line);
    (void)c2c_diag_set(&run->diag, C2C_E_CONFIG, thing, "%s", why);
    c2c_diag_hint(&run->diag, "a line is an id of 64 hexadecimal digits, a "
                              "blank and a name; mend it or remove it");
    return C2C_E_CONFIG;
}

static struct c2c_view trimmed(struct c2c_view v)
{
    while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\t')) {
        v = c2c_view_of(v.p + 1, v.n - 1);
    }
    while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t' ||
                       v.p[v.n - 1] == '\r')) {
        v.n--;
    }
    return v;
}

/* Understand the line from @at to @end. */
static enum c2c_err read_line(struct c2c_run *run, struct c2c_trust *trust,
                              size_t at, size_t end, unsigned number)
{
    struct c2c_view line = trimmed(
        c2c_view_of(trust->text.p + at,
                    end > at && trust->text.p[end - 1] == '\n' ? end - at - 1
                                                               : end - at));
    struct c2c_trusted *t = &trust->at[trust->n];

    if (line.n == 0 || line.p[0] == '#') {
        return C2C_E_OK;
    }
    if (trust->n == C2C_TRUST_MAX) {
        return bad_line(run, trust, number, "there are too many lines");
    }
    if (line.n < ID_DIGITS ||
        (line.n > ID_DIGITS && line.p[ID_DIGITS] != ' ' &&
         line.p[ID_DIGITS] != '\t') ||
        c2c_hash_parse(c2c_view_of(line.p, ID_DIGITS), &t->lga) != C2C_E_OK) {
        return bad_line(run, trust, number, "does not begin with an id");
    }
    t->comment = trimmed(c2c_view_of(line.p + ID_DIGITS, line.n - ID_DIGITS));
    t->at = at;
    t->end = end;
    trust->n++;
    return C2C_E_OK;
}

static enum c2c_err read_lines(struct c2c_run *run, struct c2c_trust *trust)
{
    unsigned number = 0;
    size_t at = 0;
    enum c2c_err err = C2C_E_OK;

    if (!c2c_text_valid(c2c_buf_view(&trust->text))) {
        return bad_line(run, trust, 1, "is not text in UTF-8");
    }
    while (at < trust->text.n && err == C2C_E_OK) {
        const uint8_t *eol =
            memchr(trust->text.p + at, '\n', trust->text.n - at);
        size_t end =
            eol == NULL ? trust->text.n : (size_t)(eol - trust->text.p) + 1;

        err = read_line(run, trust, at, end, ++number);
        at = end;
    }
    return err;
}

/* Whoever may write there decides what this user believes. */
static enum c2c_err check_mode(struct c2c_run *run,
                               const struct c2c_trust *trust)
{
    struct stat st;

    if (stat(trust->path, &st) != 0 || (st.st_mode & 022) == 0) {
        return C2C_E_OK;
    }
    (void)c2c_diag_set(&run->diag, C2C_E_PERMISSION, trust->path,
                       "others can write into it, so it is not believed");
    c2c_diag_hint(&run->diag, "look through it, then: chmod 600 %s",
                  trust->path);
    return C2C_E_PERMISSION;
}

enum c2c_err c2c_trust_read(struct c2c_run *run, struct c2c_trust *trust)
{
    enum c2c_err err;

    memset(trust, 0, sizeof *trust);
    c2c_buf_init(&trust->text, C2C_TRUST_BYTES);
    err = find_path(run, &trust->path);
    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_file_read(trust->path, &trust->text);
    if (err == C2C_E_NOT_FOUND) {
        return C2C_E_OK;
    }
    if (err != C2C_E_OK) {
        return c2c_diag_set(&run->diag, err, trust->path, "cannot be read: %s",
                            c2c_strerror(err));
    }
    err = check_mode(run, trust);
    return err == C2C_E_OK ? read_lines(run, trust) : err;
}

void c2c_trust_fini(struct c2c_trust *trust)
{
    c2c_buf_fini(&trust->text);
    c2c_free(trust->path);
    trust->path = NULL;
}

bool c2c_trust_has(const struct c2c_trust *trust, const struct c2c_hash *lga)
{
    for (size_t i = 0; i < trust->n; i++) {
        if (c2c_hash_eq(&trust->at[i].lga, lga)) {
            return true;
        }
    }
    return false;
}

/* The folders above the file; the last one is ours. */
static enum c2c_err make_folders(const struct c2c_trust *trust)
{
    char *folder = c2c_path_folder(trust->path);
    enum c2c_err err = folder == NULL ? C2C_E_NOMEM : C2C_E_OK;

    for (char *p = folder; err == C2C_E_OK && (p = strchr(p + 1, '/')) != NULL;
         /* The next slash. */) {
        struct stat st;

        *p = '\0';
        if (stat(folder, &st) != 0) {
            err = c2c_file_mkdir(folder, 0700);
        }
        *p = '/';
    }
    c2c_free(folder);
    return err;
}

static enum c2c_err write(struct c2c_run *run, const struct c2c_trust *trust,
                          struct c2c_view text)
{
    enum c2c_err err = make_folders(trust);

    if (err == C2C_E_OK) {
        err = c2c_file_write(trust->path, text, 0600);
    }
    return err == C2C_E_OK
               ? err
               : c2c_diag_set(&run->diag, err, trust->path,
                              "cannot be written: %s", c2c_strerror(err));
}

enum c2c_err c2c_trust_add(struct c2c_run *run, struct c2c_trust *trust,
                           const struct c2c_hash *lga, const char *comment)
{
    struct c2c_buf *text = &trust->text;
    char clean[COMMENT_BYTES + 1];
    char hex[C2C_HASH_HEX];
    enum c2c_err err = C2C_E_OK;

    c2c_hash_hex(lga, hex);
    (void)snprintf(clean, sizeof clean, "%s", comment);
    c2c_text_line(clean);
    if (text->n == 0) {
        err = c2c_buf_fmt(text, "%s", header);
    } else if (text->p[text->n - 1] != '\n') {
        err = c2c_buf_put(text, "\n", 1);
    }
    if (err == C2C_E_OK) {
        err = c2c_buf_fmt(text, "%s%s%s\n", hex, clean[0] == '\0' ? "" : " ",
                          clean);
    }
    return err == C2C_E_OK ? write(run, trust, c2c_buf_view(text))
                           : c2c_run_nomem(run);
}

enum c2c_err c2c_trust_remove(struct c2c_run *run, struct c2c_trust *trust,
                              size_t i)
{
    const struct c2c_trusted *t = &trust->at[i];
    struct c2c_buf rest;
    enum c2c_err err;

    c2c_buf_init(&rest, C2C_TRUST_BYTES);
    err = c2c_buf_put(&rest, trust->text.p, t->at);
    if (err == C2C_E_OK) {
        err =
            c2c_buf_put(&rest, trust->text.p + t->end, trust->text.n - t->end);
    }
    err = err == C2C_E_OK ? write(run, trust, c2c_buf_view(&rest))
                          : c2c_run_nomem(run);
    c2c_buf_fini(&rest);
    return err;
}
