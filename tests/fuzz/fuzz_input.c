/* Any bytes as a file of records: every value and record has its place in the
 * file, and what is refused is told in well-formed text. */

#include <string.h>

#include "base/text.h"
#include "c2c/input.h"
#include "fuzz.h"

static unsigned lines_of(struct c2c_view text)
{
    unsigned lines = 1;

    for (size_t i = 0; i < text.n; i++) {
        lines += text.p[i] == '\n' ? 1 : 0;
    }
    return lines;
}

static void check_places(const struct c2c_input *input, unsigned lines)
{
    static const char *const pointers[] = {"", "/type", "/body/a~1b/0", "/0"};
    struct c2c_origin origin = c2c_input_origin(input);
    unsigned before = 0;

    require(input->n == c2c_val_count(input->values));
    for (size_t i = 0; i < input->n; i++) {
        require(input->at[i].line >= before && input->at[i].line <= lines);
        before = input->at[i].line;
        for (size_t k = 0; k < sizeof pointers / sizeof pointers[0]; k++) {
            struct c2c_place place;

            origin.place(&origin, i, pointers[k], &place);
            require(place.line >= before && place.line <= lines);
        }
    }
}

static void check_told(const struct c2c_diag *diag, enum c2c_err err)
{
    require(diag->code == err);
    require(diag->message[0] != '\0');
    require(c2c_text_valid(c2c_view_str(diag->thing)));
    require(c2c_text_valid(c2c_view_str(diag->message)));
    require(c2c_text_valid(c2c_view_str(diag->hint)));
}

static void check_records(struct c2c_run *run, const struct c2c_val *records,
                          size_t n)
{
    struct c2c_buf bytes;

    require(c2c_val_count(records) == n);
    for (size_t i = 0; i < n; i++) {
        const struct c2c_val *record = c2c_val_at(records, i);

        require(c2c_val_text(record, "type").n > 0);
        require(c2c_val_kind(c2c_val_get(record, "body")) == C2C_KIND_MAP);
        require(c2c_val_count(record) <= 6);
    }
    c2c_buf_init(&bytes, 1u << 26);
    require(c2c_doc_encode(run->doc, records, &bytes) == C2C_E_OK);
    c2c_buf_fini(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct c2c_view text = c2c_view_of(data, size);
    struct c2c_run run;
    struct c2c_input input;
    const struct c2c_val *records;
    enum c2c_err err;

    memset(&run, 0, sizeof run);
    require(c2c_doc_new(&run.doc) == C2C_E_OK);
    require(c2c_input_take(&run, "file.json", text, &input) == C2C_E_OK);
    err = c2c_input_parse(&run, &input);
    if (err == C2C_E_OK) {
        require(input.n > 0);
        check_places(&input, lines_of(text));
        err = c2c_input_records(&run, &input, &records);
    }
    require(err == C2C_E_OK || err == C2C_E_BAD_JSON || err == C2C_E_SCHEMA);
    if (err == C2C_E_OK) {
        check_records(&run, records, input.n);
    } else {
        check_told(&run.diag, err);
    }
    c2c_input_fini(&input);
    c2c_types_free(run.types);
    c2c_doc_free(run.doc);
    return 0;
}
