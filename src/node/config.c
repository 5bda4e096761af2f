#include "node/config.h"

#include <confuse.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/near.h"

enum {
    FILE_MAX_BYTES = 65536
};

enum kind {
    LEVEL,
    NUMBER,
    LIST
};

/* Every key. */
struct item {
    const char *name;
    size_t offset; /* In struct c2c_config. */
    enum kind kind;
    long min; /* Of a number. */
    long max;
    long fallback;
    bool (*fits)(struct c2c_view text); /* Of a list: each text ... */
    const char *form;                   /* ... is this. */
    const char *help;
};

static bool is_id(struct c2c_view text)
{
    struct c2c_hash id;

    return c2c_hash_parse(text, &id) == C2C_E_OK;
}

static bool is_hub(struct c2c_view text)
{
    size_t digits = C2C_HASH_HEX - 1;

    return text.n > digits + 1 && text.p[text.n - digits - 1] == '#' &&
           is_id(c2c_view_of(text.p + text.n - digits, digits)) &&
           c2c_address_is_url(c2c_view_of(text.p, text.n - digits - 1));
}

#define NUMBER_ITEM(NAME, FIELD, MIN, MAX, FALLBACK, HELP)                    \
    {                                                                         \
        NAME, offsetof(struct c2c_config, FIELD), NUMBER, MIN, MAX, FALLBACK, \
            NULL, NULL, HELP                                                  \
    }
#define LIST_ITEM(NAME, FIELD, FITS, FORM, HELP)                             \
    {                                                                        \
        NAME, offsetof(struct c2c_config, FIELD), LIST, 0, 0, 0, FITS, FORM, \
            HELP                                                             \
    }

static const char level_fallback[] = "info";
static const char url_form[] = "a URL such as tcp://0.0.0.0:7420";
static const char hub_form[] = "a URL, # and the hub's id";
static const char id_form[] = "an id of 64 hexadecimal digits";

static const struct item items[] = {
    {"log-level", offsetof(struct c2c_config, log_level), LEVEL, 0, 0, 0, NULL,
     NULL,
     "What is logged: err, warn, notice, info or debug. Read again on SIGHUP."},
    LIST_ITEM("listen", listen, c2c_address_is_url, url_form,
              "Where other nodes may ask this one; a city behind a firewall "
              "needs none."),
    LIST_ITEM("hubs", hubs, is_hub, hub_form, "Hubs to connect to."),
    LIST_ITEM("trust", trust, is_id, id_form,
              "Associations whose members are replicated, beside those of the "
              "hubs."),
    LIST_ITEM("follow", follow, is_id, id_form,
              "Single cities that are replicated without being members."),
    NUMBER_ITEM("workers", workers, 1, 64, 4, "Threads that answer requests."),
    NUMBER_ITEM("queue", queue, 1, 100000, 1000,
                "Requests that may wait; more are told to come again."),
    NUMBER_ITEM("refresh-days", refresh_days, 1, 29, 7,
                "The city's state is signed anew after this many days."),
    NUMBER_ITEM("expire-days", expire_days, 2, 30, 30,
                "A signature says for how many days the state holds."),
    NUMBER_ITEM("min-free-mb", min_free_mb, 0, 1000000, 200,
                "c2c doctor warns when the disk has less room than this (MB)."),
};

enum {
    ITEMS = sizeof items / sizeof items[0]
};

static void *field(struct c2c_config *config, const struct item *item)
{
    return (char *)config + item->offset;
}

static const void *field_const(const struct c2c_config *config,
                               const struct item *item)
{
    return (const char *)config + item->offset;
}

static void set_text(struct c2c_config *config, const struct item *item,
                     const char *text)
{
    (void)snprintf(field(config, item), sizeof config->log_level, "%s", text);
}

static void set_number(struct c2c_config *config, const struct item *item,
                       long number)
{
    memcpy(field(config, item), &number, sizeof number);
}

static long get_number(const struct c2c_config *config, const struct item *item)
{
    long number;

    memcpy(&number, field_const(config, item), sizeof number);
    return number;
}

void c2c_config_defaults(struct c2c_config *config)
{
    memset(config, 0, sizeof *config);
    for (size_t i = 0; i < ITEMS; i++) {
        if (items[i].kind == NUMBER) {
            set_number(config, &items[i], items[i].fallback);
        } else if (items[i].kind == LEVEL) {
            set_text(config, &items[i], level_fallback);
        }
    }
}

/* libconfuse reports through a callback without a context: reading happens once
 * at start and on SIGHUP, in the main thread only. */
static struct {
    struct c2c_diag *diag;
    const char *name;
} reading;

static void add_hint(const char *key)
{
    struct c2c_near near;

    c2c_near_init(&near, c2c_view_str(key));
    for (size_t i = 0; i < ITEMS; i++) {
        c2c_near_offer(&near, c2c_view_str(items[i].name));
    }
    if (near.n > 0) {
        c2c_diag_hint(reading.diag, "did you mean '%.*s'?", (int)near.best[0].n,
                      (const char *)near.best[0].p);
    } else {
        c2c_diag_hint(reading.diag, "`c2cd --print-config` lists every key");
    }
}

/* The number that libconfuse could not read: "... for option 'NAME' ...". */
static const struct item *number_named(const char *text)
{
    static const char integer[] = "integer value for option '";
    const char *name = strstr(text, integer);

    for (size_t i = 0; i < ITEMS && name != NULL; i++) {
        size_t n = strlen(items[i].name);

        if (items[i].kind == NUMBER &&
            strncmp(name + sizeof integer - 1, items[i].name, n) == 0 &&
            name[sizeof integer - 1 + n] == '\'') {
            return &items[i];
        }
    }
    return NULL;
}

static void report(cfg_t *cfg, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void report(cfg_t *cfg, const char *fmt, va_list ap)
{
    static const char unknown[] = "no such option '";
    const struct item *item;
    char text[512];
    char *end;

    if (reading.diag->code != C2C_E_OK) {
        return; /* The first one tells. */
    }
    (void)vsnprintf(text, sizeof text, fmt, ap);
    end = strrchr(text, '\'');
    if (strncmp(text, unknown, sizeof unknown - 1) == 0 && end != NULL) {
        const char *key = text + sizeof unknown - 1;

        *end = '\0';
        (void)c2c_diag_set(reading.diag, C2C_E_CONFIG, key,
                           "%s:%d: %s: is not a key of this program",
                           reading.name, cfg->line, key);
        add_hint(key);
        return;
    }
    item = number_named(text);
    if (item != NULL) {
        (void)c2c_diag_set(reading.diag, C2C_E_CONFIG, item->name,
                           "%s:%d: %s: is not a number between %ld and %ld",
                           reading.name, cfg->line, item->name, item->min,
                           item->max);
        return;
    }
    (void)c2c_diag_set(reading.diag, C2C_E_CONFIG, reading.name, "%s:%d: %s",
                       reading.name, cfg->line, text);
}

static int check_number(cfg_t *cfg, cfg_opt_t *opt)
{
    for (size_t i = 0; i < ITEMS; i++) {
        long value;

        if (strcmp(items[i].name, cfg_opt_name(opt)) != 0) {
            continue;
        }
        value = cfg_opt_getnint(opt, 0);
        if (value < items[i].min || value > items[i].max) {
            cfg_error(cfg, "%s: %ld is not between %ld and %ld", items[i].name,
                      value, items[i].min, items[i].max);
            return -1;
        }
    }
    return 0;
}

static int check_level(cfg_t *cfg, cfg_opt_t *opt)
{
    const char *text = cfg_opt_getnstr(opt, 0);
    enum c2c_log_level level;

    if (c2c_log_parse_level(c2c_view_str(text), &level) != C2C_E_OK) {
        cfg_error(cfg, "%s: '%s' is not one of err, warn, notice, info, debug",
                  cfg_opt_name(opt), text);
        return -1;
    }
    return 0;
}

static const struct item *item_named(const char *name)
{
    size_t i = 0;

    while (strcmp(items[i].name, name) != 0) {
        i++; /* libconfuse knows no others. */
    }
    return &items[i];
}

static int check_list(cfg_t *cfg, cfg_opt_t *opt)
{
    const struct item *item = item_named(cfg_opt_name(opt));
    unsigned n = cfg_opt_size(opt);

    if (n > C2C_CONFIG_LIST_MAX) {
        cfg_error(cfg, "%s: at most %d are possible", item->name,
                  C2C_CONFIG_LIST_MAX);
        return -1;
    }
    for (unsigned i = 0; i < n; i++) {
        struct c2c_view text = c2c_view_str(cfg_opt_getnstr(opt, i));

        if (text.n >= C2C_CONFIG_TEXT || !item->fits(text)) {
            cfg_error(cfg, "%s: '%.100s' is not %s", item->name,
                      (const char *)text.p, item->form);
            return -1;
        }
    }
    return 0;
}

static void take_list(cfg_t *cfg, const struct item *item,
                      struct c2c_config *config)
{
    struct c2c_config_list *list = field(config, item);

    list->n = cfg_size(cfg, item->name);
    for (unsigned i = 0; i < list->n; i++) {
        (void)snprintf(list->at[i], sizeof list->at[i], "%s",
                       cfg_getnstr(cfg, item->name, i));
    }
}

static void take_values(cfg_t *cfg, struct c2c_config *config)
{
    for (size_t i = 0; i < ITEMS; i++) {
        if (items[i].kind == NUMBER) {
            set_number(config, &items[i], cfg_getint(cfg, items[i].name));
        } else if (items[i].kind == LEVEL) {
            set_text(config, &items[i], cfg_getstr(cfg, items[i].name));
        } else if (cfg_size(cfg, items[i].name) > 0) {
            take_list(cfg, &items[i], config);
        }
    }
}

/* The table as libconfuse wants it, with today's values as defaults. */
static void fill_options(const struct c2c_config *config,
                         cfg_opt_t options[ITEMS + 1])
{
    for (size_t i = 0; i < ITEMS; i++) {
        const struct item *item = &items[i];
        cfg_opt_t list = CFG_STR_LIST(item->name, NULL, CFGF_NONE);

        options[i] = list;
        if (item->kind == NUMBER) {
            options[i] =
                (cfg_opt_t)CFG_INT(item->name, get_number(config, item),
                                   CFGF_NONE);
        } else if (item->kind == LEVEL) {
            options[i] =
                (cfg_opt_t)CFG_STR(item->name, field_const(config, item),
                                   CFGF_NONE);
        }
    }
    options[ITEMS] = (cfg_opt_t)CFG_END();
}

/* Let libconfuse read the text; report() fills @diag. */
static enum c2c_err parse_text(const char *name, const char *text,
                               struct c2c_config *now, struct c2c_diag *diag)
{
    static int (*const checks[])(cfg_t *, cfg_opt_t *) = {
        [LEVEL] = check_level, [NUMBER] = check_number, [LIST] = check_list};
    cfg_opt_t options[ITEMS + 1];
    cfg_t *cfg;
    int rc;

    fill_options(now, options);
    cfg = cfg_init(options, CFGF_NONE);
    if (cfg == NULL) {
        return C2C_E_NOMEM;
    }
    reading.diag = diag;
    reading.name = name;
    (void)cfg_set_error_function(cfg, report);
    for (size_t i = 0; i < ITEMS; i++) {
        (void)cfg_set_validate_func(cfg, items[i].name, checks[items[i].kind]);
    }
    rc = cfg_parse_buf(cfg, text);
    if (rc == CFG_SUCCESS && diag->code == C2C_E_OK) {
        take_values(cfg, now);
    }
    (void)cfg_free(cfg);
    reading.diag = NULL;
    return rc != CFG_SUCCESS && diag->code == C2C_E_OK
               ? c2c_diag_set(diag, C2C_E_CONFIG, name, "%s: cannot be read",
                              name)
               : diag->code;
}

enum c2c_err c2c_config_parse(const char *name, const char *text,
                              struct c2c_config *config, struct c2c_diag *diag)
{
    struct c2c_config now = *config;
    enum c2c_err err;

    memset(diag, 0, sizeof *diag);
    err = parse_text(name, text, &now, diag);
    if (err == C2C_E_OK && now.refresh_days >= now.expire_days) {
        err = c2c_diag_set(diag, C2C_E_CONFIG, "refresh-days",
                           "%s: refresh-days: %ld must be less than "
                           "expire-days, which is %ld",
                           name, now.refresh_days, now.expire_days);
    }
    if (err == C2C_E_OK) {
        *config = now;
    }
    return err;
}

/* What libconfuse does beyond `key = value` lines is not wanted: it would run
 * `include(...)` and put `${NAME}` of the environment into values. */
static enum c2c_err refuse_extras(const char *path, struct c2c_view bytes,
                                  struct c2c_diag *diag)
{
    const char *text = (const char *)bytes.p; /* Ends with a zero byte. */
    const char *at;
    unsigned line = 1;

    for (at = text; *at != '\0'; at++) {
        if (*at == '#' || (*at == '/' && at[1] == '/')) {
            at += strcspn(at, "\n");
            at -= *at == '\0' ? 1 : 0;
        }
        if (strncmp(at, "include", 7) == 0 || strncmp(at, "${", 2) == 0) {
            return c2c_diag_set(diag, C2C_E_CONFIG, path,
                                "%s:%u: %.8s: only `key = value` lines are "
                                "allowed",
                                path, line, at);
        }
        line += *at == '\n' ? 1 : 0;
    }
    return at == text + bytes.n - 1
               ? C2C_E_OK
               : c2c_diag_set(diag, C2C_E_CONFIG, path,
                              "%s:%u: a zero byte: this is no text", path,
                              line);
}

enum c2c_err c2c_config_read(const char *path, struct c2c_config *config,
                             struct c2c_diag *diag)
{
    struct c2c_buf text;
    enum c2c_err err;

    c2c_buf_init(&text, FILE_MAX_BYTES);
    err = c2c_file_read(path, &text);
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&text, "", 1);
    }
    if (err != C2C_E_OK) {
        (void)c2c_diag_set(diag, err, path, "cannot read %s: %s", path,
                           c2c_strerror(err));
    } else {
        err = refuse_extras(path, c2c_buf_view(&text), diag);
    }
    if (err == C2C_E_OK) {
        err = c2c_config_parse(path, (const char *)text.p, config, diag);
    }
    c2c_buf_fini(&text);
    return err;
}

static enum c2c_err print_list(const struct c2c_config *config,
                               const struct item *item, struct c2c_buf *out)
{
    const struct c2c_config_list *list = field_const(config, item);
    enum c2c_err err =
        c2c_buf_fmt(out, "# Each is %s.\n%s = {", item->form, item->name);

    for (size_t i = 0; i < list->n && err == C2C_E_OK; i++) {
        err = c2c_buf_fmt(out, "%s\"%s\"", i == 0 ? "" : ", ", list->at[i]);
    }
    return err == C2C_E_OK ? c2c_buf_fmt(out, "}\n") : err;
}

static enum c2c_err print_item(const struct c2c_config *config,
                               const struct item *item, struct c2c_buf *out)
{
    enum c2c_err err = c2c_buf_fmt(out, "\n# %s\n", item->help);

    if (err != C2C_E_OK) {
        return err;
    }
    if (item->kind == LIST) {
        return print_list(config, item, out);
    }
    return item->kind == NUMBER
               ? c2c_buf_fmt(out, "# %ld to %ld, usually %ld.\n%s = %ld\n",
                             item->min, item->max, item->fallback, item->name,
                             get_number(config, item))
               : c2c_buf_fmt(out, "# Usually %s.\n%s = %s\n", level_fallback,
                             item->name,
                             (const char *)field_const(config, item));
}

enum c2c_err c2c_config_print(const struct c2c_config *config,
                              struct c2c_buf *out)
{
    enum c2c_err err = c2c_buf_fmt(
        out, "# Configuration of a c2c node.  Every key may be left out.\n");

    for (size_t i = 0; i < ITEMS && err == C2C_E_OK; i++) {
        err = print_item(config, &items[i], out);
    }
    return err;
}
