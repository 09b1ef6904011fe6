/* A crash with the raw records behind it, as a minidump needs both: two threads, three pages of one
 * stack with a gap, images with and without a build-id. */
#ifndef SUPPORT_SAMPLE_RAW_CRASH_H
#define SUPPORT_SAMPLE_RAW_CRASH_H

#include <assert.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>
#include "crash/raw_crash.h"
#include "model/crash.h"

#define SAMPLE_SP 0x7ffd00002f00ull

static inline void sample_raw_page(struct raw_thread *thread, uint64_t address, uint8_t filler)
{
	struct raw_page *page = malloc(sizeof(*page));

	assert(page && thread->pages_count < thread->record.pages_copied);
	page->address = address;
	memset(page->bytes, filler, sizeof(page->bytes));
	thread->pages[thread->pages_count++] = page;
}

static inline struct raw_thread *sample_raw_thread(struct raw_crash *raw, uint32_t tid,
						   uint16_t pages, const char *name)
{
	struct crash_thread_record record = {.tid = tid, .tgid = 4711, .signal = 11, .code = 1};
	struct raw_thread *thread;

	record.pages_copied = pages;
	for (uint32_t i = 0; i < REGISTERS_COUNT; i++)
		record.registers[i] = 0x1000u * tid + i;
	record.registers[7] = SAMPLE_SP + (tid - 4711) * 0x100000;
	record.registers[31] = record.registers[7];
	memcpy(record.name, name, strlen(name));
	assert(raw_crash_new_thread(&thread, &record) == 0);
	raw->threads[raw->threads_count++] = thread;
	return thread;
}

static inline struct raw_crash *sample_raw_crash(void)
{
	struct raw_thread *thread;
	struct raw_crash *raw;

	assert(raw_crash_new(&raw, 4711) == 0);
	thread = sample_raw_thread(raw, 4712, 3, "worker");
	/* as they came, not by address */
	sample_raw_page(thread, 0x7ffd00106000, 0xc6);
	sample_raw_page(thread, 0x7ffd00102000, 0xc2);
	sample_raw_page(thread, 0x7ffd00103000, 0xc3);
	thread = sample_raw_thread(raw, 4711, 1, "shop");
	/* above the stack pointer: its own page could not be read */
	sample_raw_page(thread, 0x7ffd00004000, 0x44);
	return raw;
}

static inline struct crash *sample_raw_crash_model(struct resource *resource)
{
	struct crash *crash;
	struct crash_image *images;

	assert(crash_new(&crash, resource) == 0);
	images = arena_allocate(&crash->arena, 2 * sizeof(*images));
	assert(images);
	images[0] = (struct crash_image){
		.path = VIEW_LITERAL("/usr/bin/l\xc3\xa4"
				     "den"),
		.start = 0x400000,
		.size = 0x5000,
		.build_id_size = 20,
	};
	for (uint8_t i = 0; i < 20; i++)
		images[0].build_id[i] = (uint8_t)(0xa0 + i);
	images[1] = (struct crash_image){.path = VIEW_LITERAL("/opt/\xf0\x9f\x8c\x8a\xff.so"),
					 .start = 0x7f0000000000,
					 .size = 1ull << 33};
	crash->images = images;
	crash->images_count = 2;
	crash->kind = CRASH_SIGNAL;
	crash->pid = 4711;
	crash->signal = 11;
	crash->code = 1;
	crash->has_fault_address = true;
	crash->fault_address = 0x18;
	crash->unix_ns = 1767607212716204999ull;
	crash->start_unix_ns = 1767607200000000000ull;
	return crash;
}

#endif
