/* export --proof: a record as a file that anybody can check. */

#include "base/hex.h"
#include "base/mem.h"
#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/run.h"
#include "trust/proof_file.h"

static enum c2c_err check_usage(struct c2c_run *run)
{
    if (!c2c_cmdline_has(&run->line, "proof")) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, "export",
                           "--proof is missing");
        c2c_diag_hint(&run->diag, "c2c export --proof REF > FILE; records as "
                                  "`put` takes them: c2c show REF --records");
        return C2C_E_USAGE;
    }
    if (run->out.form != C2C_FORM_HUMAN) {
        return c2c_diag_set(&run->diag, C2C_E_USAGE, "export",
                            "a proof is bytes and has no other form");
    }
    if (run->out.columns > 0) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, "export",
                           "a proof is bytes, not for a terminal");
        c2c_diag_hint(&run->diag, "c2c export --proof REF > FILE");
        return C2C_E_USAGE;
    }
    return C2C_E_OK;
}

/* What the node says is checked here as its reader will. */
static enum c2c_err write_proof(struct c2c_run *run, struct c2c_view hex)
{
    size_t n = hex.n / 2;
    uint8_t *bytes = c2c_calloc(n + 1, 1);
    struct c2c_proved proved;
    enum c2c_err err;

    if (bytes == NULL) {
        return c2c_run_nomem(run);
    }
    err = c2c_hex_decode(hex, bytes, n);
    if (err == C2C_E_OK) {
        err = c2c_proof_file_verify(c2c_view_of(bytes, n), &proved);
    }
    if (err == C2C_E_OK) {
        c2c_out_write(&run->out, c2c_view_of(bytes, n));
    } else {
        (void)c2c_diag_set(&run->diag, C2C_E_NOT_VERIFIED, "proof",
                           "the node's answer proves nothing: %s",
                           c2c_strerror(err));
        err = C2C_E_NOT_VERIFIED;
    }
    c2c_free(bytes);
    return err;
}

enum c2c_err c2c_cmd_export(struct c2c_run *run)
{
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *doc;
    struct c2c_view city;
    enum c2c_err err = check_usage(run);

    if (err != C2C_E_OK) {
        return err;
    }
    c2c_doc_set_cstr(run->doc, args, "ref", c2c_run_arg(run, 0));
    err = c2c_call(run, "proof", args, &doc);
    if (err == C2C_E_OK) {
        err = write_proof(run, c2c_val_text(doc, "proof"));
    }
    if (err == C2C_E_OK) {
        city = c2c_val_text(doc, "city");
        c2c_out_talk(&run->out,
                     "Whoever gets the file checks it with: c2c verify FILE "
                     "--city %.*s\nLet them have the city id from elsewhere.",
                     (int)city.n, (const char *)city.p);
    }
    return err;
}
