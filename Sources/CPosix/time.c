#define _GNU_SOURCE
#include "CPosix.h"
#include <time.h>

int cposix_date_of(int64_t seconds, int local, struct cposix_date *date) {
    time_t time = (time_t)seconds;
    struct tm parts;
    if (!(local ? localtime_r(&time, &parts) : gmtime_r(&time, &parts))) return -1;
    *date = (struct cposix_date){
        .year = parts.tm_year + 1900, .month = parts.tm_mon + 1, .day = parts.tm_mday,
        .hour = parts.tm_hour, .minute = parts.tm_min, .second = parts.tm_sec};
    return 0;
}
