/* su-exec UID:GID PROGRAM [ARGUMENT...]: becomes that user for good and then that program, in the same process. */
#include <grp.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    unsigned user, group;

    if (argc < 3 || sscanf(argv[1], "%u:%u", &user, &group) != 2) {
        fprintf(stderr, "usage: su-exec UID:GID PROGRAM [ARGUMENT...]\n");
        return 64;
    }
    gid_t only = group;
    if (setgroups(1, &only) || setgid(group) || setuid(user)) {
        perror("su-exec");
        return 1;
    }
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
