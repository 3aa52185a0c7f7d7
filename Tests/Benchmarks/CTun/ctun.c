#define _GNU_SOURCE
#include "CTun.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

int ctun_open_own_space(void) { return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC); }

int ctun_enter(int space) { return setns(space, CLONE_NEWNET); }

int ctun_serve_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGTERM) || prctl(PR_SET_TIMERSLACK, 1) ? -1 : 0; }

static void set_address(struct ifreq *request, const char *text) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    inet_pton(AF_INET, text, &address.sin_addr);
    memcpy(&request->ifr_addr, &address, sizeof address);
}

// `name` up, through the control socket of its namespace.
static int raise_device(int control, const char *name) {
    struct ifreq request = {0};
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(control, SIOCGIFFLAGS, &request)) return -1;
    request.ifr_flags |= IFF_UP;
    return ioctl(control, SIOCSIFFLAGS, &request);
}

static int configure(int control, const char *name, const char *address, int queue, const char **step) {
    struct ifreq request = {0};
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    *step = "address";
    set_address(&request, address);
    if (ioctl(control, SIOCSIFADDR, &request)) return -1;
    set_address(&request, "255.255.255.0");
    if (ioctl(control, SIOCSIFNETMASK, &request)) return -1;
    *step = "MTU";
    request.ifr_mtu = ctun_mtu;
    if (ioctl(control, SIOCSIFMTU, &request)) return -1;
    *step = "transmit queue";
    request.ifr_qlen = queue;
    if (ioctl(control, SIOCSIFTXQLEN, &request)) return -1;
    *step = "bring up";
    return raise_device(control, name) || raise_device(control, "lo") ? -1 : 0;
}

// IPv6 would send packets of its own, and so draw from the path's chance. Where the kernel has none, all is well.
static void silence_ipv6(void) {
    int setting = open("/proc/sys/net/ipv6/conf/all/disable_ipv6", O_WRONLY | O_CLOEXEC);
    if (setting < 0) return;
    (void)!write(setting, "1", 1);
    close(setting);
}

int ctun_make_host(const char *address, int queue, struct ctun_host *host, const char **step) {
    *step = "unshare the network namespace";
    if (unshare(CLONE_NEWNET)) return -1;
    *step = "open the network namespace";
    host->space = ctun_open_own_space();
    if (host->space < 0) return -1;
    *step = "open /dev/net/tun";
    host->device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (host->device < 0) return -1;
    *step = "make a tun device";
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    if (ioctl(host->device, TUNSETIFF, &request)) return -1;
    silence_ipv6();
    *step = "open a control socket";
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0) return -1;
    int result = configure(control, request.ifr_name, address, queue, step);
    close(control);
    return result;
}
