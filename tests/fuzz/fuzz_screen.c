/*
 * Names, messages and printed lines of a hostile program on screens of any size: every cell holds
 * one character that can be shown, whatever the tab and the keys.
 */
// fuzz-sources: agent/screen/screen_buffer.c agent/screen/screen_draw.c
// fuzz-sources: agent/screen/screen_help.c agent/screen/screen_state.c agent/screen/screen_tab.c
// fuzz-sources: agent/screen/screen_operations.c agent/screen/screen_traces.c
// fuzz-sources: agent/screen/screen_crashes.c agent/screen/screen_functions.c
// fuzz-sources: agent/screen/screen_syscalls.c agent/screen/screen_drops.c
// fuzz-sources: agent/screen/screen_printed.c agent/terminal/terminal_line.c
// fuzz-sources: agent/terminal/text_width.c agent/terminal/terminal_quantity.c
// fuzz-sources: agent/terminal/terminal_tree.c agent/terminal/terminal_crash.c
// fuzz-sources: agent/terminal/terminal_exception.c agent/terminal/terminal_frames.c
// fuzz-sources: agent/terminal/terminal_stack.c agent/overview/operation_table.c
// fuzz-sources: agent/overview/span_system.c agent/overview/live_traces.c
// fuzz-sources: agent/overview/trace_collector.c agent/overview/trace_layout.c
// fuzz-sources: agent/model/attribute.c agent/model/crash.c agent/model/exception.c
// fuzz-sources: agent/model/item.c agent/model/resource.c agent/model/segment.c
// fuzz-sources: agent/model/profile.c agent/model/syscall_count.c agent/base/content_index.c
// fuzz-sources: agent/model/session_report.c agent/model/span.c agent/base/arena.c
// fuzz-sources: agent/base/byte_buffer.c agent/base/clock.c agent/base/drops.c
// fuzz-sources: agent/base/hash_map.c agent/base/histogram.c agent/base/log.c
// fuzz-sources: agent/base/random_id.c agent/base/utf8.c agent/base/view.c
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "screen/screen_draw.h"
#include "screen/screen_tab.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct screen_snapshot snapshot;

static void copy(char *to, size_t size, struct view text)
{
	text = view_take(text, size - 1);
	memset(to, 0, size);
	if (text.size)
		memcpy(to, text.bytes, text.size);
}

static void fill(struct view text)
{
	struct screen_lines *output = &snapshot.output;
	struct view line;

	snapshot.operations_count = 1;
	memset(&snapshot.operations[0], 0, sizeof(snapshot.operations[0]));
	copy(snapshot.operations[0].key.name, OPERATION_NAME_BYTES, text);
	copy(snapshot.operations[0].key.service, OPERATION_SERVICE_BYTES, view_skip(text, 7));
	copy(snapshot.facts.whom, sizeof(snapshot.facts.whom), text);
	snapshot.facts.functions_count = snapshot.facts.samples_count = 1;
	copy(snapshot.facts.functions[0].name, TOP_FUNCTION_BYTES, text);
	copy(snapshot.facts.functions[0].module, TOP_MODULE_BYTES, text);
	snapshot.facts.syscalls_count = 1;
	snapshot.facts.syscalls[0] = (struct syscall_count){.number = text.size,
							    .count = 1,
							    .errors_count = 1,
							    .errors = {{(int)text.size, 1}}};
	snapshot.has_output = true;
	output->count = 0;
	while (output->count < MAX_OUTPUT_LINES && view_next_token(&text, '\n', &line))
		copy(output->text[output->count++], OUTPUT_LINE_BYTES + 1, line);
}

static void check(const struct screen_buffer *screen, bool is_utf8)
{
	for (uint32_t row = 0; row < screen->rows; row++)
		for (uint32_t column = 0; column < screen->columns; column++) {
			struct view text =
				view_of_text(screen_buffer_cell(screen, row, column)->text);

			while (text.size) {
				size_t length = utf8_printable_length(text);

				assert(length == 1 || (length > 1 && is_utf8));
				text = view_skip(text, length);
			}
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct screen_state state = {0};
	struct screen_buffer screen;
	bool is_utf8;

	if (size < 4)
		return 0;
	is_utf8 = bytes[2] & 1;
	if (screen_buffer_init(&screen, bytes[0], bytes[1] * 2u) < 0)
		return 0;
	fill(view_of(bytes + 4, size - 4));
	state.tab = (enum screen_tab_number)(bytes[3] % TABS_COUNT);
	for (size_t i = 4; i < size && i < 24; i++) {
		screen_draw(&snapshot, &state, is_utf8, &screen);
		check(&screen, is_utf8);
		(void)screen_state_take(&state, &snapshot,
					bytes[i] & 1 ? bytes[i] : KEY_OF_UP + bytes[i] / 16);
	}
	/* And what it would be if nobody had escaped it. */
	screen_buffer_set_line(&screen, 0, view_of(bytes, size));
	check(&screen, true);
	screen_state_done(&state);
	screen_buffer_done(&screen);
	return 0;
}
