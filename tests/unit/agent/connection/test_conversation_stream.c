/*
 * Units "<letter><size of what follows as a digit>" with that many bytes to skip: whole, in pieces,
 * cut by the capture, lost and found again. '#' begins a unit wherever it stands; 'X' is none.
 */
#include "connection/conversation_stream.h"

#include <ctype.h>
#include "cmocka_test.h"

struct listener {
	struct byte_stream stream;
	struct drops drops;
	char text[4096];
	size_t used;
	uint64_t now_ns;
};

static struct listener l;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	l.used += (size_t)vsnprintf(l.text + l.used, sizeof(l.text) - l.used, format, args);
	va_end(args);
}

static enum parse_result read_unit(struct byte_stream *stream, struct unit *unit)
{
	assert_ptr_equal(stream, &l.stream);
	assert_int_equal(unit->side, MESSAGE_RESPONSE);
	if (unit->bytes.bytes[0] == 'X')
		return PARSE_INVALID;
	if (unit->bytes.size < 2)
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	unit->consumed = 2;
	unit->skip = (uint64_t)(unit->bytes.bytes[1] - '0');
	say("%c@%llu/%llu ", unit->bytes.bytes[0], (unsigned long long)stream->message_position,
	    (unsigned long long)stream->message_first_ns);
	return PARSE_DONE;
}

static void on_unit_end(struct byte_stream *stream)
{
	say("end/%llu ", (unsigned long long)stream->last_ns);
}

static void on_lost(struct byte_stream *stream)
{
	assert_int_equal(stream->state, STREAM_LOST);
	say("lost ");
}

static bool resume(struct byte_stream *stream, struct view bytes, size_t *ret_offset)
{
	(void)stream;
	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.bytes[i] == '#') {
			*ret_offset = i;
			return true;
		}
	return false;
}

static const struct conversation_stream_sink sink = {read_unit, on_unit_end, on_lost, resume};
static const struct byte_stream_sink unused;
static const struct protocol protocol = {.name = "test"};

static int begin(void **state)
{
	(void)state;
	memset(&l, 0, sizeof(l));
	byte_stream_init(&l.stream, &unused, NULL, &l.drops);
	conversation_stream_begin(&l.stream, &protocol, MESSAGE_RESPONSE);
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_stream_done(&l.stream);
	return 0;
}

/* `length` bytes from position on, of which text was seen. Times are 10, 20, … */
static void take(uint64_t position, uint64_t length, const char *text)
{
	/* Exactly, for ASan. */
	char *copy = malloc(strlen(text) + 1);
	struct stream_segment segment = {.position = position, .length = length};

	assert_non_null(copy);
	memcpy(copy, text, strlen(text));
	l.now_ns += 10;
	segment.bytes = view_of(copy, strlen(text));
	segment.first_ns = l.now_ns;
	segment.last_ns = l.now_ns + 1;
	conversation_stream_take(&l.stream, &sink, &segment);
	free(copy);
}

static void whole_and_in_pieces(void **state)
{
	(void)state;
	take(0, 6, "a0b2xx");
	assert_string_equal(l.text, "a@0/10 end/11 b@2/10 end/11 ");
	l.used = 0;
	take(6, 1, "c");
	take(7, 2, "1x");
	assert_string_equal(l.text, "c@6/20 end/31 ");
	l.used = 0;
	/* A unit that begins in the bytes that were kept, and one behind it. */
	take(9, 3, "d0e");
	take(12, 3, "0f0");
	assert_string_equal(l.text, "d@9/40 end/41 e@11/40 end/51 f@13/50 end/51 ");
	assert_int_equal(drops_lost(&l.drops), 0);
}

static void what_is_skipped_need_not_be_seen(void **state)
{
	(void)state;
	take(0, 11, "a9");
	assert_string_equal(l.text, "a@0/10 end/11 ");
	l.used = 0;
	take(11, 4, "a9xx");
	conversation_stream_advance(&l.stream, &sink, 20, 77);
	take(20, 4, "xxb0");
	assert_string_equal(l.text, "a@11/20 end/31 b@22/30 end/31 ");
	assert_int_equal(drops_lost(&l.drops), 0);
}

static void lost_and_found(void **state)
{
	(void)state;
	take(0, 10, "a0");
	assert_string_equal(l.text, "a@0/10 end/11 lost ");
	take(10, 4, "b0c0");
	assert_string_equal(l.text, "a@0/10 end/11 lost ");
	l.used = 0;
	take(14, 6, "xx#0d0");
	assert_string_equal(l.text, "#@16/30 end/31 d@18/30 end/31 ");
	assert_int_equal(drops_get(&l.drops, DROP_STREAM_GAP), 1);
	l.used = 0;
	/* Beyond what was to be skipped. */
	take(20, 2, "e5");
	take(29, 2, "f0");
	assert_string_equal(l.text, "e@20/40 end/51 lost ");
	assert_int_equal(drops_get(&l.drops, DROP_STREAM_GAP), 2);
	l.used = 0;
	take(31, 4, "#0X0");
	assert_string_equal(l.text, "#@31/60 end/61 lost ");
	assert_int_equal(l.stream.failures, 1);
	assert_int_equal(drops_get(&l.drops, DROP_STREAM_UNPARSABLE), 1);
}

static void cut_inside_a_head(void **state)
{
	(void)state;
	take(0, 1, "a");
	take(1, 5, "");
	assert_string_equal(l.text, "lost ");
	assert_int_equal(drops_get(&l.drops, DROP_STREAM_GAP), 1);
}

static void late_records_count_once(void **state)
{
	(void)state;
	take(0, 2, "a0");
	conversation_stream_advance(&l.stream, &sink, 2, 5);
	take(0, 2, "a0");
	take(1, 3, "0b0");
	assert_string_equal(l.text, "a@0/10 end/11 b@2/30 end/31 ");
	take(4, 4, "c0");
	take(5, 3, "xxx");
	assert_int_equal(l.stream.next_position, 8);
}

static void too_much_to_gather(void **state)
{
	size_t size = MAX_HEAD_BYTES + 16;
	char *text = malloc(size + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'n', size);
	text[size] = '\0';
	l.stream.state = STREAM_HEAD;
	take(0, 1, "y");
	byte_buffer_append(&l.stream.head, view_of(text, size));
	assert_true(l.stream.head.is_failed);
	take(1, 1, "z");
	assert_string_equal(l.text, "lost ");
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_and_in_pieces, begin, end),
		cmocka_unit_test_setup_teardown(what_is_skipped_need_not_be_seen, begin, end),
		cmocka_unit_test_setup_teardown(lost_and_found, begin, end),
		cmocka_unit_test_setup_teardown(cut_inside_a_head, begin, end),
		cmocka_unit_test_setup_teardown(late_records_count_once, begin, end),
		cmocka_unit_test_setup_teardown(too_much_to_gather, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
