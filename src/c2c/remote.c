#include "c2c/remote.h"

enum c2c_err c2c_remote_probe(struct c2c_run *run, const char *url,
                              struct c2c_hash *ret_id, const char **ret_name)
{
    (void)ret_id;
    (void)ret_name;
    (void)c2c_diag_set(&run->diag, C2C_E_UNSUPPORTED, url,
                       "this version does not ask a hub who it is");
    c2c_diag_hint(&run->diag, "name the hub's id: c2c join '%s#ID'", url);
    return C2C_E_UNSUPPORTED;
}
