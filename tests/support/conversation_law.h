/*
 * The law of conversations: what comes out (conversation_fixture.h) is the same whole, byte by byte
 * and cut in two at every offset of every saying, on either side, and nothing is lost.
 */
#ifndef SUPPORT_CONVERSATION_LAW_H
#define SUPPORT_CONVERSATION_LAW_H

#include "conversation_fixture.h"

/* Every saying in pieces of `step` bytes, except that saying `which` is cut at `cut` only. */
static inline void conversation_feed_pieces(struct conversation_fixture *f,
					    const struct saying *saying, size_t step)
{
	size_t size = conversation_size(saying);

	for (size_t i = 0; i < size; i += step)
		conversation_feed(f, saying->side, saying->bytes + i,
				  size - i < step ? size - i : step);
}

static inline void conversation_check(struct conversation_fixture *f, const char *wanted)
{
	conversation_end(f);
	if (strcmp(f->text, wanted) != 0)
		print_message("got:\n%s", f->text);
	assert_string_equal(f->text, wanted);
	assert_string_equal(conversation_drops(f), "");
}

static inline void conversation_law_of(const struct saying *sayings, size_t count, bool is_server,
				       const char *wanted)
{
	static struct conversation_fixture f;

	conversation_begin(&f, is_server);
	conversation_open(&f, true);
	conversation_feed_all(&f, sayings, count);
	conversation_check(&f, wanted);
	conversation_begin(&f, is_server);
	conversation_open(&f, true);
	for (size_t i = 0; i < count; i++)
		conversation_feed_pieces(&f, &sayings[i], 1);
	conversation_check(&f, wanted);
	for (size_t which = 0; which < count; which++)
		for (size_t cut = 1; cut < conversation_size(&sayings[which]); cut++) {
			const struct saying *s = &sayings[which];

			conversation_begin(&f, is_server);
			conversation_open(&f, true);
			conversation_feed_all(&f, sayings, which);
			conversation_feed(&f, s->side, s->bytes, cut);
			conversation_feed(&f, s->side, s->bytes + cut, conversation_size(s) - cut);
			conversation_feed_all(&f, s + 1, count - which - 1);
			conversation_check(&f, wanted);
		}
}

/* The law; the wanted texts are the client's and the server's (NULL: not asked). */
static inline void conversation_law(const struct saying *sayings, size_t count,
				    const char *wanted_client, const char *wanted_server)
{
	if (wanted_client)
		conversation_law_of(sayings, count, false, wanted_client);
	if (wanted_server)
		conversation_law_of(sayings, count, true, wanted_server);
}

#endif
