/* Each step in both directions, at its bounds, and with less than it needs. */
#include "model/byte_walk.h"

#include "cmocka_test.h"

struct sample {
	uint32_t small;
	uint64_t large;
	int negative;
	bool yes, no;
	uint8_t word;
	struct view text, empty, lengthy;
	const char *name, *none;
	uint32_t count;
	uint32_t *numbers;
	uint8_t raw[3];
};

static void pass(struct byte_walk *walk, struct sample *sample)
{
	byte_walk_u32(walk, &sample->small);
	byte_walk_u64(walk, &sample->large);
	byte_walk_int(walk, &sample->negative);
	byte_walk_bool(walk, &sample->yes);
	byte_walk_bool(walk, &sample->no);
	sample->word = byte_walk_word(walk, sample->word, 2, 5);
	byte_walk_view(walk, &sample->text);
	byte_walk_view(walk, &sample->empty);
	byte_walk_long_view(walk, &sample->lengthy, 4);
	byte_walk_static(walk, &sample->name);
	byte_walk_static(walk, &sample->none);
	byte_walk_count(walk, &sample->count, 10, 4);
	sample->numbers = byte_walk_array(walk, sample->numbers, sample->count, 4);
	for (uint32_t i = 0; i < sample->count && !walk->error; i++)
		byte_walk_u32(walk, &sample->numbers[i]);
	byte_walk_bytes(walk, sample->raw, sizeof(sample->raw));
}

static uint32_t two_numbers[] = {7, UINT32_MAX};

static struct sample full(void)
{
	return (struct sample){
		.small = 0x01020304,
		.large = 0x1112131415161718,
		.negative = -2,
		.yes = true,
		.word = 5,
		.text = VIEW_LITERAL("te\0xt"),
		.lengthy = VIEW_LITERAL("123456"),
		.name = "SIGSEGV",
		.count = 2,
		.numbers = two_numbers,
		.raw = {1, 2, 3},
	};
}

static struct byte_buffer written(struct sample sample)
{
	struct byte_buffer buffer;
	struct byte_walk walk = {.out = &buffer};

	byte_buffer_init(&buffer, 4096);
	pass(&walk, &sample);
	assert_null(walk.error);
	return buffer;
}

static const char *read_back(struct view bytes, struct arena *arena, struct sample *ret)
{
	struct byte_walk walk = {.in = bytes, .arena = arena};

	*ret = (struct sample){0};
	pass(&walk, ret);
	if (!walk.error)
		assert_int_equal(walk.in.size, 0);
	return walk.error;
}

static void both_ways(void **state)
{
	struct byte_buffer buffer = written(full());
	struct view copy = exact_copy(byte_buffer_view(&buffer));
	struct sample back;
	struct arena arena;

	(void)state;
	assert_memory_equal(buffer.bytes, "\4\3\2\1\x18\x17", 6); /* little-endian */
	arena_init(&arena, 4096);
	assert_null(read_back(copy, &arena, &back));
	free_copy(copy);
	assert_int_equal(back.small, 0x01020304);
	assert_int_equal(back.large, 0x1112131415161718);
	assert_int_equal(back.negative, -2);
	assert_true(back.yes);
	assert_false(back.no);
	assert_int_equal(back.word, 5);
	assert_true(view_equals(back.text, VIEW_LITERAL("te\0xt")));
	assert_null(back.empty.bytes);
	assert_view(back.lengthy, "1234"); /* cut when written */
	assert_string_equal(back.name, "SIGSEGV");
	assert_null(back.none);
	assert_int_equal(back.numbers[1], UINT32_MAX);
	assert_memory_equal(back.raw, "\1\2\3", 3);
	arena_done(&arena);
	byte_buffer_done(&buffer);
}

static void cut_everywhere(void **state)
{
	struct byte_buffer buffer = written(full());

	(void)state;
	for (size_t size = 0; size < buffer.size; size++) {
		struct view cut = exact_copy(view_of(buffer.bytes, size));
		struct sample back;
		struct arena arena;

		arena_init(&arena, 4096);
		assert_non_null(read_back(cut, &arena, &back));
		arena_done(&arena);
		free_copy(cut);
	}
	byte_buffer_done(&buffer);
}

static void out_of_bounds_is_refused(void **state)
{
	static const struct {
		size_t offset;
		char byte;
		const char *error;
	} rows[] = {
		{16, 2, "a yes or no is neither"},
		{18, 6, "a kind is none of those there are"},
		{18, 1, "a kind is none of those there are"},
		{21, 1, "a string is longer than strings may be"},
		{32, 5, "a string is longer than strings may be"},
		{45, 0, "a name has a NUL in it"},
		{53, 11, "a count is larger than what follows"},
		{53, 3, "a count is larger than what follows"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct byte_buffer buffer = written(full());
		struct sample back;
		struct arena arena;

		buffer.bytes[rows[i].offset] = rows[i].byte;
		arena_init(&arena, 4096);
		assert_string_equal(read_back(byte_buffer_view(&buffer), &arena, &back),
				    rows[i].error);
		arena_done(&arena);
		byte_buffer_done(&buffer);
	}
}

static void what_could_not_be_read_is_not_written(void **state)
{
	struct sample sample = full();
	struct byte_buffer buffer;
	struct byte_walk walk = {.out = &buffer};
	uint32_t many = 11;

	(void)state;
	byte_buffer_init(&buffer, 4096);
	sample.word = 6;
	assert_int_equal(byte_walk_word(&walk, sample.word, 2, 5), 2);
	assert_string_equal(walk.error, "a kind is none of those there are");
	walk.error = NULL;
	byte_walk_count(&walk, &many, 10, 4);
	assert_non_null(walk.error);
	assert_int_equal(many, 11);
	byte_buffer_done(&buffer);
}

static void memory_is_bounded(void **state)
{
	struct byte_buffer buffer = written(full());
	struct byte_walk walk = {.in = byte_buffer_view(&buffer)};
	struct sample back = {0};
	struct arena arena;

	(void)state;
	arena_init(&arena, 16);
	walk.arena = &arena;
	pass(&walk, &back);
	assert_true(walk.is_out_of_memory);
	arena_done(&arena);
	byte_buffer_done(&buffer);
}

static void attributes_go_both_ways(void **state)
{
	struct attribute_list list = {0}, back = {0};
	struct byte_buffer buffer;
	struct byte_walk writer = {.out = &buffer}, reader = {0};
	struct arena arena;

	(void)state;
	arena_init(&arena, 65536);
	attribute_set_static(&list, &arena, "a.string", "value");
	attribute_set_integer(&list, &arena, "an.integer", -5);
	attribute_set_double(&list, &arena, "a.double", 1.5);
	attribute_set_boolean(&list, &arena, "a.boolean", true);
	attribute_set_strings(&list, &arena, "a.list", view_of("one\0two", 8));
	list.dropped_count = 3;
	byte_buffer_init(&buffer, 4096);
	byte_walk_attributes(&writer, &list);
	assert_null(writer.error);
	reader.in = byte_buffer_view(&buffer);
	reader.arena = &arena;
	byte_walk_attributes(&reader, &back);
	assert_null(reader.error);
	memset(buffer.bytes, 0, buffer.size);
	assert_int_equal(back.count, 5);
	assert_int_equal(back.dropped_count, 3);
	assert_view(attribute_string(&back, "a.string"), "value");
	assert_int_equal(attribute_find(&back, "an.integer")->integer, -5);
	assert_true(attribute_find(&back, "a.double")->number == 1.5);
	assert_true(attribute_find(&back, "a.boolean")->boolean);
	assert_int_equal(attribute_find(&back, "a.list")->type, ATTRIBUTE_STRINGS);
	assert_memory_equal(attribute_find(&back, "a.list")->string.bytes, "one\0two", 8);
	byte_buffer_done(&buffer);
	arena_done(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(cut_everywhere),
		cmocka_unit_test(out_of_bounds_is_refused),
		cmocka_unit_test(what_could_not_be_read_is_not_written),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(attributes_go_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
