/* Threads that call a watched function as often as they can: call_often THREADS CALLS, after a
 * line. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_THREADS 64

void thread_exit(void) __asm__("_ZN10JavaThread4exitEbNS_8ExitTypeE");

static void *call(void *calls)
{
	for (long i = 0; i < *(long *)calls; i++)
		thread_exit();
	return NULL;
}

int main(int argc, char **argv)
{
	long threads = argc > 2 ? atol(argv[1]) : 0, calls = argc > 2 ? atol(argv[2]) : 0;
	pthread_t made[MAX_THREADS];

	(void)getchar();
	for (long i = 0; i < threads && i < MAX_THREADS; i++)
		if (pthread_create(&made[i], NULL, call, &calls))
			return 1;
	for (long i = 0; i < threads && i < MAX_THREADS; i++)
		(void)pthread_join(made[i], NULL);
	return 0;
}
