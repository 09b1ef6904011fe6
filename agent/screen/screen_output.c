/* A ring of lines under a lock that is held for a copy at most. */
#include "screen/screen_output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"

#define READ_BYTES 16384
#define WAIT_MS    100

struct screen_output {
	pthread_mutex_t lock;
	pthread_t thread;
	bool has_thread;
	bool is_stopping; /* atomic */
	int fd;
	char lines[MAX_OUTPUT_LINES][OUTPUT_LINE_BYTES + 1]; /* a ring */
	uint64_t count;                                      /* of lines that ended */
	char line[OUTPUT_LINE_BYTES + 1];                    /* the one under way */
	size_t line_size;
};

static void end_line(struct screen_output *output)
{
	char *kept = output->lines[output->count++ % MAX_OUTPUT_LINES];

	output->line[output->line_size] = '\0';
	memcpy(kept, output->line, output->line_size + 1);
	output->line_size = 0;
}

void screen_output_take(struct screen_output *output, struct view bytes)
{
	(void)pthread_mutex_lock(&output->lock);
	for (size_t i = 0; i < bytes.size; i++) {
		char byte = bytes.bytes[i];

		if (byte == '\n')
			end_line(output);
		else if (byte && output->line_size < OUTPUT_LINE_BYTES)
			output->line[output->line_size++] = byte;
	}
	(void)pthread_mutex_unlock(&output->lock);
}

/* False: the end. */
static bool read_some(struct screen_output *output)
{
	char bytes[READ_BYTES];
	ssize_t count = read(output->fd, bytes, sizeof(bytes));

	if (count > 0)
		screen_output_take(output, view_of(bytes, (size_t)count));
	return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

static void *read_all(void *self)
{
	struct screen_output *output = self;
	bool is_open = true;

	while (is_open && !__atomic_load_n(&output->is_stopping, __ATOMIC_ACQUIRE)) {
		struct pollfd event = {.fd = output->fd, .events = POLLIN};

		if (poll(&event, 1, WAIT_MS) > 0)
			is_open = read_some(output);
	}
	return NULL;
}

int screen_output_new(struct screen_output **ret, int fd)
{
	struct screen_output *output = calloc(1, sizeof(*output));
	int err = output ? 0 : -ENOMEM;

	if (err == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		err = -errno;
	if (err == 0) {
		(void)pthread_mutex_init(&output->lock, NULL);
		output->fd = fd;
		err = -pthread_create(&output->thread, NULL, read_all, output);
	}
	if (err < 0) {
		(void)close(fd);
		free(output);
		return err;
	}
	output->has_thread = true;
	*ret = output;
	return 0;
}

void screen_output_free(struct screen_output **output)
{
	struct screen_output *freed = *output;

	if (!freed)
		return;
	__atomic_store_n(&freed->is_stopping, true, __ATOMIC_RELEASE);
	(void)pthread_join(freed->thread, NULL);
	cleanup_close(&freed->fd);
	(void)pthread_mutex_destroy(&freed->lock);
	free(freed);
	*output = NULL;
}

void screen_output_read(struct screen_output *output, struct screen_lines *ret)
{
	uint64_t first;

	(void)pthread_mutex_lock(&output->lock);
	ret->seen_count = output->count;
	ret->count = output->count < MAX_OUTPUT_LINES ? (uint32_t)output->count : MAX_OUTPUT_LINES;
	first = output->count - ret->count;
	for (uint32_t i = 0; i < ret->count; i++)
		strcpy(ret->text[i], output->lines[(first + i) % MAX_OUTPUT_LINES]);
	/* What has no newline yet is there all the same. */
	if (output->line_size && ret->count < MAX_OUTPUT_LINES) {
		memcpy(ret->text[ret->count], output->line, output->line_size);
		ret->text[ret->count++][output->line_size] = '\0';
	}
	(void)pthread_mutex_unlock(&output->lock);
}
