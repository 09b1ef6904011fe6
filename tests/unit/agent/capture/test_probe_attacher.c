/* What is ordered, given up and left over, with calls that take as long as the test wants. */
#include "cmocka_test.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>
#include "base/log.h"
#include "capture/probe_attacher.h"

#define ORDERS 100

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER; /* attaching waits for it */
static uint32_t attached, detached;
static int refusal;

static struct probe_link *attach(void *self, const struct probe_order *order, const char *file)
{
	(void)self;
	assert_ptr_equal(order->program, (void *)8);
	assert_int_equal(order->pid, 7);
	assert_int_equal(access(file, F_OK), 0);
	assert_int_equal(order->targets_count, 2);
	assert_int_equal(order->targets[0].file_offset, 0x40);
	assert_int_equal(order->targets[1].file_offset, 0x60);
	assert_string_equal(order->file_name, "file");
	(void)pthread_mutex_lock(&gate);
	(void)pthread_mutex_unlock(&gate);
	if (refusal) {
		errno = refusal;
		return NULL;
	}
	(void)__atomic_fetch_add(&attached, 1, __ATOMIC_SEQ_CST);
	return (struct probe_link *)16;
}

static void detach(void *self, struct probe_link *link)
{
	(void)self;
	assert_ptr_equal(link, (void *)16);
	(void)__atomic_fetch_add(&detached, 1, __ATOMIC_SEQ_CST);
}

static struct probe_attacher *begin(void)
{
	struct probe_attacher_calls calls = {NULL, attach, detach};
	struct probe_attacher *attacher = NULL;

	log_set_level(LOG_LEVEL_ERROR);
	attached = detached = 0;
	refusal = 0;
	assert_int_equal(probe_attacher_new(&attacher, &calls), 0);
	return attacher;
}

static struct probe_attachment *order_one(struct probe_attacher *attacher)
{
	struct probe_target targets[] = {{0x40, "row"}, {0x60, "other"}};
	struct probe_order order = {(void *)8, 7, STDERR_FILENO, targets, 2, false, "loss", "file"};

	return probe_attacher_attach(attacher, &order);
}

static void test_attach_and_release(void **state)
{
	struct probe_attachment *attachments[ORDERS];
	struct probe_attacher *attacher = begin();

	(void)state;
	probe_attacher_settle(attacher);
	for (uint32_t i = 0; i < ORDERS; i++)
		assert_non_null(attachments[i] = order_one(attacher));
	probe_attacher_settle(attacher);
	assert_int_equal(attached, ORDERS);
	for (uint32_t i = 0; i < ORDERS; i++)
		probe_attacher_release(attacher, attachments[i]);
	probe_attacher_settle(attacher);
	assert_int_equal(detached, ORDERS);
	probe_attacher_free(&attacher);
	assert_null(attacher);
}

/* Given up while some are being attached and most wait: these never are. */
static void test_release_early(void **state)
{
	struct probe_attachment *attachments[ORDERS];
	struct probe_attacher *attacher = begin();

	(void)state;
	(void)pthread_mutex_lock(&gate);
	for (uint32_t i = 0; i < ORDERS; i++)
		attachments[i] = order_one(attacher);
	for (uint32_t i = 0; i < ORDERS; i++)
		probe_attacher_release(attacher, attachments[i]);
	(void)pthread_mutex_unlock(&gate);
	probe_attacher_settle(attacher);
	assert_true(attached <= 32);
	assert_int_equal(detached, attached);
	probe_attacher_free(&attacher);
}

/* What was released before the end is gone after it. */
static void test_end(void **state)
{
	struct probe_attacher *attacher = begin();

	(void)state;
	for (uint32_t i = 0; i < ORDERS; i++) {
		struct probe_attachment *attachment = order_one(attacher);

		probe_attacher_release(attacher, attachment);
	}
	probe_attacher_free(&attacher);
	assert_int_equal(detached, attached);
}

static void test_refused(void **state)
{
	struct probe_attacher *attacher = begin();
	struct probe_attachment *attachment;

	(void)state;
	refusal = EPERM;
	attachment = order_one(attacher);
	probe_attacher_settle(attacher);
	probe_attacher_release(attacher, attachment);
	probe_attacher_free(&attacher);
	assert_int_equal(attached + detached, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attach_and_release),
		cmocka_unit_test(test_release_early),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
