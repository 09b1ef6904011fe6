/*
 * Stack traces. Addresses go out as they were found, and the server subtracts one instruction from
 * all but the first frame (instruction_addr_adjustment), because those are return addresses.
 */
#include "exporters/sentry/stacktrace_encoder.h"

#include "exporters/sentry/json_text.h"
#include "model/register_name.h"

static bool is_arm64(const char *machine)
{
	return strcmp(machine, "aarch64") == 0;
}

static json_t *encode_registers(const struct crash_thread *thread, const char *machine)
{
	json_t *registers = json_object();

	for (unsigned int i = 0; i < register_name_count(is_arm64(machine)); i++)
		json_text_set(registers, register_name(is_arm64(machine), i),
			      json_text_address(thread->registers[i]));
	return registers;
}

/*
 * A frame in the middle whose pc is exact (a signal interrupted it, or it is the trampoline a
 * handler returns to, which begins there) gets one instruction on top, so that the server's
 * subtraction ends where it is.
 */
static uint64_t sent_address(const struct crash_frame *frame, bool is_first, const char *machine)
{
	uint64_t step = is_arm64(machine) ? 4 : 1;
	bool is_exact = frame->is_exact_pc || frame->pc == frame->function_address;

	return !is_first && is_exact && frame->pc <= UINT64_MAX - step ? frame->pc + step
								       : frame->pc;
}

static struct view last_part(struct view path)
{
	for (size_t i = path.size; i > 0; i--)
		if (path.bytes[i - 1] == '/')
			return view_skip(path, i);
	return path;
}

static json_t *encode_frame(const struct crash *crash, const struct crash_frame *frame,
			    uint64_t address, struct stacktrace_limits limits)
{
	size_t max_characters = limits.max_name_characters;
	json_t *object = json_object();

	json_text_set(object, "instruction_addr", json_text_address(address));
	if (limits.is_foreign)
		json_text_set(object, "platform", json_string("native"));
	if (frame->function.size)
		json_text_set(object, "function", json_text_line(frame->function, max_characters));
	if (frame->symbol.size)
		json_text_set(object, "raw_function",
			      json_text_line(frame->symbol, max_characters));
	if (frame->function_address)
		json_text_set(object, "symbol_addr", json_text_address(frame->function_address));
	if (frame->image < crash->images_count)
		json_text_set_string(object, "package", crash->images[frame->image].path,
				     max_characters);
	if (frame->file.size) {
		json_text_set_string(object, "filename", last_part(frame->file), max_characters);
		json_text_set_string(object, "abs_path", frame->file, max_characters);
	}
	if (frame->line)
		json_text_set(object, "lineno", json_integer(frame->line));
	json_text_set(object, "in_app", json_boolean(frame->is_in_app));
	json_text_set(object, "trust", json_string(crash_trust_word(frame->trust)));
	return object;
}

json_t *stacktrace_encoder_folded(void)
{
	return json_pack("{s:s, s:b}", "function", FOLDED_FRAME_NAME, "in_app", 0);
}

json_t *stacktrace_encoder_encode(const struct crash *crash, const struct crash_thread *thread,
				  const char *machine, struct stacktrace_limits limits)
{
	uint32_t count = thread->frames_count;
	uint32_t max = limits.max_frames < MAX_STACK_FRAMES ? limits.max_frames : MAX_STACK_FRAMES;
	uint32_t left_out = count > max ? count - max : 0;
	uint32_t room_for_folded = MAX_STACK_FRAMES - (count - left_out);
	json_t *frames, *stacktrace;

	if (count == left_out)
		return NULL;
	frames = json_array();
	for (uint32_t i = count; i-- > 0;) {
		const struct crash_frame *frame = &thread->frames[i];

		/* The newest half stays, and the oldest. */
		if (i >= max - max / 2 && i < max - max / 2 + left_out)
			continue;
		if (frame->repeats && room_for_folded) {
			(void)json_array_append_new(frames, stacktrace_encoder_folded());
			room_for_folded--;
		}
		(void)json_array_append_new(
			frames,
			encode_frame(crash, frame, sent_address(frame, i == 0, machine), limits));
	}
	stacktrace = json_object();
	json_text_set(stacktrace, "frames", frames);
	if (thread->has_registers && !crash->is_metadata_only)
		json_text_set(stacktrace, "registers", encode_registers(thread, machine));
	json_text_set(stacktrace, "instruction_addr_adjustment",
		      json_string(thread->frames[0].is_exact_pc ? "all_but_first" : "all"));
	return stacktrace;
}
