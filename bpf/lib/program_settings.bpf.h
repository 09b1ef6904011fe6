/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The agent's settings as the programs see them: one read-only struct, constant to the verifier
 * after load. */
#ifndef LIB_PROGRAM_SETTINGS_H
#define LIB_PROGRAM_SETTINGS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/settings.h"

/* Defined in probes/globals.bpf.c. */
extern const volatile struct kernel_settings settings;

/* 1 while the agent sleeps without a timer: the next record wakes it and clears this. */
extern __u32 agent_sleeps;

/* 1 once the agent has marked a process as Go: until then nobody's flags are looked up. */
extern __u32 go_is_traced;

/* The same for everything else: enum process_flags that any process was ever marked with. */
extern __u32 flags_in_use;

/* 1 while the agent's rules name executables: beginnings are told. */
extern __u32 executables_matter;

/* 1 once a function of a TLS library ran in a traced process. */
extern __u32 tls_is_traced;

#endif
