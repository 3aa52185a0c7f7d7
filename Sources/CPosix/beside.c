#define _GNU_SOURCE
#include "CPosix.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

// What the thread needs; its end of the event is a descriptor of its own, since the one who asked may close his.
struct job {
    int (*work)(void *);
    void *argument;
    int event;
};

static void *run(void *argument) {
    struct job job = *(struct job *)argument;
    free(argument);
    // Above 0, because an eventfd of 0 is not readable.
    uint64_t outcome = 1 + (uint64_t)(unsigned)job.work(job.argument);
    (void)!write(job.event, &outcome, sizeof outcome);
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
    code = pthread_create(&thread, &attributes, run, job);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return code;
}

int cposix_begin_beside(int (*work)(void *), void *argument) {
    int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event < 0) return -1;
    struct job *job = malloc(sizeof *job);
    int code = ENOMEM;
    if (job) {
        *job = (struct job){.work = work, .argument = argument, .event = fcntl(event, F_DUPFD_CLOEXEC, 0)};
        code = job->event < 0 ? errno : start(job);
        if (code == 0) return event;
        if (job->event >= 0) close(job->event);
        free(job);
    }
    close(event);
    errno = code;
    return -1;
}

int cposix_outcome_beside(int event, int *outcome) {
    uint64_t word;
    ssize_t count = read(event, &word, sizeof word);
    if (count != sizeof word) {
        if (count < 0 && errno == EAGAIN) return 0;
        return -1;
    }
    *outcome = (int)(word - 1);
    return 1;
}
