/*
 * A program that knows where its time goes: what each of its functions burned, by the thread's CPU
 * clock, and how long each waited, by the wall clock, as one line of JSON at the end. Told by the
 * first argument what to do, by the second for how many seconds; starts with a line on its standard
 * input, so that whoever looks on is there.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "burning.h"

static double seconds;

struct account {
	const char *name;
	void (*burn)(uint64_t rounds);
	uint64_t share;
	uint64_t ns;
};

KEEP static void work(struct account *accounts, int count)
{
	uint64_t end_ns = clock_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9);
	unsigned seed = 7;

	while (clock_ns(CLOCK_MONOTONIC) < end_ns) {
		struct account *account = &accounts[rand_r(&seed) % count];
		uint64_t begin = cpu_ns();

		account->burn(account->share * rounds_per_share);
		account->ns += cpu_ns() - begin;
	}
}

static void print(const struct account *accounts, int count)
{
	for (int i = 0; i < count; i++)
		printf("%s\"%s\": %llu", i ? ", " : "{", accounts[i].name,
		       (unsigned long long)accounts[i].ns);
	printf("}\n");
	fflush(stdout);
}

static void do_shares(void)
{
	struct account accounts[] = {{"burn_seventy", burn_seventy, 210, 0},
				     {"burn_twenty", burn_twenty, 60, 0},
				     {"burn_ten", burn_ten, 30, 0}};

	work(accounts, 3);
	print(accounts, 3);
}

static void *work_one(void *account)
{
	work(account, 1);
	return NULL;
}

/* Each thread has its function; they begin after whoever looks on. */
static void do_threads(void)
{
	struct account accounts[] = {{"burn_seventy", burn_seventy, 100, 0},
				     {"burn_twenty", burn_twenty, 100, 0},
				     {"burn_ten", burn_ten, 100, 0}};
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, work_one, &accounts[i]);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	print(accounts, 3);
}

static void do_child(void)
{
	struct account accounts[] = {{"burn_seventy", burn_seventy, 100, 0},
				     {"burn_twenty", burn_twenty, 100, 0}};
	int result[2];

	if (pipe(result) < 0)
		exit(1);
	if (fork() == 0) {
		work(&accounts[1], 1);
		_exit(write(result[1], &accounts[1].ns, 8) != 8);
	}
	work(&accounts[0], 1);
	if (read(result[0], &accounts[1].ns, 8) != 8)
		exit(1);
	(void)wait(NULL);
	print(accounts, 2);
}

KEEP static uint64_t descend(int depth, struct account *account)
{
	char room[64];

	memset(room, depth, sizeof(room));
	if (depth == 0)
		work(account, 1);
	else
		sink += descend(depth - 1, account);
	return sink + (uint64_t)room[depth & 63];
}

static void do_recursion(void)
{
	struct account accounts[] = {{"burn_seventy", burn_seventy, 100, 0}};

	descend(100, accounts);
	print(accounts, 1);
}

/* Half of it the kernel's. */
static void do_kernel(void)
{
	static char zeros[1 << 20];
	uint64_t end_ns = clock_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9);
	struct account accounts[] = {{"read_zeros", NULL, 0, 0}};
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	uint64_t begin = cpu_ns();

	while (clock_ns(CLOCK_MONOTONIC) < end_ns)
		if (read(fd, zeros, sizeof(zeros)) < 0)
			exit(1);
	accounts[0].ns = cpu_ns() - begin;
	print(accounts, 1);
}

KEEP static void wait_in_sleep(struct account *account)
{
	struct timespec length = {.tv_nsec = 30000000};
	uint64_t begin = clock_ns(CLOCK_MONOTONIC);

	nanosleep(&length, NULL);
	account->ns += clock_ns(CLOCK_MONOTONIC) - begin;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile int is_over;

/* Holds the lock most of the time. */
static void *hold_lock(void *unused)
{
	struct timespec held = {.tv_nsec = 20000000}, free_time = {.tv_nsec = 2000000};

	while (!is_over) {
		pthread_mutex_lock(&lock);
		nanosleep(&held, NULL);
		pthread_mutex_unlock(&lock);
		nanosleep(&free_time, NULL);
	}
	return unused;
}

KEEP static void wait_for_lock(struct account *account)
{
	uint64_t begin = clock_ns(CLOCK_MONOTONIC);

	pthread_mutex_lock(&lock);
	account->ns += clock_ns(CLOCK_MONOTONIC) - begin;
	pthread_mutex_unlock(&lock);
}

static void do_waits(void)
{
	struct account accounts[] = {{"wait_in_sleep", NULL, 0, 0}, {"wait_for_lock", NULL, 0, 0}};
	uint64_t end_ns = clock_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9);
	pthread_t holder;

	pthread_create(&holder, NULL, hold_lock, NULL);
	while (clock_ns(CLOCK_MONOTONIC) < end_ns) {
		wait_in_sleep(&accounts[0]);
		for (int i = 0; i < 2; i++)
			wait_for_lock(&accounts[1]);
	}
	is_over = 1;
	pthread_join(holder, NULL);
	print(accounts, 2);
}

/* As much work for each line as there is in so many seconds: what it took. */
static void do_fixed(void)
{
	uint64_t rounds = (uint64_t)(seconds * 100000) * rounds_per_share, begin;
	char line[8];

	do {
		begin = cpu_ns();
		burn_seventy(rounds);
		printf("%llu\n", (unsigned long long)(cpu_ns() - begin));
		fflush(stdout);
	} while (fgets(line, sizeof(line), stdin));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tasks[] = {{"shares", do_shares},       {"threads", do_threads}, {"child", do_child},
		     {"recursion", do_recursion}, {"kernel", do_kernel},   {"waits", do_waits},
		     {"fixed", do_fixed}};
	char line[8];

	seconds = argc > 2 ? atof(argv[2]) : 1;
	calibrate();
	printf("up\n");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 1;
	for (size_t i = 0; argc > 1 && i < sizeof(tasks) / sizeof(tasks[0]); i++)
		if (strcmp(argv[1], tasks[i].name) == 0)
			tasks[i].run();
	return 0;
}
