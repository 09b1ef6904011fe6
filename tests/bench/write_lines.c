/*
 * Formats log lines and writes them to standard error in pieces of 4 KiB, as fast as it can. For
 * every line "COUNT" it reads from standard input it writes so many pieces, then prints what that
 * took of this thread's processor time and of the clock, in nanoseconds, to standard output.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PIECE_BYTES 4096

static uint64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* A piece of whole lines but the last. */
static void format_piece(char *piece, unsigned int *line)
{
	static const char *const words[] = {"GET /api/items", "POST /cart", "DELETE /session"};
	int used = 0;

	while (used < PIECE_BYTES) {
		unsigned int n = (*line)++;

		used += snprintf(piece + used, (size_t)(PIECE_BYTES + 1 - used),
				 "2026-11-21T17:%02u:%02u.%03uZ INFO worker-%u: handled %s/%u in "
				 "%u us, status=%u bytes=%u client=10.0.%u.%u\n",
				 n / 60 % 60, n % 60, n % 1000, n % 8, words[n % 3], n % 10000,
				 n % 977, n % 7 ? 200 : 404, n % 65536, n % 256, n * 7 % 256);
	}
}

int main(void)
{
	char piece[PIECE_BYTES + 1], request[64];
	unsigned int line = 0;

	while (fgets(request, sizeof(request), stdin)) {
		uint64_t clock_ns = read_clock(CLOCK_MONOTONIC);
		uint64_t cpu_ns = read_clock(CLOCK_THREAD_CPUTIME_ID);

		for (long left = atol(request); left > 0; left--) {
			format_piece(piece, &line);
			if (write(STDERR_FILENO, piece, PIECE_BYTES) != PIECE_BYTES)
				return 1;
		}
		printf("%llu %llu\n",
		       (unsigned long long)(read_clock(CLOCK_THREAD_CPUTIME_ID) - cpu_ns),
		       (unsigned long long)(read_clock(CLOCK_MONOTONIC) - clock_ns));
		fflush(stdout);
	}
	return 0;
}
