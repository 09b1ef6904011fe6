/*
 * Why a process died, in one sentence for people, and in one word: "null pointer dereference at
 * address 0x8", "SIGSEGV". Pure: from the facts alone. Of several true sentences the most telling
 * one wins.
 */
#ifndef CRASH_CRASH_CAUSE_H
#define CRASH_CRASH_CAUSE_H

#include "base/arena.h"
#include "model/crash.h"

/* What an address belongs to, as far as the index of mappings knows. */
enum crash_place {
	PLACE_UNKNOWN,  /* it knows executable mappings only */
	PLACE_CODE,     /* in an executable mapping: readable, not writable */
	PLACE_IMAGE,    /* between the mappings of one file: its constants or variables */
	PLACE_UNMAPPED, /* certainly nothing there */
};

struct crash_facts {
	enum crash_kind kind;
	int signal;
	int code;
	bool is_arm64;
	bool has_fault_address;
	bool has_registers;    /* all of them; else the pc only, if that */
	bool is_metadata_only; /* no memory: texts from it are not used either */
	uint64_t fault_address;
	uint64_t registers[REGISTERS_COUNT];
	enum crash_place pc_place;
	enum crash_place address_place;
	uint64_t lowest_stack_page;       /* of those copied; 0: none was */
	struct view message;              /* glibc's abort message */
	struct view stderr_tail;          /* the last lines, when breadcrumbs may use them */
	const struct crash_frame *frames; /* of the thread that crashed */
	uint32_t frames_count;
	uint32_t pid;
	uint32_t sender_pid; /* 0: nobody known */
	struct view sender_name;
	int exit_status;
	uint64_t memory_limit_bytes;
	uint64_t memory_usage_bytes;
};

/* Never empty but when the arena is full. Texts of the program are cut and made printable. */
struct view crash_cause_describe(const struct crash_facts *facts, struct arena *arena);

/* "SIGSEGV", "OOMKill", "ExitStatus"; static. */
struct view crash_cause_type(const struct crash_facts *facts);

/* crash_abort_cause.c: an abort; empty when neither message nor frames say more than that. */
struct view crash_abort_cause_describe(const struct crash_facts *facts, struct arena *arena);

/* The same from what the program printed last alone: an uncaught exception, a panic. */
struct view crash_abort_cause_printed(struct view stderr_tail, struct arena *arena);

#endif
