#define _GNU_SOURCE
#include "CPosix.h"
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int cposix_open_again(int fd, int is_direct) {
    char path[32];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_CLOEXEC | (is_direct ? O_DIRECT : 0));
}

int cposix_blocks_open(int depth, uint64_t *queue) {
    aio_context_t context = 0;
    int result = (int)syscall(SYS_io_setup, depth, &context);
    *queue = context;
    return result;
}

void cposix_blocks_close(uint64_t queue) { (void)syscall(SYS_io_destroy, (aio_context_t)queue); }

int cposix_blocks_write(uint64_t queue, int fd, const void *block, size_t length, uint64_t offset, int slot) {
    struct iocb request = {
        .aio_data = (uint64_t)slot, .aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = (uint32_t)fd,
        .aio_buf = (uint64_t)(uintptr_t)block, .aio_nbytes = length, .aio_offset = (int64_t)offset};
    struct iocb *list = &request;
    return (int)syscall(SYS_io_submit, (aio_context_t)queue, 1, &list);
}

int cposix_blocks_done(uint64_t queue, int least, struct cposix_block_done *done, int capacity) {
    struct io_event events[16];
    struct timespec none = {0};
    if (capacity > 16) capacity = 16;
    int count =
        (int)syscall(SYS_io_getevents, (aio_context_t)queue, least, capacity, events, least > 0 ? NULL : &none);
    for (int index = 0; index < count; index++) {
        done[index] = (struct cposix_block_done){.slot = (int)events[index].data, .result = events[index].res};
    }
    return count;
}
