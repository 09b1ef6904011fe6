/* Drop counters: relaxed atomics, names from the one table. */
#include "base/drops.h"

#define NAME_ROW(name, text, words)  [DROP_##name] = (text),
#define WORDS_ROW(name, text, words) [DROP_##name] = (words),

static const char *const names[DROP_REASONS_COUNT] = {DROP_REASONS_KERNEL(NAME_ROW)
							      DROP_REASONS_AGENT(NAME_ROW)};
static const char *const word_rows[DROP_REASONS_COUNT] = {DROP_REASONS_KERNEL(WORDS_ROW)
								  DROP_REASONS_AGENT(WORDS_ROW)};

void drops_add(struct drops *drops, enum drop_reason reason, uint64_t count)
{
	__atomic_fetch_add(&drops->counts[reason], count, __ATOMIC_RELAXED);
}

void drops_set(struct drops *drops, enum drop_reason reason, uint64_t total)
{
	__atomic_store_n(&drops->counts[reason], total, __ATOMIC_RELAXED);
}

uint64_t drops_get(const struct drops *drops, enum drop_reason reason)
{
	return __atomic_load_n(&drops->counts[reason], __ATOMIC_RELAXED);
}

bool drops_is_decision(enum drop_reason reason)
{
	return reason == DROP_SAMPLED || reason == DROP_CRASH_SUPPRESSED ||
	       reason == DROP_EXCEPTION_SUPPRESSED || reason == DROP_EXCEPTION_DUPLICATE ||
	       reason == DROP_POD_MUTED || reason == DROP_SANDBOX_ENDED ||
	       reason == DROP_SDK_SUPPRESSED || reason == DROP_TLS_UNSEEN;
}

uint64_t drops_lost(const struct drops *drops)
{
	uint64_t lost = 0;

	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++)
		if (!drops_is_decision((enum drop_reason)reason))
			lost += drops_get(drops, (enum drop_reason)reason);
	return lost;
}

const char *drops_name(enum drop_reason reason)
{
	return names[reason];
}

const char *drops_words(enum drop_reason reason)
{
	return word_rows[reason];
}
