/* The whole room on samples of this very process, unwound by a real child; and the same profile
 * once more from what was told for a recording. */
#include "profile/profiler.h"

#include "cmocka_test.h"
#include "base/cleanup.h"
#include "own_samples.h"
#include "sample_segment.h"

#define MAX_TOLD 4096

static struct drops drops;
static struct image_table *images;
static struct profiler *profiler;
static struct resource *resource;
static struct profile *profile;
static struct own_sample sample;
static char *told[MAX_TOLD];
static size_t told_sizes[MAX_TOLD], told_count;

static void on_record(void *self, struct view record)
{
	(void)self;
	assert_true(told_count < MAX_TOLD);
	assert_int_equal(((const struct record_header *)record.bytes)->size, record.size);
	assert_int_equal(record.size % 8, 0);
	told_sizes[told_count] = record.size;
	told[told_count] = malloc(record.size);
	assert_non_null(told[told_count]);
	memcpy(told[told_count++], record.bytes, record.size);
}

static struct resource *resource_of(void *self, uint32_t tgid)
{
	(void)self;
	assert_int_equal(tgid, getpid());
	return resource;
}

static void on_profile(void *self, struct profile **taken)
{
	(void)self;
	assert_null(profile);
	profile = TAKE_PTR(*taken);
}

static void begin_profiler(enum settings_command command)
{
	struct profiler_sink sink = {NULL, on_record, resource_of, on_profile};
	struct settings settings = {.command = command, .profile.frequency_hz = 100};

	if (command == COMMAND_REPLAY)
		sink.on_record = NULL;
	assert_int_equal(profiler_new(&profiler, &settings, images, &sink, &drops), 0);
	profiler_set_unix_offset(profiler, 1000000000000);
}

static int begin(void **state)
{
	(void)state;
	memset(&drops, 0, sizeof(drops));
	images = own_samples_images(&drops);
	assert_non_null(images);
	resource = sample_resource();
	begin_profiler(COMMAND_ATTACH);
	return 0;
}

static int end(void **state)
{
	(void)state;
	profiler_free(&profiler);
	profile_free(&profile);
	image_table_free(&images);
	resource_release(&resource);
	for (size_t i = 0; i < told_count; i++)
		free(told[i]);
	told_count = 0;
	return 0;
}

static void give(const void *record, size_t size)
{
	profiler_take_sample(profiler, view_of(record, size));
}

/* Pages of every other sample come first, as they may. */
static void give_sample(void)
{
	bool are_pages_first = sample.record.serial % 2;

	if (!are_pages_first)
		give(&sample.record, sizeof(sample.record));
	for (uint32_t i = 0; i < sample.record.pages_copied; i++)
		give(&sample.pages[i], sizeof(sample.pages[i]));
	if (are_pages_first)
		give(&sample.record, sizeof(sample.record));
}

__attribute__((noinline)) static int burn_innermost(uint32_t serial, uint64_t time_ns)
{
	own_samples_take(&sample, serial, time_ns);
	return sample.record.pages_copied ? 1 : 0;
}

__attribute__((noinline)) static int burn_outer(uint32_t serial, uint64_t time_ns)
{
	return burn_innermost(serial, time_ns) + 1;
}

static void finish(void)
{
	profiler_end_samples(profiler);
	profiler_finish(profiler);
	assert_non_null(profile);
}

static const struct profile_frame *frame_of(uint32_t number, uint32_t depth)
{
	const struct profile_stack *stack = &profile->stacks[profile->samples[number].stack];

	assert_true(depth < stack->depth);
	return &profile->frames[profile->stack_frames[stack->first + depth]];
}

static void assert_burning(uint32_t number, uint32_t leaf)
{
	const struct profile_stack *stack = &profile->stacks[profile->samples[number].stack];
	const struct profile_frame *frame = frame_of(number, leaf);

	assert_view(frame->function, "own_samples_take");
	assert_int_equal(frame->kind, PROFILE_FRAME_NATIVE);
	assert_true(frame->is_in_app);
	assert_true(frame->image < profile->images_count);
	assert_view(frame_of(number, leaf + 1)->function, "burn_innermost");
	assert_view(frame_of(number, leaf + 2)->function, "burn_outer");
	assert_true(
		view_ends_with(profile->images[frame->image].path, VIEW_LITERAL("/test_profiler")));
	/* Down to where a program begins. */
	assert_view(frame_of(number, stack->depth - 1)->function, "_start");
}

/* Of the child nothing that the recording does not tell. */
static void replay(void)
{
	profiler_free(&profiler);
	profile_free(&profile);
	begin_profiler(COMMAND_REPLAY);
	for (size_t i = 0; i < told_count; i++) {
		struct event event = {
			.kind = ((const struct record_header *)(void *)told[i])->kind,
			.raw = (const void *)told[i],
			.bytes = view_of(told[i], told_sizes[i]),
		};

		profiler_take(profiler, &event);
	}
	finish();
}

static void assert_ticks(void)
{
	assert_int_equal(profile->samples_count, 5);
	assert_int_equal(profile->frequency_hz, 100);
	assert_ptr_equal(profile->resource, resource);
	assert_int_equal(profile->on_cpu_ns, 5 * 10000000ull);
	assert_int_equal(profile->off_cpu_ns, 0);
	assert_int_equal(profile->stacks_count, 2); /* [overflow] and theirs */
	assert_int_equal(profile->threads_count, 1);
	assert_int_equal(profile->threads[0].pid, getpid());
	assert_view(profile->threads[0].name, "tester");
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(profile->samples[i].unix_ns, 1000000000000 + 1000 + i);
		assert_false(profile->samples[i].is_off_cpu);
		assert_burning(i, 0);
	}
	for (int i = 0; i < PROFILE_LOSSES_COUNT; i++)
		assert_int_equal(profile->losses[i], 0);
}

static void ticks(void **state)
{
	struct profile_builder_counts counts;

	(void)state;
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(burn_outer(i, 1000 + i), 2);
		give_sample();
	}
	finish();
	assert_ticks();
	counts = profiler_counts(profiler);
	assert_int_equal(counts.samples, 5);
	assert_int_equal(counts.unwound, 5);
	assert_int_equal(counts.whole, 5);
	assert_int_equal(counts.off_cpu, 0);
	assert_int_equal(counts.linked, 0);
	replay();
	assert_ticks();
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++)
		assert_int_equal(drops_get(&drops, (enum drop_reason)reason), 0);
}

static void a_wait_shows_its_system_call(void **state)
{
	(void)state;
	burn_outer(1, 50000000);
	sample.record.flags = SAMPLE_IS_OFF_CPU;
	sample.record.blocked_ns = 30000000;
	sample.record.system_call = 0; /* read */
	give_sample();
	finish();
	for (int round = 0; round < 2; round++) {
		assert_int_equal(profile->samples_count, 1);
		assert_true(profile->samples[0].is_off_cpu);
		assert_int_equal(profile->samples[0].weight_ns, 30000000);
		assert_int_equal(profile->samples[0].unix_ns, 1000000000000 + 20000000);
		assert_int_equal(profile->off_cpu_ns, 30000000);
		assert_int_equal(frame_of(0, 0)->kind, PROFILE_FRAME_KERNEL);
#if defined(__x86_64__)
		assert_view(frame_of(0, 0)->function, "read");
#endif
		assert_burning(0, 1);
		if (round == 0)
			replay();
	}
}

static void assert_last(const char *word)
{
	const struct profile_stack *stack = &profile->stacks[profile->samples[0].stack];

	assert_int_equal(profile->samples_count, 1);
	assert_view(frame_of(0, stack->depth - 1)->function, word);
	assert_int_equal(frame_of(0, stack->depth - 1)->kind, PROFILE_FRAME_SYNTHETIC);
}

static void a_stack_without_its_pages_is_cut(void **state)
{
	(void)state;
	burn_outer(1, 1000);
	sample.record.pages_copied = 0;
	sample.record.pages_lost = 1;
	give_sample();
	finish();
	assert_last("[truncated]");
	assert_int_equal(profile->losses[PROFILE_CUT_DEPTH], 1);
	replay();
	assert_last("[truncated]");
	assert_int_equal(profile->losses[PROFILE_CUT_DEPTH], 1);
}

static void nowhere_fails(void **state)
{
	(void)state;
	burn_outer(1, 1000);
	memset(sample.record.registers, 0, sizeof(sample.record.registers));
	sample.record.registers[sizeof(void *) == 8 ? 16 : 16] = 0x10;
	sample.record.pages_copied = 0;
	give_sample();
	finish();
	assert_int_equal(profile->samples_count, 1);
	assert_int_equal(profiler_counts(profiler).whole, 0);
}

static void losses_of_the_ring_are_told(void **state)
{
	(void)state;
	burn_outer(1, 1000);
	give_sample();
	profiler_set_lost(profiler, 3, 2000);
	profiler_set_lost(profiler, 3, 3000);
	profiler_set_lost(profiler, 5, 4000);
	finish();
	assert_int_equal(profile->losses[PROFILE_LOST_RING], 5);
	replay();
	assert_int_equal(profile->losses[PROFILE_LOST_RING], 5);
}

/* A request that was over before its samples were unwound, and one after. */
static void requests(void **state)
{
	struct served_request request = {
		.trace_id = {1, 2, 3},
		.span_id = {4, 5},
		.context = 42,
		.tgid = (uint32_t)getpid(),
		.start_ns = 1001,
		.end_ns = 1002,
	};

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		burn_outer(i, 1000 + i);
		give_sample();
	}
	profiler_take_request(profiler, &request);
	profiler_end_samples(profiler);
	request.start_ns = 1003;
	request.end_ns = 1003;
	request.span_id[0] = 9;
	profiler_take_request(profiler, &request);
	profiler_finish(profiler);
	assert_int_equal(profile->samples_count, 4);
	assert_int_equal(profile->samples[0].link, NO_PROFILE_LINK);
	assert_int_equal(profile->links[profile->samples[1].link].span_id[0], 4);
	assert_int_equal(profile->samples[2].link, profile->samples[1].link);
	assert_int_equal(profile->links[profile->samples[3].link].span_id[0], 9);
	assert_memory_equal(profile->links[profile->samples[3].link].trace_id, request.trace_id,
			    TRACE_ID_BYTES);
	assert_int_equal(profiler_counts(profiler).linked, 3);
}

static void records_that_contradict_themselves(void **state)
{
	uint64_t words[4] = {0};
	struct record_header *header = (void *)words;
	uint64_t before;

	(void)state;
	give(words, sizeof(words));
	assert_int_equal(drops_get(&drops, DROP_RECORD_MALFORMED), 1);
	burn_outer(1, 1000);
	sample.record.pages_copied = MAX_SAMPLE_PAGES + 1;
	give(&sample.record, sizeof(sample.record));
	assert_int_equal(drops_get(&drops, DROP_RECORD_MALFORMED), 2);
	profiler_free(&profiler);
	begin_profiler(COMMAND_REPLAY);
	for (uint16_t kind = RECORD_PROFILE_POINT; kind <= RECORD_PROFILE_LOSS; kind++) {
		struct event event = {
			.kind = kind, .raw = header, .bytes = view_of(words, sizeof(*header))};

		header->kind = kind;
		header->size = sizeof(*header);
		before = drops_get(&drops, DROP_RECORD_MALFORMED);
		profiler_take(profiler, &event);
		assert_int_equal(drops_get(&drops, DROP_RECORD_MALFORMED), before + 1);
	}
	profiler_finish(profiler);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ticks, begin, end),
		cmocka_unit_test_setup_teardown(a_wait_shows_its_system_call, begin, end),
		cmocka_unit_test_setup_teardown(a_stack_without_its_pages_is_cut, begin, end),
		cmocka_unit_test_setup_teardown(nowhere_fails, begin, end),
		cmocka_unit_test_setup_teardown(losses_of_the_ring_are_told, begin, end),
		cmocka_unit_test_setup_teardown(requests, begin, end),
		cmocka_unit_test_setup_teardown(records_that_contradict_themselves, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
