/*
 * Prints what runtimes print, for guests in which real ones are too slow; linked statically, so
 * that it runs alone in a container.
 * usage: exception_target serve PORT FILE   HTTP on 127.0.0.1: /fail prints a traceback whose frame
 *                                           is in line 2 of FILE and answers 500, all else 200
 *        exception_target traceback FILE    the same traceback, then exits with 1
 *        exception_target terminate         what libstdc++ prints, piece by piece, then abort()
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(const char *text)
{
	if (write(2, text, strlen(text)) < 0)
		_exit(3);
}

static void print_traceback(const char *file)
{
	char text[1024];

	snprintf(
		text, sizeof(text),
		"ERROR:shop:order failed\nTraceback (most recent call last):\n  File \"%s\", line 2, in "
		"total\n    return price / count\nshop.errors.OrderError: nothing in the basket\n",
		file);
	say(text);
}

static int serve(int port, const char *file)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((unsigned short)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int server = socket(AF_INET, SOCK_STREAM, 0), client, one = 1;
	char request[4096];

	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(server, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(server, 8) < 0)
		return 1;
	while ((client = accept(server, NULL, NULL)) >= 0) {
		const char *status = "200 OK";
		char response[128];
		ssize_t size = read(client, request, sizeof(request) - 1);
		int length;

		if (size > 9 && !memcmp(request, "GET /fail", 9)) {
			print_traceback(file);
			status = "500 Internal Server Error";
		}
		length = snprintf(response, sizeof(response),
				  "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
				  status);
		if (size > 0 && write(client, response, (size_t)length) < 0)
			return 1;
		close(client);
	}
	return 1;
}

int main(int argc, char **argv)
{
	static const char *const pieces[] = {"terminate called after throwing an instance of '",
					     "shop::Closed",
					     "'\n",
					     "  what():  ",
					     "closed on Sundays",
					     "\n"};

	if (argc == 4 && !strcmp(argv[1], "serve"))
		return serve(atoi(argv[2]), argv[3]);
	if (argc == 3 && !strcmp(argv[1], "traceback")) {
		print_traceback(argv[2]);
		return 1;
	}
	if (argc != 2 || strcmp(argv[1], "terminate"))
		return 2;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		say(pieces[i]);
	abort();
}
