#ifndef CTUN_H
#define CTUN_H
// A host at the end of an emulated path: a network namespace without a name, with a tun device in it. The namespace
// lives as long as its descriptor or a process in it, so that nothing is left behind however the emulator ends.

struct ctun_host {
    /// Packets that the host sends are read here, and what is written here arrives at the host.
    int device;
    /// The namespace, for setns(2) and nsenter(1).
    int space;
};

enum { ctun_mtu = 1500 };

/// Opens the namespace that this thread is in, so that it can come back.
int ctun_open_own_space(void);

/// Makes a host with an IPv4 address (of a /24 of its own) and a transmit queue of so many packets, and leaves this
/// thread in its namespace. On failure the name of the step that failed is in `step`.
int ctun_make_host(const char *address, int queue, struct ctun_host *host, const char **step);

int ctun_enter(int space);

/// Lets the process end when its parent does, and its timers fire when they are due, not 50 us later.
int ctun_serve_parent(void);
#endif
