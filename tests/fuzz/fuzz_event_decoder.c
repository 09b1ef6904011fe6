/*
 * A recording from anywhere: bytes are taken as records and go through every stage that needs no
 * kernel. Beyond "does not crash": every exchange that began ends once, tables stay within their
 * caps, and what is kept for long is bounded whatever the input says.
 */
// fuzz-sources: agent/capture/event_decoder.c agent/connection/*.c
// fuzz-sources: agent/protocols/*/*.c agent/tracing/open_segment.c
// fuzz-sources: agent/tracing/assembler.c agent/tracing/context_table.c agent/tracing/join_table.c
// fuzz-sources: agent/tracing/route_guesser.c agent/tracing/route_segment.c
// fuzz-sources: agent/tracing/sampler.c agent/tracing/span_builder.c
// fuzz-sources: agent/tracing/trace_context.c agent/tracing/trace_resolver.c
// fuzz-sources: agent/tracing/tracestate.c agent/processors/scrubber.c
// fuzz-sources: agent/process/*.c agent/protocols/*.c agent/model/*.c agent/base/*.c
// fuzz-sources: agent/tracing/error_candidate.c agent/tracing/error_watch.c
// fuzz-sources: agent/tracing/segment_lists.c agent/tracing/silent_failures.c
// fuzz-sources: agent/symbols/go_pclntab.c agent/tracing/crash_link.c
// fuzz-sources: agent/processors/secret_name.c agent/processors/text_scrubber.c
// fuzz-sources: agent/processors/code_scrubber.c agent/processors/report_scrubber.c
#include <assert.h>
#include <stdlib.h>
#include "capture/event_decoder.h"
#include "connection/connection_table.h"
#include "processors/scrubber.h"
#include "process/process_table.h"
#include "tracing/assembler.h"

#define MAX_CONNECTIONS 4
#define MAX_OPEN        4

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct house {
	struct connection_table *connections;
	struct assembler *assembler;
	struct process_table *processes;
	struct drops drops;
	uint64_t begun, ended;
};

static void on_request(void *self, struct exchange *exchange, const struct message *message)
{
	((struct house *)self)->begun++;
	assembler_take_request(((struct house *)self)->assembler, exchange, message);
}

static void on_response(void *self, struct exchange *exchange, const struct message *message)
{
	assembler_take_response(((struct house *)self)->assembler, exchange, message);
}

static void on_body(void *self, struct exchange *exchange, enum message_kind kind,
		    struct view bytes)
{
	assembler_take_body(((struct house *)self)->assembler, exchange, kind, bytes);
}

static void on_finish(void *self, struct exchange *exchange)
{
	((struct house *)self)->ended++;
	assembler_take_finish(((struct house *)self)->assembler, exchange);
}

static void on_segment(void *self, struct segment **segment)
{
	(void)self;
	assert((*segment)->spans_count >= 1 && (*segment)->spans_count <= MAX_SEGMENT_SPANS);
	for (uint32_t i = 0; i < (*segment)->spans_count; i++)
		assert((*segment)->spans[i]->end_unix_ns >= (*segment)->spans[i]->start_unix_ns);
	scrubber_scrub(*segment);
	segment_free(segment);
}

static void open_house(struct house *house)
{
	static const struct identity_settings identity;
	struct connection_table_settings connections = {MAX_CONNECTIONS, true, 1 << 18};
	struct connection_sink exchanges = {.self = house,
					    .on_request = on_request,
					    .on_response = on_response,
					    .on_finish = on_finish,
					    .on_body = on_body};
	struct tracing_settings tracing = {
		.max_routes = 4, .max_open_segments = MAX_OPEN, .segment_timeout_ms = 1000};
	struct sampling_settings sampling = {.ratio = 1, .parent_based = true};
	struct assembler_sink segments = {.self = house, .on_segment = on_segment};

	*house = (struct house){0};
	if (process_table_new(&house->processes, &identity, 4, &house->drops) < 0 ||
	    connection_table_new(&house->connections, &connections, &exchanges, &house->drops) <
		    0 ||
	    assembler_new(&house->assembler, &tracing, &sampling, house->processes, &segments,
			  &house->drops) < 0)
		abort();
	process_table_set_reads_proc(house->processes, false);
}

static void check_output(const struct event *event, struct view record)
{
	const struct output_record *output = event->output;
	unsigned char sum = 0;

	assert(event->bytes.size == output->captured && output->size <= MAX_OUTPUT_WRITE_BYTES);
	assert(output->offset + output->captured <= output->size);
	assert(event->bytes.size <= record.size - sizeof(*output));
	for (size_t i = 0; i < event->bytes.size; i++)
		sum = (unsigned char)(sum + event->bytes.bytes[i]);
	*(volatile unsigned char *)&sum;
}

/* What the stages after the decoder rely on; reading it all is for ASan. */
static void check_crash(const struct event *event, struct view record)
{
	static char copy[sizeof(struct stack_page_record)];

	if (event->kind == RECORD_CRASH_THREAD) {
		assert(event->crash_thread->pages_copied <= MAX_STACK_PAGES);
		memcpy(copy, event->crash_thread->message, event->crash_thread->message_size);
	} else if (event->kind == RECORD_STACK_PAGE) {
		memcpy(copy, event->stack_page, sizeof(*event->stack_page));
	} else if (event->kind == RECORD_CRASH_TRAIL) {
		for (int i = 0; i < TRAIL_PIECES; i++)
			memcpy(copy, event->trail->trail.pieces[i].bytes,
			       event->trail->trail.pieces[i].captured);
	} else if (event->kind == RECORD_SIGNAL_SENT) {
		memcpy(copy, event->signal_sent, sizeof(*event->signal_sent));
	} else if (event->kind == RECORD_PROCESS_DEATH) {
		memcpy(copy, event->death, sizeof(*event->death));
	} else if (event->kind == RECORD_IMAGE || event->kind == RECORD_PROCESS_BEGAN) {
		assert(event->bytes.size <= record.size - (event->kind == RECORD_IMAGE
								   ? sizeof(*event->image)
								   : sizeof(*event->began)));
		for (size_t i = 0; i < event->bytes.size; i++)
			copy[i % sizeof(copy)] ^= event->bytes.bytes[i];
	} else if (event->kind == RECORD_OUTPUT) {
		check_output(event, record);
	}
}

static void take(struct house *house, struct view record)
{
	struct event event;

	if (event_decoder_decode(record, &event) < 0)
		return;
	check_crash(&event, record);
	if (event.kind == RECORD_PROCESS_EXIT) {
		connection_table_process_exited(house->connections, event.exit->tgid,
						event.time_ns);
		assembler_process_exited(house->assembler, event.exit->tgid);
	}
	connection_table_take(house->connections, &event);
	connection_table_tick(house->connections, event.time_ns);
	assembler_tick(house->assembler, event.time_ns);
	assert(connection_table_count(house->connections) <= MAX_CONNECTIONS);
	assert(assembler_statistics(house->assembler).open_segments_count <= MAX_OPEN);
	assert(house->begun - house->ended <= MAX_CONNECTIONS * 4);
}

/* Two bytes of size, then the record: its own size is made to fit, all else is the input's. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct house house;

	open_house(&house);
	while (size >= 2) {
		size_t wanted = bytes[0] | (bytes[1] & 1u) << 8 | (bytes[1] & 0x7cu) << 7;
		bool is_size_kept = bytes[1] & 2;
		char *record;

		bytes += 2;
		size -= 2;
		if (wanted > size)
			wanted = size;
		record = malloc(wanted ? wanted : 1); /* exactly, for ASan */
		if (!record)
			break;
		memcpy(record, bytes, wanted);
		if (wanted >= sizeof(struct record_header) && !is_size_kept)
			((struct record_header *)record)->size = (uint32_t)wanted;
		take(&house, view_of(record, wanted));
		free(record);
		bytes += wanted;
		size -= wanted;
	}
	connection_table_finish(house.connections, 1);
	assert(house.begun == house.ended);
	assembler_finish(house.assembler);
	connection_table_free(&house.connections);
	assembler_free(&house.assembler);
	process_table_free(&house.processes);
	return 0;
}
