/* Answers as bytes: the round trip, texts made harmless, every cut refused, no index believed. */
#include "unwinding/unwind_job.h"

#include <errno.h>
#include "cmocka_test.h"

static void fill(struct unwind_answer *answer, struct crash_frame frames[2],
		 struct unwind_answer_image images[2])
{
	memset(answer, 0, sizeof(*answer));
	memset(frames, 0, 2 * sizeof(frames[0]));
	memset(images, 0, 2 * sizeof(images[0]));
	frames[0] = (struct crash_frame){
		.pc = 0x401000,
		.function_address = 0x400ff0,
		.function = VIEW_LITERAL("shop::Cart::total() const"),
		.symbol = VIEW_LITERAL("_ZNK4shop4Cart5totalEv"),
		.file = VIEW_LITERAL("/src/cart.cc"),
		.line = 17,
		.image = 1,
		.trust = TRUST_CONTEXT,
		.is_exact_pc = true,
		.is_in_app = true,
	};
	frames[1] = (struct crash_frame){
		.pc = 0x7f00, .image = NO_IMAGE, .repeats = 9, .trust = TRUST_SCAN};
	images[1].build_id_size = 20;
	memset(images[1].build_id, 0x5a, 20);
	images[0].has_text_hash = true;
	memset(images[0].text_hash, 0x33, 16);
	answer->id = 99;
	answer->images = images;
	answer->images_count = 2;
	answer->threads_count = 2;
	answer->threads[0].frames = frames;
	answer->threads[0].frames_count = 2;
	answer->threads[0].is_truncated = true;
	answer->threads[1].is_complete = true;
}

static int decode(struct view bytes, struct arena *arena, struct unwind_answer *ret)
{
	arena_init(arena, MAX_CRASH_BYTES);
	return unwind_answer_decode(bytes, arena, ret);
}

static void test_what_goes_in_comes_out(void **state)
{
	static struct unwind_answer answer, got;
	struct unwind_answer_image images[2];
	struct crash_frame frames[2];
	struct byte_buffer bytes;
	struct arena arena;

	(void)state;
	fill(&answer, frames, images);
	byte_buffer_init(&bytes, MAX_ANSWER_BYTES);
	assert_int_equal(unwind_answer_encode(&answer, &bytes), 0);
	assert_int_equal(decode(byte_buffer_view(&bytes), &arena, &got), 0);
	assert_int_equal(got.id, 99);
	assert_int_equal(got.images_count, 2);
	assert_memory_equal(got.images, images, sizeof(images));
	assert_int_equal(got.threads_count, 2);
	assert_true(got.threads[0].is_truncated && !got.threads[1].is_truncated);
	assert_true(got.threads[1].is_complete && !got.threads[0].is_complete);
	assert_int_equal(got.threads[0].frames_count, 2);
	assert_int_equal(got.threads[1].frames_count, 0);
	assert_int_equal(got.threads[0].frames[0].pc, 0x401000);
	assert_int_equal(got.threads[0].frames[0].function_address, 0x400ff0);
	assert_view(got.threads[0].frames[0].function, "shop::Cart::total() const");
	assert_view(got.threads[0].frames[0].symbol, "_ZNK4shop4Cart5totalEv");
	assert_view(got.threads[0].frames[0].file, "/src/cart.cc");
	assert_int_equal(got.threads[0].frames[0].line, 17);
	assert_int_equal(got.threads[0].frames[0].image, 1);
	assert_true(got.threads[0].frames[0].is_exact_pc && got.threads[0].frames[0].is_in_app);
	assert_int_equal(got.threads[0].frames[1].image, NO_IMAGE);
	assert_int_equal(got.threads[0].frames[1].repeats, 9);
	assert_int_equal(got.threads[0].frames[1].trust, TRUST_SCAN);
	assert_view(got.threads[0].frames[1].function, "");
	arena_done(&arena);
	byte_buffer_done(&bytes);
}

static void test_texts_are_made_harmless(void **state)
{
	static struct unwind_answer answer, got;
	static char long_name[8192];
	struct unwind_answer_image images[2];
	struct crash_frame frames[2];
	struct byte_buffer bytes;
	struct arena arena;

	(void)state;
	fill(&answer, frames, images);
	memset(long_name, 'x', sizeof(long_name));
	frames[0].function = VIEW_LITERAL("a\x1b[31m\xff"
					  "b\xc3\xa4\n");
	frames[0].symbol = view_of(long_name, sizeof(long_name));
	byte_buffer_init(&bytes, MAX_ANSWER_BYTES);
	assert_int_equal(unwind_answer_encode(&answer, &bytes), 0);
	assert_int_equal(decode(byte_buffer_view(&bytes), &arena, &got), 0);
	assert_view(got.threads[0].frames[0].function, "a\xef\xbf\xbd[31m\xef\xbf\xbd"
						       "b\xc3\xa4\xef\xbf\xbd");
	assert_int_equal(got.threads[0].frames[0].symbol.size, 4096);
	arena_done(&arena);
	byte_buffer_done(&bytes);
}

/* Samples have the same callers again and again: what is known of a place is said once. */
static void test_the_same_again_is_short(void **state)
{
	static struct unwind_answer answer, got;
	static struct crash_frame many[MAX_CRASH_FRAMES];
	struct unwind_answer_image images[2];
	struct crash_frame frames[2];
	struct byte_buffer bytes;
	struct arena arena;
	size_t once;

	(void)state;
	fill(&answer, frames, images);
	byte_buffer_init(&bytes, MAX_ANSWER_BYTES);
	answer.threads[0].frames_count = 1;
	assert_int_equal(unwind_answer_encode(&answer, &bytes), 0);
	once = bytes.size;
	for (uint32_t i = 0; i < MAX_CRASH_FRAMES; i++) {
		many[i] = frames[0];
		many[i].repeats = i; /* these are of the frame, not of the place */
		many[i].trust = TRUST_CFI;
	}
	many[7].is_in_app = false; /* another place */
	answer.threads_count = 3;
	for (uint32_t i = 0; i < 3; i++) {
		answer.threads[i].frames = many;
		answer.threads[i].frames_count = MAX_CRASH_FRAMES;
	}
	byte_buffer_clear(&bytes);
	assert_int_equal(unwind_answer_encode(&answer, &bytes), 0);
	assert_true(bytes.size < 2 * once + 3 * MAX_CRASH_FRAMES * 18);
	assert_int_equal(decode(byte_buffer_view(&bytes), &arena, &got), 0);
	for (uint32_t i = 0; i < 3; i++)
		for (uint32_t k = 0; k < MAX_CRASH_FRAMES; k++) {
			const struct crash_frame *frame = &got.threads[i].frames[k];

			assert_view(frame->function, "shop::Cart::total() const");
			assert_int_equal(frame->line, 17);
			assert_int_equal(frame->image, 1);
			assert_int_equal(frame->repeats, k);
			assert_int_equal(frame->trust, TRUST_CFI);
			assert_int_equal(frame->is_in_app, k != 7);
		}
	arena_done(&arena);
	byte_buffer_done(&bytes);
}

/* The frame that says it is like the one behind it. */
static void test_a_frame_like_none_before(void **state)
{
	static struct unwind_answer answer, got;
	struct unwind_answer_image images[2];
	struct crash_frame frames[2];
	struct byte_buffer bytes;
	struct arena arena;
	uint32_t like = 1;

	(void)state;
	fill(&answer, frames, images);
	frames[1] = frames[0];
	byte_buffer_init(&bytes, MAX_ANSWER_BYTES);
	assert_int_equal(unwind_answer_encode(&answer, &bytes), 0);
	/* Behind it: the last thread (5 bytes), no type (4). */
	memcpy(bytes.bytes + bytes.size - 5 - 4 - 4, &like, sizeof(like));
	assert_int_equal(decode(byte_buffer_view(&bytes), &arena, &got), -EBADMSG);
	arena_done(&arena);
	like = 0;
	memcpy(bytes.bytes + bytes.size - 5 - 4 - 4, &like, sizeof(like));
	assert_int_equal(decode(byte_buffer_view(&bytes), &arena, &got), 0);
	arena_done(&arena);
	byte_buffer_done(&bytes);
}

static void test_every_cut_is_refused(void **state)
{
	static struct unwind_answer answer, got;
	struct unwind_answer_image images[2];
	struct crash_frame frames[2];
	struct byte_buffer bytes;
	struct arena arena;

	(void)state;
	fill(&answer, frames, images);
	byte_buffer_init(&bytes, MAX_ANSWER_BYTES);
	assert_int_equal(unwind_answer_encode(&answer, &bytes), 0);
	for (size_t size = 0; size < bytes.size; size++) {
		struct view cut = exact_copy(view_of(bytes.bytes, size));

		assert_int_equal(decode(cut, &arena, &got), -EBADMSG);
		arena_done(&arena);
		free_copy(cut);
	}
	byte_buffer_append_byte(&bytes, 0);
	assert_int_equal(decode(byte_buffer_view(&bytes), &arena, &got), -EBADMSG);
	arena_done(&arena);
	byte_buffer_done(&bytes);
}

static void expect_refused(struct unwind_answer *answer)
{
	static struct unwind_answer got;
	struct byte_buffer bytes;
	struct arena arena;

	byte_buffer_init(&bytes, MAX_ANSWER_BYTES);
	assert_int_equal(unwind_answer_encode(answer, &bytes), 0);
	assert_int_equal(decode(byte_buffer_view(&bytes), &arena, &got), -EBADMSG);
	arena_done(&arena);
	byte_buffer_done(&bytes);
}

static void test_nothing_is_believed(void **state)
{
	static struct unwind_answer answer;
	struct unwind_answer_image images[2];
	struct crash_frame frames[2];
	struct byte_buffer bytes;

	(void)state;
	fill(&answer, frames, images);
	frames[1].image = 2;
	expect_refused(&answer);
	fill(&answer, frames, images);
	frames[1].trust = (enum frame_trust)(TRUST_SCAN + 1);
	expect_refused(&answer);
	fill(&answer, frames, images);
	images[0].build_id_size = MAX_BUILD_ID_BYTES + 1;
	expect_refused(&answer);
	fill(&answer, frames, images);
	byte_buffer_init(&bytes, MAX_ANSWER_BYTES);
	answer.threads[1].frames_count = MAX_CRASH_FRAMES + 1;
	assert_int_equal(unwind_answer_encode(&answer, &bytes), -EINVAL);
	byte_buffer_done(&bytes);
}

static void test_an_arena_that_is_full(void **state)
{
	static struct unwind_answer answer, got;
	struct unwind_answer_image images[2];
	struct crash_frame frames[2];
	struct byte_buffer bytes;
	struct arena arena;

	(void)state;
	fill(&answer, frames, images);
	byte_buffer_init(&bytes, MAX_ANSWER_BYTES);
	assert_int_equal(unwind_answer_encode(&answer, &bytes), 0);
	for (size_t size = 8; size < 300; size += 8) {
		arena_init(&arena, size);
		assert_int_equal(unwind_answer_decode(byte_buffer_view(&bytes), &arena, &got),
				 -ENOMEM);
		arena_done(&arena);
	}
	byte_buffer_done(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_goes_in_comes_out),
		cmocka_unit_test(test_texts_are_made_harmless),
		cmocka_unit_test(test_the_same_again_is_short),
		cmocka_unit_test(test_a_frame_like_none_before),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_nothing_is_believed),
		cmocka_unit_test(test_an_arena_that_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
