/* Takes the names of controllers apart; what is cut is a view into what was given. */
#include "kubernetes/pod_workload.h"

#define MIN_TIME_DIGITS 8
#define MAX_TIME_DIGITS 10

struct view pod_workload_deployment(struct view replicaset, struct view template_hash)
{
	struct view name;

	if (!template_hash.size || replicaset.size < template_hash.size + 2 ||
	    !view_ends_with(replicaset, template_hash))
		return (struct view){0};
	name = view_take(replicaset, replicaset.size - template_hash.size);
	if (name.bytes[name.size - 1] != '-')
		return (struct view){0};
	return view_take(name, name.size - 1);
}

struct view pod_workload_cronjob(struct view job)
{
	size_t digits = 0;

	while (digits < job.size && job.bytes[job.size - 1 - digits] >= '0' &&
	       job.bytes[job.size - 1 - digits] <= '9')
		digits++;
	if (digits < MIN_TIME_DIGITS || digits > MAX_TIME_DIGITS || job.size < digits + 2 ||
	    job.bytes[job.size - digits - 1] != '-')
		return (struct view){0};
	return view_take(job, job.size - digits - 1);
}
