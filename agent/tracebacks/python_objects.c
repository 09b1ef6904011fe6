/*
 * A report says how many parts it has, and parts come in order. A frame is done when the next part
 * is no more of its line table. Frames come outermost first and are turned around.
 */
#include "tracebacks/python_objects.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "tracebacks/python_line_table.h"
#include "tracebacks/python_string.h"

#define MAX_TABLE_BYTES (PYTHON_TABLE_BYTES + MAX_PYTHON_TABLE_PARTS * PYTHON_TABLE_PART_BYTES)

struct assembly {
	struct traceback *report; /* NULL: free */
	struct python_objects_place place;
	uint64_t order; /* in which it began */
	uint32_t parts_left;
	uint32_t frames_told;        /* of the exception under way */
	struct exception *exception; /* NULL: none so far */
	struct view file, name;      /* of the frame before */
	/* Of the frame under way, whose line is not known yet. */
	bool has_frame;
	uint32_t minor;
	uint32_t first_line, instruction;
	int32_t line;
	uint64_t table_size;
	uint32_t table_captured;
	char table[MAX_TABLE_BYTES];
};

struct python_objects {
	struct assembly assemblies[MAX_PYTHON_REPORTS];
	uint64_t next_order;
};

int python_objects_new(struct python_objects **ret)
{
	struct python_objects *objects = calloc(1, sizeof(*objects));

	if (!objects)
		return -ENOMEM;
	*ret = objects;
	return 0;
}

void python_objects_free(struct python_objects **objects)
{
	if (!*objects)
		return;
	for (int i = 0; i < MAX_PYTHON_REPORTS; i++)
		traceback_free(&(*objects)->assemblies[i].report);
	free(*objects);
	*objects = NULL;
}

static struct assembly *find(struct python_objects *objects, const struct python_part *part)
{
	for (int i = 0; i < MAX_PYTHON_REPORTS; i++) {
		struct assembly *assembly = &objects->assemblies[i];

		if (assembly->report && assembly->place.tgid == part->tgid &&
		    assembly->place.tid == part->tid)
			return assembly;
	}
	return NULL;
}

/* The one of the same thread, of which the rest was lost; a free one; the oldest. */
static struct assembly *choose(struct python_objects *objects, const struct python_part *part)
{
	struct assembly *chosen = find(objects, part);

	for (int i = 0; i < MAX_PYTHON_REPORTS && !chosen; i++)
		if (!objects->assemblies[i].report)
			chosen = &objects->assemblies[i];
	for (int i = 0; i < MAX_PYTHON_REPORTS && !chosen; i++)
		if (objects->next_order - objects->assemblies[i].order >= MAX_PYTHON_REPORTS)
			chosen = &objects->assemblies[i];
	if (!chosen)
		chosen = &objects->assemblies[0];
	return chosen;
}

static int begin(struct python_objects *objects, const struct python_report_record *record)
{
	struct traceback *report = NULL;
	struct assembly *assembly;
	int err;

	if (record->parts_count == 0) /* lost, and counted as that */
		return 0;
	err = traceback_new(&report, LANGUAGE_PYTHON);
	if (err < 0)
		return err;
	assembly = choose(objects, &record->part);
	traceback_free(&assembly->report);
	*assembly = (struct assembly){
		.report = report,
		.place = {record->part.tgid, record->part.tid, record->context,
			  record->part.header.time_ns},
		.order = objects->next_order++,
		.parts_left = record->parts_count,
		.minor = record->part.minor,
	};
	report->is_truncated = record->part.flags & PYTHON_IS_CUT;
	report->is_closable = true;
	report->manner = record->part.tgid == record->part.tid ? MANNER_UNCAUGHT : MANNER_THREAD;
	report->mechanism = report->manner == MANNER_UNCAUGHT ? "excepthook" : "threading";
	return 0;
}

/* The table is as long as it will be. */
static void end_frame(struct assembly *assembly)
{
	struct exception *exception = assembly->exception;
	uint32_t line;

	if (!assembly->has_frame)
		return;
	assembly->has_frame = false;
	line = python_line_table_find(
		assembly->minor, view_of(assembly->table, assembly->table_captured),
		assembly->table_size, assembly->first_line, assembly->instruction);
	if (!line && assembly->line > 0)
		line = (uint32_t)assembly->line;
	exception->frames[exception->frames_count - 1].line = line;
}

static void end_exception(struct assembly *assembly)
{
	struct exception *exception = assembly->exception;

	end_frame(assembly);
	if (!exception)
		return;
	traceback_reverse_frames(exception);
	if (assembly->frames_told > exception->frames_count)
		exception->left_out = assembly->frames_told - exception->frames_count;
}

static size_t last_dot(struct view text)
{
	for (size_t i = text.size; i > 0; i--)
		if (text.bytes[i - 1] == '.')
			return i;
	return 0;
}

static void set_type(struct traceback *report, struct exception *exception, struct view type)
{
	size_t dot = last_dot(type);

	exception->type = traceback_copy(report, view_skip(type, dot));
	if (dot)
		exception->module = traceback_copy(report, view_take(type, dot - 1));
}

/* What str() makes of several arguments, or of one that is no string, is not known. */
static void set_value(struct assembly *assembly, const struct python_exception_record *record)
{
	struct exception *exception = assembly->exception;
	struct arena *arena = &assembly->report->arena;
	struct view type = exception->type;
	bool is_cut;

	if (record->arguments_count != 1 && !view_ends_with(type, VIEW_LITERAL("ExceptionGroup")))
		return;
	exception->value = python_string_decode(
		arena, &record->value, view_of(record->value_bytes, PYTHON_VALUE_BYTES), &is_cut);
	assembly->report->is_truncated |= is_cut;
	if (record->value.state && view_equals(type, VIEW_LITERAL("KeyError")))
		exception->value = python_string_quote(arena, exception->value);
}

static int take_exception(struct assembly *assembly, struct view bytes)
{
	const struct python_exception_record *record = (const void *)bytes.bytes;
	struct traceback *report = assembly->report;
	uint32_t count = report->exceptions_count;
	enum exception_relation relation = RELATION_RAISED;

	if (bytes.size < sizeof(*record) || record->type_size > PYTHON_TYPE_BYTES ||
	    record->relation > PYTHON_CONTEXT || (record->relation != 0) != (count != 0))
		return -EINVAL;
	end_exception(assembly);
	if (count)
		relation = record->relation == PYTHON_CAUSE ? RELATION_CAUSE : RELATION_CONTEXT;
	assembly->exception =
		traceback_add_exception(report, relation, count ? count - 1 : NO_PARENT);
	if (!assembly->exception)
		return -EINVAL;
	assembly->frames_told = record->frames_count;
	assembly->file = assembly->name = (struct view){0};
	set_type(report, assembly->exception, view_of(record->type, record->type_size));
	set_value(assembly, record);
	return 0;
}

static int take_code(struct assembly *assembly, struct view bytes)
{
	const struct python_frame_record *record = (const void *)bytes.bytes;
	struct arena *arena = &assembly->report->arena;
	bool is_cut;

	if (bytes.size < sizeof(*record) || record->table_captured > PYTHON_TABLE_BYTES)
		return -EINVAL;
	assembly->file = python_string_decode(
		arena, &record->file, view_of(record->file_bytes, PYTHON_FILE_BYTES), &is_cut);
	assembly->name = python_string_decode(
		arena, &record->name, view_of(record->name_bytes, PYTHON_NAME_BYTES), &is_cut);
	assembly->table_size = record->table_size;
	assembly->table_captured = record->table_captured;
	memcpy(assembly->table, record->table, record->table_captured);
	return 0;
}

static int take_frame(struct assembly *assembly, struct view bytes)
{
	const struct python_frame_record *record = (const void *)bytes.bytes;
	struct exception_frame *frame;
	int err = 0;

	if (bytes.size < offsetof(struct python_frame_record, file_bytes) || !assembly->exception)
		return -EINVAL;
	end_frame(assembly);
	if (!(record->part.flags & PYTHON_IS_SAME))
		err = take_code(assembly, bytes);
	frame = err == 0 ? traceback_add_frame(assembly->report, assembly->exception) : NULL;
	if (!frame)
		return err < 0 ? err : -ENOMEM;
	frame->file = assembly->file;
	frame->function = assembly->name;
	assembly->has_frame = true;
	assembly->first_line = record->first_line > 0 ? (uint32_t)record->first_line : 0;
	assembly->instruction = record->instruction > 0 ? (uint32_t)record->instruction : 0;
	assembly->line = record->line;
	return 0;
}

static int take_table(struct assembly *assembly, struct view bytes)
{
	const struct python_table_record *record = (const void *)bytes.bytes;

	if (bytes.size < sizeof(*record) || record->captured > PYTHON_TABLE_PART_BYTES ||
	    record->captured > MAX_TABLE_BYTES - assembly->table_captured || !assembly->has_frame)
		return -EINVAL;
	memcpy(assembly->table + assembly->table_captured, record->bytes, record->captured);
	assembly->table_captured += record->captured;
	return 0;
}

static int take_part(struct assembly *assembly, struct view bytes)
{
	switch (((const struct python_part *)(const void *)bytes.bytes)->kind) {
	case PYTHON_EXCEPTION:
		return take_exception(assembly, bytes);
	case PYTHON_FRAME:
		return take_frame(assembly, bytes);
	case PYTHON_TABLE:
		return take_table(assembly, bytes);
	default:
		return -EINVAL;
	}
}

int python_objects_take(struct python_objects *objects, struct view record,
			struct python_objects_place *ret_place, struct traceback **ret)
{
	const struct python_part *part = (const void *)record.bytes;
	struct assembly *assembly;
	int err;

	if (record.size < sizeof(*part) || part->header.kind != RECORD_PYTHON_EXCEPTION)
		return -EINVAL;
	if (part->kind == PYTHON_REPORT) {
		if (record.size < sizeof(struct python_report_record))
			return -EINVAL;
		err = begin(objects, (const void *)part);
		return err < 0 ? err : -EAGAIN;
	}
	assembly = find(objects, part);
	if (!assembly)
		return -EINVAL;
	err = take_part(assembly, record);
	if (err < 0)
		assembly->report->is_truncated = true;
	if (--assembly->parts_left > 0)
		return err < 0 ? err : -EAGAIN;
	end_exception(assembly);
	*ret_place = assembly->place;
	if (assembly->report->exceptions_count == 0) {
		traceback_free(&assembly->report);
		return -EINVAL;
	}
	*ret = TAKE_PTR(assembly->report);
	return 0;
}
