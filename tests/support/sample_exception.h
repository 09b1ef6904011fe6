/*
 * Exceptions as the exceptions room makes them, for tests of everything after it: one per language,
 * each with what is particular to it. sample_exception is the one most tests use: a Flask
 * application that answered 500, a chain of two.
 */
#ifndef SUPPORT_SAMPLE_EXCEPTION_H
#define SUPPORT_SAMPLE_EXCEPTION_H

#include "sample_programs.h"

enum sample_language {
	SAMPLE_PYTHON,
	SAMPLE_GROUP,
	SAMPLE_NODE,
	SAMPLE_JAVA,
	SAMPLE_GO,
	SAMPLE_CPP,
	SAMPLE_PHP,
	SAMPLE_LANGUAGES_COUNT,
};

/* The id is random. */
static inline struct crash *sample_exception_of(enum sample_language language, uint64_t unix_ns)
{
	static void (*const raise[])(struct crash * crash) = {
		[SAMPLE_PYTHON] = sample_python, [SAMPLE_GROUP] = sample_group,
		[SAMPLE_NODE] = sample_node,     [SAMPLE_JAVA] = sample_java,
		[SAMPLE_GO] = sample_go,         [SAMPLE_CPP] = sample_cpp,
		[SAMPLE_PHP] = sample_php,
	};
	struct resource *resource = sample_resource();
	struct crash *crash;

	assert(crash_new(&crash, resource) == 0);
	resource_release(&resource);
	crash->kind = CRASH_EXCEPTION;
	crash->unix_ns = unix_ns;
	crash->pid = 4711;
	crash->tid = 4714;
	crash->process_name = VIEW_LITERAL("shop");
	crash->exception_source = "output";
	crash->exceptions =
		arena_allocate(&crash->arena, MAX_EXCEPTIONS * sizeof(struct exception));
	assert(crash->exceptions);
	raise[language](crash);
	crash->type = crash->exceptions[0].type;
	crash->cause = crash->exceptions[0].value;
	sample_crash_trace(crash);
	attribute_set_integer(&crash->trace.request, &crash->arena, "http.response.status_code",
			      500);
	return crash;
}

static inline struct crash *sample_exception(uint64_t unix_ns)
{
	return sample_exception_of(SAMPLE_PYTHON, unix_ns);
}

static inline struct crash *known_exception(enum sample_language language)
{
	struct crash *crash = sample_exception_of(language, KNOWN_CRASH_NS);

	sample_hex(KNOWN_CRASH_ID, crash->id);
	return crash;
}

static inline struct item *sample_exception_item(enum sample_language language, uint64_t unix_ns)
{
	struct crash *crash = sample_exception_of(language, unix_ns);
	struct item *item;

	assert(item_new_crash(&item, &crash) == 0);
	return item;
}

#endif
