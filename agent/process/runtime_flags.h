/* enum process_flags (bpf/shared/record.h): what the programs do differently for a runtime. */
#ifndef PROCESS_RUNTIME_FLAGS_H
#define PROCESS_RUNTIME_FLAGS_H

#include <stdint.h>
#include "process/elf_language.h"

uint32_t runtime_flags_of(enum process_runtime runtime);

#endif
