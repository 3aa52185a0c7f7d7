#define _GNU_SOURCE
#include "CPosix.h"
#include <sys/epoll.h>

int cposix_crowd_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cposix_crowd_add(int crowd, int fd, uint32_t events, uint32_t member) {
    struct epoll_event event = {.events = events, .data = {.u32 = member}};
    return epoll_ctl(crowd, EPOLL_CTL_ADD, fd, &event);
}

int cposix_crowd_remove(int crowd, int fd) { return epoll_ctl(crowd, EPOLL_CTL_DEL, fd, NULL); }

int cposix_crowd_ready(int crowd, uint32_t *members, uint32_t *events, int capacity) {
    struct epoll_event ready[256];
    int count = epoll_wait(crowd, ready, capacity < 256 ? capacity : 256, 0);
    for (int index = 0; index < count; index++) {
        members[index] = ready[index].data.u32;
        events[index] = ready[index].events;
    }
    return count;
}
