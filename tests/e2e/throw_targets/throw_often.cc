/*
 * Threads that throw and catch, over and over, at each line of its input. Says how much processor
 * time one throw took, in nanoseconds.
 * usage: throw_often THREADS THROWS DEPTH
 */
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <time.h>
#include <vector>

#define FRAME __attribute__((noinline, noclone, noipa))

static volatile long caught;

FRAME static void throw_at(int depth)
{
	volatile char room[256];

	room[0] = (char)depth;
	if (depth == 0)
		throw std::runtime_error("out of stock");
	throw_at(depth - 1);
	room[1] = room[0];
}

static void throw_often(long throws, int depth)
{
	for (long i = 0; i < throws; i++) {
		try {
			throw_at(depth);
		} catch (const std::exception &error) {
			caught = caught + (error.what()[0] == 'o');
		}
	}
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 1, depth = argc > 3 ? atoi(argv[3]) : 0;
	long throws = argc > 2 ? atol(argv[2]) : 1;
	char line[16];

	while (fgets(line, sizeof(line), stdin)) {
		std::vector<std::thread> all;
		struct timespec begin, end;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
		for (int i = 0; i < threads; i++)
			all.emplace_back(throw_often, throws, depth);
		for (std::thread &thread : all)
			thread.join();
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
		printf("%.0f\n", ((end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec)) /
					 ((double)throws * threads));
		fflush(stdout);
	}
	return 0;
}
