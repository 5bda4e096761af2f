/* Any text as a configuration: accepted, it prints as one that reads back the
 * same; refused, it changes nothing and says where. */

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "fuzz.h"
#include "node/config.h"

static bool same(const struct c2c_config *a, const struct c2c_config *b)
{
    return strcmp(a->log_level, b->log_level) == 0 &&
           a->workers == b->workers && a->queue == b->queue &&
           a->refresh_days == b->refresh_days &&
           a->expire_days == b->expire_days && a->min_free_mb == b->min_free_mb;
}

static void reads_back(const struct c2c_config *config)
{
    struct c2c_config again;
    struct c2c_diag diag;
    struct c2c_buf text;

    c2c_buf_init(&text, 1u << 16);
    c2c_config_defaults(&again);
    require(c2c_config_print(config, &text) == C2C_E_OK);
    require(c2c_buf_put(&text, "", 1) == C2C_E_OK);
    require(c2c_config_parse("again", (const char *)text.p, &again, &diag) ==
            C2C_E_OK);
    require(same(config, &again));
    c2c_buf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = c2c_view_dup(c2c_view_of(data, size));
    struct c2c_config config;
    struct c2c_config before;
    struct c2c_diag diag;
    enum c2c_err err;

    require(text != NULL);
    c2c_config_defaults(&config);
    before = config;
    err = c2c_config_parse("fuzz.conf", text, &config, &diag);
    if (err == C2C_E_OK) {
        reads_back(&config);
    } else {
        require(err == C2C_E_CONFIG && diag.code == err);
        require(same(&before, &config));
        require(strncmp(diag.message, "fuzz.conf:", 10) == 0);
        require(c2c_text_valid(c2c_view_str(diag.message)));
    }
    c2c_free(text);
    return 0;
}
