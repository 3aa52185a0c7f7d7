#define _GNU_SOURCE
#include "addresses.h"
#include "offload.h"
#include <netinet/in.h>
#include <string.h>
#include <sys/uio.h>

/// Room for what a message asks of the kernel: the size of its segments, and the address that it leaves from.
enum { asked_space = CMSG_SPACE(sizeof(uint16_t)) + CMSG_SPACE(sizeof(struct in6_pktinfo)) };

/// What a message to `to` from `from` consists of beside its bytes. It is filled where it stays.
struct envelope {
    struct sockaddr_storage to;
    _Alignas(struct cmsghdr) char control[asked_space];
};

static void ask(struct msghdr *message, int level, int type, const void *value, size_t size) {
    struct cmsghdr *header = (struct cmsghdr *)((char *)message->msg_control + message->msg_controllen);
    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), value, size);
    message->msg_controllen += CMSG_SPACE(size);
}

static void ask_source(struct msghdr *message, const struct cposix_address *from) {
    struct sockaddr_storage storage;
    cposix_to_kernel(from, &storage);
    if (storage.ss_family == AF_INET) {
        struct in_pktinfo information = {.ipi_spec_dst = ((struct sockaddr_in *)&storage)->sin_addr};
        ask(message, IPPROTO_IP, IP_PKTINFO, &information, sizeof information);
    } else {
        const struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&storage;
        struct in6_pktinfo information = {.ipi6_addr = v6->sin6_addr, .ipi6_ifindex = v6->sin6_scope_id};
        ask(message, IPPROTO_IPV6, IPV6_PKTINFO, &information, sizeof information);
    }
}

static struct msghdr addressed(
    struct envelope *envelope, const struct cposix_address *to, const struct cposix_address *from) {
    struct msghdr message = {.msg_control = envelope->control};
    memset(envelope->control, 0, sizeof envelope->control);
    if (to) {
        message.msg_namelen = cposix_to_kernel(to, &envelope->to);
        message.msg_name = &envelope->to;
    }
    if (from) ask_source(&message, from);
    return message;
}

ssize_t cposix_send_segments(
    int fd, const void *bytes, size_t length, size_t segment, const struct cposix_address *to,
    const struct cposix_address *from) {
    struct envelope envelope;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = addressed(&envelope, to, from);
    uint16_t size = (uint16_t)segment;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    ask(&message, SOL_UDP, UDP_SEGMENT, &size, sizeof size);
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

ssize_t cposix_send_batch(
    int fd, const void *bytes, size_t length, size_t segment, const struct cposix_address *to,
    const struct cposix_address *from) {
    struct envelope envelope;
    struct iovec parts[cposix_batch_limit];
    struct mmsghdr messages[cposix_batch_limit] = {0};
    struct msghdr message = addressed(&envelope, to, from);
    unsigned count = 0;
    for (size_t offset = 0; offset < length && count < cposix_batch_limit; offset += segment, count++) {
        size_t left = length - offset;
        parts[count].iov_base = (char *)bytes + offset;
        parts[count].iov_len = left < segment ? left : segment;
        messages[count].msg_hdr = message;
        messages[count].msg_hdr.msg_iov = &parts[count];
        messages[count].msg_hdr.msg_iovlen = 1;
    }
    return sendmmsg(fd, messages, count, MSG_NOSIGNAL);
}

ssize_t cposix_send_one(
    int fd, const void *bytes, size_t length, const struct cposix_address *to, const struct cposix_address *from) {
    struct envelope envelope;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = addressed(&envelope, to, from);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

/// Room for what the kernel may attach: the size of the joined datagrams, the count of dropped ones, and the address
/// that they were sent to.
enum { told_space = CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(uint32_t)) + CMSG_SPACE(sizeof(struct in6_pktinfo)) };

static void read_destination_v4(const struct cmsghdr *header, struct cposix_address *to) {
    struct in_pktinfo information;
    memcpy(&information, CMSG_DATA(header), sizeof information);
    // Not ipi_addr, which a broadcast has as well: this one is always the machine's own.
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr = information.ipi_spec_dst};
    struct sockaddr_storage storage = {0};
    memcpy(&storage, &v4, sizeof v4);
    cposix_from_kernel(&storage, to);
}

static void read_destination_v6(const struct cmsghdr *header, struct cposix_address *to) {
    struct in6_pktinfo information;
    memcpy(&information, CMSG_DATA(header), sizeof information);
    if (IN6_IS_ADDR_MULTICAST(&information.ipi6_addr)) return;
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = information.ipi6_addr};
    if (IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr)) v6.sin6_scope_id = information.ipi6_ifindex;
    struct sockaddr_storage storage = {0};
    memcpy(&storage, &v6, sizeof v6);
    cposix_from_kernel(&storage, to);
}

static void read_control(struct msghdr *message, struct cposix_received *received) {
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level == SOL_UDP && header->cmsg_type == UDP_GRO) {
            int segment = 0;
            memcpy(&segment, CMSG_DATA(header), sizeof segment);
            if (segment > 0) received->segment = (uint32_t)segment;
        } else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&received->drops, CMSG_DATA(header), sizeof received->drops);
            received->has_drops = 1;
        } else if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
            read_destination_v4(header, &received->to);
        } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
            read_destination_v6(header, &received->to);
        }
    }
}

static void describe(
    struct msghdr *message, const struct sockaddr_storage *name, size_t length, struct cposix_received *received) {
    *received = (struct cposix_received){
        .length = (uint32_t)length, .segment = (uint32_t)length, .truncated = (message->msg_flags & MSG_TRUNC) != 0};
    if (message->msg_namelen > 0) cposix_from_kernel(name, &received->from);
    read_control(message, received);
}

int cposix_receive_one(int fd, void *buffer, size_t slot, struct cposix_received *received) {
    struct sockaddr_storage name;
    _Alignas(struct cmsghdr) char control[told_space];
    struct iovec part = {.iov_base = buffer, .iov_len = slot};
    struct msghdr message = {
        .msg_name = &name, .msg_namelen = sizeof name, .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = control, .msg_controllen = told_space};
    ssize_t length = recvmsg(fd, &message, MSG_DONTWAIT);
    if (length < 0) return -1;
    describe(&message, &name, (size_t)length, received);
    return 1;
}

int cposix_receive_batch(int fd, void *buffer, size_t slot, int slots, struct cposix_received *received) {
    struct sockaddr_storage names[cposix_batch_limit];
    struct iovec parts[cposix_batch_limit];
    struct mmsghdr messages[cposix_batch_limit];
    _Alignas(struct cmsghdr) char control[cposix_batch_limit][told_space];
    if (slots > cposix_batch_limit) slots = cposix_batch_limit;
    for (int index = 0; index < slots; index++) {
        parts[index] = (struct iovec){.iov_base = (char *)buffer + (size_t)index * slot, .iov_len = slot};
        messages[index].msg_hdr = (struct msghdr){
            .msg_name = &names[index], .msg_namelen = sizeof names[index],
            .msg_iov = &parts[index], .msg_iovlen = 1,
            .msg_control = control[index], .msg_controllen = told_space};
    }
    int count = recvmmsg(fd, messages, (unsigned)slots, MSG_DONTWAIT, NULL);
    for (int index = 0; index < count; index++) {
        describe(&messages[index].msg_hdr, &names[index], messages[index].msg_len, &received[index]);
    }
    return count;
}
