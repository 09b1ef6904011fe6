/*
 * What lives in the pods of test_pods.sh, linked with musl and static. usage: shop pause | serve
 * PORT | visit PORT COUNT MILLISECONDS [crash]. A server dies when it is asked for /crash; a
 * visitor asks COUNT times for /visit/…, and after that time ends as it was told.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in address_of(const char *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((unsigned short)atoi(port)),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	return address;
}

__attribute__((noinline)) static int sell_nothing(volatile int *shelf)
{
	return *shelf + 1;
}

static void answer(int fd)
{
	static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	char request[4096] = "";
	ssize_t size = read(fd, request, sizeof(request) - 1);

	if (size > 0 && strncmp(request, "GET /crash", 10) == 0)
		exit(sell_nothing(NULL));
	if (size > 0)
		(void)!write(fd, reply, sizeof(reply) - 1);
}

static int serve(const char *port)
{
	struct sockaddr_in address = address_of(port);
	int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

	(void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(listener, 16) < 0) {
		perror("shop");
		return 1;
	}
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		answer(fd);
		(void)close(fd);
	}
}

static void visit(const char *port, int number)
{
	struct sockaddr_in address = address_of(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char text[4096];
	int size = snprintf(text, sizeof(text),
			    "GET /visit/%d HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n",
			    number);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    write(fd, text, (size_t)size) == size)
		while (read(fd, text, sizeof(text)) > 0)
			;
	(void)close(fd);
}

int main(int argc, char **argv)
{
	struct timespec rest;

	if (argc > 2 && strcmp(argv[1], "serve") == 0)
		return serve(argv[2]);
	if (argc > 4 && strcmp(argv[1], "visit") == 0) {
		for (int i = 0; i < atoi(argv[3]); i++)
			visit(argv[2], i);
		rest = (struct timespec){atoi(argv[4]) / 1000, atoi(argv[4]) % 1000 * 1000000l};
		(void)nanosleep(&rest, NULL);
		return argc > 5 ? sell_nothing(NULL) : 0;
	}
	(void)signal(SIGTERM, _exit);
	for (;;)
		(void)pause();
}
