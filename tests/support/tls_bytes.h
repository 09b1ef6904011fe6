/* The two hellos of TLS, made byte by byte. */
#ifndef SUPPORT_TLS_BYTES_H
#define SUPPORT_TLS_BYTES_H

#include <stdint.h>
#include <string.h>
#include "base/view.h"

struct tls_bytes {
	char bytes[512];
	size_t size;
};

static inline struct view tls_bytes_view(const struct tls_bytes *hello)
{
	return view_of(hello->bytes, hello->size);
}

static inline void tls_bytes_number(struct tls_bytes *hello, uint32_t value, int count)
{
	while (count--)
		hello->bytes[hello->size++] = (char)(value >> (8 * count));
}

static inline void tls_bytes_text(struct tls_bytes *hello, const char *text)
{
	memcpy(hello->bytes + hello->size, text, strlen(text));
	hello->size += strlen(text);
}

/* Record and message heads, version, random, an empty session id; sizes are set at the end. */
static inline void tls_bytes_begin(struct tls_bytes *hello, uint8_t kind, char random)
{
	hello->size = 0;
	tls_bytes_number(hello, 0x16, 1);
	tls_bytes_number(hello, 0x0301, 2);
	tls_bytes_number(hello, 0, 2);
	tls_bytes_number(hello, kind, 1);
	tls_bytes_number(hello, 0, 3);
	tls_bytes_number(hello, 0x0303, 2);
	memset(hello->bytes + hello->size, random, 32);
	hello->size += 32;
	tls_bytes_number(hello, 0, 1);
}

static inline void tls_bytes_end(struct tls_bytes *hello, size_t extensions_at)
{
	size_t size = hello->size;

	hello->size = extensions_at;
	tls_bytes_number(hello, (uint32_t)(size - extensions_at - 2), 2);
	hello->size = 3;
	tls_bytes_number(hello, (uint32_t)(size - 5), 2);
	hello->size = 6;
	tls_bytes_number(hello, (uint32_t)(size - 9), 3);
	hello->size = size;
}

static inline void tls_bytes_client_hello(struct tls_bytes *hello, const char *name)
{
	uint32_t size = (uint32_t)strlen(name);
	size_t extensions_at;

	tls_bytes_begin(hello, 1, 'c');
	tls_bytes_number(hello, 2, 2); /* one cipher suite */
	tls_bytes_number(hello, 0x1301, 2);
	tls_bytes_number(hello, 0x0100, 2); /* no compression */
	extensions_at = hello->size;
	tls_bytes_number(hello, 0, 2);
	tls_bytes_number(hello, 16, 2); /* offers of ALPN */
	tls_bytes_number(hello, 5, 2);
	tls_bytes_number(hello, 3, 2);
	tls_bytes_number(hello, 2, 1);
	tls_bytes_text(hello, "h2");
	tls_bytes_number(hello, 0, 2); /* whom it wants */
	tls_bytes_number(hello, size + 5, 2);
	tls_bytes_number(hello, size + 3, 2);
	tls_bytes_number(hello, 0, 1);
	tls_bytes_number(hello, size, 2);
	tls_bytes_text(hello, name);
	tls_bytes_end(hello, extensions_at);
}

/* version 0: without the extension that names it. */
static inline void tls_bytes_server_hello(struct tls_bytes *hello, uint16_t version,
					  const char *application)
{
	uint32_t size = (uint32_t)strlen(application);
	size_t extensions_at;

	tls_bytes_begin(hello, 2, 's');
	tls_bytes_number(hello, 0x130100, 3); /* suite, compression */
	extensions_at = hello->size;
	tls_bytes_number(hello, 0, 2);
	if (version) {
		tls_bytes_number(hello, 43, 2);
		tls_bytes_number(hello, 2, 2);
		tls_bytes_number(hello, version, 2);
	}
	tls_bytes_number(hello, 16, 2);
	tls_bytes_number(hello, size + 3, 2);
	tls_bytes_number(hello, size + 1, 2);
	tls_bytes_number(hello, size, 1);
	tls_bytes_text(hello, application);
	tls_bytes_end(hello, extensions_at);
}

#endif
