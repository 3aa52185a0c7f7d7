#define _GNU_SOURCE
#include "addresses.h"
#include "offload.h"
#include <endian.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

socklen_t cposix_to_kernel(const struct cposix_address *address, struct sockaddr_storage *storage) {
    memset(storage, 0, sizeof *storage);
    if (address->family == 4) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)storage;
        v4->sin_family = AF_INET;
        v4->sin_port = htons(address->port);
        v4->sin_addr.s_addr = htonl((uint32_t)address->low);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)storage;
    uint64_t high = htobe64(address->high), low = htobe64(address->low);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address->port);
    v6->sin6_scope_id = address->scope;
    memcpy(&v6->sin6_addr.s6_addr[0], &high, 8);
    memcpy(&v6->sin6_addr.s6_addr[8], &low, 8);
    return sizeof *v6;
}

void cposix_from_kernel(const struct sockaddr_storage *storage, struct cposix_address *address) {
    memset(address, 0, sizeof *address);
    if (storage->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)storage;
        address->family = 4;
        address->port = ntohs(v4->sin_port);
        address->low = ntohl(v4->sin_addr.s_addr);
    } else if (storage->ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)storage;
        uint64_t high, low;
        memcpy(&high, &v6->sin6_addr.s6_addr[0], 8);
        memcpy(&low, &v6->sin6_addr.s6_addr[8], 8);
        address->family = 6;
        address->port = ntohs(v6->sin6_port);
        address->scope = v6->sin6_scope_id;
        address->high = be64toh(high);
        address->low = be64toh(low);
    }
}

int cposix_socket(int family, int datagrams) {
    int type = (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
    return socket(family == 4 ? AF_INET : AF_INET6, type, 0);
}

int cposix_bind(int fd, const struct cposix_address *address) {
    struct sockaddr_storage storage;
    socklen_t length = cposix_to_kernel(address, &storage);
    return bind(fd, (struct sockaddr *)&storage, length);
}

int cposix_connect(int fd, const struct cposix_address *address) {
    struct sockaddr_storage storage;
    socklen_t length = cposix_to_kernel(address, &storage);
    return connect(fd, (struct sockaddr *)&storage, length);
}

int cposix_accept(int fd, struct cposix_address *from) {
    struct sockaddr_storage storage = {0};
    socklen_t length = sizeof storage;
    int accepted = accept4(fd, (struct sockaddr *)&storage, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) cposix_from_kernel(&storage, from);
    return accepted;
}

int cposix_local_address(int fd, struct cposix_address *address) {
    struct sockaddr_storage storage = {0};
    socklen_t length = sizeof storage;
    int result = getsockname(fd, (struct sockaddr *)&storage, &length);
    if (result == 0) cposix_from_kernel(&storage, address);
    return result;
}

int cposix_peer_address(int fd, struct cposix_address *address) {
    struct sockaddr_storage storage = {0};
    socklen_t length = sizeof storage;
    int result = getpeername(fd, (struct sockaddr *)&storage, &length);
    if (result == 0) cposix_from_kernel(&storage, address);
    return result;
}

int cposix_take_error(int fd, int *code) {
    socklen_t length = sizeof *code;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, code, &length);
}

static void option_place(enum cposix_option option, int *level, int *name) {
    *level = SOL_SOCKET;
    switch (option) {
    case cposix_no_delay: *level = IPPROTO_TCP; *name = TCP_NODELAY; break;
    case cposix_reuse_address: *name = SO_REUSEADDR; break;
    case cposix_receive_buffer: *name = SO_RCVBUF; break;
    case cposix_send_buffer: *name = SO_SNDBUF; break;
    case cposix_drop_counter: *name = SO_RXQ_OVFL; break;
    case cposix_segmentation_known: *level = SOL_UDP; *name = UDP_SEGMENT; break;
    case cposix_coalescing: *level = SOL_UDP; *name = UDP_GRO; break;
    case cposix_keep_alive: *name = SO_KEEPALIVE; break;
    case cposix_destination_v4: *level = IPPROTO_IP; *name = IP_PKTINFO; break;
    case cposix_path_mtu_v4: *level = IPPROTO_IP; *name = IP_MTU_DISCOVER; break;
    case cposix_path_mtu_v6: *level = IPPROTO_IPV6; *name = IPV6_MTU_DISCOVER; break;
    case cposix_destination_v6: *level = IPPROTO_IPV6; *name = IPV6_RECVPKTINFO; break;
    }
}

int cposix_set_option(int fd, enum cposix_option option, int value) {
    int level, name;
    option_place(option, &level, &name);
    return setsockopt(fd, level, name, &value, sizeof value);
}

int cposix_get_option(int fd, enum cposix_option option, int *value) {
    int level, name;
    socklen_t length = sizeof *value;
    option_place(option, &level, &name);
    return getsockopt(fd, level, name, value, &length);
}

int cposix_resolve(const char *host, int numeric_only, struct cposix_address *addresses, int capacity, int *count) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = numeric_only ? AI_NUMERICHOST : 0};
    struct addrinfo *list = NULL;
    int code = getaddrinfo(host, NULL, &hints, &list);
    *count = 0;
    if (code != 0) return code;
    for (struct addrinfo *item = list; item && *count < capacity; item = item->ai_next) {
        struct sockaddr_storage storage = {0};
        memcpy(&storage, item->ai_addr, item->ai_addrlen);
        cposix_from_kernel(&storage, &addresses[*count]);
        if (addresses[*count].family != 0) *count += 1;
    }
    freeaddrinfo(list);
    return 0;
}

const char *cposix_resolve_error(int code) { return code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code); }

int cposix_host_text(const struct cposix_address *address, char *text, size_t capacity) {
    struct sockaddr_storage storage;
    socklen_t length = cposix_to_kernel(address, &storage);
    return getnameinfo((struct sockaddr *)&storage, length, text, (socklen_t)capacity, NULL, 0, NI_NUMERICHOST);
}

ssize_t cposix_send_pieces(
    int fd, const void *first, size_t length, const void *buffer, const cposix_piece *pieces, int count) {
    struct iovec vectors[1024];
    int used = 0;
    if (length > 0) vectors[used++] = (struct iovec){.iov_base = (void *)first, .iov_len = length};
    for (int index = 0; index < count && used < 1024; index++) {
        vectors[used++] = (struct iovec){
            .iov_base = (char *)buffer + pieces[index].start, .iov_len = pieces[index].length};
    }
    // Most often there is one piece, and this call is the cheaper one.
    if (used == 1) return send(fd, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL);
    struct msghdr message = {.msg_iov = vectors, .msg_iovlen = (size_t)used};
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}
