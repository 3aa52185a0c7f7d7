#ifndef CPOSIX_OFFLOAD_H
#define CPOSIX_OFFLOAD_H
#include <netinet/udp.h>

/// From linux/udp.h, which cannot be included beside netinet/udp.h; older C libraries lack them.
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#endif
