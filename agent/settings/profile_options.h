/* The rows of the profiler in option_table.c, the only file that includes this. */
#ifndef SETTINGS_PROFILE_OPTIONS_H
#define SETTINGS_PROFILE_OPTIONS_H

#include "settings/option_table.h"
#include "settings/settings.h"

/* clang-format off */
#define PROFILE_OPTION(word, setting, field, variable) \
	.name = word, .key = "profile." #setting, .environment = {variable}, .group = GROUP_PROFILE, \
	.offset = offsetof(struct settings, profile.field)

#define PROFILE_OPTIONS \
	{PROFILE_OPTION("profile", frequency, frequency_hz, "LIMPET_PROFILE"), .type = OPTION_NUMBER, .initial = "0", \
	 .bare = "99", .max = 999, .placeholder = "HZ", \
	 .help = "run and attach: sample what the traced processes do so often per second; alone: 99, 0: not"}, \
	{PROFILE_OPTION("profile-stack", stack_bytes, stack_bytes, "LIMPET_PROFILE_STACK"), .type = OPTION_SIZE, .initial = "64KiB", \
	 .min = STACK_PAGE_BYTES, .max = MAX_SAMPLE_PAGES * STACK_PAGE_BYTES, .placeholder = "SIZE", \
	 .help = "most bytes copied of the stack of a sample; what is deeper is cut"}, \
	{PROFILE_OPTION("profile-off-cpu", off_cpu, off_cpu_ms, "LIMPET_PROFILE_OFF_CPU"), .type = OPTION_DURATION, .initial = "1ms", \
	 .max = 60000, .placeholder = "TIME", \
	 .help = "with --profile: waits that last at least so long are seen too, with who waits; 0: none"}, \
	{PROFILE_OPTION("profile-ring-size", ring_bytes, ring_bytes, "LIMPET_PROFILE_RING_SIZE"), .type = OPTION_SIZE, .initial = "8MiB", \
	 .min = 65536, .max = 1 << 30, .is_power_of_two = true, .placeholder = "SIZE", \
	 .help = "ring buffer of the stacks of samples between kernel and agent, a power of two"}
/* clang-format on */

#endif
