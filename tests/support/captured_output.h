/* What the code under test writes to stdout or stderr, as text: redirects the descriptor to a
 * memory file in between. */
#ifndef SUPPORT_CAPTURED_OUTPUT_H
#define SUPPORT_CAPTURED_OUTPUT_H

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct captured_output {
	int fd;    /* the descriptor redirected */
	int saved; /* where it pointed to */
	int file;
	char text[65536];
};

static inline void captured_output_begin(struct captured_output *output, int fd)
{
	(void)fflush(stdout);
	output->fd = fd;
	output->saved = dup(fd);
	output->file = memfd_create("captured", 0);
	assert(output->saved >= 0 && output->file >= 0);
	assert(dup2(output->file, fd) == fd);
}

/* The text so far stays in output->text. */
static inline const char *captured_output_end(struct captured_output *output)
{
	ssize_t size;

	(void)fflush(stdout);
	assert(dup2(output->saved, output->fd) == output->fd);
	size = pread(output->file, output->text, sizeof(output->text) - 1, 0);
	assert(size >= 0);
	output->text[size] = '\0';
	(void)close(output->saved);
	(void)close(output->file);
	return output->text;
}

#endif
