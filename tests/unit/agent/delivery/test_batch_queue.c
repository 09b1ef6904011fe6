/* The bounded queue: order, priorities, eviction, waits, and two threads at once. */
#include "delivery/batch_queue.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <unistd.h>
#include "base/clock.h"
#include "numbered_item.h"

/* The number of what the last push dropped; -1: nothing. */
static __thread int dropped_number;

static enum push_result push(struct batch_queue *queue, uint8_t number, enum item_kind kind)
{
	struct item *item = numbered_item_of(kind, number), *dropped;
	enum push_result result = batch_queue_push(queue, item, &dropped);

	/* Exactly one is handed back when one did not find a place. */
	assert_int_equal(dropped != NULL, result != PUSH_DONE);
	dropped_number = dropped ? item_number(dropped) : -1;
	item_release(&dropped);
	item_release(&item);
	return result;
}

static int take_one(struct batch_queue *queue)
{
	struct item *item = NULL;
	int number;

	if (batch_queue_take(queue, ITEM_ALL, &item, 1) == 0)
		return -1;
	assert_int_equal(item->references, 1);
	number = item_number(item);
	item_release(&item);
	return number;
}

static void test_first_in_first_out(void **state)
{
	struct batch_queue *queue;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 4), 0);
	assert_int_equal(take_one(queue), -1);
	for (int round = 0; round < 3; round++) {
		for (uint8_t i = 1; i <= 4; i++)
			assert_int_equal(push(queue, i, ITEM_SEGMENT), PUSH_DONE);
		assert_int_equal(batch_queue_count(queue), 4);
		for (int i = 1; i <= 4; i++)
			assert_int_equal(take_one(queue), i);
		assert_int_equal(batch_queue_count(queue), 0);
	}
	batch_queue_free(&queue);
	assert_null(queue);
	batch_queue_free(&queue);
}

static void test_take_is_bounded(void **state)
{
	struct batch_queue *queue;
	struct item *items[8];

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 8), 0);
	for (uint8_t i = 0; i < 5; i++)
		(void)push(queue, i, ITEM_SEGMENT);
	assert_int_equal(batch_queue_take(queue, ITEM_ALL, items, 3), 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(item_number(items[i]), i);
		item_release(&items[i]);
	}
	assert_int_equal(batch_queue_count(queue), 2);
	batch_queue_free(&queue); /* the other two are released: the sanitizer would tell */
}

static void test_full_evicts_the_oldest(void **state)
{
	struct batch_queue *queue;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 3), 0);
	for (uint8_t i = 1; i <= 3; i++)
		assert_int_equal(push(queue, i, ITEM_SEGMENT), PUSH_DONE);
	assert_int_equal(push(queue, 4, ITEM_SEGMENT), PUSH_EVICTED);
	assert_int_equal(push(queue, 5, ITEM_SEGMENT), PUSH_EVICTED);
	assert_int_equal(batch_queue_count(queue), 3);
	assert_int_equal(take_one(queue), 3);
	assert_int_equal(take_one(queue), 4);
	assert_int_equal(take_one(queue), 5);
	assert_int_equal(take_one(queue), -1);
	batch_queue_free(&queue);
}

static void test_priorities(void **state)
{
	struct batch_queue *queue;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 3), 0);
	assert_int_equal(push(queue, 10, ITEM_SESSION), PUSH_DONE);
	assert_int_equal(push(queue, 20, ITEM_SEGMENT), PUSH_DONE);
	assert_int_equal(push(queue, 11, ITEM_SESSION), PUSH_DONE);
	/* Full: the lowest priority goes, not the oldest of all. */
	assert_int_equal(push(queue, 1, ITEM_CRASH), PUSH_EVICTED);
	assert_int_equal(dropped_number, 20);
	/* Less than everything there: not taken. */
	assert_int_equal(push(queue, 21, ITEM_SEGMENT), PUSH_EVICTED);
	assert_int_equal(dropped_number, 21);
	assert_int_equal(take_one(queue), 1);
	assert_int_equal(take_one(queue), 10);
	assert_int_equal(take_one(queue), 11);
	assert_int_equal(take_one(queue), -1);
	assert_int_equal(push(queue, 1, ITEM_CRASH), PUSH_DONE);
	assert_int_equal(push(queue, 10, ITEM_SESSION), PUSH_DONE);
	assert_int_equal(push(queue, 11, ITEM_SESSION), PUSH_DONE);
	/* Now sessions are the lowest: their oldest goes. */
	assert_int_equal(push(queue, 12, ITEM_SESSION), PUSH_EVICTED);
	assert_int_equal(dropped_number, 10);
	assert_int_equal(take_one(queue), 1);
	assert_int_equal(take_one(queue), 11);
	assert_int_equal(take_one(queue), 12);
	assert_int_equal(take_one(queue), -1);
	batch_queue_free(&queue);
}

static void take_some(struct batch_queue *queue, uint32_t kinds, uint32_t count, int first)
{
	struct item *items[8];

	assert_int_equal(batch_queue_take(queue, kinds, items, 8), count);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(item_number(items[i]), first + (int)i);
		item_release(&items[i]);
	}
}

/* Never two kinds at once, never two crashes, and only what is asked for. */
static void test_one_kind_at_a_time(void **state)
{
	struct batch_queue *queue;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 16), 0);
	for (uint8_t i = 0; i < 3; i++) {
		(void)push(queue, 20 + i, ITEM_SEGMENT);
		(void)push(queue, 10 + i, ITEM_SESSION);
		(void)push(queue, i, ITEM_CRASH);
	}
	take_some(queue, ITEM_BIT(ITEM_SEGMENT), 3, 20);
	take_some(queue, ITEM_ALL, 1, 0);
	take_some(queue, ITEM_ALL & ~ITEM_BIT(ITEM_CRASH), 3, 10);
	take_some(queue, ITEM_ALL & ~ITEM_BIT(ITEM_CRASH), 0, 0);
	take_some(queue, ITEM_ALL, 1, 1);
	take_some(queue, ITEM_ALL, 1, 2);
	take_some(queue, ITEM_ALL, 0, 0);
	batch_queue_free(&queue);
}

/* Nobody waits for company when a crash or a session is there. */
static void test_urgent_kinds_end_a_wait(void **state)
{
	struct batch_queue *queue;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 16), 0);
	for (int kind = ITEM_CRASH; kind <= ITEM_SESSION; kind++) {
		(void)push(queue, 1, (enum item_kind)kind);
		assert_int_equal(batch_queue_wait(queue, 8, 0), WAIT_READY);
		/* But a sleep is one. */
		assert_int_equal(batch_queue_wait(queue, UINT32_MAX, 1), WAIT_TIME_IS_OVER);
		assert_int_equal(take_one(queue), 1);
		assert_int_equal(batch_queue_wait(queue, 8, 1), WAIT_TIME_IS_OVER);
	}
	batch_queue_free(&queue);
}

static void *wait_for_many(void *queue)
{
	return (void *)(uintptr_t)batch_queue_wait(queue, 8, 0);
}

static void test_a_crash_wakes(void **state)
{
	struct batch_queue *queue;
	pthread_t thread;
	void *result;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 16), 0);
	(void)push(queue, 1, ITEM_SEGMENT);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_many, queue), 0);
	usleep(20000); /* the waiter sleeps by now, as a rule */
	(void)push(queue, 2, ITEM_CRASH);
	(void)pthread_join(thread, &result);
	assert_int_equal((uintptr_t)result, WAIT_READY);
	batch_queue_free(&queue);
}

static void test_waits(void **state)
{
	struct batch_queue *queue;
	uint64_t begin = clock_monotonic_ns();

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 4), 0);
	assert_int_equal(batch_queue_wait(queue, 1, begin), WAIT_TIME_IS_OVER);
	assert_int_equal(batch_queue_wait(queue, 1, begin + 20 * NS_PER_MS), WAIT_TIME_IS_OVER);
	assert_true(clock_monotonic_ns() >= begin + 20 * NS_PER_MS);
	(void)push(queue, 1, ITEM_SEGMENT);
	assert_int_equal(batch_queue_wait(queue, 1, 0), WAIT_READY);
	assert_int_equal(batch_queue_wait(queue, 2, begin), WAIT_TIME_IS_OVER);
	batch_queue_close(queue);
	assert_int_equal(batch_queue_wait(queue, 1, 0), WAIT_CLOSED);
	assert_int_equal(batch_queue_wait(queue, 5, 0), WAIT_CLOSED);
	assert_int_equal(push(queue, 2, ITEM_SEGMENT), PUSH_CLOSED);
	assert_int_equal(take_one(queue), 1);
	assert_int_equal(take_one(queue), -1);
	batch_queue_free(&queue);
}

static void *close_queue(void *queue)
{
	batch_queue_close(queue);
	return NULL;
}

static void test_close_ends_an_endless_wait(void **state)
{
	struct batch_queue *queue;
	pthread_t thread;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 4), 0);
	assert_int_equal(pthread_create(&thread, NULL, close_queue, queue), 0);
	assert_int_equal(batch_queue_wait(queue, UINT32_MAX, 0), WAIT_CLOSED);
	(void)pthread_join(thread, NULL);
	batch_queue_free(&queue);
}

static void *wait_for_three(void *queue)
{
	return (void *)(uintptr_t)batch_queue_wait(queue, 3, 0);
}

/* Exactly the number waited for wakes an endless wait. */
static void test_push_ends_an_endless_wait(void **state)
{
	struct batch_queue *queue;
	pthread_t thread;
	void *result;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 4), 0);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_three, queue), 0);
	usleep(20000); /* the waiter sleeps by now, as a rule */
	for (uint8_t i = 1; i <= 3; i++)
		(void)push(queue, i, ITEM_SEGMENT);
	(void)pthread_join(thread, &result);
	assert_int_equal((uintptr_t)result, WAIT_READY);
	batch_queue_free(&queue);
}

#define PUSHES 20000

static void *push_many(void *argument)
{
	uintptr_t evicted = 0;

	for (int i = 0; i < PUSHES; i++)
		evicted += push(argument, (uint8_t)i, ITEM_SEGMENT) == PUSH_EVICTED;
	batch_queue_close(argument);
	return (void *)evicted;
}

/* Nothing is lost between the threads: what went in came out or was reported as evicted. */
static void test_two_threads(void **state)
{
	struct batch_queue *queue;
	struct item *items[16];
	pthread_t thread;
	void *evicted;
	uint32_t taken = 0, count;
	bool is_open = true;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 64), 0);
	assert_int_equal(pthread_create(&thread, NULL, push_many, queue), 0);
	do {
		is_open = is_open && batch_queue_wait(queue, 8, 0) != WAIT_CLOSED;
		count = batch_queue_take(queue, ITEM_ALL, items, 16);
		for (uint32_t i = 0; i < count; i++)
			item_release(&items[i]);
		taken += count;
	} while (is_open || count);
	(void)pthread_join(thread, &evicted);
	assert_int_equal(taken + (uintptr_t)evicted, PUSHES);
	batch_queue_free(&queue);
}

static struct item *profile_of(uint32_t samples_count)
{
	struct profile_sample sample = {.weight_ns = 1};
	struct resource *resource;
	struct profile *profile;
	struct item *item;

	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(profile_new(&profile, resource, 99), 0);
	resource_release(&resource);
	sample.thread = profile_add_thread(profile, 1, 1, VIEW_LITERAL("shop"));
	for (uint32_t i = 0; i < samples_count; i++)
		assert_true(profile_add_sample(profile, &sample));
	assert_int_equal(item_new_profile(&item, &profile), 0);
	return item;
}

static enum push_result push_profile(struct batch_queue *queue, uint32_t samples_count)
{
	struct item *item = profile_of(samples_count), *dropped;
	enum push_result result = batch_queue_push(queue, item, &dropped);

	assert_ptr_equal(dropped, result == PUSH_DONE ? NULL : item);
	item_release(&dropped);
	item_release(&item);
	return result;
}

/* Many processes end at once. */
static void test_many_small_profiles(void **state)
{
	struct batch_queue *queue;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 1000), 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(push_profile(queue, 10), PUSH_DONE);
	batch_queue_free(&queue);
}

/* However many items a queue may have, of large profiles it has few. */
static void test_few_large_profiles(void **state)
{
	struct item *large = profile_of(300000);
	size_t bytes = profile_bytes(large->profile);
	struct batch_queue *queue;

	(void)state;
	item_release(&large);
	assert_in_range(bytes, 300000 * sizeof(struct profile_sample),
			MAX_QUEUED_PROFILE_BYTES / 2);
	assert_int_equal(batch_queue_new(&queue, 100), 0);
	(void)push(queue, 200, ITEM_SEGMENT);
	for (size_t room = MAX_QUEUED_PROFILE_BYTES; room >= bytes; room -= bytes)
		assert_int_equal(push_profile(queue, 300000), PUSH_DONE);
	assert_int_equal(push_profile(queue, 300000), PUSH_EVICTED);
	assert_int_equal(push(queue, 201, ITEM_SEGMENT), PUSH_DONE);
	assert_int_equal(take_one(queue), 200);
	assert_int_equal(take_one(queue), 201);
	assert_int_equal(take_one(queue), 99);
	assert_int_equal(push_profile(queue, 300000), PUSH_DONE);
	batch_queue_free(&queue);
}

/* It has a place of its own, beside small ones. */
static void test_the_largest_profile(void **state)
{
	struct batch_queue *queue;

	(void)state;
	assert_int_equal(batch_queue_new(&queue, 100), 0);
	assert_int_equal(push_profile(queue, MAX_PROFILE_SAMPLES), PUSH_DONE);
	assert_int_equal(push_profile(queue, 1), PUSH_DONE);
	assert_int_equal(push_profile(queue, 300000), PUSH_EVICTED);
	assert_int_equal(take_one(queue), 99);
	assert_int_equal(push_profile(queue, 300000), PUSH_DONE);
	batch_queue_free(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_in_first_out),
		cmocka_unit_test(test_take_is_bounded),
		cmocka_unit_test(test_full_evicts_the_oldest),
		cmocka_unit_test(test_priorities),
		cmocka_unit_test(test_one_kind_at_a_time),
		cmocka_unit_test(test_urgent_kinds_end_a_wait),
		cmocka_unit_test(test_a_crash_wakes),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_close_ends_an_endless_wait),
		cmocka_unit_test(test_push_ends_an_endless_wait),
		cmocka_unit_test(test_many_small_profiles),
		cmocka_unit_test(test_few_large_profiles),
		cmocka_unit_test(test_the_largest_profile),
		cmocka_unit_test(test_two_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
