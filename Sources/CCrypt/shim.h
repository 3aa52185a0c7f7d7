#include <crypt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { ccrypt_longest = CRYPT_OUTPUT_SIZE };

/// Hashes a password with the library's preferred method and a salt from the kernel; `hash` has room for
/// `ccrypt_longest` bytes. 0 when it worked.
static inline int ccrypt_hash(const char *password, char *hash) {
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    void *work = NULL;
    int size = 0;
    if (!crypt_gensalt_rn(NULL, 0, NULL, 0, setting, sizeof setting)) return -1;
    const char *made = crypt_ra(password, setting, &work, &size);
    if (made) strncpy(hash, made, ccrypt_longest - 1);
    hash[ccrypt_longest - 1] = 0;
    free(work);
    return made ? 0 : -1;
}

/// 1 when the password has this hash. The time does not tell where they differ.
static inline int ccrypt_matches(const char *password, const char *hash) {
    void *work = NULL;
    int size = 0;
    const char *made = crypt_ra(password, hash, &work, &size);
    size_t length = strlen(hash);
    unsigned char differs = !made || made[0] == '*' || strlen(made) != length;
    for (size_t index = 0; made && index < length && made[index]; index++) differs |= (unsigned char)(made[index] ^ hash[index]);
    free(work);
    return !differs;
}

/// 1 when crypt(3) can compare with this hash.
static inline int ccrypt_is_hash(const char *hash) {
    return crypt_checksalt(hash) == CRYPT_SALT_OK && strlen(hash) > 20;
}
