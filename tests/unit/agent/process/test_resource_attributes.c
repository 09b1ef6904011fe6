/* OTEL_RESOURCE_ATTRIBUTES: what is taken, and that any mistake discards all of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include "base/arena.h"
#include "process/resource_attributes.h"

struct sample {
	const char *text;
	int result;
	uint32_t count;
	const char *key, *value; /* one of them; NULL: none */
};

static const struct sample samples[] = {
	{"", 0, 0, NULL, NULL},
	{"service.name=shop", 0, 1, "service.name", "shop"},
	{"service.name=shop,service.version=1.2.3", 0, 2, "service.version", "1.2.3"},
	{" a = b , c = d ", 0, 2, "c", "d"},
	{"a=b,", 0, 1, "a", "b"},
	{"a=", 0, 1, "a", ""},
	{"a=b=c", 0, 1, "a", "b=c"},
	{"a=1%2C2%3D%20x", 0, 1, "a", "1,2= x"},
	{"k%65y=v", 0, 1, "key", "v"},
	{"a=%C3%A9", 0, 1, "a", "\xc3\xa9"},
	{"a=1,a=2", 0, 1, "a", "2"},
	{"a=b,c", -EINVAL, 0, NULL, NULL},
	{"a=b,=c", -EINVAL, 0, NULL, NULL},
	{"a=b, =c", -EINVAL, 0, NULL, NULL},
	{"a=b,c=%4", -EINVAL, 0, NULL, NULL},
	{"a=b,c=%", -EINVAL, 0, NULL, NULL},
	{"a=b,c=%zz", -EINVAL, 0, NULL, NULL},
	{"a=b,c=%ff", -EINVAL, 0, NULL, NULL},
	{"a=b,c%00=d", -EINVAL, 0, NULL, NULL},
	{"a=b,c=\xff", -EINVAL, 0, NULL, NULL},
};

static void test_samples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct attribute_list list = {0};
		struct arena arena;
		struct view value;

		arena_init(&arena, 65536);
		if (resource_attributes_parse(view_of_text(samples[i].text), &list, &arena) !=
			    samples[i].result ||
		    list.count != samples[i].count)
			fail_msg("%s: %u attributes", samples[i].text, list.count);
		if (samples[i].key) {
			value = attribute_string(&list, samples[i].key);
			assert_int_equal(value.size, strlen(samples[i].value));
			assert_memory_equal(value.bytes, samples[i].value, value.size);
		}
		arena_done(&arena);
	}
}

static void test_caps(void **state)
{
	static char text[MAX_RESOURCE_ATTRIBUTES_BYTES + 2];
	struct attribute_list list = {0};
	struct arena arena;
	size_t size = 0;

	(void)state;
	arena_init(&arena, 65536);
	memset(text, 'v', sizeof(text));
	memcpy(text, "a=", 2);
	assert_int_equal(resource_attributes_parse(view_of(text, sizeof(text) - 1), &list, &arena),
			 -EINVAL);
	for (int i = 0; i < MAX_RESOURCE_ATTRIBUTE_PAIRS; i++)
		size += (size_t)sprintf(text + size, "k%d=v,", i);
	assert_int_equal(resource_attributes_parse(view_of(text, size), &list, &arena), 0);
	assert_int_equal(list.count, MAX_RESOURCE_ATTRIBUTE_PAIRS);
	list = (struct attribute_list){0};
	size += (size_t)sprintf(text + size, "one=more");
	assert_int_equal(resource_attributes_parse(view_of(text, size), &list, &arena), -EINVAL);
	assert_int_equal(list.count, 0);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_samples),
					   cmocka_unit_test(test_caps)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
