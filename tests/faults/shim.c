/* Stands between a process and its disk, clock and network, as told by a plan that all processes of a trial share.
 *
 * LD_PRELOADed by tests/faults/machine.py. Counts what is done to files under one folder, and at the nth such operation kills
 * the process group or fails; keeps the folder within so many bytes; writes down every change, for the model of a power
 * loss; moves the clock; writes down who is called. Without a plan it only passes on.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, RENAME = 4, UNLINK = 8, MAKE = 16, TRUNCATE = 32, OPEN = 64 };
enum { KILL_BEFORE = 1, KILL_AFTER = 2, FAIL = 3, FAIL_ON = 4 };

struct plan {           /* the same fields in machine.py */
    int64_t count;      /* operations of `mask` so far */
    int64_t mask;       /* which operations count */
    int64_t at;         /* the one at which `action` is done; 0: none */
    int64_t action;
    int64_t error;      /* errno of a failure */
    int64_t bounded;    /* whether `room` holds */
    int64_t room;       /* bytes the folder may still grow */
    int64_t clock;      /* seconds added to the clock */
    int64_t tracing;    /* write changes into `log` */
    int64_t listening;  /* write addresses called into `log` */
    char root[1024];
    char log[1024];
};

static struct plan *plan;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
#define REAL(name) ({ static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name); real; })

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("GIVETAKE_FAULTS_PLAN");
    int fd = path ? REAL(open)(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *at = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (at != MAP_FAILED) plan = at;
}

static int watched(void) { return plan && plan->root[0]; }

static int under(const char *path) { size_t n = strlen(plan->root); return !strncmp(path, plan->root, n) && (path[n] == '/' || !path[n]); }

/* The whole path of what a call names, where it lies in the folder; else "". */
static const char *whole(int dir, const char *path, char out[PATH_MAX]) {
    out[0] = 0;
    if (!watched() || !path) return out;
    if (path[0] == '/') { snprintf(out, PATH_MAX, "%s", path); }
    else {
        char base[PATH_MAX] = "", link[64];
        if (dir == AT_FDCWD) { if (!getcwd(base, sizeof base)) base[0] = 0; }
        else {
            snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
            ssize_t n = readlink(link, base, sizeof base - 1);
            base[n > 0 ? n : 0] = 0;
        }
        if (strlen(base) + strlen(path) + 2 > PATH_MAX) return out;
        strcat(strcat(strcpy(out, base), "/"), path);
    }
    if (!under(out)) out[0] = 0;
    return out;
}

static const char *open_file(int fd, char out[PATH_MAX]) {
    char link[64];
    out[0] = 0;
    if (!watched()) return out;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, out, PATH_MAX - 1);
    out[n > 0 ? n : 0] = 0;
    if (!under(out)) out[0] = 0;
    return out;
}

/* One record for each operation counted: "op inode offset length path other\n" and the bytes. */
static void note(const char *op, uint64_t inode, int64_t offset, const char *path, const char *other, const void *data, size_t length) {
    char head[3 * PATH_MAX];
    int keep = errno, fd = REAL(open)(plan->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    int n = snprintf(head, sizeof head, "%s\t%llu\t%lld\t%zu\t%s\t%s\n", op, (unsigned long long)inode, (long long)offset, length, path, other);
    struct iovec parts[2] = {{head, (size_t)n}, {(void *)data, length}};
    if (fd >= 0) { if (REAL(writev)(fd, parts, length ? 2 : 1) < 0) abort(); close(fd); }
    errno = keep;
}

static uint64_t inode(const char *path) { struct stat s; return lstat(path, &s) ? 0 : s.st_ino; }
static int64_t size_of(const char *path) { struct stat s; return lstat(path, &s) || !S_ISREG(s.st_mode) || s.st_nlink > 1 ? 0 : s.st_size; }

/* Whether this operation is the one. Returns 0 to go on, else -1 with errno set. */
static int before(int op) {
    if (!(plan->mask & op)) return 0;
    int64_t n = __atomic_add_fetch(&plan->count, 1, __ATOMIC_SEQ_CST);
    if (!plan->at) return 0;
    if (n == plan->at && plan->action == KILL_BEFORE) kill(0, SIGKILL);
    if ((n == plan->at && plan->action == FAIL) || (n >= plan->at && plan->action == FAIL_ON)) { errno = (int)plan->error; return -1; }
    return n == plan->at && plan->action == KILL_AFTER;
}
static void after(int due) { if (due > 0) kill(0, SIGKILL); }

/* Take so many bytes of the room; what is had, at least 0. */
static int64_t take(int64_t want) {
    if (!plan->bounded || want <= 0) return want;
    int64_t left = __atomic_sub_fetch(&plan->room, want, __ATOMIC_SEQ_CST);
    if (left >= 0) return want;
    __atomic_add_fetch(&plan->room, want, __ATOMIC_SEQ_CST);
    int64_t had = left + want;
    if (had < 0) had = 0;
    __atomic_sub_fetch(&plan->room, had, __ATOMIC_SEQ_CST);
    return had;
}
static void give(int64_t bytes) { if (plan->bounded) __atomic_add_fetch(&plan->room, bytes, __ATOMIC_SEQ_CST); }

static ssize_t put(int fd, const void *data, size_t length, int64_t offset, int placed, const char *path) {
    struct stat s;
    int due = before(WRITE);
    if (due < 0) return -1;
    pthread_mutex_lock(&one);
    fstat(fd, &s);
    if (!placed) offset = (REAL(fcntl)(fd, F_GETFL) & O_APPEND) ? s.st_size : lseek(fd, 0, SEEK_CUR);
    int64_t grows = offset + (int64_t)length - s.st_size, had = take(grows > 0 ? grows : 0);
    size_t fits = grows > had && grows > 0 ? length - (size_t)(grows - had) : length;
    if ((int64_t)length < grows - had) fits = 0;
    ssize_t done = -1;
    if (!fits && length) { give(had); errno = ENOSPC; }
    else done = placed ? REAL(pwrite64)(fd, data, fits, offset) : REAL(write)(fd, data, fits);
    if (plan->tracing) note("write", s.st_ino, offset, path, "", data, done > 0 ? (size_t)done : 0);
    pthread_mutex_unlock(&one);
    after(due);
    return done;
}

ssize_t write(int fd, const void *data, size_t n) {
    char path[PATH_MAX];
    return *open_file(fd, path) ? put(fd, data, n, 0, 0, path) : REAL(write)(fd, data, n);
}
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) {
    char path[PATH_MAX];
    return *open_file(fd, path) ? put(fd, data, n, at, 1, path) : REAL(pwrite64)(fd, data, n, at);
}
ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { return pwrite64(fd, data, n, at); }
ssize_t writev(int fd, const struct iovec *parts, int n) {
    char path[PATH_MAX];
    if (!*open_file(fd, path)) return REAL(writev)(fd, parts, n);
    ssize_t total = 0;
    for (int i = 0; i < n; i++) {
        ssize_t done = parts[i].iov_len ? put(fd, parts[i].iov_base, parts[i].iov_len, 0, 0, path) : 0;
        if (done < 0) return total ? total : -1;
        total += done;
        if ((size_t)done < parts[i].iov_len) break;
    }
    return total;
}
/* Python and Rust fall back to plain writes where these are not there. */
ssize_t copy_file_range(int a, off64_t *b, int c, off64_t *d, size_t e, unsigned f) {
    char path[PATH_MAX];
    if (!*open_file(c, path)) return REAL(copy_file_range)(a, b, c, d, e, f);
    errno = ENOSYS;
    return -1;
}

static int flush(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    struct stat s;
    if (!*open_file(fd, path)) return real(fd);
    int due = before(SYNC);
    if (due < 0) return -1;
    int done = real(fd);
    if (plan->tracing && !fstat(fd, &s)) note(done ? "failed" : "sync", s.st_ino, S_ISDIR(s.st_mode), path, "", "", 0);
    after(due);
    return done;
}
int fsync(int fd) { return flush(fd, REAL(fsync)); }
int fdatasync(int fd) { return flush(fd, REAL(fdatasync)); }

int ftruncate64(int fd, off64_t size) {
    char path[PATH_MAX];
    struct stat s;
    if (!*open_file(fd, path)) return REAL(ftruncate64)(fd, size);
    int due = before(TRUNCATE);
    if (due < 0) return -1;
    fstat(fd, &s);
    if (size > s.st_size && take(size - s.st_size) < size - s.st_size) { errno = ENOSPC; return -1; }
    int done = REAL(ftruncate64)(fd, size);
    if (!done && size < s.st_size) give(s.st_size - size);
    if (plan->tracing) note(done ? "failed" : "truncate", s.st_ino, size, path, "", "", 0);
    after(due);
    return done;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    char one_[PATH_MAX], two[PATH_MAX];
    whole(a, from, one_);
    if (!*whole(b, to, two)) return REAL(renameat2)(a, from, b, to, flags);
    int due = before(RENAME);
    if (due < 0) return -1;
    int64_t old = size_of(two);
    int done = REAL(renameat2)(a, from, b, to, flags);
    if (!done) give(old);
    if (plan->tracing) note(done ? "failed" : "rename", inode(two), 0, one_, two, "", 0);
    after(due);
    return done;
}
int renameat(int a, const char *from, int b, const char *to) { return renameat2(a, from, b, to, 0); }
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

int unlinkat(int dir, const char *name, int flags) {
    char path[PATH_MAX];
    if (!*whole(dir, name, path) || !inode(path)) return REAL(unlinkat)(dir, name, flags);
    int due = before(UNLINK);
    if (due < 0) return -1;
    int64_t old = size_of(path);
    int done = REAL(unlinkat)(dir, name, flags);
    if (!done) give(old);
    if (plan->tracing) note(done ? "failed" : "unlink", 0, 0, path, "", "", 0);
    after(due);
    return done;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int remove(const char *path) { /* the C library's own does not come by the above */
    struct stat s;
    return unlinkat(AT_FDCWD, path, !lstat(path, &s) && S_ISDIR(s.st_mode) ? AT_REMOVEDIR : 0);
}

int mkdirat(int dir, const char *name, mode_t mode) {
    char path[PATH_MAX];
    if (!*whole(dir, name, path) || inode(path)) return REAL(mkdirat)(dir, name, mode);
    int due = before(MAKE);
    if (due < 0) return -1;
    int done = REAL(mkdirat)(dir, name, mode);
    if (plan->tracing) note(done ? "failed" : "mkdir", inode(path), 0, path, "", "", 0);
    after(due);
    return done;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int symlinkat(const char *target, int dir, const char *name) {
    char path[PATH_MAX];
    if (!*whole(dir, name, path)) return REAL(symlinkat)(target, dir, name);
    int due = before(MAKE);
    if (due < 0) return -1;
    int done = REAL(symlinkat)(target, dir, name);
    if (plan->tracing) note(done ? "failed" : "symlink", inode(path), 0, path, target, "", 0);
    after(due);
    return done;
}
int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }

static int opened(int dir, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    if (!(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE || !*whole(dir, name, path)) return REAL(openat)(dir, name, flags, mode);
    struct stat s;
    int there = !stat(path, &s);
    if (there && !(flags & O_TRUNC)) return REAL(openat)(dir, name, flags, mode);
    int due = before(OPEN);
    if (due < 0) return -1;
    int fd = REAL(openat)(dir, name, flags, mode);
    if (fd >= 0 && there && (flags & O_TRUNC)) give(s.st_size);
    const char *did = fd < 0 ? "failed" : there ? "truncate" : "create";
    if (plan->tracing) note(did, inode(path), 0, path, "", "", 0);
    after(due);
    return fd;
}
#define MODE(last) mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, last); mode = va_arg(more, mode_t); va_end(more); }
int open(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int openat(int dir, const char *path, int flags, ...) { MODE(flags) return opened(dir, path, flags, mode); }
int openat64(int dir, const char *path, int flags, ...) { MODE(flags) return opened(dir, path, flags, mode); }

int clock_gettime(clockid_t which, struct timespec *now) {
    int done = REAL(clock_gettime)(which, now);
    if (plan && !done && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += plan->clock;
    return done;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int done = REAL(gettimeofday)(now, zone);
    if (plan && !done) now->tv_sec += plan->clock;
    return done;
}
time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

static void call(const char *how, const struct sockaddr *to) {
    char host[INET6_ADDRSTRLEN] = "";
    if (!plan || !plan->listening || !to) return;
    if (to->sa_family == AF_INET) inet_ntop(AF_INET, &((const struct sockaddr_in *)to)->sin_addr, host, sizeof host);
    if (to->sa_family == AF_INET6) inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)to)->sin6_addr, host, sizeof host);
    if (*host) note(how, 0, 0, host, "", "", 0);
}
int connect(int fd, const struct sockaddr *to, socklen_t n) { call("connect", to); return REAL(connect)(fd, to, n); }
ssize_t sendto(int fd, const void *data, size_t n, int flags, const struct sockaddr *to, socklen_t m) {
    call("sendto", to);
    return REAL(sendto)(fd, data, n, flags, to, m);
}
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out) {
    if (plan && plan->listening && name) note("look up", 0, 0, name, "", "", 0);
    return REAL(getaddrinfo)(name, service, hints, out);
}
