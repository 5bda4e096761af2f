/* Any bytes as a frame: what decodes encodes to the same bytes, except for
 * refusals of other versions and for reasons that this one does not know. */

#include "base/buf.h"
#include "fuzz.h"
#include "wire/frame.h"

static void encode_again(const struct c2c_frame *frame, struct c2c_view bytes)
{
    struct c2c_buf again;

    c2c_buf_init(&again, 1 << 20);
    require(c2c_frame_encode(frame, &again) == C2C_E_OK);
    if (frame->kind == C2C_FRAME_REFUSAL) {
        require(again.n == bytes.n && frame->refusal != C2C_E_OK);
    } else {
        require(c2c_view_eq(c2c_buf_view(&again), bytes));
    }
    c2c_buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view bytes = c2c_view_of(data, size);
    struct c2c_frame frame = {.counter = 77};

    if (c2c_frame_decode(bytes, &frame) == C2C_E_OK) {
        encode_again(&frame, bytes);
    } else {
        require(frame.counter == 77 && frame.sealed.n == 0);
    }
    return 0;
}
