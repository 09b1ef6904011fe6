/*
 * Records in any order, of a few threads of a few processes: output, marks, panics, deaths, with a
 * tracing and a crash room that answer as the input says. Nothing is left over at the end. Of the
 * input, a byte says what, the next whose, the others how.
 */
// fuzz-sources: agent/exceptions/*.c agent/tracebacks/*.c agent/base/*.c agent/model/*.c
// fuzz-sources: agent/process/*.c agent/symbols/go_pclntab.c agent/crash/crash_limiter.c
// fuzz-sources: agent/crash/crash_links.c agent/crash/exit_rules.c agent/capture/event_decoder.c
#include <assert.h>
#include <linux/types.h>
#include "base/clock.h"
#include "exceptions/exception_reporter.h"
#include "tests/support/output_builder.h"
#include "tests/support/sample_output.h"
#include "tests/support/sample_segment.h"
#include "shared/go_panic_record.h"

#define TGID     500
#define MAX_OPEN 8

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct fuzz_rooms {
	struct exception_reporter *reporter;
	struct view input;
	uint64_t now_ns;
	uint64_t open[MAX_OPEN]; /* tokens whose request is looked for */
	uint32_t open_count, serials;
	uint64_t watched_count, ended_count; /* told or forgotten */
};

static uint8_t next(struct fuzz_rooms *rooms)
{
	uint8_t byte = rooms->input.size ? (uint8_t)rooms->input.bytes[0] : 0;

	rooms->input = view_skip(rooms->input, rooms->input.size ? 1 : 0);
	return byte;
}

static void on_exception(void *self, struct crash **crash)
{
	(void)self;
	assert((*crash)->kind == CRASH_EXCEPTION && (*crash)->exceptions_count > 0);
	assert((*crash)->mechanism && (*crash)->exception_source && (*crash)->resource);
	assert((*crash)->pid >= TGID && (*crash)->unix_ns > 0);
	crash_free(crash);
}

static void watch(void *self, uint64_t token, const struct output_place *place)
{
	assert(token & EXCEPTION_TOKEN && place->tgid >= TGID);
	((struct fuzz_rooms *)self)->watched_count++;
}

static bool find_link(void *self, uint64_t token, struct view type, struct view message)
{
	struct fuzz_rooms *rooms = self;

	(void)message;
	assert(token & EXCEPTION_TOKEN && (type.size == 0 || type.bytes));
	assert(++rooms->ended_count <= rooms->watched_count);
	if (rooms->open_count == MAX_OPEN)
		return false;
	rooms->open[rooms->open_count++] = token;
	return true;
}

static void forget(void *self, uint64_t token)
{
	(void)token;
	assert(((struct fuzz_rooms *)self)->watched_count > 0);
}

static void write_breadcrumbs(void *self, struct crash *crash)
{
	(void)self;
	(void)crash;
}

static void take(void *self, const struct event *event)
{
	exception_reporter_take(((struct fuzz_rooms *)self)->reporter, event);
}

static void write_output(struct fuzz_rooms *rooms, uint8_t who, bool is_raw)
{
	static const char *const texts[] = {PYTHON_TRACEBACK,        PYTHON_LOGGED, PYTHON_FRAMES,
					    PYTHON_THREAD_TRACEBACK, GO_PANIC,      PERL_DIE};
	struct output_builder b = {.take = take, .self = rooms, .is_in_stream = true};
	struct view text = view_of_text(texts[next(rooms) % (sizeof(texts) / sizeof(texts[0]))]);
	uint8_t flags = next(rooms), cut = next(rooms);
	uint32_t write_size;

	b.tgid = TGID + who % 3;
	b.tid = b.tgid + who / 3 % 3;
	b.serial = flags & 0x80 ? ++rooms->serials : rooms->serials;
	b.flags = flags & 0xf;
	if (is_raw) {
		text = view_take(rooms->input, cut);
		rooms->input = view_skip(rooms->input, text.size);
	}
	write_size = (uint32_t)text.size;
	if (flags & 0x40) /* a part of it only */
		text = view_take(text, cut);
	output_builder_chunk(&b, text, 0, write_size, rooms->now_ns);
	if (flags & 0x20 && text.size < write_size)
		output_builder_chunk(&b, VIEW_LITERAL("x"), write_size - 1, write_size,
				     rooms->now_ns);
}

static void give_event(struct fuzz_rooms *rooms, enum record_kind kind, const void *record,
		       size_t size)
{
	struct event event = {.kind = kind,
			      .time_ns = rooms->now_ns,
			      .raw = record,
			      .bytes = view_of(record, size)};

	exception_reporter_take(rooms->reporter, &event);
}

static void mark(struct fuzz_rooms *rooms, uint8_t who)
{
	struct runtime_mark_record record = {
		.header = {RECORD_RUNTIME_MARK, 0, sizeof(record), rooms->now_ns},
		.tgid = TGID + who % 3,
		.tid = TGID + who % 3 + who / 3 % 3,
		.kind = next(rooms),
	};

	give_event(rooms, RECORD_RUNTIME_MARK, &record, sizeof(record));
}

static void panic(struct fuzz_rooms *rooms, uint8_t who)
{
	struct go_panic_record record = {
		.header = {RECORD_GO_PANIC, 0, sizeof(record), rooms->now_ns},
		.tgid = TGID + who % 3,
		.tid = TGID + who % 3 + who / 3 % 3,
		.kind = next(rooms),
		.value_kind = next(rooms),
		.value_size = next(rooms),
		.name_size = next(rooms),
		.value = "no stock",
		.name = "*main.Err",
	};

	give_event(rooms, RECORD_GO_PANIC, &record, sizeof(record));
}

static void die(struct fuzz_rooms *rooms, uint8_t who)
{
	struct process_death_record record = {
		.header = {RECORD_PROCESS_DEATH, 0, sizeof(record), rooms->now_ns},
		.tgid = TGID + who % 3,
		.exit_code = next(rooms) & 1 ? (uint32_t)next(rooms) << 8 : next(rooms) & 0x7fu,
	};

	give_event(rooms, RECORD_PROCESS_DEATH, &record, sizeof(record));
}

static void turn(struct fuzz_rooms *rooms)
{
	uint64_t step = next(rooms);

	rooms->now_ns += step * step * NS_PER_MS / 10;
	exception_reporter_link(rooms->reporter, UINT64_MAX);
	exception_reporter_tick(rooms->reporter, rooms->now_ns);
}

static void answer(struct fuzz_rooms *rooms, uint8_t who)
{
	struct segment *segment;
	uint64_t token;

	if (!rooms->open_count)
		return;
	token = rooms->open[--rooms->open_count];
	if (who & 1) {
		exception_reporter_take_unlinked(rooms->reporter, token);
		return;
	}
	segment = sample_segment(NS_PER_S);
	memset(segment_root(segment)->span_id, who, SPAN_ID_BYTES);
	exception_reporter_take_link(rooms->reporter, token, segment, "context");
	segment_free(&segment);
}

/* The crash room, when a process is gone. */
static void ask(struct fuzz_rooms *rooms, uint8_t who)
{
	uint32_t tgid = TGID + who % 3;
	struct resource *resource = sample_resource();
	struct crash *crash;

	if (!exception_reporter_expects(rooms->reporter, tgid) || who & 8) {
		exception_reporter_no_event(rooms->reporter, tgid);
	} else if (!exception_reporter_awaits_link(rooms->reporter, tgid)) {
		if (crash_new(&crash, resource) < 0)
			abort();
		crash->pid = tgid;
		if (exception_reporter_give(rooms->reporter, crash) == EXCEPTION_GIVEN)
			assert(crash->exceptions_count > 0);
		crash_free(&crash);
	}
	resource_release(&resource);
}

static void take_all(struct fuzz_rooms *rooms)
{
	while (rooms->input.size) {
		uint8_t what = next(rooms), who = next(rooms);

		switch (what % 8) {
		case 0:
		case 1:
			write_output(rooms, who, what & 1);
			break;
		case 2:
			mark(rooms, who);
			break;
		case 3:
			panic(rooms, who);
			break;
		case 4:
			die(rooms, who);
			break;
		case 5:
			turn(rooms);
			break;
		case 6:
			answer(rooms, who);
			break;
		default:
			ask(rooms, who);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct settings settings = {
		.command = COMMAND_REPLAY,
		.exceptions = {.enabled = true, .burst = 3, .interval_ms = 100}};
	struct fuzz_rooms rooms = {.input = view_of(bytes, size), .now_ns = 20 * NS_PER_S};
	struct exception_reporter_sink sink = {&rooms,    on_exception, watch,
					       find_link, forget,       write_breadcrumbs};
	struct process_table *processes;
	struct drops drops = {0};

	if (process_table_new(&processes, &settings.identity, 8, &drops) < 0)
		abort();
	process_table_set_reads_proc(processes, false);
	if (exception_reporter_new(&rooms.reporter, &settings, processes, &sink, &drops) < 0)
		abort();
	exception_reporter_set_unix_offset(rooms.reporter, 0);
	take_all(&rooms);
	exception_reporter_end_streams(rooms.reporter);
	exception_reporter_link(rooms.reporter, UINT64_MAX);
	exception_reporter_finish(rooms.reporter, rooms.now_ns);
	assert(!exception_reporter_is_busy(rooms.reporter));
	exception_reporter_free(&rooms.reporter);
	process_table_free(&processes);
	return 0;
}
