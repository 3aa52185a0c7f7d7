// Included by a file that has defined FLAVOUR(name) and, for other than the plainest registers, XXH_VECTOR.
#include "CXXHash.h"
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t FLAVOUR(sum)(const void *bytes, size_t length, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes, length, seed);
}

struct cxxhash_digest FLAVOUR(whole)(const void *bytes, size_t length) {
    XXH128_hash_t hash = XXH3_128bits(bytes, length);
    return (struct cxxhash_digest){.high = hash.high64, .low = hash.low64};
}

void FLAVOUR(update)(cxxhash_state *state, const void *bytes, size_t length) {
    XXH3_128bits_update((XXH3_state_t *)state, bytes, length);
}

struct cxxhash_digest FLAVOUR(finish)(const cxxhash_state *state) {
    XXH128_hash_t hash = XXH3_128bits_digest((const XXH3_state_t *)state);
    return (struct cxxhash_digest){.high = hash.high64, .low = hash.low64};
}
