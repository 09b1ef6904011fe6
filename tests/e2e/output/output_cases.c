/*
 * Writes what its arguments say: letters in turn, with a marker in them where asked for. The test
 * that starts it (test_program_output.py) knows what should go up for each.
 * usage: output_cases STEP…
 *	thread                    what follows is written by a thread of its own
 *	to,FD,null|pipe|file|socket   FD becomes that
 *	write|pwrite|sendto,FD,SIZE,AT,MARKER    one call; MARKER at AT, none when it is empty
 *	writev|pwritev|pwritev2|sendmsg,FD,AT,MARKER,SIZE,SIZE…   the same in several buffers
 *	fastcgi,FD,SIZE,AT,MARKER a write that begins with a FastCGI record of standard error
 *	cold,FD,SIZE,AT,MARKER    a write of bytes in a page that nobody has touched
 *	coldv,FD,AT,MARKER,SIZE…  a writev whose vector lies in such a page
 *	lines,FD,COUNT,SIZE       writes without a marker
 *	unreadable,FD,SIZE        a buffer that is not there
 *	sleep,MS
 *	pair,FD,COUNT,SIZE        two threads in turn, each beginning with a marker
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_TEXT  (1 << 20)
#define MAX_PARTS 32

struct step {
	char line[256];
	char *parts[MAX_PARTS];
	int count;
};

static void split(struct step *step, const char *text)
{
	char *rest = step->line;

	(void)snprintf(step->line, sizeof(step->line), "%s", text);
	for (step->count = 0; rest && step->count < MAX_PARTS;)
		step->parts[step->count++] = strsep(&rest, ",");
}

static int number(const struct step *step, int part)
{
	return part < step->count ? atoi(step->parts[part]) : 0;
}

static void fill(char *text, int size, int at, const char *marker)
{
	size_t length = strlen(marker);

	for (int i = 0; i < size; i++)
		text[i] = (char)('a' + i % 26);
	if (length && at + (int)length <= size)
		memcpy(text + at, marker, length);
}

static void redirect(const struct step *step)
{
	const char *kind = step->parts[2];
	int fd = number(step, 1), ends[2];

	if (!strcmp(kind, "null"))
		ends[1] = open("/dev/null", O_WRONLY);
	else if (!strcmp(kind, "file"))
		ends[1] = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	else if (!strcmp(kind, "socket") ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends))
		exit(3);
	if (dup2(ends[1], fd) != fd)
		exit(3);
}

static void write_one(const struct step *step, char *text)
{
	const char *call = step->parts[0];
	int fd = number(step, 1), size = number(step, 2);

	fill(text, size, number(step, 3), step->parts[4]);
	if (!strcmp(call, "fastcgi")) {
		text[0] = 1;
		text[1] = 7;
	}
	if (!strcmp(call, "pwrite"))
		(void)!pwrite(fd, text, (size_t)size, 0);
	else if (!strcmp(call, "sendto"))
		(void)sendto(fd, text, (size_t)size, 0, NULL, 0);
	else
		(void)!write(fd, text, (size_t)size);
}

/* The same bytes, in pages that this process has not touched. */
static const void *cool_down(const void *bytes, size_t size)
{
	int fd = memfd_create("cold", 0);
	void *cold;

	(void)!write(fd, bytes, size);
	cold = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	return cold;
}

static void write_vector(const struct step *step, char *text)
{
	struct iovec vectors[MAX_PARTS];
	struct msghdr message = {.msg_iov = vectors};
	const char *call = step->parts[0];
	int fd = number(step, 1), count = 0, size = 0;

	for (int i = 4; i < step->count; i++, count++) {
		vectors[count].iov_base = text + size;
		vectors[count].iov_len = (size_t)number(step, i);
		size += number(step, i);
	}
	fill(text, size, number(step, 2), step->parts[3]);
	message.msg_iovlen = (size_t)count;
	if (!strcmp(call, "writev"))
		(void)!writev(fd, vectors, count);
	else if (!strcmp(call, "coldv"))
		(void)!writev(fd, cool_down(vectors, sizeof(vectors)), count);
	else if (!strcmp(call, "pwritev"))
		(void)!pwritev(fd, vectors, count, 0);
	else if (!strcmp(call, "pwritev2"))
		(void)!pwritev2(fd, vectors, count, -1, 0);
	else
		(void)sendmsg(fd, &message, 0);
}

static pthread_mutex_t turn_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static int turn;

struct half {
	const struct step *step;
	int which;
};

static void *run_half(void *argument)
{
	const struct half *half = argument;
	int size = number(half->step, 3);
	char *text = malloc((size_t)size);

	for (int i = 0; i < number(half->step, 2); i++) {
		pthread_mutex_lock(&turn_lock);
		while (turn != half->which)
			pthread_cond_wait(&turn_changed, &turn_lock);
		fill(text, size, 0, i ? "" : "MARKER7");
		text[size - 1] = (char)('0' + half->which);
		(void)!write(number(half->step, 1), text, (size_t)size);
		turn = !turn;
		pthread_cond_broadcast(&turn_changed);
		pthread_mutex_unlock(&turn_lock);
	}
	free(text);
	return NULL;
}

static void write_pair(const struct step *step)
{
	struct half halves[2] = {{step, 0}, {step, 1}};
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, run_half, &halves[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
}

static void write_lines(const struct step *step, char *text)
{
	fill(text, number(step, 3), 0, "");
	for (int i = 0; i < number(step, 2); i++)
		(void)!write(number(step, 1), text, (size_t)number(step, 3));
}

static void write_cold(const struct step *step, char *text)
{
	size_t size = (size_t)number(step, 2);

	fill(text, (int)size, number(step, 3), step->parts[4]);
	(void)!write(number(step, 1), cool_down(text, size), size);
}

static void run_step(const struct step *step, char *text)
{
	const char *call = step->parts[0];

	if (!strcmp(call, "to"))
		redirect(step);
	else if (!strcmp(call, "lines"))
		write_lines(step, text);
	else if (!strcmp(call, "sleep"))
		usleep((useconds_t)number(step, 1) * 1000);
	else if (!strcmp(call, "pair"))
		write_pair(step);
	else if (!strcmp(call, "unreadable"))
		(void)!write(number(step, 1),
			     mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
			     (size_t)number(step, 2));
	else if (!strcmp(call, "cold"))
		write_cold(step, text);
	else if (strstr(call, "v") || !strcmp(call, "sendmsg"))
		write_vector(step, text);
	else
		write_one(step, text);
}

static void *run_thread(void *argument)
{
	char **steps = argument;
	char *text = malloc(MAX_TEXT);
	struct step step;

	for (; *steps && strcmp(*steps, "thread"); steps++) {
		split(&step, *steps);
		run_step(&step, text);
	}
	free(text);
	return NULL;
}

int main(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		pthread_t thread;

		if (i && strcmp(argv[i], "thread"))
			continue;
		if (pthread_create(&thread, NULL, run_thread, argv + i + 1) != 0)
			return 1;
		pthread_join(thread, NULL);
	}
	return 0;
}
