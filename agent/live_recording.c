/* Descriptions are records of our own making, written once per program a process runs. */
#include "live_recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/log.h"
#include "capture/recording.h"
#include "profile/recorded_profile.h"

#define MAX_DESCRIPTION_BYTES (MAX_RECORD_BYTES / 2)

struct live_recording {
	struct recording_writer *writer;
	struct process_table *processes;
	struct hash_map *described; /* tgids the recording knows */
	struct turn_record turn;    /* the latest */
	bool has_turn;              /* which is not written yet */
	bool has_records;           /* since a turn was */
};

int live_recording_new(struct live_recording **ret, const struct settings *settings,
		       struct process_table *processes)
{
	_cleanup_(live_recording_free) struct live_recording *recording = NULL;
	int err;

	*ret = NULL;
	if (!settings->capture.record_file || settings->command == COMMAND_REPLAY)
		return 0;
	recording = calloc(1, sizeof(*recording));
	if (!recording)
		return -ENOMEM;
	recording->processes = processes;
	err = hash_map_new(&recording->described, sizeof(uint32_t), sizeof(bool),
			   settings->capture.max_processes);
	if (err == 0)
		err = recording_writer_new(&recording->writer, settings->capture.record_file,
					   clock_unix_offset_ns());
	if (err < 0) {
		log_error("cannot record to %s: %s", settings->capture.record_file, strerror(-err));
		return err;
	}
	*ret = TAKE_PTR(recording);
	return 0;
}

void live_recording_free(struct live_recording **recording)
{
	if (!*recording)
		return;
	recording_writer_free(&(*recording)->writer);
	hash_map_free(&(*recording)->described);
	free(*recording);
	*recording = NULL;
}

/* Who this process is, as /proc has it now. */
static void add_description(struct live_recording *recording, uint32_t tgid)
{
	struct record_header header = {.kind = RECORD_PROCESS_DESCRIPTION,
				       .time_ns = clock_monotonic_ns()};
	struct process_description description;
	struct byte_buffer block;
	bool is_new;

	if (!hash_map_add(recording->described, &tgid, &is_new) || !is_new)
		return;
	(void)process_table_resource(recording->processes, (pid_t)tgid);
	if (!process_table_description(recording->processes, (pid_t)tgid, &description))
		return;
	byte_buffer_init(&block, MAX_DESCRIPTION_BYTES);
	byte_buffer_append(&block, view_of(&header, sizeof(header)));
	if (process_description_encode(&description, &block) == 0 && !block.is_failed) {
		((struct record_header *)block.bytes)->size = (uint32_t)block.size;
		recording_writer_add(recording->writer, byte_buffer_view(&block));
	}
	byte_buffer_done(&block);
}

static void write_turn(struct live_recording *recording)
{
	recording_writer_add(recording->writer, view_of(&recording->turn, sizeof(recording->turn)));
	recording->has_turn = recording->has_records = false;
}

/* Of turns without a record in between the last is enough. */
void live_recording_turn(struct live_recording *recording, uint64_t now_ns, bool is_caught_up)
{
	if (!recording)
		return;
	recording->turn = (struct turn_record){
		.header = {.kind = RECORD_TURN, .size = sizeof(recording->turn), .time_ns = now_ns},
		.is_caught_up = is_caught_up};
	recording->has_turn = true;
	if (recording->has_records)
		write_turn(recording);
}

void live_recording_add_made(struct live_recording *recording, struct view bytes)
{
	const struct profile_point_record *point = (const void *)bytes.bytes;
	struct event event = {.kind = point->header.kind};

	if (!recording)
		return;
	if (event.kind == RECORD_PROFILE_POINT)
		add_description(recording, point->tgid);
	live_recording_add(recording, &event, bytes);
}

void live_recording_add(struct live_recording *recording, const struct event *event,
			struct view bytes)
{
	if (!recording)
		return;
	if (recording->has_turn)
		write_turn(recording);
	recording->has_records = true;
	if (event->kind == RECORD_SEGMENT)
		add_description(recording, event->segment->tgid);
	else if (event->kind == RECORD_DATAGRAM)
		add_description(recording, event->datagram->tgid);
	else if (event->kind == RECORD_PROCESS_DEATH)
		add_description(recording, event->death->tgid);
	else if (event->kind == RECORD_OUTPUT)
		add_description(recording, event->output->tgid);
	else if (event->kind == RECORD_PROCESS_EXEC)
		(void)hash_map_remove(recording->described, &event->exec->tgid);
	recording_writer_add(recording->writer, bytes);
}
