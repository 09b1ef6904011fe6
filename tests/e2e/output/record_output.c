/*
 * Records what a program writes, with markers of our own in place of the languages'. After its end:
 * prints what was lost, a line "reason count" each, to its own standard output, which is not the
 * program's.
 * usage: record_output RECORDING RING_BYTES OUTPUT_BYTES DESCRIPTORS OUTPUT_PATH PROGRAM ARGUMENT…
 * OUTPUT_PATH: where the program's standard output and error go; "-": stay. A ring that is drained
 * only at the end: what does not fit is lost.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/log.h"
#include "capture/probe_loader.h"
#include "capture/recording.h"
#include "tracebacks/traceback.h"

static const char *const markers[] = {"Traceback (most recent call last", "MARKER7", "\n    at ",
				      NULL};
static const char *const openings[] = {"panic: ", "go!", NULL};
static const struct traceback_language language = {
	.name = "test", .markers = markers, .openings = openings};
const struct traceback_language *const traceback_languages[] = {&language, NULL};

static int on_record(void *self, struct view record)
{
	recording_writer_add(self, record);
	return 0;
}

/* A child that becomes the program when the pipe is closed. */
static pid_t start(const char *output, char **argv, int *ret_gate)
{
	int ends[2];
	pid_t child;
	char byte;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	child = fork();
	if (child == 0) {
		close(ends[1]);
		if (strcmp(output, "-")) {
			int file = open(output, O_RDWR | O_CREAT, 0644);

			dup2(file, 1);
			dup2(file, 2);
		}
		if (read(ends[0], &byte, 1) == 0)
			execv(argv[0], argv);
		_exit(126);
	}
	close(ends[0]);
	*ret_gate = ends[1];
	return child;
}

static int record_child(struct probe_loader *loader, const char *output, char **argv)
{
	int gate = -1, status = 0, count, total = 0;
	pid_t child = start(output, argv, &gate);

	if (child < 0 || probe_loader_trace(loader, child) < 0)
		return 1;
	probe_loader_set_flags(loader, child, PROCESS_IS_PHP);
	close(gate);
	if (waitpid(child, &status, 0) != child)
		return 1;
	while ((count = probe_loader_drain_exceptions(loader)) > 0)
		total += count;
	printf("status %d\nrecords %d\nprocess %d\n", status, total, (int)child);
	return count < 0 ? 1 : 0;
}

static void print_drops(struct probe_loader *loader)
{
	static struct drops drops;

	probe_loader_read_drops(loader, &drops);
	for (int reason = 0; reason < DROP_REASONS_KERNEL_COUNT; reason++)
		if (drops_get(&drops, (enum drop_reason)reason))
			printf("%s %llu\n", drops_name((enum drop_reason)reason),
			       (unsigned long long)drops_get(&drops, (enum drop_reason)reason));
}

int main(int argc, char **argv)
{
	static const struct capture_settings capture = {
		.source = SOURCE_AUTO,
		.segment_bytes = 4096,
		.undecided_bytes = 16384,
		.ring_bytes = 65536,
		.max_connections = 64,
		.max_processes = 64,
	};
	static const struct crash_settings crash = {
		.enabled = true,
		.stack_bytes = 131072,
		.thread_stack_bytes = 16384,
		.max_threads = 8,
		.ring_bytes = 1 << 20,
	};
	struct exception_settings exceptions = {.enabled = true};
	struct probe_loader_settings wanted = {
		.capture = &capture, .crash = &crash, .exceptions = &exceptions};
	struct recording_writer *writer = NULL;
	struct probe_loader *loader = NULL;
	int code;

	log_set_level(getenv("RECORD_DEBUG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING);
	if (argc < 7)
		return 2;
	exceptions.ring_bytes = strtoull(argv[2], NULL, 10);
	exceptions.output_bytes = strtoull(argv[3], NULL, 10);
	exceptions.descriptors = argv[4];
	if (recording_writer_new(&writer, argv[1], 0) < 0)
		return 1;
	code = probe_loader_new(&loader, &wanted, on_record, writer);
	if (code < 0) {
		fprintf(stderr, "record_output: %s\n", strerror(-code));
	} else {
		code = record_child(loader, argv[5], argv + 6);
		print_drops(loader);
	}
	probe_loader_free(&loader);
	recording_writer_free(&writer);
	return code ? 1 : 0;
}
