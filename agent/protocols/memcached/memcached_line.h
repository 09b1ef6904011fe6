/*
 * A line of memcached's text protocol, taken apart: a command of the client's, or one line of an
 * answer. Nothing of a key is kept.
 */
#ifndef PROTOCOLS_MEMCACHED_MEMCACHED_LINE_H
#define PROTOCOLS_MEMCACHED_MEMCACHED_LINE_H

#include <stdint.h>
#include "base/view.h"
#include "protocols/protocol.h"

#define MAX_MEMCACHED_VALUE_BYTES (1024ull << 20) /* the most that -I allows */

/* What an answer to the command looks like. */
enum memcached_kind {
	MEMCACHED_RETRIEVAL,  /* VALUE lines, then END */
	MEMCACHED_STORAGE,    /* STORED and so on */
	MEMCACHED_ARITHMETIC, /* a number */
	MEMCACHED_DELETION,
	MEMCACHED_TOUCH,
	MEMCACHED_LISTING, /* lines, then END */
	MEMCACHED_ADMIN,   /* one line, whichever */
	MEMCACHED_QUIT,    /* none */
	MEMCACHED_WATCH,   /* from here on a log */
	MEMCACHED_META_GET,
	MEMCACHED_META_SET,
	MEMCACHED_META_OTHER, /* md, ma */
	MEMCACHED_META_NOOP,
	MEMCACHED_META_DEBUG,
};

struct memcached_command {
	const char *name;      /* static: "get" */
	const char *operation; /* Sentry's word, static */
	enum memcached_kind kind;
	uint32_t argument_count;
	uint32_t key_count; /* of a retrieval */
	bool has_value;
	uint64_t value_size; /* without its line break */
	bool is_silent;      /* noreply: no answer comes */
	bool is_quiet;       /* meta, q: only some answers come */
	uint32_t opaque;     /* a hash of the meta flag O; 0: none */
	size_t line_size;
};

enum memcached_word {
	MEMCACHED_WORD_OTHER,
	MEMCACHED_WORD_VALUE,
	MEMCACHED_WORD_END,
	MEMCACHED_WORD_ERROR, /* ERROR, CLIENT_ERROR, SERVER_ERROR */
	MEMCACHED_WORD_NUMBER,
	MEMCACHED_WORD_STORED, /* NOT_STORED and EXISTS too */
	MEMCACHED_WORD_NOT_FOUND,
	MEMCACHED_WORD_DELETED,
	MEMCACHED_WORD_TOUCHED,
	MEMCACHED_WORD_DONE, /* OK, RESET: the end of a listing too */
	MEMCACHED_WORD_VA,
	MEMCACHED_WORD_HD,
	MEMCACHED_WORD_EN,
	MEMCACHED_WORD_REFUSED, /* NS, EX */
	MEMCACHED_WORD_NF,
	MEMCACHED_WORD_MN,
	MEMCACHED_WORD_ME,
};

struct memcached_reply {
	enum memcached_word word;
	const char *error;   /* static: "SERVER_ERROR" */
	uint64_t value_size; /* of VALUE and VA, without its line break */
	uint32_t opaque;
	size_t line_size;
};

/* PARSE_DONE: the whole line is there and is a known command, well formed. */
enum parse_result memcached_line_command(struct view bytes, struct memcached_command *ret);

/* PARSE_DONE: the whole line is there; printable, or PARSE_INVALID. */
enum parse_result memcached_line_reply(struct view bytes, struct memcached_reply *ret);

#endif
