/*
 * Samples of the test itself, as the kernel's side would tell them: own_samples_take is the
 * innermost frame. And what is mapped into it, as the agent would know.
 */
#ifndef SUPPORT_OWN_SAMPLES_H
#define SUPPORT_OWN_SAMPLES_H

#include "own_stack.h"
#include "process/image_table.h"
#include "process/process_maps.h"
#include "shared/profile_record.h"

struct own_sample {
	struct profile_sample_record record;
	struct stack_page_record pages[MAX_SAMPLE_PAGES];
};

static inline void own_samples_on_map(void *self, struct view bytes)
{
	const struct image_record *record;
	struct view path;

	if (image_record_decode(bytes, &record, &path) == 0)
		(void)image_table_take(self, record, path, NULL);
}

static inline struct image_table *own_samples_images(struct drops *drops)
{
	struct image_table_settings settings = {
		.max_mappings = 10000, .reads_files = true, .proc_root = "/proc"};
	struct image_table *table = NULL;

	if (image_table_new(&table, &settings, drops) == 0)
		(void)process_maps_read("/proc", getpid(), 1, own_samples_on_map, table);
	return table;
}

/* A tick in user space; pages of the ring are told apart by the serial. */
__attribute__((noinline)) static void own_samples_take(struct own_sample *ret, uint32_t serial,
						       uint64_t time_ns)
{
	static struct own_stack own;

	own_stack_capture(&own);
	memset(ret, 0, sizeof(*ret));
	ret->record = (struct profile_sample_record){
		.header = {.kind = RECORD_PROFILE_SAMPLE,
			   .size = sizeof(ret->record),
			   .time_ns = time_ns},
		.process_start_ns = 7,
		.context = 42,
		.tgid = (uint32_t)getpid(),
		.tid = (uint32_t)getpid(),
		.serial = serial,
		.system_call = -1,
		.pages_copied = (uint16_t)own.pages_count,
		.name = "tester",
	};
	memcpy(ret->record.registers, own.registers, sizeof(own.registers));
	for (uint32_t i = 0; i < own.pages_count; i++) {
		ret->pages[i] = (struct stack_page_record){
			.header = {.kind = RECORD_PROFILE_PAGE,
				   .size = sizeof(ret->pages[i]),
				   .time_ns = time_ns},
			.address = own.pages[i].address,
			.tgid = ret->record.tgid,
			.tid = ret->record.tid,
			.serial = serial,
		};
		memcpy(ret->pages[i].bytes, own.pages[i].bytes, STACK_PAGE_BYTES);
	}
	own_stack_done(&own);
}

#endif
