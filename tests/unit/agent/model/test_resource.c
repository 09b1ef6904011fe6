/* Resources: references keep them alive, the last one frees (the sanitizer tells otherwise). */
#include "model/resource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

static void test_references(void **state)
{
	struct resource *resource, *second;

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(resource->references, 1);
	assert_int_equal(resource->attributes.count, 0);
	second = resource_reference(resource);
	assert_ptr_equal(second, resource);
	assert_int_equal(resource->references, 2);
	resource->service_name = arena_copy(&resource->arena, VIEW_LITERAL("shop"));
	resource_release(&resource);
	assert_null(resource);
	assert_true(view_equals(second->service_name, VIEW_LITERAL("shop")));
	assert_int_equal(second->references, 1);
	resource_release(&second);
	assert_null(second);
	resource_release(&second);
}

static void test_arena_is_capped(void **state)
{
	struct resource *resource;

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	assert_null(arena_allocate(&resource->arena, 65537));
	assert_non_null(arena_allocate(&resource->arena, 65536));
	resource_release(&resource);
}

static void test_copy(void **state)
{
	struct resource *from, *copy;

	(void)state;
	assert_int_equal(resource_new(&from), 0);
	for (int i = 0; i < 100; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "key%d", i);
		attribute_set_integer(&from->attributes, &from->arena,
				      arena_copy(&from->arena, view_of_text(key)).bytes, i);
	}
	attribute_set_string(&from->attributes, &from->arena, "service.name", VIEW_LITERAL("shop"));
	from->service_name = arena_copy(&from->arena, VIEW_LITERAL("shop"));
	from->release = arena_copy(&from->arena, VIEW_LITERAL("shop@1"));
	from->pid = 7;
	from->start_boottime_ns = 9;
	from->awaits = 3;
	assert_int_equal(resource_copy(&copy, from), 0);
	resource_release(&from);
	assert_int_equal(copy->references, 1);
	assert_int_equal(copy->attributes.count, 101);
	assert_string_equal(copy->attributes.items[99].key, "key99");
	assert_int_equal(copy->attributes.items[99].integer, 99);
	assert_true(view_equals(attribute_string(&copy->attributes, "service.name"),
				VIEW_LITERAL("shop")));
	assert_true(view_equals(copy->service_name, VIEW_LITERAL("shop")));
	assert_true(view_equals(copy->release, VIEW_LITERAL("shop@1")));
	assert_int_equal(copy->environment.size, 0);
	assert_int_equal(copy->pid, 7);
	assert_int_equal(copy->start_boottime_ns, 9);
	assert_int_equal(copy->awaits, 3);
	resource_release(&copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_arena_is_capped),
		cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
