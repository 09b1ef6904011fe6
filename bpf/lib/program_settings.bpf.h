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

#endif
