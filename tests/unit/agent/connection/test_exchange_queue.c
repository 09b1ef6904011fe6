/* First in, first out, over a pool with a cap that all queues share. */
#include "cmocka_test.h"

#include "connection/exchange_queue.h"

static void order_and_caps(void **state)
{
	struct exchange_queue a = {0}, b = {0};
	struct exchange_pool pool;
	struct pending_exchange *first;

	(void)state;
	exchange_pool_init(&pool, 3);
	first = exchange_queue_push(&a, &pool);
	first->exchange.id = 1;
	exchange_queue_push(&a, &pool)->exchange.id = 2;
	exchange_queue_push(&b, &pool)->exchange.id = 3;
	assert_null(exchange_queue_push(&b, &pool));
	assert_int_equal(a.count, 2);
	assert_int_equal(a.oldest->exchange.id, 1);
	assert_int_equal(a.newest->exchange.id, 2);
	exchange_queue_pop(&a, &pool);
	assert_int_equal(a.oldest->exchange.id, 2);
	/* The same memory again, clean. */
	assert_ptr_equal(exchange_queue_push(&b, &pool), first);
	assert_int_equal(first->exchange.id, 0);
	assert_null(first->next);
	exchange_queue_pop(&a, &pool);
	assert_null(a.oldest);
	assert_null(a.newest);
	exchange_queue_pop(&a, &pool);
	assert_int_equal(a.count, 0);
	exchange_queue_pop(&b, &pool);
	exchange_queue_pop(&b, &pool);
	assert_int_equal(pool.count, 3);
	exchange_pool_done(&pool);
}

static void one_connection_cannot_take_all(void **state)
{
	struct exchange_queue queue = {0};
	struct exchange_pool pool;

	(void)state;
	exchange_pool_init(&pool, MAX_PIPELINED * 2);
	for (int i = 0; i < MAX_PIPELINED; i++)
		assert_non_null(exchange_queue_push(&queue, &pool));
	assert_null(exchange_queue_push(&queue, &pool));
	while (queue.oldest)
		exchange_queue_pop(&queue, &pool);
	assert_int_equal(pool.count, MAX_PIPELINED);
	exchange_pool_done(&pool);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_and_caps),
		cmocka_unit_test(one_connection_cannot_take_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
