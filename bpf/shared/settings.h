/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Settings the agent writes into the programs' read-only section before load. */
#ifndef SHARED_SETTINGS_H
#define SHARED_SETTINGS_H

#include "shared/datagram_record.h"
#include "shared/output_tables.h"

struct kernel_settings {
	__u32 agent_tgid;      /* never traced */
	__u32 capture_bytes;   /* cap per segment, MIN_CAPTURE_BYTES to MAX_CAPTURE_BYTES */
	__u32 undecided_bytes; /* per connection: after that much without a protocol the mode
				  becomes off */
	__u32 wakeup_bytes;    /* the agent is woken when this much lies in the ring */
	__u32 stack_pages;     /* most pages copied of a crashing thread's stack */
	__u32 thread_pages;    /* of every other thread's */
	__u32 crash_threads;   /* most threads copied of one process */
	__u8 trace_all;        /* 1: whole host, 0: only processes in the map */
	__u8 has_crashes;      /* 0: nothing is captured but who died how */
	__u8 has_trail;  /* failed calls and standard error are kept for the case of a crash */
	__u8 has_output; /* output is searched for reports: its maps are there */
	__u8 has_throws; /* C++'s throws are watched */
	__u8 has_tls;    /* functions of TLS libraries may be watched */
	__u8 has_output_return; /* calls whose bytes could not be read are looked at again */
	__u8 reserved[1];
	__u32 ring_bytes;               /* size of the ring of traffic */
	__u64 output_descriptors;       /* whose output is looked at: bit 2 is standard error */
	__u32 output_bytes;             /* most that goes up of one process per second */
	__u32 exception_wakeup_bytes;   /* as wakeup_bytes, of the ring of exceptions */
	__u16 dns_ports[MAX_DNS_PORTS]; /* whose datagrams go up; 0: none */
	__u64 off_cpu_ns;               /* waits that last at least so long are samples */
	__u32 sample_pages;             /* most pages copied of a sampled stack */
	__u32 profile_wakeup_bytes;     /* as wakeup_bytes, of the ring of samples */
};

_Static_assert(sizeof(struct kernel_settings) == 80, "layout shared with the kernel side");

#endif
