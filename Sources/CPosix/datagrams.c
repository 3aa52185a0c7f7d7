#define _GNU_SOURCE
#include "addresses.h"
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/uio.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

ssize_t cposix_send_segments(int fd, const void *bytes, size_t length, size_t segment, const struct cposix_address *to) {
    struct sockaddr_storage storage;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(uint16_t))] = {0};
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    uint16_t size = (uint16_t)segment;
    if (to) {
        message.msg_namelen = cposix_to_kernel(to, &storage);
        message.msg_name = &storage;
    }
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof size);
    memcpy(CMSG_DATA(header), &size, sizeof size);
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

ssize_t cposix_send_batch(int fd, const void *bytes, size_t length, size_t segment, const struct cposix_address *to) {
    struct sockaddr_storage storage;
    struct iovec parts[cposix_batch_limit];
    struct mmsghdr messages[cposix_batch_limit] = {0};
    socklen_t address_length = to ? cposix_to_kernel(to, &storage) : 0;
    unsigned count = 0;
    for (size_t offset = 0; offset < length && count < cposix_batch_limit; offset += segment, count++) {
        size_t left = length - offset;
        parts[count].iov_base = (char *)bytes + offset;
        parts[count].iov_len = left < segment ? left : segment;
        messages[count].msg_hdr.msg_iov = &parts[count];
        messages[count].msg_hdr.msg_iovlen = 1;
        if (to) {
            messages[count].msg_hdr.msg_name = &storage;
            messages[count].msg_hdr.msg_namelen = address_length;
        }
    }
    return sendmmsg(fd, messages, count, MSG_NOSIGNAL);
}

ssize_t cposix_send_one(int fd, const void *bytes, size_t length, const struct cposix_address *to) {
    struct sockaddr_storage storage;
    if (!to) return send(fd, bytes, length, MSG_NOSIGNAL);
    socklen_t address_length = cposix_to_kernel(to, &storage);
    return sendto(fd, bytes, length, MSG_NOSIGNAL, (struct sockaddr *)&storage, address_length);
}

/// Room for what the kernel may attach: the size of the joined datagrams, and the count of dropped ones.
enum { control_space = CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(uint32_t)) };

static void read_control(struct msghdr *message, struct cposix_received *received) {
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level == SOL_UDP && header->cmsg_type == UDP_GRO) {
            int segment = 0;
            memcpy(&segment, CMSG_DATA(header), sizeof segment);
            if (segment > 0) received->segment = (uint32_t)segment;
        } else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&received->drops, CMSG_DATA(header), sizeof received->drops);
            received->has_drops = 1;
        }
    }
}

int cposix_receive_batch(int fd, void *buffer, size_t slot, int slots, struct cposix_received *received) {
    struct sockaddr_storage names[cposix_batch_limit];
    struct iovec parts[cposix_batch_limit];
    struct mmsghdr messages[cposix_batch_limit];
    _Alignas(struct cmsghdr) char control[cposix_batch_limit][control_space];
    if (slots > cposix_batch_limit) slots = cposix_batch_limit;
    for (int index = 0; index < slots; index++) {
        parts[index] = (struct iovec){.iov_base = (char *)buffer + (size_t)index * slot, .iov_len = slot};
        messages[index].msg_hdr = (struct msghdr){
            .msg_name = &names[index], .msg_namelen = sizeof names[index],
            .msg_iov = &parts[index], .msg_iovlen = 1,
            .msg_control = control[index], .msg_controllen = control_space};
    }
    int count = recvmmsg(fd, messages, (unsigned)slots, MSG_DONTWAIT, NULL);
    for (int index = 0; index < count; index++) {
        struct msghdr *message = &messages[index].msg_hdr;
        received[index] = (struct cposix_received){
            .length = messages[index].msg_len, .segment = messages[index].msg_len,
            .truncated = (message->msg_flags & MSG_TRUNC) != 0};
        if (message->msg_namelen > 0) cposix_from_kernel(&names[index], &received[index].from);
        read_control(message, &received[index]);
    }
    return count;
}
