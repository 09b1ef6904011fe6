/*
 * An event: a record whose size and kind were checked. It borrows the record's memory, until the
 * next one is taken. Bytes of a segment come from the network and stay hostile.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include <linux/types.h>
#include "base/view.h"
#include "shared/limits.h"
#include "shared/record.h"

struct event {
	enum record_kind kind;
	uint64_t time_ns; /* monotonic */
	union {
		const struct connection_open_record *open;
		const struct segment_record *segment;
		const struct connection_end_record *end; /* also RECORD_CONNECTION_PROGRESS */
		const struct process_fork_record *fork;
		const struct process_exec_record *exec;
		const struct process_exit_record *exit;
	};
	struct view bytes; /* a segment's captured bytes; a process description's block */
};

#endif
