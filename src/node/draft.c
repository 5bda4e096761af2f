#include "node/draft.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/timefmt.h"

enum c2c_err c2c_draft_no_type(const struct c2c_types *types,
                               struct c2c_view name, enum c2c_err code,
                               const char *thing, struct c2c_diag *diag)
{
    struct c2c_near near;

    c2c_near_init(&near, name);
    for (size_t i = 0; i < c2c_types_count(types); i++) {
        c2c_near_offer(&near,
                       c2c_view_str(c2c_type_name(c2c_types_at(types, i))));
    }
    (void)c2c_diag_set(diag, code, thing, "there is no record type '%.*s'",
                       (int)name.n, (const char *)name.p);
    if (near.n > 0) {
        c2c_diag_hint(diag, "did you mean '%.*s'? `c2c types` lists them",
                      (int)near.best[0].n, (const char *)near.best[0].p);
    } else {
        c2c_diag_hint(diag, "`c2c types` lists them");
    }
    return code;
}

static enum c2c_err bad(struct c2c_diag *diag, const char *member,
                        const char *what)
{
    return c2c_diag_set(diag, C2C_E_SCHEMA, member, "'%s' %s", member, what);
}

static enum c2c_err bad_value(struct c2c_diag *diag, const char *member,
                              struct c2c_view value, const char *what)
{
    return c2c_diag_set(diag, C2C_E_SCHEMA, member, "'%.*s' %s",
                        value.n < 80 ? (int)value.n : 80, (const char *)value.p,
                        what);
}

/* What is passed over because it is no text would be published otherwise than
 * its author meant it. */
static enum c2c_err check_kinds(const struct c2c_val *input,
                                struct c2c_diag *diag)
{
    static const char *const texts[] = {"key", "slug", "audience", "created"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct c2c_val *val = c2c_val_get(input, texts[i]);

        if (val != NULL && c2c_val_kind(val) != C2C_KIND_STR) {
            return bad(diag, texts[i], "is not text in quotes");
        }
    }
    return C2C_E_OK;
}

static enum c2c_err read_names(const struct c2c_val *input,
                               struct c2c_draft *draft, struct c2c_diag *diag)
{
    struct c2c_view key = c2c_val_text(input, "key");
    struct c2c_view slug = c2c_val_text(input, "slug");
    struct c2c_view audience = c2c_val_text(input, "audience");

    if (key.n > 0) {
        if (c2c_uuid_parse(key, &draft->key) != C2C_E_OK) {
            return bad_value(diag, "key", key,
                             "is not a key as `show --json` prints it");
        }
        draft->has_key = true;
    }
    if (slug.n > 0 && !c2c_record_slug_valid(slug)) {
        return bad_value(diag, "slug", slug,
                         "is no short name: a-z, 0-9 and hyphens, at most 60");
    }
    draft->slug = slug;
    if (audience.n > 0) {
        if (c2c_audience_parse(audience, &draft->audience) != C2C_E_OK) {
            return bad_value(diag, "audience", audience,
                             "is none of public, network and local");
        }
        draft->has_audience = true;
    }
    return C2C_E_OK;
}

/* When it was made, and which revision of it the author has seen. */
static enum c2c_err read_past(const struct c2c_val *input,
                              struct c2c_draft *draft, struct c2c_diag *diag)
{
    struct c2c_view created = c2c_val_text(input, "created");
    int64_t if_rev = c2c_val_int(c2c_val_get(input, "if_rev"));

    if (created.n > 0 &&
        c2c_time_parse(created, &draft->created_s) != C2C_E_OK) {
        return bad_value(diag, "created", created, "is not a time (RFC 3339)");
    }
    draft->has_created = created.n > 0;
    draft->if_rev = if_rev > 0 ? (uint64_t)if_rev : draft->if_rev;
    return C2C_E_OK;
}

enum c2c_err c2c_draft_read(const struct c2c_types *types,
                            const struct c2c_val *input,
                            struct c2c_draft *ret_draft, struct c2c_diag *diag)
{
    struct c2c_view type = c2c_val_text(input, "type");
    struct c2c_draft draft = {.body = c2c_val_get(input, "body")};
    enum c2c_err err;

    if (c2c_val_kind(input) != C2C_KIND_MAP || type.n == 0) {
        (void)bad(diag, "type",
                  "is missing: every record is an object with "
                  "'type' and 'body'");
        c2c_diag_hint(diag, "`c2c new TYPE` shows how a record is written");
        return diag->code;
    }
    draft.type = c2c_types_find(types, type);
    if (draft.type == NULL) {
        return c2c_draft_no_type(types, type, C2C_E_UNKNOWN_TYPE, "type", diag);
    }
    if (c2c_val_kind(draft.body) != C2C_KIND_MAP) {
        return bad(diag, "body", "is missing or is not an object {...}");
    }
    err = check_kinds(input, diag);
    if (err == C2C_E_OK) {
        err = read_names(input, &draft, diag);
    }
    if (err == C2C_E_OK) {
        err = read_past(input, &draft, diag);
    }
    if (err == C2C_E_OK) {
        *ret_draft = draft;
    }
    return err;
}
