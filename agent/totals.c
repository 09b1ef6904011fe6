/* The last lines of a run, for people and for tests: their form is part of what limpet promises. */
#include "totals.h"

#include "base/log.h"

static void print_count(uint64_t count, const char *one, const char *many)
{
	if (count)
		log_info("%llu %s", (unsigned long long)count, count == 1 ? one : many);
}

/* Left out on purpose, in words of its own. */
static void print_decision(enum drop_reason reason, uint64_t count)
{
	unsigned long long number = count;

	if (reason == DROP_CRASH_SUPPRESSED)
		log_info("not reported: %llu %s", number,
			 count == 1 ? "crash like others before it"
				    : "crashes like others before them");
	else if (reason == DROP_EXCEPTION_SUPPRESSED)
		log_info("not reported: %llu %s", number,
			 count == 1 ? "exception like others before it"
				    : "exceptions like others before them");
	else if (reason == DROP_POD_MUTED)
		log_info("not told, as their pods asked: %llu %s", number,
			 count == 1 ? "item" : "items");
	else if (reason == DROP_SANDBOX_ENDED)
		log_info("not reported: %llu %s", number,
			 count == 1 ? "pod's sandbox that its runtime ended"
				    : "pods' sandboxes that their runtime ended");
	else if (reason == DROP_EXCEPTION_DUPLICATE)
		log_info("told twice, reported once: %llu %s", number,
			 count == 1 ? "exception" : "exceptions");
	else if (reason == DROP_SDK_SUPPRESSED)
		log_info("left to their own SDKs: %llu %s", number,
			 count == 1 ? "segment or exception" : "segments and exceptions");
	else if (reason == DROP_TLS_UNSEEN)
		log_info("not looked into: %llu %s TLS; --tls shows what is said, limpet check "
			 "whose can be seen",
			 number, count == 1 ? "connection that speaks" : "connections that speak");
}

void totals_print(const struct assembler_statistics *statistics, const struct totals_errors *errors,
		  const struct drops *drops)
{
	uint64_t not_sampled = statistics->segments_count - statistics->kept_segments_count;

	log_info("%llu %s in %llu %s", (unsigned long long)statistics->kept_spans_count,
		 statistics->kept_spans_count == 1 ? "span" : "spans",
		 (unsigned long long)statistics->kept_segments_count,
		 statistics->kept_segments_count == 1 ? "segment" : "segments");
	print_count(errors->crashes_count, "crash", "crashes");
	print_count(errors->exceptions_count, "exception", "exceptions");
	if (not_sampled)
		log_info("not sampled: %llu %s", (unsigned long long)not_sampled,
			 not_sampled == 1 ? "segment" : "segments");
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++) {
		uint64_t count = drops_get(drops, (enum drop_reason)reason);

		if (count && drops_is_decision((enum drop_reason)reason))
			print_decision((enum drop_reason)reason, count);
		else if (count)
			log_info("lost: %s %llu (%s)", drops_name((enum drop_reason)reason),
				 (unsigned long long)count, drops_words((enum drop_reason)reason));
	}
}
