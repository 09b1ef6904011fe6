/* Runtime by runtime: why, bpf/shared/record.h says. */
#include "process/runtime_flags.h"

#include <linux/types.h>
#include "shared/record.h"

uint32_t runtime_flags_of(enum process_runtime runtime)
{
	switch (runtime) {
	case RUNTIME_GO:
		return PROCESS_IS_GO;
	case RUNTIME_PHP:
		return PROCESS_IS_PHP;
	case RUNTIME_RUBY:
	case RUNTIME_JAVA:
		return PROCESS_KEEPS_TAIL;
	case RUNTIME_NODE:
		return PROCESS_PRINTS_SOURCE;
	case RUNTIME_DOTNET:
		return PROCESS_DUPLICATES_OUTPUT;
	default:
		return 0;
	}
}
