#define _GNU_SOURCE
#include "CPosix.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

int cposix_open_beneath(int directory, const char *path, int flags, int follows_links) {
    struct open_how how = {
        .flags = (uint64_t)(unsigned)flags,
        .resolve = RESOLVE_BENEATH | (follows_links ? RESOLVE_NO_MAGICLINKS : RESOLVE_NO_SYMLINKS)};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

ssize_t cposix_read_cached(int fd, void *buffer, size_t length, uint64_t offset) {
    struct iovec part = {.iov_base = buffer, .iov_len = length};
    ssize_t count = preadv2(fd, &part, 1, (off_t)offset, RWF_NOWAIT);
    // A file system in memory has nothing to wait for, and does not know the flag.
    return count < 0 && errno == EOPNOTSUPP ? pread(fd, buffer, length, (off_t)offset) : count;
}

ssize_t cposix_read_strided(
    int fd, void *buffer, size_t header, size_t payload, size_t total, uint64_t offset, int cached_only) {
    struct iovec parts[cposix_batch_limit];
    int count = 0;
    char *place = buffer;
    while (total > 0 && count < cposix_batch_limit) {
        size_t length = total < payload ? total : payload;
        parts[count].iov_base = place + header;
        parts[count].iov_len = length;
        place += header + payload;
        total -= length;
        count++;
    }
    return preadv2(fd, parts, count, (off_t)offset, cached_only ? RWF_NOWAIT : 0);
}

static void describe(struct iovec *parts, const void *buffer, const cposix_piece *pieces, int count) {
    for (int index = 0; index < count; index++) {
        parts[index].iov_base = (char *)buffer + pieces[index].start;
        parts[index].iov_len = pieces[index].length;
    }
}

ssize_t cposix_write_pieces(int fd, const void *buffer, const cposix_piece *pieces, int count, uint64_t offset) {
    struct iovec parts[IOV_MAX];
    describe(parts, buffer, pieces, count);
    return pwritev(fd, parts, count, (off_t)offset);
}

ssize_t cposix_stream_pieces(int fd, const void *buffer, const cposix_piece *pieces, int count) {
    struct iovec parts[IOV_MAX];
    describe(parts, buffer, pieces, count);
    return writev(fd, parts, count);
}

int cposix_rename_new(int directory, const char *from, const char *to) {
    return renameat2(directory, from, directory, to, RENAME_NOREPLACE);
}

static const char part_mark[] = "user.rdtchat.part";

int cposix_has_part_mark(int fd) {
    return fgetxattr(fd, part_mark, NULL, 0) >= 0 || errno != ENODATA;
}

int cposix_is_marked_part(int fd) {
    return fgetxattr(fd, part_mark, NULL, 0) >= 0;
}

void cposix_set_part_mark(int fd, int is_part) {
    if (is_part)
        (void)fsetxattr(fd, part_mark, "", 0, 0);
    else
        (void)fremovexattr(fd, part_mark);
}

int cposix_set_modified(int fd, int64_t seconds) {
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = seconds}};
    return futimens(fd, times);
}
