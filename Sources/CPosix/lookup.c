#define _GNU_SOURCE
#include "CPosix.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// More addresses than anybody would wait for. The whole answer is less than PIPE_BUF, and so is written at once.
enum { most_addresses = 16 };

struct answer {
    int code, error, count;
    struct cposix_address addresses[most_addresses];
};

struct question {
    char *host;
    int pipe;
};

static int look_up(void *argument) {
    struct question *question = argument;
    struct answer answer = {0};
    answer.code = cposix_resolve(question->host, 0, answer.addresses, most_addresses, &answer.count);
    answer.error = errno;
    (void)!write(question->pipe, &answer, sizeof answer);
    close(question->pipe);
    free(question->host);
    free(question);
    return 0;
}

int cposix_look_up(const char *host) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) return -1;
    struct question *question = malloc(sizeof *question);
    char *copy = strdup(host);
    int code = ENOMEM;
    if (question && copy) {
        *question = (struct question){.host = copy, .pipe = ends[1]};
        // The answer is longer than an event can tell.
        int event = cposix_begin_beside(look_up, question);
        if (event >= 0) {
            close(event);
            return ends[0];
        }
        code = errno;
    }
    free(question);
    free(copy);
    close(ends[0]);
    close(ends[1]);
    errno = code;
    return -1;
}

int cposix_looked_up(int pipe, struct cposix_address *addresses, int capacity, int *count, int *code) {
    struct answer answer;
    ssize_t length = read(pipe, &answer, sizeof answer);
    if (length < 0 && errno == EAGAIN) return 0;
    if (length != sizeof answer) return -1;
    *code = answer.code;
    for (*count = 0; *count < answer.count && *count < capacity; *count += 1) {
        addresses[*count] = answer.addresses[*count];
    }
    errno = answer.error;
    return 1;
}
