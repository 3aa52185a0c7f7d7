#define _GNU_SOURCE
#include "CPosix.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

static int write_out(void *argument) {
    int file = (int)(intptr_t)argument;
    int code = fdatasync(file) == 0 ? 0 : errno;
    close(file);
    return code;
}

int cposix_write_out(int fd) {
    // A descriptor of its own: the one who asked may lose interest and close his.
    int file = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (file < 0) return -1;
    int event = cposix_begin_beside(write_out, (void *)(intptr_t)file);
    if (event < 0) {
        int code = errno;
        close(file);
        errno = code;
    }
    return event;
}
