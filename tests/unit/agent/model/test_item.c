/* Items: they take the segment, are shared by count, and free it with the last reference, on any
 * thread. */
#include "model/item.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>

static struct item *new_item(struct resource *resource)
{
	struct segment *segment;
	struct item *item;

	assert_int_equal(segment_new(&segment, resource), 0);
	assert_int_equal(item_new_segment(&item, &segment), 0);
	assert_null(segment);
	return item;
}

static void test_references(void **state)
{
	struct resource *resource;
	struct item *item, *second;

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	item = new_item(resource);
	assert_int_equal(item->kind, ITEM_SEGMENT);
	assert_int_equal(item->references, 1);
	assert_ptr_equal(item->segment->resource, resource);
	second = item_reference(item);
	item_release(&item);
	assert_null(item);
	assert_int_equal(resource->references, 2);
	item_release(&second);
	assert_int_equal(resource->references, 1); /* the segment went with the item */
	item_release(&second);
	resource_release(&resource);
}

static void *release_many(void *argument)
{
	struct item **items = argument;

	for (int i = 0; i < 1000; i++)
		item_release(&items[i]);
	return NULL;
}

static void test_two_threads_release(void **state)
{
	static struct item *mine[1000], *theirs[1000];
	struct resource *resource;
	pthread_t thread;

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	for (int i = 0; i < 1000; i++) {
		mine[i] = new_item(resource);
		theirs[i] = item_reference(mine[i]);
	}
	assert_int_equal(pthread_create(&thread, NULL, release_many, theirs), 0);
	release_many(mine);
	(void)pthread_join(thread, NULL);
	assert_int_equal(resource->references, 1);
	resource_release(&resource);
}

static void another_resource(void **state)
{
	struct resource *first, *second;
	struct item *item;

	(void)state;
	assert_int_equal(resource_new(&first), 0);
	assert_int_equal(resource_new(&second), 0);
	item = new_item(first);
	item_set_resource(item, first);
	assert_int_equal(first->references, 2);
	item_set_resource(item, second);
	assert_ptr_equal(item_resource(item), second);
	assert_int_equal(first->references, 1);
	assert_int_equal(second->references, 2);
	item_release(&item);
	resource_release(&first);
	resource_release(&second);
}

static void a_profile(void **state)
{
	struct resource *resource;
	struct profile *profile;
	struct item *item;

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(profile_new(&profile, resource, 99), 0);
	assert_int_equal(item_new_profile(&item, &profile), 0);
	assert_null(profile);
	assert_int_equal(item->kind, ITEM_PROFILE);
	assert_ptr_equal(item_resource(item), resource);
	assert_int_equal(resource->references, 2);
	item_release(&item);
	assert_int_equal(resource->references, 1);
	resource_release(&resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_references),
		cmocka_unit_test(another_resource),
		cmocka_unit_test(a_profile),
		cmocka_unit_test(test_two_threads_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
