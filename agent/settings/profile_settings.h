/* Settings of the CPU profiler. */
#ifndef SETTINGS_PROFILE_SETTINGS_H
#define SETTINGS_PROFILE_SETTINGS_H

#include <stdint.h>

#define DEFAULT_PROFILE_HZ 99 /* not a divisor of what programs time themselves by */

struct profile_settings {
	uint64_t frequency_hz; /* --profile[=HZ], 0: off; alone: 99 */
	uint64_t stack_bytes;  /* --profile-stack, of each sample, default 64 KiB */
	uint64_t off_cpu_ms; /* --profile-off-cpu: waits from this long on, default 1ms; 0: none */
	uint64_t ring_bytes; /* --profile-ring-size, power of two, default 8 MiB */
};

#endif
