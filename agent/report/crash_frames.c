/* Frame by frame, the innermost first, until the room ends. */
#include "report/crash_frames.h"

#include <stdio.h>
#include "model/register_name.h"
#include "report/report_text.h"

static void append_place(struct json_writer *writer, const struct crash *crash,
			 const struct crash_frame *frame)
{
	char text[32];

	report_text_set(writer, "file", frame->file);
	if (frame->line)
		report_text_set_number(writer, "line", frame->line);
	if (frame->image < crash->images_count) {
		const struct crash_image *image = &crash->images[frame->image];

		report_text_set(writer, "module", view_base_name(image->path));
		(void)snprintf(text, sizeof(text), "0x%llx",
			       (unsigned long long)(frame->pc - image->start));
		report_text_set(writer, "offset", view_of_text(text));
	}
	report_text_set_address(writer, "pc", frame->pc);
}

static void append_frame(struct json_writer *writer, const struct crash *crash,
			 const struct crash_frame *frame)
{
	json_writer_begin(writer, '{');
	report_text_set(writer, "function", frame->function);
	append_place(writer, crash, frame);
	report_text_set(writer, "trust", view_of_text(crash_trust_word(frame->trust)));
	report_text_set_truth(writer, "is_in_app", frame->is_in_app);
	if (frame->repeats)
		report_text_set_number(writer, "repeats", frame->repeats);
	json_writer_end(writer, '}');
}

static void append_registers(struct json_writer *writer, const struct crash_thread *thread)
{
	char text[32];

	if (!thread->has_registers)
		return;
	json_writer_key(writer, "registers");
	json_writer_begin(writer, '[');
	for (unsigned int i = 0; i < register_name_count(NATIVE_IS_ARM64); i++) {
		json_writer_begin(writer, '[');
		json_writer_string(writer, view_of_text(register_name(NATIVE_IS_ARM64, i)));
		(void)snprintf(text, sizeof(text), "0x%llx",
			       (unsigned long long)thread->registers[i]);
		json_writer_string(writer, view_of_text(text));
		json_writer_end(writer, ']');
	}
	json_writer_end(writer, ']');
}

void crash_frames_append_thread(struct json_writer *writer, const struct crash *crash,
				const struct crash_thread *thread, size_t limit)
{
	uint32_t shown = 0;

	json_writer_begin(writer, '{');
	report_text_set_number(writer, "tid", thread->tid);
	report_text_set(writer, "name", thread->name);
	report_text_set_truth(writer, "is_crashed", thread->is_crashed);
	report_text_set_truth(writer, "is_main", thread->is_main);
	report_text_set_truth(writer, "is_truncated", thread->is_truncated);
	append_registers(writer, thread);
	json_writer_key(writer, "frames");
	json_writer_begin(writer, '[');
	while (shown < thread->frames_count) {
		struct report_mark mark = report_text_mark(writer);

		append_frame(writer, crash, &thread->frames[shown]);
		if (!report_text_keep(writer, mark, limit > 128 ? limit - 128 : 0))
			break;
		shown++;
	}
	json_writer_end(writer, ']');
	report_text_set_number(writer, "frames_left_out", thread->frames_count - shown);
	json_writer_end(writer, '}');
}

static void append_exception_frame(struct json_writer *writer, const struct exception_frame *frame)
{
	json_writer_begin(writer, '{');
	report_text_set(writer, "function", frame->function);
	report_text_set(writer, "module", frame->module);
	report_text_set(writer, "file", frame->short_file.size ? frame->short_file : frame->file);
	if (frame->line)
		report_text_set_number(writer, "line", frame->line);
	report_text_set(writer, "source", view_trim(frame->context_line));
	report_text_set_truth(writer, "is_in_app", frame->is_in_app);
	if (frame->repeats)
		report_text_set_number(writer, "repeats", frame->repeats);
	json_writer_end(writer, '}');
}

void crash_frames_append_exception(struct json_writer *writer, const struct exception *exception,
				   size_t limit)
{
	uint32_t shown = 0;

	json_writer_key(writer, "frames");
	json_writer_begin(writer, '[');
	while (shown < exception->frames_count) {
		struct report_mark mark = report_text_mark(writer);

		append_exception_frame(writer, &exception->frames[shown]);
		if (!report_text_keep(writer, mark, limit > 128 ? limit - 128 : 0))
			break;
		shown++;
	}
	json_writer_end(writer, ']');
	report_text_set_number(writer, "frames_left_out",
			       exception->frames_count - shown + exception->left_out);
}
