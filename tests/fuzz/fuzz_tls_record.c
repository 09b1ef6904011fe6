/*
 * TLS records from hostile bytes: what is none at one length is none at all longer ones, a hello
 * that was read stays read, and one that is cut wants more.
 */
// fuzz-sources: agent/protocols/tls_record.c agent/base/view.c agent/base/utf8.c agent/base/log.c
// fuzz-sources: agent/base/clock.c
#include <assert.h>
#include <string.h>
#include "protocols/tls_record.h"

#define HEADER_BYTES 5
#define MAX_CUTS     512

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct view whole = view_of(bytes, size);
	struct tls_facts facts = {0};
	enum tls_hello hello = tls_record_read_hello(whole, &facts);
	const char *version = tls_record_version(facts.version);
	bool is_record = tls_record_detect(whole);

	assert(!version || strlen(version) > 0);
	if (hello == TLS_HELLO_CLIENT || hello == TLS_HELLO_SERVER)
		assert(is_record);
	for (size_t cut = 0; cut < size && cut < MAX_CUTS; cut++) {
		struct tls_facts part = {0};
		enum tls_hello read = tls_record_read_hello(view_of(bytes, cut), &part);

		assert(tls_record_detect(view_of(bytes, cut)) ==
		       (is_record && cut >= HEADER_BYTES));
		if (read == TLS_HELLO_NONE)
			assert(hello == TLS_HELLO_NONE);
		if (hello == TLS_HELLO_CUT)
			assert(read == TLS_HELLO_CUT);
	}
	return 0;
}
