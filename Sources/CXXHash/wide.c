#if defined(__x86_64__)
// The headers of the C library and of the instructions come before the pragma: what they define is for every processor.
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define XXH_VECTOR XXH_AVX2
#define FLAVOUR(name) cxxhash_wide_##name
#include "flavour.h"
#pragma clang attribute pop
#endif
