/* What the kernel's programs do differently for processes of a language runtime. */
#ifndef PROCESS_RUNTIME_FLAGS_H
#define PROCESS_RUNTIME_FLAGS_H

#include <stdint.h>
#include "process/elf_language.h"

/* enum process_flags. */
uint32_t runtime_flags_of(enum process_runtime runtime);

#endif
