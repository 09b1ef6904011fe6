/*
 * Everything an enemy in a container of its own may do to an agent of the host, at once and for so
 * many seconds. For hostile.sh, in a guest.
 * usage: hostile_container FOLDER SECONDS     FOLDER: its own, on tmpfs
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAME_BYTES  4096
#define IMAGE_BYTES 65536
#define ESCAPES     "\033[2J\033]0;owned\007\033[31m\r\b\x7f\xc2\x9b"

static time_t end;
static char own_name[NAME_BYTES];

static void die(void)
{
	*(volatile char *)8 = 1;
}

static void fill(char *bytes, size_t size)
{
	for (size_t i = 0; i + 1 < size; i++)
		bytes[i] = ESCAPES[i % (sizeof(ESCAPES) - 1)];
	bytes[size - 1] = '\0';
}

/* Runs it in a child of its own, and waits for that. */
static void in_child(void (*act)(void))
{
	pid_t child = fork();

	if (child == 0) {
		act();
		_exit(0);
	}
	if (child > 0)
		(void)waitpid(child, NULL, 0);
}

static void nothing(void)
{
}

static void storm_of_forks(void)
{
	while (time(NULL) < end)
		in_child(nothing);
}

static void crash_loop(void)
{
	while (time(NULL) < end)
		in_child(die);
}

static void crash_under_a_name(void)
{
	char *argv[] = {own_name, "die", NULL};

	(void)prctl(PR_SET_NAME, ESCAPES);
	(void)execv("/proc/self/exe", argv);
}

/* A copy of the program that is gone before it crashes. */
static void crash_deleted(void)
{
	char *argv[] = {own_name, "die", NULL};
	char bytes[IMAGE_BYTES];
	int from = open("/proc/self/exe", O_RDONLY);
	int to = open("gone\033[5m", O_WRONLY | O_CREAT | O_TRUNC, 0755), at;
	ssize_t size;

	while ((size = read(from, bytes, sizeof(bytes))) > 0)
		(void)!write(to, bytes, (size_t)size);
	(void)close(to);
	at = open("gone\033[5m", O_RDONLY);
	(void)unlink("gone\033[5m");
	(void)fexecve(at, argv, argv + 2);
}

static char *map_image(const char *path, const char *bytes, int *ret_fd)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0755);
	char *image;

	(void)!write(fd, bytes, IMAGE_BYTES);
	image = mmap(NULL, IMAGE_BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	*ret_fd = fd;
	return image;
}

static void crash_in_a_cut_library(void)
{
	char bytes[IMAGE_BYTES];
	int own = open("/proc/self/exe", O_RDONLY), fd;
	volatile char *image;

	(void)!read(own, bytes, sizeof(bytes));
	image = map_image("libcut.so", bytes, &fd);
	(void)!ftruncate(fd, 0);
	(void)image[4096];
}

static void crash_among_garbage(void)
{
	char bytes[IMAGE_BYTES], path[64];
	int fd;

	for (int i = 0; i < 8; i++) {
		for (size_t j = 0; j < sizeof(bytes); j++)
			bytes[j] = (char)rand();
		/* As much of a header as makes a reader go on. */
		memcpy(bytes, "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\76\0\1\0\0\0", 24);
		(void)snprintf(path, sizeof(path), "garbage-%d\033[7m.so", i);
		(void)map_image(path, bytes, &fd);
		(void)close(fd);
	}
	die();
}

static void crash_in_every_way(void)
{
	while (time(NULL) < end) {
		in_child(crash_under_a_name);
		in_child(crash_deleted);
		in_child(crash_in_a_cut_library);
		in_child(crash_among_garbage);
	}
}

static void flood_of_errors(void)
{
	char report[] = /* on the stack: there to be read */
		"Traceback (most recent call last):\n  File \"" ESCAPES "\", line 1, in " ESCAPES
		"\nValueError: " ESCAPES "\n";

	while (time(NULL) < end)
		(void)!write(STDERR_FILENO, report, sizeof(report) - 1);
}

/* Both ends are ours. */
static void flood_of_requests(void)
{
	static const char request[] = "GET /" ESCAPES " HTTP/1.1\r\nHost: " ESCAPES
				      "\r\nContent-Length: -1\r\nTransfer-Encoding: " ESCAPES
				      "\r\n\r\nPOST / HTTP/9.9\r\n\r\n";
	static const char answer[] = "HTTP/1.1 999 " ESCAPES "\r\nContent-Length: 99999999999999999"
				     "\r\n\r\n";
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
	socklen_t size = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), own;
	char bytes[4096];

	if (bind(server, (struct sockaddr *)&address, size) < 0 || listen(server, 1) < 0 ||
	    getsockname(server, (struct sockaddr *)&address, &size) < 0 ||
	    connect(client, (struct sockaddr *)&address, size) < 0)
		exit(1);
	own = accept(server, NULL, NULL);
	for (unsigned long rounds = 0; time(NULL) < end; rounds++) {
		if (write(client, request, sizeof(request) - 1) <= 0 ||
		    read(own, bytes, sizeof(bytes)) <= 0 ||
		    write(own, answer, sizeof(answer) - 1) <= 0 ||
		    read(client, bytes, sizeof(bytes)) <= 0)
			exit(1);
		if (rounds % 1000 == 0)
			printf("%lu requests\n", rounds);
	}
}

int main(int argc, char **argv)
{
	static void (*const acts[])(void) = {storm_of_forks, crash_loop, crash_in_every_way,
					     flood_of_errors, flood_of_requests};
	struct rlimit none = {0, 0};

	if (argc == 2)
		die();
	if (argc != 3 || chdir(argv[1]) < 0)
		return 2;
	end = time(NULL) + atoi(argv[2]);
	(void)setrlimit(RLIMIT_CORE, &none);
	fill(own_name, sizeof(own_name));
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (fork() == 0) {
			acts[i]();
			return 0;
		}
	}
	while (wait(NULL) > 0)
		;
	return 0;
}
