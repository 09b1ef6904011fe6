/* The table reads /proc for a number it does not know, and notes since when that process is there.
 */
#include "process/gone_process.h"

#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "process/host_identity.h"
#include "process/resource_builder.h"

/* The table's times are read from /proc, in clock ticks. */
static bool is_same_start(uint64_t a_ns, uint64_t b_ns)
{
	uint64_t tick_ns = NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK);

	return a_ns / tick_ns == b_ns / tick_ns;
}

struct resource *gone_process_resource(struct process_table *table,
				       const struct identity_settings *settings,
				       const struct gone_process *gone, bool *ret_is_another)
{
	struct resource *known = process_table_resource(table, gone->tgid), *named;
	const struct process *process = process_table_find(table, gone->tgid);
	char name[TASK_NAME_BYTES + 1] = "";
	struct host_identity host;
	struct resource_sources sources = {
		.settings = settings,
		.host = &host,
		.task_name = name,
		.tgid = gone->tgid,
		.start_boottime_ns = gone->start_boottime_ns,
	};

	*ret_is_another = process && process->start_boottime_ns && gone->start_boottime_ns &&
			  !is_same_start(process->start_boottime_ns, gone->start_boottime_ns);
	if (!*ret_is_another && !(process && !process->start_boottime_ns && !process->name[0]))
		return resource_reference(known);
	memcpy(name, gone->name, strnlen(gone->name, TASK_NAME_BYTES));
	host_identity_read(&host, "");
	if (resource_builder_build(&named, &sources) < 0)
		return resource_reference(known);
	return named;
}
