/* Resources: references keep them alive, the last one frees (the sanitizer tells otherwise). */
#include "model/resource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_arena_is_capped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
