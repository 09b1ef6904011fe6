/*
 * Recordings: raw records in a file, to go through the same pipeline again without privileges. A
 * file starts with recording_header; records follow as they lay in the ring, each padded to 8
 * bytes. A recording may come from anywhere: reading is bounded and total.
 */
#ifndef CAPTURE_RECORDING_H
#define CAPTURE_RECORDING_H

#include <linux/types.h>
#include <stdint.h>
#include <stdio.h>
#include "base/view.h"

#define RECORDING_MAGIC  "LIMPETR"
#define MAX_RECORD_BYTES (1u << 20)

struct recording_header {
	char magic[8];
	uint32_t version; /* RECORD_VERSION */
	uint32_t reserved;
	uint64_t unix_offset_ns; /* record time + this = Unix time */
};

struct recording_writer;

/* Creates or truncates, readable by the owner only: it holds what the programs said to each other.
 */
int recording_writer_new(struct recording_writer **ret, const char *path, uint64_t unix_offset_ns);
void recording_writer_free(struct recording_writer **writer);

/* Bytes the record reserved but did not use are left out. The first failure is logged and ends the
 * recording. */
void recording_writer_add(struct recording_writer *writer, struct view record);

struct recording_reader;

/* -EINVAL: not a recording, or of another version. */
int recording_reader_new(struct recording_reader **ret, const char *path);
void recording_reader_free(struct recording_reader **reader);

uint64_t recording_reader_unix_offset_ns(const struct recording_reader *reader);

/* 1: a record, aligned, valid until the next call. 0: the end. -EINVAL: what follows is no record.
 */
int recording_reader_next(struct recording_reader *reader, struct view *ret_record);

#endif
