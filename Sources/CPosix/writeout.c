#define _GNU_SOURCE
#include "CPosix.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

// What the thread needs, in descriptors of its own: the one who asked may lose interest and close his.
struct job {
    int file;
    int event;
};

static void *write_out(void *argument) {
    struct job job = *(struct job *)argument;
    free(argument);
    uint64_t outcome = fdatasync(job.file) == 0 ? 1 : 1 + (uint64_t)errno;
    (void)!write(job.event, &outcome, sizeof outcome);
    close(job.file);
    close(job.event);
    return NULL;
}

static int start(struct job *job) {
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t every, before;
    int code = pthread_attr_init(&attributes);
    if (code) return code;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // Signals are the loop's.
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    code = pthread_create(&thread, &attributes, write_out, job);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return code;
}

int cposix_write_out(int fd) {
    int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event < 0) return -1;
    struct job *job = malloc(sizeof *job);
    int code = ENOMEM;
    if (job) {
        *job = (struct job){.file = dup(fd), .event = dup(event)};
        code = job->file < 0 || job->event < 0 ? errno : start(job);
        if (code == 0) return event;
        if (job->file >= 0) close(job->file);
        if (job->event >= 0) close(job->event);
        free(job);
    }
    close(event);
    errno = code;
    return -1;
}

int cposix_written_out(int event, int *code) {
    uint64_t outcome;
    ssize_t count = read(event, &outcome, sizeof outcome);
    if (count != sizeof outcome) {
        if (count < 0 && errno == EAGAIN) return 0;
        return -1;
    }
    *code = (int)(outcome - 1);
    return 1;
}
