/* Prints the addresses that musl's getaddrinfo gives for a name: busybox's own nslookup goes round the libc. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *results;
    char text[INET6_ADDRSTRLEN];

    if (argc != 2) {
        fprintf(stderr, "usage: resolve NAME\n");
        return 64;
    }
    int error = getaddrinfo(argv[1], NULL, &hints, &results);
    if (error) {
        fprintf(stderr, "resolve: %s: %s\n", argv[1], gai_strerror(error));
        return 1;
    }
    for (struct addrinfo *each = results; each; each = each->ai_next) {
        const void *address = each->ai_family == AF_INET6
            ? (const void *) &((struct sockaddr_in6 *) each->ai_addr)->sin6_addr
            : (const void *) &((struct sockaddr_in *) each->ai_addr)->sin_addr;
        puts(inet_ntop(each->ai_family, address, text, sizeof text));
    }
    return 0;
}
