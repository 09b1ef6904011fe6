/* Attribute lists: types, replacement, the caps and what is counted beyond them. */
#include "model/attribute.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include "base/arena.h"

static void test_types_and_replacement(void **state)
{
	struct attribute_list list = {0};
	struct arena arena;
	char text[] = "GET", key[] = "number";

	(void)state;
	arena_init(&arena, 65536);
	attribute_set_string(&list, &arena, "method", view_of(text, 3));
	text[0] = 'P';
	attribute_set_integer(&list, &arena, "number", -5);
	attribute_set_double(&list, &arena, "ratio", 0.5);
	attribute_set_boolean(&list, &arena, "flag", true);
	attribute_set_static(&list, &arena, "static", "word");
	assert_int_equal(list.count, 5);
	assert_true(view_equals(attribute_string(&list, "method"), VIEW_LITERAL("GET")));
	assert_int_equal(attribute_find(&list, "number")->integer, -5);
	assert_int_equal(attribute_find(&list, "number")->type, ATTRIBUTE_INTEGER);
	assert_true(attribute_find(&list, "ratio")->number == 0.5);
	assert_int_equal(attribute_find(&list, "ratio")->type, ATTRIBUTE_DOUBLE);
	assert_true(attribute_find(&list, "flag")->boolean);
	assert_int_equal(attribute_find(&list, "flag")->type, ATTRIBUTE_BOOLEAN);
	assert_true(view_equals(attribute_string(&list, "static"), VIEW_LITERAL("word")));
	assert_null(attribute_find(&list, "other"));
	assert_int_equal(attribute_string(&list, "other").size, 0);
	assert_int_equal(attribute_string(&list, "number").size, 0); /* of another type */
	/* The same key, though another pointer, is replaced, with another type too. */
	attribute_set_string(&list, &arena, key, VIEW_LITERAL(""));
	assert_int_equal(list.count, 5);
	assert_int_equal(attribute_find(&list, "number")->type, ATTRIBUTE_STRING);
	assert_non_null(attribute_string(&list, "number").bytes);
	assert_int_equal(list.dropped_count, 0);
	arena_done(&arena);
}

static void test_lists(void **state)
{
	static const char *const wanted[] = {"one", "", "three"};
	struct attribute_list list = {0}, copy = {0};
	struct view rest, item;
	struct arena arena;
	uint32_t count = 0;

	(void)state;
	arena_init(&arena, 65536);
	attribute_set_strings(&list, &arena, "items", view_of("one\0\0three", 11));
	attribute_set_integer(&list, &arena, "number", 7);
	attribute_set_double(&list, &arena, "ratio", 0.5);
	attribute_set_boolean(&list, &arena, "flag", true);
	attribute_set_static(&list, &arena, "word", "text");
	assert_int_equal(attribute_string(&list, "items").size, 0); /* of another type */
	for (uint32_t i = 0; i < list.count; i++)
		attribute_set_copy(&copy, &arena, list.items[i].key, &list.items[i]);
	assert_int_equal(copy.count, 5);
	for (uint32_t i = 0; i < list.count; i++)
		assert_int_equal(copy.items[i].type, list.items[i].type);
	assert_int_equal(copy.items[1].integer, 7);
	assert_true(copy.items[2].number == 0.5);
	assert_true(copy.items[3].boolean);
	assert_true(view_equals(copy.items[4].string, VIEW_LITERAL("text")));
	rest = copy.items[0].string;
	assert_true(rest.bytes != list.items[0].string.bytes);
	for (; attribute_next_string(&rest, &item); count++)
		assert_true(view_equals(item, view_of_text(wanted[count])));
	assert_int_equal(count, 3);
	rest = (struct view){0};
	assert_false(attribute_next_string(&rest, &item));
	arena_done(&arena);
}

static void test_count_cap(void **state)
{
	static char keys[MAX_ATTRIBUTES + 10][16];
	struct attribute_list list = {0};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 20);
	for (int i = 0; i < MAX_ATTRIBUTES + 10; i++) {
		(void)snprintf(keys[i], sizeof(keys[i]), "k%d", i);
		attribute_set_integer(&list, &arena, keys[i], i);
	}
	assert_int_equal(list.count, MAX_ATTRIBUTES);
	assert_int_equal(list.dropped_count, 10);
	for (int i = 0; i < MAX_ATTRIBUTES; i++)
		assert_int_equal(attribute_find(&list, keys[i])->integer, i);
	attribute_set_integer(&list, &arena, "k5", 55); /* replacing still works */
	assert_int_equal(attribute_find(&list, "k5")->integer, 55);
	assert_int_equal(list.dropped_count, 10);
	arena_done(&arena);
}

static void test_full_arena(void **state)
{
	struct attribute_list list = {0};
	struct arena arena;

	(void)state;
	arena_init(&arena, 16);
	attribute_set_string(&list, &arena, "a",
			     VIEW_LITERAL("a string of more than sixteen bytes"));
	attribute_set_integer(&list, &arena, "b", 1);
	attribute_set_static(&list, &arena, "c", "c");
	attribute_set_double(&list, &arena, "d", 1);
	attribute_set_boolean(&list, &arena, "e", true);
	assert_int_equal(list.count, 0);
	assert_int_equal(list.dropped_count, 5);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types_and_replacement),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_count_cap),
		cmocka_unit_test(test_full_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
