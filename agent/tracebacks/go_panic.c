/*
 * A record of raw words becomes words for people: numbers as Go's runtime prints them, but for
 * floating point. What a value of another kind holds is not known.
 */
#include "tracebacks/go_panic.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include "base/cleanup.h"

#define NUMBER_BYTES 64

static bool is_valid(struct view bytes)
{
	const struct go_panic_record *record = (const void *)bytes.bytes;

	return bytes.size >= sizeof(*record) && record->header.kind == RECORD_GO_PANIC &&
	       (record->kind == GO_PANIC_FATAL || record->kind == GO_PANIC_THROW) &&
	       record->name_size <= sizeof(record->name) &&
	       record->frames_count <= MAX_GO_PANIC_FRAMES;
}

static double float_of(const struct go_panic_record *record)
{
	double wide;
	float narrow;

	if (record->value_kind == GO_KIND_FLOAT32) {
		memcpy(&narrow, &record->word, sizeof(narrow));
		return (double)narrow;
	}
	memcpy(&wide, &record->word, sizeof(wide));
	return wide;
}

/* Little-endian: the bytes a number does not have are somebody else's. */
static void print_number(const struct go_panic_record *record, char text[NUMBER_BYTES])
{
	uint64_t word = record->word;

	switch (record->value_kind) {
	case GO_KIND_BOOL:
		(void)snprintf(text, NUMBER_BYTES, "%s", (uint8_t)word ? "true" : "false");
		break;
	case GO_KIND_INT8:
		(void)snprintf(text, NUMBER_BYTES, "%d", (int8_t)word);
		break;
	case GO_KIND_INT16:
		(void)snprintf(text, NUMBER_BYTES, "%d", (int16_t)word);
		break;
	case GO_KIND_INT32:
		(void)snprintf(text, NUMBER_BYTES, "%" PRId32, (int32_t)word);
		break;
	case GO_KIND_INT:
	case GO_KIND_INT64:
		(void)snprintf(text, NUMBER_BYTES, "%" PRId64, (int64_t)word);
		break;
	case GO_KIND_UINT8:
		(void)snprintf(text, NUMBER_BYTES, "%u", (uint8_t)word);
		break;
	case GO_KIND_UINT16:
		(void)snprintf(text, NUMBER_BYTES, "%u", (uint16_t)word);
		break;
	case GO_KIND_UINT32:
		(void)snprintf(text, NUMBER_BYTES, "%" PRIu32, (uint32_t)word);
		break;
	case GO_KIND_UINT:
	case GO_KIND_UINT64:
	case GO_KIND_UINTPTR:
		(void)snprintf(text, NUMBER_BYTES, "%" PRIu64, word);
		break;
	case GO_KIND_FLOAT32:
	case GO_KIND_FLOAT64:
		(void)snprintf(text, NUMBER_BYTES, "%g", float_of(record));
		break;
	default:
		text[0] = '\0';
	}
}

static struct view type_of(const struct go_panic_record *record)
{
	struct view name = view_of(record->name, record->name_size);

	if (record->kind == GO_PANIC_THROW)
		return VIEW_LITERAL("fatal error");
	name = view_skip(name, record->name_skip);
	return name.size > 0 ? name : VIEW_LITERAL("panic");
}

int go_panic_decode(struct view record, struct traceback **ret)
{
	const struct go_panic_record *panic = (const void *)record.bytes;
	_cleanup_(traceback_free) struct traceback *report = NULL;
	struct exception *exception;
	char number[NUMBER_BYTES];
	struct view value;
	int err;

	if (!is_valid(record))
		return -EINVAL;
	err = traceback_new(&report, LANGUAGE_GO);
	if (err < 0)
		return err;
	value = view_of(panic->value, sizeof(panic->value));
	if (panic->value_kind == GO_KIND_STRING) {
		value = view_take(value, panic->value_size);
		report->is_truncated = panic->value_size > sizeof(panic->value);
	} else {
		print_number(panic, number);
		value = view_of_text(number);
	}
	exception = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	exception->type = traceback_copy(report, type_of(panic));
	exception->value = traceback_copy(report, value);
	report->manner = MANNER_UNCAUGHT;
	report->mechanism = "panic";
	report->thread_id = panic->goroutine;
	report->is_closable = true;
	*ret = TAKE_PTR(report);
	return 0;
}
