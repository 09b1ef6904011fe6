/*
 * The names of Redis commands, and what the few that change a conversation do to it. A name found
 * is static text: nothing that a client wrote is handed on.
 */
#ifndef PROTOCOLS_REDIS_REDIS_COMMAND_H
#define PROTOCOLS_REDIS_REDIS_COMMAND_H

#include <stdbool.h>
#include "base/view.h"

#define MAX_REDIS_WORD_BYTES 32

enum redis_meaning {
	REDIS_ORDINARY,
	REDIS_CLIENT_REPLY,
	REDIS_DISCARD,
	REDIS_EXEC,
	REDIS_MONITOR,
	REDIS_PING,
	REDIS_QUIT,
	REDIS_RESET,
	REDIS_SELECT,
	REDIS_SYNC, /* from here on the connection is a replica's */
	REDIS_SUBSCRIBE,
	REDIS_PSUBSCRIBE,
	REDIS_SSUBSCRIBE,
	REDIS_UNSUBSCRIBE,
	REDIS_PUNSUBSCRIBE,
	REDIS_SUNSUBSCRIBE,
};

struct redis_command {
	const char *name; /* upper case: "GET", "CONFIG GET"; NULL: not one that is known */
	enum redis_meaning meaning;
	unsigned int wanted_words; /* how many words it takes to know all that matters */
	bool has_subcommand;
};

/* By its first word, in any case. */
struct redis_command redis_command_find(struct view name);

/* With its second word: CONFIG becomes CONFIG GET; a word that is no subcommand changes nothing. */
void redis_command_refine(struct redis_command *command, struct view subcommand);

#endif
