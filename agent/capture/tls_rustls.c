/*
 * rustls 0.23, linked into an executable that kept its symbols (Cargo's release builds do). It
 * moves no bytes itself and its readers and writers are generic, inlined or not; but all plaintext
 * goes through two plain functions of CommonState. Symbols end with a hash (the older mangling) or
 * have the crate's inside (v0).
 */
#include <stddef.h>
#include "capture/tls_libraries.h"

#define EXE                 ((const char *const[]){RUNTIME_PROBE_EXE, NULL})
#define COMMON_STATE(name)  "_ZN6rustls12common_state11CommonState" name "17h*"
#define COMMON_STATE0(name) "_RNv*_6rustls12common_state*11CommonState" name
#define CLIENT              "_ZN6rustls6client11client_conn10connection16ClientConnection"
#define CLIENT0             "_RNv*_6rustls6client11client_conn10connection*16ClientConnection"

#define ROW(label, symbol, symbol0, which, is_end)                                                 \
	{                                                                                          \
		.name = "tls-rustls-" label, .files = EXE,                                         \
		.symbols = (const char *const[]){symbol, symbol0, NULL}, .program = (which),       \
		.is_optional = true, .is_return = (is_end),                                        \
	}
#define STATE_ROW(label, name, which, is_end)                                                      \
	ROW(label, COMMON_STATE(name), COMMON_STATE0(name), which, is_end)

const struct runtime_probe_row tls_rustls[] = {
	ROW("client", CLIENT "13new_with_alpn17h*", CLIENT0 "13new_with_alpn",
	    "on_tls_rustls_client", false),
	STATE_ROW("start", "22start_outgoing_traffic", "on_tls_rustls_begin", false),
	STATE_ROW("write", "16buffer_plaintext", "on_tls_rustls_write", false),
	STATE_ROW("write", "16buffer_plaintext", "on_tls_rustls_written", true),
	STATE_ROW("received", "23take_received_plaintext", "on_tls_rustls_received", false),
	{0},
};
