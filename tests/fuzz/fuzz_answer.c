/* Answers of a node elsewhere that says anything: they are printed in every
 * form or refused, and nothing of it is called verified.
 *
 * Input: command, form, then answers: two bytes of length, and a document. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "c2c/command.h"
#include "c2c/remote.h"
#include "c2c/trust.h"
#include "codec/limits.h"
#include "fuzz.h"

static struct c2c_view rest; /* Of the input. */
static char *printed;
static size_t n_printed;

enum c2c_err __wrap_c2c_remote_call(struct c2c_run *run, const char *name,
                                    const struct c2c_val *args,
                                    const struct c2c_val **ret_doc);
const struct c2c_hash *__wrap_c2c_remote_id(const struct c2c_remote *remote);
enum c2c_err __wrap_c2c_trust_read(struct c2c_run *run,
                                   struct c2c_trust *trust);

enum c2c_err __wrap_c2c_remote_call(struct c2c_run *run, const char *name,
                                    const struct c2c_val *args,
                                    const struct c2c_val **ret_doc)
{
    struct c2c_view doc;
    size_t n;

    (void)args;
    if (rest.n < 2) {
        return c2c_diag_set(&run->diag, C2C_E_NOT_FOUND, name, "no more");
    }
    n = (size_t)rest.p[0] << 8 | rest.p[1];
    n = n < rest.n - 2 ? n : rest.n - 2;
    doc = c2c_view_of(rest.p + 2, n);
    rest = c2c_view_of(rest.p + 2 + n, rest.n - 2 - n);
    return c2c_doc_decode(run->doc, doc, C2C_MAX_CONTROL_DEPTH, ret_doc) ==
                       C2C_E_OK &&
                   c2c_val_kind(*ret_doc) == C2C_KIND_MAP
               ? C2C_E_OK
               : c2c_diag_set(&run->diag, C2C_E_NOT_FOUND, name, "no answer");
}

const struct c2c_hash *__wrap_c2c_remote_id(const struct c2c_remote *remote)
{
    static const struct c2c_hash id;

    (void)remote;
    return &id;
}

/* One association is trusted. */
enum c2c_err __wrap_c2c_trust_read(struct c2c_run *run, struct c2c_trust *trust)
{
    (void)run;
    memset(trust, 0, sizeof *trust);
    trust->n = 1;
    return C2C_E_OK;
}

static void run(const char *const *words, const char *form)
{
    static const struct c2c_grammar grammar = {c2c_global_options,
                                               c2c_commands};
    char *argv[] = {(char *)(uintptr_t) "c2c",
                    (char *)(uintptr_t) "--node=tcp://node.example:1",
                    (char *)(uintptr_t)form, (char *)(uintptr_t)words[0],
                    (char *)(uintptr_t)words[1]};
    struct c2c_run r;

    require(c2c_run_init(&r, &grammar, 5, argv) == C2C_E_OK);
    r.out.to = open_memstream(&printed, &n_printed);
    r.out.talk = r.out.to;
    require(r.out.to != NULL);
    (void)!r.line.command->fn(&r);
    (void)fclose(r.out.to);
    /* A member of the document; what stands in texts has its quotes escaped. */
    require(strstr(printed, "\n  \"verified\": true") == NULL);
    c2c_run_fini(&r);
    free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const commands[][2] = {
        {"show", "x/office/y"}, {"list", "office"}, {"find", "x"},
        {"who", "x"},           {"log", "--all"},   {"status", "--quiet"}};
    static const char *const forms[] = {"--quiet", "--json", "--jsonl",
                                        "--plain"};
    if (size >= 2) {
        rest = c2c_view_of(data + 2, size - 2);
        run(commands[data[0] % 6], forms[data[1] % 4]);
    }
    return 0;
}
