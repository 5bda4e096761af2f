#include "record/ref.h"

#include <string.h>

#include "base/text.h"
#include "record/record.h"

enum {
    CITY_MAX = 200
};

/* Cut the last part after '/' off @text. */
static struct c2c_view last_part(struct c2c_view *text)
{
    struct c2c_view part = *text;
    size_t at = text->n;

    while (at > 0 && text->p[at - 1] != '/') {
        at--;
    }
    part.p += at;
    part.n -= at;
    text->n = at > 0 ? at - 1 : 0;
    return part;
}

static bool city_valid(struct c2c_view city)
{
    if (city.n == 0 || city.n > CITY_MAX || !c2c_text_valid(city)) {
        return false;
    }
    for (size_t i = 0; i < city.n; i++) {
        if (city.p[i] == '/' || city.p[i] < 0x20 || city.p[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

enum c2c_err c2c_ref_parse(struct c2c_view text, struct c2c_ref *ret_ref)
{
    struct c2c_ref ref = {0};
    size_t slashes = 0;

    for (size_t i = 0; i < text.n; i++) {
        slashes += text.p[i] == '/' ? 1 : 0;
    }
    if (slashes != 1 && slashes != 2) {
        return C2C_E_MALFORMED;
    }
    ref.name = last_part(&text);
    ref.type = last_part(&text);
    if (slashes == 2) {
        ref.city = text;
        if (!city_valid(ref.city)) {
            return C2C_E_MALFORMED;
        }
    }
    ref.has_key = c2c_uuid_parse(ref.name, &ref.key) == C2C_E_OK;
    if (!c2c_record_type_valid(ref.type) ||
        (!ref.has_key && !c2c_record_slug_valid(ref.name))) {
        return C2C_E_MALFORMED;
    }
    *ret_ref = ref;
    return C2C_E_OK;
}
