/* Raw crashes: allocation and counting. */
#include "crash/raw_crash.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"

int raw_crash_new(struct raw_crash **ret, uint32_t tgid)
{
	struct raw_crash *raw = calloc(1, sizeof(*raw));

	if (!raw)
		return -ENOMEM;
	raw->tgid = tgid;
	*ret = raw;
	return 0;
}

void raw_crash_free(struct raw_crash **raw)
{
	if (!*raw)
		return;
	for (uint32_t i = 0; i < (*raw)->threads_count; i++)
		raw_crash_free_thread(&(*raw)->threads[i]);
	raw_crash_free_thread(&(*raw)->handled);
	free((*raw)->trail);
	free((*raw)->thrown);
	free(*raw);
	*raw = NULL;
}

int raw_crash_new_thread(struct raw_thread **ret, const struct crash_thread_record *record)
{
	_cleanup_(raw_crash_free_thread) struct raw_thread *thread = calloc(1, sizeof(*thread));

	if (!thread)
		return -ENOMEM;
	thread->record = *record;
	if (record->pages_copied) {
		thread->pages = calloc(record->pages_copied, sizeof(*thread->pages));
		if (!thread->pages)
			return -ENOMEM;
	}
	*ret = TAKE_PTR(thread);
	return 0;
}

void raw_crash_free_thread(struct raw_thread **thread)
{
	if (!*thread)
		return;
	for (uint32_t i = 0; i < (*thread)->pages_count; i++)
		free((*thread)->pages[i]);
	free((*thread)->pages);
	free(*thread);
	*thread = NULL;
}

void raw_crash_keep_trail(struct raw_crash *raw, const struct crash_trail_record *record)
{
	if (raw->trail)
		return;
	raw->process_start_ns = record->process_start_ns;
	raw->trail = malloc(sizeof(record->trail));
	if (raw->trail)
		*raw->trail = record->trail;
}

void raw_crash_keep_throw(struct raw_crash *raw, const struct cpp_throw_record *record)
{
	if (raw->thrown)
		return;
	raw->thrown = malloc(sizeof(*record));
	if (raw->thrown)
		*raw->thrown = *record;
}

uint64_t raw_crash_page_bytes(const struct raw_crash *raw)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < raw->threads_count; i++)
		bytes += raw->threads[i]->pages_count * sizeof(struct raw_page);
	return bytes;
}

bool raw_crash_is_complete(const struct raw_crash *raw)
{
	for (uint32_t i = 0; i < raw->threads_count; i++)
		if (raw->threads[i]->pages_count < raw->threads[i]->record.pages_copied)
			return false;
	return true;
}
