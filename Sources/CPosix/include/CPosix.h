#ifndef CPOSIX_H
#define CPOSIX_H
// What Linux offers and Swift cannot import or would only reach through unsafe casts: socket addresses, control
// messages, openat2, signalfd. Every function is one system call (or one C library call), returns what that returned
// and leaves errno as it was left; retrying and naming errors is done once, in Swift.
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// An IPv4 or IPv6 address and port as numbers, which can be held, compared and hashed without looking at memory.
/// `family` is 4 or 6; `high` and `low` are the 128 bits in network order, of which IPv4 uses the last 32.
struct cposix_address {
    uint64_t high;
    uint64_t low;
    uint32_t scope;
    uint16_t port;
    uint8_t family;
};

// Sockets: always non-blocking and closed on exec.
int cposix_socket(int family, int datagrams);
int cposix_bind(int fd, const struct cposix_address *address);
int cposix_connect(int fd, const struct cposix_address *address);
int cposix_accept(int fd, struct cposix_address *from);
int cposix_local_address(int fd, struct cposix_address *address);
int cposix_peer_address(int fd, struct cposix_address *address);
int cposix_take_error(int fd, int *code);

// What TCP has measured of a connection's path: the least round trip, or the smoothed one, in microseconds, and the bytes of
// a segment without options; -1 when it does not tell.
int cposix_tcp_path(int fd, uint32_t *round_trip, uint32_t *segment);

// Socket options with an int for their value.
enum cposix_option {
    cposix_no_delay,
    cposix_reuse_address,
    cposix_receive_buffer,
    cposix_send_buffer,
    cposix_drop_counter,
    cposix_segmentation_known,
    cposix_coalescing,
    cposix_keep_alive,
    cposix_destination_v4,
    cposix_destination_v6,
    // Of path MTU discovery: 3 has nothing fragmented and asks nobody (IP_PMTUDISC_PROBE, RFC 8899).
    cposix_path_mtu_v4,
    cposix_path_mtu_v6,
};
int cposix_set_option(int fd, enum cposix_option option, int value);
int cposix_get_option(int fd, enum cposix_option option, int *value);

// An epoll descriptor that stands for many others in a poll set. `events` are poll()'s, which epoll shares; `_ready`
// does not wait and returns how many of at most `capacity` it wrote.
int cposix_crowd_open(void);
int cposix_crowd_add(int crowd, int fd, uint32_t events, uint32_t member);
int cposix_crowd_remove(int crowd, int fd);
int cposix_crowd_ready(int crowd, uint32_t *members, uint32_t *events, int capacity);

// Address texts. `cposix_resolve` returns getaddrinfo's code, 0 when `count` addresses were written.
int cposix_resolve(const char *host, int numeric_only, struct cposix_address *addresses, int capacity, int *count);
const char *cposix_resolve_error(int code);
// Has another thread do the same. Returns a descriptor that becomes readable when the answer is there.
int cposix_look_up(const char *host);
// The answer: 1 and what `cposix_resolve` would have returned in `code`, or 0 while it is not there.
int cposix_looked_up(int pipe, struct cposix_address *addresses, int capacity, int *count, int *code);
int cposix_host_text(const struct cposix_address *address, char *text, size_t capacity);

// Datagrams. `to` is NULL on a connected socket; `from` is an address of this machine, its port does not count, and
// NULL where the kernel shall choose. `segment` bytes a datagram, the last may be shorter.
ssize_t cposix_send_segments(
    int fd, const void *bytes, size_t length, size_t segment, const struct cposix_address *to,
    const struct cposix_address *from);
ssize_t cposix_send_batch(
    int fd, const void *bytes, size_t length, size_t segment, const struct cposix_address *to,
    const struct cposix_address *from);
ssize_t cposix_send_one(
    int fd, const void *bytes, size_t length, const struct cposix_address *to, const struct cposix_address *from);

/// One buffer's worth of what came: a datagram, or a list of datagrams of `segment` bytes that the kernel joined.
/// `to` is the address that it was sent to, of family 0 where the kernel was not asked or it is no address of one host.
struct cposix_received {
    struct cposix_address from;
    struct cposix_address to;
    uint32_t length;
    uint32_t segment;
    uint32_t drops;
    uint8_t truncated;
    uint8_t has_drops;
};
enum { cposix_batch_limit = 64 };
int cposix_receive_batch(int fd, void *buffer, size_t slot, int slots, struct cposix_received *received);
// The same with recvmsg(): one buffer's worth, and 1.
int cposix_receive_one(int fd, void *buffer, size_t slot, struct cposix_received *received);

// Files.
ssize_t cposix_read_cached(int fd, void *buffer, size_t length, uint64_t offset);
int cposix_open_beneath(int directory, const char *path, int flags, int follows_links);
// Reads `total` bytes from `offset` on as pieces of `payload` bytes with gaps of `header` bytes before them. With
// `cached_only` it reads what is in the page cache, and fails with EAGAIN when the first byte is not.
ssize_t cposix_read_strided(
    int fd, void *buffer, size_t header, size_t payload, size_t total, uint64_t offset, int cached_only);

// Has a thread of its own do `work`, which returns 0 or more. Returns a descriptor that becomes readable when that is done.
int cposix_begin_beside(int (*work)(void *), void *argument);
// What came of it: 1 and the outcome, or 0 while it is not done.
int cposix_outcome_beside(int event, int *outcome);
// Has another thread write a file's data out; the outcome is 0 or errno.
int cposix_write_out(int fd);

// A part of a buffer.
typedef struct { size_t start, length; } cposix_piece;
// Sends `first` and then the pieces of `buffer` through a stream socket as far as there is room, the pieces up to
// IOV_MAX (1,024 on Linux) at a time.
ssize_t cposix_send_pieces(
    int fd, const void *first, size_t length, const void *buffer, const cposix_piece *pieces, int count);
// Writes the pieces of `buffer` one after the other from `offset` on, at most IOV_MAX (1,024 on Linux) of them.
ssize_t cposix_write_pieces(int fd, const void *buffer, const cposix_piece *pieces, int count, uint64_t offset);
// The same where there is no place: into a pipe or a device.
ssize_t cposix_stream_pieces(int fd, const void *buffer, const cposix_piece *pieces, int count);
// The file of a descriptor opened once more, for writing; `is_direct` past the page cache (O_DIRECT).
int cposix_open_again(int fd, int is_direct);
// A queue of blocks on their way to the disk, `depth` at most (io_submit(2)); closing it waits for all of them.
int cposix_blocks_open(int depth, uint64_t *queue);
void cposix_blocks_close(uint64_t queue);
// Begins to write a block; `slot` names it when it is done. 1, or -1.
int cposix_blocks_write(uint64_t queue, int fd, const void *block, size_t length, uint64_t offset, int slot);
struct cposix_block_done {
    // The bytes that were written, or a negated errno.
    int64_t result;
    int slot;
};
// Waits until `least` are done, and says how many of at most `capacity` are.
int cposix_blocks_done(uint64_t queue, int least, struct cposix_block_done *done, int capacity);
int cposix_rename_new(int directory, const char *from, const char *to);
// An extended attribute tells a part that a download left behind from a file that happens to have its name. Where the
// file system has no such attributes every file counts as marked.
int cposix_has_part_mark(int fd);
// The other way round: only what certainly has one.
int cposix_is_marked_part(int fd);
void cposix_set_part_mark(int fd, int is_part);
int cposix_set_modified(int fd, int64_t seconds);

// Signals.
int cposix_signal_descriptor(const int *signals, int count);
int cposix_signal_mask(const int *signals, int count, int block);
int cposix_ignore_signal(int signal);
int cposix_is_ignored(int signal);
int cposix_next_signal(int fd);

// Time: the calendar date of seconds since 1970, in UTC or in local time.
struct cposix_date {
    int32_t year, month, day, hour, minute, second;
};
int cposix_date_of(int64_t seconds, int local, struct cposix_date *date);

#endif
