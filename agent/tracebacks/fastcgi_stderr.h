/*
 * What a FastCGI worker tells its web server for the log: the STDERR records among those that it
 * writes to the connection. For output chunks that are flagged as FastCGI, before the
 * traceback_reader. Pure; total; any cuts.
 */
#ifndef TRACEBACKS_FASTCGI_STDERR_H
#define TRACEBACKS_FASTCGI_STDERR_H

#include "base/view.h"

/* Of one connection's writes; all zero at the start, and at the start of a write that begins with a
 * record after bytes were lost. */
struct fastcgi_stderr {
	unsigned char header[8];
	uint8_t header_size;   /* bytes of it that are there */
	uint8_t padding_left;  /* of the record */
	uint16_t content_left; /* of the record */
	bool is_lost;          /* what came was no record: nothing more is said */
};

/* Takes bytes off the front: up to the next piece of STDERR, which is *ret_piece (in the bytes), or
 * all of them. False: there was no more. */
bool fastcgi_stderr_next(struct fastcgi_stderr *state, struct view *bytes, struct view *ret_piece);

#endif
