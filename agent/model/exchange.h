/*
 * Connections, messages and exchanges as the protocols and the tracing room see them. An exchange
 * is one request and its response; it is opened when the request's head is parsed and finished when
 * the last byte of the response moved. Views in a message die with the next record: whoever wants
 * to keep them copies (tracing/span_builder.c does, once).
 */
#ifndef MODEL_EXCHANGE_H
#define MODEL_EXCHANGE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"
#include "shared/limits.h"
#include "shared/record.h"

struct protocol;

enum message_kind { MESSAGE_REQUEST = 0, MESSAGE_RESPONSE = 1 };

/* How the end of a message is found once its head is parsed. */
enum body_framing {
	BODY_NONE,    /* the head is all */
	BODY_LENGTH,  /* exactly body_size bytes follow; they need not be captured */
	BODY_CHUNKED, /* delimited by itself: the protocol's parse_body is fed what was captured */
	BODY_UNTIL_CLOSE, /* to the end of the stream */
};

/*
 * Trace context headers as received, empty when absent. tracestate and baggage: lines that follow
 * each other directly are one view over all of them, the names of the further lines included
 * (trace_context_join_lines makes one value of it); of lines that do not, the first counts.
 */
struct propagation {
	struct view traceparent;
	struct view tracestate;
	struct view sentry_trace;
	struct view baggage;
	struct view b3;          /* single header */
	struct view b3_trace_id; /* X-B3-TraceId */
	struct view b3_span_id;  /* X-B3-SpanId */
	struct view b3_sampled;  /* X-B3-Sampled */
};

#define MESSAGE_FIELDS_BYTES 512

struct message {
	enum message_kind kind;
	enum body_framing framing;
	uint64_t head_size; /* bytes the head took, start line included */
	uint64_t body_size; /* with BODY_LENGTH; with BODY_CHUNKED bytes that follow the head before
			       parse_body is asked: the head ended inside a chunk */
	uint64_t body_payload; /* with BODY_CHUNKED: of these, what is payload */
	bool is_interim;       /* a 1xx response other than 101: the final one is still to come */
	bool ends_protocol;    /* after this exchange the connection speaks something else (101,
				  CONNECT with 2xx) */
	const struct protocol *next; /* with ends_protocol: what; NULL: what its bytes will prove */
	bool is_truncated; /* the head was longer than what was captured; fields seen so far are
			      right */
	struct propagation propagation;
	/* The protocol's own parsed fields (views), read back by its describe functions. */
	_Alignas(8) unsigned char fields[MESSAGE_FIELDS_BYTES];
};

#define MAX_TLS_NAME_BYTES     64
#define MAX_TLS_PROTOCOL_BYTES 16

/* What both ends said in the clear before they were encrypted; 0 and empty: not seen. */
struct tls_facts {
	uint16_t version; /* 0x0304: TLS 1.3 */
	bool has_random;
	uint8_t random[16];                       /* the first half of the client's */
	char server_name[MAX_TLS_NAME_BYTES];     /* whom the client wants to reach */
	char application[MAX_TLS_PROTOCOL_BYTES]; /* ALPN that was agreed on: "h2" */
	const struct protocol *before;            /* what asked for TLS, where it left a word */
	uint32_t word;
};

/* One connection as announced by the kernel side, plus what was learned since. */
struct connection_identity {
	uint64_t id;
	uint64_t socket;
	uint64_t inode; /* UNIX sockets, as in connection_open_record */
	uint64_t peer_inode;
	uint32_t netns;
	uint32_t tgid;
	enum connection_family family;
	enum connection_role role;
	bool is_from_start;
	bool is_datagram;   /* of one exchange in datagrams; `socket` may have others */
	bool is_tls;        /* these are the bytes inside TLS; what is known of it follows */
	bool is_ciphertext; /* it carries TLS: whoever sees inside tells it as another one */
	struct tls_facts tls;
	uint8_t local_address[16];
	uint8_t peer_address[16];
	uint16_t local_port;
	uint16_t peer_port;
	uint8_t path_size;
	char path[MAX_UNIX_PATH];
};

struct exchange {
	uint64_t id;                                  /* unique in this run of the agent */
	const struct connection_identity *connection; /* valid as long as the exchange is open */
	const struct protocol *protocol; /* NULL: a plain call over a protocol not known */
	bool is_server;                  /* this process received the request */
	uint32_t tgid;
	uint64_t request_context;  /* execution context that moved the first byte of the request */
	uint64_t response_context; /* of the response; 0 until it began */
	uint32_t request_tid;
	uint32_t response_tid;
	uint64_t start_ns;          /* first byte of the request, monotonic */
	uint64_t request_end_ns;    /* last byte of the request seen so far */
	uint64_t response_start_ns; /* first byte of the response, 0 until then */
	uint64_t end_ns;            /* last byte of the response, or when it was given up */
	uint64_t request_bytes;     /* on the wire, heads included */
	uint64_t response_bytes;
	uint64_t request_body_bytes; /* decoded of any chunking; valid with the flag */
	uint64_t response_body_bytes;
	bool has_request_body_bytes;
	bool has_response_body_bytes;
	bool has_sequence;
	uint32_t request_sequence; /* TCP sequence number of the request's first byte: equal on both
				      ends */
	uint64_t request_position; /* for UNIX sockets the same with positions, when both are from
				      the start */
	bool is_aborted;   /* the connection ended or the process died before the response did */
	bool is_timed_out; /* with is_aborted: given up because nobody answered in time */
	bool is_lossy;     /* a gap fell into it: sizes and end are bounds */
	void *span; /* the tracing room's handle; NULL when it wants no more of this exchange */
};

#endif
