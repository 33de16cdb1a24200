/* Takes the place of the system's resolver: says that it was asked by making the file LOOKUP_ASKED, then answers with the
   code in LOOKUP_ANSWER, or never. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    const char *asked = getenv("LOOKUP_ASKED");
    const char *answer = getenv("LOOKUP_ANSWER");
    (void)node, (void)service, (void)hints, (void)found;
    if (asked)
        close(open(asked, O_CREAT | O_WRONLY, 0600));
    while (!answer)
        pause();
    return atoi(answer);
}
