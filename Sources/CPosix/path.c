#define _GNU_SOURCE
// The kernel's own header: the C library's tcp_info ends before the least round trip.
#include "CPosix.h"
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

int cposix_tcp_path(int fd, uint32_t *round_trip, uint32_t *segment) {
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
    int knows_least = length >= offsetof(struct tcp_info, tcpi_min_rtt) + sizeof info.tcpi_min_rtt;
    *round_trip = knows_least && info.tcpi_min_rtt > 0 && info.tcpi_min_rtt != UINT32_MAX ? info.tcpi_min_rtt
                                                                                           : info.tcpi_rtt;
    *segment = info.tcpi_snd_mss + (info.tcpi_options & TCPI_OPT_TIMESTAMPS ? 12 : 0);
    return 0;
}
