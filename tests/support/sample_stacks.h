/* The images and threads of the sample crash (sample_crash.h). */
#ifndef SUPPORT_SAMPLE_STACKS_H
#define SUPPORT_SAMPLE_STACKS_H

#include "sample_segment.h"

enum sample_images { SAMPLE_IMAGE_SHOP, SAMPLE_IMAGE_TAX, SAMPLE_IMAGE_LIBC, SAMPLE_IMAGES_COUNT };

#define SAMPLE_SHOP_START 0x55d5b0000000ull
#define SAMPLE_TAX_START  0x7f10c2800000ull
#define SAMPLE_LIBC_START 0x7f10c2a00000ull

static inline void sample_hex(const char *text, uint8_t *ret_bytes)
{
	assert(view_parse_hex(view_of_text(text), ret_bytes, strlen(text) / 2) == 0);
}

static inline void sample_crash_images(struct crash *crash)
{
	struct crash_image *images =
		arena_allocate(&crash->arena, SAMPLE_IMAGES_COUNT * sizeof(*images));

	assert(images);
	images[SAMPLE_IMAGE_SHOP] = (struct crash_image){
		.path = VIEW_LITERAL("/usr/bin/shop"),
		.start = SAMPLE_SHOP_START,
		.size = 0x4000,
		.build_id_size = 20,
	};
	sample_hex("68220ae2c65d65c1b6aaa12fa6765a6ec2f5f434", images[SAMPLE_IMAGE_SHOP].build_id);
	images[SAMPLE_IMAGE_TAX] = (struct crash_image){
		.path = VIEW_LITERAL("/opt/shop/libtax.so"),
		.start = SAMPLE_TAX_START,
		.size = 0x3000,
		.has_text_hash = true,
	};
	sample_hex("000102030405060708090a0b0c0d0e0f", images[SAMPLE_IMAGE_TAX].text_hash);
	images[SAMPLE_IMAGE_LIBC] = (struct crash_image){
		.path = VIEW_LITERAL("/usr/lib/x86_64-linux-gnu/libc.so.6"),
		.start = SAMPLE_LIBC_START,
		.size = 0x216000,
		.build_id_size = 20,
	};
	sample_hex("938d1f1e3cbb6956061bdd104d8b209b80c5dbf3", images[SAMPLE_IMAGE_LIBC].build_id);
	crash->images = images;
	crash->images_count = SAMPLE_IMAGES_COUNT;
}

/* The innermost first: a fault in a signal handler, the code it interrupted, and who called that.
 */
static inline void sample_crash_frames(struct crash *crash, struct crash_thread *thread)
{
	const struct crash_frame frames[] = {
		{.pc = SAMPLE_SHOP_START + 0x1139,
		 .function_address = SAMPLE_SHOP_START + 0x1120,
		 .function = VIEW_LITERAL("shop::order_total(shop::Order const&)"),
		 .symbol = VIEW_LITERAL("_ZN4shop11order_totalERKNS_5OrderE"),
		 .file = VIEW_LITERAL("/src/shop/order.cc"),
		 .line = 42,
		 .image = SAMPLE_IMAGE_SHOP,
		 .trust = TRUST_CONTEXT,
		 .is_exact_pc = true,
		 .is_in_app = true},
		{.pc = SAMPLE_LIBC_START + 0x3c050,
		 .function_address = SAMPLE_LIBC_START + 0x3c050,
		 .function = VIEW_LITERAL("__restore_rt"),
		 .image = SAMPLE_IMAGE_LIBC,
		 .trust = TRUST_CFI},
		{.pc = SAMPLE_TAX_START + 0x1200,
		 .function_address = SAMPLE_TAX_START + 0x1200,
		 .function = VIEW_LITERAL("tax_rate"),
		 .image = SAMPLE_IMAGE_TAX,
		 .trust = TRUST_CFI,
		 .is_exact_pc = true,
		 .is_in_app = true},
		{.pc = SAMPLE_SHOP_START + 0x1180,
		 .function_address = SAMPLE_SHOP_START + 0x1150,
		 .function = VIEW_LITERAL("visit"),
		 .image = SAMPLE_IMAGE_SHOP,
		 .repeats = 1200,
		 .trust = TRUST_CFI,
		 .is_in_app = true},
		{.pc = 0x7f10c1000040ull,
		 .function = VIEW_LITERAL("Lcheckout.js:17"),
		 .image = NO_IMAGE,
		 .trust = TRUST_FP,
		 .is_in_app = true},
		{.pc = SAMPLE_LIBC_START + 0x29d90,
		 .image = SAMPLE_IMAGE_LIBC,
		 .trust = TRUST_SCAN},
	};

	thread->frames = arena_allocate(&crash->arena, sizeof(frames));
	assert(thread->frames);
	memcpy(thread->frames, frames, sizeof(frames));
	thread->frames_count = sizeof(frames) / sizeof(frames[0]);
}

static inline void sample_crash_threads(struct crash *crash)
{
	struct crash_thread *threads = arena_allocate(&crash->arena, 2 * sizeof(*threads));

	assert(threads);
	threads[0] = (struct crash_thread){
		.tid = 4714,
		.name = VIEW_LITERAL("worker-3"),
		.is_crashed = true,
		.has_registers = true,
		.is_truncated = true,
	};
	for (uint64_t i = 0; i < REGISTERS_COUNT; i++)
		threads[0].registers[i] = 0x1000 + i;
	sample_crash_frames(crash, &threads[0]);
	threads[1] = (struct crash_thread){
		.tid = 4711, .name = VIEW_LITERAL("shop"), .is_main = true, .has_registers = true};
	threads[1].frames = arena_allocate(&crash->arena, sizeof(*threads[1].frames));
	assert(threads[1].frames);
	threads[1].frames[0] = (struct crash_frame){
		.pc = SAMPLE_LIBC_START + 0x11b5f4,
		.function_address = SAMPLE_LIBC_START + 0x11b590,
		.function = VIEW_LITERAL("epoll_wait"),
		.image = SAMPLE_IMAGE_LIBC,
		.trust = TRUST_CONTEXT,
		.is_exact_pc = true,
	};
	threads[1].frames_count = 1;
	crash->threads = threads;
	crash->threads_count = 2;
	crash->crashed_thread = 0;
}

#endif
