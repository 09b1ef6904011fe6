/* Our own libc is measured; another place in it is learned from a thread that aborted there. */
#include "crash/abort_places.h"

#include <signal.h>
#include <unistd.h>
#include "capture/event_decoder.h"
#include "cmocka_test.h"
#include "process/libc_abort.h"
#include "process/process_maps.h"

#if defined(__x86_64__)
#define PC 16
#else
#define PC 32
#endif

static struct {
	struct abort_places places;
	struct image_table *images;
	struct drops drops;
	uint64_t pc_offset, message_offset; /* the last one told */
	uint32_t told;
} f;

static void learn(void *self, uint64_t pc_offset, uint64_t message_offset)
{
	assert_ptr_equal(self, &f);
	f.pc_offset = pc_offset;
	f.message_offset = message_offset;
	f.told++;
}

static void on_record(void *self, struct view record)
{
	struct event event;

	(void)self;
	assert_int_equal(event_decoder_decode(record, &event), 0);
	(void)image_table_take(f.images, event.image, event.bytes, NULL);
}

static int begin(void **state)
{
	struct image_table_settings settings = {
		.max_mappings = 4096, .reads_files = true, .proc_root = "/proc"};

	(void)state;
	memset(&f, 0, sizeof(f));
	f.places.learn = learn;
	f.places.self = &f;
	return image_table_new(&f.images, &settings, &f.drops);
}

static int end(void **state)
{
	(void)state;
	image_table_free(&f.images);
	return 0;
}

/* Where our libc begins, from the same table. */
static uint64_t libc_base(void)
{
	const struct image_mapping *mappings;
	uint32_t count;
	uint64_t base, size;

	assert_true(process_maps_read("/proc", getpid(), 1, on_record, NULL) > 0);
	count = image_table_find(f.images, getpid(), &mappings);
	for (uint32_t i = 0; i < count; i++) {
		if (!mappings[i].image || !libc_abort_is_libc(mappings[i].image->path))
			continue;
		image_table_extent(mappings, count, i, &base, &size);
		return base;
	}
	fail();
	return 0;
}

static struct crash_thread_record aborted(uint64_t pc)
{
	struct crash_thread_record thread = {.tgid = (uint32_t)getpid(), .signal = SIGABRT};

	thread.registers[PC] = pc;
	return thread;
}

static void our_own(void **state)
{
	uint64_t pc_offset;

	(void)state;
	abort_places_begin(&f.places);
	assert_int_equal(f.told, 1);
	assert_int_equal(f.places.count, 1);
	assert_int_equal(libc_abort_calibrate(&pc_offset), 0);
	assert_int_equal(f.pc_offset, pc_offset);
	assert_true(f.message_offset > 0);
	/* Once is enough. */
	abort_places_begin(&f.places);
	assert_int_equal(f.told, 1);
}

/* The kernel side found no message though it was abort(): another version of the library. */
static void learned_from_a_crash(void **state)
{
	uint64_t base = libc_base(), message_offset, pc;
	struct crash_thread_record thread;

	(void)state;
	abort_places_begin(&f.places);
	message_offset = f.message_offset;
	pc = base + f.pc_offset + 4;
	thread = aborted(pc);
	abort_places_take(&f.places, f.images, &thread);
	assert_int_equal(f.told, 2);
	assert_int_equal(f.pc_offset, pc - base);
	assert_int_equal(f.message_offset, message_offset);
	abort_places_take(&f.places, f.images, &thread);
	assert_int_equal(f.told, 2);
}

static void what_teaches_nothing(void **state)
{
	uint64_t base = libc_base();
	struct crash_thread_record thread = aborted((uint64_t)(uintptr_t)&our_own);

	(void)state;
	/* abort() of its own making, outside of libc. */
	abort_places_take(&f.places, f.images, &thread);
	/* Nowhere at all. */
	thread = aborted(0);
	abort_places_take(&f.places, f.images, &thread);
	/* Another signal, a message that came, a process that is not known. */
	abort_places_begin(&f.places);
	thread = aborted(base + f.pc_offset + 4);
	thread.signal = SIGSEGV;
	abort_places_take(&f.places, f.images, &thread);
	thread.signal = SIGABRT;
	thread.message_size = 1;
	abort_places_take(&f.places, f.images, &thread);
	thread.message_size = 0;
	thread.tgid = 0x7ffffff0;
	abort_places_take(&f.places, f.images, &thread);
	assert_int_equal(f.told, 1);
}

static void no_more_than_there_is_room_for(void **state)
{
	uint64_t base = libc_base();
	struct crash_thread_record thread;

	(void)state;
	abort_places_begin(&f.places);
	for (uint32_t i = 1; i <= MAX_ABORT_PLACES + 3; i++) {
		thread = aborted(base + f.places.places[0].pc_offset + i);
		abort_places_take(&f.places, f.images, &thread);
	}
	assert_int_equal(f.told, MAX_ABORT_PLACES);
	assert_int_equal(f.places.count, MAX_ABORT_PLACES);
}

static void nobody_to_tell(void **state)
{
	struct crash_thread_record thread = aborted(libc_base() + 1);

	(void)state;
	f.places.learn = NULL;
	abort_places_begin(&f.places);
	abort_places_take(&f.places, f.images, &thread);
	assert_int_equal(f.places.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(our_own),
		TEST(learned_from_a_crash),
		TEST(what_teaches_nothing),
		TEST(no_more_than_there_is_room_for),
		TEST(nobody_to_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
