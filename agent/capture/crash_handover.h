/*
 * Crashes while no agent ran: the programs of the agent before that see them, and the rings they
 * wrote into, come to us as descriptors. Once our own programs are attached, the old ones are let
 * go and their rings read to the end, by the same way as our own (crash_overlap.h: nothing twice).
 * Capture thread.
 */
#ifndef CAPTURE_CRASH_HANDOVER_H
#define CAPTURE_CRASH_HANDOVER_H

#include "capture/probe_loader.h"

/* What is handed over. */
enum handover_kind {
	HANDOVER_LINKS,      /* several: each keeps a program attached */
	HANDOVER_RECORDS,    /* the ring crash_records */
	HANDOVER_PAGES,      /* stack_pages */
	HANDOVER_BEGINNINGS, /* beginnings: whom rules for executables need */
	HANDOVER_KINDS
};

#define MAX_HANDOVER_LINKS 8

struct crash_handover;

int crash_handover_new(struct crash_handover **ret, probe_loader_record_fn on_record, void *self);
void crash_handover_free(struct crash_handover **handover);

/* One descriptor of the agent before; owned from here on. What is not what it should be is closed:
 * -EINVAL. */
int crash_handover_add(struct crash_handover *handover, enum handover_kind kind, int fd);

/* Our own programs are attached: from now on they tell. The old ones may still run, as long as
 * others hold their links, too. *ret_was_full: crashes found no room in the old ring. */
int crash_handover_begin(struct crash_handover *handover, bool *ret_was_full);

/* Hands what is in the old rings to on_record; before the own ones are read. */
void crash_handover_drain(struct crash_handover *handover);

/* A record of our own: is it to be told? Reads the old rings first. */
bool crash_handover_takes(struct crash_handover *handover, struct view record);

/* Nothing more comes from the old rings: they were let go. */
bool crash_handover_is_over(const struct crash_handover *handover);

/* Records of the old rings that were told. */
uint64_t crash_handover_count(const struct crash_handover *handover);

/* What the next agent is to get of ours, borrowed; how many, 0: crashes are not seen. */
uint32_t crash_handover_descriptors(const struct probe_loader *loader, enum handover_kind kind,
				    int ret[static MAX_HANDOVER_LINKS]);

#endif
