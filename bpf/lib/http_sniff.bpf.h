/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Do the first bytes of a segment look like the start of an HTTP/1 message? Only chooses the
 * capture mode and finds pipelined heads; a wrong yes costs a copy, a wrong no is mended by the
 * agent, which parses for real.
 */
#ifndef LIB_HTTP_SNIFF_H
#define LIB_HTTP_SNIFF_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

#define SNIFF_BYTES 16

static __always_inline bool http_sniff_is_response(const __u8 b[SNIFF_BYTES])
{
	return b[0] == 'H' && b[1] == 'T' && b[2] == 'T' && b[3] == 'P' && b[4] == '/' &&
	       b[5] == '1' && b[6] == '.';
}

/* "HTTP/1.1 101": what follows is another protocol. */
static __always_inline bool http_sniff_is_switch(const __u8 b[SNIFF_BYTES])
{
	return http_sniff_is_response(b) && b[9] == '1' && b[10] == '0' && b[11] == '1';
}

static __always_inline bool http_sniff_is_post(const __u8 b[SNIFF_BYTES])
{
	return b[0] == 'P' && b[1] == 'O' && b[2] == 'S' && b[3] == 'T' && b[4] == ' ';
}

/* The preface of HTTP/2: its frames must not be taken for a body, of which nothing goes up. */
static __always_inline bool http_sniff_is_http2(const __u8 b[SNIFF_BYTES])
{
	return b[0] == 'P' && b[1] == 'R' && b[2] == 'I' && b[3] == ' ' && b[4] == '*';
}

/* METHOD SP then the start of a target: '/', '*', or a letter or digit of an absolute or authority
 * form. */
static __always_inline bool http_sniff_is_request(const __u8 b[SNIFF_BYTES])
{
	if (http_sniff_is_http2(b))
		return false;
	for (int i = 0; i < SNIFF_BYTES - 1; i++) {
		if (b[i] >= 'A' && b[i] <= 'Z')
			continue;
		if (b[i] == '-' || b[i] == '_')
			continue;
		if (i < 3 || b[i] != ' ')
			return false;
		return b[i + 1] == '/' || b[i + 1] == '*' || b[i + 1] == 'h' ||
		       (i == 7 && b[0] == 'C');
	}
	return false;
}

#endif
