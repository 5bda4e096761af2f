/* The protocol's limits, from proto/limits.def. */

#ifndef C2C_CODEC_LIMITS_H
#define C2C_CODEC_LIMITS_H

enum c2c_limit {
#define C2C_LIMIT(NAME, VALUE, UNIT, WHAT) C2C_MAX_##NAME = (VALUE),
#include "proto/limits.def"
#undef C2C_LIMIT
};

#endif /* C2C_CODEC_LIMITS_H */
