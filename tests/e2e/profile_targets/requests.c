/*
 * A server over HTTP, a thread per connection, whose time is known by request: /ten burns in one
 * function, /seventy in another, /wait sleeps, each for 30 ms. Another thread burns in a third, for
 * nobody. Prints its port; ends with its standard input.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "burning.h"

#define TASK_NS 30000000u

KEEP static void wait_in_sleep(void)
{
	struct timespec length = {.tv_nsec = TASK_NS};

	nanosleep(&length, NULL);
}

KEEP static void burn_for(void (*burn)(uint64_t rounds))
{
	uint64_t end = cpu_ns() + TASK_NS;

	while (cpu_ns() < end)
		burn(10 * rounds_per_share);
}

KEEP static void serve_request(const char *path)
{
	if (strncmp(path, "/ten", 4) == 0)
		burn_for(burn_ten);
	else if (strncmp(path, "/seventy", 8) == 0)
		burn_for(burn_seventy);
	else if (strncmp(path, "/wait", 5) == 0)
		wait_in_sleep();
}

static void *serve(void *argument)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
	int fd = (int)(intptr_t)argument;
	char request[4096];
	ssize_t size;

	while ((size = read(fd, request, sizeof(request) - 1)) > 4) {
		request[size] = 0;
		serve_request(request + 4);
		if (write(fd, answer, sizeof(answer) - 1) < 0)
			break;
	}
	close(fd);
	return NULL;
}

static void *burn_for_nobody(void *unused)
{
	for (;;) {
		struct timespec pause = {.tv_nsec = 5000000};

		burn_twenty(100 * rounds_per_share);
		nanosleep(&pause, NULL);
	}
	return unused;
}

static void *accept_all(void *argument)
{
	int listener = (int)(intptr_t)argument, fd;
	pthread_t thread;

	while ((fd = accept(listener, NULL, NULL)) >= 0)
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
	return NULL;
}

int main(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t thread;
	char line[8];

	calibrate();
	if (bind(listener, (void *)&address, size) < 0 || listen(listener, 64) < 0 ||
	    getsockname(listener, (void *)&address, &size) < 0)
		return 1;
	pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)listener);
	pthread_create(&thread, NULL, burn_for_nobody, NULL);
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	(void)!fgets(line, sizeof(line), stdin);
	return 0;
}
