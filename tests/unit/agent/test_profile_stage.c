/*
 * The stage between its neighbours: what comes from the profiler's room goes to whom, which Pythons
 * are known to whom, what is said at the end; and that without --profile it is nothing, harmlessly.
 * The room itself and the neighbours are the test's own.
 */
#include "profile_stage.h"

#include <errno.h>
#include <unistd.h>
#include "captured_output.h"
#include "cmocka_test.h"
#include "profile/profiler.h"

#define PROFILER  ((struct profiler *)&fake)
#define PROCESSES ((struct process_table *)&fake.python_minor)
#define IMAGES    ((struct image_table *)&fake.told_count)
#define ASSEMBLER ((struct assembler *)&fake.watch)
#define METADATA  ((struct metadata_stage *)&fake.counts)
#define RECORDING ((struct live_recording *)&fake.sink)
#define RESOURCE  ((struct resource *)&drops)

#define LIBPYTHON    "/usr/lib/libpython3.12.so.1.0"
#define PYTHON_START 0x7000
#define PYTHON_FD    33

static struct {
	struct profiler_sink sink;
	struct served_watch watch;
	struct profile_builder_counts counts;
	int profilers, samples, requests, events, recorded;
	uint64_t lost_total, lost_ns;
	struct profile *given;
	struct image image;
	struct image_mapping mappings[2];
	int python_error;
	int python_minor[16]; /* of process N, as the profiler knows it */
	struct python_runtime told[16];
	bool is_told[16];
	uint32_t told_count;
	uint32_t executed_tgid;
	uint64_t executed_ns;
} fake;
static struct drops drops;
static struct captured_output said;
static struct profile_stage *stage;

int profiler_new(struct profiler **ret, const struct settings *settings, struct image_table *images,
		 const struct profiler_sink *sink, struct drops *given)
{
	(void)settings;
	assert_ptr_equal(images, IMAGES);
	assert_ptr_equal(given, &drops);
	fake.sink = *sink;
	fake.profilers++;
	*ret = PROFILER;
	return 0;
}

void profiler_free(struct profiler **profiler)
{
	if (*profiler)
		fake.profilers--;
	*profiler = NULL;
}

void profiler_take_sample(struct profiler *profiler, struct view bytes)
{
	assert_ptr_equal(profiler, PROFILER);
	assert_view(bytes, "sample");
	fake.samples++;
}

void profiler_take(struct profiler *profiler, const struct event *event)
{
	assert_ptr_equal(profiler, PROFILER);
	assert_non_null(event);
	fake.events++;
}

void profiler_executes(struct profiler *profiler, uint32_t tgid, uint64_t time_ns)
{
	assert_ptr_equal(profiler, PROFILER);
	fake.executed_tgid = tgid;
	fake.executed_ns = time_ns;
}

void profiler_take_request(struct profiler *profiler, const struct served_request *request)
{
	assert_ptr_equal(profiler, PROFILER);
	assert_int_equal(request->context, 42);
	fake.requests++;
}

void profiler_set_python(struct profiler *profiler, uint32_t tgid, int minor)
{
	assert_ptr_equal(profiler, PROFILER);
	fake.python_minor[tgid] = minor;
}

void profiler_set_lost(struct profiler *profiler, uint64_t total, uint64_t now_ns)
{
	assert_ptr_equal(profiler, PROFILER);
	fake.lost_total = total;
	fake.lost_ns = now_ns;
}

struct profile_builder_counts profiler_counts(const struct profiler *profiler)
{
	assert_ptr_equal(profiler, PROFILER);
	return fake.counts;
}

int profiler_fd(const struct profiler *profiler)
{
	assert_ptr_equal(profiler, PROFILER);
	return 44;
}

/* Passed on as they are. */
void profiler_tick(struct profiler *profiler, uint64_t now_ns)
{
	assert_ptr_equal(profiler, PROFILER);
	assert_int_equal(now_ns, 1);
}

void profiler_end_samples(struct profiler *profiler)
{
	assert_ptr_equal(profiler, PROFILER);
}

void profiler_finish(struct profiler *profiler)
{
	assert_ptr_equal(profiler, PROFILER);
}

void profiler_set_unix_offset(struct profiler *profiler, uint64_t unix_offset_ns)
{
	assert_ptr_equal(profiler, PROFILER);
	assert_int_equal(unix_offset_ns, 1);
}

void profiler_look(const struct profiler *profiler,
		   void (*on_profile)(void *self, const struct profile *profile), void *self)
{
	assert_ptr_equal(profiler, PROFILER);
	on_profile(self, fake.given);
}

void assembler_watch_requests(struct assembler *assembler, const struct served_watch *watch)
{
	assert_ptr_equal(assembler, ASSEMBLER);
	fake.watch = *watch;
}

struct resource *process_table_resource(struct process_table *table, pid_t tgid)
{
	assert_ptr_equal(table, PROCESSES);
	assert_int_equal(tgid, 7);
	return RESOURCE;
}

void metadata_stage_take_profile(struct metadata_stage *metadata, struct profile **profile)
{
	assert_ptr_equal(metadata, METADATA);
	fake.given = *profile;
	*profile = NULL;
}

void live_recording_add_made(struct live_recording *recording, struct view bytes)
{
	assert_ptr_equal(recording, RECORDING);
	assert_view(bytes, "record");
	fake.recorded++;
}

uint32_t image_table_find(const struct image_table *table, pid_t tgid,
			  const struct image_mapping **ret_mappings)
{
	assert_ptr_equal(table, IMAGES);
	*ret_mappings = fake.mappings;
	return tgid == 7 ? 2 : 0;
}

int image_table_fd(struct image_table *table, pid_t tgid, const struct image_mapping *mapping)
{
	assert_ptr_equal(table, IMAGES);
	assert_int_equal(tgid, 7);
	assert_ptr_equal(mapping, &fake.mappings[1]);
	return PYTHON_FD;
}

bool python_runtime_is_python(struct view path)
{
	return view_equals(path, VIEW_LITERAL(LIBPYTHON));
}

int python_runtime_find(int fd, struct view path, const struct elf_layout *layout, uint64_t base,
			struct python_runtime *ret)
{
	assert_int_equal(fd, PYTHON_FD);
	assert_view(path, LIBPYTHON);
	assert_ptr_equal(layout, &fake.image.file.layout);
	assert_int_equal(base, PYTHON_START - 0x2000);
	if (fake.python_error)
		return fake.python_error;
	*ret = (struct python_runtime){.address = 0x1234, .minor = 12};
	return 0;
}

static void tell_python(void *self, uint32_t tgid, const struct python_runtime *runtime)
{
	assert_ptr_equal(self, &said);
	fake.told_count++;
	fake.is_told[tgid] = runtime;
	if (runtime)
		fake.told[tgid] = *runtime;
}

static int make(enum settings_command command, uint64_t frequency_hz, bool has_crashes,
		bool is_recorded)
{
	static struct live_recording *recording = RECORDING;
	static struct settings settings;
	struct profile_stage_ground ground = {
		.settings = &settings,
		.processes = PROCESSES,
		.images = IMAGES,
		.assembler = ASSEMBLER,
		.metadata = METADATA,
		.recording = &recording,
		.drops = &drops,
	};

	settings = (struct settings){.command = command,
				     .profile.frequency_hz = frequency_hz,
				     .capture.record_file = is_recorded ? "file" : NULL,
				     .crash.enabled = has_crashes};
	stage = (void *)1;
	return profile_stage_new(&stage, &ground);
}

/* Of process 7 something is mapped beside its Python. */
static int begin(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	memset(&drops, 0, sizeof(drops));
	fake.image = (struct image){.path = VIEW_LITERAL(LIBPYTHON)};
	fake.image.file = (struct image_file){
		.fd = -1,
		.has_layout = true,
		.layout = {.size = 0x9000,
			   .segments = {{0x2000, 0x2000, 0x3000}},
			   .segments_count = 1},
	};
	fake.mappings[0] = (struct image_mapping){0x1000, 0x2000, 0, NULL};
	fake.mappings[1] =
		(struct image_mapping){PYTHON_START, PYTHON_START + 0x3000, 0x2000, &fake.image};
	return 0;
}

static int end(void **state)
{
	(void)state;
	profile_stage_free(&stage);
	assert_null(stage);
	assert_int_equal(fake.profilers, 0);
	return 0;
}

static void begin_attached(bool is_recorded)
{
	const struct profile_stage_python python = {&said, tell_python};

	assert_int_equal(make(COMMAND_ATTACH, 99, true, is_recorded), 0);
	assert_int_equal(fake.profilers, 1);
	profile_stage_watch_python(stage, &python);
}

static void take_image(enum image_action action, uint32_t tgid, uint32_t parent, const char *path)
{
	struct image_record record = {.action = (uint8_t)action,
				      .tgid = tgid,
				      .parent_tgid = parent,
				      .start = PYTHON_START,
				      .end = PYTHON_START + 0x3000};
	struct event event = {
		.kind = RECORD_IMAGE, .image = &record, .bytes = view_of_text(path), .time_ns = 77};

	fake.executed_tgid = 0;
	profile_stage_before(stage, &event);
	profile_stage_take(stage, &event);
}

static void take_exit(uint32_t tgid)
{
	struct process_exit_record record = {.tgid = tgid};
	struct event event = {.kind = RECORD_PROCESS_EXIT, .exit = &record};

	profile_stage_take(stage, &event);
}

static void assert_python(uint32_t tgid, bool is_known)
{
	assert_int_equal(fake.python_minor[tgid], is_known ? 12 : 0);
	assert_int_equal(fake.is_told[tgid], is_known);
	if (is_known)
		assert_int_equal(fake.told[tgid].address, 0x1234);
}

static void not_wanted(void **state)
{
	struct event event = {.kind = RECORD_PROCESS_EXIT};

	(void)state;
	assert_int_equal(make(COMMAND_ATTACH, 0, true, false), 0);
	assert_null(stage);
	profile_stage_take_sample(stage, (struct view){0});
	profile_stage_before(stage, &event);
	profile_stage_take(stage, &event);
	profile_stage_tick(stage, 1);
	profile_stage_set_unix_offset(stage, 1);
	profile_stage_end_samples(stage);
	profile_stage_finish(stage);
	profile_stage_look(stage, NULL, NULL);
	profile_stage_print(stage);
	assert_int_equal(profile_stage_fd(stage), -1);
	assert_null(fake.watch.on_served);
	assert_int_equal(make(COMMAND_AGENT, 0, true, false), 0);
	assert_null(stage);
}

static void what_cannot_be(void **state)
{
	(void)state;
	captured_output_begin(&said, STDERR_FILENO);
	assert_int_equal(make(COMMAND_AGENT, 99, true, false), -EINVAL);
	assert_null(stage);
	assert_int_equal(make(COMMAND_RUN, 99, false, false), -EINVAL);
	assert_null(stage);
	assert_string_equal(captured_output_end(&said),
			    "limpet: --profile: cannot profile a whole host; use it with limpet "
			    "run or limpet attach\n"
			    "limpet: --profile: samples are unwound with what crashes are unwound "
			    "with; leave out --crashes=off\n");
}

static void visit(void *self, const struct profile *profile)
{
	assert_ptr_equal(self, &fake);
	assert_ptr_equal(profile, fake.given);
	fake.given = NULL;
}

static void between_its_neighbours(void **state)
{
	struct served_request request = {.context = 42};
	struct profile *profile = (struct profile *)&fake;

	(void)state;
	begin_attached(true);
	profile_stage_take_sample(stage, VIEW_LITERAL("sample"));
	assert_int_equal(fake.samples, 1);
	fake.watch.on_served(fake.watch.self, &request);
	assert_int_equal(fake.requests, 1);
	assert_ptr_equal(fake.sink.resource_of(fake.sink.self, 7), RESOURCE);
	fake.sink.on_record(fake.sink.self, VIEW_LITERAL("record"));
	assert_int_equal(fake.recorded, 1);
	fake.sink.on_profile(fake.sink.self, &profile);
	assert_null(profile);
	assert_ptr_equal(fake.given, &fake);
	profile_stage_look(stage, visit, &fake);
	assert_null(fake.given);
	assert_int_equal(profile_stage_fd(stage), 44);
	profile_stage_tick(stage, 1);
	profile_stage_set_unix_offset(stage, 1);
	profile_stage_end_samples(stage);
	profile_stage_finish(stage);
	take_exit(9);
	assert_int_equal(fake.events, 1);
	profile_stage_free(&stage);
	/* Nobody records: nothing is made for a recording. */
	begin_attached(false);
	assert_null(fake.sink.on_record);
}

/* A replay asks for no profile, and looks at no file. */
static void a_replay(void **state)
{
	(void)state;
	assert_int_equal(make(COMMAND_REPLAY, 0, false, true), 0);
	assert_int_equal(fake.profilers, 1);
	assert_null(fake.sink.on_record);
	take_image(IMAGE_MAPPED, 7, 0, LIBPYTHON);
	assert_python(7, false);
	assert_int_equal(fake.events, 1);
}

static void the_life_of_a_python(void **state)
{
	(void)state;
	begin_attached(false);
	take_image(IMAGE_MAPPED, 7, 0, "/usr/lib/libc.so.6");
	assert_python(7, false);
	take_image(IMAGE_MAPPED, 7, 0, LIBPYTHON);
	assert_python(7, true);
	take_image(IMAGE_FORK, 8, 7, "");
	take_image(IMAGE_FORK, 9, 8, "");
	take_image(IMAGE_FORK, 10, 6, ""); /* whose parent is none */
	assert_python(8, true);
	assert_python(9, true);
	assert_python(10, false);
	assert_int_equal(fake.executed_tgid, 0);
	take_image(IMAGE_EXEC, 8, 0, "");
	assert_python(8, false);
	/* Its samples are unwound by what it was. */
	assert_int_equal(fake.executed_tgid, 8);
	assert_int_equal(fake.executed_ns, 77);
	take_exit(7);
	assert_python(7, false);
	assert_python(9, true);
	assert_int_equal(fake.events, 7);
	/* Told once each: the kernel's table is not asked for what is not there. */
	assert_int_equal(fake.told_count, 5);
	take_exit(7);
	take_image(IMAGE_EXEC, 10, 0, "");
	assert_int_equal(fake.told_count, 5);
}

static void a_file_that_is_no_python(void **state)
{
	(void)state;
	begin_attached(false);
	fake.python_error = -ENOENT; /* a program whose interpreter is in its library */
	take_image(IMAGE_MAPPED, 7, 0, LIBPYTHON);
	assert_python(7, false);
	fake.python_error = 0;
	fake.image.file.has_layout = false;
	take_image(IMAGE_MAPPED, 7, 0, LIBPYTHON);
	assert_python(7, false);
	fake.image.file.has_layout = true;
	take_image(IMAGE_MAPPED, 11, 0, LIBPYTHON); /* of which nothing is known */
	assert_python(11, false);
	take_image(IMAGE_MAPPED, 7, 0, LIBPYTHON);
	assert_python(7, true);
}

static const char *print(void)
{
	captured_output_begin(&said, STDERR_FILENO);
	profile_stage_print(stage);
	return captured_output_end(&said);
}

static void what_is_said(void **state)
{
	(void)state;
	begin_attached(false);
	assert_string_equal(print(), "");
	fake.counts = (struct profile_builder_counts){100, 20, 95, 90, 40};
	assert_string_equal(print(), "limpet: 100 samples, 20 of them waits; 95 unwound, 90 to the "
				     "end, 40 within requests; 5 lost\n");
	drops_add(profile_stage_drops(stage), DROP_PROFILE_RING_FULL, 3);
	assert_string_equal(print(), "limpet: 100 samples, 20 of them waits; 95 unwound, 90 to the "
				     "end, 40 within requests; 8 lost\n");
	profile_stage_note_lost(stage, 77);
	assert_int_equal(fake.lost_total, 3);
	assert_int_equal(fake.lost_ns, 77);
	memset(&fake.counts, 0, sizeof(fake.counts));
	assert_string_equal(print(), "limpet: 0 samples, 0 of them waits; 0 unwound, 0 to the end, "
				     "0 within requests; 3 lost\n");
}

#define one_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		one_test(not_wanted),
		one_test(what_cannot_be),
		one_test(between_its_neighbours),
		one_test(a_replay),
		one_test(the_life_of_a_python),
		one_test(a_file_that_is_no_python),
		one_test(what_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
