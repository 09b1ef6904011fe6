/*
 * An event: a record whose size and kind were checked. It borrows the record's memory, until the
 * next one is taken. Bytes of a segment come from the network and stay hostile.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include <linux/types.h>
#include "base/view.h"
#include "shared/beginning_record.h"
#include "shared/cpp_throw_record.h"
#include "shared/datagram_record.h"
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
		const struct process_began_record *began;
		const struct crash_thread_record *crash_thread;
		const struct stack_page_record *stack_page;
		const struct signal_sent_record *signal_sent;
		const struct process_death_record *death;
		const struct crash_trail_record *trail;
		const struct cpp_throw_record *thrown;
		const struct image_record *image;
		const struct turn_record *turn;
		const struct datagram_record *datagram;
		const struct output_record *output;
		const struct runtime_mark_record *mark;
		const struct record_header *raw; /* of an exception a runtime told, or of a recorded
						    profile: decoded in tracebacks/, profile/ */
	};
	struct view bytes; /* a segment's or datagram's captured bytes; a process description's
			      block; an image's or a program's path; an output chunk's; all of a
			      record that is `raw` */
};

#endif
