#ifndef CPOSIX_ADDRESSES_H
#define CPOSIX_ADDRESSES_H
#include "CPosix.h"
#include <sys/socket.h>

/// Writes the kernel's form of `address` and returns its length.
socklen_t cposix_to_kernel(const struct cposix_address *address, struct sockaddr_storage *storage);
/// Reads the kernel's form; a family other than IPv4 and IPv6 becomes an address of family 0.
void cposix_from_kernel(const struct sockaddr_storage *storage, struct cposix_address *address);
#endif
