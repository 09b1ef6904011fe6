/* FNV-1a over the parts, each with its end. */
#include "exceptions/exception_grouping.h"

#include <string.h>

#define FNV_BASIS 0xcbf29ce484222325ULL
#define FNV_PRIME 0x100000001b3ULL

static uint64_t add_bytes(uint64_t hash, struct view bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		hash = (hash ^ (unsigned char)bytes.bytes[i]) * FNV_PRIME;
	return (hash ^ 0x1f) * FNV_PRIME;
}

static uint64_t add_number(uint64_t hash, uint64_t number)
{
	return add_bytes(hash, view_of(&number, sizeof(number)));
}

static uint64_t add_frame(uint64_t hash, const struct exception_frame *frame)
{
	hash = add_bytes(hash, frame->module);
	hash = add_bytes(hash, frame->function);
	hash = add_bytes(hash, frame->file);
	return add_number(hash, frame->line);
}

static const struct exception_frame *own_frame(const struct exception *exception)
{
	for (uint32_t i = 0; i < exception->frames_count; i++)
		if (exception->frames[i].is_in_app)
			return &exception->frames[i];
	return exception->frames_count ? &exception->frames[0] : NULL;
}

uint64_t exception_grouping_program(const struct crash *crash)
{
	return add_bytes(FNV_BASIS, crash->process_name);
}

uint64_t exception_grouping_problem(const struct crash *crash)
{
	const struct exception *raised = crash->exceptions;
	const struct crash_thread *thrown = crash->thrown ? &crash->thrown->thread : NULL;
	const struct exception_frame *frame;
	uint64_t hash = exception_grouping_program(crash);

	if (crash->exceptions_count == 0)
		return hash;
	hash = add_bytes(hash, crash->resource->service_name);
	hash = add_bytes(hash, raised->type);
	hash = add_bytes(hash, raised->module);
	frame = own_frame(raised);
	if (!frame && thrown && thrown->frames_count && thrown->frames[0].function.size)
		return add_number(add_bytes(hash, thrown->frames[0].function),
				  thrown->frames[0].line);
	return frame ? add_frame(hash, frame) : add_bytes(hash, raised->value);
}

uint64_t exception_grouping_identity(const struct crash *crash)
{
	const struct exception *raised = crash->exceptions;
	uint64_t hash = FNV_BASIS;

	if (crash->exceptions_count == 0)
		return hash;
	hash = add_bytes(hash, raised->type);
	hash = add_bytes(hash, raised->value);
	return raised->frames_count ? add_frame(hash, &raised->frames[0]) : hash;
}

/* "out_of_range" of "std::out_of_range", "Err" of "*main.Err". */
static struct view last_name(struct view type)
{
	for (size_t i = type.size; i > 0; i--)
		if (type.bytes[i - 1] == '.' || type.bytes[i - 1] == ':' ||
		    type.bytes[i - 1] == '*')
			return view_skip(type, i);
	return type;
}

static bool says_nothing(struct view type)
{
	return type.size == 0 || view_equals(type, VIEW_LITERAL("panic")) ||
	       view_equals(type, VIEW_LITERAL("fatal error"));
}

bool exception_grouping_is_compatible(const struct exception *one, const struct exception *other)
{
	return says_nothing(one->type) || says_nothing(other->type) ||
	       view_equals(last_name(one->type), last_name(other->type));
}
