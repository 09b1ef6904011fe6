/* Retry policy: arithmetic only, all of it saturating. */
#include "base/retry_policy.h"

uint64_t retry_policy_delay(const struct retry_policy *policy, uint32_t failures,
			    uint64_t server_delay_ns, uint64_t randomness)
{
	uint64_t delay = policy->first_delay_ns;

	for (uint32_t i = 0; i < failures && delay < policy->max_delay_ns; i++)
		if (__builtin_mul_overflow(delay, 2, &delay))
			delay = policy->max_delay_ns;
	if (delay > policy->max_delay_ns)
		delay = policy->max_delay_ns;
	/* Half is fixed, so that a dead server is not hammered; half is random, so that many agents
	 * do not come back in step. */
	delay = delay - delay / 2 + randomness % (delay / 2 + 1);
	if (server_delay_ns > MAX_SERVER_DELAY_NS)
		server_delay_ns = MAX_SERVER_DELAY_NS;
	return delay > server_delay_ns ? delay : server_delay_ns;
}

bool retry_policy_allows(const struct retry_policy *policy, uint64_t begin_ns, uint64_t now_ns,
			 uint64_t delay_ns)
{
	uint64_t spent = now_ns > begin_ns ? now_ns - begin_ns : 0;

	return spent <= policy->max_total_ns && delay_ns <= policy->max_total_ns - spent;
}
