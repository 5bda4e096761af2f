/* Any text as a reference: its parts put together are the text. */

#include "base/text.h"
#include "fuzz.h"
#include "record/record.h"
#include "record/ref.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view text = c2c_view_of(data, size);
    struct c2c_ref ref = {.has_key = true};
    size_t slashes;

    if (c2c_ref_parse(text, &ref) != C2C_E_OK) {
        require(ref.has_key && ref.type.n == 0);
        return 0;
    }
    slashes = ref.city.n > 0 ? 2 : 1;
    require(ref.city.n + ref.type.n + ref.name.n + slashes == size);
    require(ref.city.n == 0 || ref.city.p == data);
    require(ref.type.p + ref.type.n + 1 == ref.name.p);
    require(ref.name.p + ref.name.n == data + size);
    require(c2c_record_type_valid(ref.type) && c2c_text_valid(ref.city));
    if (ref.has_key) {
        char again[C2C_UUID_TEXT];

        c2c_uuid_format(&ref.key, again);
        require(c2c_view_eq_str(ref.name, again));
    } else {
        require(c2c_record_slug_valid(ref.name));
    }
    return 0;
}
