/* Stops the process at its nth write to a disk, before it, after half of it, or as a disk that is full does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int countdown = -1, how = 0;

void arm(int nth, int way) { countdown = nth; how = way; }
int left(void) { return countdown; }

/* A pipe between threads is no disk. */
static int file(int fd) { struct stat found; return fd > 2 && fstat(fd, &found) == 0 && S_ISREG(found.st_mode); }
static int due(void) { return countdown > 0 && --countdown == 0; }
static int struck(void) {
    if (how == 2) { countdown = 1; errno = ENOSPC; return 1; }
    kill(getpid(), SIGKILL);
    return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    if (file(fd) && due()) {
        if (how == 1) NEXT(pwrite64)(fd, data, size / 2, at);
        if (struck()) return -1;
    }
    return NEXT(pwrite64)(fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    if (file(fd) && due()) {
        if (how == 1) NEXT(pwrite)(fd, data, size / 2, at);
        if (struck()) return -1;
    }
    return NEXT(pwrite)(fd, data, size, at);
}

ssize_t write(int fd, const void *data, size_t size) {
    if (file(fd) && due()) {
        if (how == 1) NEXT(write)(fd, data, size / 2);
        if (struck()) return -1;
    }
    return NEXT(write)(fd, data, size);
}

#define STOPS(type, name, parameters, arguments) \
    type name parameters { if (how != 2 && due()) struck(); return NEXT(name) arguments; }

STOPS(int, fsync, (int fd), (fd))
STOPS(int, fdatasync, (int fd), (fd))
STOPS(int, ftruncate64, (int fd, off64_t size), (fd, size))
STOPS(int, unlink, (const char *path), (path))
STOPS(int, rename, (const char *from, const char *to), (from, to))
STOPS(int, link, (const char *from, const char *to), (from, to))
