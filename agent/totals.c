/* The last lines of a run, for people and for tests: their form is part of what limpet promises. */
#include "totals.h"

#include "base/log.h"

void totals_print(const struct assembler_statistics *statistics, uint64_t crashes_count,
		  const struct drops *drops)
{
	uint64_t not_sampled = statistics->segments_count - statistics->kept_segments_count;

	log_info("%llu spans in %llu segments", (unsigned long long)statistics->kept_spans_count,
		 (unsigned long long)statistics->kept_segments_count);
	if (crashes_count)
		log_info("%llu %s", (unsigned long long)crashes_count,
			 crashes_count == 1 ? "crash" : "crashes");
	if (not_sampled)
		log_info("not sampled: %llu segments", (unsigned long long)not_sampled);
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++) {
		uint64_t count = drops_get(drops, (enum drop_reason)reason);

		if (count && reason == DROP_CRASH_SUPPRESSED)
			log_info("not reported: %llu %s", (unsigned long long)count,
				 count == 1 ? "crash like others before it"
					    : "crashes like others before them");
		else if (count && reason != DROP_SAMPLED)
			log_info("lost: %s %llu (%s)", drops_name((enum drop_reason)reason),
				 (unsigned long long)count, drops_words((enum drop_reason)reason));
	}
}
