/* Records of Python exceptions, of any bytes: one after the other, each begins with its size. */
// fuzz-sources: agent/tracebacks/python_objects.c agent/tracebacks/python_line_table.c
// fuzz-sources: agent/tracebacks/python_string.c agent/tracebacks/traceback.c agent/base/arena.c
// fuzz-sources: agent/base/view.c
#include <assert.h>
#include <stdlib.h>
#include "tracebacks/python_objects.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The header is always right: the reader of records sees to that. */
static void give(struct python_objects *objects, struct view bytes)
{
	struct python_objects_place place;
	struct traceback *report = NULL;
	struct python_part *part;
	char *copy = calloc(1, bytes.size + sizeof(*part));

	assert(copy);
	part = (void *)copy;
	memcpy(copy, bytes.bytes, bytes.size);
	part->header.kind = RECORD_PYTHON_EXCEPTION;
	if (python_objects_take(objects, view_of(copy, bytes.size), &place, &report) == 0) {
		assert(report->exceptions_count >= 1);
		for (uint32_t i = 0; i < report->exceptions_count; i++)
			assert(report->exceptions[i].frames_count <= MAX_EXCEPTION_FRAMES &&
			       report->exceptions[i].value.size <= MAX_EXCEPTION_VALUE);
	}
	traceback_free(&report);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct view left = view_of((const char *)bytes, size);
	struct python_objects *objects;

	assert(python_objects_new(&objects) == 0);
	while (left.size > 2) {
		size_t part = (unsigned char)left.bytes[0] | (unsigned char)left.bytes[1] << 8;

		left = view_skip(left, 2);
		if (part > left.size)
			part = left.size;
		give(objects, view_take(left, part));
		left = view_skip(left, part);
	}
	python_objects_free(&objects);
	return 0;
}
