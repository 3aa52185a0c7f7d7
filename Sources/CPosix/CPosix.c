#define _GNU_SOURCE
#include "CPosix.h"
