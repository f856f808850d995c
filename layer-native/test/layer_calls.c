/*
 * Calls the functions that the library hooks, each on a path of the target, and says what came of it. Made with every C
 * library that is there; what it prints is the same with all of them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#define SAY(format, ...) (printf(format "\n", __VA_ARGS__), fflush(stdout))
#define CHECK(condition) check(condition, #condition)

static void check(int condition, const char *what) {
    if (!condition) {
        printf("not so: %s (errno %d)\n", what, errno);
    }
}

static const char *text_of(int fd) {
    static char text[64];
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    text[length < 0 ? 0 : length] = '\0';
    if (fd >= 0) {
        close(fd);
    }
    return length < 0 ? "nothing" : strtok(text, "\n");
}

static const char *line_of(FILE *stream) {
    static char text[64];
    const char *got = stream == NULL ? NULL : fgets(text, sizeof text, stream);
    if (stream != NULL) {
        fclose(stream);
    }
    return got == NULL ? "nothing" : strtok(text, "\n");
}

static int hidden(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static void reading(void) {
    struct stat one;
    struct stat two;
#ifdef STATX_BASIC_STATS
    struct statx three;
#endif
    struct statfs system;
    struct statvfs volume;
    char text[PATH_MAX];
    SAY("open %s", text_of(open("/srv/secret", O_RDONLY)));
    SAY("openat %s", text_of(openat(AT_FDCWD, "/srv/secret", O_RDONLY)));
    int directory = open("/srv", O_RDONLY | O_DIRECTORY);
    SAY("below a directory %s", text_of(openat(directory, "sub/deep", O_RDONLY)));
    SAY("fopen %s", line_of(fopen("/srv/secret", "re")));
    SAY("freopen %s", line_of(freopen("/srv/secret", "r", fopen("/dev/null", "r"))));
    CHECK(fopen("/srv/missing", "r") == NULL && errno == ENOENT);
    CHECK(fopen("/srv/secret", "z") == NULL && errno == EINVAL);
    CHECK(freopen("/srv/missing", "r", fopen("/dev/null", "r")) == NULL && errno == ENOENT);
    CHECK(stat("/srv/secret", &one) == 0 && lstat("/srv/relative", &two) == 0 && S_ISLNK(two.st_mode));
    CHECK(fstatat(directory, "relative", &two, 0) == 0 && two.st_ino == one.st_ino);
#ifdef STATX_BASIC_STATS
    CHECK(statx(AT_FDCWD, "/srv/secret", 0, STATX_BASIC_STATS, &three) == 0 && three.stx_ino == one.st_ino);
#endif
#ifndef IN_PROGRAM
    CHECK(syscall(SYS_newfstatat, AT_FDCWD, "/srv/secret", &two, 0) == 0 && two.st_ino == one.st_ino);
#endif
    CHECK(syscall(SYS_getpid) == getpid() && syscall(SYS_close, -1) == -1 && errno == EBADF);
    CHECK(access("/srv/secret", R_OK) == 0 && access("/srv/missing", F_OK) == -1 && errno == ENOENT);
    CHECK(faccessat(AT_FDCWD, "/srv/secret", R_OK, AT_EACCESS) == 0 && eaccess("/srv/secret", R_OK) == 0);
    CHECK(readlink("/srv/relative", text, sizeof text) == 6 && memcmp(text, "secret", 6) == 0);
    CHECK(readlinkat(directory, "relative", text, 3) == 3);
    CHECK(readlink("/srv/secret", text, sizeof text) == -1 && errno == EINVAL);
    CHECK(statfs("/srv", &system) == 0 && statvfs("/srv", &volume) == 0 && volume.f_bsize == (unsigned long)system.f_bsize);
    CHECK(volume.f_blocks == system.f_blocks && volume.f_namemax == (unsigned long)system.f_namelen);
    SAY("realpath %s", realpath("/srv/absolute", text));
    char *allocated = realpath("/srv/./sub/../relative", NULL);
    SAY("realpath %s", allocated);
    free(allocated);
    CHECK(realpath("/srv/missing", NULL) == NULL && errno == ENOENT);
    CHECK(realpath("", NULL) == NULL && errno == ENOENT);
    CHECK(realpath("/proc/self/cwd", text) != NULL && strcmp(text, getcwd(NULL, 0)) == 0);
    struct dirent **entries = NULL;
    int count = scandir("/srv", &entries, hidden, alphasort);
    printf("scandir");
    for (int i = 0; i < count; i++) {
        printf(" %s", entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    DIR *stream = opendir("/srv/sub");
    int names = 0;
    while (stream != NULL && readdir(stream) != NULL) {
        names++;
    }
    closedir(stream);
    SAY("\nopendir %d", names);
    CHECK(opendir("/srv/secret") == NULL && errno == ENOTDIR);
    CHECK(open(NULL, O_RDONLY) == -1 && errno == EFAULT);
    CHECK(open("", O_RDONLY) == -1 && errno == ENOENT);
    char before[PATH_MAX];
    char small[2];
    CHECK(getcwd(before, sizeof before) == before && getcwd(small, 2) == NULL && errno == ERANGE);
    CHECK(getcwd(before, 0) == NULL && errno == EINVAL);
    CHECK(chdir("/nowhere") == -1 && errno == ENOENT);
    if (chdir("/srv/sub") == 0) {
        allocated = getcwd(NULL, 0);
        SAY("in %s: %s", allocated, text_of(open("deep", O_RDONLY)));
        free(allocated);
        CHECK(strcmp(realpath(".", text), "/srv/sub") == 0);
        CHECK(chdir("/srv/secret") == -1 && errno == ENOTDIR);
        CHECK(chdir("..") == 0 && strcmp(getcwd(text, sizeof text), "/srv") == 0 && access("secret", R_OK) == 0);
        CHECK(chdir(before) == 0 && strcmp(getcwd(text, sizeof text), before) == 0);
    }
    CHECK((fcntl(open("/srv/secret", O_RDONLY | O_CLOEXEC), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((fcntl(open("/srv/secret", O_RDONLY), F_GETFD) & FD_CLOEXEC) == 0);
}

static void changing(void) {
    struct stat now;
    struct timespec times[2] = {{1, 0}, {2, 500}};
    struct timeval coarse[2] = {{3, 0}, {4, 5}};
    struct utimbuf coarsest = {5, 6};
    umask(027);
    CHECK(mkdir("/data/d", 0777) == 0 && stat("/data/d", &now) == 0 && (now.st_mode & 07777) == 0750);
    CHECK(mkdirat(AT_FDCWD, "/data/e", 0777) == 0 && rmdir("/data/e") == 0);
    FILE *stream = fopen("/data/d/f", "w");
    CHECK(stream != NULL && fputs("0123456789", stream) >= 0 && fclose(stream) == 0);
    CHECK(fopen("/data/d/f", "wx") == NULL && errno == EEXIST);
    stream = fopen("/data/d/f", "a+");
    CHECK(stream != NULL && fputs("x", stream) >= 0 && fclose(stream) == 0 && stat("/data/d/f", &now) == 0 && now.st_size == 11);
    close(creat("/data/d/c", 0666));
    CHECK(stat("/data/d/c", &now) == 0 && (now.st_mode & 07777) == 0640);
    CHECK(rename("/data/d/f", "/data/d/g") == 0 && link("/data/d/g", "/data/d/h") == 0 && symlink("g", "/data/d/s") == 0);
    CHECK(renameat(AT_FDCWD, "/data/d/c", AT_FDCWD, "/data/d/k") == 0 && unlink("/data/d/k") == 0);
    CHECK(truncate("/data/d/h", 4) == 0 && stat("/data/d/g", &now) == 0 && now.st_size == 4 && now.st_nlink == 2);
    CHECK(chmod("/data/d/h", 0604) == 0 && fchmodat(AT_FDCWD, "/data/d/g", 0600, 0) == 0);
    CHECK(chown("/data/d/g", getuid(), getgid()) == 0 && lchown("/data/d/s", getuid(), getgid()) == 0);
    CHECK(utimensat(AT_FDCWD, "/data/d/g", times, 0) == 0 && stat("/data/d/g", &now) == 0 && now.st_mtim.tv_nsec == 500);
    CHECK(utimes("/data/d/g", coarse) == 0 && stat("/data/d/g", &now) == 0 && now.st_mtim.tv_nsec == 5000);
    CHECK(utime("/data/d/g", &coarsest) == 0 && stat("/data/d/g", &now) == 0 && now.st_mtime == 6);
    coarse[0].tv_usec = 1000000;
    CHECK(utimes("/data/d/g", coarse) == -1 && errno == EINVAL);
    CHECK(mkfifo("/data/d/p", 0600) == 0 && stat("/data/d/p", &now) == 0 && S_ISFIFO(now.st_mode) && remove("/data/d/p") == 0);
    CHECK(rename("/data/d/g", "local") == -1 && errno == EXDEV);
    CHECK(remove("/data/d") == -1 && errno == ENOTEMPTY);
    CHECK(unlink("/data/d/g") == 0 && unlink("/data/d/h") == 0 && unlink("/data/d/s") == 0 && remove("/data/d") == 0);
    CHECK(open("/srv/new", O_CREAT | O_WRONLY, 0600) == -1 && errno == EROFS);
    SAY("%s", "changed");
}

static volatile sig_atomic_t handled;

static void in_handler(int number) {
    int fd = open("/srv/secret", O_RDONLY);
    (void)number;
    handled += fd >= 0;
    close(fd);
}

static void close_all(void) {
    for (int fd = 3; fd < 1024; fd++) {
        close(fd);
    }
}

static void living(void) {
    SAY("first %s", text_of(open("/srv/secret", O_RDONLY)));
    close_all();
    SAY("after close-all %s", text_of(open("/srv/secret", O_RDONLY)));
    int other = open("/dev/null", O_RDONLY);
    for (int fd = 3; fd < 1024; fd++) {
        dup2(other, fd);
    }
    close_all();
    SAY("after others took its number %s", text_of(open("/srv/secret", O_RDONLY)));
    other = open("/", O_RDONLY);
    for (int fd = 100; fd < 1024; fd++) {
        dup2(other, fd);
    }
    SAY("and are still there %s", text_of(open("/srv/secret", O_RDONLY)));
    close_all();
    if (fork() == 0) {
        SAY("child %s", text_of(open("/srv/secret", O_RDONLY)));
        _exit(0);
    }
    wait(NULL);
    if (vfork() == 0) {
        int fd = open("/srv/secret", O_RDONLY);
        dup2(fd, 0);
        execlp("cat", "cat", NULL);
        _exit(1);
    }
    wait(NULL);
    SAY("after vfork %s", text_of(open("/srv/secret", O_RDONLY)));
    struct sigaction action = {.sa_handler = in_handler, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 500}, {0, 500}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    while (handled < 50) {
        CHECK(strcmp(text_of(open("/srv/secret", O_RDONLY)), "of the target") == 0);
    }
    memset(&often, 0, sizeof often);
    setitimer(ITIMER_REAL, &often, NULL);
    close_all();
    SAY("after signals %s", text_of(open("/srv/secret", O_RDONLY)));
}

static void *open_often(void *unused) {
    (void)unused;
    for (int i = 0; i < 500; i++) {
        int fd = open("/srv/secret", O_RDONLY);
        CHECK(fd >= 0);
        close(fd);
    }
    return NULL;
}

static void threads(void) {
    enum { THREADS = 16 };
    pthread_t ids[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&ids[i], NULL, open_often, NULL);
    }
    for (int i = 0; i < 20; i++) {
        for (int fd = 600; fd < 1024; fd++) {
            close(fd); /* the library's, not the threads' */
        }
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(ids[i], NULL);
    }
    SAY("%s", "joined");
}

static void say_events(int fd) {
    char bytes[4096] __attribute__((aligned(8)));
    struct pollfd entry = {fd, POLLIN, 0};
    while (poll(&entry, 1, 500) > 0) {
        ssize_t length = read(fd, bytes, sizeof bytes);
        for (ssize_t at = 0; at < length;) {
            const struct inotify_event *event = (const struct inotify_event *)(const void *)(bytes + at);
            SAY("%x %s", event->mask, event->len > 0 ? event->name : "-");
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
}

/* What happens to the target's files is told as the kernel would; what is wrong with a call, too. */
static void watching(void) {
    enum { ALL = IN_CREATE | IN_DELETE | IN_ATTRIB };
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    CHECK((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    int watch = inotify_add_watch(fd, "/data", ALL);
    CHECK(watch > 0 && inotify_add_watch(fd, "/data/../data/.", ALL) == watch);
    CHECK(inotify_add_watch(fd, "/data/missing", ALL) == -1 && errno == ENOENT);
    CHECK(inotify_add_watch(fd, "/srv/secret", ALL | IN_ONLYDIR) == -1 && errno == ENOTDIR);
    CHECK(inotify_add_watch(fd, "/data", 0) == -1 && errno == EINVAL);
    CHECK(inotify_add_watch(-1, "/data", ALL) == -1 && errno == EBADF);
    CHECK(inotify_add_watch(1, "/data", ALL) == -1 && errno == EINVAL);
    CHECK(inotify_add_watch(fd, NULL, ALL) == -1 && errno == EFAULT);
    CHECK(inotify_add_watch(fd, "", ALL) == -1 && errno == ENOENT);
    CHECK(inotify_add_watch(fd, ".", IN_DELETE) > 0 && inotify_add_watch(fd, "/usr", IN_DELETE) > 0);
    CHECK(inotify_init1(0x7fffffff) == -1 && errno == EINVAL);
    close(creat("/data/new", 0600));
    CHECK(chmod("/data/new", 0640) == 0 && unlink("/data/new") == 0);
    say_events(fd);
    int other = inotify_init();
    CHECK((fcntl(other, F_GETFD) & FD_CLOEXEC) == 0 && inotify_add_watch(other, "/srv", ALL) > 0);
    close(other);
    if (fork() == 0) {
        CHECK(inotify_add_watch(fd, "/data", IN_DELETE | IN_MASK_ADD) == watch);
        int copy = dup(fd);
        close(fd);
        CHECK(inotify_add_watch(copy, "/data", ALL) == watch);
        _exit(0);
    }
    wait(NULL);
    CHECK(inotify_rm_watch(fd, watch) == 0);
    say_events(fd);
}

#define TOOL "/srv/tool"
#define SCRIPT "/srv/a-script"

extern char **environ;

static void ended(const char *what, int pid) {
    int status = -1;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    printf("%s %d\n", what, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    fflush(stdout);
}

/* The program of the target exits with the number of its arguments. */
#define STARTED(call) \
    do { \
        int child = vfork(); \
        if (child == 0) { \
            call; \
            _exit(100 + errno); \
        } \
        ended(#call, child); \
    } while (0)

static void executing(void) {
    char *three[] = {"tool", "counting", "x", NULL};
    char *two[] = {"tool", "counting", NULL};
    char *own[] = {"TOOL=1", NULL};
    int pid = -1;
    setenv("PATH", "/usr/bin:/bin:/srv", 1);
    STARTED(execve(TOOL, three, environ));
    STARTED(execv(TOOL, two));
    STARTED(execvp("tool", three));
    STARTED(execvpe("tool", two, environ));
    STARTED(execl(TOOL, "tool", "counting", "x", "y", (char *)NULL));
    STARTED(execlp("tool", "tool", "counting", (char *)NULL));
    STARTED(execle(TOOL, "tool", "counting", "x", (char *)NULL, own));
    STARTED(execv(SCRIPT, two));
    STARTED(execlp("a-script", "script", "x", "y", (char *)NULL));
    STARTED(execv("/srv/secret", two));
    STARTED(execv("/srv/missing", two));
    STARTED(execv("/srv/looping", two));
    STARTED(execvp("true", two));
    STARTED(execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL));
    CHECK(posix_spawn(&pid, TOOL, NULL, NULL, three, environ) == 0);
    ended("posix_spawn", pid);
    CHECK(posix_spawnp(&pid, "tool", NULL, NULL, two, environ) == 0);
    ended("posix_spawnp", pid);
    CHECK(posix_spawnp(&pid, "a-script", NULL, NULL, two, environ) == 0);
    ended("posix_spawnp script", pid);
    CHECK(posix_spawnp(&pid, "true", NULL, NULL, two, environ) == 0);
    ended("posix_spawnp true", pid);
    CHECK(posix_spawn(&pid, "/srv/missing", NULL, NULL, two, environ) == ENOENT);
}

/* What needs no target: under emulation there is no openat2(2). */
static void judging(void) {
    struct stat now;
    CHECK(open("/srv/new", O_CREAT | O_WRONLY, 0600) == -1 && errno == EROFS);
    CHECK(mkdir("/srv/dir", 0700) == -1 && errno == EROFS && rmdir("/srv/sub") == -1 && errno == EROFS);
    CHECK(rename("/srv/secret", "own") == -1 && errno == EROFS);
    CHECK(fopen("/srv/new", "w") == NULL && errno == EROFS);
    CHECK(stat("/usr", &now) == 0 && S_ISDIR(now.st_mode) && access("/usr", R_OK) == 0);
    CHECK(syscall(SYS_mkdirat, AT_FDCWD, "/srv/dir", 0700) == -1 && errno == EROFS);
    CHECK(syscall(SYS_getpid) == getpid() && syscall(SYS_close, -1) == -1 && errno == EBADF);
    SAY("%s", "judged");
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
    if (strcmp(what, "reading") == 0) {
        reading();
    } else if (strcmp(what, "changing") == 0) {
        changing();
    } else if (strcmp(what, "living") == 0) {
        living();
    } else if (strcmp(what, "judging") == 0) {
        judging();
    } else if (strcmp(what, "executing") == 0) {
        executing();
    } else if (strcmp(what, "counting") == 0) {
        return count;
    } else if (strcmp(what, "watching") == 0) {
        watching();
    } else if (strcmp(what, "threads") == 0) {
        threads();
    }
    return 0;
}
