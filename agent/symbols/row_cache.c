/* One place per row, by its address: what was there goes. */
#include "symbols/row_cache.h"

#include <string.h>
#include "symbols/module.h"
#include "symbols/unwind_table.h"

static bool is_wanted(const struct cached_row *cached, const struct row_question *question)
{
	return cached->module == question->module && cached->address == question->address &&
	       cached->is_debug == question->is_debug;
}

static bool find_entry(const struct row_question *question, struct unwind_entry *ret)
{
	struct unwind_table *table = module_unwind_table(question->module);

	if (!table)
		return false;
	return question->is_debug ? unwind_table_find_debug(table, question->address, ret)
				  : unwind_table_find(table, question->address, ret);
}

const struct cached_row *row_cache_find(struct row_cache *cache,
					const struct row_question *question)
{
	uint64_t place = question->address ^ question->address >> 12;
	struct cached_row *cached = &cache->rows[place % cache->count];
	struct unwind_entry entry;

	if (is_wanted(cached, question))
		return cached;
	if (!find_entry(question, &entry))
		return NULL;
	cached->module = NULL;
	if (!cfi_program_run(&entry, question->machine, question->address, &cached->row))
		return NULL;
	cached->module = question->module;
	cached->address = question->address;
	cached->is_debug = question->is_debug;
	cached->end = entry.end;
	cached->return_register = entry.return_register;
	cached->is_signal_frame = entry.is_signal_frame;
	return cached;
}

void row_cache_clear(struct row_cache *cache)
{
	for (uint32_t i = 0; i < cache->count; i++)
		cache->rows[i].module = NULL;
}
