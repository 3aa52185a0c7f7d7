#ifndef CXXHASH_H
#define CXXHASH_H
// XXH3, compiled from its header once for every processor and once for those with AVX2, chosen when the program runs:
// Debian's library knows the 128-bit registers of 2003 only, and is a quarter as fast.
#include <stddef.h>
#include <stdint.h>

struct cxxhash_digest {
    uint64_t high;
    uint64_t low;
};

uint64_t cxxhash_64(const void *bytes, size_t length, uint64_t seed);
struct cxxhash_digest cxxhash_128(const void *bytes, size_t length);

/// An XXH3-128 in the making. `_create` returns NULL without memory; what it makes is to be given to `_destroy`.
typedef struct cxxhash_state cxxhash_state;
cxxhash_state *cxxhash_create(void);
void cxxhash_destroy(cxxhash_state *state);
void cxxhash_copy(cxxhash_state *to, const cxxhash_state *from);
void cxxhash_reset(cxxhash_state *state);
void cxxhash_update(cxxhash_state *state, const void *bytes, size_t length);
struct cxxhash_digest cxxhash_finish(const cxxhash_state *state);

#endif
