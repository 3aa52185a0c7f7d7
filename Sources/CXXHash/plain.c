#define FLAVOUR(name) cxxhash_plain_##name
#include "flavour.h"

#if defined(__x86_64__)
uint64_t cxxhash_wide_sum(const void *bytes, size_t length, uint64_t seed);
struct cxxhash_digest cxxhash_wide_whole(const void *bytes, size_t length);
void cxxhash_wide_update(cxxhash_state *state, const void *bytes, size_t length);
struct cxxhash_digest cxxhash_wide_finish(const cxxhash_state *state);
// Both flavours have one layout of the state, for they come from one header.
#define CHOSEN(name) (__builtin_cpu_supports("avx2") ? cxxhash_wide_##name : cxxhash_plain_##name)
#else
#define CHOSEN(name) cxxhash_plain_##name
#endif

uint64_t cxxhash_64(const void *bytes, size_t length, uint64_t seed) { return CHOSEN(sum)(bytes, length, seed); }
struct cxxhash_digest cxxhash_128(const void *bytes, size_t length) { return CHOSEN(whole)(bytes, length); }

cxxhash_state *cxxhash_create(void) {
    cxxhash_state *state = (cxxhash_state *)XXH3_createState();
    if (state) cxxhash_reset(state);
    return state;
}
void cxxhash_destroy(cxxhash_state *state) { XXH3_freeState((XXH3_state_t *)state); }
void cxxhash_copy(cxxhash_state *to, const cxxhash_state *from) {
    XXH3_copyState((XXH3_state_t *)to, (const XXH3_state_t *)from);
}
void cxxhash_reset(cxxhash_state *state) { XXH3_128bits_reset((XXH3_state_t *)state); }
void cxxhash_update(cxxhash_state *state, const void *bytes, size_t length) { CHOSEN(update)(state, bytes, length); }
struct cxxhash_digest cxxhash_finish(const cxxhash_state *state) { return CHOSEN(finish)(state); }
