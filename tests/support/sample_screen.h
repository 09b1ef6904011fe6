/*
 * A snapshot of a busy and hostile program with every time and id known, and whole screens of it
 * compared with tests/goldens/screens/. SCREEN_GOLDENS=write writes them anew: read them then.
 */
#ifndef SUPPORT_SAMPLE_SCREEN_H
#define SUPPORT_SAMPLE_SCREEN_H

#include <errno.h>
#include <time.h>
#include "base/clock.h"
#include "cmocka_test.h"
#include "hostile_names.h"
#include "known_segment.h"
#include "sample_crash.h"
#include "screen/screen_draw.h"
#include "screen/screen_store.h"
#include "screen/screen_tab.h"

#define SAMPLE_TRACES    12
#define SAMPLE_UNIX_NS   (KNOWN_START_NS + 60 * NS_PER_S)
#define MAX_GOLDEN_BYTES 1048576

static struct drops sample_drops;
static struct screen_snapshot sample_snapshot;
static struct screen_state sample_state;

static inline void sample_screen_add(struct screen_store *store, struct segment *segment)
{
	struct item *item;

	assert(item_new_segment(&item, &segment) == 0);
	assert(screen_store_add(store, item, NS_PER_S) == 0);
	item_release(&item);
}

/* Each trace takes a little longer than the one before; every third one did not fail. */
static inline void sample_screen_traces(struct screen_store *store)
{
	for (uint32_t i = 0; i < SAMPLE_TRACES; i++) {
		struct segment *segment = known_segment();

		segment->trace_id[0] = (uint8_t)i;
		for (uint32_t j = 0; j < segment->spans_count; j++) {
			segment->spans[j]->start_unix_ns += i * NS_PER_S;
			segment->spans[j]->end_unix_ns += i * NS_PER_S + i * i * NS_PER_MS;
		}
		if (i % 3 == 0)
			segment->spans[1]->status = STATUS_UNSET;
		sample_screen_add(store, segment);
		screen_store_settle(store, UINT64_MAX, UINT64_MAX);
	}
}

static inline void sample_screen_hostile(struct screen_store *store)
{
	const struct view *names;
	size_t count = hostile_names(&names);

	for (size_t i = 0; i < count; i++) {
		struct segment *segment = known_segment();

		segment->trace_id[1] = (uint8_t)(i + 1);
		segment->spans_count = 1;
		segment->spans[0]->name = names[i];
		segment->resource->service_name = names[(i + 4) % count];
		sample_screen_add(store, segment);
		screen_store_settle(store, UINT64_MAX, UINT64_MAX);
	}
}

static inline void sample_screen_crashes(struct screen_store *store)
{
	struct crash *crash = known_crash();
	struct item *item;

	assert(item_new_crash(&item, &crash) == 0);
	assert(screen_store_add(store, item, NS_PER_S) == 0);
	item_release(&item);
	crash = known_crash();
	crash->kind = CRASH_EXCEPTION;
	crash->type = VIEW_LITERAL("Value\x1b[2JError");
	crash->cause = VIEW_LITERAL("no stock\x07 for 世界\n");
	crash->process_name = VIEW_LITERAL("sh\x1bop");
	assert(item_new_crash(&item, &crash) == 0);
	assert(screen_store_add(store, item, NS_PER_S) == 0);
	item_release(&item);
}

static inline void sample_screen_facts(struct screen_facts *facts)
{
	*facts = (struct screen_facts){
		.whom = "PID 4711 (shop) and 3 children",
		.cost_percent = 0.4242,
		.processes_count = 4,
		.has_syscalls = true,
		.syscalls = {{1, "write", 1234567, 12, 9876543210ull, 4321000, {{32, 9}, {11, 3}}},
			     {202, "futex", 777, 44, 88 * NS_PER_S, 5 * NS_PER_S, {{110, 44}}},
			     {999, NULL, 1, 1, 700, 700, {{38, 1}}},
			     {0, "read", 12, 0, 4000, 1000, {{0}}}},
		.syscalls_count = 4,
	};
}

static inline uint32_t sample_screen_functions(void *self, struct screen_function *ret,
					       uint32_t max, uint64_t *ret_samples_count)
{
	static const struct screen_function functions[] = {
		{"shop::order_total(shop::Order const&)", "shop", 700, 900},
		{"sqrt", "libm.so.6", 200, 200},
		{"\x1b[31mevil\x1b[0m", "[jit]", 99, 100},
		{"main", "shop", 1, 1000},
	};

	(void)self;
	assert(max >= 4);
	memcpy(ret, functions, sizeof(functions));
	*ret_samples_count = 1000;
	return 4;
}

static inline void sample_screen_begin(void)
{
	const struct screen_profile profile = {NULL, sample_screen_functions};
	struct screen_facts facts;
	struct screen_store *store;

	assert(setenv("TZ", "UTC", 1) == 0);
	tzset();
	drops_set(&sample_drops, DROP_RING_FULL, 1234);
	drops_set(&sample_drops, DROP_SAMPLED, 5);
	drops_set(&sample_drops, DROP_STREAM_GAP, 7);
	assert(screen_store_new(&store, &sample_drops) == 0);
	sample_screen_traces(store);
	sample_screen_hostile(store);
	sample_screen_crashes(store);
	sample_screen_facts(&facts);
	screen_store_set_facts(store, &facts);
	screen_store_set_profile(store, &profile);
	screen_store_read(store, NS_PER_S, &sample_snapshot);
	screen_store_free(&store);
	sample_snapshot.running_ns = 754 * NS_PER_S;
	sample_snapshot.unix_ns = SAMPLE_UNIX_NS;
	for (uint32_t i = 0; i < sample_snapshot.operations_count; i++) {
		struct screen_operation *operation = &sample_snapshot.operations[i];

		operation->rate = 1234.5 / (i * i + 1);
		for (uint32_t j = 0; j < HISTORY_SECONDS; j++)
			operation->seconds[j] = j * (i + 1) % 17;
	}
	sample_state = (struct screen_state){0};
}

static inline void sample_screen_end(void)
{
	screen_state_done(&sample_state);
	screen_snapshot_done(&sample_snapshot);
}

/* Text with a mark before rows that are in reverse. */
static inline void sample_screen_append(const struct screen_buffer *screen, struct byte_buffer *out)
{
	struct byte_buffer text;
	struct view rest, line;
	uint32_t row = 0;

	byte_buffer_init(&text, MAX_GOLDEN_BYTES);
	screen_buffer_append_text(screen, &text);
	rest = byte_buffer_view(&text);
	while (row < screen->rows && view_next_token(&rest, '\n', &line)) {
		byte_buffer_append_text(out,
					screen_buffer_cell(screen, row, 0)->is_inverse ? "#" : "|");
		byte_buffer_append(out, line);
		byte_buffer_append_byte(out, '\n');
		row++;
	}
	byte_buffer_done(&text);
}

static inline void assert_golden(const char *name, const char *size, struct view text)
{
	char path[256], *golden = calloc(1, MAX_GOLDEN_BYTES);
	size_t count;
	FILE *file;

	(void)snprintf(path, sizeof(path), "tests/goldens/screens/%s.%s.txt", name, size);
	if (getenv("SCREEN_GOLDENS")) {
		file = fopen(path, "w");
		assert(file && fwrite(text.bytes, 1, text.size, file) == text.size);
		assert(fclose(file) == 0);
	}
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	count = fread(golden, 1, MAX_GOLDEN_BYTES - 1, file);
	(void)fclose(file);
	if (!view_equals(view_of(golden, count), text))
		fail_msg("%s has:\n%s\nbut this is drawn:\n%.*s", path, golden, VIEW_FORMAT(text));
	free(golden);
}

static inline void sample_screen_draw(uint32_t rows, uint32_t columns, bool is_utf8,
				      struct byte_buffer *out)
{
	struct screen_buffer screen;

	assert(screen_buffer_init(&screen, rows, columns) == 0);
	screen_draw(&sample_snapshot, &sample_state, is_utf8, &screen);
	sample_screen_append(&screen, out);
	screen_buffer_done(&screen);
}

/* The screen as it is now, at both sizes. */
static inline void assert_screens(const char *name)
{
	static const struct {
		uint32_t rows, columns;
		const char *name;
	} sizes[] = {{24, 80, "80x24"}, {50, 200, "200x50"}};

	for (size_t i = 0; i < 2; i++) {
		struct byte_buffer text;

		byte_buffer_init(&text, MAX_GOLDEN_BYTES);
		sample_screen_draw(sizes[i].rows, sizes[i].columns, true, &text);
		assert_golden(name, sizes[i].name, byte_buffer_view(&text));
		byte_buffer_done(&text);
	}
}

/* These keys, one after the other. */
static inline void sample_screen_keys(const char *keys)
{
	for (; *keys; keys++)
		assert_int_equal(screen_state_take(&sample_state, &sample_snapshot,
						   (uint32_t)(unsigned char)*keys),
				 SCREEN_GOES_ON);
}

#endif
